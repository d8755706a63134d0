"""Kiosks: tablets with a name, a place, what they ask, and a key of their own."""

from __future__ import annotations

import json
import secrets
import time
from typing import NamedTuple

from sqlite_utils import Database

from otklik_collector.store.audit import AuditTable
from otklik_collector.store.transaction import transaction
from otklik_collector.store.unguessable import hash_of


class Device(NamedTuple):
    """A kiosk: `device` is what its responses carry, `name` is for people, `points` are the touchpoints it asks at."""

    device: str
    name: str
    place: str
    points: tuple[str, ...]
    key_hash: bytes
    created_at: int
    revoked_at: int | None


class DeviceTable:
    def __init__(self, db: Database, audit: AuditTable) -> None:
        self._db = db
        self._conn = db.conn
        self._audit = audit

    def add(self, device: str, name: str, place: str, points: tuple[str, ...], who: str) -> str:
        """Makes a kiosk and returns its key, which is kept only as a hash; a revoked one of that name begins anew."""
        key = f"kiosk-{secrets.token_urlsafe(24)}"
        now = time.time()
        row = (device, name, place, json.dumps(points), hash_of(key), int(now * 1000))
        self._put("INSERT OR REPLACE INTO device VALUES (?, ?, ?, ?, ?, ?, NULL)", row, now, who, "kiosk-added", device)
        return key

    def all(self) -> dict[str, Device]:
        """Every kiosk by its device name, revoked ones too."""
        rows = self._conn.execute(
            "SELECT device, name, place, points, key_hash, created_at, revoked_at FROM device ORDER BY device"
        )
        return {
            device: Device(device, name, place, tuple(json.loads(points)), *rest)
            for device, name, place, points, *rest in rows
        }

    def last_press(self, device: str) -> int | None:
        """When somebody last answered at a kiosk, in UTC ms: one look into the index for each series."""
        row = self._conn.execute(
            "SELECT max((SELECT max(answered_at) FROM response WHERE device = ? AND device <> '' AND series = s.id))"
            " FROM series AS s",
            (device,),
        ).fetchone()
        return int(row[0]) if row[0] is not None else None

    def revoke(self, device: str, who: str) -> bool:
        """Refuses a kiosk from now on; False where there is no such live one."""
        now = time.time()
        query = "UPDATE device SET revoked_at = ? WHERE device = ? AND revoked_at IS NULL"
        return self._put(query, (int(now * 1000), device), now, who, "kiosk-revoked", device)

    def rename(self, device: str, name: str, who: str) -> bool:
        """Gives a kiosk another name for people; what its responses carry stays. False where there is none."""
        query = "UPDATE device SET name = ? WHERE device = ?"
        return self._put(query, (name, device), time.time(), who, "kiosk-renamed", device)

    def _put(self, query: str, values: tuple[object, ...], now: float, who: str, action: str, device: str) -> bool:
        with transaction(self._conn):
            changed = self._conn.execute(query, values).rowcount > 0
            if changed:
                self._audit.put(now, who, action, detail=device)
        return changed
