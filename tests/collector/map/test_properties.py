"""What must hold for any responses at all."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from otklik_collector.map import statistics
from otklik_collector.map.posterior import beta_quantile, incomplete_beta
from otklik_collector.map.problem_map import Filters, problem_map
from otklik_widget import intervals
from otklik_widget.journey import Journey
from otklik_widget.scales import SCALES

from .conftest import APRIL, MAY, counted

COUNT = st.integers(0, 400)
SCORED = [scale.key for scale in SCALES.values() if scale.kind]
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUICK
@given(COUNT, COUNT, COUNT)
def test_one_more_unhappy_customer_never_raises_nps(detractors: int, passives: int, promoters: int) -> None:
    before = intervals.nps(detractors, passives, promoters)
    after = intervals.nps(detractors + 1, passives, promoters)

    assert after is not None
    assert before is None or after <= before


@QUICK
@given(COUNT, COUNT, COUNT)
def test_nps_lies_in_its_interval_and_a_mirrored_scale_mirrors_it(d: int, m: int, p: int) -> None:
    score, interval, mirrored = (
        intervals.nps(d, m, p),
        intervals.nps_interval(d, m, p),
        intervals.nps_interval(p, m, d),
    )

    assert mirrored.low == pytest.approx(-interval.high)
    assert mirrored.high == pytest.approx(-interval.low)
    if d + m + p >= 2:
        assert score is not None
        assert interval.low <= score + 1e-9
        assert score - 1e-9 <= interval.high


@QUICK
@given(st.lists(COUNT, min_size=2, max_size=11).filter(lambda counts: sum(counts) >= 2))
def test_a_mean_lies_in_its_interval_and_a_mirrored_scale_mirrors_it(options: list[int]) -> None:
    counts = dict(enumerate(options))
    mirrored = dict(enumerate(reversed(options)))
    value, interval, other = (
        statistics.mean(counts),
        statistics.mean_interval(counts),
        statistics.mean_interval(mirrored),
    )

    assert value is not None
    assert interval is not None
    assert other is not None
    assert interval.low - 1e-9 <= value <= interval.high + 1e-9
    assert other.low == pytest.approx(len(options) - 1 - interval.high)


@QUICK
@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_share_lies_in_its_interval(counted_: tuple[int, int]) -> None:
    unhappy, n = counted_
    interval = intervals.wilson(unhappy, n)

    assert interval is not None
    assert 0 <= interval.low <= unhappy / n <= interval.high <= 1


@QUICK
@given(st.floats(0.05, 2000), st.floats(0.05, 2000), st.floats(0.01, 0.99))
def test_a_quantile_leads_back_to_its_probability(a: float, b: float, p: float) -> None:
    x = beta_quantile(a, b, p)

    assert 0 <= x <= 1
    # A float next to 1 cannot be told from 1: there a step of the last digit is a step in probability too.
    if 1e-12 < x < 1 - 1e-9:
        assert incomplete_beta(a, b, x) == pytest.approx(p, abs=1e-6)
    assert incomplete_beta(a, b, 0.3) + incomplete_beta(b, a, 0.7) == pytest.approx(1, abs=1e-9)


@QUICK
@given(st.dictionaries(st.integers(0, 4), st.integers(0, 60)), st.integers(0, 1))
def test_one_more_unhappy_customer_never_lowers_the_harm(journey: Journey, counts: dict[int, int], worse: int) -> None:
    more = {**counts, worse: counts.get(worse, 0) + 1}
    harms = []
    for each in (counts, more):
        found = problem_map(journey, [counted("till", "smiley5", each)], MAY, APRIL, Filters(), "en")
        harms.append(found.find("till", "smiley5").harm.per_month)

    assert harms[0] is None or (harms[1] is not None and harms[1] >= harms[0] - 1e-9)


@QUICK
@given(st.data())
def test_every_scale_gives_a_whole_map_whatever_the_responses(journey: Journey, data: st.DataObject) -> None:
    scale = data.draw(st.sampled_from(SCORED))
    scores = st.dictionaries(st.sampled_from(list(SCALES[scale].scores)), st.integers(1, 300), min_size=1)
    series = [counted("till", scale, data.draw(scores), data.draw(scores))]
    row = problem_map(journey, series, MAY, APRIL, Filters(), "en").find("till", scale)

    assert (row.score is None) == (row.unhappy is None) == (row.verdict is None) == (row.responses < 5)
    if row.score and row.unhappy:
        assert row.score.low - 1e-9 <= row.score.value <= row.score.high + 1e-9
        assert row.unhappy.low <= row.unhappy.share <= row.unhappy.high
        assert 0 < row.unhappy.shrunk < 1


@QUICK
@given(st.permutations(range(4)))
def test_the_order_in_which_series_come_changes_nothing(journey: Journey, order: list[int]) -> None:
    series = [
        counted("page", "helpful", {0: 9, 1: 40}),
        counted("till", "smiley5", {0: 9, 4: 40}),
        counted("till", "smiley5", {0: 3, 4: 40}, version=2),
        counted("gone", "csat5", {1: 9}),
    ]
    plain = problem_map(journey, series, MAY, APRIL, Filters(), "en")

    assert problem_map(journey, [series[place] for place in order], MAY, APRIL, Filters(), "en") == plain
