"""Reads what customers wrote, the newest first, in short steps: a rare word must not hold a request for minutes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlite_utils import Database

from otklik_collector.map.problem_map import Filters, Period
from otklik_collector.response import day_number
from otklik_collector.store.series import Series, SeriesTable
from otklik_collector.store.tally import DIMENSIONS
from otklik_collector.themes import Mood, Said
from otklik_widget.scales import SCALES

STEP = 500
LOOKED_AT = 5_000
"""Comments whose words are looked at for one page."""
PASSED = 400_000
"""Responses, with words or without, that are passed over for one page."""

Key = tuple[int, int, bytes]
"""Where a comment stands in the order of reading: its day, its time in ms, its id."""


class Comment(NamedTuple):
    """What somebody wrote, with the score it stood beside (None: a message) and the case that answers it, if any."""

    response: bytes
    day: int
    answered_at: int
    touchpoint: str
    scale: str
    score: int | None
    place: str
    channel: str
    segment: str
    lang: str
    reasons: tuple[str, ...]
    text: str
    case: int | None

    @property
    def key(self) -> Key:
        return self.day, self.answered_at, self.response


@dataclass(frozen=True)
class Wanted:
    """Which comments; None or empty: all. `mood`: of the unhappy, neutral or happy, or messages (`message`).

    `lang`: the language they were asked in; `other` with `langs`: none of these. `scored`: the touchpoints with the
    scales of which the reader may know single answers; comments of others are found by no answer, and have no mood.
    """

    period: Period
    filters: Filters = Filters()  # noqa: RUF009 - nobody can change it
    touchpoint: str | None = None
    scale: str | None = None
    score: int | None = None
    mood: str | None = None
    reason: str | None = None
    lang: str | None = None
    langs: tuple[str, ...] = ()
    scored: frozenset[tuple[str, str]] | None = None

    def tells(self, touchpoint: str, scale: str) -> bool:
        """May the reader know how somebody answered there?"""
        return self.scored is None or SCALES[scale].kind is None or (touchpoint, scale) in self.scored


class Page(NamedTuple):
    """The comments found; `more`: where to read on, None at the end of the period; `cut`: there was too much to look
    at, so there may be more even where none was found."""

    comments: list[Comment]
    more: Key | None
    cut: bool


_COLUMNS = (
    "r.id, r.day, r.answered_at, r.series, r.score, r.place, r.channel, r.segment, r.lang, r.reasons, c.text,"
    " (SELECT id FROM complaint_case WHERE response = r.id)"
)


class CommentReader:
    def __init__(self, db: Database, series: SeriesTable) -> None:
        self._conn = db.conn
        self._series = series

    def page(
        self, wanted: Wanted, limit: int, after: Key | None = None, fits: Callable[[str], bool] | None = None
    ) -> Page:
        """The next comments after a place whose text fits."""
        found: list[Comment] = []
        looked_at = 0
        for some, last, passed in self._steps(wanted, after, limit + 1 if fits is None else STEP):
            looked_at += len(some)
            found += some if fits is None else [one for one in some if fits(one.text)]
            if len(found) > limit:
                return Page(found[:limit], found[limit - 1].key, cut=False)
            if looked_at >= LOOKED_AT or passed >= PASSED:
                return Page(found, last, cut=True)
        return Page(found, None, cut=False)

    def said(self, wanted: Wanted, most: int) -> list[Said]:
        """The newest comments of a period, with the mood of each."""
        found: list[Said] = []
        for some, _last, passed in self._steps(wanted, None, most):
            found += [_said(one, wanted) for one in some]
            if len(found) >= most or passed >= PASSED:
                break
        return found[:most]

    def find(self, id: bytes) -> Comment | None:
        """The comment of a response."""
        row = self._conn.execute(
            f"SELECT {_COLUMNS} FROM response AS r JOIN comment AS c ON c.response = r.id WHERE r.id = ?", (id,)
        ).fetchone()
        return _comment(row, {one.id: one for one in self._series.all()}) if row else None

    def _steps(self, wanted: Wanted, after: Key | None, step: int) -> Iterator[tuple[list[Comment], Key, int]]:
        """Comments step by step, each with where it ended and how many responses were passed over so far.

        Day by day: a period may be as long as the calendar, and the order of the days is the index's.
        """
        known = {one.id: one for one in self._series.all() if _asks(wanted, one)}
        start, passed = day_number(wanted.period.start), 0
        day = day_number(wanted.period.end) if after is None else after[0] + 1
        marks = ", ".join("?" * len(known))
        where, values = _where(wanted, known)
        while True:
            day = self._conn.execute(
                "SELECT max(day) FROM response WHERE day >= ? AND day < ?", (start, day)
            ).fetchone()[0]
            if day is None:
                return
            last = after if after and after[0] == day else (day, 1 << 62, b"")
            passed += self._conn.execute(
                f"SELECT count(*) FROM response WHERE day = ? AND series IN ({marks})", (day, *known)
            ).fetchone()[0]
            while True:
                # The index alone tells the ids; only what has a comment is read from the table.
                rows = self._conn.execute(
                    f"SELECT {_COLUMNS} FROM response AS i CROSS JOIN comment AS c ON c.response = i.id"
                    " CROSS JOIN response AS r ON r.id = i.id"
                    f" WHERE i.day = ? AND i.series IN ({marks}) AND (r.answered_at, r.id) < (?, ?){where}"
                    " ORDER BY r.answered_at DESC, r.id DESC LIMIT ?",
                    (day, *known, *last[1:], *values, step),
                ).fetchall()
                some = [_comment(row, known) for row in rows]
                if some:
                    last = some[-1].key
                if len(some) < step:
                    last = (day, -1, b"")
                yield some, last, passed
                if len(some) < step:
                    break


def _said(one: Comment, wanted: Wanted) -> Said:
    return Said(one.text, mood(one.scale, one.score) if wanted.tells(one.touchpoint, one.scale) else "")


def mood(scale: str, score: int | None) -> Mood:
    """How the customer answered beside the words; nothing for a message, or a score that is on the scale no more."""
    return SCALES[scale].classify(score) if score is not None and SCALES[scale].has(score) else ""


def _asks(wanted: Wanted, series: Series) -> bool:
    message = SCALES[series.scale].kind is None
    by_answer = wanted.score is not None or wanted.mood not in (None, "message")
    return (
        (wanted.tells(series.touchpoint, series.scale) or not by_answer)
        and wanted.touchpoint in (None, series.touchpoint)
        and wanted.scale in (None, series.scale)
        and (wanted.mood is None or (wanted.mood == "message") == message)
    )


def _where(wanted: Wanted, known: dict[int, Series]) -> tuple[str, list[Any]]:
    parts: list[str] = []
    values: list[Any] = []

    def only(condition: str, *more: Any) -> None:
        parts.append(f" AND {condition}")
        values.extend(more)

    if not wanted.filters.include_flagged:
        only("r.flags = ''")
    for name in DIMENSIONS:
        if (value := getattr(wanted.filters, name)) is not None:
            only(f"r.{name} = ?", value)
    if wanted.score is not None:
        only("r.score = ?", wanted.score)
    if wanted.mood in ("unhappy", "neutral", "happy"):
        scores = [
            (number, score)
            for number, one in known.items()
            for score in SCALES[one.scale].scores
            if mood(one.scale, score) == wanted.mood
        ]
        by_series = {number: [score for its, score in scores if its == number] for number, _score in scores}
        each = [f"r.series = {number} AND r.score IN ({', '.join(map(str, its))})" for number, its in by_series.items()]
        only(f"({' OR '.join(each) or '0'})")
    if wanted.reason is not None:
        only("instr(r.reasons, ?) > 0", json.dumps(wanted.reason))
    if wanted.lang == "other":
        only(f"r.lang NOT IN ({', '.join('?' * len(wanted.langs))})", *wanted.langs)
    elif wanted.lang is not None:
        only("r.lang = ?", wanted.lang)
    return "".join(parts), values


def _comment(row: tuple[Any, ...], known: dict[int, Series]) -> Comment:
    id, day, at, number, score, place, channel, segment, lang, reasons, text, case = row
    its = known[number]
    return Comment(
        id, day, at, its.touchpoint, its.scale, score, place, channel, segment, lang, tuple(json.loads(reasons)), text,
        case,
    )  # fmt: skip
