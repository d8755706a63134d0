"""Counts of every series by day, as roll-ups hold them, and of its parts: for lines over time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlite_utils import Database

from otklik_collector.map.series import Filters, Period
from otklik_collector.map.suppression import Cell
from otklik_collector.response import day_number
from otklik_collector.store.migrations import SCORES
from otklik_collector.store.series import Series, SeriesTable
from otklik_collector.store.tally import DIMENSIONS

_COUNTS = ", ".join(f"c{score}" for score in SCORES)
_FROM_ROWS = ", ".join(f"sum(score = {score})" for score in SCORES)


class DayOfSeries(NamedTuple):
    """What one series got on one day; `counts` by score, those that are zero left out."""

    day: int
    series: Series
    flagged: bool
    counts: dict[int, int]


class DayReader:
    def __init__(self, db: Database, series: SeriesTable) -> None:
        self._conn = db.conn
        self._series = series

    def of(self, period: Period, filters: Filters) -> Iterator[DayOfSeries]:
        """By day, series and whether flagged; two filters at once are read from rows, which takes longer."""
        chosen = [(name, value) for name in DIMENSIONS if (value := getattr(filters, name)) is not None]
        days = (day_number(period.start), day_number(period.end))
        if len(chosen) > 1:
            where = "".join(f" AND {name} = ?" for name, _value in chosen)
            query = (
                f"SELECT day, series, flags <> '' AS flagged, {_FROM_ROWS} FROM response"
                f" WHERE day >= ? AND day < ? AND score IS NOT NULL{where}"
                " GROUP BY day, series, flagged ORDER BY day, series, flagged"
            )
            rows = self._conn.execute(query, (*days, *(value for _name, value in chosen)))
        else:
            query = (
                f"SELECT day, series, flagged, {_COUNTS} FROM day_count"
                " WHERE dimension = ? AND member = ? AND day >= ? AND day < ? ORDER BY day, series, flagged"
            )
            rows = self._conn.execute(query, (*(chosen or [("", "")])[0], *days))
        known = {one.id: one for one in self._series.all()}
        for day, series, flagged, *counts in rows:
            found = {score: number for score, number in zip(SCORES, counts, strict=True) if number}
            yield DayOfSeries(day, known[series], bool(flagged), found)

    def parts(
        self, period: Period, flags: tuple[int, ...], known: Mapping[str, Sequence[str]], place: str | None
    ) -> Iterator[tuple[int, Series, Cell, int]]:
        """Day, series, cell and its responses, by the names in `known`; "" for a member that cannot be asked for.

        For judging which of them may be told. `flags`: of those that are not flagged (0), flagged (1) or both;
        `place`: only of this one.
        """
        flagged = f" AND (flags <> '') IN ({', '.join(map(str, flags))})"
        only = "" if place is None else " AND place = ?"
        names = ", ".join(known)
        rows = self._conn.execute(
            f"SELECT day, series, {names}, count(*) FROM response"
            f" WHERE day >= ? AND day < ? AND score IS NOT NULL{flagged}{only} GROUP BY day, series, {names}",
            (day_number(period.start), day_number(period.end), *(() if place is None else (place,))),
        )
        series = {one.id: one for one in self._series.all()}
        members = [set(each) for each in known.values()]
        for day, number, *cell, n in rows:
            asked = tuple(name if name in each else "" for name, each in zip(cell, members, strict=True))
            yield day, series[number], asked, n
