"""Many rows in one statement: SQLite works through them without Python's lock, so the event loop goes on meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import Any

ROWS = 64
"""More in one statement gain nothing; fewer, in powers of two, so that few statements have to be kept prepared."""


class ManyRows:
    """An `INSERT` of any number of rows. `executemany` would take and give back Python's lock for every row."""

    def __init__(self, connection: sqlite3.Connection, table: str, columns: Sequence[str], moved: str = "") -> None:
        """`table` may say how: `INTO day_count`, `OR REPLACE INTO response`; `moved` is an `ON CONFLICT` clause."""
        self._connection = connection
        self._one = f"({', '.join('?' * len(columns))})"
        self._insert = f"INSERT {table} ({', '.join(columns)}) VALUES "
        self._moved = f" {moved}" if moved else ""
        limit = connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        self._most = min(ROWS, _power_of_two(limit // len(columns)))

    def put(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Inserts the rows in order, inside the caller's transaction."""
        start = 0
        while start < len(rows):
            number = min(self._most, _power_of_two(len(rows) - start))
            statement = self._insert + ", ".join([self._one] * number) + self._moved
            self._connection.execute(statement, tuple(chain.from_iterable(rows[start : start + number])))
            start += number


def _power_of_two(number: int) -> int:
    """The largest power of two up to a number."""
    return 1 << (number.bit_length() - 1)


def repeated(ids: Sequence[bytes]) -> Sequence[bytes]:
    """The ids for `IN (…)`, the last one repeated up to a power of two: again few statements to keep prepared."""
    missing = (1 << (len(ids) - 1).bit_length()) - len(ids)
    return [*ids, *[ids[-1]] * missing] if missing else ids
