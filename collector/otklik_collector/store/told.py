"""Reads what customers ticked beside their score, always so many responses at most, and how many saw the question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import msgspec
from sqlite_utils import Database

from otklik_collector.map.problem_map import Filters, Period
from otklik_collector.map.reasons import Ticked
from otklik_collector.response import day_number, day_of
from otklik_collector.store.series import SeriesTable
from otklik_collector.store.tally import DIMENSIONS
from otklik_widget.journey import Journey
from otklik_widget.scales import SCALES

MOST = 10_000
"""Responses of a touchpoint whose reasons are counted, the newest: reading them all would grow with the years."""
NAMED_DAYS = 500
OF_THE_MAP = 3_000
"""The same for all touchpoints at once."""


_FIRST = date(1970, 1, 1)


class Told:
    def __init__(self, db: Database, series: SeriesTable) -> None:
        self._conn = db.conn
        self._series = series

    def reasons(self, touchpoint: str, period: Period, filters: Filters) -> Ticked:
        """How often each reason was ticked at a touchpoint, on all its scales."""
        known = self._known(touchpoint)
        when, days = _when(period)
        where, values = _where(filters)
        rows = self._conn.execute(
            "SELECT series, score, reasons, count(*) FROM"
            f" (SELECT series, score, reasons FROM response WHERE {when} AND series IN ({_marks(known)}){where}"
            " ORDER BY day DESC LIMIT ?) GROUP BY series, score, reasons",
            (*days, *known, *values, MOST),
        )
        found = _ticked(rows, known)
        return replace(found, newest=found.responses >= MOST)

    def reasons_by_touchpoint(self, period: Period, filters: Filters, most: int = OF_THE_MAP) -> dict[str, Ticked]:
        """The same for every touchpoint that has any, of the newest responses of the period, so many in all."""
        where, values = _where(filters)
        rows = self._conn.execute(
            "SELECT series, score, reasons, count(*) FROM"
            " (SELECT series, score, reasons, day, flags, place, channel, segment FROM response"
            f" WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?) WHERE day >= ? AND day < ?{where}"
            " GROUP BY series, score, reasons",
            (*_ids(period), most, day_number(period.start), day_number(period.end), *values),
        )
        scales = {one.id: (one.touchpoint, one.scale) for one in self._series.all()}
        found: dict[str, list[tuple[Any, ...]]] = {}
        read = 0
        for row in rows:
            found.setdefault(scales[row[0]][0], []).append(row)
            read += row[3]
        known = {number: scale for number, (_touchpoint, scale) in scales.items()}
        return {touchpoint: _ticked(its, known, read >= most) for touchpoint, its in found.items()}

    def shown(
        self, journey: Journey, period: Period, touchpoint: str = "", place: str = ""
    ) -> dict[tuple[str, str], int]:
        """How often each question (touchpoint and scale) was put before somebody on a page, where it was at all."""
        asked = [touchpoint] if touchpoint else list(journey.touchpoints)
        # Each is named: the table is in the order of what was shown where, and the days come last in it.
        places = [place] if place else ["", *journey.place_keys]
        rows = self._conn.execute(
            f"SELECT touchpoint, scale, sum(shown) FROM shown_count WHERE touchpoint IN ({_marks(asked)})"
            f" AND scale IN ({_marks(SCALES)}) AND place IN ({_marks(places)}) AND day >= ? AND day < ?"
            " GROUP BY touchpoint, scale",
            (*asked, *SCALES, *places, day_number(period.start), day_number(period.end)),
        )
        return {(key, scale): number for key, scale, number in rows}

    def last_days(self, since: date, until: date, place: str | None) -> dict[str, date]:
        """The newest day with a response since a day, by touchpoint; at one place where it is named."""
        rows = self._conn.execute(
            "SELECT s.touchpoint, max(d.day) FROM day_count AS d JOIN series AS s ON s.id = d.series"
            " WHERE d.dimension = ? AND d.member = ? AND d.day >= ? GROUP BY s.touchpoint",
            ("place" if place else "", place or "", day_number(since)),
        )
        found = {touchpoint: day_of(day) for touchpoint, day in rows}
        # Messages have no score and stand in no count.
        messages = {one.id: one.touchpoint for one in self._series.all() if SCALES[one.scale].kind is None}
        when, days = _when(Period(since, until + timedelta(days=1)))
        rows = self._conn.execute(
            f"SELECT series, max(day) FROM response WHERE {when} AND series IN ({_marks(messages)})"
            f"{' AND place = ?' if place else ''} GROUP BY series",
            (*days, *messages, *([place] if place else [])),
        )
        for series, day in rows:
            found[messages[series]] = max(day_of(day), found.get(messages[series], since))
        return found

    def _known(self, touchpoint: str) -> dict[int, str]:
        return {one.id: one.scale for one in self._series.all() if one.touchpoint == touchpoint}


def _ticked(rows: Iterable[tuple[Any, ...]], scales: Mapping[int, str], newest: bool = False) -> Ticked:
    counts: dict[str, list[int]] = {}
    responses = unhappy = 0
    for series, score, reasons, number in rows:
        bad = number if score in SCALES[scales[series]].unhappy else 0
        responses += number
        unhappy += bad
        for reason in msgspec.json.decode(reasons):
            count = counts.setdefault(reason, [0, 0])
            count[0] += number
            count[1] += bad
    return Ticked(responses, unhappy, {name: (n, bad) for name, (n, bad) in counts.items()}, newest)


def _where(filters: Filters) -> tuple[str, list[str]]:
    chosen = [(name, value) for name in DIMENSIONS if (value := getattr(filters, name)) is not None]
    flagged = "" if filters.include_flagged else " AND flags = ''"
    return flagged + "".join(f" AND {name} = ?" for name, _value in chosen), [value for _name, value in chosen]


def _when(period: Period) -> tuple[str, list[int]]:
    """The days of a period: each named, so that the index is asked for them only; of a very long one its ends."""
    if period.days > NAMED_DAYS:
        return "day >= ? AND day < ?", [day_number(period.start), day_number(period.end)]
    days = [day_number(period.start + timedelta(days=number)) for number in range(period.days)]
    return f"day IN ({_marks(days)})", days


def _ids(period: Period) -> tuple[bytes, bytes]:
    """Ids begin with their time: those of the period in any zone lie between these."""
    return tuple(  # type: ignore[return-value]
        max(0, (day - _FIRST).days * 86_400_000).to_bytes(6, "big")
        for day in (period.start - timedelta(days=1), period.end + timedelta(days=1))
    )


def _marks(values: Iterable[object]) -> str:
    return ", ".join("?" for _value in values)
