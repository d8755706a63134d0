"""The last heartbeat of each kiosk, and when people were told that one fell silent."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlite_utils import Database

from otklik_collector.beats import Heard, Kept


class BeatTable:
    def __init__(self, db: Database) -> None:
        self._conn = db.conn

    def put(self, heard: Iterable[Heard]) -> None:
        """Keeps these instead of those before; of kiosks that there are. Inside the caller's transaction."""
        self._conn.executemany(
            "INSERT INTO device_beat (device, heard_at, beat) SELECT ?1, ?2, ?3"
            " WHERE EXISTS (SELECT 1 FROM device WHERE device = ?1)"
            " ON CONFLICT (device) DO UPDATE SET heard_at = excluded.heard_at, beat = excluded.beat",
            [(one.device, one.heard_at, msgspec.json.encode(_kept(one)).decode()) for one in heard],
        )

    def all(self) -> dict[str, Heard]:
        rows = self._conn.execute("SELECT device, heard_at, beat FROM device_beat")
        found = [(device, at, msgspec.json.decode(beat, type=Kept)) for device, at, beat in rows]
        return {device: Heard(device, at, kept, (kept.due_settings, kept.due_app)) for device, at, kept in found}

    def untold(self, since: int) -> set[str]:
        """The kiosks of whose silence people were not told since they last spoke, nor since a moment in ms."""
        query = "SELECT device FROM device_beat WHERE silent_told IS NULL OR silent_told < min(heard_at, ?)"
        return {device for (device,) in self._conn.execute(query, (since,))}

    def tell(self, devices: Iterable[str], now: int) -> None:
        """Remembers that people are told of the silence of these; inside the caller's transaction."""
        query = "UPDATE device_beat SET silent_told = ? WHERE device = ?"
        self._conn.executemany(query, [(now, device) for device in devices])


def _kept(heard: Heard) -> Kept:
    settings, app = heard.due
    return Kept(**msgspec.structs.asdict(heard.beat) | {"due_settings": settings, "due_app": app})
