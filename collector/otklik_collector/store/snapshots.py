"""Published reports: the map of a week as it was read, never changed afterwards."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from otklik_collector.map.series import Period
from otklik_collector.response import day_number, day_of
from otklik_collector.store.audit import AuditTable
from otklik_collector.store.transaction import transaction

_COLUMNS = "id, start, end, place, as_of, who, document"


@dataclass(frozen=True)
class Snapshot:
    """The public document of a map (`map.document`); `as_of`: when it was published, UTC in ms; place "": all."""

    id: int
    period: Period
    place: str
    as_of: int
    who: str
    document: Mapping[str, Any]


class SnapshotTable:
    def __init__(self, db: Database, audit: AuditTable) -> None:
        self._conn = db.conn
        self._audit = audit

    def publish(self, period: Period, place: str, document: Mapping[str, Any], who: str) -> Snapshot:
        """Keeps a report and returns it; one that was published before of the same period and place stays as it is."""
        now = time.time()
        row = (day_number(period.start), day_number(period.end), place, int(now * 1000), who,
               json.dumps(document, ensure_ascii=False, separators=(",", ":")))  # fmt: skip
        with transaction(self._conn):
            new = self._conn.execute(
                "INSERT INTO snapshot (start, end, place, as_of, who, document) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                row,
            ).rowcount
            if new:
                self._audit.put(now, who, "report-published", detail=place)
        found = self.of(period, place)
        assert found
        return found

    def of(self, period: Period, place: str = "") -> Snapshot | None:
        """The report of a period and place; None where none was published."""
        row = self._conn.execute(
            f"SELECT {_COLUMNS} FROM snapshot WHERE start = ? AND end = ? AND place = ?",
            (day_number(period.start), day_number(period.end), place),
        ).fetchone()
        return _snapshot(row) if row else None

    def find(self, number: int) -> Snapshot | None:
        """The report of a number; None where there is none."""
        row = self._conn.execute(f"SELECT {_COLUMNS} FROM snapshot WHERE id = ?", (number,)).fetchone()
        return _snapshot(row) if row else None

    def newest(self, place: str = "", limit: int = 60) -> list[Snapshot]:
        """The reports of a place, the newest period first."""
        rows = self._conn.execute(
            f"SELECT {_COLUMNS} FROM snapshot WHERE place = ? ORDER BY end DESC, start DESC LIMIT ?",
            (place, limit),
        )
        return [_snapshot(row) for row in rows]


def _snapshot(row: tuple[int, int, int, str, int, str, str]) -> Snapshot:
    number, start, end, place, as_of, who, document = row
    return Snapshot(number, Period(day_of(start), day_of(end)), place, as_of, who, json.loads(document))
