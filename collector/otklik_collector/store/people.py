"""Who may open the console: people with a role and places, and the links with which they choose a password."""

from __future__ import annotations

import json
import secrets
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from sqlite_utils import Database

from otklik_collector.store.audit import COMMAND_LINE, AuditTable
from otklik_collector.store.transaction import transaction
from otklik_collector.store.unguessable import hash_of

ROLES = ("viewer", "manager", "admin")
LINK_HOURS = 24
_COLUMNS = "id, name, role, places, password <> ''"


class Person(NamedTuple):
    """Somebody who may sign in; without places the whole company is theirs."""

    id: int
    name: str
    role: str
    places: tuple[str, ...]
    has_password: bool

    @property
    def whole(self) -> bool:
        """Is this person limited to no place?"""
        return not self.places

    def may(self, role: str) -> bool:
        """Has this person the role or a higher one?"""
        return ROLES.index(self.role) >= ROLES.index(role)

    def governs(self, role: str, places: Sequence[str]) -> bool:
        """May this person make, change or remove somebody with this role and these places?"""
        within = self.whole or (bool(places) and set(places) <= set(self.places))
        return self.may("admin") and role in ROLES and within


class NameTaken(Exception):  # noqa: N818 - a refusal, not a failure
    """There is already somebody of this name."""


class LastAdmin(Exception):  # noqa: N818
    """Without this person nobody could let others in."""


def folded(name: str) -> str:
    """A name as it is compared: “Анна” is “анна”, however its letters are composed."""
    return unicodedata.normalize("NFKC", " ".join(name.split())).casefold()


class PeopleTable:
    def __init__(self, db: Database, audit: AuditTable) -> None:
        self._db = db
        self._audit = audit

    def anybody(self) -> bool:
        """Is there somebody at all? Until then the console is for this machine only."""
        return bool(self._db.conn.execute("SELECT EXISTS (SELECT 1 FROM console_user)").fetchone()[0])

    def all(self) -> list[Person]:
        rows = self._db.conn.execute(f"SELECT {_COLUMNS} FROM console_user ORDER BY folded")
        return [_person(row) for row in rows]

    def get(self, id: int) -> Person | None:
        row = self._db.conn.execute(f"SELECT {_COLUMNS} FROM console_user WHERE id = ?", (id,)).fetchone()
        return _person(row) if row else None

    def named(self, name: str) -> Person | None:
        row = self._db.conn.execute(f"SELECT {_COLUMNS} FROM console_user WHERE folded = ?", (folded(name),)).fetchone()
        return _person(row) if row else None

    def password_of(self, id: int) -> str:
        """The argon2id hash, or an empty string before a password is chosen."""
        row = self._db.conn.execute("SELECT password FROM console_user WHERE id = ?", (id,)).fetchone()
        return str(row[0]) if row else ""

    def add(
        self, name: str, password: str, role: str, places: Sequence[str], now: float, by: str = COMMAND_LINE
    ) -> Person:
        """Makes a person; `password` is a hash. Raises `NameTaken`."""
        with transaction(self._db.conn):
            return self._add(name, password, role, places, now, by)

    def _add(self, name: str, password: str, role: str, places: Sequence[str], now: float, by: str) -> Person:
        if self.named(name):
            raise NameTaken
        shown = " ".join(name.split())
        self._db.conn.execute(
            "INSERT INTO console_user (name, folded, password, role, places, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            (shown, folded(name), password, role, json.dumps(list(places)), int(now * 1000)),
        )
        self._audit.put(now, by, "person-added", shown, _rights(role, places))
        found = self.named(name)
        assert found
        return found

    def change(self, id: int, role: str, places: Sequence[str], now: float, by: str) -> None:
        """Gives another role and other places, from the next page on. Raises `LastAdmin`."""
        with transaction(self._db.conn):
            person = self.get(id)
            if not person or (person.role, person.places) == (role, tuple(places)):
                return
            self._db.conn.execute(
                "UPDATE console_user SET role = ?, places = ? WHERE id = ?", (role, json.dumps(list(places)), id)
            )
            self._keep_an_admin()
            self._end_codes(person.name, role, places)
            self._audit.put(now, by, "person-changed", person.name, _rights(role, places))

    def remove(self, id: int, now: float, by: str = COMMAND_LINE) -> None:
        """Takes somebody out, with sessions, links and codes of kiosks. Raises `LastAdmin` while there are others."""
        with transaction(self._db.conn):
            person = self.get(id)
            if not person:
                return
            self._db.conn.execute("DELETE FROM console_user WHERE id = ?", (id,))
            if self.anybody():
                self._keep_an_admin()
            self._end_codes(person.name, "", ())
            self._audit.put(now, by, "person-removed", person.name)

    def _end_codes(self, name: str, role: str, places: Sequence[str]) -> None:
        """Ends the codes of kiosks that somebody made and may make no more."""
        self._db.conn.execute(
            "DELETE FROM device_code WHERE who = ?1 AND (?2 NOT IN ('manager', 'admin') OR (?3 <> '[]' AND device IN"
            " (SELECT device FROM device WHERE place NOT IN (SELECT value FROM json_each(?3)))))",
            (name, role, json.dumps(list(places))),
        )

    def _keep_an_admin(self) -> None:
        if not any(person.may("admin") and person.whole for person in self.all()):
            raise LastAdmin

    def set_password(self, id: int, password: str, now: float, by: str = COMMAND_LINE) -> None:
        """A new password ends every session and link of the person; `password` is a hash."""
        with transaction(self._db.conn):
            self._set_password(id, password)
            person = self.get(id)
            self._audit.put(now, by, "password-changed", person.name if person else "")

    def _set_password(self, id: int, password: str) -> None:
        self._db.conn.execute("UPDATE console_user SET password = ? WHERE id = ?", (password, id))
        self._db.conn.execute("DELETE FROM console_session WHERE user = ?", (id,))
        self._db.conn.execute("DELETE FROM sign_in_link WHERE user = ?", (id,))

    def rehash(self, id: int, before: str, password: str) -> None:
        """The same password under today's parameters; nothing where it was changed meanwhile."""
        self._db.conn.execute(
            "UPDATE console_user SET password = ? WHERE id = ? AND password = ?", (password, id, before)
        )

    def make_link(self, id: int | None, now: float, by: str = COMMAND_LINE) -> str:
        """The token of a link that works once within a day; earlier links of the same person stop working.

        None makes the link of the first admin, which is void as soon as there is anybody.
        """
        token = secrets.token_urlsafe(32)
        with transaction(self._db.conn):
            self._db.conn.execute("DELETE FROM sign_in_link WHERE user IS ? OR expires_at <= ?", (id, int(now * 1000)))
            self._db.conn.execute(
                "INSERT INTO sign_in_link (token, user, expires_at) VALUES (?, ?, ?)",
                (hash_of(token), id, int((now + LINK_HOURS * 3600) * 1000)),
            )
            person = self.get(id) if id is not None else None
            self._audit.put(now, by, "link-made", person.name if person else "")
        return token

    def link_is_live(self, token: str, now: float) -> tuple[bool, Person | None]:
        """Does a link work, and for whom? Nobody and True: it makes the first admin."""
        row = self._db.conn.execute(
            "SELECT user FROM sign_in_link WHERE token = ? AND expires_at > ?", (hash_of(token), int(now * 1000))
        ).fetchone()
        if not row or (row[0] is None and self.anybody()):
            return False, None
        return True, self.get(row[0]) if row[0] is not None else None

    def use_link(self, token: str, name: str, password: str, now: float) -> Person | None:
        """Uses a link up: makes the first admin, or sets the person's password. None where it works no more."""
        with transaction(self._db.conn):
            live, person = self.link_is_live(token, now)
            if not live:
                return None
            self._db.conn.execute("DELETE FROM sign_in_link WHERE token = ?", (hash_of(token),))
            if person is None:
                person = self._add(name, password, "admin", (), now, " ".join(name.split()))
            else:
                self._set_password(person.id, password)
            self._audit.put(now, person.name, "link-used", person.name)
            return self.get(person.id)


def _person(row: Sequence[object]) -> Person:
    id, name, role, places, has_password = row
    return Person(int(str(id)), str(name), str(role), tuple(json.loads(str(places))), bool(has_password))


def _rights(role: str, places: Sequence[str]) -> str:
    return " ".join([role, *places])
