"""What a page shows of another: the tiers of a program, or a card of what a program or an offer gives.

A page's text is rendered without knowing other pages; it keeps a place, filled when all are known.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING

from otklik_site import program_view
from otklik_site.words import _
from otklik_widget.faults import Fault, refuse
from otklik_widget.words import speaking

if TYPE_CHECKING:
    from otklik_site.links import Links
    from otklik_site.pages import Page
    from otklik_site.templating import Fragments
    from otklik_site.website import Website

TIERS, OFFER = "tiers", "offer"
_PLACE = re.compile(r'<template data-display="(\w+) ([^"]*)"></template>')


def place(name: str, argument: str) -> str:
    """What a rendered text holds where another page is shown; raises `Faults` for more than a page's file."""
    if len(argument.split()) != 1:
        said = _("“/// %(name)s” takes the file of one page, like “%(example)s”",
                 name=name, example=f"/// {name} | programs/points.md")  # fmt: skip
        raise refuse(said)
    return f'<template data-display="{name} {escape(argument)}"></template>'


def fill(page: Page, html: str, links: Links, website: Website, fragments: Fragments) -> tuple[str, list[Fault]]:
    """The text with other pages shown in their places, and what is wrong with them."""
    faults: list[Fault] = []

    def shown(found: re.Match[str]) -> str:
        name, written = found[1], unescape(found[2])
        try:
            other = links.page(page, written)
            if other is not None and (said := _not_shown(name, other, written)):
                raise LookupError(said)
        except LookupError as error:
            faults.append(Fault(page.where, _line(page, name, written), str(error), "directive"))
            return ""
        if other is None:
            return ""
        with speaking(page.lang):
            terms = other.program and program_view.view(other.program, other.lang, website.languages)
            return fragments.render(f"shown_{name}.html", page=other, view=terms, lang=page.lang)

    return _PLACE.sub(shown, html) if "<template data-display" in html else html, faults


def _not_shown(name: str, other: Page, written: str) -> str:
    """Why a page cannot be shown so, or nothing."""
    if name == TIERS and not (other.program and other.program.tiers):
        return _("“/// tiers” shows the tiers of a program; “%(file)s” has none", file=written)
    if name == OFFER and not other.program and other.kind != OFFER:
        return _("“/// offer” shows a program or an offer; “%(file)s” is of the kind “%(kind)s”",
                 file=written, kind=other.kind)  # fmt: skip
    return ""


def _line(page: Page, name: str, written: str) -> int:
    begins = re.compile(rf" {{0,3}}/{{3,}} *{name} *\| *{re.escape(written)} *")
    for number, line in enumerate(page.text.split("\n"), 1):
        if begins.fullmatch(line):
            return number
    return page.body_line
