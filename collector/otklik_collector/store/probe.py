"""A look at the database from outside the writer: is it ours, and would it take a write now?"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import TracebackType

from sqlite_utils import Database

from otklik_collector.store.migrations import newer_than_us

WAIT_SECONDS = 2.0


class Probe:
    """A short connection of its own; raises `sqlite3.Error` where the database refuses."""

    def __init__(self, path: Path) -> None:
        address = f"{path.absolute().as_uri()}?mode=rw"  # a file that went away must not come back empty
        self._conn = sqlite3.connect(address, uri=True, isolation_level=None, timeout=WAIT_SECONDS)
        self._conn.execute("PRAGMA synchronous = FULL")
        # Emptying the log is the writer's: SQLite before 3.51.3 bears no two that do it at the same instant.
        self._conn.execute("PRAGMA wal_autocheckpoint = 0")

    def newer_steps(self) -> tuple[str, ...]:
        """The steps of a newer version that the database has taken meanwhile."""
        return tuple(newer_than_us(Database(self._conn)))

    def write(self, *, flushed: bool) -> None:
        """Takes the right to write and gives it back; `flushed`: also writes one page through to the disk."""
        self._conn.execute("BEGIN IMMEDIATE")
        try:
            if flushed:  # the number that stands there already: nothing changes, but the page is written
                (number,) = self._conn.execute("PRAGMA user_version").fetchone()
                self._conn.execute(f"PRAGMA user_version = {number}")
            self._conn.execute("COMMIT")
        except BaseException:
            if self._conn.in_transaction:
                self._conn.execute("ROLLBACK")
            raise

    def __enter__(self) -> Probe:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._conn.close()
