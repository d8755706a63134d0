"""Reads what was answered to “was this page helpful?”, from all that is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlite_utils import Database

SCALE = "helpful"


AT_ONCE = 50_000
"""Groups held in memory: answers come in the order of time, so most of a day's are added up within them."""


class PageDay(NamedTuple):
    """Answers of one day from one page, as they name it, in one wording; `comments` came with "No".

    A page's day may come in several of these.
    """

    page: str
    wording: str
    day: int
    no: int
    yes: int
    comments: int


class PageAnswers:
    def __init__(self, db: Database) -> None:
        self._conn = db.conn

    def by_day(self) -> Iterator[PageDay]:
        """Every answer that is not suspected. Added up here: SQLite would sort a million of them by their pages."""
        wordings = dict(self._conn.execute("SELECT id, wording FROM series WHERE scale = ?", (SCALE,)))
        rows = self._conn.execute(
            "SELECT page, series, day, score, score = 0 AND EXISTS (SELECT 1 FROM comment WHERE response = r.id)"
            f" FROM response AS r WHERE series IN ({', '.join('?' * len(wordings))}) AND flags = ''",
            tuple(wordings),
        )
        found: dict[tuple[str, int, int], list[int]] = {}
        for page, series, day, score, commented in rows:
            key = page, series, day
            if key not in found:
                if len(found) >= AT_ONCE:
                    yield from _days(found, wordings)
                    found.clear()
                found[key] = [0, 0, 0]
            counts = found[key]
            counts[score] += 1
            counts[2] += commented
        yield from _days(found, wordings)


def _days(found: dict[tuple[str, int, int], list[int]], wordings: dict[int, str]) -> Iterator[PageDay]:
    for (page, series, day), counts in found.items():
        yield PageDay(page, wordings[series], day, *counts)
