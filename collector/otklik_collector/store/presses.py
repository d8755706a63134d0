"""What was pressed at kiosks, as far as it tells how the tablets do; never told by score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlite_utils import Database

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

    `first_seq` and `number`: of a week, the number of the first press and how many there are since.
    `closed`: presses of a day outside opening hours. `faces`: of a day, by series how often each score was chosen,
    where it was always the same one.
    """

    last: int | None = None
    first_seq: int | None = None
    number: int = 0
    closed: int = 0
    faces: Mapping[int, Mapping[int, int]] = MappingProxyType({})


Span = tuple[int, int]
"""From one moment to another, in ms."""


class PressReader:
    """Counts are read from the index of devices alone: hundreds of tablets press a hundred thousand times a week."""

    def __init__(self, db: Database, series: SeriesTable) -> None:
        self._conn = db.conn
        self._series = series

    def of(self, devices: Iterable[Device], closed: Callable[[Device], Iterable[Span]], now: int) -> dict[str, Presses]:
        """By kiosk; `closed`: when its place was closed on the last day."""
        known = self._known()
        return {one.device: self._of(one, known, closed(one), now) for one in devices}

    def _known(self) -> dict[str, list[int]]:
        """The numbers of the series of each touchpoint."""
        found: dict[str, list[int]] = defaultdict(list)
        for one in self._series.all():
            found[one.touchpoint].append(one.id)
        return found

    def _mine(self, device: Device, known: Mapping[str, list[int]]) -> list[int]:
        points = set(device.points).union(*(one.points for one in device.stood)) if device.points else set(known)
        return [number for point in points for number in known.get(point, ())]

    def _of(self, device: Device, known: Mapping[str, list[int]], closed: Iterable[Span], now: int) -> Presses:
        newest = {
            series: at
            for series in self._mine(device, known)
            if (at := self._one("SELECT max(answered_at) FROM response WHERE {}", device, series)) is not None
        }
        # A tablet that was this kiosk before counted by itself.
        since, yesterday = max(now - WEEK_MS, device.paired_at or 0), now - DAY_MS
        firsts, number, outside = [], 0, 0
        faces: dict[int, dict[int, int]] = {}
        for series, at in newest.items():
            if at >= since:
                firsts += self._first_seq(device, series, since)
                number += self._count(device, series, since, now + DAY_MS)
            if at >= yesterday:
                outside += sum(self._count(device, series, *span) for span in closed)
                if one_face := self._one_face(device, series, yesterday):
                    faces[series] = one_face
        return Presses(max(newest.values(), default=None), min(firsts, default=None), number, outside, faces)

    def _one(self, query: str, device: Device, series: int, *values: object) -> Any:
        where = "device = ? AND device <> '' AND series = ?"
        row = self._conn.execute(query.format(where), (device.device, series, *values)).fetchone()
        return row[0] if row else None

    def _count(self, device: Device, series: int, start: int, end: int) -> int:
        query = "SELECT count(*) FROM response WHERE {} AND answered_at >= ? AND answered_at < ?"
        return int(self._one(query, device, series, start, end))

    def _first_seq(self, device: Device, series: int, since: int) -> list[int]:
        query = "SELECT seq FROM response WHERE {} AND answered_at >= ? ORDER BY answered_at LIMIT 1"
        found = self._one(query, device, series, since)
        return [] if found is None else [found]

    def _one_face(self, device: Device, series: int, since: int) -> dict[int, int]:
        """The only score that was chosen, with its number; nearly always two of the newest presses say no."""
        where = "device = ? AND device <> '' AND series = ? AND answered_at >= ? AND flags = '' AND score IS NOT NULL"
        rows = self._conn.execute(
            f"SELECT score FROM response WHERE {where} ORDER BY answered_at DESC", (device.device, series, since)
        )
        number, face = 0, None
        for (score,) in rows:
            if face not in (None, score):
                rows.close()
                return {}
            number, face = number + 1, score
        return {} if face is None else {face: number}

    def between(self, device: Device, start: int, end: int) -> int:
        """How often the kiosk was pressed from one moment to another, in ms: read from the index alone."""
        return sum(self._count(device, series, start, end) for series in self._mine(device, self._known()))

    def usual_faces(self, series: int, place: str, today: int) -> dict[int, int]:
        """How often each score was chosen at a place in the four weeks that ended the day before yesterday."""
        end = day_of(today) - timedelta(days=1)
        row = self._conn.execute(
            f"SELECT {_COUNTS} FROM day_count WHERE dimension = ? AND member = ? AND series = ? AND flagged = 0"
            " AND day >= ? AND day < ?",
            ("place" if place else "", place, series, day_number(end - USUAL), day_number(end)),
        ).fetchone()
        return {score: number for score, number in zip(SCORES, row, strict=True) if number}
