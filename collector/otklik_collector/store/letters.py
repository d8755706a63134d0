"""Letters that wait to be sent: to whom and about what, never their words; those are written at the last moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlite_utils import Database

from otklik_widget.contract import make_uuid7

ALARM, DIGEST, KIOSK = "alarm", "digest", "kiosk"
KEPT_MS = 90 * 24 * 3600 * 1000
"""So long the log remembers what is over; a digest's week lies within it."""
DAY_MS = 24 * 3600 * 1000
_COLUMNS = "id, person, kind, about, created_at, due_at, tries, ended_at, error"


class Letter(NamedTuple):
    """Times are in ms; `due_at` None: over, and `error` says why where it was not taken."""

    id: bytes
    person: int
    kind: str
    about: str
    created_at: int
    due_at: int | None
    tries: int
    ended_at: int | None
    error: str

    @property
    def uuid(self) -> str:
        return str(UUID(bytes=self.id))


class LetterTable:
    def __init__(self, db: Database) -> None:
        self._conn = db.conn

    def put(self, person: int, kind: str, about: str, now: int, due_at: int) -> bytes | None:
        """The id of a letter to send; None where there was one about the same. Inside the caller's transaction."""
        row = self._conn.execute(
            f"INSERT OR IGNORE INTO letter ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, 0, NULL, '') RETURNING id",
            (make_uuid7(now).bytes, person, kind, about, now, due_at),
        ).fetchone()
        return row[0] if row else None

    def has(self, kind: str, about: str) -> set[int]:
        """Who was written about it already, or soon will be."""
        rows = self._conn.execute("SELECT person FROM letter WHERE kind = ? AND about = ?", (kind, about))
        return {row[0] for row in rows}

    def due(self, now: int, limit: int) -> list[Letter]:
        rows = self._conn.execute(
            f"SELECT {_COLUMNS} FROM letter WHERE due_at <= ? ORDER BY due_at LIMIT ?", (now, limit)
        )
        return [Letter(*row) for row in rows]

    def settle(self, letter: Letter, due_at: int | None, error: str, now: int) -> None:
        """Writes down how a try ended; without `due_at` it is over."""
        self._conn.execute(
            "UPDATE letter SET tries = tries + 1, error = ?, due_at = ?, ended_at = ? WHERE id = ?",
            (error[:300], due_at, None if due_at else now, letter.id),
        )

    def waiting(self) -> int:
        return int(self._conn.execute("SELECT count(*) FROM letter WHERE due_at IS NOT NULL").fetchone()[0])

    def newest(self, limit: int) -> list[Letter]:
        """The log, the newest first."""
        rows = self._conn.execute(f"SELECT {_COLUMNS} FROM letter ORDER BY id DESC LIMIT ?", (limit,))
        return [Letter(*row) for row in rows]

    def prune(self, now: int) -> None:
        """Forgets what is older than the log."""
        self._conn.execute("DELETE FROM letter WHERE id < ?", (make_uuid7(now - KEPT_MS, bytes(10)).bytes,))

    def untold(self, person: int, touchpoints: Sequence[str], now: int) -> set[str]:
        """The touchpoints of which a person was not told within 24 hours."""
        rows = self._conn.execute(
            "SELECT touchpoint FROM alarm_told WHERE person = ? AND told_at > ?", (person, now - DAY_MS)
        )
        return set(touchpoints) - {row[0] for row in rows}

    def tell(self, person: int, touchpoints: Sequence[str], now: int) -> None:
        """Remembers that a person is told of these; inside the caller's transaction."""
        self._conn.executemany(
            "INSERT OR REPLACE INTO alarm_told VALUES (?, ?, ?)", [(person, one, now) for one in touchpoints]
        )
