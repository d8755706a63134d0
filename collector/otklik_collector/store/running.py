"""Running counts: what each counter stood at twice a week, so that any period is a difference of two of them."""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlite_utils import Database

from otklik_collector.response import day_number, day_of
from otklik_collector.store.migrations import SCORES

COUNTS = [f"c{score}" for score in SCORES]
CLOSINGS = (0, 3)
"""Mondays and Thursdays: no day is further than two days from one of them."""
FOLLOWED = 20
"""Closings after a late response that are moved one by one; when it is later still, they are counted anew."""


class Span(NamedTuple):
    """A part of a sum: the days from `start` to before `end`, added or taken away; None: all before `end`."""

    sign: int
    start: int | None
    end: int


class RunningCounts:
    """Of each closing day: the counts of all days before it. Triggers keep them equal to the days' counts."""

    def __init__(self, db: Database) -> None:
        self._conn = db.conn

    def close(self, seconds: float = math.inf, pause: float = 0) -> None:
        """Counts what is over and not counted yet, each closing in a short transaction, for about so many seconds.

        A closing day is over when there is a response of a later day. Whoever draws a map calls this: it makes the
        map fast and changes no number of it. Does nothing where the database refuses. `pause` lets others write.
        """
        begun = time.monotonic()
        try:
            while (closing := self._next()) is not None and time.monotonic() - begun < seconds:
                self._close(closing)
                time.sleep(pause)
        except sqlite3.OperationalError:  # locked, full or read-only: the map then reads days
            return

    def reopen_before(self, day: int) -> None:
        """Before counts of a long past day change: forgets what would have to move, inside the caller's transaction."""
        after = self._conn.execute("SELECT count(*) FROM closed_day WHERE day > ?", (day,)).fetchone()[0]
        if after > FOLLOWED:
            self.reopen(day)

    def reopen(self, day: int = 0) -> None:
        """Forgets all running counts after a day, inside the caller's transaction."""
        self._conn.execute("DELETE FROM closed_day WHERE day > ?", (day,))
        self._conn.execute("DELETE FROM running_count WHERE day > ?", (day,))

    def spans(self, start: int, end: int) -> list[Span]:
        """What to add up for the days from `start` to before `end`: as few rows as the closings allow."""
        first, last = self._nearest(start), self._nearest(end)
        if first is None or last is None:
            return [Span(1, start, end)]
        if _days(first, start) + _days(last, end) + 2 >= _days(start, end):
            return [Span(1, start, end)]
        found = [Span(1, None, last), Span(-1, None, first)]
        for sign, closing, day in ((1, last, end), (-1, first, start)):
            if closing < day:
                found.append(Span(sign, closing, day))
            elif day < closing:
                found.append(Span(-sign, day, closing))
        return found

    def _nearest(self, day: int) -> int | None:
        before = self._conn.execute("SELECT max(day) FROM closed_day WHERE day <= ?", (day,)).fetchone()[0]
        after = self._conn.execute("SELECT min(day) FROM closed_day WHERE day > ?", (day,)).fetchone()[0]
        known = [closing for closing in (before, after) if closing is not None]
        return min(known, key=lambda closing: _days(closing, day)) if known else None

    def _next(self) -> int | None:
        """The day to close next; None where everything that is over is closed."""
        first, last = self._conn.execute(
            "SELECT (SELECT min(day) FROM day_count WHERE dimension = '' AND member = ''),"
            " (SELECT max(day) FROM day_count WHERE dimension = '' AND member = '')"
        ).fetchone()
        if first is None:
            return None
        closed = self._conn.execute("SELECT max(day) FROM closed_day").fetchone()[0]
        day = day_of(closed if closed is not None else first) + timedelta(days=1)
        while day.weekday() not in CLOSINGS:
            day += timedelta(days=1)
        return closing if (closing := day_number(day)) < last else None

    def _close(self, closing: int) -> None:
        self._conn.execute("BEGIN IMMEDIATE")
        try:
            if self._next() == closing:  # nobody else was faster
                before = self._conn.execute("SELECT coalesce(max(day), 0) FROM closed_day").fetchone()[0]
                self._conn.execute("DELETE FROM running_count WHERE day = ?", (closing,))
                self._conn.execute(
                    f"INSERT INTO running_count SELECT ?, dimension, member, series, flagged, {_NAMES}"
                    " FROM running_count WHERE day = ?",
                    (closing, before),
                )
                for dimension, member in self._parts():
                    self._conn.execute(
                        f"INSERT INTO running_count SELECT ?, dimension, member, series, flagged, {_NAMES}"
                        " FROM day_count WHERE dimension = ? AND member = ? AND day >= ? AND day < ?"
                        f" ON CONFLICT (day, dimension, member, series, flagged) DO UPDATE SET {_MOVED}",
                        (closing, dimension, member, before, closing),
                    )
                self._conn.execute("INSERT INTO closed_day VALUES (?)", (closing,))
            self._conn.execute("COMMIT")
        except BaseException:
            if self._conn.in_transaction:
                self._conn.execute("ROLLBACK")
            raise

    def _parts(self) -> Iterator[tuple[str, str]]:
        """Every dimension with every member, each found by one step in the tree instead of reading all days."""
        part: tuple[str, str] | None = ("", "")
        while part is not None:
            yield part
            part = self._conn.execute(
                "SELECT dimension, member FROM day_count WHERE (dimension, member) > (?, ?)"
                " ORDER BY dimension, member LIMIT 1",
                part,
            ).fetchone()


_NAMES = ", ".join(COUNTS)


def moved(names: Sequence[str]) -> str:
    """What an upsert of counts sets: each counter and what came to it."""
    return ", ".join(f"{name} = {name} + excluded.{name}" for name in names)


_MOVED = moved(COUNTS)


def _days(one: int, other: int) -> int:
    return abs((day_of(one) - day_of(other)).days)
