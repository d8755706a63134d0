"""Flags of responses: what the rules and people said, and the counts that move with them."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlite_utils import Database

from otklik_collector.response import day_number
from otklik_collector.store.audit import AuditTable
from otklik_collector.store.tally import Counted, Tally
from otklik_collector.store.transaction import transaction

TRANSACTION = 2_000
"""Responses moved at once; a collector that writes meanwhile waits some tens of milliseconds."""
LOOK_UP = 500
COUNTED = "r.series, s.scale, r.score, r.place, r.channel, r.segment, r.day, r.hour"


class Flaggable(NamedTuple):
    """A stored response with its flags, and what it counts as."""

    id: bytes
    at: int
    flags: tuple[str, ...]
    counted: Counted


class Flagged(NamedTuple):
    """A flagged response as a list shows it; `at` in milliseconds."""

    id: bytes
    at: int
    day: int
    touchpoint: str
    scale: str
    score: int | None
    place: str
    channel: str
    device: str
    flags: tuple[str, ...]


def flaggable(row: Sequence[Any]) -> Flaggable:
    """Of a row: id, answered_at, flags and the columns of `COUNTED`."""
    id, at, flags, *counted = row
    return Flaggable(id, at, tuple(flags.split()), Counted(*(*counted, bool(flags))))


def move(connection: sqlite3.Connection, tally: Tally, row: Flaggable, flags: Sequence[str]) -> None:
    """Gives a stored response other flags; `tally` learns what that does to the counts."""
    connection.execute("UPDATE response SET flags = ? WHERE id = ?", (" ".join(flags), row.id))
    if bool(flags) != row.counted.flagged:
        tally.add(row.counted, -1)
        tally.add(row.counted._replace(flagged=bool(flags)))


class Decisions(NamedTuple):
    """What people decided about a response: reasons they set, and reasons they took back."""

    put: set[str]
    undone: set[str]

    def applied(self, flags: Iterable[str]) -> tuple[str, ...]:
        kept = [flag for flag in flags if flag not in self.undone]
        return (*kept, *sorted(self.put.difference(kept)))


def decisions(connection: sqlite3.Connection, ids: Sequence[bytes]) -> dict[bytes, Decisions]:
    """What people decided about these responses; most are in nobody's mind and left out."""
    found: dict[bytes, Decisions] = defaultdict(lambda: Decisions(set(), set()))
    for some in _some(ids, LOOK_UP):
        rows = connection.execute(
            f"SELECT response, reason, flagged FROM flag_decision WHERE response IN ({', '.join('?' * len(some))})",
            some,
        )
        for id, reason, flagged in rows:
            (found[id].put if flagged else found[id].undone).add(reason)
    return dict(found)


class FlagTable:
    """Lists flags, sets them and takes them back; a person's word stands above every rule's."""

    def __init__(self, db: Database, audit: AuditTable, count: Callable[[Tally], None]) -> None:
        self._db = db
        self._conn = db.conn
        self._audit = audit
        self._count = count

    def all(self, start: date | None, end: date | None, reason: str | None = None) -> Iterator[Flagged]:
        """The flagged responses of the days from `start` to before `end`, oldest first."""
        rows = self._conn.execute(
            "SELECT r.id, answered_at, day, touchpoint, scale, score, place, channel, device, flags"
            " FROM response AS r JOIN series AS s ON s.id = r.series"
            f" WHERE {_WHERE} ORDER BY answered_at, r.id",
            _values(start, end, reason),
        )
        for *told, flags in rows:
            yield Flagged(*(*told, tuple(flags.split())))

    def numbers(self, start: date | None, end: date | None) -> Counter[str]:
        """How many responses of the days have each reason."""
        found: Counter[str] = Counter()
        query = f"SELECT flags, count(*) FROM response WHERE {_WHERE} GROUP BY flags"
        for flags, number in self._conn.execute(query, _values(start, end, None)):
            found.update(dict.fromkeys(flags.split(), number))
        return found

    def with_reason(self, start: date | None, end: date | None, reason: str) -> list[bytes]:
        """The ids of responses of the days that have this reason."""
        return [found.id for found in self.all(start, end, reason)]

    def add(self, ids: Sequence[bytes], reason: str, who: str) -> tuple[int, list[bytes]]:
        """Sets a reason: how many responses did not have it, and which ids are not stored."""
        changed, unknown = 0, []
        for some in _some(ids):
            moved, missing = self._change(some, "flags-added", reason, who, lambda row: (*row.flags, reason))
            changed += moved
            unknown += missing
        return changed, unknown

    def remove(self, ids: Sequence[bytes], reason: str | None, who: str) -> tuple[int, list[bytes]]:
        """Takes a reason back, or all of them: how many responses had it, and which ids are not stored.

        No rule sets it again, whatever comes later.
        """
        changed, unknown = 0, []
        for some in _some(ids):
            moved, missing = self._change(
                some, "flags-removed", reason, who,
                lambda row: tuple(flag for flag in row.flags if reason is not None and flag != reason),
            )  # fmt: skip
            changed += moved
            unknown += missing
        return changed, unknown

    def _change(
        self,
        ids: Sequence[bytes],
        action: str,
        reason: str | None,
        who: str,
        wanted: Callable[[Flaggable], tuple[str, ...]],
    ) -> tuple[int, list[bytes]]:
        tally, changed, now = Tally(), 0, time.time()
        with transaction(self._conn):
            rows = self._rows(ids)
            for row in rows.values():
                flags = tuple(dict.fromkeys(wanted(row)))
                decided = [(row.id, one, 1) for one in flags if one not in row.flags]
                decided += [(row.id, one, 0) for one in row.flags if one not in flags]
                if decided:
                    changed += 1
                    move(self._conn, tally, row, flags)
                    self._conn.executemany("INSERT OR REPLACE INTO flag_decision VALUES (?, ?, ?)", decided)
            self._count(tally)
            if changed:
                self._audit.put(now, who, action, detail=f"{reason or '*'} {changed}")
        return changed, [id for id in ids if id not in rows]

    def _rows(self, ids: Sequence[bytes]) -> dict[bytes, Flaggable]:
        found = {}
        for some in _some(ids, LOOK_UP):
            query = (
                f"SELECT r.id, r.answered_at, r.flags, {COUNTED} FROM response AS r JOIN series AS s ON s.id = r.series"
                f" WHERE r.id IN ({', '.join('?' * len(some))})"
            )
            for row in self._conn.execute(query, some):
                found[row[0]] = flaggable(row)
        return found


_WHERE = "flags <> '' AND day >= ?1 AND day < ?2 AND (?3 IS NULL OR instr(' ' || flags || ' ', ' ' || ?3 || ' ') > 0)"


def _values(start: date | None, end: date | None, reason: str | None) -> tuple[int, int, str | None]:
    return (day_number(start) if start else 0, day_number(end) if end else 99_999_999, reason)


def _some(ids: Sequence[bytes], size: int = TRANSACTION) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
