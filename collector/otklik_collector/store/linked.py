"""Reads how people who answered at a touchpoint recommend the company afterwards."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from datetime import date, timedelta
from typing import NamedTuple

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
DAY_MS = 86_400_000
Answer = tuple[int, int, int]
"""When (ms), the series and the score."""


class _People(NamedTuple):
    """Main questions by series, those that ask for the recommendation, and the answers of each person who gave one."""

    asked: dict[int, Series]
    told: set[int]
    answers: list[list[Answer]]


class LinkedReader:
    """Bounded: about so many responses are read, however many there are, and none where nobody is known."""

    def __init__(self, db: Database, series: SeriesTable) -> None:
        self._conn = db.conn
        self._series = series

    def of(self, journey: Journey, end: date) -> dict[str, Linked]:
        """By touchpoint: of those who answered its main question, and told within 30 days whether they recommend."""
        people = self._people(journey, end)
        found: dict[str, Linked] = defaultdict(Linked)
        for answers in people.answers:
            _link(sorted(answers), people.asked, people.told, found)
        return dict(found)

    def ratings(self, journey: Journey, end: date) -> list[tuple[float, dict[str, float]]]:
        """Of each person who told: the recommendation and the last rating of each touchpoint before it, all 0..100."""
        people = self._people(journey, end)
        found = []
        for answers in people.answers:
            told = max(answer for answer in answers if answer[1] in people.told)
            before = [one for one in sorted(answers) if one[1] not in people.told and _near(one[0], told[0])]
            rated = {people.asked[series].touchpoint: _of_100(people.asked[series].scale, score)
                     for _at, series, score in before}  # fmt: skip
            if rated:
                found.append((_of_100(people.asked[told[1]].scale, told[2]), rated))
        return found

    def _people(self, journey: Journey, end: date) -> _People:
        outcome = journey.outcome
        if outcome is None or SCALES[outcome.main].kind is None:
            return _People({}, set(), [])
        asked = {
            one.id: one
            for one in self._series.all()
            if one.touchpoint in journey.touchpoints and journey.touchpoints[one.touchpoint].main == one.scale
        }
        told = {number for number, one in asked.items() if one.touchpoint == outcome.key}
        if not told:
            return _People({}, set(), [])
        start, end_day = day_number(end - timedelta(days=LOOK_BACK_DAYS)), day_number(end)
        buckets = self._buckets(start, end_day)
        # The index has all that is asked for, and the id has the order of time.
        rows = self._conn.execute(
            "SELECT person, id, series, score FROM response INDEXED BY response_person"
            f" WHERE person IS NOT NULL AND substr(person, 1, 1) IN ({', '.join('?' * buckets)})"
            " AND day >= ? AND day < ? AND flags = '' AND score IS NOT NULL",
            (*(bytes([bucket]) for bucket in range(buckets)), start, end_day),
        )
        people: dict[bytes, list[Answer]] = defaultdict(list)
        for person, id_, series, score in rows:
            if series in asked:
                people[person].append((int.from_bytes(id_[:6], "big"), series, score))
        known = [answers for answers in people.values() if any(series in told for _at, series, _score in answers)]
        return _People(asked, told, known)

    def _buckets(self, start: int, end: int) -> int:
        """Of how many of the 256 parts of the people are read."""
        first = self._conn.execute(
            "SELECT count(*) FROM (SELECT 1 FROM response INDEXED BY response_person WHERE person IS NOT NULL"
            " AND substr(person, 1, 1) = ? AND day >= ? AND day < ? LIMIT ?)",
            (b"\x00", start, end, PEOPLE),
        ).fetchone()[0]
        return max(1, min(BUCKETS, PEOPLE // first)) if first else BUCKETS


def _near(at: int, told: int) -> bool:
    return 0 <= told - at <= WITHIN_DAYS * DAY_MS


def _of_100(scale: str, score: int) -> float:
    """A score from 0, the worst, to 100."""
    known = SCALES[scale]
    share = (score - known.low) / (known.high - known.low)
    return 100 * (share if known.good == "high" else 1 - share)


def _link(answers: list[Answer], asked: dict[int, Series], told: set[int], found: dict[str, Linked]) -> None:
    """Adds one person's links: each answer at a touchpoint with the first recommendation after it."""
    recommended = [
        (at, score in SCALES[asked[series].scale].unhappy) for at, series, score in answers if series in told
    ]
    moments = [at for at, _score in recommended]
    for at, series, score in answers:
        after = bisect_left(moments, at)
        if series in told or after == len(moments) or not _near(at, moments[after]):
            continue
        one, lost = asked[series], int(recommended[after][1])
        bad = score in SCALES[one.scale].unhappy
        found[one.touchpoint] += Linked(1, lost, 0, 0) if bad else Linked(0, 0, 1, lost)
