"""Shops beside each other without a league table: who differs from all together by more than their size explains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from otklik_collector.map.alarms import at_least
from otklik_collector.map.posterior import Counted
from otklik_collector.map.suppression import hidden_parts
from otklik_widget.intervals import SHOWN

Stand = Literal["worse", "better", "inside"]
INNER, OUTER = 0.95, 0.998


@dataclass(frozen=True)
class Limits:
    """Between which shares a shop of so many responses lies by chance alone: 95 and 99.8 times of 100."""

    responses: int
    low: float
    high: float
    far_low: float
    far_high: float


@dataclass(frozen=True)
class Shop:
    """A place in the funnel; `share` None: too few responses to tell. `far`: outside the outer limits too."""

    key: str
    responses: int
    share: float | None
    stands: Stand
    far: bool = False


@dataclass(frozen=True)
class Funnel:
    """`expected`: the unhappy share of all together; `limits` by rising numbers of responses, for the curves."""

    expected: float | None
    shops: tuple[Shop, ...]
    limits: tuple[Limits, ...]

    @property
    def outside(self) -> tuple[Shop, ...]:
        """Those that differ for sure (outer limits); all the others may be called equal."""
        return tuple(shop for shop in self.shops if shop.far)


def funnel(places: Mapping[str, Counted], others: int = 0, points: int = 40) -> Funnel:
    """The funnel of (unhappy, all) responses by place; `others`: responses of the whole in no place.

    A shop stands outside where chance alone would put it there at most 5 (far: 0.2) times of 100, counted exactly, so
    it holds for small shops too. Each is judged against all together, itself included, as funnels are.
    Where one to four are in no place, "all together" are those whose share is shown.
    """
    hidden = hidden_parts({key: n for key, (_bad, n) in places.items()}, others)
    told = places
    if 0 < others < SHOWN:  # the whole is known elsewhere: less all the shops it would tell what these few answered
        told = {key: counted for key, counted in places.items() if key not in hidden}
    if not any(n for _bad, n in told.values()):
        return Funnel(None, tuple(Shop(key, n, None, "inside") for key, (_bad, n) in places.items()), ())
    expected = sum(bad for bad, _n in told.values()) / sum(n for _bad, n in told.values())
    shops = [
        Shop(key, n, None, "inside") if key in hidden or not n else _judged(key, bad, n, expected)
        for key, (bad, n) in places.items()
    ]
    largest = max((shop.responses for shop in shops if shop.share is not None), default=0)
    return Funnel(expected, tuple(shops), tuple(limits(n, expected) for n in _sizes(largest, points)))


def _judged(key: str, bad: int, n: int, expected: float) -> Shop:
    upper, lower = at_least(bad, n, expected), 1 - at_least(bad + 1, n, expected)
    stands: Stand = "inside"
    tail = min(upper, lower)
    if tail < (1 - INNER) / 2:
        stands = "worse" if upper < lower else "better"
    return Shop(key, n, bad / n, stands, tail < (1 - OUTER) / 2)


def _sizes(largest: int, points: int) -> Sequence[int]:
    """Numbers of responses for the curves: close together where they are steep."""
    if largest < 5:
        return ()
    return sorted({max(5, round(largest * (place / points) ** 2)) for place in range(1, points + 1)})


def limits(n: int, expected: float) -> Limits:
    """The exact limits at a size, read smoothly between two counts so that the curve has no steps."""
    return Limits(
        n,
        _limit(n, expected, (1 - INNER) / 2), _limit(n, expected, (1 + INNER) / 2),
        _limit(n, expected, (1 - OUTER) / 2), _limit(n, expected, (1 + OUTER) / 2),
    )  # fmt: skip


def _limit(n: int, expected: float, probability: float) -> float:
    """The share below which a shop of this size lies with this probability (Spiegelhalter 2005)."""
    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        if _at_most(middle, n, expected) < probability:
            low = middle + 1
        else:
            high = middle
    here, before = _at_most(low, n, expected), _at_most(low - 1, n, expected)
    part = (here - probability) / (here - before) if here > before else 0.0
    return min(1.0, max(0.0, (low - part) / n))


def _at_most(unhappy: int, n: int, expected: float) -> float:
    if unhappy < 0:
        return 0.0
    return 1.0 if unhappy >= n else 1 - at_least(unhappy + 1, n, expected)
