"""What the map is made of: counts go in, series come out; plain values, no database and no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from otklik_collector.map.posterior import Posterior, Verdict
from otklik_collector.map.silence import ResponseRate, response_rate
from otklik_collector.map.statistics import State
from otklik_widget.scales import Kind

Direction = Literal["better", "worse", "unclear", "none"]

# A month is as long as the average one, so that February does not look better.
DAYS_IN_MONTH = 30.4375


@dataclass(frozen=True)
class SeriesCounts:
    """The responses of one touchpoint on one scale in one wording, in the period and in the one before.

    `counts` are those that count (unflagged, unless the filters include flagged ones);
    `current`: it is asked so now; `withheld`: a score would let somebody compute that of fewer than five responses.
    """

    touchpoint: str
    scale: str
    wording: str
    current: bool
    version: int
    counts: Mapping[int, int]
    flagged: int
    counts_before: Mapping[int, int]
    flagged_before: int
    channels: Mapping[str, int]
    channels_before: Mapping[str, int]
    withheld: bool = False
    withheld_before: bool = False

    @property
    def responses(self) -> int:
        return sum(self.counts.values())

    @property
    def responses_before(self) -> int:
        return sum(self.counts_before.values())


@dataclass(frozen=True)
class Period:
    """Local days from `start` up to, but not including, `end`."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days


@dataclass(frozen=True)
class Filters:
    """Which responses were counted; None: all of them."""

    place: str | None = None
    segment: str | None = None
    channel: str | None = None
    per_person: bool = False
    include_flagged: bool = False

    @property
    def narrow(self) -> bool:
        """Do they leave only a part of the customers, so that passes of the whole touchpoint don't fit?"""
        return bool(self.place or self.segment or self.channel)


@dataclass(frozen=True)
class Score:
    """A series' headline number in the units of its kind; `top2`, `top3`: shares of ces7's best scores."""

    kind: Kind
    value: float
    low: float
    high: float
    top2: float | None = None
    top3: float | None = None


@dataclass(frozen=True)
class Unhappy:
    """Unhappy responses, their share with its interval, and the share as its siblings make it believed."""

    count: int
    share: float
    low: float
    high: float
    shrunk: float


@dataclass(frozen=True)
class Trend:
    """Unhappy share now minus before: positive is worse. None where it was not computed.

    `p` is of this change alone, `q` of it among all that the report judges; only q may draw an arrow.
    """

    direction: Direction
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    q: float | None = None
    p: float | None = None


@dataclass(frozen=True)
class Passes:
    """Customers a month: counted and imported, as the journey tells, or only those who answered.

    `days`: of how many days of the period imported passes are known; None for the other sources.
    """

    per_month: float
    source: Literal["imported", "journey", "responses"]
    days: int | None = None

    @property
    def known(self) -> bool:
        """Is it more than the number of those who answered?"""
        return self.source != "responses"


@dataclass(frozen=True)
class ImportedPasses:
    """Customers that a till or a counter told of, in all, and on how many days of the period."""

    passes: int
    days: int


@dataclass(frozen=True)
class Impact:
    """How many more detractors in one go with a bad experience here, 0..1; "none": it is not asked of this series."""

    value: float | None = None
    source: Literal["none", "assumed", "partly", "measured"] = "none"


@dataclass(frozen=True)
class Harm:
    """Expected detractors a month with their 90 % interval; None where nothing may be expected."""

    per_month: float | None = None
    low: float | None = None
    high: float | None = None
    unit: Literal["unhappy", "detractors"] = "detractors"


@dataclass(frozen=True)
class Series:
    """One row of the map: a touchpoint on one scale in one wording.

    `at_most`: the upper end of its harm, also where that is not shown yet, to know where to ask more people.
    """

    touchpoint: str
    name: str
    stage: str | None
    scale: str
    wording: int
    current: bool
    main: bool
    outcome: bool
    retired: bool
    owner: str | None
    goal: float
    responses: int
    responses_before: int
    flagged: int
    counts: Mapping[int, int]
    state: State
    score: Score | None
    unhappy: Unhappy | None
    believed: Posterior
    verdict: Verdict | None
    trend: Trend
    passes: Passes
    impact: Impact
    harm: Harm
    rank: int | None
    channels: Mapping[str, int]
    channels_moved: bool
    withheld: bool = False
    at_most: float | None = None
    rate: ResponseRate | None = None

    @property
    def ranks(self) -> bool:
        """May it have harm? Only the main question of a touchpoint in the journey that is not the outcome."""
        return self.main and not self.outcome and not self.retired


@dataclass(frozen=True)
class FixFirst:
    touchpoint: str
    scale: str
    rank: int
    harm: Harm


@dataclass(frozen=True)
class AskMore:
    """A series that may be among the worst, but too few answered; `needed`: how many more responses.

    `days`: in about so many days at the pace of the period; None where nobody answers, or it would take over a year.
    """

    touchpoint: str
    scale: str
    responses: int
    needed: int
    days: int | None = None


@dataclass(frozen=True)
class ProblemMap:
    """The map of a period; `repeated_share`: responses that repeat a person, 0..1, where that is known.

    `ever`: were there responses at any time, though none in this period?
    """

    company: str
    sample: bool
    lang: str
    period: Period
    against: Period
    filters: Filters
    outcome: Series | None
    series: tuple[Series, ...]
    fix_first: tuple[FixFirst, ...]
    ask_more: tuple[AskMore, ...]
    repeated_share: float | None = None
    ever: bool = False

    @property
    def responses(self) -> int:
        return sum(series.responses for series in self.series)

    @property
    def responses_before(self) -> int:
        return sum(series.responses_before for series in self.series)

    @property
    def flagged(self) -> int:
        return sum(series.flagged for series in self.series)

    @property
    def channels(self) -> Mapping[str, int]:
        """Responses by channel, the busiest first."""
        found: dict[str, int] = {}
        for series in self.series:
            for channel, n in series.channels.items():
                found[channel] = found.get(channel, 0) + n
        return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))

    @property
    def rate(self) -> ResponseRate | None:
        """Of all to whom a question was shown on a page; None where that was not counted."""
        rates = [series.rate for series in self.series if series.rate]
        return response_rate(sum(one.responses for one in rates), sum(one.shown for one in rates))

    @cached_property
    def _by_question(self) -> Mapping[tuple[str, str], list[Series]]:
        found: dict[tuple[str, str], list[Series]] = {}
        for series in self.series:
            found.setdefault((series.touchpoint, series.scale), []).append(series)
        return found

    def find(self, touchpoint: str, scale: str) -> Series:
        """The row that speaks for a touchpoint: the ranked wording, else a shown one, the one asked now first."""
        rows = self._by_question[touchpoint, scale]
        return max(rows, key=lambda row: (row.rank is not None, row.unhappy is not None, row.current, row.wording))
