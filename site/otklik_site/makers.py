"""Directives that hold no text and make something by themselves: each turns its argument into HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otklik_site import changes
from otklik_site.chosen import chosen
from otklik_site.data import Data
from otklik_site.lists import Lists
from otklik_site.templating import Fragments
from otklik_widget.words import speaking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    from otklik_site.pages import Content, Page


class Makers:
    """The HTML of such directives; each raises `Faults`, those without a place belong to the directive's line."""

    def __init__(self, folder: Path, content: Content, today: date) -> None:
        self.data = Data(folder)
        self._content = content
        self._today = today
        self._lists: dict[str, Lists] = {}
        self._fragments = Fragments()
        self._by_name: Mapping[str, Callable[[Page, str], str]] = {"changes": self._changes, "list": self._list}

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

    def _list(self, page: Page, argument: str) -> str:
        if page.lang not in self._lists:
            pages = (one for one in self._content.pages if one.lang == page.lang)
            self._lists[page.lang] = Lists(pages, self._today)
        found = chosen(argument, self._lists[page.lang], page)
        with speaking(page.lang):
            return self._fragments.render("list.html", pages=found, lang=page.lang)
