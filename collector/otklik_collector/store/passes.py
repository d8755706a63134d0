"""Customers who passed a touchpoint, by place and day: what a till or a door counter told."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping

from sqlite_utils import Database

from otklik_collector.map.series import ImportedPasses, Period
from otklik_collector.response import day_number
from otklik_collector.store.audit import COMMAND_LINE, AuditTable
from otklik_collector.store.transaction import transaction


class PassesTable:
    def __init__(self, db: Database, audit: AuditTable) -> None:
        self._db = db
        self._conn = db.conn
        self._audit = audit

    def put(self, counted: Mapping[tuple[str, str, int], int], source: str = "", by: str = COMMAND_LINE) -> None:
        """Writes days whole: a day that was told before is replaced, never added to; `source` names the file."""
        with transaction(self._conn):
            self._conn.executemany(
                "INSERT INTO passes (touchpoint, place, day, passes) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET passes = excluded.passes",
                [(*key, number) for key, number in counted.items()],
            )
            self._audit.put(time.time(), by, "passes-brought", source, str(len(counted)))

    def of(self, period: Period, place: str | None = None) -> dict[str, ImportedPasses]:
        """By touchpoint the customers of a period and the days that are known; of one place where it is named."""
        rows = self._conn.execute(
            "SELECT touchpoint, day, sum(passes) FROM passes WHERE day >= ? AND day < ?"
            f"{' AND place = ?' if place else ''} GROUP BY touchpoint, day",
            (day_number(period.start), day_number(period.end), *([place] if place else [])),
        )
        found: dict[str, list[int]] = defaultdict(list)
        for touchpoint, _day, number in rows:
            found[touchpoint].append(number)
        return {touchpoint: ImportedPasses(sum(days), len(days)) for touchpoint, days in found.items()}
