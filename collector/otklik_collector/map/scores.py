"""The headline number of a scale from its counts."""

from __future__ import annotations

from collections.abc import Mapping

from otklik_collector.map import statistics
from otklik_collector.map.series import Score
from otklik_widget import intervals
from otklik_widget.scales import Kind, Scale

NPS_GROUPS = (range(7), range(7, 9), range(9, 11))


def nps_groups(counts: Mapping[int, int]) -> tuple[int, int, int]:
    """Detractors, passives and promoters."""
    detractors, passives, promoters = (sum(counts.get(score, 0) for score in group) for group in NPS_GROUPS)
    return detractors, passives, promoters


def weighed(scale: Scale, counts: Mapping[int, int]) -> dict[float, int]:
    """Counts by the value of each score in the units of the scale's mean, of scores that nobody gave too.

    An index is the mean of equal steps from 0 for the worst face to 100 for the best one.
    """
    step = 100 / (len(scale.scores) - 1) if scale.kind == "index" else 1
    return {score * step: counts.get(score, 0) for score in scale.scores}


def score_of(scale: Scale, counts: Mapping[int, int]) -> Score:
    """The headline number of at least one response."""
    n = sum(counts.values())
    if scale.kind == "nps":
        groups = nps_groups(counts)
        value, interval = intervals.nps(*groups), intervals.nps_interval(*groups)
        assert value is not None
        return Score("nps", value, interval.low, interval.high)
    if scale.kind == "share":
        happy = sum(counts.get(score, 0) for score in scale.happy)
        likely = intervals.wilson(happy, n)
        assert likely
        return Score("share", happy / n, likely.low, likely.high)
    values = weighed(scale, counts)
    value, likely = statistics.mean(values), statistics.mean_interval(values)
    assert value is not None
    assert likely
    kind: Kind = "index" if scale.kind == "index" else "mean"
    if scale.key != "ces7":
        return Score(kind, value, likely.low, likely.high)
    tops = [sum(counts.get(score, 0) for score in range(first, 8)) / n for first in (6, 5)]
    return Score(kind, value, likely.low, likely.high, *tops)
