"""Writes responses: each id counted once, revisions move the counts, all of a batch in one flushed transaction."""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from sqlite_utils import Database

from otklik_collector.response import Outcome, Response, Shown
from otklik_collector.store.batch import ManyRows, repeated
from otklik_collector.store.outbox import Outbox
from otklik_collector.store.running import COUNTS, RunningCounts, moved
from otklik_collector.store.series import SeriesTable
from otklik_collector.store.suspicion import Suspicion
from otklik_collector.store.tally import Counted, Tally
from otklik_collector.store.transaction import transaction
from otklik_widget.contract import make_uuid7

COLUMNS = (
    "id", "rev", "series", "score", "place", "channel", "segment", "answered_at", "received_at", "day", "hour",
    "flags", "person", "reasons", "lang", "page", "device", "seq", "gap", "rate", "source", "site_key",
)  # fmt: skip
DAY_COLUMNS = ("dimension", "member", "day", "series", "flagged", *COUNTS)
HOUR_COLUMNS = ("day", "series", "hour", "flagged", "responses", "unhappy")
COUNT_SHOWN = (
    "INSERT INTO shown_count (touchpoint, scale, place, day, shown) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET shown = shown + excluded.shown"
)
Also = Callable[[Iterable[Response]], None]
"""What else is to be done with responses that are stored or revised, in the same transaction."""
LOOK_UP = 512
"""Ids asked for in one statement; well below SQLite's limit of parameters."""

DAYS_AT_ONCE = 100
"""Days of a touchpoint judged in one transaction, so that a running collector waits little."""


class ResponseWriter:
    def __init__(self, db: Database, series: SeriesTable, running: RunningCounts, outbox: Outbox) -> None:
        self._db = db
        self._conn = db.conn
        self._outbox = outbox
        self._series = series
        self._running = running
        self._responses = ManyRows(self._conn, "OR REPLACE INTO response", COLUMNS)
        self._days = ManyRows(self._conn, "INTO day_count", DAY_COLUMNS, f"ON CONFLICT DO UPDATE SET {moved(COUNTS)}")
        self._hours = ManyRows(
            self._conn, "INTO hour_count", HOUR_COLUMNS, f"ON CONFLICT DO UPDATE SET {moved(HOUR_COLUMNS[-2:])}"
        )
        self._suspicion = Suspicion(db.conn)
        self.also: Also | None = None

    def submit(self, responses: Sequence[Response], shown: Iterable[Shown] = ()) -> list[Outcome]:
        """Stores a batch in one transaction and returns what became of each, in order, after the flush.

        Raises `sqlite3.Error` where the disk or a lock refuses: then nothing of the batch is stored.
        """
        try:
            with transaction(self._conn):
                return self._submit(responses, shown)
        except BaseException:
            self._series.forget()
            self._suspicion.forget()
            raise

    def _submit(self, responses: Sequence[Response], shown: Iterable[Shown]) -> list[Outcome]:
        tally, rows, outcomes = Tally(), {}, []
        stored = self._counted([response.id for response in responses])
        newer = [one.id for one in responses if stored.get(one.id, (one.rev,))[0] < one.rev]
        imported = self._imported(newer)
        kept, spots = self._suspicion.before(newer)
        latest: dict[bytes, Response] = {}
        revised: set[bytes] = set()
        erased: set[bytes] = set()
        if len(stored) < len(responses) and self.any_erased():
            erased = erased_marks(self._conn, [response.id for response in responses if response.id not in stored])
        for response in responses:
            if response.id in erased:
                # An outbox or a spreadsheet that still has it must not bring it back.
                outcomes.append(Outcome("known", response.rev))
                continue
            before = stored.get(response.id)
            # The id of an imported row follows from the row: who knows that could write over it from outside.
            if before is not None and (before[0] >= response.rev or (response.id in imported and not response.source)):
                outcomes.append(Outcome("known", before[0]))
                continue
            if response.id in kept:
                response = kept[response.id].on(response)
            series = self._series.id_of(response.touchpoint, response.scale, response.wording)
            counted = Counted(
                series, response.scale, response.score, response.place, response.channel, response.segment,
                response.day, response.hour, bool(response.flags),
            )  # fmt: skip
            if before is not None:
                tally.add(before[1], -1)
                revised.add(response.id)
            tally.add(counted)
            stored[response.id] = (response.rev, counted)
            rows[response.id] = _row(response, series)
            latest[response.id] = response
            outcomes.append(Outcome("stored" if before is None else "revised", response.rev))
        self._responses.put(list(rows.values()))
        self._words(latest, {out for out, response in latest.items() if response.rev > 1})
        if self.also:
            self.also(latest.values())
        self._suspicion.judge([(response, rows[id][2]) for id, response in latest.items()], spots, tally)
        self.count(tally)
        self._outbox.responses(latest, revised)
        self._conn.executemany(
            COUNT_SHOWN, [(one.touchpoint, one.scale, one.place, one.day, one.times) for one in shown]
        )
        return outcomes

    def _counted(self, ids: Sequence[bytes]) -> dict[bytes, tuple[int, Counted]]:
        """What is stored under these ids: the revision, and what it counts as."""
        found: dict[bytes, tuple[int, Counted]] = {}
        for start in range(0, len(ids), LOOK_UP):
            some = repeated(ids[start : start + LOOK_UP])
            rows = self._conn.execute(
                "SELECT r.id, rev, series, scale, score, place, channel, segment, day, hour, flags <> ''"
                " FROM response AS r JOIN series AS s ON s.id = r.series"
                f" WHERE r.id IN ({', '.join('?' * len(some))})",
                some,
            )
            for id, rev, *counted in rows:
                found[id] = (rev, Counted(*counted))
        return found

    def _imported(self, ids: Sequence[bytes]) -> set[bytes]:
        """Those of the stored ids that a file brought."""
        found: set[bytes] = set()
        for start in range(0, len(ids), LOOK_UP):
            some = ids[start : start + LOOK_UP]
            query = f"SELECT id FROM response WHERE id IN ({', '.join('?' * len(some))}) AND source <> ''"
            found |= {row[0] for row in self._conn.execute(query, some)}
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

    def count(self, tally: Tally) -> None:
        """Moves the roll-ups; inside the caller's transaction."""
        days = tally.day_rows()
        if days:
            self._running.reopen_before(min(key[2] for key in days))
        self._days.put([(*key, *counts) for key, counts in days.items()])
        self._hours.put([(*key, *sums) for key, sums in tally.hour_rows().items()])

    def judge_passes(self, days: Iterable[tuple[str, int]]) -> None:
        """Judges presses anew by touchpoint and day, after the customers who passed were told."""
        waiting = sorted(set(days))
        for start in range(0, len(waiting), DAYS_AT_ONCE):
            with transaction(self._conn):
                tally = Tally()
                for touchpoint, day in waiting[start : start + DAYS_AT_ONCE]:
                    self._suspicion.judge_passes(touchpoint, day, tally)
                self.count(tally)

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

    def parts(self) -> list[str]:
        """The tables that hold parts of a response: every one with a column `response`, later ones too."""
        rows = self._conn.execute(
            "SELECT m.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c"
            " WHERE m.type = 'table' AND c.name = 'response' ORDER BY m.name"
        )
        return [row[0] for row in rows]

    def remove(self, ids: Sequence[bytes]) -> dict[str, int]:
        """Takes responses away with all their parts, their counts and the way back; rows gone by table.

        Inside the caller's transaction. An id that was removed is remembered by its mark and never stored again.
        """
        tally, gone = Tally(), dict.fromkeys(("response", *self.parts()), 0)
        counted = self._counted(ids)
        for _rev, row in counted.values():
            tally.add(row, -1)
        for table in gone:
            gone[table] = self.remove_words(table, list(counted))[table]
        self.count(tally)
        # A row of nothing but zeros would still tell that somebody answered on that day; a flag leaves one beside.
        empty = " AND ".join(f"{name} = 0" for name in COUNTS)
        self._conn.executemany(
            f"DELETE FROM day_count WHERE dimension = ? AND member = ? AND day = ? AND series = ? AND {empty}",
            {key[:4] for key in tally.day_rows()},
        )
        self._conn.executemany(
            "DELETE FROM hour_count WHERE day = ? AND series = ? AND hour = ? AND responses = 0",
            {key[:3] for key in tally.hour_rows()},
        )
        secret = person_secret(self._conn)
        self._conn.executemany("INSERT OR IGNORE INTO erased_id VALUES (?)", [(mark(secret, id),) for id in counted])
        self._outbox.erased(list(counted))
        return gone

    def remove_words(self, table: str, ids: Sequence[bytes]) -> dict[str, int]:
        """Takes the rows of one table away; how many there were. Inside the caller's transaction."""
        column, gone = "id" if table == "response" else "response", 0
        for start in range(0, len(ids), LOOK_UP):
            some = ids[start : start + LOOK_UP]
            query = f"DELETE FROM {table} WHERE {column} IN ({', '.join('?' * len(some))})"
            gone += self._conn.execute(query, some).rowcount
        return {table: gone}

    def was_erased(self, id: bytes) -> bool:
        """Was the response of this id erased? It can never be stored again."""
        return self.any_erased() and bool(erased_marks(self._conn, [id]))

    def any_erased(self) -> bool:
        """Was anything ever erased? One short question a batch saves all its ids a look-up."""
        return bool(self._conn.execute("SELECT EXISTS (SELECT 1 FROM erased_id)").fetchone()[0])


def person_secret(connection: sqlite3.Connection) -> bytes:
    """The key of the hashes that stand for a customer, a respondent or an erased response."""
    return bytes(connection.execute("SELECT value FROM secret WHERE name = 'person'").fetchone()[0])


def mark(secret: bytes, id: bytes) -> bytes:
    """What is remembered of an erased response: a keyed hash that nobody can turn back into its id."""
    return hmac.digest(secret, b"erased " + id, "sha256")[:16]


def erased_marks(connection: sqlite3.Connection, ids: Sequence[bytes]) -> set[bytes]:
    """Those of the ids that were erased."""
    secret = person_secret(connection)
    ids_by_mark = {mark(secret, id): id for id in ids}
    marks, found = list(ids_by_mark), set()
    for start in range(0, len(marks), LOOK_UP):
        some = marks[start : start + LOOK_UP]
        query = f"SELECT mark FROM erased_id WHERE mark IN ({', '.join('?' * len(some))})"
        found |= {ids_by_mark[row[0]] for row in connection.execute(query, some)}
    return found


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
