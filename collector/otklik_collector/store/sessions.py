"""Sessions of the console: kept here, so that each can be ended at once; the browser holds a token, we its hash."""

from __future__ import annotations

import secrets
import sqlite3
from contextlib import suppress
from typing import NamedTuple

from sqlite_utils import Database

from otklik_collector.store.audit import COMMAND_LINE, AuditTable
from otklik_collector.store.people import PeopleTable, Person
from otklik_collector.store.transaction import transaction
from otklik_collector.store.unguessable import hash_of

IDLE_SECONDS = 12 * 3600
LIFE_SECONDS = 14 * 24 * 3600
SEEN_EVERY = 60
"""A page a second must not be a write a second."""


class Session(NamedTuple):
    """A browser that is signed in; times are in milliseconds."""

    handle: str
    user: int
    created_at: int
    seen_at: int
    browser: str


class SessionTable:
    def __init__(self, db: Database, people: PeopleTable, audit: AuditTable) -> None:
        self._db = db
        self._people = people
        self._audit = audit

    def begin(self, person: Person, browser: str, now: float, instead_of: str = "") -> str:
        """Signs somebody in and returns the token; what the browser had before is never taken over."""
        token = secrets.token_urlsafe(32)
        with transaction(self._db.conn):
            self._db.conn.execute(
                "DELETE FROM console_session WHERE token = ? OR seen_at <= ? OR created_at <= ?",
                (hash_of(instead_of), _ms(now - IDLE_SECONDS), _ms(now - LIFE_SECONDS)),
            )
            self._db.conn.execute(
                "INSERT INTO console_session (token, user, created_at, seen_at, browser) VALUES (?, ?, ?, ?, ?)",
                (hash_of(token), person.id, _ms(now), _ms(now), browser),
            )
            self._audit.put(now, person.name, "signed-in")
        return token

    def person(self, token: str, now: float) -> Person | None:
        """Whose session it is, with the rights of this moment; None where it has ended or never was."""
        row = self._db.conn.execute(
            "SELECT user, seen_at FROM console_session WHERE token = ? AND seen_at > ? AND created_at > ?",
            (hash_of(token), _ms(now - IDLE_SECONDS), _ms(now - LIFE_SECONDS)),
        ).fetchone()
        if not row:
            return None
        if row[1] <= _ms(now - SEEN_EVERY):
            with suppress(sqlite3.OperationalError):  # somebody else writes just now: the next page will tell
                self._db.conn.execute(
                    "UPDATE console_session SET seen_at = ? WHERE token = ?", (_ms(now), hash_of(token))
                )
        return self._people.get(row[0])

    def live(self, now: float, user: int | None = None) -> list[Session]:
        """The sessions that have not ended, of one person or of all, the last seen first."""
        rows = self._db.conn.execute(
            "SELECT token, user, created_at, seen_at, browser FROM console_session"
            " WHERE seen_at > ?1 AND created_at > ?2 AND (?3 IS NULL OR user = ?3) ORDER BY seen_at DESC, token",
            (_ms(now - IDLE_SECONDS), _ms(now - LIFE_SECONDS), user),
        )
        return [Session(handle_of(token), *rest) for token, *rest in rows]

    def end(self, token: str, now: float, person: Person) -> None:
        """Signs one browser out."""
        with transaction(self._db.conn):
            self._db.conn.execute("DELETE FROM console_session WHERE token = ?", (hash_of(token),))
            self._audit.put(now, person.name, "signed-out")

    def end_one(self, person: Person, handle: str, now: float, by: str = COMMAND_LINE) -> bool:
        """Ends a session by its handle; False where the person has no such session."""
        return self._end(person, "hex(substr(token, 1, 8)) = upper(?)", handle, now, by) > 0

    def end_others(self, person: Person, keep: str, now: float) -> int:
        """Ends all sessions of a person but the one with this token; returns how many."""
        return self._end(person, "token <> ?", hash_of(keep), now, person.name)

    def end_all(self, person: Person, now: float, by: str = COMMAND_LINE) -> int:
        """Signs somebody out everywhere; returns how many sessions ended."""
        return self._end(person, "token <> ?", b"", now, by)

    def _end(self, person: Person, where: str, value: object, now: float, by: str) -> int:
        with transaction(self._db.conn):
            ended = self._db.conn.execute(
                f"DELETE FROM console_session WHERE user = ? AND {where}", (person.id, value)
            ).rowcount
            if ended:
                self._audit.put(now, by, "sessions-ended", person.name, str(ended))
        return int(ended)


def handle_of(token: bytes) -> str:
    """What a session is called on a page: the beginning of its hash, worth nothing to a thief."""
    return token[:8].hex()


def _ms(seconds: float) -> int:
    return int(seconds * 1000)
