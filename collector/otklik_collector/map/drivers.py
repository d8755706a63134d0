"""Key drivers: how much each touchpoint's rating goes with the relation, shared fairly among them (Shapley, LMG)."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import mul

EXACT = 10
"""Drivers up to which every order of entry is counted; beyond, Johnson's relative weights."""
LEAST_PEOPLE, LEAST_PER_DRIVER, LEAST_PAIRS = 100, 10, 50
DRAWS = 200
LOTS = 200
"""People are redrawn in so many lots: 2,000 people and 17 touchpoints take 3 s instead of 13, with the same ranges."""
Matrix = list[list[float]]


@dataclass(frozen=True)
class Driver:
    """A touchpoint's part of R squared with its range over 200 redrawn samples, and its plain correlation beside."""

    touchpoint: str
    part: float
    low: float
    high: float
    correlation: float


@dataclass(frozen=True)
class Drivers:
    """The drivers, the largest first; `left_out` were told of by too few people."""

    explained: float
    people: int
    drivers: tuple[Driver, ...]
    left_out: tuple[str, ...] = ()


Answers = Sequence[tuple[float, Mapping[str, float]]]
"""Of each person the relation's score and the ratings by touchpoint, each as 0..100."""


def key_drivers(
    answers: Answers, draws: int = DRAWS, seed: int = 1, tell: Callable[[int, int], None] = lambda _done, _all: None
) -> Drivers | None:
    """Which touchpoints the relation goes with; None of fewer than 100 people, or fewer than ten for each driver.

    An association, not a cause. Pairs of touchpoints need 50 people who told of both. `tell` hears how many of the
    redrawn samples are done.
    """
    told: dict[str, int] = {}
    for _score, ratings in answers:
        for touchpoint in ratings:
            told[touchpoint] = told.get(touchpoint, 0) + 1
    kept = _kept(answers, told)
    if len(answers) < LEAST_PEOPLE or not kept or len(answers) < LEAST_PER_DRIVER * len(kept):
        return None
    draw = random.Random(seed)  # noqa: S311 - redrawn samples, not secrets
    lots = _Lots(answers, kept, draw)
    matrix = lots.correlations(range(lots.number))
    parts = shares(matrix)
    redrawn = []
    for number in range(draws):
        redrawn.append(shares(lots.correlations(draw.choices(range(lots.number), k=lots.number))))
        tell(number + 1, draws)
    found = []
    for place, touchpoint in enumerate(kept):
        seen = sorted(one[place] for one in redrawn) or [parts[place]]
        low, high = seen[round(0.025 * (len(seen) - 1))], seen[round(0.975 * (len(seen) - 1))]
        found.append(Driver(touchpoint, parts[place], low, high, matrix[0][place + 1]))
    found.sort(key=lambda driver: (-driver.part, driver.touchpoint))
    return Drivers(math.fsum(parts), len(answers), tuple(found), tuple(sorted(set(told) - set(kept))))


def _kept(answers: Answers, told: Mapping[str, int]) -> list[str]:
    """Touchpoints of which each pair was rated by enough people; the one with the fewest goes first."""
    kept = sorted(touchpoint for touchpoint, n in told.items() if n >= LEAST_PAIRS)
    while True:
        short: dict[str, int] = {}
        for place, one in enumerate(kept):
            for other in kept[:place]:
                if sum(one in ratings and other in ratings for _score, ratings in answers) < LEAST_PAIRS:
                    short[one] = short.get(one, 0) + 1
                    short[other] = short.get(other, 0) + 1
        if not short:
            return kept
        kept.remove(max(short, key=lambda key: (short[key], -told[key], key)))


class _Lots:
    """The people in random lots, with each pair's sums by lot: to draw samples of lots is to draw people, but quicker.

    Up to as many people as lots each is a lot alone.
    """

    def __init__(self, answers: Answers, kept: Sequence[str], draw: random.Random) -> None:
        self.number = min(LOTS, len(answers))
        mixed = list(answers)
        draw.shuffle(mixed)
        lots = [mixed[first :: self.number] for first in range(self.number)]
        self._size = len(kept) + 1
        rated = [[_column(lot, touchpoint) for lot in lots] for touchpoint in (None, *kept)]
        self._sums = {
            (one, other): list(zip(*map(_sums, rated[one], rated[other]), strict=True))
            for one in range(self._size)
            for other in range(one)
        }

    def correlations(self, chosen: Sequence[int]) -> Matrix:
        """Of the relation (first) and the drivers, each pair over the people of some lots who told of both."""
        times = [0] * self.number
        for lot in chosen:
            times[lot] += 1
        matrix = [[1.0] * self._size for _ in range(self._size)]
        for (one, other), sums in self._sums.items():
            matrix[one][other] = matrix[other][one] = _correlation(*(sum(map(mul, each, times)) for each in sums))
        return matrix


def _column(people: Answers, touchpoint: str | None) -> list[float | None]:
    """The relation's scores, or the ratings of a touchpoint."""
    return [score if touchpoint is None else ratings.get(touchpoint) for score, ratings in people]


def _sums(one: Sequence[float | None], other: Sequence[float | None]) -> tuple[float, ...]:
    """How many told of both, and the sums of x, y, x squared, y squared and x times y."""
    pairs = [(x, y) for x, y in zip(one, other, strict=True) if x is not None and y is not None]
    first, second = [x for x, _y in pairs], [y for _x, y in pairs]
    squares = (sum(map(mul, *both)) for both in ((first, first), (second, second), (first, second)))
    return len(pairs), sum(first), sum(second), *squares


def _correlation(n: float, x: float, y: float, xx: float, yy: float, xy: float) -> float:
    if n < 2:
        return 0.0
    xx, yy, xy = xx - x * x / n, yy - y * y / n, xy - x * y / n
    # Ratings are small whole numbers or parts of 100: what is left of a constant one is rounding.
    return xy / math.sqrt(xx * yy) if min(xx, yy) > 1e-6 else 0.0


def shares(matrix: Matrix) -> list[float]:
    """R squared of the first variable on the others, shared among them: the average over all orders of entry."""
    drivers = len(matrix) - 1
    if drivers > EXACT:
        return _johnson(matrix)

    @cache
    def explained(chosen: int) -> float:
        inside = [place + 1 for place in range(drivers) if chosen >> place & 1]
        return _r_squared(matrix, inside)

    weights = [
        math.factorial(size) * math.factorial(drivers - size - 1) / math.factorial(drivers) for size in range(drivers)
    ]
    found = []
    for driver in range(drivers):
        others = [chosen for chosen in range(1 << drivers) if not chosen >> driver & 1]
        found.append(
            math.fsum(
                weights[chosen.bit_count()] * (explained(chosen | 1 << driver) - explained(chosen)) for chosen in others
            )
        )
    return found


def _r_squared(matrix: Matrix, inside: Sequence[int]) -> float:
    """Of the first variable on some of the others, by Cholesky's decomposition; what adds nothing new is skipped."""
    if not inside:
        return 0.0
    rows: Matrix = []
    told = 0.0
    kept: list[int] = []
    solved: list[float] = []
    for variable in inside:
        row: list[float] = []
        for place, other in enumerate(kept):
            dot = math.fsum(row[k] * rows[place][k] for k in range(place))
            row.append((matrix[variable][other] - dot) / rows[place][place])
        left = 1 - math.fsum(value * value for value in row)
        if left < 1e-10:
            continue
        row.append(math.sqrt(left))
        part = (matrix[0][variable] - math.fsum(row[k] * solved[k] for k in range(len(kept)))) / row[-1]
        rows.append(row)
        kept.append(variable)
        solved.append(part)
        told += part * part
    return min(1.0, told)


def _johnson(matrix: Matrix) -> list[float]:
    """Johnson's relative weights (2000): through the uncorrelated variables nearest to the drivers."""
    size = len(matrix) - 1
    inner = [[matrix[i + 1][j + 1] for j in range(size)] for i in range(size)]
    values, vectors = _eigen(inner)
    roots = [math.sqrt(max(0.0, value)) for value in values]
    # The square root of the correlation matrix: how each driver loads on each uncorrelated variable.
    loads = [
        [math.fsum(vectors[i][k] * roots[k] * vectors[j][k] for k in range(size)) for j in range(size)]
        for i in range(size)
    ]
    betas = [
        math.fsum(
            vectors[i][k] / roots[k] * math.fsum(vectors[j][k] * matrix[0][j + 1] for j in range(size))
            for k in range(size)
            if roots[k] > 1e-6
        )
        for i in range(size)
    ]
    return [math.fsum(loads[i][j] ** 2 * betas[j] ** 2 for j in range(size)) for i in range(size)]


def _eigen(matrix: Matrix) -> tuple[list[float], Matrix]:
    """Eigenvalues and eigenvectors (in columns) of a symmetric matrix, by Jacobi's turns."""
    size = len(matrix)
    a = [list(row) for row in matrix]
    vectors = [[float(i == j) for j in range(size)] for i in range(size)]
    for _sweep in range(60):
        if math.fsum(a[i][j] ** 2 for i in range(size) for j in range(i)) < 1e-22:
            break
        for p in range(size):
            for q in range(p + 1, size):
                if abs(a[p][q]) < 1e-15:
                    continue
                theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
                t = math.copysign(1, theta) / (abs(theta) + math.hypot(theta, 1))
                c = 1 / math.hypot(t, 1)
                s = t * c
                for k in range(size):
                    a[k][p], a[k][q] = c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]
                for k in range(size):
                    a[p][k], a[q][k] = c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]
                for k in range(size):
                    vectors[k][p], vectors[k][q] = (
                        c * vectors[k][p] - s * vectors[k][q],
                        s * vectors[k][p] + c * vectors[k][q],
                    )
    return [a[i][i] for i in range(size)], vectors
