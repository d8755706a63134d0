"""Writes responses: each id counted once, revisions move the counts, all of a batch in one flushed transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from sqlite_utils import Database

from otklik_collector.response import Outcome, Response, Shown
from otklik_collector.store.migrations import SCORES
from otklik_collector.store.running import RunningCounts
from otklik_collector.store.series import SeriesTable
from otklik_collector.store.tally import Counted, Tally
from otklik_widget.contract import make_uuid7

COLUMNS = (
    "id", "rev", "series", "score", "place", "channel", "segment", "answered_at", "received_at", "day", "hour",
    "flags", "person", "reasons", "lang", "page", "device", "seq", "gap", "rate", "source", "site_key",
)  # fmt: skip
PUT = f"INSERT OR REPLACE INTO response ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
_COUNTS = [f"c{score}" for score in SCORES]
COUNT_DAY = (
    f"INSERT INTO day_count (dimension, member, day, series, flagged, {', '.join(_COUNTS)})"
    f" VALUES ({', '.join('?' * (5 + len(_COUNTS)))})"
    f" ON CONFLICT DO UPDATE SET {', '.join(f'{name} = {name} + excluded.{name}' for name in _COUNTS)}"
)
COUNT_HOUR = (
    "INSERT INTO hour_count (day, series, hour, flagged, responses, unhappy) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET responses = responses + excluded.responses, unhappy = unhappy + excluded.unhappy"
)
COUNT_SHOWN = (
    "INSERT INTO shown_count (touchpoint, scale, place, day, shown) VALUES (?, ?, ?, ?, 1)"
    " ON CONFLICT DO UPDATE SET shown = shown + 1"
)
LOOK_UP = 500
"""Ids asked for in one statement; well below SQLite's limit of parameters."""


class ResponseWriter:
    def __init__(self, db: Database, series: SeriesTable, running: RunningCounts) -> None:
        self._conn = db.conn
        self._series = series
        self._running = running

    def submit(self, responses: Sequence[Response], shown: Iterable[Shown] = ()) -> list[Outcome]:
        """Stores a batch in one transaction and returns what became of each, in order, after the flush.

        Raises `sqlite3.Error` where the disk or a lock refuses: then nothing of the batch is stored.
        """
        return self._transaction(lambda: self._submit(responses, shown))

    def _transaction(self, work: Callable[[], list[Outcome]]) -> list[Outcome]:
        self._conn.execute("BEGIN IMMEDIATE")
        try:
            outcomes = work()
            self._conn.execute("COMMIT")
        except BaseException:
            self._series.forget()
            if self._conn.in_transaction:
                self._conn.execute("ROLLBACK")
            raise
        return outcomes

    def _submit(self, responses: Sequence[Response], shown: Iterable[Shown]) -> list[Outcome]:
        tally, rows, outcomes = Tally(), {}, []
        stored = self._counted([response.id for response in responses])
        latest: dict[bytes, Response] = {}
        for response in responses:
            before = stored.get(response.id)
            if before is not None and before[0] >= response.rev:
                outcomes.append(Outcome("known", before[0]))
                continue
            series = self._series.id_of(response.touchpoint, response.scale, response.wording)
            counted = Counted(
                series, response.scale, response.score, response.place, response.channel, response.segment,
                response.day, response.hour, bool(response.flags),
            )  # fmt: skip
            if before is not None:
                tally.add(before[1], -1)
            tally.add(counted)
            stored[response.id] = (response.rev, counted)
            rows[response.id] = _row(response, series)
            latest[response.id] = response
            outcomes.append(Outcome("stored" if before is None else "revised", response.rev))
        self._conn.executemany(PUT, rows.values())
        self._words(latest, {out for out, response in latest.items() if response.rev > 1})
        self._count(tally)
        self._conn.executemany(COUNT_SHOWN, [(one.touchpoint, one.scale, one.place, one.day) for one in shown])
        return outcomes

    def _counted(self, ids: Sequence[bytes]) -> dict[bytes, tuple[int, Counted]]:
        """What is stored under these ids: the revision, and what it counts as."""
        found: dict[bytes, tuple[int, Counted]] = {}
        for start in range(0, len(ids), LOOK_UP):
            some = ids[start : start + LOOK_UP]
            rows = self._conn.execute(
                "SELECT r.id, rev, series, scale, score, place, channel, segment, day, hour, flags <> ''"
                " FROM response AS r JOIN series AS s ON s.id = r.series"
                f" WHERE r.id IN ({', '.join('?' * len(some))})",
                some,
            )
            for id, rev, *counted in rows:
                found[id] = (rev, Counted(*counted))
        return found

    def _words(self, latest: dict[bytes, Response], revised: set[bytes]) -> None:
        """Comments and contacts of the batch; a revision without one takes the earlier one away."""
        comments = [(id, response.comment) for id, response in latest.items() if response.comment]
        contacts = [
            (id, *response.contact, response.answered_at) for id, response in latest.items() if response.contact
        ]
        for table in ("comment", "contact"):
            self._conn.executemany(f"DELETE FROM {table} WHERE response = ?", [(id,) for id in revised])
        self._conn.executemany("INSERT OR REPLACE INTO comment VALUES (?, ?)", comments)
        self._conn.executemany("INSERT OR REPLACE INTO contact VALUES (?, ?, ?, ?)", contacts)

    def _count(self, tally: Tally) -> None:
        days = tally.day_rows()
        if days:
            self._running.reopen_before(min(key[2] for key in days))
        self._conn.executemany(COUNT_DAY, [(*key, *counts) for key, counts in days.items()])
        self._conn.executemany(COUNT_HOUR, [(*key, *counts) for key, counts in tally.hour_rows().items()])

    def stored(self, ids: Sequence[bytes]) -> dict[bytes, Response]:
        """The responses stored under these ids, as they stand; ids that are not stored are left out."""
        found: dict[bytes, Response] = {}
        names = ", ".join(f"r.{name}" for name in COLUMNS)
        for start in range(0, len(ids), LOOK_UP):
            some = ids[start : start + LOOK_UP]
            rows = self._conn.execute(
                f"SELECT {names}, s.touchpoint, s.scale, s.wording, coalesce(c.text, ''), t.value, t.consent"
                " FROM response AS r JOIN series AS s ON s.id = r.series"
                " LEFT JOIN comment AS c ON c.response = r.id LEFT JOIN contact AS t ON t.response = r.id"
                f" WHERE r.id IN ({', '.join('?' * len(some))})",
                some,
            )
            for row in rows:
                response = _response(row)
                found[response.id] = response
        return found

    def check_writable(self) -> None:
        """Proves that a transaction can begin and end; raises `sqlite3.Error` where not."""
        self._conn.execute("BEGIN IMMEDIATE")
        self._conn.execute("ROLLBACK")


def _row(response: Response, series: int) -> tuple[Any, ...]:
    return (
        response.id, response.rev, series, response.score, response.place, response.channel, response.segment,
        response.answered_at, response.received_at, response.day, response.hour,
        " ".join(response.flags), response.person,
        msgspec.json.encode(response.reasons).decode() if response.reasons else "[]",
        response.lang, response.page, response.device, response.seq, response.gap, response.rate,
        response.source, response.site_key,
    )  # fmt: skip


def _response(row: Sequence[Any]) -> Response:
    known = dict(zip(COLUMNS, row, strict=False))
    touchpoint, scale, wording, comment, contact, consent = row[len(COLUMNS) :]
    del known["series"]
    known["flags"] = tuple(known["flags"].split())
    known["reasons"] = tuple(msgspec.json.decode(known["reasons"]))
    return Response(
        touchpoint=touchpoint, scale=scale, wording=wording, comment=comment,
        contact=(contact, consent) if contact is not None else None, **known,
    )  # fmt: skip


def new_id(milliseconds: int) -> bytes:
    """A fresh id for an answer that came without one, such as a plain form's."""
    return make_uuid7(milliseconds).bytes
