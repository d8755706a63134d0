"""The series: touchpoint x scale x wording version, each with a number that its responses carry."""

from __future__ import annotations

import json
from typing import NamedTuple

from sqlite_utils import Database

from otklik_widget.journey import Journey


class Series(NamedTuple):
    id: int
    touchpoint: str
    scale: str
    wording: str
    version: int


class SeriesTable:
    """Knows every series of the database by (touchpoint, scale, wording) and adds what the journey newly asks."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._current: dict[tuple[str, str], str] = {}
        self._questions: dict[tuple[str, str], str] = {}
        self._ids: dict[tuple[str, str, str], int] = {}

    def all(self) -> list[Series]:
        rows = self._db.conn.execute("SELECT id, touchpoint, scale, wording, version FROM series ORDER BY id")
        return [Series(*row) for row in rows]

    def use(self, journey: Journey) -> None:
        """Learns what is asked now; rows are added when the first response comes. Writes nothing."""
        for key, touchpoint in journey.touchpoints.items():
            for scale in touchpoint.ask:
                self._learn(journey, key, scale)
        self._journey = journey

    def _learn(self, journey: Journey, touchpoint: str, scale: str) -> str:
        asked = journey.touchpoints[touchpoint]
        questions = {lang: asked.question(scale, lang) for lang in journey.company.languages}
        self._questions[touchpoint, scale] = json.dumps(questions, ensure_ascii=False)
        wording = self._current[touchpoint, scale] = journey.wording(touchpoint, scale)
        return wording

    def id_of(self, touchpoint: str, scale: str, wording: str) -> int:
        """The number of a series, made where it is new; inside the caller's transaction.

        A wording that the database has never asked (a page older than the collector) counts as the current one.
        """
        known = self._ids.get((touchpoint, scale, wording))
        if known is not None:
            return known
        current = self._current.get((touchpoint, scale)) or self._learn(self._journey, touchpoint, scale)
        found = self._find(touchpoint, scale, wording) if wording and wording != current else None
        if found is None:
            found = self._find(touchpoint, scale, current) or self._add(touchpoint, scale, current)
        self._ids[touchpoint, scale, wording] = found
        return found

    def forget(self) -> None:
        """After a rollback: numbers made in the lost transaction are gone."""
        self._ids.clear()

    def _find(self, touchpoint: str, scale: str, wording: str) -> int | None:
        row = self._db.conn.execute(
            "SELECT id FROM series WHERE touchpoint = ? AND scale = ? AND wording = ?", (touchpoint, scale, wording)
        ).fetchone()
        return int(row[0]) if row else None

    def _add(self, touchpoint: str, scale: str, wording: str) -> int:
        version = self._db.conn.execute(
            "SELECT coalesce(max(version), 0) + 1 FROM series WHERE touchpoint = ? AND scale = ?", (touchpoint, scale)
        ).fetchone()[0]
        cursor = self._db.conn.execute(
            "INSERT INTO series (touchpoint, scale, wording, version, question) VALUES (?, ?, ?, ?, ?)",
            (touchpoint, scale, wording, version, self._questions[touchpoint, scale]),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid
