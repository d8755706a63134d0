"""Alarms: a lasting change of the unhappy share, seen response by response, and a shock within one day."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from otklik_collector.map.posterior import Posterior, incomplete_beta
from otklik_collector.map.series import Period
from otklik_widget.intervals import SHOWN

Side = Literal["worse", "better"]

ODDS = 2.0
"""The chart is tuned to find doubled (for the better: halved) odds of an unhappy response."""
LIMIT = 4.0
"""With it 1,290 to 4,660 responses lie between two false alarms; doubled odds are found within 58 to 194."""
RARELY, QUIET_DAYS = 1290, 91
"""Responses between two false alarms at the limit, at worst; and the days that shall lie between them."""
BASELINE_DAYS = (97, 8)
"""The baseline begins so many days ago and ends so many: thirteen weeks, and the last week not in it."""
BASELINE_RESPONSES = 50
LOWEST, HIGHEST = 0.02, 0.50
SHOCK = 0.001
MANY_A_DAY = 1000
"""Responses a day above which pure chance is too narrow a measure: days differ by more (Laney)."""


def baseline_period(today: date) -> Period:
    """The days that tell what is usual."""
    first, last = BASELINE_DAYS
    return Period(today - timedelta(days=first), today - timedelta(days=last) + timedelta(days=1))


def baseline(believed: Posterior, responses: int) -> float | None:
    """The usual unhappy share, pulled toward its siblings, within 2 % and 50 %; None of fewer than 50 responses."""
    if responses < BASELINE_RESPONSES:
        return None
    return min(HIGHEST, max(LOWEST, believed.mean))


@dataclass(frozen=True)
class Chart:
    """What one response adds to the sum: the log likelihood ratio of a changed share against the usual one."""

    side: Side
    usual: float

    @property
    def changed(self) -> float:
        odds = ODDS if self.side == "worse" else 1 / ODDS
        return odds * self.usual / (1 - self.usual + odds * self.usual)

    @property
    def unhappy(self) -> float:
        return math.log(self.changed / self.usual)

    @property
    def others(self) -> float:
        return math.log((1 - self.changed) / (1 - self.usual))


@dataclass(frozen=True)
class Step:
    """The sum after a response, and whether it rang: then the sum begins anew."""

    height: float
    alarm: bool


def limit(a_day: float) -> float:
    """The height at which a chart rings: 4, more where so many responses a day would ring it by chance every quarter.

    Chance rings e times as rarely with each 1 more, and a real change takes about a quarter longer to be found.
    """
    return LIMIT + max(0.0, math.log(QUIET_DAYS * a_day / RARELY)) if a_day > 0 else LIMIT


def cusum(
    responses: Iterable[bool], usual: float, side: Side = "worse", height: float = 0.0, limit: float = LIMIT
) -> Iterator[Step]:
    """The chart over responses (True: unhappy) in their order, from a height; late ones need it drawn anew."""
    chart = Chart(side, usual)
    weights = {True: chart.unhappy, False: chart.others}
    for unhappy in responses:
        height = max(0.0, height + weights[unhappy])
        alarm = height >= limit
        yield Step(height, alarm)
        if alarm:
            height = 0.0


@dataclass(frozen=True)
class Shock:
    """A day on which far more were unhappy than usual; `probability`: how often chance does that."""

    day: date
    unhappy: int
    responses: int
    probability: float


def at_least(unhappy: int, responses: int, usual: float) -> float:
    """The exact probability of so many unhappy of so many responses, or more."""
    return 1.0 if unhappy <= 0 else incomplete_beta(unhappy, responses - unhappy + 1, usual)


def shocks(days: Sequence[tuple[date, int, int]], usual: float) -> list[Shock]:
    """The days (with their unhappy and all responses) that chance explains less than once in 1,000.

    On busy touchpoints the scatter between days beyond chance is taken out first: the day's excess counts as many
    standard deviations less as the days differ more than they should.
    """
    sigma = laney(days, usual) if _busy(days) else 1.0
    found = []
    for day, unhappy, responses in days:
        if responses < SHOWN or unhappy <= responses * usual:
            continue
        probability = at_least(unhappy, responses, usual)
        if sigma > 1:
            deviation = math.sqrt(usual * (1 - usual) / responses)
            probability = math.erfc((unhappy / responses - usual) / (deviation * sigma) / math.sqrt(2)) / 2
        if probability < SHOCK:
            found.append(Shock(day, unhappy, responses, probability))
    return found


def _busy(days: Sequence[tuple[date, int, int]]) -> bool:
    return bool(days) and sum(n for _day, _bad, n in days) / len(days) > MANY_A_DAY


def laney(days: Sequence[tuple[date, int, int]], usual: float) -> float:
    """How many times wider days scatter than chance alone would have them (Laney's sigma z); never below 1.

    From the moving ranges of the days' z scores, so that one shock does not hide itself.
    """
    scores = [
        (unhappy / responses - usual) / math.sqrt(usual * (1 - usual) / responses)
        for _day, unhappy, responses in days
        if responses
    ]
    if len(scores) < 2:
        return 1.0
    ranges = [abs(after - before) for before, after in pairwise(scores)]
    return max(1.0, math.fsum(ranges) / len(ranges) / 1.128)


@dataclass(frozen=True)
class Alarm:
    """Something rang on a day: a lasting change (`kind` "cusum") or one day ("shock"). Only worsening is sent."""

    kind: Literal["cusum", "shock"]
    side: Side
    day: date
    responses: int
    unhappy: int

    @property
    def sent(self) -> bool:
        return self.side == "worse"


def alarms(responses: Sequence[tuple[date, bool]], usual: float) -> list[Alarm]:
    """All alarms of accepted responses (local day, unhappy) in the order of answering: both sides, oldest first.

    Of a lasting change, `responses` and `unhappy` are those since the chart last stood at nothing.
    """
    found: list[Alarm] = []
    for side in ("worse", "better"):
        since = bad = 0
        for (day, unhappy), step in zip(responses, cusum((bad_ for _day, bad_ in responses), usual, side), strict=True):
            since, bad = since + 1, bad + unhappy
            if step.alarm:
                found.append(Alarm("cusum", side, day, since, bad))
            if step.alarm or not step.height:
                since = bad = 0
    by_day: dict[date, list[int]] = {}
    for day, unhappy in responses:
        counts = by_day.setdefault(day, [0, 0])
        counts[0] += unhappy
        counts[1] += 1
    days = [(day, bad, n) for day, (bad, n) in by_day.items()]
    found += [Alarm("shock", "worse", one.day, one.responses, one.unhappy) for one in shocks(days, usual)]
    return sorted(found, key=lambda alarm: (alarm.day, alarm.kind, alarm.side))
