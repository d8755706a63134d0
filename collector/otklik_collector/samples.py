"""A year of sample responses with planted problems: the same file and the same date give the same responses."""

from __future__ import annotations

import hashlib
import math
import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from otklik_collector.response import Response, day_number
from otklik_widget.contract import make_uuid7
from otklik_widget.journey import Journey, Place, Touchpoint
from otklik_widget.scales import SCALES, Scale

SOURCE = "sample"
WEEKS = 52
WINDOW = 28
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
SECOND_QUESTION = 0.06
"""So many of a touchpoint's responses are on its second scale."""
UNUSUAL = {"sibir": 0.7, "vokzal": 1.3}
"""Shops are not equally busy."""
# Shops fill up towards the evening; nobody answers much at opening.
BUSY = dict(zip(range(24), (0,) * 8 + (2, 3, 4, 5, 6, 6, 5, 5, 6, 8, 8, 7, 4, 2, 0, 0), strict=True))


@dataclass(frozen=True)
class Moment:
    """When, where and by whom a response was given: what a planted change may depend on."""

    week: int
    day: date
    hour: int
    place: str
    channel: str
    segment: str


@dataclass(frozen=True)
class Plan:
    """What is planted at one touchpoint; shares are of 100, numbers are of 28 days."""

    responses: float
    unhappy: float
    channel: Mapping[str, float]
    change: Sequence[Mapping[str, Any]] = ()
    offline: Mapping[str, int] | None = None
    after_hours: float = 0
    hammered: float = 0
    members: bool = False

    def share(self, moment: Moment) -> float:
        """The share of unhappy responses, 0..1, at a moment."""
        share = self.unhappy
        for change in self.change:
            if _holds(change, moment):
                if "unhappy" in change:
                    share = change["unhappy"]
                elif "to" in change:
                    first, last = change["weeks"]
                    share += (change["to"] - share) * (moment.week - first + 1) / (last - first + 1)
                else:
                    share += change["more"]
        return share / 100


def _holds(change: Mapping[str, Any], moment: Moment) -> bool:
    first, last = change.get("weeks", (1, WEEKS))
    if not first <= moment.week <= last:
        return False
    # The change may have come in the middle of its first week.
    if moment.week == first and moment.day < _first_weekday(moment, change.get("from_weekday", "Mo")):
        return False
    if "weekdays" in change and moment.day.weekday() not in _weekdays(change["weekdays"]):
        return False
    if "hours" in change and not change["hours"][0] <= moment.hour < change["hours"][1]:
        return False
    return all(
        getattr(moment, name) in change[f"{name}s"] for name in ("place", "channel", "segment") if f"{name}s" in change
    )


def _first_weekday(moment: Moment, weekday: str) -> date:
    """The given weekday of the calendar week that a moment is in."""
    return moment.day + timedelta(days=WEEKDAYS.index(weekday) - moment.day.weekday())


def _weekdays(written: str) -> range:
    first, _hyphen, last = written.partition("-")
    return range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1)


def read_plans(file: Path) -> dict[str, Plan]:
    """The plans of content/samples.toml by touchpoint."""
    planned = tomllib.loads(file.read_text(encoding="utf-8"))["touchpoint"]
    return {key: Plan(**plan) for key, plan in planned.items()}


def sample_responses(journey: Journey, plans: Mapping[str, Plan], today: date) -> Iterator[Response]:
    """All sample responses of the 52 weeks before `today`, touchpoint by touchpoint, in the order of days."""
    for key, plan in plans.items():
        yield from _Touchpoint(journey, journey.touchpoints[key], plan, today).responses()


class _Touchpoint:
    def __init__(self, journey: Journey, touchpoint: Touchpoint, plan: Plan, today: date) -> None:
        self._journey = journey
        self._touchpoint = touchpoint
        self._plan = plan
        self._today = today
        # Not hash(): that differs from run to run.
        self._random = random.Random(f"otklik {touchpoint.key}")  # noqa: S311 - samples, not secrets
        self._places: Sequence[Place | None] = journey.places if touchpoint.hours and journey.places else (None,)
        self._number = 0

    def responses(self) -> Iterator[Response]:
        for ago in range(WEEKS * 7, 0, -1):
            day = self._today - timedelta(days=ago)
            week = WEEKS - (ago - 1) // 7
            for _n in range(self._number_on(day)):
                yield from self._response(day, week)

    def _number_on(self, day: date) -> int:
        """How many answer on a day: more on Fridays and Saturdays, and never quite as many as expected."""
        weekday = (0.9, 0.9, 0.95, 1.0, 1.15, 1.2, 0.9)[day.weekday()]
        expected = self._plan.responses / WINDOW * weekday
        if expected > 30:
            return max(0, round(self._random.gauss(expected, expected**0.5)))
        # Knuth's Poisson: multiply until it falls below e^-expected.
        number, product, floor = 0, self._random.random(), math.exp(-expected)
        while product > floor:
            number += 1
            product *= self._random.random()
        return number

    def _response(self, day: date, week: int) -> Iterator[Response]:
        draw = self._random
        place = draw.choices(self._places, [UNUSUAL.get(place.key, 1) if place else 1 for place in self._places])[0]
        late = draw.random() * 100 < self._plan.after_hours
        hour = draw.choice((22, 23)) if late else self._hour()
        channel = draw.choices(list(self._plan.channel), list(self._plan.channel.values()))[0]
        segment = self._segment()
        moment = Moment(week, day, hour, place.key if place else "", channel, segment)
        scale = SCALES[self._scale()]
        score = self._score(scale, draw.random() < self._plan.share(moment))
        clock = time(hour, draw.randrange(60), draw.randrange(60))
        zone = self._journey.zone(self._touchpoint.key, moment.place)
        answered = datetime.combine(day, clock, zone)
        flags = ("closed",) if late else ()
        yield self._made(answered, moment, scale, score, flags)
        if draw.random() * 100 < self._plan.hammered / (1 - self._plan.hammered / 100):
            # The same face again within seconds: flagged, whatever the face.
            yield self._made(answered + timedelta(seconds=2), moment, scale, score, ("burst",))

    def _made(self, answered: datetime, moment: Moment, scale: Scale, score: int, flags: tuple[str, ...]) -> Response:
        self._number += 1
        at = int(answered.timestamp() * 1000)
        bits = hashlib.sha256(f"{self._touchpoint.key} {self._number}".encode()).digest()
        person = hashlib.sha256(f"member {self._number}".encode()).digest()[:16] if self._plan.members else None
        return Response(
            id=make_uuid7(at, bits).bytes, touchpoint=self._touchpoint.key, scale=scale.key, score=score,
            answered_at=at, received_at=self._received(at, moment), day=day_number(moment.day), hour=moment.hour,
            place=moment.place, channel=moment.channel, segment=moment.segment, person=person,
            reasons=self._reasons(), lang=self._random.choices(("ru", "en"), (9, 1))[0], flags=flags, source=SOURCE,
        )  # fmt: skip

    def _received(self, answered: int, moment: Moment) -> int:
        """A moment later; where the tablet was offline, all at once when it was back."""
        offline = self._plan.offline
        if not offline or moment.week != offline["week"]:
            return answered + 300
        first = self._today - timedelta(days=(WEEKS - moment.week + 1) * 7)
        back = first + timedelta(days=offline["days"])
        if moment.day >= back:
            return answered + 300
        return int(datetime.combine(back, time(9), self._journey.zone(self._touchpoint.key)).timestamp() * 1000)

    def _hour(self) -> int:
        hours = list(BUSY)
        weights = list(BUSY.values())
        if not self._touchpoint.hours:  # pages and letters are answered at night too
            weights = [weight + 1 for weight in weights]
        return self._random.choices(hours, weights)[0]

    def _segment(self) -> str:
        segments = self._journey.company.segments
        if not segments:
            return ""
        weights = (5, 3, 2) if self._plan.members else (8, 3, 2)
        return self._random.choices(segments, weights[: len(segments)])[0]

    def _scale(self) -> str:
        ask = self._touchpoint.ask
        return ask[1] if len(ask) > 1 and self._random.random() < SECOND_QUESTION else ask[0]

    def _score(self, scale: Scale, unhappy: bool) -> int:
        """A score of the right class; the nearer to the middle, the likelier among the unhappy."""
        ordered = scale.worst_first
        bad = [score for score in ordered if score in scale.unhappy]
        if unhappy:
            return self._random.choices(bad, range(1, len(bad) + 1))[0]
        middle = [score for score in ordered if score not in scale.unhappy and score not in scale.happy]
        good = [score for score in ordered if score in scale.happy]
        if middle and self._random.random() < 0.25:
            return self._random.choice(middle)
        return self._random.choices(good, range(1, len(good) + 1))[0]

    def _reasons(self) -> tuple[str, ...]:
        if not self._touchpoint.reasons or self._random.random() > 0.35:
            return ()
        return (self._random.choice(self._touchpoint.reasons),)
