"""Harm: how many customers a month a touchpoint may turn into detractors, with the interval of that guess."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import Literal

from otklik_collector.map.posterior import Posterior, beta_quantiles
from otklik_collector.map.series import Harm, Impact
from otklik_widget import journey

P_UNHAPPY, P_OTHERS = 0.40, 0.10
"""Detractors among those who had it bad and among the others, until people's own answers tell: an assumption."""
ENOUGH_LINKED = 100
"""Linked responses in all from which on they replace the assumption."""
MEASURED = 30
"""Linked unhappy responses from which on a touchpoint's impact counts as measured."""
STRENGTH = 20.0
WEIGHT: Mapping[journey.Impact, float] = {"low": 0.5, "usual": 1.0, "high": 1.5}
"""How much a bad experience weighs beside the usual one: makes 0.15, 0.30 and 0.45 of the assumption."""
GRID = 41
LOW, HIGH = 0.05, 0.95
_Z = [NormalDist().inv_cdf((place + 0.5) / GRID) for place in range(GRID)]


@dataclass(frozen=True)
class Linked:
    """People who answered at a touchpoint and told within 30 days whether they recommend the company.

    Those who had it bad there and the others, each with the detractors among them.
    """

    bad: int = 0
    bad_detractors: int = 0
    others: int = 0
    other_detractors: int = 0

    def __add__(self, more: Linked) -> Linked:
        return Linked(
            self.bad + more.bad, self.bad_detractors + more.bad_detractors,
            self.others + more.others, self.other_detractors + more.other_detractors,
        )  # fmt: skip


@dataclass(frozen=True)
class Risk:
    """How much leaving unhappy raises the chance of being a detractor: mean and deviation.

    The mean is negative where those who left unhappy recommend more; as an impact that is 0.
    """

    mean: float
    deviation: float
    impact: Impact


def company_risks(linked: Iterable[Linked]) -> tuple[float, float]:
    """The share of detractors among those who had it bad anywhere and among the others: pooled, else assumed."""
    total = sum(linked, Linked())
    if total.bad + total.others < ENOUGH_LINKED or not total.bad or not total.others:
        return P_UNHAPPY, P_OTHERS
    return total.bad_detractors / total.bad, total.other_detractors / total.others


def risk(own: Linked, company: tuple[float, float], weight: journey.Impact) -> Risk:
    """The risk of a touchpoint: counted as if 20 linked responses of each kind like the company's came first.

    `weight` from the journey moves where that begins, so it counts less the more is measured.
    """
    p_others = company[1]
    p_bad = min(1.0, p_others + (company[0] - p_others) * WEIGHT[weight])
    bad = _beta(own.bad_detractors + STRENGTH * p_bad, own.bad - own.bad_detractors + STRENGTH * (1 - p_bad))
    rest = _beta(
        own.other_detractors + STRENGTH * p_others, own.others - own.other_detractors + STRENGTH * (1 - p_others)
    )
    mean = bad[0] - rest[0]
    return Risk(mean, math.sqrt(bad[1] + rest[1]), Impact(max(0.0, mean), _source(own)))


def _source(own: Linked) -> Literal["assumed", "partly", "measured"]:
    if own.bad >= MEASURED:
        return "measured"
    return "partly" if own.bad + own.others else "assumed"


def _beta(a: float, b: float) -> tuple[float, float]:
    """Mean and variance."""
    return a / (a + b), a * b / ((a + b) ** 2 * (a + b + 1))


def harm(passes: float, believed: Posterior, how: Risk) -> Harm:
    """Expected detractors a month: customers x unhappy share x risk, with the 90 % interval of the product."""
    low, high = _ends(believed.a, believed.b, how.mean, how.deviation)
    return Harm(passes * believed.mean * max(0.0, how.mean), passes * low, passes * high, "detractors")


@lru_cache(maxsize=4096)
def _ends(a: float, b: float, mean: float, deviation: float) -> tuple[float, float]:
    """The 5 % and 95 % quantiles of share x risk on a grid of 41 by 41 equally likely pairs."""
    shares = beta_quantiles(a, b, GRID)
    risks = [max(0.0, mean + deviation * z) for z in _Z]
    last = GRID * GRID - 1
    return _ranked(shares, risks, LOW * last), _ranked_from_above(shares, risks, (1 - HIGH) * last)


def _ranked(shares: list[float], risks: list[float], rank: float) -> float:
    """The product of a rank, from the smallest; between two ranks in proportion.

    A pair stands behind all pairs that are smaller in both, so few pairs can be among the smallest.
    """
    wanted = math.ceil(rank) + 1
    products = sorted(
        share * risks[other] for place, share in enumerate(shares) for other in range(min(GRID, wanted // (place + 1)))
    )
    whole = math.floor(rank)
    above = products[min(whole + 1, len(products) - 1)]
    return products[whole] + (rank - whole) * (above - products[whole])


def _ranked_from_above(shares: list[float], risks: list[float], rank: float) -> float:
    return -_ranked([-share for share in reversed(shares)], risks[::-1], rank)
