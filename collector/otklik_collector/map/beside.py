"""Pairs of slices beside each other in one report: words are said so that few of them all are false."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from otklik_collector.map.arrows import direction
from otklik_collector.map.comparison import Comparison, Word, against_rest, compare
from otklik_collector.map.slices import SliceCounts
from otklik_collector.map.statistics import benjamini_hochberg
from otklik_widget.intervals import ENOUGH


@dataclass(frozen=True)
class Beside:
    """A comparison with the word it deserves among all of its report; `rest`: which side is the rest of a whole.

    `word` is None where nothing may be said; `q` None where fewer than 30 answered on a side.
    """

    comparison: Comparison
    word: Word | None
    q: float | None = None
    rest: bool = False


def beside(pairs: Iterable[tuple[SliceCounts, SliceCounts]]) -> list[Beside]:
    """Each second slice against its first, what differs for sure before what may not.

    A slice and a part of it are compared as the part against the rest, whichever of them stands first.
    """
    found = [_compared(first, second) for first, second in pairs]
    judged = [
        at
        for at, (comparison, _rest) in enumerate(found)
        if comparison.unhappy
        and not comparison.reasons
        and min(comparison.first.responses, comparison.second.responses) >= ENOUGH
    ]
    changes = [found[at][0].unhappy for at in judged]
    q_values = benjamini_hochberg([change.p for change in changes if change])
    q = dict(zip(judged, q_values, strict=True))
    rows = [Beside(one, _word(one, q.get(at)), q.get(at), rest) for at, (one, rest) in enumerate(found)]
    return sorted(rows, key=_order)


def _compared(first: SliceCounts, second: SliceCounts) -> tuple[Comparison, bool]:
    if first.slice != second.slice and first.wording == second.wording:
        if first.slice.holds(second.slice):
            return against_rest(first, second), True
        if second.slice.holds(first.slice):
            return against_rest(second, first), True
    return compare(first, second), False


def _word(comparison: Comparison, q: float | None) -> Word | None:
    """One pair is judged by its own test; among many the false discovery rate decides too."""
    if comparison.word in ("better", "worse") and q is not None and comparison.unhappy:
        return comparison.word if direction(comparison.unhappy.raw, q) == comparison.word else "unclear"
    return comparison.word


def _order(one: Beside) -> tuple[bool, bool, float]:
    size = abs(one.comparison.unhappy.raw) if one.comparison.unhappy else 0.0
    return one.comparison.unhappy is None, one.word not in ("worse", "better"), -size
