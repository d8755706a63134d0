"""Weights for a known mix: off unless somebody asks for them, and never a cure for silence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from otklik_collector.map.posterior import Counted
from otklik_widget.intervals import EXTRA, Interval, wilson, z_of

LEAST, MOST = 0.3, 3.0
Groups = tuple[int, int, int]
"""Detractors, passives and promoters."""


@dataclass(frozen=True)
class Weighted:
    """A number of weighted responses: `effective` is how many equal ones would tell as much (Kish)."""

    value: float
    low: float
    high: float
    responses: int
    effective: float


def weights(population: Mapping[str, float], sample: Mapping[str, int]) -> dict[str, float]:
    """The weight of a response of each cell: its share of the customers by its share of the responses, 0.3 to 3.

    Cells without responses get none: nobody can speak for them. `ValueError` where there are no customers at all.
    """
    customers, responses = math.fsum(population.values()), sum(sample.values())
    if not customers > 0:
        raise ValueError("nobody is a customer")
    return {
        cell: min(MOST, max(LEAST, population.get(cell, 0.0) / customers * responses / n))
        for cell, n in sample.items()
        if n
    }


def effective(cells: Iterable[tuple[float, int]]) -> float:
    """Kish's number of (weight, responses): all of them where they weigh the same, fewer the more they differ."""
    cells = list(cells)
    squares = math.fsum(weight * weight * n for weight, n in cells)
    return math.fsum(weight * n for weight, n in cells) ** 2 / squares if squares else 0.0


def weighted_share(cells: Iterable[tuple[float, Counted]]) -> Weighted | None:
    """The unhappy share, 0..1, of (weight, unhappy and all responses), with Wilson's interval; None without any."""
    cells = list(cells)
    n = effective((weight, each) for weight, (_bad, each) in cells)
    if not n:
        return None
    share = math.fsum(w * bad for w, (bad, _n) in cells) / math.fsum(w * each for w, (_bad, each) in cells)
    interval = wilson(share * n, n)
    assert interval
    return Weighted(share, interval.low, interval.high, sum(each for _w, (_bad, each) in cells), n)


def weighted_nps(cells: Iterable[tuple[float, Groups]]) -> Weighted | None:
    """The NPS of (weight, groups), with the adjusted Wald interval; None without any weight."""
    cells = list(cells)
    n = effective((weight, sum(groups)) for weight, groups in cells)
    if not n:
        return None
    total = math.fsum(weight * sum(groups) for weight, groups in cells)
    shares = [math.fsum(weight * groups[place] for weight, groups in cells) / total for place in range(3)]
    adjusted = [share * n + extra for share, extra in zip(shares, EXTRA, strict=True)]
    whole = math.fsum(adjusted)
    net = (adjusted[2] - adjusted[0]) / whole
    half = z_of() * math.sqrt(((adjusted[2] + adjusted[0]) / whole - net * net) / whole)
    interval = Interval(max(-100.0, 100 * (net - half)), min(100.0, 100 * (net + half)))
    responses = sum(sum(groups) for _weight, groups in cells)
    return Weighted(100 * (shares[2] - shares[0]), interval.low, interval.high, responses, n)
