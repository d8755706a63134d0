"""The numbers agree with R, scipy and statsmodels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from otklik_collector.map import statistics
from otklik_collector.map.posterior import Pool, Prior, posterior, prior_of, strength, verdict
from otklik_widget import intervals
from otklik_widget.intervals import Interval
from otklik_widget.scales import SCALES

VECTORS: dict[str, list[dict[str, Any]]] = json.loads((Path(__file__).parent / "vectors.json").read_text("utf-8"))


def groups(values: list[int]) -> tuple[int, int, int]:
    """Detractors, passives and promoters among the scores."""
    classes = [SCALES["nps"].classify(score) for score in values]
    return classes.count("unhappy"), classes.count("neutral"), classes.count("happy")


def close(interval: Interval | None, ends: list[float], tolerance: float = 1e-6) -> bool:
    return interval is not None and [interval.low, interval.high] == pytest.approx(ends, abs=tolerance)


@pytest.mark.parametrize("case", VECTORS["nps_score"])
def test_nps_counts_passives_and_is_nothing_without_responses(case: dict[str, Any]) -> None:
    score = intervals.nps(*groups(case["values"]))

    assert score == (None if case["nps"] is None else pytest.approx(case["nps"], abs=1e-9))


@pytest.mark.parametrize("case", VECTORS["nps_interval"])
def test_the_interval_of_nps_is_the_adjusted_one(case: dict[str, Any]) -> None:
    found = intervals.nps_interval(case["detractors"], case["passives"], case["promoters"], case["conf"])

    assert close(found, case["adj_wald"])


@pytest.mark.parametrize("case", VECTORS["nps_difference"])
def test_two_nps_are_compared_by_their_adjusted_counts(case: dict[str, Any]) -> None:
    found = intervals.nps_difference(tuple(case["before"]), tuple(case["after"]))

    assert found is not None
    assert found.raw == pytest.approx(case["raw_difference_after_minus_before"])
    assert found.value == pytest.approx(case["signed_adj_difference"], abs=1e-6)
    assert [found.low, found.high] == pytest.approx(case["signed_interval"], abs=1e-6)
    assert found.p == pytest.approx(case["p_value"], abs=1e-6)


def test_nothing_is_compared_with_an_empty_period() -> None:
    assert intervals.nps_difference((0, 0, 0), (1, 1, 1)) is None
    assert intervals.share_difference(0, 0, 1, 5) is None


@pytest.mark.parametrize("case", VECTORS["wilson"])
def test_a_share_has_wilsons_interval(case: dict[str, Any]) -> None:
    found = intervals.wilson(case["k"], case["n"], case["conf"])

    assert close(found, [case["low"], case["high"]], 1e-9)


def test_a_share_of_nobody_begins_at_exactly_nothing_and_of_everybody_ends_at_exactly_all() -> None:
    nobody, everybody = intervals.wilson(0, 10), intervals.wilson(10, 10)

    assert nobody is not None
    assert everybody is not None
    assert nobody.low == 0
    assert everybody.high == 1
    assert intervals.wilson(0, 0) is None


@pytest.mark.parametrize("case", VECTORS["happy_index"])
def test_the_smiley_index_gives_equal_steps_to_the_faces(case: dict[str, Any]) -> None:
    faces = case["counts_worst_to_best"]
    counts = {100 * place / (len(faces) - 1): n for place, n in enumerate(faces)}

    assert statistics.mean(counts) == pytest.approx(case["index"], abs=1e-9)
    assert close(statistics.mean_interval(counts), case["interval95"])


@pytest.mark.parametrize("case", VECTORS["ordinal"])
def test_a_mean_of_effort_has_three_more_responses_in_its_interval(case: dict[str, Any]) -> None:
    counts = dict(zip(case["values"], case["counts"], strict=True))

    assert statistics.mean(counts) == pytest.approx(case["mean"], abs=1e-9)
    assert close(statistics.mean_interval(counts), case["interval95"])
    assert statistics.mean_interval(dict.fromkeys(case["values"], 0)) is None


@pytest.mark.parametrize("case", VECTORS["proportion_difference"])
def test_two_shares_are_compared_with_newcombes_interval(case: dict[str, Any]) -> None:
    found = intervals.share_difference(case["k2"], case["n2"], case["k1"], case["n1"])

    assert found is not None
    assert found.value == pytest.approx(case["difference"], abs=1e-7)
    assert [found.low, found.high] == pytest.approx(case["newcombe95"], abs=1e-7)
    assert found.p == pytest.approx(case["p_value_pooled_z"], abs=1e-7)


def test_the_same_unanimous_share_twice_is_no_change() -> None:
    found = intervals.share_difference(0, 50, 0, 50)

    assert found is not None
    assert found.p == 1
    assert found.low < 0 < found.high


@pytest.mark.parametrize("case", VECTORS["benjamini_hochberg"])
def test_many_touchpoints_are_judged_together(case: dict[str, Any]) -> None:
    assert statistics.benjamini_hochberg(case["p"]) == pytest.approx(case["q"], abs=1e-9)


@pytest.mark.parametrize("case", VECTORS["sample_size"])
def test_the_responses_that_a_score_needs_are_told_beforehand(case: dict[str, Any]) -> None:
    if case["kind"] == "half_width":
        assert intervals.sample_size(case["points"], case["variance"]) == case["n"]
    else:
        assert intervals.sample_size_difference(case["points"], case["variance"]) == case["n_per_group"]


@pytest.mark.parametrize("case", VECTORS["display_state"])
def test_few_responses_show_less(case: dict[str, Any]) -> None:
    assert statistics.display_state(case.get("unhappy", 0), case["n"]) == case["state"]


@pytest.mark.parametrize(
    ("unhappy", "n", "more"),
    [(0, 0, 30), (0, 29, 1), (12, 30, 59), (40, 100, 1)],
)
def test_it_is_told_how_many_more_responses_make_a_touchpoint_sure(unhappy: int, n: int, more: int) -> None:
    share = unhappy / n if n else 0.0
    needed = statistics.responses_until_solid(share, n)

    assert needed == more
    enough, short = (intervals.wilson(share * whole, whole) for whole in (n + needed, n + needed - 1))
    assert enough is not None
    assert enough.half_width <= 0.10
    assert short is None or short.half_width > 0.10 or n + needed <= 30 or more == 1


@pytest.mark.parametrize(
    "case", [*VECTORS["display_rounding"], {"nps": -12.5, "text": "−13"}, {"nps": -0.4, "text": "0"}]
)
def test_a_score_is_rounded_away_from_nothing_and_signed(case: dict[str, Any]) -> None:
    assert intervals.signed(case["nps"]) == case["text"]


@pytest.mark.parametrize("case", VECTORS["shrinkage_K"])
def test_siblings_tell_how_alike_they_are(case: dict[str, Any]) -> None:
    siblings = list(zip(case["unhappy"], case["n"], strict=True))
    pool = Pool.of(siblings)
    assert strength(siblings) == pytest.approx(case["K"], abs=1e-6)
    for (unhappy, n), mean, low, high in zip(
        siblings, case["posterior_mean"], case["low90"], case["high90"], strict=True
    ):
        believed = posterior(unhappy, n, prior_of((unhappy, n), pool, pool, pool))
        found = [believed.mean, believed.quantile(0.05), believed.quantile(0.95)]
        assert found == pytest.approx([mean, low, high], abs=1e-6)


@pytest.mark.parametrize("case", VECTORS["beta_posterior"])
def test_few_responses_are_pulled_toward_their_siblings(case: dict[str, Any]) -> None:
    believed = posterior(case["k"], case["n"], Prior(case["m"], case["K"]))

    found = [believed.mean, believed.quantile(0.05), believed.quantile(0.95)]
    assert found == pytest.approx([case["mean"], case["low90"], case["high90"]], abs=1e-6)
    assert believed.below(believed.quantile(0.3)) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("siblings", "k"),
    [
        ([(1, 10), (9, 10), (2, 10)], 20),  # three tell nothing
        ([(0, 10)] * 4, 200),  # nobody is unhappy anywhere
        ([(3, 30)] * 5, 200),  # no more scatter than chance brings
        ([(0, 100), (100, 100), (0, 100), (100, 100)], 5),
    ],
)
def test_the_pull_stays_within_its_bounds(siblings: list[tuple[int, int]], k: float) -> None:
    assert strength(siblings) == k


def test_a_small_stage_is_pulled_toward_the_company_and_a_lone_series_hardly_at_all() -> None:
    stage, company, everything = Pool.of([(3, 9)]), Pool.of([(3, 9), (10, 91)]), Pool.of([(50, 500)])

    assert prior_of((3, 9), stage, company, everything) == Prior(13 / 100, 20)
    assert prior_of((3, 9), stage, stage, everything) == Prior(0.1, 20)
    assert prior_of((30, 90), Pool.of([(30, 90)]), company, everything) == Prior(1 / 3, 1)
    assert prior_of((0, 0), Pool.of([]), Pool.of([]), Pool.of([])) == Prior(0.5, 20)


@pytest.mark.parametrize(
    ("unhappy", "n", "said"),
    [
        (30, 100, "surely_hurts"),
        (13, 100, "hurts"),
        (10, 100, "unclear"),
        (7, 100, "within_goal"),
        (1, 100, "surely_fine"),
    ],
)
def test_a_verdict_says_how_sure_it_is(unhappy: int, n: int, said: str) -> None:
    assert verdict(posterior(unhappy, n, Prior(0.1, 5)), 0.10, unhappy) == said


def test_a_goal_of_nobody_is_missed_only_by_somebody() -> None:
    assert verdict(posterior(0, 50, Prior(0.1, 5)), 0.0, 0) == "unclear"
    assert verdict(posterior(1, 50, Prior(0.1, 5)), 0.0, 1) == "surely_hurts"
