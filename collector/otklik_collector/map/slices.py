"""A slice of the responses: one touchpoint on one scale in a period, or a part of that; counts in, numbers out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from otklik_collector.map import statistics
from otklik_collector.map.scores import score_of
from otklik_collector.map.series import Period, Score
from otklik_collector.map.statistics import State
from otklik_widget import intervals
from otklik_widget.intervals import SHOWN
from otklik_widget.scales import SCALES


@dataclass(frozen=True)
class Slice:
    """What is counted; None: all. `wording`: the version of the question, None: the newest that was answered."""

    touchpoint: str
    scale: str
    period: Period
    place: str | None = None
    segment: str | None = None
    channel: str | None = None
    wording: int | None = None

    @property
    def parts(self) -> dict[str, str]:
        """The filters that leave only a part of the customers, by name."""
        named = {"place": self.place, "segment": self.segment, "channel": self.channel}
        return {name: value for name, value in named.items() if value is not None}

    def over(self, period: Period) -> Slice:
        """The same slice in another period."""
        return replace(self, period=period)

    def holds(self, other: Slice) -> bool:
        """Is every response of the other slice in this one too?"""
        return (
            (self.touchpoint, self.scale) == (other.touchpoint, other.scale)
            and self.period.start <= other.period.start
            and other.period.end <= self.period.end
            and all(other.parts.get(name) == value for name, value in self.parts.items())
        )

    def apart(self, other: Slice) -> bool:
        """Can no response be in both?"""
        if (self.touchpoint, self.scale) != (other.touchpoint, other.scale):
            return True
        if self.period.end <= other.period.start or other.period.end <= self.period.start:
            return True
        mine, theirs = self.parts, other.parts
        return any(mine[name] != theirs[name] for name in mine.keys() & theirs.keys())


@dataclass(frozen=True)
class SliceCounts:
    """Responses of a slice by score, those that count; `withheld`: its score would give away single responses."""

    slice: Slice
    wording: int
    counts: Mapping[int, int]
    flagged: int = 0
    channels: Mapping[str, int] = field(default_factory=dict)
    withheld: bool = False

    @property
    def responses(self) -> int:
        return sum(self.counts.values())

    @property
    def unhappy(self) -> int:
        bad = SCALES[self.slice.scale].unhappy
        return sum(n for score, n in self.counts.items() if score in bad)

    @property
    def shown(self) -> bool:
        """May its score be told?"""
        return self.responses >= SHOWN and not self.withheld


@dataclass(frozen=True)
class DayCounts:
    """Responses of one local day in one wording."""

    day: date
    wording: int
    counts: Mapping[int, int]


@dataclass(frozen=True)
class Point:
    """A stretch of the line: its score and the share of unhappy responses, each with its interval at 95 %.

    Below the minimum only `responses` is told: `score`, `share`, `low` and `high` are None.
    """

    period: Period
    wording: int
    responses: int
    state: State
    score: Score | None = None
    share: float | None = None
    low: float | None = None
    high: float | None = None


def added(counts: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """Counts by score, added up."""
    total: dict[int, int] = {}
    for each in counts:
        for score, n in each.items():
            total[score] = total.get(score, 0) + n
    return total


def point(period: Period, wording: int, scale: str, counts: Mapping[int, int], withheld: bool = False) -> Point:
    """The numbers of a stretch; withheld or few, only how many there were."""
    known = SCALES[scale]
    n = sum(counts.values())
    unhappy = sum(number for score, number in counts.items() if score in known.unhappy)
    interval = intervals.wilson(unhappy, n)
    if interval is None:
        return Point(period, wording, 0, "empty")
    if n < SHOWN or withheld:
        return Point(period, wording, n, "collecting")
    state = statistics.display_state(unhappy, n)
    return Point(period, wording, n, state, score_of(known, counts), unhappy / n, interval.low, interval.high)
