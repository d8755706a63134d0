"""Site keys: public words that let another origin send; hygiene, not authentication."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any, NamedTuple

from sqlite_utils import Database


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
    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, name: str, origins: tuple[str, ...], rate: int) -> str:
        """Makes a key and returns it."""
        key = f"site-{secrets.token_urlsafe(15).lower().replace('_', '-')}"
        row: dict[str, Any] = {
            "key": key, "name": name, "origins": json.dumps(origins), "rate": rate,
            "created_at": int(time.time() * 1000), "revoked_at": None,
        }  # fmt: skip
        self._db.table("site_key").insert(row)
        return key

    def all(self) -> list[SiteKey]:
        rows = self._db.conn.execute(
            "SELECT id, key, name, origins, rate, created_at, revoked_at FROM site_key ORDER BY id"
        )
        return [SiteKey(id, key, name, tuple(json.loads(origins)), *rest) for id, key, name, origins, *rest in rows]

    def live(self) -> dict[str, SiteKey]:
        """The keys that are not revoked."""
        return {key.key: key for key in self.all() if key.revoked_at is None}

    def revoke(self, word: str) -> int:
        """Revokes the live keys with this name or key; returns how many they were."""
        cursor = self._db.conn.execute(
            "UPDATE site_key SET revoked_at = ? WHERE revoked_at IS NULL AND (key = ? OR name = ?)",
            (int(time.time() * 1000), word, word),
        )
        return cursor.rowcount
