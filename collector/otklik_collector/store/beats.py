"""The last heartbeat of each kiosk, and when people were told that one fell silent."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlite_utils import Database

from otklik_collector.beats import Beat, Heard


class BeatTable:
    def __init__(self, db: Database) -> None:
        self._conn = db.conn

    def put(self, heard: Iterable[Heard]) -> None:
        """Keeps these instead of those before; of kiosks that there are. Inside the caller's transaction."""
        self._conn.executemany(
            "INSERT INTO device_beat (device, heard_at, beat) SELECT ?1, ?2, ?3"
            " WHERE EXISTS (SELECT 1 FROM device WHERE device = ?1)"
            " ON CONFLICT (device) DO UPDATE SET heard_at = excluded.heard_at, beat = excluded.beat",
            [(one.device, one.heard_at, msgspec.json.encode(one.beat).decode()) for one in heard],
        )

    def all(self) -> dict[str, Heard]:
        rows = self._conn.execute("SELECT device, heard_at, beat FROM device_beat")
        return {device: Heard(device, at, msgspec.json.decode(beat, type=Beat)) for device, at, beat in rows}
