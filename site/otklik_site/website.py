"""The whole site before it is written: pages with HTML, pairs and navigation; or every fault at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from otklik_site import checks, lists, pictures, questions, redirects
from otklik_site.chosen import Choices, fill
from otklik_site.directives import Ask, Scan, parse_ask, scan
from otklik_site.links import Links, ids_in
from otklik_site.listing import Listing
from otklik_site.lists import TAGS, Lists
from otklik_site.makers import Makers
from otklik_site.markdown_text import Heading, Renderer
from otklik_site.pages import Content, Page, guess_languages, read_content
from otklik_site.slugs import slug
from otklik_site.templating import Fragments
from otklik_site.words import _
from otklik_widget.faults import Fault, Faults
from otklik_widget.words import speaking

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from otklik_widget.journey import Journey
    from otklik_widget.settings import Settings

# The anchors that a program page's own design brings; see templates/program.html.
PROGRAM_PARTS = (
    "steps", "benefits", "causes", "partners", "prizes", "meetings", "tiers", "earn", "spend", "examples", "expiry",
    "returns", "rules", "faq", "contacts", "terms",
)  # fmt: skip
PROGRAM_IDS = frozenset(f"program-{part}" for part in PROGRAM_PARTS)


@dataclass(frozen=True)
class Body:
    """A page's Markdown as HTML: the text below its front matter, and the texts inside it by name."""

    html: str
    texts: Mapping[str, str] = field(default_factory=dict)
    asks: tuple[Ask, ...] = ()
    outline: tuple[Heading, ...] = ()


@dataclass(frozen=True)
class Website:
    """Everything that can be published; whoever holds one knows that it has no faults."""

    journey: Journey
    settings: Settings
    pages: Sequence[Page]
    bodies: Mapping[str, Body]
    files: Mapping[str, Path]
    warnings: Sequence[Fault]
    today: date
    # The next day on which a build gives another site, with nothing changed by anybody.
    due: date | None = None

    @property
    def languages(self) -> tuple[str, ...]:
        return self.journey.company.languages

    @cached_property
    def by_url(self) -> Mapping[str, Page]:
        return {page.url: page for page in self.pages}

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, str], Page]:
        return {(page.lang, page.name): page for page in self.pages}

    @cached_property
    def redirects(self) -> Mapping[str, Page]:
        """The pages that old addresses lead to."""
        return redirects.redirects(self.pages)

    @cached_property
    def pictures(self) -> Mapping[str, tuple[Path, int]]:
        """The smaller versions of pictures by their addresses: the file each is made of, and its width."""
        return pictures.versions(self.files.values())

    def home(self, lang: str) -> Page:
        return self._by_name[lang, "index"]

    def pair(self, page: Page, lang: str) -> Page | None:
        """The same page in another language: the one with the same file name."""
        return self._by_name.get((lang, page.name))

    @cached_property
    def _listings(self) -> Mapping[str, Listing]:
        return {lang: Listing([page for page in self.pages if page.lang == lang]) for lang in self.languages}

    def listing(self, lang: str) -> Listing:
        """The pages of a language in the orders that people meet them."""
        return self._listings[lang]

    @cached_property
    def _lists(self) -> Mapping[str, Lists]:
        return {lang: Lists((page for page in self.pages if page.lang == lang), self.today) for lang in self.languages}

    def listed(self, page: Page) -> list[Page]:
        """What stands on a page of a list, without what is over."""
        return [item for item in self._part(page) if self.state(item) != "over"]

    def over(self, page: Page) -> list[Page]:
        """What stands on a page of a list and is over."""
        return [item for item in self._part(page) if self.state(item) == "over"]

    def _part(self, page: Page) -> Sequence[Page]:
        return self._lists[page.lang].part(page, self.by_url[page.first or page.url])

    def part_urls(self, page: Page) -> list[str]:
        """The addresses of all parts of a page's list."""
        return self._lists[page.lang].urls(self.by_url[page.first or page.url])

    def tags(self, page: Page) -> list[tuple[str, str]]:
        """The tags of a page, each with the address of its list."""
        return [(f"{page.lang}/{TAGS}/{slug(tag)}/", tag) for tag in page.tags]

    def state(self, page: Page) -> str:
        """Is an offer before its first day, on, or over?"""
        return lists.state(page, self.today)

    def above(self, page: Page) -> list[Page]:
        """The pages above this one, home first: every folder's index page that exists."""
        folders = page.name.removesuffix("index").strip("/").split("/")
        if not page.is_index:
            folders = page.name.split("/")
        names = ["index", *("/".join([*folders[:depth], "index"]) for depth in range(1, len(folders)))]
        found = (self._by_name.get((page.lang, name)) for name in names)
        return [item for item in found if item and item is not page]

    def question_at_end(self, page: Page) -> Ask | None:
        """The question “was this page helpful?”, unless the page has none or already asks it above."""
        key = questions.helpful_touchpoint(page, self.journey)
        asked = {(ask.touchpoint, ask.scale) for ask in self.bodies[page.url].asks}
        return Ask(key, questions.HELPFUL) if key and (key, questions.HELPFUL) not in asked else None


def read_website(
    folder: Path, journey: Journey | None, settings: Settings, today: date, faults: Iterable[Fault] = ()
) -> Website:
    """The site of a content folder; raises `Faults` with `faults` (the journey's) and those of every page."""
    languages = journey.company.languages if journey else guess_languages(folder)
    content = read_content(folder, languages, today)
    clashes = list(lists.make(content, languages, today))
    reading = _Reading(folder, content, journey, settings, today)
    bodies = reading.bodies()
    found = [*faults, *content.faults, *clashes, *reading.faults, *checks.faults(content, journey)]
    if found or journey is None:
        raise Faults(dict.fromkeys(sorted(found, key=lambda fault: (fault.where, fault.line or 0))))
    warnings = [*content.warnings, *reading.warnings, *checks.warnings(content, journey, settings, today)]
    pages = [*content.pages, *content.made]
    bodies |= {page.url: Body("") for page in content.made}
    due = lists.due([*content.pages, *content.drafts], today)
    return Website(journey, settings, pages, bodies, content.files, warnings, today, due)


class _Reading:
    """Renders the pages, then mends their links: anchors are known only when all pages are rendered."""

    def __init__(
        self, folder: Path, content: Content, journey: Journey | None, settings: Settings, today: date
    ) -> None:
        self.folder = folder
        self.content = content
        self.journey = journey
        self.settings = settings
        self.lang = ""
        self.faults: list[Fault] = []
        self.warnings: list[Fault] = []
        self.today = today
        self.fragments = Fragments()
        self.makers = Makers(folder, self.fragments)
        self.made: dict[tuple[str, str], str] = {}
        self.renderer = Renderer(self._ask, lambda name, argument: self.made[name, argument])

    def _ask(self, ask: Ask) -> str:
        return questions.html(ask, self.lang, self.journey, self.settings) if self.journey else ""

    def bodies(self) -> dict[str, Body]:
        rendered: dict[str, Body] = {}
        for page in self.content.pages:
            scanned = scan(page.body, page.body_line, page.where)
            faults = [*scanned.faults, *checks.headings(page, scanned)]
            asks, ask_faults = self._asks(page, scanned)
            made_faults = self._make(page, scanned)
            self.faults += [*faults, *ask_faults, *made_faults]
            if scanned.faults or ask_faults or made_faults:
                continue  # rendered half-way it would only bring false faults
            try:
                rendered[page.url] = self._rendered(page, asks)
            except RecursionError:
                said = _("too many lists or quotations stand inside one another")
                self.faults.append(Fault(page.where, page.body_line, said))
        return self._mended(rendered)

    def _rendered(self, page: Page, asks: tuple[Ask, ...]) -> Body:
        with speaking(page.lang):
            self.lang = page.lang
            html = self.renderer.html(page.body, sections=page.is_home)
            outline = self.renderer.outline()
            return Body(html, self._texts(page), asks, outline)

    def _asks(self, page: Page, scanned: Scan) -> tuple[tuple[Ask, ...], list[Fault]]:
        asks: list[Ask] = []
        faults = []
        for directive in scanned.directives:
            if directive.name != "ask" or not directive.argument:
                continue
            ask, said = parse_ask(directive.argument)
            if self.journey and not said:
                wrong = questions.fault_of(ask, self.journey)
                said = [wrong] if wrong else []
            if self.journey and not said:
                ask = questions.whole(ask, self.journey)
                if any((ask.touchpoint, ask.scale) == (other.touchpoint, other.scale) for other in asks):
                    said = [
                        _(
                            "this page already asks “%(touchpoint)s” on the same scale",
                            touchpoint=ask.touchpoint,
                        )
                    ]
            asks.append(ask)
            faults += [Fault(page.where, directive.line, text) for text in said]
        return tuple(asks), faults

    def _make(self, page: Page, scanned: Scan) -> list[Fault]:
        """Makes the page's directives that hold no text, and returns what is wrong with them."""
        faults: list[Fault] = []
        self.made = {}
        for directive in scanned.directives:
            if not self.makers.knows(directive.name):
                continue
            try:
                made = self.makers.html(directive.name, page, directive.argument)
                self.made[directive.name, directive.argument] = made
            except Faults as refused:
                faults += [one if one.where else Fault(page.where, directive.line, one.text) for one in refused.faults]
        return faults

    def _texts(self, page: Page) -> dict[str, str]:
        program = page.program
        if program is None:
            return {}
        texts = {name: self.renderer.inline(text) for name, text in program.prose().items()}
        texts |= {f"faq{n}": self.renderer.html(item.answer) for n, item in enumerate(program.faq)}
        return texts

    def _mended(self, rendered: Mapping[str, Body]) -> dict[str, Body]:
        pages = {page.url: page for page in self.content.pages}
        ids = {}
        for url, body in rendered.items():
            own = ids_in(body.html)
            self.faults += checks.ids(pages[url], own)
            ids[url] = {*own, *(PROGRAM_IDS if pages[url].program else ())}
        links = Links(self.folder, self.content, ids)
        choices = Choices(self.content.pages, self.today)
        mended = {}
        for url, body in rendered.items():
            page = pages[url]
            filled, list_faults = fill(page, body.html, choices.chosen, self.fragments)
            html, faults = links.mend(page, filled)
            faults += list_faults
            texts = {}
            for name, text in body.texts.items():
                texts[name], more = links.mend(page, text)
                faults += more
            self.faults += faults
            self.warnings += [*_policy(page, html), *checks.references(page, body.html)]
            mended[url] = replace(body, html=html, texts=texts)
        return mended


_UNSAFE = re.compile(r"<script\b|<style\b|<[a-z][^>]*\s(?:style|on[a-z]+)=", re.IGNORECASE)


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
    return [Fault(page.where, number, said)]
