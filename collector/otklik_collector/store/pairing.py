"""Codes with which a tablet becomes a kiosk: each is shown once, used once, and kept only as a hash."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from typing import NamedTuple

from sqlite_utils import Database

from otklik_collector.store.audit import AuditTable
from otklik_collector.store.devices import new_key
from otklik_collector.store.transaction import transaction
from otklik_collector.store.unguessable import hash_of

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without those that look alike: 0 and O, 1, I and L."""
LENGTH = 8
HOURS, SHEET_HOURS = 24, 7 * 24
"""How long a code is good: of one that is typed now, and of a printed sheet."""
ROUNDS = 10_000
"""A code is 40 bits: slow enough (4 ms) that who reads the file does not find it in the days it is good."""


class Code(NamedTuple):
    """A code as people read it, like ABCD-EFGH; good until a time in ms."""

    device: str
    code: str
    expires_at: int


class Paired(NamedTuple):
    device: str
    key: str


class PairingTable:
    def __init__(self, db: Database, audit: AuditTable) -> None:
        self._conn = db.conn
        self._audit = audit

    def make(self, devices: Iterable[str], who: str, now: float, hours: int = HOURS) -> list[Code]:
        """A new code for each of the kiosks; the ones they had are good no more."""
        expires_at = int((now + hours * 3600) * 1000)
        found = [Code(device, _written(), expires_at) for device in devices]
        rows = [(hash_of_code(code), device, who, expires_at) for device, code, expires_at in found]
        with transaction(self._conn):
            self._conn.execute("DELETE FROM device_code WHERE expires_at <= ?", (int(now * 1000),))
            self._conn.executemany("DELETE FROM device_code WHERE device = ?", [(one.device,) for one in found])
            self._conn.executemany("INSERT INTO device_code VALUES (?, ?, ?, ?)", rows)
            for one in found:
                self._audit.put(now, who, "kiosk-code-made", detail=one.device)
        return found

    def use(self, code: str, now: float) -> Paired | None:
        """Gives the kiosk of a code its new key and takes the old one; None for an unknown, used or expired code.

        One that was revoked or retired is in use again: whoever made the code after that wanted it so.
        """
        wanted, moment = hash_of_code(code), int(now * 1000)
        good = "FROM device_code WHERE hash = ? AND expires_at > ?"
        if not self._conn.execute(f"SELECT 1 {good}", (wanted, moment)).fetchone():
            return None  # without waiting for who writes: wrong codes cost the database nothing
        key = new_key()
        with transaction(self._conn):
            row = self._conn.execute(f"DELETE {good} RETURNING device, who", (wanted, moment)).fetchone()
            if row is None:
                return None
            device, who = row
            self._conn.execute("DELETE FROM device_beat WHERE device = ?", (device,))
            self._conn.execute(
                "UPDATE device SET key_hash = ?, paired_at = ?, changed_at = ?, revoked_at = NULL, retired_at = NULL"
                " WHERE device = ?",
                (hash_of(key), moment, moment, device),
            )
            self._audit.put(now, who, "kiosk-paired", detail=device)
        return Paired(device, key)

    def open(self, now: float) -> dict[str, int]:
        """By kiosk, until when its code is good, in ms."""
        query = "SELECT device, expires_at FROM device_code WHERE expires_at > ?"
        return dict(self._conn.execute(query, (int(now * 1000),)))


def _written() -> str:
    letters = "".join(secrets.choice(LETTERS) for _letter in range(LENGTH))
    return f"{letters[:4]}-{letters[4:]}"


def hash_of_code(code: str) -> bytes:
    """What is kept of a code, however it was typed."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.pbkdf2_hmac("sha256", plain.encode("utf-8", "replace"), b"code of a kiosk", ROUNDS)
