"""Who did what and when: written in the same transaction as the deed, never changed."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from sqlite_utils import Database

COMMAND_LINE = ""
"""Who did it, where it was done with the command `otklik` on the machine itself."""


class Deed(NamedTuple):
    """`at` is in milliseconds; `who` is empty for the command line; `detail` holds keys, never a sentence."""

    id: int
    at: int
    who: str
    action: str
    about: str
    detail: str


class AuditTable:
    def __init__(self, db: Database) -> None:
        self._conn = db.conn

    def put(self, now: float, who: str, action: str, about: str = "", detail: str = "") -> None:
        self._conn.execute(
            "INSERT INTO audit (at, who, action, about, detail) VALUES (?, ?, ?, ?, ?)",
            (int(now * 1000), who, action, about, detail),
        )

    def newest(self, limit: int, before: int | None = None, name: str | None = None) -> list[Deed]:
        """The newest deeds first; `before` a number of a deed; by or about somebody where a name is given."""
        rows = self._conn.execute(
            "SELECT id, at, who, action, about, detail FROM audit"
            " WHERE (?1 IS NULL OR id < ?1) AND (?2 IS NULL OR who = ?2 OR about = ?2) ORDER BY id DESC LIMIT ?3",
            (before, name, limit),
        )
        return [Deed(*row) for row in rows]

    def names(self) -> list[str]:
        """Everybody who did something or had something done about them, also those who are gone."""
        rows = self._conn.execute("SELECT who FROM audit UNION SELECT about FROM audit")
        return [name for (name,) in rows if name]


def note(db: Path, action: str, about: str, detail: str) -> str | None:
    """Writes down a deed of the command line that changes nothing in the database; None, or why that was refused.

    The database is not brought up to date for it: a copy of an old one must not change it.
    """
    try:
        with closing(sqlite3.connect(f"{db.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)) as opened:
            AuditTable(Database(opened)).put(time.time(), COMMAND_LINE, action, about, detail)
    except sqlite3.Error as error:
        return str(error)
    return None
