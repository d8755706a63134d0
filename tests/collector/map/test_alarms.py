"""A touchpoint that gets worse rings; one that only wobbles does not."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

from otklik_collector.map.alarms import (
    alarms,
    at_least,
    baseline,
    baseline_period,
    cusum,
    laney,
    shocks,
)
from otklik_collector.map.posterior import Posterior

from .test_statistics import VECTORS

DAY = date(2026, 5, 1)


@pytest.mark.parametrize("case", VECTORS["cusum"])
def test_the_chart_follows_each_response(case: dict[str, Any]) -> None:
    steps = list(cusum([bool(one) for one in case["seq"]], case["p0"]))

    assert [step.height for step in steps] == pytest.approx(case["path"], abs=1e-9)
    assert [place for place, step in enumerate(steps) if step.alarm] == case["alarm_indexes_0based"]


@pytest.mark.parametrize("case", VECTORS["p_chart_day"])
def test_a_day_is_a_shock_by_exact_odds(case: dict[str, Any]) -> None:
    assert at_least(case["x"], case["n"], case["p0"]) == pytest.approx(case["upper_tail"], abs=1e-9)
    assert bool(shocks([(DAY, case["x"], case["n"])], case["p0"])) is case["signal"]


def test_four_responses_are_never_a_shock() -> None:
    assert shocks([(DAY, 4, 4)], 0.02) == []
    assert len(shocks([(DAY, 5, 5)], 0.02)) == 1


def test_what_is_usual_is_told_by_thirteen_weeks_without_the_last_one() -> None:
    period = baseline_period(date(2026, 5, 29))

    assert (period.start, period.end, period.days) == (date(2026, 2, 21), date(2026, 5, 22), 90)
    assert baseline(Posterior(5, 45), 49) is None
    assert baseline(Posterior(5, 45), 50) == pytest.approx(0.1)
    assert (baseline(Posterior(1, 999), 50), baseline(Posterior(90, 10), 50)) == (0.02, 0.50)


def days_of(shares: list[float], each: int, seed: int) -> list[tuple[date, bool]]:
    draw = random.Random(seed)
    return [
        (DAY + timedelta(days=day), draw.random() < share) for day, share in enumerate(shares) for _n in range(each)
    ]


def test_a_software_update_that_doubles_the_unhappy_rings_within_days() -> None:
    found = alarms(days_of([0.08] * 14 + [0.17] * 14, 50, seed=3), 0.08)

    first = next(alarm for alarm in found if alarm.side == "worse")
    assert DAY + timedelta(days=14) <= first.day <= DAY + timedelta(days=18)
    assert first.unhappy / first.responses > 0.08
    assert first.sent


def test_an_improvement_is_charted_and_told_to_nobody() -> None:
    found = alarms(days_of([0.30] * 10 + [0.12] * 20, 40, seed=5), 0.30)

    assert "better" in {alarm.side for alarm in found}
    assert not [alarm for alarm in found if alarm.sent and alarm.side == "better"]


def test_busy_days_that_always_differ_ring_only_when_one_differs_more() -> None:
    draw = random.Random(1)
    usual = [(DAY + timedelta(days=day), round(5000 * (0.10 + draw.gauss(0, 0.015))), 5000) for day in range(40)]

    assert laney(usual, 0.10) > 2.5
    # By pure chance alone a quarter of these ordinary days would be shocks.
    assert sum(at_least(bad, n, 0.10) < 0.001 for _day, bad, n in usual) >= 4
    assert shocks(usual, 0.10) == []
    assert [one.unhappy for one in shocks([*usual, (date(2026, 7, 1), 1100, 5000)], 0.10)] == [1100]


def test_the_days_between_two_false_alarms_are_as_many_as_promised() -> None:
    draw = random.Random(7)
    steps = list(cusum((draw.random() < 0.10 for _ in range(600_000)), 0.10))
    rings = sum(step.alarm for step in steps)

    assert 600_000 / rings == pytest.approx(2397, rel=0.20)
