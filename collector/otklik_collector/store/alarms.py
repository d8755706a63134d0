"""Alarms: what rang, kept as it rang, and the counts and answers from which it is heard."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlite_utils import Database

from otklik_collector.map.ringing import Day, Rang, Told
from otklik_collector.response import day_number, day_of
from otklik_collector.store.outbox import ALARM, Outbox
from otklik_collector.store.running import COUNTS
from otklik_collector.store.series import Series, SeriesTable
from otklik_widget.journey import Journey
from otklik_widget.scales import SCALES

MOST = 20_000
"""Responses of a touchpoint that are read at a time, the newest: a change shows within two hundred."""
DAY_MS = 24 * 3600 * 1000
Watched = tuple[int, str]
"""A series and a place, "" for all places together."""
_WEIGHED = " + ".join(f"{number} * {name}" for number, name in enumerate(COUNTS, 1))
_COLUMNS = (
    "id, touchpoint, scale, place, kind, side, since, day, at, responses, unhappy, usual, withheld, found_at, told_at"
)


class Alarm(NamedTuple):
    """An alarm as it rang. `withheld`: its counts would give away single responses. Times are in ms, days are local."""

    id: int
    touchpoint: str
    scale: str
    place: str
    kind: str
    side: str
    since: date
    day: date
    at: int
    responses: int
    unhappy: int
    usual: float
    withheld: bool
    found_at: int
    told_at: int | None

    def facts(self) -> dict[str, Any]:
        """What another system is told."""
        counts = {} if self.withheld else {"responses": self.responses, "unhappy": self.unhappy}
        return {
            "touchpoint": self.touchpoint, "place": self.place, "scale": self.scale, "kind": self.kind,
            "since": self.since.isoformat(), "day": self.day.isoformat(), **counts, "usual": round(self.usual, 4),
        }  # fmt: skip


class New(NamedTuple):
    """Something that rang at a series and a place, about to be kept."""

    series: Series
    place: str
    rang: Rang
    withheld: bool = False


class AlarmTable:
    def __init__(self, db: Database, series: SeriesTable, outbox: Outbox) -> None:
        self._conn = db.conn
        self._series = series
        self._outbox = outbox

    def watched(self, journey: Journey) -> dict[int, Series]:
        """The series that may ring: of each touchpoint the main question in its newest words."""
        found: dict[str, Series] = {}
        for one in self._series.all():
            point = journey.touchpoints.get(one.touchpoint)
            if point and point.main == one.scale and SCALES[one.scale].kind is not None:
                known = found.get(one.touchpoint)
                found[one.touchpoint] = one if known is None or known.version < one.version else known
        return {one.id: one for one in found.values()}

    def loads(self, since: date) -> dict[Watched, int]:
        """By series and place a number that moves whenever an accepted response since a day comes, goes or changes."""
        rows = self._conn.execute(
            f"SELECT series, member, sum({_WEIGHED}) FROM day_count WHERE dimension IN ('', 'place') AND day >= ?"
            " AND flagged = 0 GROUP BY dimension, member, series",
            (day_number(since),),
        )
        return {(series, member): load for series, member, load in rows}

    def days(self, place: str, series: Mapping[int, Series], since: date) -> dict[int, list[Day]]:
        """By series its local days at a place since a day, in order."""
        rows = self._conn.execute(
            f"SELECT series, day, {', '.join(COUNTS)} FROM day_count WHERE dimension = ? AND member = ? AND day >= ?"
            f" AND flagged = 0 AND series IN ({', '.join('?' * len(series))}) ORDER BY day",
            ("place" if place else "", place, day_number(since), *series),
        )
        found: dict[int, list[Day]] = defaultdict(list)
        for number, day, *counts in rows:
            bad = SCALES[series[number].scale].unhappy
            if responses := sum(counts):
                found[number].append(Day(day_of(day), sum(counts[score] for score in bad), responses))
        return found

    def told(self, series: Series, days: Iterable[Day]) -> dict[str, list[Told]]:
        """By place, and under "" of all, the newest accepted responses of these days, in the order of answering."""
        bad, left = SCALES[series.scale].unhappy, MOST
        rows: list[tuple[int, bytes, date, int, str]] = []
        for one in sorted(days, reverse=True):
            if left <= 0:
                break
            found = self._conn.execute(
                "SELECT answered_at, id, score, place FROM response WHERE day = ? AND series = ? AND flags = ''"
                " AND score IS NOT NULL ORDER BY id DESC LIMIT ?",
                (day_number(one.day), series.id, left),
            ).fetchall()
            rows += [(at, id, one.day, score, place) for at, id, score, place in found]
            left -= len(found)
        by_place: dict[str, list[Told]] = defaultdict(list)
        for at, _id, day, score, place in sorted(rows):
            told = Told(at, day, score in bad)
            by_place[""].append(told)
            if place:
                by_place[place].append(told)
        return by_place

    def last(self, series: Series, place: str, side: str) -> int:
        """When the answer was given that last rang a lasting change on a side; 0 where none did."""
        row = self._conn.execute(
            "SELECT coalesce(max(at), 0) FROM alarm WHERE touchpoint = ? AND scale = ? AND place = ? AND side = ?",
            (series.touchpoint, series.scale, place, side),
        ).fetchone()
        return int(row[0])

    def put(self, new: Sequence[New], now: int) -> list[Alarm]:
        """Keeps what is new of these, inside the caller's transaction; returns what is."""
        found = []
        for series, place, rang, withheld in new:
            row = self._conn.execute(
                "INSERT OR IGNORE INTO alarm (touchpoint, scale, place, kind, side, since, day, at, responses, unhappy,"
                f" usual, withheld, found_at) VALUES ({', '.join('?' * 13)}) RETURNING {_COLUMNS}",
                (
                    series.touchpoint, series.scale, place, rang.kind, rang.side, day_number(rang.since),
                    day_number(rang.day), rang.at, rang.responses, rang.unhappy, rang.usual, withheld, now,
                ),
            ).fetchone()  # fmt: skip
            if row:
                found.append(_alarm(row))
        return found

    def tell(self, alarms: Iterable[Alarm], now: int) -> None:
        """Tells webhooks of worsening, once in 24 hours for each touchpoint; inside the caller's transaction."""
        for one in alarms:
            last = self._conn.execute(
                "SELECT max(told_at) FROM alarm WHERE touchpoint = ?", (one.touchpoint,)
            ).fetchone()[0]
            if one.side == "worse" and (last is None or last <= now - DAY_MS):
                self._outbox.tell(ALARM, one.facts(), one.touchpoint)
                self._conn.execute("UPDATE alarm SET told_at = ? WHERE id = ?", (now, one.id))

    def get(self, ids: Sequence[int]) -> list[Alarm]:
        rows = self._conn.execute(f"SELECT {_COLUMNS} FROM alarm WHERE id IN ({', '.join('?' * len(ids))})", ids)
        return [_alarm(row) for row in rows]

    def newest(
        self,
        places: Sequence[str] | None,
        limit: int,
        *,
        touchpoint: str = "",
        since: date | None = None,
        skip: int = 0,
    ) -> list[Alarm]:
        """The newest first; `places`: only what rang at these, "" for what rang over all of them; None: everything."""
        where: list[str] = ["1"]
        values: list[str] = []
        if places is not None:
            where.append(f"place IN ({', '.join('?' * len(places))})")
            values += places
        if touchpoint:
            where.append("touchpoint = ?")
            values.append(touchpoint)
        rows = self._conn.execute(
            f"SELECT {_COLUMNS} FROM alarm WHERE {' AND '.join(where)} AND day >= ? ORDER BY day DESC, id DESC"
            " LIMIT ? OFFSET ?",
            (*values, day_number(since) if since else 0, limit, skip),
        )
        return [_alarm(row) for row in rows]


def _alarm(row: sqlite3.Row | tuple[Any, ...]) -> Alarm:
    found = Alarm(*row)
    return found._replace(since=day_of(row[6]), day=day_of(row[7]), withheld=bool(found.withheld))
