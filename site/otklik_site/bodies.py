"""The texts of pages as HTML, fetched when they are shown, their links led to where they lead now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from otklik_site import displays
from otklik_site.chosen import fill
from otklik_site.codes import is_fatal
from otklik_site.links import Links
from otklik_site.pages import unusual
from otklik_site.search import Terms
from otklik_site.templating import Fragments

if TYPE_CHECKING:
    from otklik_site.directives import Ask
    from otklik_site.markdown_text import Heading
    from otklik_site.packs import Packs, Place
    from otklik_site.pages import Page
    from otklik_site.website import Website
    from otklik_widget.faults import Fault


@dataclass(frozen=True)
class Body:
    """A page's Markdown as HTML: the text below its front matter, and the texts inside it by name."""

    html: str
    texts: Mapping[str, str] = field(default_factory=dict)
    asks: tuple[Ask, ...] = ()
    outline: tuple[Heading, ...] = ()


@dataclass(frozen=True)
class Leaf:
    """A page that was read: what it is, and where its text lies, with all that must be known without the text.

    `place` is None for what is not shown. `ground`: its text also rests on files that are not its own.
    `leads` and `lists`: where its links lead, and the lists in it.
    """

    page: Page
    place: Place | None = None
    asks: tuple[Ask, ...] = ()
    outline: tuple[Heading, ...] = ()
    ids: frozenset[str] = frozenset()
    ground: bool = False
    faults: tuple[Fault, ...] = ()
    leads: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    # Where the words lie that it is found by, and whether those of its whole text are among them: on a large site not.
    terms: Place | None = None
    whole: bool = False

    def __getstate__(self) -> dict[str, object]:
        return unusual(self)

    def without_words(self) -> Leaf:
        """All that the rest of the site may know of the page: a page of which this stays can change no other."""
        terms = self.terms and self.terms._replace(pack="", start=0)
        return replace(self, page=replace(self.page, digest=b""), place=None, terms=terms)

    @property
    def broken(self) -> bool:
        """Can the page only be looked at, but not be shown?"""
        return any(is_fatal(fault.code) for fault in self.faults)


class Bodies(Mapping[str, "Body"]):
    """The body of each page by its address."""

    def __init__(self, leaves: dict[str, Leaf], packs: Packs, website: Website) -> None:
        self._leaves = leaves
        self._packs = packs
        self.website = website
        self._fragments = Fragments(website.sources.folder if website else None)
        self.faults: list[Fault] = []

    def __getitem__(self, url: str) -> Body:
        return self.mended(url, self.website)

    def __iter__(self) -> Iterator[str]:
        return iter(self._leaves)

    def __len__(self) -> int:
        return len(self._leaves)

    def __contains__(self, url: object) -> bool:
        return url in self._leaves

    def leads(self, url: str) -> tuple[str, ...]:
        return self._leaves[url].leads

    def lists(self, url: str) -> tuple[str, ...]:
        return self._leaves[url].lists

    def asks(self, url: str) -> tuple[Ask, ...]:
        return self._leaves[url].asks

    def ids(self, url: str) -> frozenset[str]:
        return self._leaves[url].ids

    def terms(self, url: str) -> Terms:
        """The words that a page is found by; none where nobody wrote it."""
        place = self._leaves[url].terms
        return Terms(*self._packs.read(place)) if place else Terms({}, ())

    def reword(self, leaf: Leaf) -> None:
        """Takes a page's new text, of which nothing else changed; see `Leaf.without_words`."""
        self._leaves[leaf.page.url] = leaf
        self.faults[:] = [fault for fault in self.faults if fault.where != leaf.page.where]

    def mark(self, url: str) -> bytes:
        """What changes when the text does."""
        place = self._leaves[url].place
        return place.digest if place else b""

    def mended(self, url: str, website: Website) -> Body:
        """The body with its links as they are on the website; links that lead nowhere are added to `faults`."""
        return self.of_leaf(self._leaves[url], website)

    def of_leaf(self, leaf: Leaf, website: Website) -> Body:
        """The same of a page that is not on the site."""
        if leaf.place is None:
            return Body("")  # nobody wrote it
        html, texts = self._packs.read(leaf.place)
        links = Links(website)
        html, list_faults = fill(leaf.page, html, website.chosen, self._fragments)
        html, display_faults = displays.fill(leaf.page, html, links, website, self._fragments)
        html, faults = links.mend(leaf.page, html)
        self.faults += [*faults, *list_faults, *display_faults]
        mended = {}
        for name, text in texts.items():
            mended[name], faults = links.mend(leaf.page, text)
            self.faults += faults
        return Body(html, mended, leaf.asks, leaf.outline)
