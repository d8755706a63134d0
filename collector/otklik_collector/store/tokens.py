"""Tokens with which programs read: what each may read, of which places, and until when."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlite_utils import Database

from otklik_collector.store.audit import COMMAND_LINE, AuditTable
from otklik_collector.store.transaction import transaction
from otklik_collector.store.unguessable import hash_of

SCOPES = ("read:map", "read:responses", "read:comments", "read:contacts", "read:health", "export")
PREFIX = "otklik_"
_COLUMNS = "id, name, scopes, places, created_at, expires_at, revoked_at"


class Token(NamedTuple):
    """What is known of a token; times in milliseconds. Without places the whole company may be read."""

    id: int
    name: str
    scopes: tuple[str, ...]
    places: tuple[str, ...]
    created_at: int
    expires_at: int | None
    revoked_at: int | None

    @property
    def whole(self) -> bool:
        return not self.places

    def may(self, scope: str) -> bool:
        return scope in self.scopes

    def live(self, now: float) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now * 1000 < self.expires_at)


class TokenTable:
    def __init__(self, db: Database, audit: AuditTable) -> None:
        self._db = db
        self._audit = audit

    def add(
        self, name: str, scopes: Sequence[str], places: Sequence[str], expires_at: int | None, now: float,
        who: str = COMMAND_LINE,
    ) -> str:  # fmt: skip
        """Makes a token and returns it: the only time that anybody sees it."""
        token = PREFIX + secrets.token_urlsafe(32)
        with transaction(self._db.conn):
            self._db.conn.execute(
                "INSERT INTO api_token (hash, name, scopes, places, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
                (hash_of(token), name, " ".join(scopes), json.dumps(places), int(now * 1000), expires_at),
            )
            self._audit.put(now, who, "token-added", name, " ".join([*scopes, *places]))
        return token

    def all(self) -> list[Token]:
        """Every token there ever was, the oldest first."""
        return [_token(row) for row in self._db.conn.execute(f"SELECT {_COLUMNS} FROM api_token ORDER BY id")]

    def find(self, token: str, now: float) -> Token | None:
        """The live token that was sent; None for one that is unknown, revoked or expired."""
        row = self._db.conn.execute(f"SELECT {_COLUMNS} FROM api_token WHERE hash = ?", (hash_of(token),)).fetchone()
        found = _token(row) if row else None
        return found if found and found.live(now) else None

    def revoke(self, name: str, now: float, who: str = COMMAND_LINE) -> int:
        """Revokes the live tokens of this name; returns how many they were."""
        with transaction(self._db.conn):
            query = "UPDATE api_token SET revoked_at = ? WHERE revoked_at IS NULL AND name = ?"
            revoked = self._db.conn.execute(query, (int(now * 1000), name)).rowcount
            if revoked:
                self._audit.put(now, who, "token-revoked", name)
        return revoked


def _token(row: Sequence[Any]) -> Token:
    id, name, scopes, places, *times = row
    return Token(id, name, tuple(scopes.split()), tuple(json.loads(places)), *times)
