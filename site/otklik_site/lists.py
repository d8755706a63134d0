"""Lists of pages: sections, tags, and choices of a page's author; long ones in parts of their own."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from otklik_site import schema, search
from otklik_site.slugs import slug
from otklik_site.words import _
from otklik_widget.faults import Fault
from otklik_widget.words import speaking

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from otklik_site.pages import Content, Page

TAGS = "tags"
SECTION, TAG = "section", "tag"


def state(page: Page, today: dt.date) -> str:
    """Is an offer `before` its first day, `on`, or `over`? Other pages are always on."""
    if page.starts and today < page.starts:
        return "before"
    return "over" if page.until and today > page.until else "on"


def ordered(pages: Iterable[Page], order: str, today: dt.date) -> list[Page]:
    """Pages in an order of the schema; what is over comes last."""
    found = sorted(pages, key=lambda page: (page.short_title.casefold(), page.name))
    if order == "newest":
        # Undated pages follow the dated ones; the sort before settles ties.
        found.sort(key=lambda page: page.date or page.starts or page.updated or dt.date.min, reverse=True)
    elif order == "nav":
        found.sort(key=lambda page: (page.nav is None, page.nav or 0))
    return sorted(found, key=lambda page: state(page, today) == "over")


class Lists:
    """The lists of one language's pages."""

    def __init__(self, pages: Iterable[Page], today: dt.date) -> None:
        self.pages = [page for page in pages if not page.made]
        self.today = today

    @cached_property
    def tags(self) -> Mapping[str, tuple[str, Sequence[Page]]]:
        """Every tag by the last part of its address: as it was written first, and its pages."""
        found: dict[str, tuple[str, list[Page]]] = {}
        for page in self.pages:
            for tag in page.tags:
                _name, pages = found.setdefault(slug(tag), (tag, []))
                if page not in pages[-1:]:
                    pages.append(page)
        return found

    @cached_property
    def _items(self) -> dict[str, list[Page]]:
        return {}

    def items(self, first: Page) -> Sequence[Page]:
        """Everything that a list holds, in its order; `first` is its first part."""
        if first.url not in self._items:
            if first.kind == TAG:
                pages: Iterable[Page] = self.tags[first.name.rpartition("/")[2]][1]
            else:
                pages = self.below(first.name.removesuffix("index").rstrip("/"), first)
            self._items[first.url] = ordered(pages, first.order, self.today)
        return self._items[first.url]

    def below(self, folder: str, without: Page | None = None) -> Iterator[Page]:
        """The pages in a folder and its folders."""
        start = f"{folder}/" if folder else ""
        return (page for page in self.pages if page.name.startswith(start) and page is not without)

    def part(self, page: Page, first: Page) -> Sequence[Page]:
        """What stands on a list's page."""
        return self.items(first)[(page.part - 1) * page.per_page : page.part * page.per_page]

    def urls(self, first: Page) -> list[str]:
        """The addresses of all parts of a list."""
        return [first.url, *(part_url(first, number) for number in range(2, self.parts(first) + 1))]

    def parts(self, first: Page) -> int:
        return max(1, -(-len(self.items(first)) // first.per_page))

    def made(self, lang: str) -> Iterator[Page]:
        """The pages that nobody wrote: one for each tag, and the further parts of every list."""
        firsts = [page for page in self.pages if page.kind == SECTION]
        home = next((page for page in self.pages if page.is_home), None)
        if home:
            yield replace(
                _bare(home), name=search.NAME, url=search.url(lang), first=search.url(lang), kind=search.NAME,
                title=_("Search"), nav_title=_("Search"), description=_("Find a page of this site by its words."),
            )  # fmt: skip
        for word, (name, pages) in self.tags.items():
            url = f"{lang}/{TAGS}/{word}/"
            title = _("Tag: %(tag)s", tag=name)
            about = _.plural("%(n)d page about “%(tag)s”", "%(n)d pages about “%(tag)s”", len(pages), tag=name)
            tag = replace(
                _bare(pages[0]), name=f"{TAGS}/{word}", url=url, first=url, title=title, nav_title=name,
                description=about, kind=TAG,
            )  # fmt: skip
            yield tag
            firsts.append(tag)
        for first in firsts:
            for number in range(2, self.parts(first) + 1):
                says = {"number": number, "parts": self.parts(first)}
                yield replace(
                    _bare(first), name=f"{first.name}~{number}", url=part_url(first, number), part=number,
                    first=first.url, kind=first.kind, per_page=first.per_page, order=first.order,
                    title=_("%(title)s, page %(number)s", title=first.title, **says),
                    nav_title=_("Page %(number)s", **says),
                    description=_("%(about)s Page %(number)s of %(parts)s.", about=first.description, **says),
                )  # fmt: skip


def part_url(first: Page, number: int) -> str:
    return f"{first.url}page-{number}/"


def _bare(page: Page) -> Page:
    """A page without anything that belongs to its author alone."""
    return replace(
        page, nav=None, footer=None, date=None, updated=None, touchpoint="", helpful=False,
        summary="", moved_from=(), tags=(), program=None, kind="page", per_page=20, order="newest",
    )  # fmt: skip


def make(content: Content, languages: Sequence[str], today: dt.date) -> Iterator[Fault]:
    """Adds the pages that nobody wrote; a fault for each whose address somebody's page has."""
    written = {page.url: page for page in content.pages}
    for lang in languages:
        lists = Lists((page for page in content.pages if page.lang == lang), today)
        with speaking(lang):
            made = list(lists.made(lang))
        for page in made:
            if page.url in written:
                said = _("the site makes a page with this address, /%(url)s, by itself; rename this one", url=page.url)
                yield Fault(written[page.url].where, written[page.url].lines.get("slug"), said, "address-taken")
            else:
                content.made.append(page)


def due(pages: Iterable[Page], today: dt.date) -> dt.date | None:
    """The next day on which a build will give another site, or None where only its authors can change it."""
    return min((day for page in pages for day in page.turns if day > today), default=None)


def kind_matches(page: Page, kind: str) -> bool:
    """Is a page of the kind that a list asks for? `program` means all kinds of programs."""
    return page.kind == kind or (kind == "program" and page.kind in schema.PROGRAMS)
