"""Pages in the orders that people meet them: navigation, footer, programs, newest articles, the next one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from otklik_site.pages import Page


@dataclass(frozen=True)
class Beside:
    """The articles published before and after one, in its own folder."""

    before: Page | None = None
    after: Page | None = None


ALONE = Beside()


@dataclass(frozen=True)
class Listing:
    """All pages of one language."""

    pages: Sequence[Page]

    @cached_property
    def navigation(self) -> Sequence[Page]:
        """The pages with `nav`, smallest first."""
        shown = (page for page in self.pages if page.nav is not None)
        return sorted(shown, key=lambda page: (page.nav or 0, page.title))

    @cached_property
    def footer(self) -> Sequence[Page]:
        """The pages with `footer`, smallest first."""
        shown = (page for page in self.pages if page.footer is not None)
        return sorted(shown, key=lambda page: (page.footer or 0, page.title))

    @cached_property
    def programs(self) -> Sequence[Page]:
        """The loyalty programs: those of the navigation in its order, then the others by title."""
        found = (page for page in self.pages if page.program)
        return sorted(found, key=lambda page: (page.nav is None, page.nav or 0, page.title))

    @cached_property
    def programs_in_front(self) -> Sequence[Page]:
        """The programs a home page shows: those of the navigation, or all where none is there."""
        return [page for page in self.programs if page.nav is not None] or self.programs

    @cached_property
    def articles(self) -> Sequence[Page]:
        """The dated articles, newest first."""
        return [page for page in self.dated if page.kind in ("article", "news")]

    @cached_property
    def dated(self) -> Sequence[Page]:
        """The pages with a date, newest first."""
        dated = [(page.date, page.name, page) for page in self.pages if page.date]
        return [page for _day, _name, page in sorted(dated, reverse=True, key=lambda found: found[:2])]

    @cached_property
    def is_dated(self) -> bool:
        """Has any page a date? Who asks only this needs not be made anew for each article."""
        return any(page.date for page in self.pages)

    def beside(self, page: Page) -> Beside:
        return self._beside.get(page.url, ALONE)

    @cached_property
    def _beside(self) -> Mapping[str, Beside]:
        folders: dict[str, list[Page]] = {}
        for page in reversed(self.articles):
            folders.setdefault(page.name.rpartition("/")[0], []).append(page)
        found: dict[str, Beside] = {}
        for pages in folders.values():
            for number, page in enumerate(pages):
                before = pages[number - 1] if number else None
                after = pages[number + 1] if number + 1 < len(pages) else None
                found[page.url] = Beside(before, after)
        return found
