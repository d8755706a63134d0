"""What was pressed at kiosks, as far as it tells how the tablets do; never told by score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlite_utils import Database

from otklik_collector.misuse import CLOSED
from otklik_collector.response import day_number, day_of
from otklik_collector.store.devices import Device
from otklik_collector.store.migrations import SCORES
from otklik_collector.store.series import SeriesTable

DAY_MS = 24 * 3600_000
WEEK_MS = 7 * DAY_MS
USUAL = timedelta(days=28)
_COUNTS = ", ".join(f"sum(c{score})" for score in SCORES)


class Presses(NamedTuple):
    """What is stored of a kiosk: when the last press was, and of a week and a day what the rules need.

    `first_seq` and `seqs`: of a week, the lowest number of a press and how many different ones there are.
    `closed`: presses of a day outside opening hours. `faces`: of a day, by series how often each score was chosen.
    """

    last: int | None = None
    first_seq: int | None = None
    seqs: int = 0
    closed: int = 0
    faces: Mapping[int, Mapping[int, int]] = MappingProxyType({})


class PressReader:
    def __init__(self, db: Database, series: SeriesTable) -> None:
        self._conn = db.conn
        self._series = series

    def of(self, devices: Iterable[Device], seqs: Mapping[str, int], now: int) -> dict[str, Presses]:
        """By kiosk; `seqs`: the number of the last press that each told."""
        known = self._known()
        return {one.device: self._of(one, known, seqs.get(one.device, 0), now) for one in devices}

    def _known(self) -> dict[str, list[int]]:
        """The numbers of the series of each touchpoint."""
        found: dict[str, list[int]] = defaultdict(list)
        for one in self._series.all():
            found[one.touchpoint].append(one.id)
        return found

    def _mine(self, device: Device, known: Mapping[str, list[int]]) -> list[int]:
        points = set(device.points).union(*(one.points for one in device.stood)) if device.points else set(known)
        return [number for point in points for number in known.get(point, ())]

    def _of(self, device: Device, known: Mapping[str, list[int]], seq: int, now: int) -> Presses:
        last: int | None = None
        first: int | None = None
        numbers: set[int] = set()
        closed, faces = 0, {}
        for series in self._mine(device, known):
            newest = self._one("SELECT max(answered_at) FROM response WHERE {}", device, series)
            if newest is None:
                continue
            last = max(newest, last or 0)
            if newest >= now - WEEK_MS and seq:
                numbers |= self._seqs(device, series, seq, now)
            if newest >= now - DAY_MS:
                its, outside = self._day(device, series, now)
                closed += outside
                faces[series] = its
        if numbers:
            first = min(numbers)
        return Presses(last, first, len(numbers), closed, faces)

    def _one(self, query: str, device: Device, series: int, *values: object) -> Any:
        where = "device = ? AND device <> '' AND series = ?"
        return self._conn.execute(query.format(where), (device.device, series, *values)).fetchone()[0]

    def _seqs(self, device: Device, series: int, seq: int, now: int) -> set[int]:
        """The numbers of the presses since it was paired, of a week at most; a tablet before it counted by itself."""
        since = max(now - WEEK_MS, device.paired_at or 0)
        rows = self._conn.execute(
            "SELECT DISTINCT seq FROM response WHERE device = ? AND device <> '' AND series = ? AND answered_at >= ?"
            " AND seq <= ?",
            (device.device, series, since, seq),
        )
        return {number for (number,) in rows}

    def _day(self, device: Device, series: int, now: int) -> tuple[dict[int, int], int]:
        """Of a day: how often each score was chosen, and how many presses came when it was closed."""
        rows = self._conn.execute(
            "SELECT score, flags, count(*) FROM response WHERE device = ? AND device <> '' AND series = ?"
            " AND answered_at >= ? AND score IS NOT NULL GROUP BY score, flags",
            (device.device, series, now - DAY_MS),
        ).fetchall()
        faces = {score: number for score, flags, number in rows if not flags}
        return faces, sum(number for _score, flags, number in rows if CLOSED in flags.split())

    def between(self, device: Device, start: int, end: int) -> int:
        """How often the kiosk was pressed from one moment to another, in ms: read from the index alone."""
        query = "SELECT count(*) FROM response WHERE {} AND answered_at >= ? AND answered_at < ?"
        return sum(self._one(query, device, series, start, end) for series in self._mine(device, self._known()))

    def usual_faces(self, series: int, place: str, today: int) -> dict[int, int]:
        """How often each score was chosen at a place in the four weeks that ended the day before yesterday."""
        end = day_of(today) - timedelta(days=1)
        row = self._conn.execute(
            f"SELECT {_COUNTS} FROM day_count WHERE dimension = ? AND member = ? AND series = ? AND flagged = 0"
            " AND day >= ? AND day < ?",
            ("place" if place else "", place, series, day_number(end - USUAL), day_number(end)),
        ).fetchone()
        return {score: number for score, number in zip(SCORES, row, strict=True) if number}
