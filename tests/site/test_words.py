"""The site's words: every sentence for people is in the Russian catalogue, and every key says what it means."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from otklik_site import schema
from otklik_site.slugs import slug
from otklik_widget.words import speaking

PACKAGE = Path(schema.__file__).parent


def test_every_sentence_is_translated() -> None:
    with (PACKAGE / "locale/ru/LC_MESSAGES/otklik.po").open("rb") as file:
        catalogue = {message.id: message.string for message in read_po(file, locale="ru") if message.id}
    methods = [("**.py", "python"), ("templates/**.html", "jinja2")]
    keywords: dict[str, tuple[int, ...] | None] = {"_": None, "later": None, "plural": (1, 2)}
    said = {found[2] for found in extract_from_dir(PACKAGE, methods, {}, keywords=keywords)}

    assert {text for text in catalogue if text not in said} == set()
    assert {text for text in said if text not in catalogue} == set()
    assert [text for text, translated in catalogue.items() if not all(translated)] == []


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_every_key_of_a_page_has_a_meaning_and_a_type(lang: str) -> None:
    with speaking(lang):
        types = schema.types()
        for path, key in schema.all_keys():
            assert key.says(), path
            assert types[key.value], path


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Как копить и тратить?", "kak-kopit-i-tratit"), ("Щука & ёж", "shchuka-yozh"), ("Café Über", "cafe-uber"),
        ("NPS 10/10", "nps-10-10"), ("你好", "section"), ("и\u0306од", "yod"), ("a" * 300, "a" * 100),
    ],
)  # fmt: skip
def test_titles_become_addresses(title: str, expected: str) -> None:
    assert slug(title) == expected
