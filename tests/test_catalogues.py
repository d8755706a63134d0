"""Whatever Otklik says in English it says in Russian too, with the same values in it."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.pofile import read_po

TOP = Path(__file__).resolve().parent.parent
PACKAGES = ("site/otklik_site", "widget/otklik_widget", "collector/otklik_collector")
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.svg", "jinja2")]
OPTIONS = {"**/templates/**": {"trim_blocks": "true", "lstrip_blocks": "true"}}
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "later": None, "plural": (1, 2), "ngettext": (1, 2)}
# The placeholders of gettext's sentences: %(name)s, %(name)02X, %s; %% is a percent sign.
VALUE = re.compile(r"%(?:\((\w+)\))?[-+#0]*\d*(?:\.\d+)?[a-zA-Z]|%%")

Said = set[str | tuple[str, ...]]
# argparse speaks for the command line; these of its sentences reach people, all others are for programmers.
ARGPARSE_TO_PEOPLE: Said = {
    "usage: ",
    "options",
    "positional arguments",
    "show this help message and exit",
    "argument %(argument_name)s: %(message)s",
    "unrecognized arguments: %s",
    "the following arguments are required: %s",
    "one of the arguments %s is required",
    "not allowed with argument %s",
    "ignored explicit argument %r",
    "expected one argument",
    "expected at most one argument",
    "expected at least one argument",
    ("expected %s argument", "expected %s arguments"),
    "ambiguous option: %(option)s could match %(matches)s",
    "invalid %(type)s value: %(value)r",
}


@lru_cache(maxsize=8)
def russian(package: str) -> Catalog:
    with (TOP / package / "locale/ru/LC_MESSAGES/otklik.po").open("rb") as file:
        return read_po(file, locale="ru", abort_invalid=True)


@lru_cache(maxsize=8)
def said(package: str) -> Said:
    """Every sentence in the code and the templates of a package; one with a plural is a pair."""
    found = extract_from_dir(TOP / package, METHODS, OPTIONS, KEYWORDS)
    sentences: Said = {_sentence(message) for _file, _line, message, _comments, _context in found}
    return sentences | ARGPARSE_TO_PEOPLE if package.endswith("_widget") else sentences


def _sentence(message: str | Sequence[str] | None) -> str | tuple[str, ...]:
    return message if isinstance(message, str) else tuple(message or ())


def translated(package: str) -> dict[str | tuple[str, ...], tuple[str, ...]]:
    """The Russian of each sentence: one form, or one for each plural form."""
    return {
        _sentence(message.id): (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        for message in russian(package)
        if message.id
    }


def values(text: str) -> list[str]:
    return sorted(found.group() for found in VALUE.finditer(text) if found.group() != "%%")


def test_what_argparse_says_to_people_is_what_it_really_says() -> None:
    keywords = {"_": None, "ngettext": (1, 2)}
    found = {
        message for _line, message, _comments, _context in extract_from_file("python", argparse.__file__, keywords)
    }

    assert ARGPARSE_TO_PEOPLE - found == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_sentence_is_said_in_russian(package: str) -> None:
    known = translated(package)

    assert said(package), "nothing was found: the extraction is broken"
    assert said(package) - known.keys() == set()
    assert [text for text, forms in known.items() if not all(form.strip() for form in forms)] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_is_translated_that_nobody_says(package: str) -> None:
    assert translated(package).keys() - said(package) == set()
    assert list(russian(package).obsolete) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_translation_is_a_guess(package: str) -> None:
    assert not russian(package).fuzzy
    assert [message.id for message in russian(package) if message.id and message.fuzzy] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_russian_fills_in_the_same_values_as_english(package: str) -> None:
    wrong = []
    for english, forms in translated(package).items():
        wanted = values(english if isinstance(english, str) else english[-1])
        if any(values(form) != wanted for form in forms):
            wrong.append(english)
    assert wrong == []


@pytest.mark.parametrize("package", PACKAGES)
def test_a_percent_sign_never_breaks_a_sentence(package: str) -> None:
    for english, forms in translated(package).items():
        both = (english,) if isinstance(english, str) else english
        for text in (*both, *forms):
            if names := set(re.findall(r"%\((\w+)\)", text)):
                assert text % dict.fromkeys(names, 1)


@pytest.mark.parametrize("package", PACKAGES)
def test_russian_counts_in_three_forms(package: str) -> None:
    forms = {english: found for english, found in translated(package).items() if isinstance(english, tuple)}

    assert russian(package).num_plurals == 3
    assert {english for english, found in forms.items() if len(found) != 3} == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_russian_quotes_in_russian(package: str) -> None:
    english_quotes = {text for text, forms in translated(package).items() if re.search("[“”]", "".join(forms))}

    assert english_quotes == set()
