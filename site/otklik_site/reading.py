"""Pages read and rendered one by one: front matter, directives, Markdown; links are left for later."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from otklik_site import checks, chosen, questions, reach, search
from otklik_site.bodies import Leaf
from otklik_site.directives import Ask, Scan, parse_ask, scan
from otklik_site.links import ids_in
from otklik_site.makers import Makers
from otklik_site.markdown_text import Renderer
from otklik_site.mending import mended
from otklik_site.pages import read_page
from otklik_site.sources import digest_of
from otklik_site.templating import Fragments
from otklik_site.words import _
from otklik_widget.faults import Fault, Faults
from otklik_widget.words import speaking

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from otklik_site.packs import PackWriter
    from otklik_site.pages import Page, PageFile
    from otklik_widget.journey import Journey
    from otklik_widget.settings import Settings

# The anchors that a program page's own design brings; see templates/program.html.
PROGRAM_PARTS = (
    "steps", "benefits", "causes", "partners", "prizes", "meetings", "tiers", "earn", "spend", "examples", "expiry",
    "returns", "rules", "faq", "contacts", "terms",
)  # fmt: skip
PROGRAM_IDS = frozenset(f"program-{part}" for part in PROGRAM_PARTS)


class Ground:
    """What a page's text may rest on besides its own file; `touched` tells that it did."""

    def __init__(self, folder: Path, journey: Journey | None, settings: Settings) -> None:
        self.touched = False
        self._journey = journey
        self._settings = settings
        self._makers = Makers(folder, Fragments(folder))

    @property
    def journey(self) -> Journey | None:
        self.touched = True
        return self._journey

    @property
    def settings(self) -> Settings:
        self.touched = True
        return self._settings

    @property
    def makers(self) -> Makers:
        self.touched = True
        return self._makers


class Reading:
    """Reads pages; slow to make, so that one serves all.

    `shown` says whose text is wanted; `searched`: the languages in which whole texts are searched.
    """

    def __init__(
        self, ground: Ground, pack: PackWriter, shown: Callable[[Page], bool], searched: Collection[str] = ()
    ) -> None:
        self._searched = searched
        self._ground = ground
        self._pack = pack
        self._shown = shown
        self._lang = ""
        self._made: dict[tuple[str, str], str] = {}
        self._renderer = Renderer(self._ask, lambda name, argument: self._made[name, argument])

    def read(self, page_file: PageFile) -> Leaf | tuple[Fault, ...]:
        """The page as a leaf, with its faults; only faults where it cannot even be named."""
        try:
            page, faults = read_page(page_file)
        except Faults as refused:
            return refused.faults
        return self._leaf(page, faults) if self._shown(page) else Leaf(page, faults=faults)

    def _leaf(self, page: Page, known: tuple[Fault, ...]) -> Leaf:
        self._ground.touched = False
        body = page.body
        scanned = scan(body, page.body_line, page.where)
        faults = [*known, *scanned.faults, *checks.headings(page, scanned), *checks.shortcodes(page, scanned)]
        asks, refused = self._asks(page, scanned)
        refused |= self._make(page, scanned)
        faults += [fault for some in refused.values() for fault in some]
        try:
            return self._rendered(page, mended(page, body, scanned, refused), asks, faults)
        except RecursionError:
            said = _("too many lists or quotations stand inside one another")
            return Leaf(page, faults=(*faults, Fault(page.where, page.body_line, said, "nesting")))

    def _rendered(self, page: Page, body: str, asks: tuple[Ask, ...], faults: list[Fault]) -> Leaf:
        with speaking(page.lang):
            self._lang = page.lang
            html = self._renderer.html(body, sections=page.is_home)
            outline = self._renderer.outline()
            texts = self._texts(page)
        own = ids_in(html)
        faults += checks.ids(page, own)
        ids = frozenset((*own, *(PROGRAM_IDS if page.program else ()), *(["versions"] if page.history else ())))
        faults += [*_policy(page, html), *checks.references(page, html), *checks.unfilled(page, html)]
        place = self._pack.add([html, texts])
        whole = page.lang in self._searched
        terms = self._pack.add(search.terms(page, search.headings_in(html), html if whole else ""))
        leads = reach.leads(page, [html, *texts.values()])
        return Leaf(
            page, place, asks, outline, ids, self._ground.touched, tuple(faults), leads, chosen.settings_in(html),
            terms, whole,
        )  # fmt: skip

    def _texts(self, page: Page) -> dict[str, str]:
        program = page.program
        if program is None:
            return {}
        texts = {name: self._renderer.inline(text) for name, text in program.prose().items()}
        texts |= {f"faq{n}": self._renderer.html(item.answer) for n, item in enumerate(program.faq)}
        return texts

    def _ask(self, ask: Ask) -> str:
        journey = self._ground.journey
        return questions.html(ask, self._lang, journey, self._ground.settings) if journey else ""

    def _asks(self, page: Page, scanned: Scan) -> tuple[tuple[Ask, ...], dict[int, list[Fault]]]:
        """The questions of a page, and what is wrong with others, by the line of their directive."""
        asks: list[Ask] = []
        refused = {}
        for directive in scanned.directives:
            if directive.name != "ask" or not directive.argument:
                continue
            ask, said = parse_ask(directive.argument)
            journey = self._ground.journey
            code = "directive"
            if journey and not said:
                wrong = questions.fault_of(ask, journey)
                said, code = ([wrong], "touchpoint") if wrong else ([], code)
            if journey and not said:
                ask = questions.whole(ask, journey)
                if any((ask.touchpoint, ask.scale) == (other.touchpoint, other.scale) for other in asks):
                    said = [
                        _(
                            "this page already asks “%(touchpoint)s” on the same scale",
                            touchpoint=ask.touchpoint,
                        )
                    ]
            if said:
                refused[directive.line] = [Fault(page.where, directive.line, text, code) for text in said]
            elif directive.line not in scanned.text:
                asks.append(ask)
        return tuple(asks), refused

    def _make(self, page: Page, scanned: Scan) -> dict[int, list[Fault]]:
        """Makes the page's directives that hold no text; what is wrong with others, by the line of their directive."""
        found: dict[int, list[Fault]] = {}
        self._made = {}
        if not scanned.directives:
            return found
        makers = self._ground.makers
        for directive in scanned.directives:
            if not makers.knows(directive.name) or directive.line in scanned.text:
                continue
            try:
                made = makers.html(directive.name, page, directive.argument)
                self._made[directive.name, directive.argument] = made
            except Faults as refused:
                found[directive.line] = [
                    replace(one, code=one.code or "data")
                    if one.where
                    else Fault(page.where, directive.line, one.text, "directive")
                    for one in refused.faults
                ]
        return found


def is_settled(leaf: Leaf) -> bool:
    """May a leaf be kept for the next build? Not one of a file that changed while it was read."""
    return digest_of(leaf.page.where) == leaf.page.digest


_UNSAFE = re.compile(
    r"<script\b|<style\b|<[a-z][^<>]*(?:\s(?:style|on[a-z]+)\s*=|=\s*(?:[\"']\s*)?javascript:)", re.IGNORECASE
)


def _policy(page: Page, html: str) -> list[Fault]:
    """A warning for HTML that a strict Content-Security-Policy would not let through."""
    found = _UNSAFE.search(html)
    if not found:
        return []
    said = _(
        "“%(html)s” will not work under a strict Content-Security-Policy; see the manual, page “Site”",
        html=found[0],
    )
    number = next((n for n, line in enumerate(page.text.split("\n"), 1) if found[0][:7] in line), page.body_line)
    return [Fault(page.where, number, said, "html-policy")]
