"""Erases: rows with all their parts and counts in one transaction, then what is left of them in the file."""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from sqlite_utils import Database

from otklik_collector.response import day_number
from otklik_collector.store.audit import AuditTable
from otklik_collector.store.migrations import migrations
from otklik_collector.store.outbox import Outbox
from otklik_collector.store.responses import ResponseWriter, erased_marks
from otklik_collector.store.running import RunningCounts
from otklik_collector.store.series import SeriesTable
from otklik_collector.store.transaction import transaction
from otklik_collector.store.webhooks import WebhookTable

TRANSACTION = 2_000
"""Responses erased at once; a collector that writes meanwhile waits some tens of milliseconds."""
LONG_VACUUM = 256 * 2**20
"""Bytes from which rewriting the file would keep a running collector waiting for more than a few seconds."""
DAY_MS = 24 * 3600 * 1000


class Erasure(NamedTuple):
    """One line of the book of erasures: `subject` is a keyed hash, a day or an age, never a person's own words."""

    id: int
    erased_at: int
    asked: str
    subject: str
    by: str
    rows: dict[str, int]


class Eraser:
    """Finds what is to go, takes it out, and keeps a book of that."""

    def __init__(self, db: Database, responses: ResponseWriter) -> None:
        self._conn = db.conn
        self._responses = responses

    def of_person(self, person: bytes) -> list[bytes]:
        """The ids of a person's responses, oldest first."""
        # The index knows people by their first byte: a 256th part of them is read.
        return self._ids(
            "SELECT id FROM response WHERE substr(person, 1, 1) = substr(?1, 1, 1) AND person = ?1"
            " ORDER BY answered_at, id",
            person,
        )

    def asked_since(self, person: bytes, moment: int) -> bool:
        """Was a person erased since a moment in ms?"""
        query = "SELECT 1 FROM erasure WHERE asked = 'customer' AND subject = ? AND erased_at >= ?"
        return self._conn.execute(query, (person.hex(), moment)).fetchone() is not None

    def of_id(self, id: bytes) -> list[bytes]:
        return self._ids("SELECT id FROM response WHERE id = ?", id)

    def before(self, day: date) -> list[bytes]:
        """The ids of all responses of the local days before one."""
        return self._ids("SELECT id FROM response WHERE day < ?", day_number(day))

    def aged(self, table: str, days: int) -> list[bytes]:
        """The ids of responses whose row in a table of words (`comment`, `contact`) is older than so many days."""
        return self._ids(
            f"SELECT r.id FROM {table} AS w JOIN response AS r ON r.id = w.response WHERE r.answered_at < ?",
            int(time.time() * 1000) - days * DAY_MS,
        )

    def _ids(self, query: str, value: object) -> list[bytes]:
        return [row[0] for row in self._conn.execute(query, (value,))]

    def sources_of_people(self) -> list[str]:
        """The imports whose respondents are people of their own: a customer's key is looked up in each apart."""
        rows = self._conn.execute(
            "SELECT DISTINCT source FROM response WHERE person IS NOT NULL AND source <> '' ORDER BY source"
        )
        return [row[0] for row in rows]

    def count(self, ids: Sequence[bytes], person: bytes | None = None) -> dict[str, int]:
        """How many rows of which tables belong to these responses, and to a person who has not answered yet."""
        found: Counter[str] = Counter()
        for some in _some(ids):
            for table, column in (("response", "id"), *((part, "response") for part in self._responses.parts())):
                query = f"SELECT count(*) FROM {table} WHERE {column} IN ({', '.join('?' * len(some))})"
                found[table] += self._conn.execute(query, some).fetchone()[0]
        if person is not None:
            query = "SELECT count(*) FROM invitation WHERE person = ?"
            found["invitation"] = self._conn.execute(query, (person,)).fetchone()[0]
        return {table: n for table, n in found.items() if n}

    def erase(
        self, asked: str, subject: str, by: str, find: Callable[[], list[bytes]], person: bytes | None = None
    ) -> Erasure | None:
        """Erases what `find` gives until it gives nothing more; the line of the book, or None for nothing found.

        With a person the links go too by which they were invited.

        A person's responses go in one transaction; of very many, each 2,000 with their counts go in one.
        """
        links = [] if person is None else [partial(self._uninvited, person)]
        return self._book(asked, subject, by, chain(links, self._removed(find, self._responses.remove)))

    def _uninvited(self, person: bytes) -> dict[str, int]:
        return {"invitation": self._conn.execute("DELETE FROM invitation WHERE person = ?", (person,)).rowcount}

    def expire(self, ages: Mapping[str, int], by: str, ended: Callable[[], bool] = lambda: False) -> Erasure | None:
        """Erases comments and contacts that are older than so many days (0: for ever); their responses stay."""
        wanted = {table: days for table, days in ages.items() if days}

        def steps() -> Iterator[Callable[[], dict[str, int]]]:
            for table, days in wanted.items():
                for some in _some(self.aged(table, days)):
                    if ended():
                        return
                    yield partial(self._responses.remove_words, table, some)

        subject = ", ".join(f"{table} {days}" for table, days in wanted.items())
        return self._book("expired", subject, by, steps())

    def _removed(
        self, find: Callable[[], list[bytes]], remove: Callable[[Sequence[bytes]], dict[str, int]]
    ) -> Iterator[Callable[[], dict[str, int]]]:
        while ids := find():  # again after the last: more may have come meanwhile
            for some in _some(ids):
                yield partial(remove, some)

    def _book(self, asked: str, subject: str, by: str, steps: Iterable[Callable[[], dict[str, int]]]) -> Erasure | None:
        self._conn.execute("PRAGMA secure_delete = ON")
        rows: Counter[str] = Counter()
        number, now = None, int(time.time() * 1000)
        for step in steps:
            with transaction(self._conn):
                gone = step()
                if not any(gone.values()):
                    continue
                rows.update(gone)
                said = json.dumps({table: n for table, n in sorted(rows.items()) if n})
                if number is None:
                    number = self._conn.execute(
                        "INSERT INTO erasure (erased_at, asked, subject, by, rows) VALUES (?, ?, ?, ?, ?)",
                        (now, asked, subject, by, said),
                    ).lastrowid
                else:
                    self._conn.execute("UPDATE erasure SET rows = ? WHERE id = ?", (said, number))
        if number is None:
            return None
        return Erasure(number, now, asked, subject, by, {table: n for table, n in rows.items() if n})

    def all(self) -> list[Erasure]:
        """The book of erasures, oldest first."""
        rows = self._conn.execute("SELECT id, erased_at, asked, subject, by, rows FROM erasure ORDER BY id")
        return [
            Erasure(id, erased_at, asked, subject, by, json.loads(said))
            for id, erased_at, asked, subject, by, said in rows
        ]

    def vacuum(self) -> str | None:
        """Rewrites the file, so that nothing stays in its free space; None, or why the database refused."""
        try:
            # The copy that SQLite makes holds only what stays; it may be too large for memory.
            self._conn.execute("PRAGMA temp_store = FILE")
            self._conn.execute("VACUUM")
        except sqlite3.Error as error:
            return str(error)
        finally:
            self._conn.execute("PRAGMA temp_store = MEMORY")
        return None

    def empty_log(self, seconds: float = 20) -> bool:
        """Moves the log into the file and cuts it to nothing; False where a long reader held on to it."""
        end = time.monotonic() + seconds
        while self._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            if time.monotonic() > end:
                return False
            time.sleep(0.1)
        return True


def erase_again(db: Path, newer: Path) -> int:
    """Erases from a database what the book of a newer state of it says was erased since; returns how many responses.

    A copy that is put back must not bring back a person who was erased after it was made.
    """
    with closing(sqlite3.connect(db, isolation_level=None)) as connection:
        migrations.apply(Database(connection))  # the copy may be of an earlier version; it is not the only one
        connection.execute("ATTACH ? AS newer", (str(newer),))
        tables = {row[0] for row in connection.execute("SELECT name FROM newer.sqlite_master WHERE type = 'table'")}
        same = "SELECT (SELECT value FROM secret WHERE name = 'person') = "
        same += "(SELECT value FROM newer.secret WHERE name = 'person')"
        if "erased_id" not in tables or not connection.execute(same).fetchone()[0]:
            return 0
        with transaction(connection):
            connection.execute("INSERT OR IGNORE INTO erased_id SELECT mark FROM newer.erased_id")
            connection.execute("INSERT OR REPLACE INTO erasure SELECT * FROM newer.erasure")
            gone = "SELECT subject FROM erasure WHERE asked = 'customer'"
            connection.execute(f"DELETE FROM invitation WHERE lower(hex(person)) IN ({gone})")
        connection.execute("DETACH newer")
        found = Database(connection)
        outbox = Outbox(found, WebhookTable(found, AuditTable(found)))
        responses = ResponseWriter(found, SeriesTable(found), RunningCounts(found), outbox)
        ids = [row[0] for row in connection.execute("SELECT id FROM response")] if responses.any_erased() else []
        again = [id for some in _some(ids) for id in erased_marks(connection, some)]
        connection.execute("PRAGMA secure_delete = ON")
        for some in _some(again):
            with transaction(connection):
                responses.remove(some)
        if again:
            connection.execute("VACUUM")
        return len(again)


def _some(ids: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(ids), TRANSACTION):
        yield ids[start : start + TRANSACTION]
