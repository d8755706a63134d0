"""Periods people speak of: a day, a week, a month, a quarter; local days, Mondays first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal, get_args

from otklik_collector.map.series import Period

Unit = Literal["day", "week", "month", "quarter"]
UNITS: tuple[Unit, ...] = get_args(Unit)
MONTHS = {"month": 1, "quarter": 3}
WEEKS = 13
"""A quarter of a year: long enough to see a season begin, short enough to remember what was done."""


def period_with(day: date, unit: Unit) -> Period:
    """The day, the week from Monday, the calendar month or the quarter that a day lies in."""
    if unit == "day":
        return Period(day, day + timedelta(days=1))
    if unit == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=7))
    months = MONTHS[unit]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(first, _months_later(first, months))


def previous(period: Period, unit: Unit) -> Period:
    """The whole unit before the one that a period begins in."""
    return period_with(period_with(period.start, unit).start - timedelta(days=1), unit)


def following(period: Period, unit: Unit) -> Period:
    """The whole unit after the one that a period begins in."""
    return period_with(period_with(period.start, unit).end, unit)


def units(period: Period, unit: Unit) -> Iterator[Period]:
    """The units of a period in order; the first and the last are cut where the period ends."""
    found = period_with(period.start, unit)
    while found.start < period.end:
        yield Period(max(found.start, period.start), min(found.end, period.end))
        found = following(found, unit)


def last_weeks(end: date, weeks: int = WEEKS) -> list[Period]:
    """So many weeks of seven days that end before `end`, the oldest first: like the map's window, no week is half."""
    return [Period(end - timedelta(days=7 * ago), end - timedelta(days=7 * (ago - 1))) for ago in range(weeks, 0, -1)]


def _months_later(first: date, months: int) -> date:
    whole = first.year * 12 + first.month - 1 + months
    return date(whole // 12, whole % 12 + 1, 1)
