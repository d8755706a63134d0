"""Copies: taken while customers answer, proved, few enough, and good to go back to."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import Otklik, Serve, answer

from otklik_collector.people import person_of
from otklik_collector.response import Response
from otklik_collector.store import Store, open_store
from otklik_collector.store.backup import back_up, examine
from otklik_widget.contract import make_uuid7


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "otklik.db"


def response(number: int = 1, **changes: object) -> Response:
    values: dict[str, object] = {
        "id": make_uuid7(1_772_400_000_000 + number).bytes, "touchpoint": "till", "scale": "smiley5",
        "score": 3, "answered_at": 1_772_400_000_000, "received_at": 1_772_400_000_000, "day": 20260302, "hour": 10,
    }  # fmt: skip
    return Response(**{**values, **changes})  # type: ignore[arg-type]


def responses_in(db: Path) -> int:
    with open_store(db) as found:
        assert found.recount.broken() == []
        assert found.recount.mismatches() == []
        return found.recount.responses()


def named(days_ago: float, stem: str = "otklik") -> str:
    return f"{stem}-{datetime.now(UTC) - timedelta(days=days_ago):%Y%m%d-%H%M%S}.db"


def test_a_copy_is_taken_while_customers_answer(serve: Serve, otklik: Otklik, tmp_path: Path) -> None:
    collector = serve()
    for _batch in range(20):
        collector.post([answer(comment="Cold") for _one in range(50)])
    statuses, stop = [], threading.Event()

    def send() -> None:
        while not stop.is_set():
            statuses.append(collector.post(answer()).status)

    sender = threading.Thread(target=send)
    sender.start()
    done = otklik("backup", "--json")
    sent = len(statuses)
    stop.set()
    sender.join()

    assert done.status == 0, done.err
    copy = Path(done.json()["file"])
    assert (tmp_path / copy).parent == tmp_path / "backups"
    assert 1000 <= done.json()["responses"] <= 1000 + sent
    assert set(statuses) == {201}
    assert responses_in(tmp_path / copy) == done.json()["responses"]
    assert (tmp_path / copy).stat().st_mode & 0o077 == 0


def test_a_copy_is_one_moment_however_much_is_written_meanwhile(store: Store, db: Path, tmp_path: Path) -> None:
    store.responses.submit([response(number, comment="A few words to fill pages " * 8) for number in range(12_000)])
    store.erasure.empty_log()
    steps = []

    def write(done: int, total: int) -> None:
        steps.append((done, total))
        store.responses.submit([response(50_000 + len(steps))])

    made = back_up(db, tmp_path / "copies", write)

    assert len(steps) > 2, "the copy must take several steps for this to mean anything"
    assert (made.responses, made.broken, made.mismatches) == (12_000, [], 0)
    assert store.recount.responses() == 12_000 + len(steps)


def test_the_newest_copies_stay_and_foreign_files_too(store: Store, otklik: Otklik, tmp_path: Path) -> None:
    store.responses.submit([response()])
    folder = tmp_path / "copies"
    folder.mkdir()
    foreign = ["otklik-20200101-000000.db.gz", "shop-20200101-000000.db", "otklik.db", "otklik-2020.db", "notes.txt"]
    own = [named(days) for days in (1, 2, 3, 40)]
    for name in [*foreign, *own]:
        (folder / name).write_text(name)
    (folder / "otklik-20200101-000001.db").symlink_to(folder / "notes.txt")

    assert otklik("backup", folder, "--keep", "3").status == 0
    left = {file.name for file in folder.iterdir()}
    assert {*foreign, *own[:2], "otklik-20200101-000001.db"} <= left
    assert not {*own[2:]} & left
    (tmp_path / "otklik.toml").write_text("keep_backups_days = 2\n")
    (folder / own[1]).write_text("older than two days by now")
    os.utime(folder / own[1])
    time.sleep(1)
    done = otklik("backup", folder)
    assert own[0] in {file.name for file in folder.iterdir()}
    assert own[1] in done.err


def test_a_damaged_database_gives_no_copy_and_takes_none_away(
    store: Store, otklik: Otklik, db: Path, tmp_path: Path
) -> None:
    store.responses.submit([response(number, comment="Cold" * 100) for number in range(500)])
    store.close()
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / named(50)).write_text("the last hope")
    size = db.stat().st_size
    with db.open("r+b") as file:
        file.seek(size // 2)
        file.write(b"\xff" * 8192)

    done = otklik("backup")

    assert done.status == 1
    assert done.err
    assert [file.read_text() for file in folder.iterdir()] == ["the last hope"]


def test_wrong_counts_are_told_and_the_copy_is_kept(store: Store, otklik: Otklik, tmp_path: Path) -> None:
    store.responses.submit([response()])
    store.db.conn.execute("UPDATE day_count SET c3 = c3 + 1")

    done = otklik("backup")

    assert done.status == 1
    assert "verify --repair" in done.err
    assert len(list((tmp_path / "backups").iterdir())) == 1


def test_a_copy_goes_back_and_the_present_is_kept(store: Store, otklik: Otklik, db: Path, tmp_path: Path) -> None:
    store.responses.submit([response(1), response(2)])
    copy = otklik("backup", "--json").json()["file"]
    store.responses.submit([response(3)])
    store.close()

    refused = otklik("restore", copy)
    assert (refused.status, "--yes" in refused.err) == (1, True)
    assert responses_in(db) == 3
    done = otklik("restore", copy, "--yes")

    assert done.status == 0, done.err
    assert responses_in(db) == 2
    (kept,) = tmp_path.glob("otklik.db.before-restore-*")
    assert responses_in(kept) == 3
    assert not list(tmp_path.glob(".*restoring*"))


def test_nothing_goes_back_under_a_running_collector(serve: Serve, otklik: Otklik) -> None:
    collector = serve()
    collector.post(answer())
    copy = otklik("backup", "--json").json()["file"]

    refused = otklik("restore", copy, "--yes")

    assert refused.status == 1
    assert "another collector" in refused.err
    assert collector.post(answer()).status == 201
    assert responses_in(collector.db) == 2


def test_nothing_goes_back_while_a_program_has_the_database_open(store: Store, otklik: Otklik, db: Path) -> None:
    store.responses.submit([response()])
    copy = otklik("backup", "--json").json()["file"]

    refused = otklik("restore", copy, "--yes")

    assert refused.status == 1
    assert "in use" in refused.err
    assert store.recount.responses() == 1
    assert db.exists()


@pytest.mark.parametrize("what", ["text", "damaged", "foreign", "newer", "missing"])
def test_only_a_good_copy_goes_back(store: Store, otklik: Otklik, db: Path, tmp_path: Path, what: str) -> None:
    store.responses.submit([response(number, comment="Cold" * 100) for number in range(500)])
    copy = tmp_path / otklik("backup", "--json").json()["file"]
    store.close()
    if what == "text":
        copy.write_text("a letter")
    elif what == "damaged":
        with copy.open("r+b") as file:
            file.seek(copy.stat().st_size // 2)
            file.write(b"\xff" * 8192)
    elif what == "missing":
        copy.unlink()
    else:
        with closing(sqlite3.connect(copy)) as opened, opened:
            if what == "foreign":
                opened.execute("DROP TABLE _sqlite_migrations")
            else:
                opened.execute("INSERT INTO _sqlite_migrations VALUES (99, 'otklik', 'm999_the_future', '2030-01-01')")

    refused = otklik("restore", copy, "--yes")

    assert refused.status == 1
    assert str(copy) in refused.err
    assert responses_in(db) == 500
    assert not list(tmp_path.glob("otklik.db.before-*"))


def test_a_copy_goes_back_in_the_place_of_a_damaged_database(
    store: Store, otklik: Otklik, db: Path, tmp_path: Path
) -> None:
    store.responses.submit([response(number) for number in range(500)])
    copy = otklik("backup", "--json").json()["file"]
    store.close()
    damaged = b"not a database any more" * 100
    db.write_bytes(damaged)

    assert otklik("restore", copy, "--yes").status == 0

    assert responses_in(db) == 500
    (kept,) = tmp_path.glob("otklik.db.before-restore-*")
    assert kept.read_bytes() == damaged


def test_a_copy_does_not_bring_back_who_was_erased_since(store: Store, otklik: Otklik, db: Path) -> None:
    anna = person_of(store.person_secret(), "anna")
    store.responses.submit([response(1, person=anna, comment="WORDSOFANNA"), response(2, comment="Warm")])
    copy = otklik("backup", "--json").json()["file"]
    assert otklik("erase", "--customer", "anna", "--yes").status == 0
    store.close()

    done = otklik("restore", copy, "--yes", "--json").json()

    assert (done["responses"], done["erased_again"]) == (1, 1)
    assert responses_in(db) == 1
    for end in ("", "-wal"):
        file = db.with_name(db.name + end)
        assert not file.exists() or b"WORDSOFANNA" not in file.read_bytes()
    with open_store(db) as later:
        assert [line.rows for line in later.erasure.all()] == [{"comment": 1, "response": 1}]


def test_a_copy_of_the_first_version_goes_back(store: Store, otklik: Otklik, db: Path, tmp_path: Path) -> None:
    from sqlite_utils import Database

    from otklik_collector.store.migrations import migrations

    old = tmp_path / "old.db"
    with Database(sqlite3.connect(old)) as first:
        migrations.apply(first, stop_before="m002_erasures")
    store.responses.submit([response()])
    store.close()

    assert otklik("restore", old, "--yes").status == 0

    assert responses_in(db) == 0
    assert otklik("verify").status == 0


def test_a_copy_may_stand_where_no_database_was(store: Store, otklik: Otklik, tmp_path: Path) -> None:
    store.responses.submit([response()])
    copy = otklik("backup", "--json").json()["file"]
    (tmp_path / "new").mkdir()

    assert otklik("restore", copy, "--db", "new/shop.db").status == 0

    assert responses_in(tmp_path / "new/shop.db") == 1
    assert examine(tmp_path / copy).responses == 1


def test_a_folder_that_refuses_is_named(store: Store, otklik: Otklik, tmp_path: Path) -> None:
    store.responses.submit([response()])
    (tmp_path / "copies").write_text("a file")

    refused = otklik("backup", "copies")
    nothing = otklik("backup", "--db", "nothing.db")

    assert (refused.status, "copies" in refused.err) == (1, True)
    assert (nothing.status, "nothing.db" in nothing.err) == (1, True)
    assert not (tmp_path / "nothing.db").exists()
