"""The log is copied into the file beside the writer: it stays short, and whoever reads holds up nobody."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from conftest import response

from otklik_collector.store import Store, checkpoint
from otklik_collector.store.checkpoint import Checkpointer, copy

PAGE = 4096 + 24


@pytest.fixture
def checkpointer(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Checkpointer]:
    """One that finds a log of 200 pages long and copies every few milliseconds."""
    monkeypatch.setattr(checkpoint, "FRAMES", 200)
    monkeypatch.setattr(checkpoint, "CHANGES", 50)
    monkeypatch.setattr(checkpoint, "SECONDS", 0.005)
    monkeypatch.setattr(checkpoint, "LOG_BYTES", 1000 * PAGE)
    found = Checkpointer(store.db.conn, store.path)
    yield found
    found.stop()


def _log_pages(store: Store) -> int:
    return store.path.with_name(store.path.name + "-wal").stat().st_size // PAGE


def _write(store: Store, checkpointer: Checkpointer, first: int, batches: int = 100) -> int:
    """Stores batches as the writer does; returns the number of the next response."""
    for start in range(first, first + batches * 5, 5):
        store.responses.submit(
            [response(n, place="centre", page="x" * 900, score=n % 5) for n in range(start, start + 5)]
        )
        checkpointer.written()
        time.sleep(0.001)
    return first + batches * 5


@contextmanager
def _reader(path: Path) -> Iterator[int]:
    """Somebody who reads: yields how many responses he sees, and sees no other number until the end."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("BEGIN")
        yield connection.execute("SELECT count(*) FROM response").fetchone()[0]
        connection.rollback()


def test_the_log_stays_short_while_responses_never_stop_coming(store: Store, checkpointer: Checkpointer) -> None:
    _write(store, checkpointer, 0, batches=300)  # some 3,000 pages

    assert _log_pages(store) < 1200
    assert store.recount.mismatches() == []


def test_the_log_begins_anew_once_a_long_reader_has_gone(store: Store, checkpointer: Checkpointer) -> None:
    following = _write(store, checkpointer, 0)
    with _reader(store.path) as seen:
        assert seen == 500
        following = _write(store, checkpointer, following, batches=300)
        long = _log_pages(store)
    following = _write(store, checkpointer, following)
    _write(store, checkpointer, following)

    assert long > 1500, "nothing that the reader needs was written over"
    assert _log_pages(store) <= 1000
    assert store.recount.mismatches() == []
    assert store.recount.broken() == []


def test_readers_who_come_and_go_do_not_keep_the_log_growing(store: Store, checkpointer: Checkpointer) -> None:
    following = 0
    for _reading in range(20):
        with _reader(store.path):
            following = _write(store, checkpointer, following, batches=8)
        following = _write(store, checkpointer, following, batches=12)

    assert _log_pages(store) < 1500
    assert store.recount.mismatches() == []


def test_a_refused_copy_is_no_fault_of_the_responses(store: Store) -> None:
    store.responses.submit([response()])
    with closing(sqlite3.connect(store.path, timeout=0)) as other:
        store.db.conn.execute("BEGIN IMMEDIATE")
        assert copy(other) > 0
        store.db.conn.execute("ROLLBACK")


def test_the_checkpointer_ends_at_once_however_often_it_is_started(store: Store) -> None:
    for number in range(10):
        checkpointer = Checkpointer(store.db.conn, store.path)
        store.responses.submit([response(number * 1000 + n) for n in range(700)])
        checkpointer.written()
        checkpointer.stop()
