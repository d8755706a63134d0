"""Recounts every roll-up from the rows, says where they differ, and rebuilds them where asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from sqlite_utils import Database

from otklik_collector.store.migrations import SCORES
from otklik_collector.store.running import RunningCounts
from otklik_collector.store.tally import DIMENSIONS
from otklik_widget.scales import SCALES


class Mismatch(NamedTuple):
    """A row of a roll-up that is not what the responses say; `found` None: missing, `wanted` None: too much."""

    table: str
    key: tuple[object, ...]
    found: tuple[int, ...] | None
    wanted: tuple[int, ...] | None


class Recount:
    """Counts in SQL, apart from the code that keeps the counts, so that a mistake there is found here."""

    def __init__(self, db: Database, running: RunningCounts) -> None:
        self._conn = db.conn
        self._running = running

    def mismatches(self) -> list[Mismatch]:
        """Every row of a roll-up that differs; read in one transaction, so a busy collector does not disturb it."""
        self._conn.execute("BEGIN")
        try:
            return [
                *self._compare("day_count", 5, self._days()),
                *self._compare("hour_count", 4, self._hours()),
                *self._running_mismatches(),
            ]
        finally:
            self._conn.execute("ROLLBACK")

    def responses(self) -> int:
        """How many responses the database holds."""
        return int(self._conn.execute("SELECT count(*) FROM response").fetchone()[0])

    def responses_from_elsewhere(self, source: str) -> bool:
        """Is there any response that did not come from this source?"""
        return self._conn.execute("SELECT 1 FROM response WHERE source <> ? LIMIT 1", (source,)).fetchone() is not None

    def broken(self) -> list[str]:
        """What SQLite's own check of the file finds; empty where it is whole."""
        try:
            found = [row[0] for row in self._conn.execute("PRAGMA integrity_check(20)")]
        except sqlite3.DatabaseError as error:
            return [str(error)]
        return [] if found == ["ok"] else found

    def repair(self) -> None:
        """Rebuilds all roll-ups from the rows in one transaction."""
        self._conn.execute("BEGIN IMMEDIATE")
        try:
            self._running.reopen()  # the next map counts them anew
            self._conn.execute("DELETE FROM day_count")
            self._conn.execute(f"INSERT INTO day_count {self._days()}")
            self._conn.execute("DELETE FROM hour_count")
            self._conn.execute(f"INSERT INTO hour_count {self._hours()}")
            self._conn.execute("COMMIT")
        except BaseException:
            self._conn.execute("ROLLBACK")
            raise

    def _days(self) -> str:
        sums = ", ".join(f"sum(score = {score})" for score in SCORES)
        parts = []
        for dimension in ("", *DIMENSIONS):
            member = dimension or "''"
            empty = f" AND {dimension} <> ''" if dimension else ""
            parts.append(
                f"SELECT '{dimension}', {member}, day, series, flags <> '' AS flagged, {sums} FROM response"
                f" WHERE score IS NOT NULL{empty} GROUP BY {member}, day, series, flagged"
            )
        return " UNION ALL ".join(parts)

    def _hours(self) -> str:
        unhappy = " OR ".join(
            f"(scale = '{key}' AND score IN ({', '.join(map(str, sorted(scale.unhappy)))}))"
            for key, scale in SCALES.items()
            if scale.unhappy
        )
        return (
            f"SELECT day, series, hour, flags <> '' AS flagged, count(*), sum({unhappy}) FROM response"
            " JOIN series ON series.id = series WHERE score IS NOT NULL AND hour IS NOT NULL"
            " GROUP BY day, series, hour, flagged"
        )

    def _compare(self, table: str, width: int, wanted_query: str) -> list[Mismatch]:
        stored = self._conn.execute(f"SELECT * FROM {table}")
        found = {row[:width]: row[width:] for row in stored if any(row[width:])}
        wanted = {row[:width]: row[width:] for row in self._conn.execute(wanted_query)}
        return [
            Mismatch(table, key, found.get(key), wanted.get(key))
            for key in sorted(found.keys() | wanted.keys())
            if found.get(key) != wanted.get(key)
        ]

    def _running_mismatches(self) -> Iterator[Mismatch]:
        """Running counts that are not the sum of all days before their closing; one pass over the days."""
        closings = [row[0] for row in self._conn.execute("SELECT day FROM closed_day ORDER BY day")]
        parts: set[tuple[str, str]] = set()
        days = self._conn.execute("SELECT * FROM day_count ORDER BY dimension, member, day")
        for part, group in groupby(days, key=itemgetter(0, 1)):
            parts.add(part)
            yield from self._compare_part(closings, part, list(group))
        for part in self._conn.execute("SELECT DISTINCT dimension, member FROM running_count").fetchall():
            if part not in parts:
                yield from self._compare_part(closings, part, [])

    def _compare_part(
        self, closings: list[int], part: tuple[str, str], days: list[tuple[int, ...]]
    ) -> Iterator[Mismatch]:
        sums: dict[tuple[int, ...], list[int]] = {}
        added = 0
        for closing in closings:
            while added < len(days) and days[added][2] < closing:
                counts = sums.setdefault(days[added][3:5], [0] * len(SCORES))
                for score in SCORES:
                    counts[score] += days[added][5 + score]
                added += 1
            yield from self._compare_closing(closing, part, sums)

    def _compare_closing(
        self, closing: int, part: tuple[str, str], sums: Mapping[tuple[int, ...], list[int]]
    ) -> Iterator[Mismatch]:
        stored = self._conn.execute(
            "SELECT * FROM running_count WHERE day = ? AND dimension = ? AND member = ?", (closing, *part)
        )
        found = {row[3:5]: row[5:] for row in stored if any(row[5:])}
        wanted = {key: tuple(counts) for key, counts in sums.items() if any(counts)}
        for key in sorted(found.keys() | wanted.keys()):
            if found.get(key) != wanted.get(key):
                yield Mismatch("running_count", (closing, *part, *key), found.get(key), wanted.get(key))
