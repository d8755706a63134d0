"""Directives that hold no text and make something by themselves: each turns its argument into HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otklik_site import changes, chosen, displays, tables
from otklik_site.data import Data
from otklik_site.snippets import Snippets
from otklik_widget.words import speaking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from otklik_site.pages import Page
    from otklik_site.templating import Fragments


class Makers:
    """The HTML of such directives; each raises `Faults`, those without a place belong to the directive's line."""

    def __init__(self, folder: Path, fragments: Fragments) -> None:
        self.data = Data(folder)
        self._fragments = fragments
        self._snippets = Snippets(folder)
        self._by_name: Mapping[str, Callable[[Page, str], str]] = {
            "changes": self._changes, "list": self._list, "table": self._table, "snippet": self._snippet,
            "calculator": self._calculator,
            displays.TIERS: self._display(displays.TIERS), displays.OFFER: self._display(displays.OFFER),
        }  # fmt: skip

    def knows(self, name: str) -> bool:
        return name in self._by_name

    def html(self, name: str, page: Page, argument: str) -> str:
        return self._by_name[name](page, argument)

    def _changes(self, page: Page, argument: str) -> str:
        limit = changes.limit_of(argument)
        found = changes.read_changes(self.data)
        with speaking(page.lang):
            told = changes.told_in(found, page.lang)[:limit]
            return self._fragments.render("changes.html", told=told, as_of=found.as_of, lang=page.lang)

    def _list(self, page: Page, argument: str) -> str:  # noqa: ARG002 - every maker gets the page
        return chosen.place(chosen.parse(argument))

    def _display(self, name: str) -> Callable[[Page, str], str]:
        return lambda _page, argument: displays.place(name, argument)

    def _table(self, page: Page, argument: str) -> str:
        found = tables.table(argument, self.data, page.lang)
        with speaking(page.lang):
            return self._fragments.render("table.html", table=found)

    def _snippet(self, page: Page, argument: str) -> str:
        return self._snippets.html(argument, page.lang)

    def _calculator(self, page: Page, argument: str) -> str:
        # Few pages reckon, and the standard library's statistics are slow to load.
        from otklik_site import reckoners

        with speaking(page.lang):
            return self._fragments.render("reckoner.html", sums=reckoners.shown(argument, page.lang))
