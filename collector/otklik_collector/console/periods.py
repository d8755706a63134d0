"""The periods that the console offers: four whole weeks, and those that the calendar cuts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

from otklik_collector.drawing import WINDOW_DAYS, window
from otklik_collector.map.periods import UNITS, Unit, following, period_with, previous
from otklik_collector.map.series import Period

WINDOW, OWN = str(WINDOW_DAYS), "own"
KINDS = (WINDOW, *UNITS)


def period_of(kind: str, day: date) -> Period:
    """The period of a kind that a day lies in; four weeks end with the day."""
    return period_with(day, _unit(kind)) if kind in UNITS else window(day + timedelta(days=1))


def before(kind: str, period: Period) -> Period:
    """The period that ends where this one begins: as the calendar cuts it, else of the same length."""
    return previous(period, _unit(kind)) if kind in UNITS else window(period.start, period.days)


def after(kind: str, period: Period) -> Period:
    """The period that begins where this one ends."""
    if kind in UNITS:
        return following(period, _unit(kind))
    return Period(period.end, period.end + timedelta(days=period.days))


def _unit(kind: str) -> Unit:
    return cast(Unit, kind)
