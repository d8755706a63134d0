"""“You said, we did”: what the collector wrote is told as it is, and what it did not write is refused."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Company

ASKED = "/// changes\n///"


def change(**others: Any) -> dict[str, Any]:
    told = {
        "day": "2026-09-26", "touchpoint": {"ru": "Касса", "en": "Checkout"}, "place": None,
        "text": {"ru": "Открыли две кассы", "en": "Two tills opened"}, "lasting": False, "effect": "worked",
    }  # fmt: skip
    return {**told, **others}


def write(company: Company, *changes: dict[str, Any], version: int = 1) -> None:
    document = {"version": version, "as_of": "2026-11-20", "changes": changes}
    company.write("content/data/changes.json", json.dumps(document, ensure_ascii=False))


@pytest.mark.parametrize(
    ("effect", "lasting", "says"),
    [
        ("worked", False, "It helped: fewer customers are unhappy there than before."),
        ("unclear", False, "No clear change"),
        ("worse", False, "It did not help"),
        ("too_early", False, "Too early to tell."),
        ("unknown", False, "Nobody can tell"),
        (None, True, "This stays as it is"),
    ],
)
def test_a_change_is_told_with_what_became_of_it(
    company: Company, effect: str | None, lasting: bool, says: str
) -> None:
    write(company, change(effect=effect, lasting=lasting))
    company.page("en/said.md", "You said", ASKED)

    company.build()

    html = company.html("en/said")
    assert says in html
    assert "September 26, 2026</time> · Checkout" in html
    assert "Two tills opened" in html
    assert "As of November 20, 2026" in html


def test_a_change_nobody_judged_says_nothing_of_its_effect(company: Company) -> None:
    write(company, change(effect=None))
    company.page("ru/said.md", "Вы сказали", ASKED)
    company.build()
    assert 'class="became"' not in company.html("ru/said")


def test_one_deed_at_two_touchpoints_is_told_once(company: Company) -> None:
    write(company, change(), change(touchpoint={"en": "Points"}), change(touchpoint={"en": "Shelf"}, effect="unclear"))
    company.page("en/said.md", "You said", ASKED)
    company.build()
    assert re.findall(r"</time> · ([^<]+)", company.html("en/said")) == ["Checkout; Points", "Shelf"]


def test_words_in_another_language_say_which_it_is(company: Company) -> None:
    write(company, change(text={"ru": "Открыли две кассы"}))
    company.page("en/said.md", "You said", ASKED)
    company.build()
    assert '<p class="deed" lang="ru">Открыли две кассы</p>' in company.html("en/said")


def test_a_page_may_show_only_the_newest(company: Company) -> None:
    write(company, change(day="2026-10-01"), change(text={"en": "Old"}))
    company.page("en/said.md", "You said", "/// changes | limit=1\n///")
    company.build()
    assert company.html("en/said").count('class="deed"') == 1


def test_before_the_first_public_change_the_page_says_so(company: Company) -> None:
    write(company)
    company.page("en/said.md", "You said", ASKED)
    company.build()
    assert "No change has been made public yet." in company.html("en/said")


def test_a_missing_file_is_a_fault_that_says_how_to_write_it(company: Company) -> None:
    company.page("en/said.md", "You said", ASKED)
    (fault,) = company.faults()
    assert fault.startswith("content/en/said.md:5: ")
    assert "otklik changes --out content/data/changes.json" in fault


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "changes.json:1: this is not what “otklik changes” writes"),
        ("[]", "changes.json: this is not what “otklik changes” writes"),
        ('{"version": 2, "as_of": "2026-01-01", "changes": []}', "version 2 is not known"),
        ('{"version": 1, "as_of": "soon", "changes": []}', "soon"),
        ('{"version": 1, "as_of": "2026-01-01", "changes": [{}]}', "text"),
        ('{"version": 1, "as_of": "2026-01-01", "changes": 7}', "changes.json: "),
        (json.dumps({"version": 1, "as_of": "2026-01-01", "changes": [change(effect="great")]}), "great"),
    ],
)
def test_a_file_that_the_collector_did_not_write_is_refused(company: Company, text: str, says: str) -> None:
    company.write("content/data/changes.json", text)
    company.page("en/said.md", "You said", ASKED)
    (fault,) = company.faults()
    assert says in fault


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        ("limit=0", "“limit” must be a whole number from 1 to 1000"),
        ("limit=x", "“limit” must be a whole number from 1 to 1000"),
        ("limits=3", "Did you mean “limit”?"),
        ("three", "“three” is no setting; write settings like limit=5"),
    ],
)
def test_what_stands_after_the_bar_is_checked(company: Company, argument: str, says: str) -> None:
    write(company, change())
    company.page("en/said.md", "You said", f"/// changes | {argument}\n///")
    (fault,) = company.faults()
    assert fault.startswith("content/en/said.md:5: ")
    assert says in fault


def test_the_styles_of_changes_come_with_the_pages_that_tell_of_them(company: Company) -> None:
    write(company, change())
    company.page("en/said.md", "You said", ASKED)
    company.page("en/tea.md", "Tea leaves")
    company.build()
    (named,) = re.findall(r'href="\.\./\.\./(apart\.\w+\.css)"', company.html("en/said"))
    assert ".change-worked" in company.html(named)
    assert "apart." not in company.html("en/tea")


def test_a_program_may_tell_of_changes_too(company: Company) -> None:
    write(company, change())
    terms = "kind: fixed-discount\nname: Leaf\neffective: 2026-01-01\npercent: 5\n"
    company.write("content/en/leaf.md", f"---\ntitle: Leaf\ndescription: Leaf.\n{terms}---\n{ASKED}\n")
    company.build()
    assert {name for name in ("apart", "program", "site") if f'/{name}.' in company.html("en/leaf")} == {
        "apart", "program", "site",
    }  # fmt: skip
