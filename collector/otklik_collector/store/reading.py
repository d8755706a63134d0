"""Reads responses row by row: in short steps, so that a long reader never keeps the log from being emptied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlite_utils import Database

from otklik_collector.store.series import SeriesTable

STEP = 2_000
"""Responses looked at in one statement: some tens of milliseconds, and no transaction outlives it."""

Key = tuple[int, int, bytes]
"""Where a response stands in the order of reading: its day, its series' number, its id."""


@dataclass(frozen=True)
class Wanted:
    """Which responses; days are numbers, `end` is not part of it. Empty or None: all of them.

    `received_until` (ms): nothing that came later, so that a long reading is of one moment. `commented`: only those
    with words. `words`: read comments, contacts and people too.
    """

    start: int
    end: int
    touchpoint: str | None = None
    scale: str | None = None
    places: tuple[str, ...] = ()
    segment: str | None = None
    channel: str | None = None
    flagged: bool | None = None
    received_until: int | None = None
    commented: bool = False
    words: bool = False


class Row(NamedTuple):
    """A stored response as it is read; `flags` are words, `reasons` a list in JSON."""

    day: int
    series: int
    id: bytes
    rev: int
    score: int | None
    place: str
    channel: str
    segment: str
    answered_at: int
    received_at: int
    hour: int | None
    flags: str
    reasons: str
    lang: str
    page: str
    source: str
    touchpoint: str
    scale: str
    wording: int
    person: bytes | None = None
    comment: str | None = None
    contact: str | None = None
    consent: str | None = None

    @property
    def key(self) -> Key:
        return self.day, self.series, self.id


_COLUMNS = (
    "r.day, r.series, r.id, r.rev, r.score, r.place, r.channel, r.segment, r.answered_at, r.received_at, r.hour,"
    " r.flags, r.reasons, r.lang, r.page, r.source, s.touchpoint, s.scale, s.version"
)


class ResponseReader:
    def __init__(self, db: Database, series: SeriesTable) -> None:
        self._conn = db.conn
        self._series = series

    def steps(self, wanted: Wanted, after: Key | None = None, step: int = STEP) -> Iterator[tuple[list[Row], Key]]:
        """The responses in the order of `Key`, step by step, each with where it ended; steps may be empty.

        Between two steps nothing is held: what was erased meanwhile is not seen, what has been read is not read again.
        """
        chosen = self._chosen_series(wanted)
        if chosen == []:
            return
        last = after or (wanted.start, -1, b"")
        while True:
            end = self._end_of_step(wanted, chosen, last, step)
            # Past the last one: an end that stands behind every response of the period.
            rows = self._rows(wanted, chosen, last, end or (wanted.end, -1, b""))
            last = end or (rows[-1].key if rows else last)
            yield rows, last
            if end is None:
                return

    def _chosen_series(self, wanted: Wanted) -> list[int] | None:
        """The numbers of the series asked for; None for all."""
        if wanted.touchpoint is None and wanted.scale is None:
            return None
        return [
            one.id
            for one in self._series.all()
            if wanted.touchpoint in (None, one.touchpoint) and wanted.scale in (None, one.scale)
        ]

    def _end_of_step(self, wanted: Wanted, chosen: list[int] | None, last: Key, step: int) -> Key | None:
        """The last response of a step, found in the index alone: a filter that few pass must not make a step long."""
        series = f" AND series IN ({', '.join('?' * len(chosen))})" if chosen else ""
        row = self._conn.execute(
            f"SELECT day, series, id FROM response WHERE (day, series, id) > (?, ?, ?) AND day < ?{series}"
            " ORDER BY day, series, id LIMIT 1 OFFSET ?",
            (*last, wanted.end, *(chosen or ()), step - 1),
        ).fetchone()
        return row and tuple(row)

    def _rows(self, wanted: Wanted, chosen: list[int] | None, last: Key, end: Key) -> list[Row]:
        columns, tables = _COLUMNS, "response AS r JOIN series AS s ON s.id = r.series"
        where, values = ["(r.day, r.series, r.id) > (?, ?, ?)", "(r.day, r.series, r.id) <= (?, ?, ?)"], [*last, *end]
        if wanted.words:
            columns += ", r.person, c.text, t.value, t.consent"
            tables += " LEFT JOIN contact AS t ON t.response = r.id"
            tables += f" {'' if wanted.commented else 'LEFT '}JOIN comment AS c ON c.response = r.id"

        def only(condition: str, *more: Any) -> None:
            where.append(condition)
            values.extend(more)

        if chosen:
            only(f"r.series IN ({', '.join('?' * len(chosen))})", *chosen)
        if wanted.places:
            only(f"r.place IN ({', '.join('?' * len(wanted.places))})", *wanted.places)
        for name in ("segment", "channel"):
            if (value := getattr(wanted, name)) is not None:
                only(f"r.{name} = ?", value)
        if wanted.flagged is not None:
            only(f"r.flags {'<>' if wanted.flagged else '='} ''")
        if wanted.received_until is not None:
            # A revision stands in the place of what was there before: it must not leave a gap.
            only("(r.received_at <= ? OR r.rev > 1)", wanted.received_until)
        rows = self._conn.execute(
            f"SELECT {columns} FROM {tables} WHERE {' AND '.join(where)} ORDER BY r.day, r.series, r.id", values
        )
        return [Row(*row) for row in rows]
