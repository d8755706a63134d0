"""What is handed to others: saved views by name, and links with which anybody may read one map until a day."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from sqlite_utils import Database

from otklik_collector.store.audit import AuditTable
from otklik_collector.store.people import PeopleTable, Person
from otklik_collector.store.transaction import transaction
from otklik_collector.store.unguessable import hash_of


class View(NamedTuple):
    """A page of the console under a name; `user` is None where who saved it is gone. Times in milliseconds."""

    id: int
    user: int | None
    who: str
    name: str
    address: str
    shared: bool


class ReadLink(NamedTuple):
    """A map that anybody with the link may read; `query`: its period and filters."""

    id: int
    user: int
    who: str
    name: str
    query: str
    lang: str
    made_at: int
    expires_at: int


_LINKS = (
    "SELECT l.id, l.user, u.name, l.name, l.query, l.lang, l.made_at, l.expires_at FROM read_link AS l"
    " JOIN console_user AS u ON u.id = l.user"
)


class HandedTable:
    def __init__(self, db: Database, people: PeopleTable, audit: AuditTable) -> None:
        self._db = db
        self._people = people
        self._audit = audit

    def save(self, person: Person, name: str, address: str, shared: bool, now: float) -> int:
        """Saves a view and returns its number."""
        with transaction(self._db.conn):
            # Views of those who are gone are read by nobody.
            self._db.conn.execute("DELETE FROM saved_view WHERE user IS NULL AND shared = 0")
            cursor = self._db.conn.execute(
                "INSERT INTO saved_view (user, who, name, address, shared, made_at) VALUES (?, ?, ?, ?, ?, ?)",
                (person.id, person.name, name, address, int(shared), int(now * 1000)),
            )
            if shared:
                self._audit.put(now, person.name, "view-shared", detail=address)
        return int(cursor.lastrowid or 0)

    def views(self, person: Person) -> list[View]:
        """A person's own views and those that are shared, by name."""
        rows = self._db.conn.execute(
            "SELECT id, user, who, name, address, shared FROM saved_view WHERE shared = 1 OR user = ?"
            " ORDER BY shared, name, id",
            (person.id,),
        )
        return [View(id, user, who, name, address, bool(shared)) for id, user, who, name, address, shared in rows]

    def forget(self, number: int, person: Person) -> bool:
        """Takes a view away: one's own, or as administrator of the whole company a shared one."""
        with transaction(self._db.conn):
            done = self._db.conn.execute(
                "DELETE FROM saved_view WHERE id = ? AND (user = ? OR (shared = 1 AND ?))",
                (number, person.id, person.may("admin") and person.whole),
            )
        return bool(done.rowcount)

    def make_link(self, person: Person, name: str, query: str, lang: str, expires_at: int, now: float) -> str:
        """Makes a link to read and returns its token: the only time that anybody sees it."""
        token = secrets.token_urlsafe(24)
        with transaction(self._db.conn):
            self._db.conn.execute(
                "INSERT INTO read_link (hash, user, name, query, lang, made_at, expires_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (hash_of(token), person.id, name, query, lang, int(now * 1000), expires_at),
            )
            self._audit.put(now, person.name, "read-link-made", detail=query)
        return token

    def links(self, person: Person, now: float) -> list[ReadLink]:
        """The links that are alive: one's own; an administrator of the whole company sees all."""
        rows = self._db.conn.execute(
            f"{_LINKS} WHERE l.expires_at > ? AND (l.user = ? OR ?) ORDER BY l.id DESC",
            (int(now * 1000), person.id, person.may("admin") and person.whole),
        )
        return [ReadLink(*row) for row in rows]

    def link(self, token: str, now: float) -> tuple[ReadLink, Person] | None:
        """What a live link shows, and whose rights it has; None: unknown, expired or taken back."""
        row = self._db.conn.execute(
            f"{_LINKS} WHERE l.hash = ? AND l.expires_at > ?", (hash_of(token), int(now * 1000))
        ).fetchone()
        person = self._people.get(row[1]) if row else None
        return (ReadLink(*row), person) if person else None

    def revoke(self, number: int, person: Person, now: float) -> bool:
        """Takes a link back at once; False where it is gone or not theirs."""
        with transaction(self._db.conn):
            gone = self._db.conn.execute(
                "DELETE FROM read_link WHERE id = ? AND (user = ? OR ?) RETURNING query",
                (number, person.id, person.may("admin") and person.whole),
            ).fetchone()
            if gone:
                self._audit.put(now, person.name, "read-link-revoked", detail=gone[0])
        return gone is not None
