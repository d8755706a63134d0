"""How long a place was open between two moments; without hours it is always open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from otklik_widget.journey import Hours

LONGEST = timedelta(days=35)
"""Nobody asks about more; what lies before is left out."""
DAY = timedelta(days=1)


def opened_ms(hours: Hours | None, zone: ZoneInfo, start: int, end: int) -> int:
    """For how many ms it was open from one moment to another, both in ms."""
    if hours is None:
        return max(0, end - start)
    return sum(max(0, min(closed, end) - max(opened, start)) for opened, closed in _openings(hours, zone, start, end))


def closed_spans(hours: Hours | None, zone: ZoneInfo, start: int, end: int) -> list[tuple[int, int]]:
    """When it was closed between two moments: from when to when, in ms; never, where nobody wrote hours down."""
    if hours is None:
        return []
    found, at = [], start
    for opened, closed in _openings(hours, zone, start, end):
        if opened > at:
            found.append((at, min(opened, end)))
        at = max(at, closed)
    return [span for span in [*found, (at, end)] if span[0] < span[1]]


def is_open(hours: Hours | None, zone: ZoneInfo, now: int) -> bool:
    """Is it open now? Without hours nobody knows, so it may be."""
    if hours is None:
        return True
    clock = datetime.fromtimestamp(now / 1000, zone)
    return hours.open_at(clock.weekday(), clock.time())


def _openings(hours: Hours, zone: ZoneInfo, start: int, end: int) -> Iterator[tuple[int, int]]:
    """From when to when it was open, in ms; one that began the day before may still last."""
    last = datetime.fromtimestamp(end / 1000, zone)
    day = max(datetime.fromtimestamp(start / 1000, zone), last - LONGEST).replace(tzinfo=None) - DAY
    while day.date() <= last.date():
        if found := hours.days.get(day.weekday()):
            midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
            opens, closes = found
            closes += 1440 if closes <= opens else 0
            # By the wall clock: on the day when clocks change a shop does not open an hour later.
            from_ms, to_ms = (
                int((midnight + timedelta(minutes=minute)).replace(tzinfo=zone).timestamp() * 1000)
                for minute in (opens, closes)
            )
            yield from_ms, to_ms
        day += DAY
