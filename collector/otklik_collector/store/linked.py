"""Reads how people who answered at a touchpoint recommend the company afterwards."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from datetime import date, timedelta

from sqlite_utils import Database

from otklik_collector.map.harm import Linked
from otklik_collector.response import day_number
from otklik_collector.store.series import Series, SeriesTable
from otklik_widget.journey import Journey
from otklik_widget.scales import SCALES

WITHIN_DAYS = 30
"""Longer after a visit other visits have more to do with whether somebody recommends."""
LOOK_BACK_DAYS = 180
PEOPLE = 16_384
"""Responses that are looked at; where there are more, those of a share of the people."""
BUCKETS = 256


class LinkedReader:
    """Bounded: about so many responses are read, however many there are, and none where nobody is known."""

    def __init__(self, db: Database, series: SeriesTable) -> None:
        self._conn = db.conn
        self._series = series

    def of(self, journey: Journey, end: date) -> dict[str, Linked]:
        """By touchpoint: of those who answered its main question, and told within 30 days whether they recommend."""
        outcome = journey.outcome
        if outcome is None or SCALES[outcome.main].kind is None:
            return {}
        asked = {
            one.id: one
            for one in self._series.all()
            if one.touchpoint in journey.touchpoints and journey.touchpoints[one.touchpoint].main == one.scale
        }
        told = {number for number, one in asked.items() if one.touchpoint == outcome.key}
        if not told:
            return {}
        start, end_day = day_number(end - timedelta(days=LOOK_BACK_DAYS)), day_number(end)
        buckets = self._buckets(start, end_day)
        # The index has all that is asked for, and the id has the order of time.
        rows = self._conn.execute(
            "SELECT person, id, series, score FROM response INDEXED BY response_person"
            f" WHERE person IS NOT NULL AND substr(person, 1, 1) IN ({', '.join('?' * buckets)})"
            " AND day >= ? AND day < ? AND flags = '' AND score IS NOT NULL",
            (*(bytes([bucket]) for bucket in range(buckets)), start, end_day),
        )
        people: dict[bytes, list[tuple[int, int, int]]] = defaultdict(list)
        for person, id_, series, score in rows:
            if series in asked:
                people[person].append((int.from_bytes(id_[:6], "big"), series, score))
        found: dict[str, Linked] = defaultdict(Linked)
        for answers in people.values():
            if any(series in told for _at, series, _score in answers):
                _link(sorted(answers), asked, told, found, SCALES[outcome.main].unhappy)
        return dict(found)

    def _buckets(self, start: int, end: int) -> int:
        """Of how many of the 256 parts of the people are read."""
        first = self._conn.execute(
            "SELECT count(*) FROM (SELECT 1 FROM response INDEXED BY response_person WHERE person IS NOT NULL"
            " AND substr(person, 1, 1) = ? AND day >= ? AND day < ? LIMIT ?)",
            (b"\x00", start, end, PEOPLE),
        ).fetchone()[0]
        return max(1, min(BUCKETS, PEOPLE // first)) if first else BUCKETS


def _link(
    answers: list[tuple[int, int, int]],
    asked: dict[int, Series],
    told: set[int],
    found: dict[str, Linked],
    detractors: frozenset[int],
) -> None:
    """Adds one person's links: each answer at a touchpoint with the first recommendation after it."""
    recommended = [(at, score) for at, series, score in answers if series in told]
    moments = [at for at, _score in recommended]
    for at, series, score in answers:
        after = bisect_left(moments, at)
        if series in told or after == len(moments) or moments[after] - at > WITHIN_DAYS * 86_400_000:
            continue
        one, lost = asked[series], int(recommended[after][1] in detractors)
        bad = score in SCALES[one.scale].unhappy
        found[one.touchpoint] += Linked(1, lost, 0, 0) if bad else Linked(0, 0, 1, lost)
