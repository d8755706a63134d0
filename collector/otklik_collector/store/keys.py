"""Site keys: public words that let another origin send; hygiene, not authentication."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any, NamedTuple

from sqlite_utils import Database

from otklik_collector.store.audit import COMMAND_LINE, AuditTable
from otklik_collector.store.transaction import transaction


class SiteKey(NamedTuple):
    """A key, the origins that may use it, and how many responses a minute one visitor may send (0: no limit)."""

    id: int
    key: str
    name: str
    origins: tuple[str, ...]
    rate: int
    created_at: int
    revoked_at: int | None


class KeyTable:
    def __init__(self, db: Database, audit: AuditTable) -> None:
        self._db = db
        self._audit = audit

    def add(self, name: str, origins: tuple[str, ...], rate: int, by: str = COMMAND_LINE) -> str:
        """Makes a key and returns it."""
        key = f"site-{secrets.token_urlsafe(15).lower().replace('_', '-')}"
        row: dict[str, Any] = {
            "key": key, "name": name, "origins": json.dumps(origins), "rate": rate,
            "created_at": int(time.time() * 1000), "revoked_at": None,
        }  # fmt: skip
        with transaction(self._db.conn):
            names = ", ".join(row)
            self._db.execute(
                f"INSERT INTO site_key ({names}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())
            )
            self._audit.put(time.time(), by, "key-added", name, " ".join(origins))
        return key

    def all(self) -> list[SiteKey]:
        rows = self._db.conn.execute(
            "SELECT id, key, name, origins, rate, created_at, revoked_at FROM site_key ORDER BY id"
        )
        return [SiteKey(id, key, name, tuple(json.loads(origins)), *rest) for id, key, name, origins, *rest in rows]

    def live(self) -> dict[str, SiteKey]:
        """The keys that are not revoked."""
        return {key.key: key for key in self.all() if key.revoked_at is None}

    def revoke(self, word: str, by: str = COMMAND_LINE) -> int:
        """Revokes the live keys with this name or key; returns how many they were."""
        now = time.time()
        with transaction(self._db.conn):
            revoked = self._db.conn.execute(
                "UPDATE site_key SET revoked_at = ? WHERE revoked_at IS NULL AND (key = ? OR name = ?) RETURNING name",
                (int(now * 1000), word, word),
            ).fetchall()
            for (name,) in revoked:
                self._audit.put(now, by, "key-revoked", name)
        return len(revoked)
