"""How many detractors a touchpoint makes, and which touchpoints surely changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otklik_collector.map.arrows import direction, with_arrows
from otklik_collector.map.harm import Linked, company_risks, harm, risk
from otklik_collector.map.posterior import Prior, beta_quantile, beta_quantiles, posterior
from otklik_collector.map.problem_map import Filters, problem_map
from otklik_widget.journey import Journey

from .conftest import APRIL, MAY, counted
from .test_statistics import VECTORS


@pytest.mark.parametrize("case", VECTORS["problem_score"])
def test_harm_is_customers_times_share_times_risk_with_its_interval(case: dict[str, Any]) -> None:
    told = case["linked"]
    own = Linked(told["bad"], told["bad_detractors"], told["notbad"], told["notbad_detractors"])
    how = risk(own, (case["pooled_p_detractor_if_bad"], case["pooled_p_detractor_if_not_bad"]), "usual")
    found = harm(case["passes_per_month"], posterior(case["unhappy"], case["n"], Prior(case["m"], case["K"])), how)

    assert how.mean == pytest.approx(case["E_risk_difference"])
    assert how.deviation == pytest.approx(case["sd_risk_difference"])
    assert found.per_month == pytest.approx(case["attributable_detractors_per_month"], rel=1e-5)
    assert [found.low, found.high] == pytest.approx(case["interval90"], rel=1e-5)


@settings(max_examples=100, deadline=None)
@given(st.floats(0.1, 3000), st.floats(3, 3000))
def test_the_quick_quantiles_are_the_exact_ones(a: float, b: float) -> None:
    quick = beta_quantiles(a, b, 41)

    assert quick == sorted(quick)
    for place in (0, 2, 20, 38, 40):
        exact = beta_quantile(a, b, (place + 0.5) / 41)
        assert quick[place] == pytest.approx(exact, rel=1e-3, abs=1e-7)


@pytest.mark.parametrize(
    ("linked", "impact", "value", "source"),
    [
        (Linked(), "low", 0.15, "assumed"),
        (Linked(), "usual", 0.30, "assumed"),
        (Linked(), "high", 0.45, "assumed"),
        (Linked(5, 3, 6, 1), "usual", 0.3246153846, "partly"),
        (Linked(60, 24, 400, 40), "usual", 0.30, "measured"),
        (Linked(3000, 300, 3000, 900), "high", 0.0, "measured"),  # whom it hurts recommends more: no harm
    ],
)
def test_what_is_assumed_gives_way_to_what_is_measured(linked: Linked, impact: Any, value: float, source: str) -> None:
    found = risk(linked, (0.40, 0.10), impact).impact

    assert found.value == pytest.approx(value, abs=1e-6)
    assert found.source == source


def test_a_hundred_linked_responses_replace_the_companys_assumption() -> None:
    assert company_risks([Linked(10, 9, 80, 8)]) == (0.40, 0.10)
    assert company_risks([Linked(10, 9, 80, 8), Linked(10, 3, 20, 2)]) == (12 / 20, 10 / 100)
    assert company_risks([Linked(0, 0, 500, 50)]) == (0.40, 0.10)


def test_measured_impact_moves_the_order(journey: Journey) -> None:
    series = [counted("page", "helpful", {0: 40, 1: 160}), counted("till", "smiley5", {0: 10, 4: 190})]
    linked = {"page": Linked(200, 20, 800, 80), "till": Linked(200, 160, 800, 80)}
    found = [problem_map(journey, series, MAY, APRIL, Filters(), "en", linked=each) for each in ({}, linked)]

    # Without links the till (500 unhappy of 10,000) is before the page (400 of 2,000); with them even more so.
    assert [one.find("till", "smiley5").rank for one in found] == [1, 1]
    page = found[1].find("page", "helpful")
    assert page.impact.source == "measured"
    assert page.harm.per_month is not None
    assert page.harm.per_month < 2000 * 0.2 * 0.05


@pytest.mark.parametrize("case", VECTORS["trend_arrow"])
def test_an_arrow_is_drawn_where_the_change_is_sure_and_large(case: dict[str, Any]) -> None:
    found = direction(case["change"], case["q"])

    assert found == {"none": "unclear"}.get(case["arrow"], case["arrow"])


def test_arrows_are_judged_together_and_only_where_both_periods_can_tell(journey: Journey) -> None:
    series = [
        counted("page", "helpful", {0: 60, 1: 140}, {0: 20, 1: 180}),
        counted("till", "smiley5", {0: 29, 4: 0}, {0: 0, 4: 200}),  # 29 responses: no arrow, however plain
        counted("returns", "ces1", {1: 50, 5: 50}, {1: 100}, channels={"web": 100}, channels_before={"kiosk": 100}),
    ]
    found = problem_map(journey, series, MAY, APRIL, Filters(), "en")
    page, till, returns = (
        found.find(*pair).trend for pair in (("page", "helpful"), ("till", "smiley5"), ("returns", "ces1"))
    )

    assert (page.direction, page.q) == ("worse", pytest.approx(page.p))
    assert (till.direction, till.q) == ("unclear", None)
    assert (returns.direction, returns.q) == ("unclear", None)  # other people were asked


def test_among_many_touchpoints_one_doubtful_change_gets_no_arrow(journey: Journey) -> None:
    row = problem_map(
        journey, [counted("till", "smiley5", {0: 30, 4: 170}, {0: 16, 4: 184})], MAY, APRIL, Filters(), "en"
    )
    changed = row.find("till", "smiley5")
    quiet = replace(changed, trend=replace(changed.trend, p=0.8))

    assert changed.trend.direction == "worse"
    assert with_arrows([changed, *[quiet] * 19])[0].trend.direction == "unclear"


def test_a_part_whose_score_would_give_others_away_is_shown_as_a_number_only(journey: Journey) -> None:
    series = [replace(counted("till", "smiley5", {0: 50, 4: 50}, {0: 9, 4: 91}), withheld=True)]
    row = problem_map(journey, series, MAY, APRIL, Filters(place="sadovaya"), "en").find("till", "smiley5")

    assert (row.state, row.withheld, row.responses) == ("collecting", True, 100)
    assert (row.score, row.unhappy, row.verdict, row.rank, row.harm.per_month) == (None,) * 5
    assert row.trend.direction == "none"


def test_whom_to_ask_does_not_tell_what_four_people_said(journey: Journey) -> None:
    others = [counted("page", "helpful", {0: 4, 1: 36})]
    found = [
        problem_map(journey, [*others, counted("till", "smiley5", four)], MAY, APRIL, Filters(), "en").ask_more
        for four in ({0: 4}, {4: 4}, {0: 1, 4: 3})
    ]

    assert found[0] == found[1] == found[2]
    assert "till" in {item.touchpoint for item in found[0]}
