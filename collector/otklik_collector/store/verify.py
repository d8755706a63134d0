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

DAYS = 8
"""Days that are counted together: few enough to be sorted in memory at ten million responses."""
_UNHAPPY = " OR ".join(
    f"(scale = '{key}' AND score IN ({', '.join(map(str, sorted(scale.unhappy)))}))"
    for key, scale in SCALES.items()
    if scale.unhappy
)
_SUMS = ", ".join(f"sum(score = {score})" for score in SCORES)
_GIVEN = [("", "''", "TRUE"), *((dimension, dimension, f"{dimension} <> ''") for dimension in DIMENSIONS)]
COUNT_DAYS = " UNION ALL ".join(
    f"SELECT '{dimension}', {member}, day, series, flagged, {_SUMS} FROM temp.counted"
    f" WHERE {given} GROUP BY day, series, flagged, {member}"
    for dimension, member, given in _GIVEN
)
COUNT_HOURS = (
    "SELECT day, series, hour, flagged, count(*), sum(unhappy) FROM temp.counted WHERE hour IS NOT NULL"
    " GROUP BY day, series, hour, flagged"
)
# Each part of the tree by itself: the day does not stand first in it.
_DAYS_FOUND = (
    "SELECT d.* FROM temp.part AS p CROSS JOIN day_count AS d ON d.dimension = p.dimension AND d.member = p.member"
    " WHERE d.day BETWEEN ? AND ?"
)
_HOURS_FOUND = "SELECT * FROM hour_count WHERE day BETWEEN ? AND ?"


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
            found = list(self._running_mismatches())
            for days in self._taken():
                found += self._compare("day_count", 5, COUNT_DAYS, _DAYS_FOUND, days)
                found += self._compare("hour_count", 4, COUNT_HOURS, _HOURS_FOUND, days)
            return sorted(found, key=lambda mismatch: (mismatch.table, mismatch.key))
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
            self._conn.execute("DELETE FROM hour_count")
            for _days in self._taken():
                self._conn.execute(f"INSERT INTO day_count {COUNT_DAYS}")
                self._conn.execute(f"INSERT INTO hour_count {COUNT_HOURS}")
            self._conn.execute("COMMIT")
        except BaseException:
            self._conn.execute("ROLLBACK")
            raise

    def _taken(self) -> Iterator[tuple[int, int]]:
        """A few days after the other: their responses stand in `temp.counted`, where they are sorted in memory.

        All days at once would be sorted on disk, once for each dimension.
        """
        self._conn.execute(
            "CREATE TEMP TABLE counted (day, series, hour, flagged, score, place, channel, segment, unhappy)"
        )
        self._conn.execute("CREATE TEMP TABLE taken (id PRIMARY KEY) WITHOUT ROWID")
        self._conn.execute("CREATE TEMP TABLE part (dimension, member)")
        self._conn.execute("INSERT INTO temp.part SELECT DISTINCT dimension, member FROM day_count")
        days = sorted({row[0] for row in self._conn.execute(
            "SELECT DISTINCT day FROM response UNION SELECT day FROM day_count UNION SELECT day FROM hour_count"
        )})  # fmt: skip
        for start in range(0, len(days), DAYS):
            some = days[start], days[min(start + DAYS, len(days)) - 1]
            self._conn.execute("DELETE FROM temp.taken")
            self._conn.execute("DELETE FROM temp.counted")
            # In the order of their ids they are read from one end of the file to the other.
            self._conn.execute("INSERT INTO temp.taken SELECT id FROM response WHERE day BETWEEN ? AND ?", some)
            self._conn.execute(
                "INSERT INTO temp.counted SELECT day, series, hour, flags <> '', score, place, channel, segment,"
                f" {_UNHAPPY} FROM temp.taken CROSS JOIN response USING (id) JOIN series ON series.id = series"
                " WHERE score IS NOT NULL"
            )
            yield some
        self._conn.execute("DROP TABLE temp.taken")
        self._conn.execute("DROP TABLE temp.part")
        self._conn.execute("DROP TABLE temp.counted")

    def _compare(self, table: str, width: int, count: str, find: str, days: tuple[int, int]) -> Iterator[Mismatch]:
        stored = self._conn.execute(find, days)
        found = {row[:width]: row[width:] for row in stored if any(row[width:])}
        wanted = {row[:width]: row[width:] for row in self._conn.execute(count)}
        if found != wanted:
            for key in found.keys() | wanted.keys():
                if found.get(key) != wanted.get(key):
                    yield Mismatch(table, key, found.get(key), wanted.get(key))

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
