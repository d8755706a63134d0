"""A database of every earlier version is brought up to date at the next start, with a proved copy beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from conftest import Otklik, response
from sqlite_utils import Database

from otklik_collector.map.problem_map import Filters, Period
from otklik_collector.store import Store, open_store
from otklik_collector.store.backup import examine
from otklik_collector.store.migrations import migrations
from otklik_widget.journey import Journey
from otklik_widget.journey_file import read_journey

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
FEBRUARY = Period(date(2026, 2, 1), date(2026, 3, 1))
STEPS = [migration.name for migration in migrations._migrations]


@pytest.fixture
def today(tmp_path: Path, small_journey: Path) -> Iterator[Path]:
    """A database as this version leaves it, with something in every corner that the first version had already."""
    file = tmp_path / "today.db"
    with open_store(file, create=True) as store:
        store.series.use(read_journey(small_journey))
        store.responses.submit([
            response(
                number, score=number % 5, place=("", "centre", "omsk")[number % 3], day=20260301 + number % 20,
                channel=("web", "kiosk")[number % 2], segment=("", "host")[number % 2], hour=number % 24,
                person=b"anna" if number % 7 == 0 else None, comment="Cold" if number % 3 == 0 else "",
                contact=("anna@example.com", "news") if number % 9 == 0 else None,
                flags=("clock",) if number % 11 == 0 else (),
            )
            for number in range(1, 200)
        ])  # fmt: skip
        store.running.close()
        store.keys.add("shop", ("https://shop.example",), 30)
        store.passes.put({("till", "centre", 20260302): 120})
        store.people.add("Anna", "", "admin", [], 1_772_400_000)
    return file


def as_left_by(step: int, today: Path, file: Path) -> None:
    """The file of the version that knew so many steps: its own tables, with the rows that it would hold."""
    with closing(sqlite3.connect(file, isolation_level=None)) as opened:
        db = Database(opened)
        migrations.apply(db, stop_before=STEPS[step])
        opened.execute("ATTACH ? AS today", (str(today),))
        for table in [name for name in db.table_names() if not name.startswith("_sqlite")]:
            columns = _columns(opened, "main", table) & _columns(opened, "today", table)
            names = ", ".join(sorted(columns))
            opened.execute(f"INSERT OR REPLACE INTO {table} ({names}) SELECT {names} FROM today.{table}")


def _columns(opened: sqlite3.Connection, schema: str, table: str) -> set[str]:
    return {row[1] for row in opened.execute(f"PRAGMA {schema}.table_info({table})")}


@pytest.mark.parametrize("step", range(1, len(STEPS)), ids=[f"after-{name}" for name in STEPS[:-1]])
def test_a_database_of_an_earlier_version_is_brought_up_to_date(
    otklik: Otklik, tmp_path: Path, small_journey: Path, today: Path, step: int
) -> None:
    db = tmp_path / "otklik.db"
    as_left_by(step, today, db)
    assert STEPS[step] in otklik("doctor").out

    verified = otklik("verify", "--json")

    assert verified.status == 0, verified.err
    assert verified.json() == {"responses": 199, "broken": [], "mismatches": [], "repaired": False}
    assert _counts(db, small_journey) == _counts(today, small_journey)
    (copy,) = tmp_path.glob(f"otklik.db.before-{STEPS[step].partition('_')[0]}-*")
    assert (examine(copy).responses, examine(copy).broken, examine(copy).mismatches) == (199, [], 0)
    with closing(sqlite3.connect(copy)) as opened:
        assert [one.name for one in migrations.pending(Database(opened))] == STEPS[step:]
    with open_store(db) as store:
        _works(store, read_journey(small_journey))


def _counts(db: Path, journey: Path) -> list[object]:
    """What the map counts of March."""
    with open_store(db) as store:
        found = store.counts.of(read_journey(journey), MARCH, FEBRUARY, Filters())
        return [(series.touchpoint, series.scale, series.counts, series.flagged) for series in found]


def _works(store: Store, journey: Journey) -> None:
    """Everything that changes counts still does so exactly."""
    store.series.use(journey)
    store.responses.submit([response(500), response(1, rev=9, score=0)])
    store.erasure.erase("id", "", "test", lambda: store.erasure.of_id(response(2).id))
    assert store.recount.mismatches() == []
    assert store.recount.responses() == 199


def test_a_damaged_database_is_not_upgraded(otklik: Otklik, tmp_path: Path, today: Path) -> None:
    db = tmp_path / "otklik.db"
    as_left_by(1, today, db)
    with db.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096 * 4)
    before = db.read_bytes()[100:]  # behind the header, which names the way of writing

    refused = otklik("verify")

    assert refused.status == 1
    assert db.read_bytes()[100:] == before
    assert not list(tmp_path.glob("otklik.db.before-*"))
