"""What stands between an element's tags, found in one walk through a page however many elements are left open."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMENT = "!--"


class Enclosed(NamedTuple):
    """Where an element begins, where what it holds begins and ends, and where the element ends."""

    start: int
    inner: int
    outer: int
    end: int


def opening(*names: str) -> re.Pattern[str]:
    """The beginnings of elements of these names, and of comments with `COMMENT` among them."""
    return re.compile("|".join(rf"<({re.escape(name)})" + ("" if name == COMMENT else r"\b") for name in names))


def enclosed(html: str, begins: re.Pattern[str]) -> Iterator[Enclosed]:
    """The elements in order, none inside another; one that is never closed is none."""
    # A pattern like <pre.*?</pre> would look through the rest of the page again for each <pre> without an end.
    open_for_ever = set()
    at = 0
    while found := begins.search(html, at):
        at = found.end()
        name = found[found.lastindex or 0]
        closing = "-->" if name == COMMENT else f"</{name}>"
        if name in open_for_ever:
            continue
        outer = html.find(closing, at)
        if outer < 0:
            open_for_ever.add(name)
            continue
        yield Enclosed(found.start(), at, outer, outer + len(closing))
        at = outer + len(closing)


def without(html: str, begins: re.Pattern[str], instead: str = "") -> str:
    """The rest of a page."""
    kept = []
    at = 0
    for one in enclosed(html, begins):
        kept += [html[at : one.start], instead]
        at = one.end
    return "".join((*kept, html[at:]))


def up_to(html: str, last: str) -> tuple[str, str]:
    """A text in two, behind the last of some sign: what looks for it need not look through the second part."""
    cut = html.rfind(last) + len(last) if last in html else 0
    return html[:cut], html[cut:]
