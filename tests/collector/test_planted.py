"""The demo company's planted problems are found, and its noise draws no arrow."""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from conftest import TOP

from otklik_collector.drawing import before, window
from otklik_collector.map.alarms import alarms, baseline
from otklik_collector.map.comparison import compare
from otklik_collector.map.posterior import Posterior
from otklik_collector.map.problem_map import Filters, ProblemMap, SeriesCounts, problem_map
from otklik_collector.map.series import Period
from otklik_collector.map.slices import Slice, SliceCounts
from otklik_collector.map.week_grid import week_grid
from otklik_collector.response import Response, day_of
from otklik_collector.sample_words import SampleWords
from otklik_collector.samples import read_plans, sample_responses
from otklik_widget.journey import Journey
from otklik_widget.journey_file import read_journey
from otklik_widget.scales import SCALES

TODAY = date(2026, 11, 21)
NOISE = ("site-home", "leaflet", "article")
Days = Mapping[tuple[str, str], Mapping[date, Mapping[int, int]]]


@pytest.fixture(scope="module")
def company() -> Journey:
    return read_journey(TOP / "content/journey.toml")


@pytest.fixture(scope="module")
def year(company: Journey) -> list[Response]:
    """All sample responses that count, a year of them."""
    made = sample_responses(company, read_plans(TOP / "content/samples.toml"), TODAY)
    return [one for one in made if not one.flags]


@pytest.fixture(scope="module")
def days(year: list[Response]) -> Days:
    found: dict[tuple[str, str], dict[date, Counter[int]]] = defaultdict(lambda: defaultdict(Counter))
    for one in year:
        assert one.score is not None
        found[one.touchpoint, one.scale][day_of(one.day)][one.score] += 1
    return found


def within(counted: Mapping[date, Mapping[int, int]], period: Period) -> Counter[int]:
    total: Counter[int] = Counter()
    for day, counts in counted.items():
        if period.start <= day < period.end:
            total.update(counts)
    return total


def map_of(company: Journey, days: Days, end: date) -> ProblemMap:
    period = window(end)
    against = before(period)
    series = [
        SeriesCounts(
            touchpoint, scale, company.wording(touchpoint, scale), True, 1, within(counted, period), 0,
            within(counted, against), 0, {}, {},
        )
        for (touchpoint, scale), counted in days.items()
    ]  # fmt: skip
    return problem_map(company, series, period, against, Filters(), "en")


def test_the_checkout_comes_first_though_others_are_rated_worse(company: Journey, days: Days) -> None:
    found = map_of(company, days, TODAY)

    assert found.fix_first[0].touchpoint == "checkout"
    returns = found.find("returns", "ces7")
    assert returns.unhappy is not None
    assert returns.unhappy.share == max(row.unhappy.share for row in found.series if row.unhappy and row.rank)
    assert returns.rank is not None
    assert returns.rank > 8
    assert [one.touchpoint for one in found.ask_more] == ["staff"]


def test_the_bad_update_of_the_self_checkout_is_the_only_arrow(company: Journey, days: Days) -> None:
    found = map_of(company, days, TODAY)

    assert {
        (row.touchpoint, row.trend.direction) for row in found.series if row.trend.direction in ("better", "worse")
    } == {("self-checkout", "worse")}


def test_noise_draws_hardly_an_arrow_in_a_year_where_its_raw_share_would_flip_most_weeks(
    company: Journey, days: Days
) -> None:
    """Windows of four weeks, moved by a week: one unlucky month is seen in several of them."""
    drawn = flipped = 0
    for week in range(44):
        found = map_of(company, days, TODAY - timedelta(days=7 * week))
        for touchpoint in NOISE:
            trend = found.find(touchpoint, company.touchpoints[touchpoint].main).trend
            drawn += trend.direction != "unclear"
            flipped += abs(trend.difference or 0) >= 0.03

    assert drawn <= 0.05 * 44 * len(NOISE)
    assert flipped >= 0.35 * 44 * len(NOISE)


def test_the_rewritten_page_is_better_for_sure_and_so_are_the_points(company: Journey, days: Days) -> None:
    rewritten = TODAY - timedelta(days=(52 - 31) * 7)
    found = map_of(company, days, rewritten + timedelta(days=28))

    better = {row.touchpoint for row in found.series if row.trend.direction == "better"}
    assert {"program-page", "points"} <= better


def test_the_creeping_courier_is_seen_over_the_months(days: Days) -> None:
    earlier, later = Period(TODAY - timedelta(days=196), TODAY - timedelta(days=168)), window(TODAY)
    cut = Slice("courier", "csat5", earlier)
    slices = [SliceCounts(cut.over(when), 1, within(days["courier", "csat5"], when)) for when in (earlier, later)]

    assert compare(*slices).word == "worse"


def test_two_pages_of_the_same_share_are_a_tie(days: Days) -> None:
    period = Period(TODAY - timedelta(days=91), TODAY)
    first, second = (
        SliceCounts(Slice(key, "ces7", period), 1, within(days[key, "ces7"], period))
        for key in ("site-search", "site-order")
    )

    assert compare(first, second).word in ("stable", "unclear")


def test_the_self_checkout_rings_within_days_and_the_home_page_does_not(year: list[Response]) -> None:
    updated = TODAY - timedelta(days=28)
    rings = {}
    for key, since in (("self-checkout", updated - timedelta(days=14)), ("site-home", updated)):
        scale = {"self-checkout": "smiley5", "site-home": "helpful"}[key]
        told = [one for one in year if (one.touchpoint, one.scale) == (key, scale)]
        usual = [one for one in told if since - timedelta(days=90) <= day_of(one.day) < since]
        bad = sum(one.score in SCALES[scale].unhappy for one in usual)
        p0 = baseline(Posterior(bad, len(usual) - bad), len(usual))
        assert p0 is not None
        later = sorted((one for one in told if day_of(one.day) >= since), key=lambda one: (one.answered_at, one.id))
        found = alarms([(day_of(one.day), one.score in SCALES[scale].unhappy) for one in later], p0)
        rings[key] = [alarm for alarm in found if alarm.sent]

    assert updated <= rings["self-checkout"][0].day <= updated + timedelta(days=5)
    assert rings["site-home"] == []


def test_the_evening_queue_stands_out_in_the_week(company: Journey, year: list[Response]) -> None:
    counted: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    last = TODAY - timedelta(days=180)
    for one in year:
        if one.touchpoint == "checkout" and one.scale == "smiley5" and day_of(one.day) >= last and one.hour is not None:
            cell = counted[day_of(one.day).weekday(), one.hour]
            cell[0] += one.score in SCALES["smiley5"].unhappy
            cell[1] += 1
    found = week_grid({moment: (bad, n) for moment, (bad, n) in counted.items()}, company.touchpoints["checkout"].hours)
    worst = sorted((cell for cell in found.cells if cell.share is not None), key=lambda cell: -(cell.share or 0))[:15]

    assert {(cell.weekday, cell.start) for cell in worst} == {(day, hour) for day in range(5) for hour in (17, 18, 19)}


def test_what_customers_say_changes_no_score(company: Journey) -> None:
    plans = {
        key: plan for key, plan in read_plans(TOP / "content/samples.toml").items() if key in ("courier", "returns")
    }
    words = SampleWords(TOP / "content/sample-words.toml")

    silent = list(sample_responses(company, plans, TODAY))
    saying = list(sample_responses(company, plans, TODAY, words))

    assert [(one.id, one.score) for one in silent] == [(one.id, one.score) for one in saying]
    said = Counter(one.comment for one in saying if one.comment and "курьер" in one.comment.lower())
    assert said, "some of those who waited for the courier say so"


def test_every_planned_word_belongs_to_the_journey(company: Journey) -> None:
    planned = tomllib.loads((TOP / "content/sample-words.toml").read_text(encoding="utf-8"))
    words = SampleWords(TOP / "content/sample-words.toml")

    assert planned["reason"].keys() <= company.reasons.keys()
    assert {change.touchpoint for change in words.changes(TODAY)} <= company.touchpoints.keys()
    assert words.changes(TODAY)[-1].day.strftime("%a") == "Tue"
    assert all(one.response.comment for one in words.messages(company, TODAY))
