"""What rings at one touchpoint: its answers in order against what was usual in the weeks before each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Literal, NamedTuple

from otklik_collector.map.alarms import (
    BASELINE_DAYS,
    SHOCK,
    Side,
    baseline,
    baseline_period,
    cusum,
    limit,
    shocks,
)
from otklik_collector.map.posterior import Counted, Pool, posterior, prior_of

WEEKS = 4
"""So many whole weeks and the one that runs are charted; what is usual is computed anew for each."""
NEWS_DAYS = 7
"""What rang longer ago is history: a tablet that was offline for a week is still news."""
UNFINISHED = SHOCK / 10
"""A day that runs is looked at again and again, so it must be ten times as strange to ring."""
Kind = Literal["cusum", "shock"]
SIDES: tuple[Side, ...] = ("worse", "better")
Siblings = Callable[[date], Pool]
"""The pool of what is alike, as it was usual before a Monday."""


class Day(NamedTuple):
    """The responses of a local day."""

    day: date
    unhappy: int
    responses: int


class Told(NamedTuple):
    """One accepted response in its order; `at` in ms."""

    at: int
    day: date
    unhappy: bool


@dataclass(frozen=True)
class Rang:
    """Something that rang on a day; of a lasting change, `responses` and `unhappy` are those from `since` on.

    `at`: when the answer that rang it was given (ms), 0 for the shock of a day. `usual`: the share it is held against.
    """

    kind: Kind
    side: Side
    since: date
    day: date
    at: int
    responses: int
    unhappy: int
    usual: float


def first_day(today: date) -> date:
    """The Monday with which the charts begin."""
    return _monday(today) - timedelta(weeks=WEEKS)


def oldest_day(today: date) -> date:
    """The first day that anything is compared with."""
    return first_day(today) - timedelta(days=BASELINE_DAYS[0])


def ringing(
    days: Sequence[Day],
    told: Sequence[Told],
    today: date,
    siblings: Siblings,
    after: Callable[[Side], int] = lambda _side: 0,
) -> list[Rang]:
    """What rang in the last week, of a touchpoint's days and of its responses in order, the oldest first.

    `after`: the time of the last answer that rang a side; what came before it is over and rings no more.
    """
    mondays = {_monday(one.day) for one in told} | {_monday(one.day) for one in days[-8:]}
    usual = {monday: _usual(days, monday, siblings(monday)) for monday in mondays}
    recent = sum(one.responses for one in days if one.day > today - timedelta(days=28))
    height = limit(recent / 28)
    found = [rang for side in SIDES for rang in _changes(told, usual, side, height, after(side))]
    found += _shocks(days, usual, today)
    news = today - timedelta(days=NEWS_DAYS)
    return sorted((one for one in found if one.day >= news), key=lambda one: (one.day, one.kind, one.at))


def lasting(days: Sequence[Day], told: Sequence[Told]) -> list[Rang]:
    """Every lasting change among the responses of some weeks, held against the series' own weeks before."""
    usual = {
        monday: _usual(days, monday, Pool.of([counted(days, monday)])) for monday in {_monday(one.day) for one in told}
    }
    last = max((one.day for one in days), default=date.min)
    recent = sum(one.responses for one in days if one.day > last - timedelta(days=28))
    found = [one for side in SIDES for one in _changes(told, usual, side, limit(recent / 28), 0)]
    return sorted(found, key=lambda one: one.at)


def counted(days: Sequence[Day], monday: date) -> Counted:
    """(unhappy, all) responses of the days that tell what was usual before a Monday."""
    period = baseline_period(monday)
    inside = [one for one in days if period.start <= one.day < period.end]
    return sum(one.unhappy for one in inside), sum(one.responses for one in inside)


def _usual(days: Sequence[Day], monday: date, pool: Pool) -> float | None:
    own = counted(days, monday)
    return baseline(posterior(*own, prior_of(own, Pool.of(()), pool, pool)), own[1])


def _changes(
    told: Sequence[Told], usual: dict[date, float | None], side: Side, height: float, after: int
) -> list[Rang]:
    """Every time the chart of one side rang; it goes on from week to week, each against its own usual share."""
    found: list[Rang] = []
    level, since, n, bad = 0.0, date.min, 0, 0
    mondays = {day: _monday(day) for day in {one.day for one in told}}
    for monday, week in groupby((one for one in told if one.at > after), lambda one: mondays[one.day]):
        answers, share = list(week), usual[monday]
        if share is None:  # nobody knows what is usual: the chart begins anew
            level = n = bad = 0
            continue
        steps = cusum((one.unhappy for one in answers), share, side, level, height)
        for one, step in zip(answers, steps, strict=True):
            since = since if n else one.day
            n, bad, level = n + 1, bad + one.unhappy, step.height
            if step.alarm:
                found.append(Rang("cusum", side, since, one.day, one.at, n, bad, share))
                level = 0.0
            if not level:
                n = bad = 0
    return found


def _shocks(days: Sequence[Day], usual: dict[date, float | None], today: date) -> list[Rang]:
    """Single days of the last week; on busy touchpoints the scatter of all days before is taken out first."""
    found = []
    for day in days[-8:]:
        share = usual[_monday(day.day)]
        if share is None or day.day < today - timedelta(days=NEWS_DAYS):
            continue
        before = [one for one in days if one.day <= day.day]
        rarer = SHOCK if day.day < today else UNFINISHED
        if any(one.day == day.day and one.probability < rarer for one in shocks(before[-28:], share)):
            found.append(Rang("shock", "worse", day.day, day.day, 0, day.responses, day.unhappy, share))
    return found


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
