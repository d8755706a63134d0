"""Two slices beside each other: how far they differ, how sure that is, and which word may be said of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from otklik_collector.map.posterior import incomplete_beta
from otklik_collector.map.scores import nps_groups, weighed
from otklik_collector.map.slices import SliceCounts
from otklik_widget import intervals
from otklik_widget.intervals import ENOUGH, Difference
from otklik_widget.scales import SCALES, Scale

Word = Literal["better", "worse", "stable", "unclear"]
Reason = Literal["few", "withheld", "scale", "wording", "overlap", "channels"]

LEVEL = 0.05
Q_LEVEL = 0.10
"""Of all arrows in a report at most so many are expected to be false."""
STABLE = 5.0
"""Points within which the whole interval must lie before anybody may say that nothing changed."""
LEAST_SHARE, LEAST_SCORE = 3.0, 5.0
"""Points below which a change does not matter, however sure: of the unhappy share, and of a score."""
CHANNEL_MOVE = 0.20
"""A channel's share that moved more than this makes two slices two different groups of people."""


@dataclass(frozen=True)
class Change:
    """One number, the second slice minus the first: `raw` is printed, the interval and `p` decide.

    `points`: the same on a scale of a hundred points (NPS: its own), by which sizes of all scales are measured.
    """

    raw: float
    low: float
    high: float
    p: float
    points: float
    word: Word


@dataclass(frozen=True)
class Comparison:
    """Two slices: the change of the unhappy share and of the score, and the word that the share deserves.

    `reasons`: why they cannot be compared, or why no word is said.
    """

    first: SliceCounts
    second: SliceCounts
    unhappy: Change | None
    score: Change | None
    word: Word | None
    reasons: tuple[Reason, ...] = ()


def welch(first: Mapping[float, int], second: Mapping[float, int]) -> Difference | None:
    """Mean of the second minus mean of the first, of values with their counts; None where a variance is not known."""
    n1, n2 = sum(first.values()), sum(second.values())
    if min(n1, n2) < 2:
        return None
    (mean1, v1), (mean2, v2) = _moments(first), _moments(second)
    e1, e2 = v1 / n1, v2 / n2
    value, error = mean2 - mean1, math.sqrt(e1 + e2)
    if not error:
        # Two unanimous groups: no scatter to judge by, so nothing is sure.
        return Difference(value, value, -math.inf, math.inf, 1.0)
    free = (e1 + e2) ** 2 / (e1**2 / (n1 - 1) + e2**2 / (n2 - 1))
    half = student_quantile(0.975, free) * error
    return Difference(value, value, value - half, value + half, student_two_sided(value / error, free))


def _moments(counts: Mapping[float, int]) -> tuple[float, float]:
    n = sum(counts.values())
    mean = math.fsum(value * count for value, count in counts.items()) / n
    return mean, math.fsum(count * (value - mean) ** 2 for value, count in counts.items()) / (n - 1)


def student_two_sided(t: float, free: float) -> float:
    """The probability of a t at least as far from 0, with so many degrees of freedom."""
    return incomplete_beta(free / 2, 0.5, free / (free + t * t))


def student_quantile(probability: float, free: float) -> float:
    """The t below which Student's distribution has this probability (above one half)."""
    low, high = 0.0, 2.0
    while 1 - student_two_sided(high, free) / 2 < probability:
        low, high = high, high * 2
    for _step in range(60):
        middle = (low + high) / 2
        if 1 - student_two_sided(middle, free) / 2 < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def word_of(points: float, low: float, high: float, sure: bool, least: float, worse: int) -> Word:
    """What may be said of a change in points; `worse`: the sign of a change for the worse."""
    if sure and abs(points) >= least:
        return "worse" if points * worse > 0 else "better"
    return "stable" if low >= -STABLE and high <= STABLE else "unclear"


def share_change(first: tuple[int, int], second: tuple[int, int]) -> Change | None:
    """The change of the unhappy share from (unhappy, all) to (unhappy, all); None where one is empty."""
    found = intervals.share_difference(*first, *second)
    if not found:
        return None
    points, low, high = (100 * part for part in (found.value, found.low, found.high))
    word = word_of(points, low, high, found.p <= LEVEL, LEAST_SHARE, worse=1)
    return Change(found.value, found.low, found.high, found.p, points, word)


def score_change(scale: Scale, first: Mapping[int, int], second: Mapping[int, int]) -> Change | None:
    """The change of a scale's headline number by the test that suits it; None where it has none."""
    if scale.kind == "nps":
        found = intervals.nps_difference(nps_groups(first), nps_groups(second))
        unit = 1.0
    elif scale.kind == "share":
        happy = [sum(counts.get(score, 0) for score in scale.happy) for counts in (first, second)]
        found = intervals.share_difference(happy[0], sum(first.values()), happy[1], sum(second.values()))
        unit = 100.0
    else:
        found = welch(weighed(scale, first), weighed(scale, second))
        unit = 1.0 if scale.kind == "index" else 100 / (scale.high - scale.low)
    if not found:
        return None
    worse = 1 if scale.good == "low" else -1
    # No change is larger than the scale; where nothing is known of the scatter, that is all that is known.
    most = (200.0 if scale.kind == "nps" else 100.0) / unit
    low, high = max(-most, found.low), min(most, found.high)
    word = word_of(found.raw * unit, low * unit, high * unit, found.p <= LEVEL, LEAST_SCORE, worse)
    return Change(found.raw, low, high, found.p, found.raw * unit, word)


def compare(first: SliceCounts, second: SliceCounts) -> Comparison:
    """The second slice against the first; for two periods: the later against the earlier.

    The tests hold for two groups of different responses: of a slice and a part of it ask `against_rest`; slices that
    share responses otherwise are not compared.
    """
    reasons = _reasons(first, second)
    return _compared(first, second, reasons if first.slice.apart(second.slice) else [*reasons, "overlap"])


def against_rest(whole: SliceCounts, part: SliceCounts) -> Comparison:
    """A part against the rest of the whole that it lies in: a place against all the others; `first` is the rest.

    `ValueError` where it does not lie in it.
    """
    if not whole.slice.holds(part.slice) or whole.slice == part.slice:
        raise ValueError("the second slice is no part of the first")
    rest = replace(whole, counts={score: n - part.counts.get(score, 0) for score, n in whole.counts.items()})
    return _compared(rest, part, _reasons(rest, part))


def _compared(first: SliceCounts, second: SliceCounts, reasons: Sequence[Reason]) -> Comparison:
    if set(reasons) - {"channels"}:
        return Comparison(first, second, None, None, None, tuple(reasons))
    unhappy = share_change((first.unhappy, first.responses), (second.unhappy, second.responses))
    score = score_change(SCALES[second.slice.scale], first.counts, second.counts)
    assert unhappy
    # A preliminary score gets no word, as it gets no arrow.
    told = min(first.responses, second.responses) >= ENOUGH and not reasons
    return Comparison(first, second, unhappy, score, unhappy.word if told else "unclear", tuple(reasons))


def _reasons(first: SliceCounts, second: SliceCounts) -> list[Reason]:
    found: list[Reason] = []
    if first.slice.scale != second.slice.scale:
        found.append("scale")
    elif first.slice.touchpoint == second.slice.touchpoint and first.wording != second.wording:
        found.append("wording")
    if min(first.responses, second.responses) < intervals.SHOWN:
        found.append("few")
    elif first.withheld or second.withheld:
        found.append("withheld")
    if channels_moved(first.channels, second.channels):
        found.append("channels")
    return found


def channels_moved(before: Mapping[str, int], now: Mapping[str, int]) -> bool:
    """Did a channel's share move so far that the two are different people?"""
    n_before, n_now = sum(before.values()), sum(now.values())
    if min(n_before, n_now) < intervals.SHOWN:
        return False
    return any(
        abs(now.get(channel, 0) / n_now - before.get(channel, 0) / n_before) > CHANNEL_MOVE
        for channel in before.keys() | now.keys()
    )
