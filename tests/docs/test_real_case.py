"""The real case of the manual: its figures, its pictures and its mapping say the same as the program."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import TOP

from otklik_collector.importing.mapping import read_mapping
from otklik_collector.map.comparison import compare
from otklik_collector.map.output import render
from otklik_collector.map.problem_map import Filters, Period, ProblemMap, SeriesCounts, problem_map
from otklik_collector.map.scores import nps_groups
from otklik_collector.map.slices import Slice, SliceCounts
from otklik_widget.intervals import nps_difference
from otklik_widget.journey_file import read_journey

CASE = TOP / "docs/data/sfo"


def figures(year: int = 2017) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CASE / f"counts-{year}.json").read_text(encoding="utf-8"))
    return found


def counts(year: int, touchpoint: str) -> dict[int, int]:
    return {int(score): n for score, n in figures(year)["counts"][touchpoint]["counts"].items()}


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


@pytest.mark.parametrize(("year", "responses"), [(2017, 37_655), (2018, 35_643)])
def test_the_case_counts_all_responses(year: int, responses: int) -> None:
    assert sum(sum(one["counts"].values()) for one in figures(year)["counts"].values()) == responses


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


def year_after() -> ProblemMap:
    """May 2018 held against May 2017, all eighteen questions judged together."""
    journey = read_journey(CASE / "journey.toml")
    counted = [
        SeriesCounts(
            touchpoint, one["scale"], journey.wording(touchpoint, one["scale"]), True, 1, counts(2018, touchpoint), 0,
            counts(2017, touchpoint), 0, {}, {},
        )
        for touchpoint, one in figures(2018)["counts"].items()
    ]  # fmt: skip
    months = [Period(date(year, 5, 1), date(year, 6, 1)) for year in (2018, 2017)]
    return problem_map(journey, counted, *months, Filters(), "en")


def test_of_fifteen_ratings_none_changed_for_sure_and_large_enough_but_security_did() -> None:
    found = year_after()
    arrows = {row.touchpoint: row.trend.direction for row in found.series if row.trend.direction in ("better", "worse")}
    sure = {row.touchpoint for row in found.series if row.trend.q is not None and row.trend.q <= 0.10}

    assert arrows == {"security": "worse", "recommend": "worse"}
    # Three ratings changed for sure by less than 3 of 100: no arrow.
    assert sure - set(arrows) == {"roads", "airtrain", "shops"}


def test_passing_security_got_worse_while_finding_the_way_held() -> None:
    words = {}
    for touchpoint in ("security", "find-way"):
        slices = [
            SliceCounts(
                Slice(touchpoint, "ces5", Period(date(year, 5, 1), date(year, 6, 1))), 1, counts(year, touchpoint)
            )
            for year in (2017, 2018)
        ]
        words[touchpoint] = compare(*slices).word

    assert words == {"security": "worse", "find-way": "stable"}


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_manual_tells_the_change_as_it_is(lang: str) -> None:
    page = (TOP / f"docs/{lang}/case-sfo.md").read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")
    point = "." if lang == "en" else ","
    for row in year_after().series:
        trend = row.trend
        assert row.unhappy
        assert trend.difference is not None
        assert trend.q is not None
        cell = f"| {100 * row.unhappy.share:.1f} | {100 * trend.difference:+.1f} |".replace(".", point)
        assert cell.replace("-", "\N{MINUS SIGN}") in page, (row.touchpoint, cell)


def test_the_airports_nps_fell_by_nine_points_for_sure() -> None:
    found = nps_difference(nps_groups(counts(2017, "recommend")), nps_groups(counts(2018, "recommend")))

    assert found is not None
    assert found.raw == pytest.approx(-8.858635, abs=1e-6)
    assert (found.low, found.high) == pytest.approx((-12.7, -5.0), abs=0.05)


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
