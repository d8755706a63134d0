"""Can the collector take responses now? A thread of its own tries the disk, so that the answer never waits for it."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from otklik_collector.log import Reporter
from otklik_collector.numbers import Numbers
from otklik_collector.problem import BadField, Problem
from otklik_collector.store.probe import Probe

PROBE_SECONDS = 5.0
SILENT_SECONDS = 30.0
"""A probe that has said nothing for so long hangs in the disk."""
RETRY_SECONDS = 10


class Found(NamedTuple):
    """What the last look at the disk and the database found; `refusal` are SQLite's words, empty where it takes."""

    at: float
    refusal: str
    newer: tuple[str, ...]
    free_mb: int


class Readiness:
    """Looks every few seconds; `problem()` says what stands in the way, from memory alone."""

    def __init__(
        self, db: Path, numbers: Numbers, writer_alive: Callable[[], bool], floor_mb: int, reporter: Reporter
    ) -> None:
        self._db = db
        self._numbers = numbers
        self._writer_alive = writer_alive
        self._floor_mb = floor_mb
        self._reporter = reporter
        self._ended = threading.Event()
        self._commits = numbers.commits
        self._found = self._look()
        self._thread = threading.Thread(target=self._run, name="readiness", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread; one that hangs in the disk is left behind."""
        self._ended.set()
        self._thread.join(2)
        if not self._thread.is_alive():
            self._reporter.report(time.monotonic(), last=True)

    def problem(self) -> Problem | None:
        """None where responses are taken, else 503 with each obstacle and what to do about it."""
        found = obstacles(self._found, self._numbers, self._writer_alive(), self._floor_mb, time.monotonic())
        if not found:
            return None
        return Problem(503, "not-ready", "The collector cannot take responses now", found, RETRY_SECONDS)

    def _run(self) -> None:
        while not self._ended.wait(PROBE_SECONDS):
            self._found = self._look()
            self._reporter.report(time.monotonic())

    def _look(self) -> Found:
        refusal = ""
        newer: tuple[str, ...] = ()
        numbers = self._numbers
        try:
            with Probe(self._db) as probe:
                newer = probe.newer_steps()
                if numbers.failing or numbers.commits == self._commits:  # a busy writer is proof enough
                    # Nobody sends to a collector that is not ready, so nothing but a write of ours tells that it is.
                    probe.write(flushed=numbers.failing)
                    numbers.recovered()
            self._commits = numbers.commits
        except sqlite3.Error as error:
            refusal = str(error)
        return Found(time.monotonic(), refusal, newer, free_mb(self._db))


def obstacles(found: Found, numbers: Numbers, writer_alive: bool, floor_mb: int, now: float) -> list[BadField]:
    """What keeps responses from being taken, each with what to do."""
    wrong: list[BadField] = []
    if not writer_alive:
        wrong.append(BadField("writer", "ended", "Restart the collector; its log says why the writer ended"))
    if numbers.may_wait and numbers.waiting >= numbers.may_wait:
        said = "Wait: it drains by itself; if it stays full, the disk is too slow for what comes"
        wrong.append(BadField("queue", numbers.waiting, said))
    if now - found.at > SILENT_SECONDS:
        said = "The disk of the database does not answer; look at the disk and what else uses it"
        wrong.append(BadField("probe", f"{now - found.at:.0f} s", said))
    if refusal := found.refusal or (numbers.failure if numbers.failing else ""):
        said = "The database takes no writes: find the program that holds it, free the disk, check the rights"
        wrong.append(BadField("database", refusal, said))
    if found.newer:
        said = "A newer version of Otklik has changed the database; start that version here"
        wrong.append(BadField("version", found.newer[-1], said))
    if floor_mb and found.free_mb < floor_mb:
        said = f"Free space on the disk of the database; the floor is {floor_mb} MB (setting disk_floor_mb)"
        wrong.append(BadField("disk", f"{found.free_mb} MB", said))
    return wrong


def free_mb(db: Path) -> int:
    """Megabytes that may still be written beside the database; 0 where the disk does not tell."""
    try:
        return shutil.disk_usage(db.absolute().parent).free // 1_000_000
    except OSError:
        return 0
