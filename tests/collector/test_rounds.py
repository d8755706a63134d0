"""Work beside the collector: it comes round again, whatever broke it once, and complains once."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import until

from otklik_collector.log import Log
from otklik_collector.rounds import Rounds
from otklik_collector.store import Store, open_store


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("otklik_collector.rounds.RETRY_SECONDS", 0.01)


def rounds(db: Path, work: Callable[[Store], float], said: io.StringIO) -> Rounds:
    found = Rounds("postman", db, work, Log(stream=said), "mail-waits", lambda why: f"letters wait: {why}")
    found.start()
    return found


def test_where_the_database_refuses_it_is_told_once_and_work_goes_on_as_soon_as_it_takes(tmp_path: Path) -> None:
    said, stores = io.StringIO(), []

    def work(store: Store) -> float:
        stores.append(store)
        return 0.01

    running = rounds(tmp_path / "otklik.db", work, said)
    until(lambda: "letters wait" in said.getvalue())
    open_store(tmp_path / "new.db", create=True).close()
    (tmp_path / "new.db").rename(tmp_path / "otklik.db")
    until(lambda: len(stores) >= 3)
    running.stop()

    assert said.getvalue().count("letters wait") == 1
    assert len(set(map(id, stores))) == 1, "one connection, kept open"


def test_a_mistake_of_ours_in_one_round_does_not_end_the_letters(store: Store) -> None:
    said, done = io.StringIO(), []

    def work(_store: Store) -> float:
        done.append(1)
        if len(done) < 3:
            raise ZeroDivisionError
        return 0.01

    running = rounds(store.path, work, said)
    until(lambda: len(done) >= 4)
    running.stop()

    assert said.getvalue().count("ZeroDivisionError") == 1


def test_who_rests_ends_at_once(store: Store) -> None:
    began = []

    def work(_store: Store) -> float:
        began.append(1)
        return 3600

    running = rounds(store.path, work, io.StringIO())
    until(lambda: began)
    start = time.monotonic()
    running.stop()

    assert time.monotonic() - start < 4
