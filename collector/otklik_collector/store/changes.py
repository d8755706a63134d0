"""What the company changed and when: noted by people, shown beside the numbers."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlite_utils import Database

from otklik_collector.response import day_number, day_of
from otklik_collector.store.audit import AuditTable
from otklik_collector.store.transaction import transaction

_COLUMNS = "id, day, touchpoint, place, words, public, lasting, who"


@dataclass(frozen=True)
class Change:
    """A deed at a touchpoint (empty: the whole company) in a place (empty: all of them), in words by language.

    `lasting`: it cannot be changed, so customers are warned; then there is no effect to wait for. `id` 0: new.
    """

    day: date
    touchpoint: str
    words: Mapping[str, str]
    place: str = ""
    public: bool = False
    lasting: bool = False
    id: int = 0
    who: str = field(default="", compare=False)


class ChangeTable:
    def __init__(self, db: Database, audit: AuditTable) -> None:
        self._conn = db.conn
        self._audit = audit

    def add(self, change: Change, who: str) -> int:
        """Notes a change and returns its number."""
        now = time.time()
        with transaction(self._conn):
            cursor = self._conn.execute(
                "INSERT INTO change (day, touchpoint, place, words, public, lasting, noted_at, who)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*_row(change), int(now * 1000), who),
            )
            self._audit.put(now, who, "change-noted", detail=change.touchpoint)
        return int(cursor.lastrowid or 0)

    def alter(self, change: Change, who: str) -> bool:
        """Writes a noted change anew; False where it is gone."""
        with transaction(self._conn):
            done = self._conn.execute(
                "UPDATE change SET day = ?, touchpoint = ?, place = ?, words = ?, public = ?, lasting = ? WHERE id = ?",
                (*_row(change), change.id),
            ).rowcount
            if done:
                self._audit.put(time.time(), who, "change-altered", detail=change.touchpoint)
        return bool(done)

    def remove(self, number: int, who: str) -> bool:
        """Takes a note back; False where it is gone."""
        with transaction(self._conn):
            found = self._conn.execute("DELETE FROM change WHERE id = ? RETURNING touchpoint", (number,)).fetchone()
            if found:
                self._audit.put(time.time(), who, "change-removed", detail=found[0])
        return found is not None

    def find(self, number: int) -> Change | None:
        row = self._conn.execute(f"SELECT {_COLUMNS} FROM change WHERE id = ?", (number,)).fetchone()
        return _change(row) if row else None

    def newest(
        self, places: Sequence[str] | None = None, touchpoint: str | None = None, *, public: bool = False,
        since: date | None = None, limit: int = 200,
    ) -> list[Change]:  # fmt: skip
        """Changes, the newest first: of some places and of all places at once (None: every place), of a touchpoint
        and of the whole company (None: every touchpoint), only public ones where asked."""
        where, values = ["day >= ?"], [day_number(since) if since else 0]
        chosen: list[object] = list(values)
        if places is not None:
            where.append(f"place IN ({', '.join('?' * (len(places) + 1))})")
            chosen += ["", *places]
        if touchpoint is not None:
            where.append("touchpoint IN ('', ?)")
            chosen.append(touchpoint)
        if public:
            where.append("public = 1")
        rows = self._conn.execute(
            f"SELECT {_COLUMNS} FROM change WHERE {' AND '.join(where)} ORDER BY day DESC, id DESC LIMIT ?",
            (*chosen, limit),
        )
        return [_change(row) for row in rows]


def _row(change: Change) -> tuple[object, ...]:
    words = json.dumps(dict(change.words), ensure_ascii=False)
    return day_number(change.day), change.touchpoint, change.place, words, int(change.public), int(change.lasting)


def _change(row: tuple[int, int, str, str, str, int, int, str]) -> Change:
    number, day, touchpoint, place, words, public, lasting, who = row
    return Change(day_of(day), touchpoint, json.loads(words), place, bool(public), bool(lasting), number, who)
