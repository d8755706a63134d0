"""The real case of the manual: its figures, its pictures and its mapping say the same as the program."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import TOP

from otklik_collector.importing.mapping import read_mapping
from otklik_collector.map.output import render
from otklik_collector.map.problem_map import Filters, Period, ProblemMap, SeriesCounts, problem_map
from otklik_widget.journey_file import read_journey

CASE = TOP / "docs/data/sfo"


def figures() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CASE / "counts-2017.json").read_text(encoding="utf-8"))
    return found


def case_map(lang: str) -> ProblemMap:
    """The map of May 2017, drawn from the published counts alone."""
    journey = read_journey(CASE / "journey.toml")
    counted = [
        SeriesCounts(
            touchpoint, one["scale"], journey.wording(touchpoint, one["scale"]), True, 1,
            {int(score): n for score, n in one["counts"].items()}, 0, {}, 0, {}, {},
        )
        for touchpoint, one in figures()["counts"].items()
    ]  # fmt: skip
    period = Period(date(2017, 5, 1), date(2017, 6, 1))
    return problem_map(journey, counted, period, Period(date(2017, 3, 31), date(2017, 5, 1)), Filters(), lang)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_picture_in_the_manual_is_drawn_from_the_figures(lang: str) -> None:
    picture = TOP / f"docs/static/sfo-2017.{lang}.svg"
    drawn = render(case_map(lang), read_journey(CASE / "journey.toml"), "svg", lang)
    assert picture.read_text(encoding="utf-8") == drawn, f"draw it again: {picture.name}"


def test_the_case_counts_37655_responses() -> None:
    assert sum(sum(one["counts"].values()) for one in figures()["counts"].values()) == 37_655


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_manuals_table_has_the_figures(lang: str) -> None:
    page = (TOP / f"docs/{lang}/case-sfo.md").read_text(encoding="utf-8").replace("\xa0", " ").replace("\u202f", " ")
    found = case_map(lang)
    for series in found.series:
        if series.scale != "nps":
            assert series.unhappy
            n = f"{series.responses:,}".replace(",", "," if lang == "en" else " ")
            row = next((line for line in page.splitlines() if line.startswith("|") and f" {n} |" in line), None)
            assert row, (series.touchpoint, n)
            assert f" {series.unhappy.count} |" in row, series.touchpoint


@pytest.mark.parametrize("year", [2017, 2018])
def test_the_mappings_of_the_case_are_right(year: int) -> None:
    mapping = read_mapping(CASE / f"{year}.toml", read_journey(CASE / "journey.toml"))
    assert len(mapping.asked) == 18
    assert mapping.source == f"sfo-{year}"


def draw_again() -> None:
    """Writes the pictures: python -c "from docs.test_real_case import draw_again; draw_again()" in tests/."""
    for lang in ("en", "ru"):
        drawn = render(case_map(lang), read_journey(CASE / "journey.toml"), "svg", lang)
        Path(TOP / f"docs/static/sfo-2017.{lang}.svg").write_text(drawn, encoding="utf-8")
