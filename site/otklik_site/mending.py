"""A page's text as Markdown gets it: what cannot be understood stays text, line by line where it stood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otklik_site import foreign, unread

if TYPE_CHECKING:
    from collections.abc import Collection

    from otklik_site.directives import Scan
    from otklik_site.pages import Page


def mended(page: Page, body: str, scanned: Scan, refused: Collection[int]) -> str:
    """The text without what would swallow other text: faulty directives, shortcodes, the title said again.

    `refused`: the lines of directives that are at fault besides those that the scan found.
    """
    heading = _same_heading(page, body, scanned)
    text = scanned.text | set(refused) | {scanned.ends[line] for line in refused if line in scanned.ends}
    codes = {line for _shortcode, line in scanned.shortcodes}
    if not text and not codes and not heading:
        return body
    lines = body.split("\n")
    for line in text:
        at = line - page.body_line
        # The line of an indented setting below a directive holds no slashes.
        lines[at] = lines[at].replace("/", "&#47;", 1) if lines[at].lstrip(" \t>").startswith("//") else lines[at]
    for line in codes:
        lines[line - page.body_line] = foreign.as_text(lines[line - page.body_line])
    for line in heading:
        lines[line] = ""
    return "\n".join(lines)


def _same_heading(page: Page, body: str, scanned: Scan) -> Collection[int]:
    """The lines of a text's first heading where it is the page's title, which stands above the text anyway."""
    if not any(level == 1 for level, _line in scanned.headings):
        return ()
    lines = body.split("\n")
    found = unread.first_heading(lines)
    if found is None or found[1].casefold() != page.title.casefold() or any(line.strip() for line in lines[: found[0]]):
        return ()
    return (found[0],) if lines[found[0]].startswith("#") else (found[0], found[0] + 1)
