"""The lists that a page's author puts into it: `/// list | kind=news limit=3`.

A page's text is rendered without knowing other pages; where a list belongs it keeps a place, filled when all are known.
"""

from __future__ import annotations

import json
import re
from html import escape, unescape
from typing import TYPE_CHECKING

from otklik_site import arguments, lists, schema
from otklik_site.lists import Lists
from otklik_site.slugs import slug
from otklik_site.words import _
from otklik_widget.faults import Fault, Faults, nearest, refuse
from otklik_widget.words import speaking

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from otklik_site.pages import Page
    from otklik_site.templating import Fragments

SETTINGS = ("kind", "folder", "tag", "limit", "order")
EXAMPLE = "kind=news"
# So many pages, where the author does not say.
USUAL = 6
_PLACE = re.compile(r'<template data-list="([^"]*)"></template>')


def parse(argument: str) -> dict[str, str]:
    """The settings of a list; raises `Faults` for what cannot be meant, whatever pages there are."""
    _words, settings = arguments.settings_of("list", argument, SETTINGS, EXAMPLE)
    kinds = (*schema.KINDS, "program")
    for name, known in (("kind", kinds), ("order", schema.ORDERS)):
        written = settings.get(name, "")
        if written and written not in known:
            said = _("“%(key)s” is “%(value)s”, but must be one of %(known)s.",
                     key=name, value=written, known=", ".join(known))  # fmt: skip
            raise refuse(said + nearest(written, known))
    arguments.whole_number("limit", settings.get("limit", ""), USUAL)
    return settings


def place(settings: dict[str, str]) -> str:
    """What a rendered text holds where the list belongs."""
    return f'<template data-list="{escape(json.dumps(settings, ensure_ascii=False))}"></template>'


def settings_in(html: str) -> tuple[str, ...]:
    """The settings of every list that has its place in a rendered text."""
    return tuple(unescape(found) for found in _PLACE.findall(html)) if "<template data-list" in html else ()


def fill(
    page: Page, html: str, choose: Callable[[Page, str], Sequence[Page]], fragments: Fragments
) -> tuple[str, list[Fault]]:
    """The text with its lists in their places, and what is wrong with them."""
    if "<template data-list" not in html:
        return html, []
    faults: list[Fault] = []

    def cards(found: re.Match[str]) -> str:
        settings = unescape(found[1])
        try:
            pages = choose(page, settings)
        except Faults as refused:
            faults.extend(Fault(page.where, _line(page, settings), fault.text, "directive") for fault in refused.faults)
            return ""
        with speaking(page.lang):
            return fragments.render("list.html", pages=pages, lang=page.lang)

    return _PLACE.sub(cards, html), faults


def _line(page: Page, settings: str) -> int:
    wanted = json.loads(settings)
    for number, line in enumerate(page.text.split("\n"), 1):
        if re.match(r" {0,3}/{3,} *list\b", line) and all(f"{key}={value}" in line for key, value in wanted.items()):
            return number
    return page.body_line


class Choices:
    """Finds the pages of such lists."""

    def __init__(self, pages: Sequence[Page], today: dt.date) -> None:
        self._pages = pages
        self._today = today
        self._lists: dict[str, Lists] = {}

    def chosen(self, page: Page, written: str) -> list[Page]:
        """The pages of a list on a page, without those that are over; raises `Faults` where there can be none."""
        settings = json.loads(written)
        if page.lang not in self._lists:
            self._lists[page.lang] = Lists((one for one in self._pages if one.lang == page.lang), self._today)
        found = _found(settings, self._lists[page.lang], page)
        if kind := settings.get("kind"):
            found = [one for one in found if lists.kind_matches(one, kind)]
        open_ones = [one for one in found if lists.state(one, self._today) != "over"]
        limit = arguments.whole_number("limit", settings.get("limit", ""), USUAL)
        return lists.ordered(open_ones, settings.get("order", "newest"), self._today)[:limit]


def _found(settings: dict[str, str], all_lists: Lists, page: Page) -> list[Page]:
    folder = settings.get("folder", "").strip("/")
    found = list(all_lists.below(folder, page))
    if folder and not found:
        raise refuse(_("there are no pages in the folder “%(folder)s”", folder=folder))
    if "tag" in settings:
        # A tag of two words is written with a hyphen here: an argument ends at its first space.
        tag = all_lists.tags.get(slug(settings["tag"]))
        if tag is None:
            known_tags = [name for name, _pages in all_lists.tags.values()]
            said = _("no page has the tag “%(tag)s”.", tag=settings["tag"]) + nearest(settings["tag"], known_tags)
            raise refuse(said)
        found = [one for one in found if one in tag[1]]
    return found
