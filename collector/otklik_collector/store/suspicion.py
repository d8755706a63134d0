"""Applies the rules of misuse where a response is stored: also to rows that came before and look otherwise now.

A verdict depends only on what stands close in time: presses of a device less than 15 s apart, answers of a customer
less than a day apart. So a press that comes days late is judged in its place, and in any order of arrival the flags
are the same.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

import msgspec

from otklik_collector.misuse import (
    BURST,
    CLOCK,
    FAST,
    GAP,
    HONEYPOT,
    PASSES,
    REPEAT,
    REPLACED,
    ROBOT,
    RUN_GAP_MS,
    VISIT_MS,
    Given,
    beyond_passes,
    suspected_answers,
    suspected_presses,
    without,
)
from otklik_collector.response import Response, day_number, day_of
from otklik_collector.store.flags import COUNTED, LOOK_UP, Decisions, Flaggable, decisions, flaggable, move
from otklik_collector.store.tally import Tally

DEVICES = 10_000
"""Questions of devices whose last press is remembered; forgetting one costs a look-up."""
PRESSES = 300
"""Presses looked at on each side: a button that never rests must not make the next press dear."""
DAYS = 32
"""Days looked at on each side for a customer who answers every day."""
JUDGED = f"r.id, r.answered_at, r.flags, {COUNTED}"
# What has no true time is in no order; what no person sent is nobody's answer; imports are not judged.
LIVE = "r.source = '' AND r.score IS NOT NULL"
NOBODYS = (CLOCK, HONEYPOT, ROBOT, FAST)

NEAR = (
    "SELECT 1 FROM response WHERE substr(person, 1, 1) = ? AND day IN (?, ?, ?) AND series = ? AND person = ?"
    " AND id <> ? LIMIT 1"
)

LATE_MS = 3600 * 1000
"""A press that comes so late may fall on a day whose passes were told meanwhile."""

Spot = tuple[int, str, bytes | None, int, int]
"""Where to look: series, device, person, answered_at, day."""


class Kept(NamedTuple):
    """What a revision does not change of a response's flags: too many for the passes, and what people decided."""

    flags: tuple[str, ...]
    decided: Decisions

    def on(self, response: Response) -> Response:
        return msgspec.structs.replace(response, flags=self.decided.applied((*response.flags, *self.flags)))


class Suspicion:
    """Knows of each device's question only the time of the last press: whatever is later by 15 s needs no look-up."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._conn = connection
        self._last: dict[tuple[str, int], int] = {}

    def forget(self) -> None:
        """After a rollback: presses of the lost transaction never were."""
        self._last.clear()

    def before(self, ids: Sequence[bytes]) -> tuple[dict[bytes, Kept], list[Spot]]:
        """For stored ids that are about to be revised: what stays of their flags, and where they stood."""
        kept: dict[bytes, Kept] = {}
        spots: list[Spot] = []
        decided = decisions(self._conn, ids)
        for start in range(0, len(ids), LOOK_UP):
            some = ids[start : start + LOOK_UP]
            rows = self._conn.execute(
                "SELECT id, flags, series, device, person, answered_at, day, source FROM response"
                f" WHERE id IN ({', '.join('?' * len(some))})",
                some,
            )
            for id, flags, series, device, person, at, day, source in rows:
                passes = (PASSES,) if PASSES in flags.split() else ()
                if id in decided or passes:
                    kept[id] = Kept(passes, decided.get(id, Decisions(set(), set())))
                if not source and (device or person):
                    spots.append((series, device, person, at, day))
        return kept, spots

    def judge(self, stored: Iterable[tuple[Response, int]], spots: Iterable[Spot], tally: Tally) -> None:
        """Flags what the rules find around responses just written, each with its series, and around old places."""
        looked: set[bytes] = set()
        days: set[tuple[str, int]] = set()
        for response, series in stored:
            if response.source or response.score is None or CLOCK in response.flags:
                continue
            if response.device:
                self._press(response, series, tally, looked)
                if response.received_at - response.answered_at > LATE_MS:
                    days.add((response.touchpoint, response.day))
            elif response.person and response.id not in looked and self._answered_before(response, series):
                self._answers(response.person, series, response.answered_at, response.day, tally, looked)
        for series, device, person, at, day in spots:
            if device:
                self._presses(device, series, at, tally, looked)
            elif person:
                self._answers(person, series, at, day, tally, looked)
        for touchpoint, day in days:
            self.judge_passes(touchpoint, day, tally)

    def judge_passes(self, touchpoint: str, day: int, tally: Tally) -> None:
        """Flags presses of a day that are more than the customers who passed, question by question.

        Passes are known by day and not by hour. A number without a place is for all places without one of their own.
        Kiosks that show a key come first: under any other name anybody may send, and must not push them out.
        """
        query = "SELECT place, passes FROM passes WHERE day = ? AND touchpoint = ?"
        told = dict(self._conn.execute(query, (day, touchpoint)).fetchall())
        if not told:
            return
        groups: dict[tuple[str, int], list[tuple[Flaggable, bool]]] = defaultdict(list)
        rows = self._conn.execute(
            f"SELECT r.device IN (SELECT device FROM device), {JUDGED}"
            " FROM response AS r JOIN series AS s ON s.id = r.series"
            f" WHERE r.day = ? AND s.touchpoint = ? AND r.device <> '' AND {LIVE}",
            (day, touchpoint),
        )
        for of_kiosk, *rest in rows:
            row = flaggable(rest)
            place = row.counted.place if row.counted.place in told else ""
            if place in told:
                groups[place, row.counted.series].append((row, bool(of_kiosk)))
        for (place, _series), found in groups.items():
            left = told[place]
            beyond: dict[bytes, str] = {}
            for sure in (True, False):
                counted = [row for row, of_kiosk in found if of_kiosk == sure and not without(row.flags, (PASSES,))]
                beyond |= beyond_passes(map(_given, counted), left)
                left = max(0, left - len(counted))
            self._set([row for row, _of_kiosk in found], beyond, (PASSES,), tally)

    def _press(self, response: Response, series: int, tally: Tally, looked: set[bytes]) -> None:
        last = self._last.get((response.device, series))
        at = response.answered_at
        if last is None:
            if len(self._last) >= DEVICES:
                self._last.clear()
            row = self._conn.execute(
                "SELECT max(answered_at) FROM response WHERE device = ? AND device <> '' AND series = ?",
                (response.device, series),
            ).fetchone()
            self._last[response.device, series] = max(at, row[0] or at)
        elif at >= last + RUN_GAP_MS:
            self._last[response.device, series] = at
            return
        elif at > last:
            self._last[response.device, series] = at
        if response.id not in looked:
            self._presses(response.device, series, at, tally, looked)

    def _presses(self, device: str, series: int, at: int, tally: Tally, looked: set[bytes]) -> None:
        """Judges the presses around a moment, as far as each is less than 15 s from the next."""
        rows: list[Flaggable] = []
        for beyond, order in (("<=", "DESC"), (">", "ASC")):
            edge = at
            query = (
                f"SELECT {JUDGED} FROM response AS r JOIN series AS s ON s.id = r.series WHERE r.device = ?"
                f" AND r.device <> '' AND r.series = ? AND r.answered_at {beyond} ? AND {LIVE}"
                f" ORDER BY r.answered_at {order} LIMIT {PRESSES}"
            )
            for found in map(flaggable, self._conn.execute(query, (device, series, at))):
                if abs(found.at - edge) >= RUN_GAP_MS:
                    break
                if CLOCK not in found.flags:
                    rows.append(found)
                    edge = found.at
        looked.update(row.id for row in rows)
        self._set(rows, suspected_presses(map(_given, rows)), (GAP, BURST), tally)

    def _answers(self, person: bytes, series: int, at: int, day: int, tally: Tally, looked: set[bytes]) -> None:
        """Judges a customer's answers around a moment, as far as each is less than a day from the next."""
        days = 1
        while True:
            found = [row for row in self._of_person(person, series, day, days) if not set(row.flags) & set(NOBODYS)]
            rows = _together(found, at)
            # As far as the edge of what was read: there may be more beyond it.
            edge = VISIT_MS * days
            if days >= DAYS or not rows or (rows[0].at >= at - edge + VISIT_MS and rows[-1].at <= at + edge - VISIT_MS):
                break
            days *= 2
        looked.update(row.id for row in rows)
        self._set(rows, suspected_answers(map(_given, rows)), (REPLACED, REPEAT), tally)

    def _answered_before(self, response: Response, series: int) -> bool:
        """Is there any other answer of the customer near? Most have none, and one look into the index tells so."""
        assert response.person is not None
        near = (response.person[:1], *_around(response.day, 1), series, response.person, response.id)
        return self._conn.execute(NEAR, near).fetchone() is not None

    def _of_person(self, person: bytes, series: int, day: int, days: int) -> list[Flaggable]:
        # Each day by its number, so that the index of people leads straight to this one.
        around = _around(day, days)
        rows = self._conn.execute(
            f"SELECT {JUDGED} FROM response AS r JOIN series AS s ON s.id = r.series"
            " WHERE substr(r.person, 1, 1) = ? AND r.person = ? AND r.series = ?"
            f" AND r.day IN ({', '.join('?' * len(around))}) AND r.device = '' AND {LIVE}",
            (person[:1], person, series, *around),
        )
        return sorted(map(flaggable, rows), key=lambda row: (row.at, row.id))

    def _set(self, rows: Sequence[Flaggable], judged: dict[bytes, str], reasons: tuple[str, ...], tally: Tally) -> None:
        """Gives the rows what was judged, and leaves every other reason and every person's word as it is."""
        wanted = {row.id: (*without(row.flags, reasons), *filter(None, [judged.get(row.id)])) for row in rows}
        changed = [row for row in rows if set(wanted[row.id]) != set(row.flags)]
        decided = decisions(self._conn, [row.id for row in changed])
        for row in changed:
            flags = decided[row.id].applied(wanted[row.id]) if row.id in decided else wanted[row.id]
            if set(flags) != set(row.flags):
                move(self._conn, tally, row, flags)


@lru_cache(maxsize=256)
def _around(day: int, days: int) -> tuple[int, ...]:
    return tuple(day_number(day_of(day) + timedelta(days=n)) for n in range(-days, days + 1))


def _given(row: Flaggable) -> Given:
    assert row.counted.score is not None
    return Given(row.id, row.at, row.counted.score)


def _together(rows: Sequence[Flaggable], at: int) -> Sequence[Flaggable]:
    """Of rows in order of time those that hang together around a moment, each less than a day from the next."""
    groups: list[list[Flaggable]] = []
    for row in rows:
        if groups and row.at - groups[-1][-1].at < VISIT_MS:
            groups[-1].append(row)
        else:
            groups.append([row])
    # Two groups where an answer between them went elsewhere.
    return [row for group in groups if group[0].at - VISIT_MS < at < group[-1].at + VISIT_MS for row in group]
