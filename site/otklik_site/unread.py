"""What a page is called and says in short, where nobody wrote it: read from its text or its file's name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from otklik_site.typography import tie

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ATX = re.compile(r"#{1,6}[ \t]+(.*)")
_UNDERLINE = re.compile(r"(=+|-+)[ \t]*")
_ATTRIBUTES = re.compile(r"\s*\{:?[^{}]*\}\s*$")
_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])")
_MARKS = re.compile(r"[*_`]+|<[^<>]*>|\{\{.*?\}\}|\{%.*?%\}")
_NO_PROSE = re.compile(r"\s*([#>|+*-]|\d+[.)]|/{3}|`{3}|~{3}|:{3}|!{3}|<|\{|\[\^|\[[^\]]+\]:| {4}|\t)")
# As much as search engines show.
LONG = 160


def title(body: Sequence[str], name: str) -> str:
    """A page's first heading, or else its file's name."""
    found = first_heading(body)
    return (found[1] if found else "") or _named(name)


def first_heading(body: Sequence[str]) -> tuple[int, str] | None:
    """The number of the line of a text's first heading, and its words; of code there is none."""
    for number, line, is_code in _lines(body):
        if is_code:
            continue
        if found := _ATX.fullmatch(line):
            return number, _plain(found[1].rstrip(" \t").rstrip("#"))
        after = body[number + 1] if number + 1 < len(body) else ""
        if line.strip() and _UNDERLINE.fullmatch(after) and not _NO_PROSE.match(line):
            return number, _plain(line)
    return None


def description(body: Sequence[str]) -> str:
    """The beginning of a text's first paragraph, as far as search engines would show it."""
    paragraph: list[str] = []
    for _number, line, is_code in _lines(body):
        if is_code or not line.strip() or _NO_PROSE.match(line) or _UNDERLINE.fullmatch(line):
            if _UNDERLINE.fullmatch(line) and line.strip():
                paragraph = []  # it was a heading
            if paragraph:
                break
        else:
            paragraph.append(line.strip())
    words = _plain(" ".join(paragraph))
    if len(words) <= LONG:
        return words
    return words[: LONG - 1].rpartition(" ")[0].rstrip(" ,;:—–-") + "…"


def _lines(body: Sequence[str]) -> Iterator[tuple[int, str, bool]]:
    """The lines of a text with their numbers, and whether each is code between fences."""
    fenced = False
    for number, line in enumerate(body):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        yield number, line, fenced


def _plain(markdown: str) -> str:
    """The words of a line without Markdown's signs; of a very long one those at its beginning."""
    return tie(" ".join(_MARKS.sub("", _LINK.sub(r"\1", _ATTRIBUTES.sub("", markdown[:1000]))).split()))


def _named(name: str) -> str:
    parts = name.split("/")
    word = parts[-2] if parts[-1] == "index" and len(parts) > 1 else parts[-1]
    words = re.sub(r"^\d{4}-\d\d-\d\d-", "", word).replace("-", " ").replace("_", " ").strip()
    return (words[:1].upper() + words[1:]) or word
