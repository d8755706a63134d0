"""The first start: one link makes one administrator, and an older database keeps its rows."""

from __future__ import annotations

import re
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from conftest import Otklik, Serve
from managers import SECRET, Console, Visitor
from sqlite_utils import Database

from otklik_collector.store import open_store
from otklik_collector.store.migrations import migrations


def test_the_link_of_the_first_start_makes_one_administrator_once(serve: Serve, otklik: Otklik) -> None:
    collector = serve()
    assert collector.process.stderr
    collector.process.stderr.readline()
    link = collector.process.stderr.readline().strip().removeprefix(collector.url)
    assert re.fullmatch(r"/console/begin/[\w-]{43}", link)

    anna, second = Visitor(collector.url), Visitor(collector.url)
    assert anna.ask(link).status == 200
    assert anna.ask(link).status == 200  # a scanner that opens it does not use it up
    second.ask(link)
    assert anna.send(link, link, name="Anna", password="short", again="short").status == 422
    assert anna.send(link, link, name="Anna", password=SECRET, again=SECRET).status == 303
    assert anna.ask("/console/people").status == 200
    assert second.ask(link).status == 410
    assert second.send(link, link, name="Mallory", password=SECRET, again=SECRET).status == 410
    assert Visitor(collector.url).ask("/console/map").status == 303
    assert "Mallory" not in otklik("user", "list", "--db", collector.db).out


def test_the_link_of_the_first_start_is_void_once_somebody_was_let_in(console: Console) -> None:
    with open_store(console.db) as store:
        token = store.people.make_link(None, console.clock())
    assert console.visitor().ask(f"/console/begin/{token}").status == 200
    console.let_in("Anna")
    assert console.visitor().ask(f"/console/begin/{token}").status == 410
    assert console.visitor().ask("/console/begin/nonsense").status == 410


def test_a_database_from_before_sign_in_keeps_its_rows(tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        db = Database(connection)
        migrations.apply(db, stop_before="m003_people_who_sign_in")
        db.table("site_key").insert({"key": "site-x", "name": "x", "origins": "[]", "rate": 1, "created_at": 1})
        assert "console_user" not in db.table_names()
    with open_store(file) as store:
        assert list(store.keys.live()) == ["site-x"]
        assert not store.people.anybody()
        assert store.audit.newest(10) == []


def test_a_link_pressed_by_two_at_once_makes_one_administrator(console: Console) -> None:
    with open_store(console.db) as store:
        token = store.people.make_link(None, console.clock())
    made: list[bool] = []

    def press(name: str) -> None:
        with open_store(console.db) as store:
            made.append(store.people.use_link(token, name, "hash", console.clock()) is not None)

    both = [threading.Thread(target=press, args=(name,)) for name in ("Anna", "Mallory")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(made) == [False, True]
    with open_store(console.db) as store:
        assert len(store.people.all()) == 1
