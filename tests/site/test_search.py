"""What a site's search knows of its pages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from otklik_site import search
from otklik_site.pages import Page

if TYPE_CHECKING:
    from conftest import Company


@pytest.mark.parametrize(
    ("lang", "forms", "beginning"),
    [
        ("ru", ["касса", "кассы", "кассами", "кассу"], "касс"),
        ("ru", ["ёлка", "елки"], "елк"),
        ("en", ["return", "returns", "returned", "returning"], "return"),
        ("en", ["loyalty", "loyalties"], "loyalt"),
        ("xx", ["слово"], "слово"),
    ],
)
def test_the_forms_of_a_word_begin_alike(lang: str, forms: list[str], beginning: str) -> None:
    for form in forms:
        (word,) = search.words(form)
        assert search.beginning(word, lang) == beginning


def test_the_index_holds_words_of_pages_and_leaves_out_what_is_no_text(company: Company) -> None:
    company.page("en/tea.md", "Oolong", "Half-green & *rolled*.\n\n```\nsecretcode\n```\n\n/// ask | checkout\n///")
    company.page("en/later.md", "Later", "hiddenword", draft="true")

    company.build()

    told = json.loads(company.html("en/search/pages.json"))
    starts = json.loads(company.html("en/search/words.json"))
    (oolong,) = [number for number, (url, *_) in enumerate(told["pages"]) if url == "en/tea/"]
    assert starts["oolong"][0] == oolong
    assert starts["oolong"][1] > starts["green"][1]
    assert {"roll", "green", "half"} <= set(starts)
    assert not {"secretcod", "secretcode", "hiddenword", "amp", "fieldset"} & set(starts)
    assert "ed" in told["endings"]


def test_what_a_page_is_found_by_is_the_same_in_every_process() -> None:
    """A set's order is not, and the cache would take each page read again for another one."""
    page = Page("", "en", "", "", "tea cup leaf water", "", "page", b"", 1, {})

    assert list(search.terms(page, "milk honey").weights) == ["tea", "cup", "leaf", "water", "milk", "honey"]


def test_a_large_index_comes_letter_by_letter(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "LARGE", 10)
    company.page("en/tea.md", "Oolong", "Rolled leaves.")
    company.build()
    told = json.loads(company.html("en/search/pages.json"))
    assert "o" in told["letters"]
    assert "oolong" in json.loads(company.html(f"en/search/words-{ord('o'):x}.json"))
    assert "en/search/words.json" not in company.published()


def test_on_a_large_site_texts_are_left_out_of_the_index(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "WHOLE", 1)
    company.page("en/tea.md", "Oolong", "## Heading\n\nRolled leaves.", tags="[Green]")
    company.build()
    starts = json.loads(company.html("en/search/words.json"))
    assert {"oolong", "green", "head"} <= set(starts)
    assert "roll" not in starts


def test_the_search_page_is_nothing_to_find_and_lists_all_pages(company: Company) -> None:
    company.write("otklik.toml", 'base_url = "https://tea.example"\n')
    company.page("en/tea.md", "Oolong")
    company.build()
    html = company.html("en/search")
    assert '<meta name="robots" content="noindex">' in html
    assert '<a href="../../en/tea/">Oolong</a>' in html
    assert "search" not in company.html("sitemap.xml")
    assert 'action="/ru/search/"' in company.html("404.html")


def test_a_page_of_ones_own_at_the_searchs_address_is_named(company: Company) -> None:
    company.page("en/search.md", "Finding")
    (fault,) = company.faults()
    assert "the site makes a page with this address, /en/search/, by itself" in fault
