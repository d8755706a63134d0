"""Several shares compared at once, judged together.

A direction only where a change stands out of them all and its interval leaves out that nothing changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from otklik_collector.map.statistics import benjamini_hochberg
from otklik_widget.intervals import SHOWN, share_difference

Direction = Literal["more", "less", "unclear", "none"]
Q, LEAST = 0.10, 0.03
"""The same that a trend's arrow needs: at most one false in ten, and a change that matters."""


@dataclass(frozen=True)
class Pair:
    """Two shares: `count` of `n` against `other` of `other_n`."""

    count: int
    n: int
    other: int
    other_n: int


@dataclass(frozen=True)
class ShareChange:
    """The first share less the other, 0..1, with its interval; "none": one of them rests on fewer than five."""

    direction: Direction = "none"
    difference: float | None = None
    low: float | None = None
    high: float | None = None


def share_changes(pairs: Sequence[Pair]) -> list[ShareChange]:
    """Each pair's change, in their order."""
    compared = [
        share_difference(one.other, one.other_n, one.count, one.n) if min(one.n, one.other_n) >= SHOWN else None
        for one in pairs
    ]
    judged = iter(benjamini_hochberg([one.p for one in compared if one]))
    found = []
    for one in compared:
        if one is None:
            found.append(ShareChange())
            continue
        sure = next(judged) <= Q and abs(one.value) >= LEAST and one.low * one.high > 0
        direction: Direction = ("more" if one.value > 0 else "less") if sure else "unclear"
        found.append(ShareChange(direction, one.value, one.low, one.high))
    return found
