"""The site's words: every key of a page says what it means, and titles become addresses."""

from __future__ import annotations

import pytest

from otklik_site import schema
from otklik_site.slugs import slug
from otklik_widget.words import speaking


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
