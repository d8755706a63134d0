"""What the running collector has done, in numbers for its operators: since its start, and nothing about anybody."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

SLOW_SECONDS = 1.0
"""A commit that takes longer is counted as slow: a healthy disk needs a hundredth of it."""


class Numbers:
    """Counters that the front, the writer and the pages move; each kind is moved by one thread, but refusals by all."""

    def __init__(self, db: Path, clock: Callable[[], float] = time.time) -> None:
        self._wal = db.with_name(db.name + "-wal")
        self._clock = clock
        self._lock = threading.Lock()
        self._refused: Counter[tuple[int, str]] = Counter()
        self._backlogs: dict[str, Callable[[], int]] = {}
        self.started = clock()
        self.stored = self.revised = self.known = 0
        self.waiting = self.most_waiting = self.may_wait = 0
        self.commits = self.slow = self.batch = self.largest_batch = 0
        self.seconds = self.slowest = self.last_seconds = 0.0
        self.committed_at: float | None = None
        self.failures = 0
        self.failed_at: float | None = None
        self.failure = ""
        self.failing = False

    def queued(self, waiting: int) -> None:
        """So many responses wait now."""
        self.waiting = waiting
        if waiting > self.most_waiting:
            self.most_waiting = waiting

    def committed(self, outcomes: Mapping[str, int], seconds: float) -> None:
        """One transaction is on the disk: how many responses it `stored`, `revised` and found `known`."""
        self.stored += outcomes.get("stored", 0)
        self.revised += outcomes.get("revised", 0)
        self.known += outcomes.get("known", 0)
        self.commits += 1
        self.batch = sum(outcomes.values())
        self.largest_batch = max(self.largest_batch, self.batch)
        self.seconds += seconds
        self.last_seconds = seconds
        self.slow += seconds > SLOW_SECONDS
        self.slowest = max(self.slowest, seconds)
        self.committed_at = self._clock()
        self.failing = False

    def failed(self, why: str) -> None:
        """A transaction was refused; `why` are SQLite's words, which name no values."""
        self.failures += 1
        self.failure = why
        self.failing = True
        self.failed_at = self._clock()

    def recovered(self) -> None:
        """A write of the probe went through to the disk."""
        self.failing = False

    def refused(self, status: int, code: str) -> None:
        """A request, or one response of a list, was not taken."""
        with self._lock:
            self._refused[status, code] += 1

    def refusals(self) -> dict[tuple[int, str], int]:
        """How many were refused, by status and code."""
        with self._lock:
            return dict(self._refused)

    def add_backlog(self, name: str, ask: Callable[[], int]) -> None:
        """Has another part tell how much it still has to do; `ask` is called for each snapshot and must be quick."""
        self._backlogs[name] = ask

    def wal_bytes(self) -> int:
        """How long SQLite's log is; it grows while a long reader keeps it from being emptied."""
        try:
            return self._wal.stat().st_size
        except OSError:
            return 0

    def snapshot(self) -> dict[str, Any]:
        """All numbers as JSON takes them: times in milliseconds since 1970, durations in milliseconds."""
        commits = self.commits
        return {
            "started_at": int(self.started * 1000),
            "stored": self.stored,
            "revised": self.revised,
            "known": self.known,
            "refused": [
                {"status": status, "code": code, "number": number}
                for (status, code), number in sorted(self.refusals().items())
            ],
            "queue": {"now": self.waiting, "most": self.most_waiting, "limit": self.may_wait},
            "commits": {
                "number": commits,
                "slow": self.slow,
                "last_at": _ms(self.committed_at),
                "last_ms": round(self.last_seconds * 1000, 1),
                "mean_ms": round(self.seconds * 1000 / commits, 1) if commits else 0.0,
                "slowest_ms": round(self.slowest * 1000, 1),
                "last_batch": self.batch,
                "largest_batch": self.largest_batch,
            },
            "failures": {"number": self.failures, "last_at": _ms(self.failed_at), "last": self.failure},
            "wal_bytes": self.wal_bytes(),
            "backlog": {name: ask() for name, ask in self._backlogs.items()},
        }


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else int(seconds * 1000)
