"""Spaces that a line must not break at: before a dash, and between a number and its sign."""

from __future__ import annotations

import re

# Code stays as it was typed, so that it can be copied; a question's texts are the widget's, kept to the letter.
ASIDE = re.compile(r"(<(pre|code|otklik-ask)\b.*?</\2>|<[^>]*>|<!--.*?-->)", re.DOTALL)
_LOOSE = re.compile(r"(?<=\d) (?=[%₽€$£°])|(?<=[^\s>]) (?=— )")


def tie(text: str) -> str:
    """`30 %` with a space that does not break."""
    return _LOOSE.sub("\N{NO-BREAK SPACE}", text)


def tie_html(html: str) -> str:
    """The same for the text of a page, without its tags, code and questions."""
    if not _LOOSE.search(html):
        return html
    found = []
    at = 0
    for aside in ASIDE.finditer(html):
        found += [tie(html[at : aside.start()]), aside[0]]
        at = aside.end()
    return "".join([*found, tie(html[at:])])
