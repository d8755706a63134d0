"""A year of sample responses with planted problems: the same file and the same date give the same responses."""

from __future__ import annotations

import hashlib
import math
import random
import tomllib
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any, Generic, TypeVar

from otklik_collector.response import Response, Shown, day_number
from otklik_collector.sample_words import WEEKDAYS, WEEKS, SampleWords
from otklik_widget.contract import make_uuid7
from otklik_widget.journey import Journey, Touchpoint
from otklik_widget.scales import SCALES, Scale

Item = TypeVar("Item")

SOURCE = "sample"
WINDOW = 28
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
    blame: str = ""
    """The reason that most of the unhappy tick."""
    answer: float = 100
    """Of 100 who see the question on a page so many answer it."""
    pages: Mapping[str, float] | None = None
    """Below the folder of a language: the pages that are answered on, and how often against each other."""

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


def sample_responses(
    journey: Journey, plans: Mapping[str, Plan], today: date, words: SampleWords | None = None
) -> Iterator[Response]:
    """All sample responses of the 52 weeks before `today`, touchpoint by touchpoint, in the order of days."""
    for key, plan in plans.items():
        yield from _Touchpoint(journey, journey.touchpoints[key], plan, today, words).responses()


class SampleShown:
    """How often the questions were shown that samples answer on pages."""

    def __init__(self, plans: Mapping[str, Plan]) -> None:
        self._plans = plans
        self._answered: Counter[tuple[str, str, str, int]] = Counter()

    def add(self, responses: Iterable[Response]) -> None:
        self._answered.update((one.touchpoint, one.scale, one.place, one.day) for one in responses
                              if one.channel == "web" and one.touchpoint in self._plans)  # fmt: skip

    def shown(self) -> list[Shown]:
        return [Shown(*question, round(n * 100 / self._plans[question[0]].answer))
                for question, n in self._answered.items()]  # fmt: skip


class _Urn(Generic[Item]):
    """Draws items by weight; `random.choices` adds the weights up anew each time, which cost a third of the demo."""

    def __init__(self, items: Iterable[Item], weights: Iterable[float]) -> None:
        self._items = list(items)
        self._bounds = list(accumulate(weights))

    def draw(self, source: random.Random) -> Item:
        return self._items[bisect(self._bounds, source.random() * self._bounds[-1], 0, len(self._items) - 1)]


class _Scores:
    """The scores of a scale by class; the nearer to the middle, the likelier among the unhappy."""

    def __init__(self, scale: Scale) -> None:
        ordered = scale.worst_first
        bad = [score for score in ordered if score in scale.unhappy]
        good = [score for score in ordered if score in scale.happy]
        self._middle = [score for score in ordered if score not in scale.unhappy and score not in scale.happy]
        self._bad, self._good = _Urn(bad, range(1, len(bad) + 1)), _Urn(good, range(1, len(good) + 1))

    def draw(self, source: random.Random, unhappy: bool) -> int:
        if unhappy:
            return self._bad.draw(source)
        if self._middle and source.random() < 0.25:
            return source.choice(self._middle)
        return self._good.draw(source)


class _Touchpoint:
    def __init__(
        self, journey: Journey, touchpoint: Touchpoint, plan: Plan, today: date, words: SampleWords | None
    ) -> None:
        self._journey = journey
        self._touchpoint = touchpoint
        self._plan = plan
        self._today = today
        # Not hash(): that differs from run to run.
        self._random = random.Random(f"otklik {touchpoint.key}")  # noqa: S311 - samples, not secrets
        # Apart: what people say must not change how they score.
        self._saying = random.Random(f"otklik words {touchpoint.key}")  # noqa: S311 - samples too
        self._leafing = random.Random(f"otklik pages {touchpoint.key}")  # noqa: S311 - samples too
        self._pages = _Urn(plan.pages, plan.pages.values()) if plan.pages else None
        self._words = words
        places = [place.key for place in journey.places] if touchpoint.hours and journey.places else [""]
        self._places = _Urn(places, (UNUSUAL.get(place, 1) for place in places))
        # Pages and letters are answered at night too.
        self._hours = _Urn(BUSY, (weight + (0 if touchpoint.hours else 1) for weight in BUSY.values()))
        self._channels = _Urn(plan.channel, plan.channel.values())
        segments = journey.company.segments or ("",)
        self._segments = _Urn(segments, ((5, 3, 2) if plan.members else (8, 3, 2))[: len(segments)])
        self._scores = {scale: _Scores(SCALES[scale]) for scale in touchpoint.ask}
        self._zones = {place: journey.zone(touchpoint.key, place) for place in places}
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
        place = self._places.draw(draw)
        late = draw.random() * 100 < self._plan.after_hours
        hour = draw.choice((22, 23)) if late else self._hours.draw(draw)
        moment = Moment(week, day, hour, place, self._channels.draw(draw), self._segments.draw(draw))
        scale = self._scale()
        score = self._scores[scale].draw(draw, draw.random() < self._plan.share(moment))
        clock = time(hour, draw.randrange(60), draw.randrange(60))
        answered = datetime.combine(day, clock, self._zones[place])
        flags = ("closed",) if late else ()
        yield self._made(answered, moment, scale, score, flags)
        if draw.random() * 100 < self._plan.hammered / (1 - self._plan.hammered / 100):
            # The same face again within seconds: flagged, whatever the face.
            yield self._made(answered + timedelta(seconds=2), moment, scale, score, ("burst",))

    def _made(self, answered: datetime, moment: Moment, scale: str, score: int, flags: tuple[str, ...]) -> Response:
        self._number += 1
        at = int(answered.timestamp() * 1000)
        bits = hashlib.sha256(f"{self._touchpoint.key} {self._number}".encode()).digest()
        person = hashlib.sha256(f"member {self._number}".encode()).digest()[:16] if self._plan.members else None
        unhappy = score in SCALES[scale].unhappy
        reasons = self._reasons(unhappy)
        lang = "ru" if self._random.random() < 0.9 else "en"
        comment = ""
        if self._words and reasons and not flags:
            comment = self._words.comment(self._saying, lang, reasons[0], unhappy)
        page = f"/{lang}/{self._pages.draw(self._leafing)}" if self._pages and moment.channel == "web" else ""
        return Response(
            id=make_uuid7(at, bits).bytes, touchpoint=self._touchpoint.key, scale=scale, score=score,
            answered_at=at, received_at=self._received(at, moment), day=day_number(moment.day), hour=moment.hour,
            place=moment.place, channel=moment.channel, segment=moment.segment, person=person,
            reasons=reasons, lang=lang, page=page, comment=comment, flags=flags, source=SOURCE,
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

    def _scale(self) -> str:
        ask = self._touchpoint.ask
        return ask[1] if len(ask) > 1 and self._random.random() < SECOND_QUESTION else ask[0]

    def _reasons(self, unhappy: bool) -> tuple[str, ...]:
        if not self._touchpoint.reasons or self._random.random() > 0.35:
            return ()
        ticked = self._random.choice(self._touchpoint.reasons)
        blamed = unhappy and self._plan.blame and self._saying.random() < 0.6
        return (self._plan.blame if blamed else ticked,)
