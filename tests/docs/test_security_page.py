"""What the page about security claims is proved by tests that exist, and is the same in both languages."""

from __future__ import annotations

import re

import pytest
from conftest import TOP

LANGUAGES = ("en", "ru")


def page(lang: str) -> str:
    return (TOP / f"docs/{lang}/security.md").read_text(encoding="utf-8")


def requirements(lang: str) -> list[list[str]]:
    """The cells of each chapter: its name, what is met, what is not, what is not there."""
    rows = re.findall(r"^\| (V\d+ [A-Z].*) \|$", page(lang), re.MULTILINE)
    return [[cell.strip() for cell in row.split("|")] for row in rows]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_proof_is_a_test_that_exists(lang: str) -> None:
    named = set(re.findall(r"`(test_\w+)`", page(lang)))
    there = {
        name
        for file in (TOP / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert len(named) > 20
    assert named - there == set()


def test_both_languages_claim_the_same() -> None:
    english, russian = page("en"), page("ru")
    assert re.findall(r"`(test_\w+)`", english) == re.findall(r"`(test_\w+)`", russian)
    assert re.findall(r"\d+\.\d+\.\d+", english) == re.findall(r"\d+\.\d+\.\d+", russian)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_chapter_of_the_standard_is_there_and_no_requirement_stands_twice(lang: str) -> None:
    chapters = requirements(lang)
    assert [row[0].split()[0] for row in chapters] == [f"V{number}" for number in range(1, 18)]
    for name, *cells in chapters:
        ids = [id for cell in cells for id in re.findall(r"\d+\.\d+\.\d+", cell)]
        assert ids, name
        assert len(ids) == len(set(ids)), name
        assert {id.split(".")[0] for id in ids} == {name.split()[0][1:]}, name
