"""What is wrong with a text that is not TOML, in words for people who have never heard of it."""

from __future__ import annotations

import re

from otklik_widget.words import _


def explain(said: str, rest: str) -> str:
    """tomllib's `said` in the reader's language and words; `rest` is the line from the place that it names on."""
    if said.startswith("Invalid initial character for a key") and (not rest.strip() or rest[0] in "}#"):
        return _("everything between { and } must stand on one line, with no comma after the last part")
    for beginning, sentence in _sentences():
        if said.startswith(beginning):
            return sentence
    letter = re.search(r"(?:Illegal|invalid) character (.+)$", said)
    if letter:
        if letter.group(1) == r"'\n'":
            return _("the text has no closing quote")
        return _("the character %(letter)s cannot stand here", letter=letter.group(1))
    return said


def _sentences() -> list[tuple[str, str]]:
    """How tomllib's sentences begin, with ours; where Python learns new ones, they are shown as they are."""
    twice = _("this table already stands above; write its keys there")
    return [
        ("Invalid statement", _("a line begins with a key, a [table] or a #")),
        ("Expected newline or end of document", _("after the value comes something that does not belong there")),
        ("Expected '=' after a key", _("after the key comes “=”")),
        ("Expected ']'", _("the table's name has no closing “]”")),
        ("Expected ']]'", _("the table's name has no closing “]]”")),
        ("Expected ", _("the text has no closing quote")),
        ("Unterminated string", _("the text has no closing quote")),
        ("Cannot declare", twice),
        ("Cannot redefine namespace", twice),
        ("Cannot mutate immutable namespace", twice),
        ("Cannot overwrite a value", _("this key already has a value above")),
        ("Duplicate inline table key", _("the same key stands twice between { and }")),
        (
            "Invalid initial character for a key",
            _("a key is written in Latin letters, digits, hyphens and underscores; any other key stands in quotes"),
        ),
        ("Unclosed array", _("the list lacks a comma between its items or the closing “]”")),
        ("Unclosed inline table", _("a comma between the parts or the closing “}” is missing")),
        ("Unescaped '\\'", _("a backslash in a text is written twice")),
        ("Invalid hex value", _("there is no such letter after the backslash")),
        ("Escaped character", _("there is no such letter after the backslash")),
        ("Invalid date or datetime", _("there is no such date or time")),
        ("Invalid value", _("this value is not understood; a text must stand in quotes")),
    ]
