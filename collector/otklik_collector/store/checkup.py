"""A database as a doctor sees it: read from a connection that changes nothing and brings nothing up to date."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from sqlite_utils import Database

from otklik_collector.store.migrations import migrations, newer_than_us


class Checkup(NamedTuple):
    """`broken`: what SQLite's quick check finds; `steps`: those still to take, `newer`: those that we do not know."""

    ours: bool
    broken: list[str]
    steps: list[str]
    newer: list[str]
    responses: int
    newest_received: int | None
    """When the newest response came, in milliseconds."""


def check_up(path: Path) -> Checkup:
    """What stands in the file; raises `sqlite3.Error` where it cannot be read at all."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=2)) as opened:
        db = Database(opened)
        found = [row[0] for row in opened.execute("PRAGMA quick_check(5)")]
        broken = [] if found == ["ok"] else found
        if migrations.migrations_table not in db.table_names():
            return Checkup(False, broken, [], [], 0, None)
        steps = [migration.name for migration in migrations.pending(db)]
        responses = opened.execute("SELECT count(*) FROM response").fetchone()[0]
        # Ids are ordered by the time of the answer, so the newest hundred hold the newest that came, save a late one.
        newest = opened.execute(
            "SELECT max(received_at) FROM (SELECT received_at FROM response ORDER BY id DESC LIMIT 100)"
        )
        return Checkup(True, broken, steps, newer_than_us(db), responses, newest.fetchone()[0])


def takes_writes(path: Path) -> str:
    """Empty where somebody may write now, else SQLite's words."""
    try:
        address = f"{path.absolute().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, uri=True, isolation_level=None, timeout=2)) as opened:
            opened.execute("BEGIN IMMEDIATE")
            opened.execute("ROLLBACK")
    except sqlite3.Error as error:
        return str(error)
    return ""
