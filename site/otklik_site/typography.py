"""Spaces that a line must not break at: before a dash, between a number and its sign, and within `5 000`."""

from __future__ import annotations

import re

from otklik_site.enclosed import COMMENT, enclosed, opening, up_to, without

# What is no running text besides tags: code, which must stay as it was typed, and the widget's own texts.
_ASIDE = opening("pre", "code", "otklik-ask", COMMENT)
_TAG = re.compile(r"<[^>]*>")
# Each way begins with the space itself: looking back from every letter takes five times as long.
_LOOSE = re.compile(r" (?:(?<=\d )(?=[%₽€$£°]|\d{3}(?!\d))|(?<=[^\s>] )(?=— ))")


def tie(text: str) -> str:
    """`30 %` with a space that does not break."""
    return _LOOSE.sub("\N{NO-BREAK SPACE}", text)


def tie_html(html: str) -> str:
    """The same for the running text of a page."""
    if not _LOOSE.search(html):
        return html
    blocks = [(one.start, one.end) for one in enclosed(html, _ASIDE)]

    def tied(found: re.Match[str]) -> str:
        at = found.start()
        inside_tag = html.rfind("<", 0, at) > html.rfind(">", 0, at)
        inside_block = any(start < at < end for start, end in blocks)
        return " " if inside_tag or inside_block else "\N{NO-BREAK SPACE}"

    return _LOOSE.sub(tied, html)


def running(html: str) -> str:
    """The running text of a page alone."""
    tags, rest = up_to(without(html, _ASIDE), ">")
    return _TAG.sub("", tags) + rest
