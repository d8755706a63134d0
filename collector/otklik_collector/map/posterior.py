"""What is believed about an unhappy share: few responses are pulled toward those of their siblings."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Literal

from otklik_widget.intervals import ENOUGH, SHOWN

Verdict = Literal["surely_hurts", "hurts", "unclear", "within_goal", "surely_fine"]
Counted = tuple[int, int]  # unhappy responses, all responses

USUAL_STRENGTH, WEAKEST, STRONGEST = 20.0, 5.0, 200.0
SIBLINGS = 4
STEPS = 256


@dataclass(frozen=True)
class Prior:
    """Counted as if a series began with `strength` responses of which `share` were unhappy."""

    share: float
    strength: float


@dataclass(frozen=True)
class Posterior:
    """A beta distribution of the unhappy share."""

    a: float
    b: float

    @property
    def mean(self) -> float:
        return self.a / (self.a + self.b)

    def below(self, share: float) -> float:
        """The probability that the true share is at most `share`."""
        return incomplete_beta(self.a, self.b, share)

    def quantile(self, probability: float) -> float:
        """The share below which the true one lies with this probability."""
        return beta_quantile(self.a, self.b, probability)


def posterior(unhappy: int, n: int, prior: Prior) -> Posterior:
    """What `unhappy` of `n` responses and their siblings say together."""
    return Posterior(unhappy + prior.strength * prior.share, n - unhappy + prior.strength * (1 - prior.share))


def strength(siblings: Sequence[Counted]) -> float:
    """K, how alike siblings are, in responses: 5..200 by moments (Kleinman 1973), 20 of fewer than four."""
    if len(siblings) < SIBLINGS:
        return USUAL_STRENGTH
    n = sum(responses for _unhappy, responses in siblings)
    share = sum(unhappy for unhappy, _responses in siblings) / n
    if share in (0.0, 1.0):
        return STRONGEST
    free = len(siblings) - 1
    scatter = math.fsum(responses * (unhappy / responses - share) ** 2 for unhappy, responses in siblings)
    spare = n - sum(responses**2 for _unhappy, responses in siblings) / n - free
    rho = (scatter / (share * (1 - share)) - free) / spare
    return min(STRONGEST, max(WEAKEST, 1 / rho - 1)) if rho > 0 else STRONGEST


@dataclass(frozen=True)
class Pool:
    """Series that are like each other; those too small to be shown tell nothing and are left out."""

    unhappy: int
    responses: int
    strength: float

    @classmethod
    def of(cls, counted: Iterable[Counted]) -> Pool:
        told = [one for one in counted if one[1] >= SHOWN]
        return cls(sum(unhappy for unhappy, _n in told), sum(n for _unhappy, n in told), strength(told))


def prior_of(own: Counted, stage: Pool, company: Pool, everything: Pool) -> Prior:
    """The prior of a series: its stage on the same scale; where that has under 30 responses, the company.

    The company is asked on the same scale first, on all scales only where that has under 30 responses too.
    """
    if stage.responses >= ENOUGH:
        pool, likeness = stage, stage.strength
    else:
        pool, likeness = (company if company.responses >= ENOUGH else everything), USUAL_STRENGTH
    n = pool.responses
    # A series alone in its pool learns nothing from it: at full strength its own responses would count twice.
    if n and n == own[1]:
        likeness = 1.0
    share = pool.unhappy / n if n else 0.5
    away = 0.5 / (n + 1)
    return Prior(min(1 - away, max(away, share)), likeness)


def verdict(believed: Posterior, goal: float, unhappy: int) -> Verdict:
    """How sure it is that more than `goal` (0..1) are unhappy; "surely": its 90 % interval is on one side."""
    if goal <= 0 and not unhappy:
        return "unclear"  # nobody was unhappy yet, but no number of responses proves that nobody ever will be
    above = 1 - believed.below(goal)
    if above > 0.95:
        return "surely_hurts"
    if above < 0.05:
        return "surely_fine"
    return "hurts" if above >= 0.8 else "within_goal" if above <= 0.2 else "unclear"


def shrunk_nps(nps: float | None, n: int, parent: float, k: float) -> float:
    """An NPS pulled toward its parent's by K responses: for order and colour, never printed as the score."""
    return parent if nps is None or not n else (n * nps + k * parent) / (n + k)


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b): to 1e-11 for thousands of responses."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    # The fraction converges quickly only on the near side of the mean.
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(a, b, x) / a
    return 1 - front * _beta_fraction(b, a, 1 - x) / b


def _beta_fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method."""
    tiny = 1e-300
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d or tiny)
    value = d
    for m in count(1):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / ((1 + term * d) or tiny)
            c = (1 + term / c) or tiny
            value *= c * d
        if abs(c * d - 1) < 1e-14:
            break
    return value


def beta_quantile(a: float, b: float, probability: float) -> float:
    """The x at which I_x(a, b) reaches `probability`: Newton's steps, halving where one would leave."""
    low, high, x = 0.0, 1.0, a / (a + b)
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    for _step in range(200):
        miss = incomplete_beta(a, b, x) - probability
        low, high = (low, x) if miss > 0 else (x, high)
        density = math.exp(scale + (a - 1) * math.log(x) + (b - 1) * math.log1p(-x))
        closer = x - miss / density if density else x
        if not low < closer < high:
            closer = (low + high) / 2
        if abs(closer - x) <= 1e-13 * x:
            return closer
        x = closer
    return x


def beta_quantiles(a: float, b: float, number: int) -> list[float]:
    """The quantiles at (i + 1/2) / number, rising: to about 1e-6 of each, in a fiftieth of the time of one by one.

    The density is added up once (Simpson's rule) and the sums are read backwards (cubic between two of them).
    """
    if b < a:
        return [1 - x for x in reversed(beta_quantiles(b, a, number))]
    # Near 0 the density may be a spike; as a function of the root of x it is smooth.
    root = max(1, math.ceil(5 / a))
    mean, deviation = a / (a + b), math.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))
    start = max(0.0, mean - 9 * deviation) ** (1 / root) if root == 1 else 0.0
    width = min(1.0, mean + (14 if a > 1 else 60) * deviation) ** (1 / root) - start
    step = width / STEPS
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + math.log(root)
    power = root * a - 1
    heights = []
    for place in range(STEPS + 1):
        s = start + place * step
        x = s**root
        heights.append(math.exp(scale + power * math.log(s) + (b - 1) * math.log1p(-x)) if s > 0 and x < 1 else 0.0)
    sums = [0.0]
    for place in range(0, STEPS, 2):
        sums.append(sums[-1] + step / 3 * (heights[place] + 4 * heights[place + 1] + heights[place + 2]))
    found, place = [], 0
    for rank in range(number):
        wanted = (rank + 0.5) / number * sums[-1]
        while place < len(sums) - 2 and sums[place + 1] < wanted:
            place += 1
        within = _within(
            sums[place], sums[place + 1], 2 * step * heights[2 * place], 2 * step * heights[2 * place + 2], wanted
        )
        found.append((start + 2 * step * (place + within)) ** root)
    return found


def _within(low: float, high: float, slope_low: float, slope_high: float, wanted: float) -> float:
    """Where between two points, 0..1, a rising cubic with these heights and slopes reaches a value."""
    rise = high - low
    t = (wanted - low) / rise if rise else 0.5
    for _step in range(4):
        missed = low + t * (
            slope_low + t * (3 * rise - 2 * slope_low - slope_high + t * (slope_low + slope_high - 2 * rise))
        )
        slope = slope_low + t * (
            2 * (3 * rise - 2 * slope_low - slope_high) + 3 * t * (slope_low + slope_high - 2 * rise)
        )
        if slope <= 0:
            break
        t = min(1.0, max(0.0, t - (missed - wanted) / slope))
    return t
