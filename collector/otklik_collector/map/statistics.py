"""The map's numbers besides `otklik_widget.intervals`: means, many tests at once, what is shown at which n."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal, TypeVar

from otklik_widget.intervals import ENOUGH, SHOWN, Interval, wilson, z_of

# A mapping does not take whole numbers for floats by itself.
Value = TypeVar("Value", int, float)
State = Literal["empty", "collecting", "preliminary", "solid"]

SOLID_HALF_WIDTH = 0.10


def mean(counts: Mapping[Value, int]) -> float | None:
    """The mean of values with their counts; None without responses."""
    n = sum(counts.values())
    return math.fsum(value * count for value, count in counts.items()) / n if n else None


def mean_interval(counts: Mapping[Value, int]) -> Interval | None:
    """The interval of a mean of K options, as if three more responses lay spread over them; clamped.

    `counts` names every option, also those nobody chose: they are what the three responses are spread over.
    """
    n = sum(counts.values())
    if not n:
        return None
    spread = {value: count + 3 / len(counts) for value, count in counts.items()}
    centre = math.fsum(value * count for value, count in spread.items()) / (n + 3)
    variance = math.fsum(count * (value - centre) ** 2 for value, count in spread.items()) / (n + 3)
    half = z_of() * math.sqrt(variance / (n + 3))
    return Interval(max(min(counts), centre - half), min(max(counts), centre + half))


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """The q value of each p value, in the order given."""
    q_values = [1.0] * len(p_values)
    smallest = 1.0
    by_size = sorted(range(len(p_values)), key=p_values.__getitem__)
    for rank, place in reversed(list(enumerate(by_size, 1))):
        smallest = min(smallest, p_values[place] * len(p_values) / rank)
        q_values[place] = smallest
    return q_values


def display_state(unhappy: int, n: int) -> State:
    """What may be shown: nothing, the count only, a score with a warning, or all."""
    if n == 0:
        return "empty"
    if n < SHOWN:
        return "collecting"
    interval = wilson(unhappy, n)
    assert interval
    return "solid" if n >= ENOUGH and interval.half_width <= SOLID_HALF_WIDTH else "preliminary"


def responses_until_solid(share: float, n: int) -> int:
    """How many more responses make a series solid if its unhappy share stays as it is; at least 1."""
    whole = max(ENOUGH, n)
    while (interval := wilson(share * whole, whole)) and interval.half_width > SOLID_HALF_WIDTH:
        whole += 1
    return max(1, whole - n)
