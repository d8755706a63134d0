"""Until when somebody must be answered: hours counted while it is open, and days of a claim's legal term."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from otklik_widget.journey import Hours

DAY = timedelta(days=1)


def due(opened: datetime, hours: Hours | None, zone: ZoneInfo, allowed: timedelta) -> datetime:
    """The moment, in UTC, when it has been open for the time allowed since `opened`; without hours it never closes."""
    opened, left = opened.astimezone(UTC), allowed
    if hours is None or not hours.days:
        return opened + left
    for start, end in _open(hours, zone, opened):
        if end - start >= left:
            return start + left
        left -= end - start
    raise AssertionError("a week with opening hours never ends")


def open_time(since: datetime, until: datetime, hours: Hours | None, zone: ZoneInfo) -> timedelta:
    """How long it was open between two moments."""
    since, until = since.astimezone(UTC), until.astimezone(UTC)
    if until <= since:
        return timedelta()
    if hours is None or not hours.days:
        return until - since
    total = timedelta()
    for start, end in _open(hours, zone, since):
        if start >= until:
            break
        total += min(end, until) - start
    return total


def claim_due(opened: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The end, in UTC, of a claim's term: so many whole local days after the day on which it came."""
    return _at(opened.astimezone(zone).date() + (days + 1) * DAY, 0, zone)


def _open(hours: Hours, zone: ZoneInfo, since: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of time from `since` on in which it is open, in UTC, one after the other without overlap.

    A day on which the clock is put forward is an hour shorter: what counts is the time that passes.
    """
    day, after = since.astimezone(zone).date() - DAY, since  # what opened last night may be open still
    while True:
        if (found := hours.days.get(day.weekday())) is not None:
            first, last = found
            start, end = _at(day, first, zone), _at(day, last if last > first else last + 1440, zone)
            start = max(start, after)
            if end > start:
                yield start, end
                after = end
        day += DAY


def _at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """A minute of a local day in UTC; from 1440 on it is of the next day."""
    days, minute = divmod(minute, 1440)
    clock = time(*divmod(minute, 60))
    return datetime.combine(day + days * DAY, clock, zone).astimezone(UTC)
