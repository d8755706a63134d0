"""The collector speaks Russian wherever it speaks English."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import otklik_collector

PACKAGE = Path(otklik_collector.__file__).parent
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.svg", "jinja2")]
OPTIONS = {"**/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
KEYWORDS = {"_": None, "plural": (1, 2), "ngettext": (1, 2)}
VALUE = re.compile(r"%\((\w+)\)")


def test_every_sentence_has_its_russian_with_the_same_values() -> None:
    with (PACKAGE / "locale/ru/LC_MESSAGES/otklik.po").open("rb") as file:
        russian = read_po(file, locale="ru")
    said = {
        message for _file, _line, message, _comments, _context in extract_from_dir(PACKAGE, METHODS, OPTIONS, KEYWORDS)
    }

    missing, other_values = [], []
    for message in sorted(said, key=str):
        found = russian.get(message if isinstance(message, str) else message[0])
        told = found.string if found else None
        forms = [told] if isinstance(told, str) else list(told or ())
        if not forms or not all(forms):
            missing.append(message)
        values = set(VALUE.findall(message if isinstance(message, str) else message[1]))
        if any(set(VALUE.findall(form)) != values for form in forms):
            other_values.append(message)
    assert missing == []
    assert other_values == []


def test_nothing_is_translated_that_nobody_says() -> None:
    with (PACKAGE / "locale/ru/LC_MESSAGES/otklik.po").open("rb") as file:
        russian = {
            message.id if isinstance(message.id, str) else message.id[0] for message in read_po(file) if message.id
        }
    said = {
        message if isinstance(message, str) else message[0]
        for _file, _line, message, _comments, _context in extract_from_dir(PACKAGE, METHODS, OPTIONS, KEYWORDS)
    }

    assert russian - said == set()
