"""Moves SQLite's log into the file beside the writer, so that no response waits while it is copied."""

from __future__ import annotations

import math
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

CHANGES = 3_000
"""So many rows changed say that there is something to copy: some 500 responses alone, or ten batches of 64."""
SECONDS = 0.25
"""At least between two copies: most pages of a busy log stand in it many times, and only the last is copied."""
FRAMES = 4_000
"""Pages in the log (16 MB) from which on the writer is asked to let it begin anew."""
LOG_BYTES = 64 * 1024 * 1024
"""A log that a long reader made longer than this is cut when it begins anew."""


class Checkpointer:
    """A thread that copies what is flushed, while the writer goes on.

    SQLite begins the log anew only when all of it is copied and nobody reads it, which a busy writer never allows by
    itself: so when the log is long, the thread copies nearly all of it and the writer, between two of its
    transactions, the few pages that came meanwhile. Beside a reader that stays, the log grows until it has gone.
    """

    def __init__(self, writing: sqlite3.Connection, path: Path) -> None:
        self._writing = writing
        self._path = path
        writing.execute("PRAGMA wal_autocheckpoint = 0")
        writing.execute(f"PRAGMA journal_size_limit = {LOG_BYTES}")
        self._copied = writing.total_changes
        self._due = 0.0
        self._commits = 0
        self._nearly_done = False
        self._ended = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpointer", daemon=True)
        self._thread.start()

    def written(self) -> None:
        """The writer says this after each of its transactions, from its own thread."""
        self._commits += 1
        if self._nearly_done:
            self._nearly_done = False
            copy(self._writing)
        elif self._writing.total_changes - self._copied >= CHANGES and time.monotonic() >= self._due:
            self._copied = self._writing.total_changes
            self._due = math.inf
            self._wake.set()

    def stop(self) -> None:
        """Ends the thread after the copy it is at."""
        self._ended = True
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        with closing(sqlite3.connect(self._path, isolation_level=None)) as connection:
            while self._wake.wait():
                self._wake.clear()
                if self._ended:
                    return
                # The second copy takes what came while the first, long one was at work.
                if copy(connection) > FRAMES and self._another_commit() and copy(connection) > FRAMES:
                    self._nearly_done = True
                self._due = time.monotonic() + SECONDS

    def _another_commit(self) -> bool:
        """Waits until the writer has written again; False where it has nothing to write, or ends.

        A copy must never begin when all is copied: SQLite before 3.51.3 may then take a log that begins anew at that
        instant for the old one, and leave out what is in it (https://sqlite.org/wal.html#walresetbug).
        """
        commits, end = self._commits, time.monotonic() + SECONDS
        while self._commits == commits and not self._ended and time.monotonic() < end:
            time.sleep(0.001)
        return self._commits != commits


def copy(connection: sqlite3.Connection) -> int:
    """Copies what no reader holds back, waiting for nobody; returns how many pages the log has."""
    try:
        frames: int = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1]
    except sqlite3.Error:  # locked, or a disk that refuses: nothing is lost, and the next copy tries again
        return 0
    return frames
