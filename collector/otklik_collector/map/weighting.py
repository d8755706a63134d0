"""Weights for a known mix: off unless somebody asks for them, and never a cure for silence."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from otklik_collector.map.statistics import EXTRA, Interval, z_of

LEAST, MOST = 0.3, 3.0


@dataclass(frozen=True)
class Weighted:
    """An NPS of weighted responses: `effective` is how many equal ones would tell as much (Kish)."""

    value: float
    low: float
    high: float
    responses: int
    effective: float


def weights(population: Mapping[Hashable, float], sample: Mapping[Hashable, int]) -> dict[Hashable, float]:
    """The weight of a response of each cell: its share of the customers by its share of the responses, 0.3 to 3.

    Cells without responses get none: nobody can speak for them.
    """
    customers, responses = math.fsum(population.values()), sum(sample.values())
    return {
        cell: min(MOST, max(LEAST, population.get(cell, 0.0) / customers * responses / n))
        for cell, n in sample.items()
        if n
    }


def effective(weight: Sequence[float]) -> float:
    """Kish's number: as large as the responses where all weigh the same, smaller the more they differ."""
    squares = math.fsum(one * one for one in weight)
    return math.fsum(weight) ** 2 / squares if squares else 0.0


def weighted_nps(scores: Sequence[int], weight: Sequence[float]) -> Weighted | None:
    """NPS of scores 0..10 with a weight each; None without any weight."""
    n = effective(weight)
    if not n:
        return None
    total = math.fsum(weight)
    groups = [
        math.fsum(w for score, w in zip(scores, weight, strict=True) if low <= score <= high) / total
        for low, high in ((0, 6), (7, 8), (9, 10))
    ]
    adjusted = [share * n + extra for share, extra in zip(groups, EXTRA, strict=True)]
    whole = math.fsum(adjusted)
    net = (adjusted[2] - adjusted[0]) / whole
    half = z_of() * math.sqrt(((adjusted[2] + adjusted[0]) / whole - net * net) / whole)
    interval = Interval(max(-100.0, 100 * (net - half)), min(100.0, 100 * (net + half)))
    return Weighted(100 * (groups[2] - groups[0]), interval.low, interval.high, len(scores), n)
