"""Who is sent what: an address with its language, alarms, the weekly digest, and the hours in which nothing comes."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlite_utils import Database

from otklik_collector.store.audit import AuditTable
from otklik_collector.store.transaction import transaction
from otklik_collector.store.unguessable import unguessable

KINDS = ("alarms", "digest")
_COLUMNS = "person, address, lang, alarms, digest, quiet_from, quiet_until, token"


class Subscription(NamedTuple):
    """What a person of the console is sent. Between the quiet hours (0..23, equal: none) alarms wait."""

    person: int
    address: str
    lang: str
    alarms: bool = True
    digest: bool = True
    quiet_from: int = 21
    quiet_until: int = 8
    token: str = ""

    def takes(self, kind: str) -> bool:
        return bool(self.address) and (self.alarms if kind == "alarms" else self.digest)


class SubscriptionTable:
    def __init__(self, db: Database, audit: AuditTable) -> None:
        self._db = db
        self._audit = audit

    def of(self, person: int) -> Subscription | None:
        return self._one("person = ?", person)

    def of_token(self, token: str) -> Subscription | None:
        """The subscription behind the link in a letter."""
        return self._one("token = ?", token)

    def all(self) -> list[Subscription]:
        return [_read(row) for row in self._db.conn.execute(f"SELECT {_COLUMNS} FROM subscription ORDER BY person")]

    def put(self, wanted: Subscription, now: float, who: str) -> None:
        """Sets what a person is sent; another address gets another token, so that old letters end nothing there."""
        before = self.of(wanted.person)
        token = before.token if before and before.address == wanted.address else unguessable()
        values = (*wanted[:-1], token)
        with transaction(self._db.conn):
            self._db.conn.execute(
                f"INSERT OR REPLACE INTO subscription ({_COLUMNS}) VALUES ({', '.join('?' * len(values))})", values
            )
            self._audit.put(now, who, "mail-chosen", who, " ".join(kind for kind in KINDS if wanted.takes(kind)))

    def end(self, found: Subscription, kind: str, now: float, name: str) -> None:
        """Sends no more letters of a kind; twice is the same."""
        if not found.takes(kind):
            return
        with transaction(self._db.conn):
            column = "alarms" if kind == "alarms" else "digest"
            self._db.conn.execute(f"UPDATE subscription SET {column} = 0 WHERE person = ?", (found.person,))
            self._audit.put(now, name, "mail-ended", name, kind)

    def _one(self, where: str, value: object) -> Subscription | None:
        row = self._db.conn.execute(f"SELECT {_COLUMNS} FROM subscription WHERE {where}", (value,)).fetchone()
        return _read(row) if row else None


def _read(row: tuple[Any, ...]) -> Subscription:
    found = Subscription(*row)
    return found._replace(alarms=bool(found.alarms), digest=bool(found.digest))
