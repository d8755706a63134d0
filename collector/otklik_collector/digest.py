"""The week in one letter: what to fix first, what surely changed, whom to ask, what customers said, who waits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from otklik_collector import alarm_words
from otklik_collector.drawing import before, draw, window
from otklik_collector.map import figures, sentences
from otklik_collector.map.problem_map import Filters
from otklik_collector.map.series import Period, ProblemMap, Series
from otklik_collector.map.suppression import tellable
from otklik_collector.masking import masked
from otklik_collector.store import Store
from otklik_collector.store.alarms import Alarm
from otklik_collector.store.cases import Waiting, Wanted
from otklik_collector.store.comments import Comment
from otklik_collector.store.comments import Wanted as Comments
from otklik_collector.store.people import Person
from otklik_widget.journey import Journey
from otklik_widget.scales import SCALES, option_names

ASK, QUOTES, CHANGES, ALARMS = 3, 3, 6, 5
"""At most so many of each: a letter that is not read to its end helps nobody."""
OF_ONE, LETTERS, READ = 2, 300, 200
"""Comments of one touchpoint, letters of one comment, and comments that are looked at."""
LATE_DAYS = 3
"""So many days after its Monday a week is still sent, where nothing ran on Monday itself."""


@dataclass(frozen=True)
class Line:
    """Something said of a touchpoint, which `key` names."""

    key: str
    name: str
    text: str


@dataclass(frozen=True)
class Section:
    """The week of one place, or of all together (`place` is then empty)."""

    place: str
    name: str
    fix: Sequence[Line]
    changed: Sequence[Line]
    ask: Sequence[Line]
    rang: Sequence[Line]
    blamed: Sequence[Line]
    praised: Sequence[Line]
    cases: Waiting
    responses: int


@dataclass(frozen=True)
class Digest:
    """`week` is the one that ended with Sunday, `period` the four weeks that its numbers rest on."""

    week: Period
    period: Period
    sections: Sequence[Section] = field(default_factory=tuple)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def due_monday(now: float, zone: str, hour: int) -> date | None:
    """The Monday whose digest is to be sent now; None before its hour and from Thursday on."""
    clock = datetime.fromtimestamp(now, ZoneInfo(zone))
    monday = monday_of(clock.date())
    due = datetime(monday.year, monday.month, monday.day, hour, tzinfo=ZoneInfo(zone))
    return monday if due <= clock < due + timedelta(days=LATE_DAYS) else None


def own_sections(journey: Journey, person: Person | None) -> tuple[str, ...]:
    """The places whose weeks a person reads, "" for the whole company; empty where theirs are gone."""
    if person is None or person.whole:
        return ("",)
    return tuple(place for place in journey.place_keys if place in person.places)


def digest(store: Store, journey: Journey, person: Person | None, monday: date, lang: str, now: float) -> Digest:
    """The week before a Monday, for a person, or for the whole company; in the language that speaks now."""
    week, period = Period(monday - timedelta(days=7), monday), window(monday)
    limited = person is not None and not person.whole
    sections = [
        _section(store, journey, place, limited, week, period, lang, now) for place in own_sections(journey, person)
    ]
    return Digest(week, period, tuple(sections))


def _section(
    store: Store, journey: Journey, place: str, limited: bool, week: Period, period: Period, lang: str, now: float
) -> Section:
    found = draw(store, journey, period, before(period), Filters(place=place or None), lang, limited)
    named = journey.place_keys.get(place)
    rang = store.alarms.newest((place,), 200, since=week.start)
    newest = {one.touchpoint: one for one in reversed(rang) if one.side == "worse" and one.day < week.end}
    return Section(
        place, named.name.say(lang) if named else "",
        _lines(sentences.fix_first(found)), _lines(sentences.changes(found))[:CHANGES],
        _lines(sentences.ask_more(found))[:ASK],
        [_alarm(one, journey, lang) for one in newest.values()][:ALARMS],
        _quotes(store, journey, found, week, lang, "unhappy"), _quotes(store, journey, found, week, lang, "happy"),
        store.cases.waiting(Wanted("all", (place,) if place else None), int(now * 1000)),
        sum(row.responses for row in found.series),
    )  # fmt: skip


def _alarm(one: Alarm, journey: Journey, lang: str) -> Line:
    name = alarm_words.name_words(one._replace(place=""), journey, lang)  # the section names the place
    return Line(one.touchpoint, name, alarm_words.sentence(one))


def _lines(rows: Iterable[tuple[Series, str]]) -> list[Line]:
    """Of a touchpoint's second questions the scale is named too."""
    return [
        Line(row.touchpoint, row.name if row.ranks else f"{row.name}, {figures.scale_name(row.scale)}", text)
        for row, text in rows
    ]


def _quotes(store: Store, journey: Journey, found: ProblemMap, week: Period, lang: str, mood: str) -> list[Line]:
    """What the unhappy or the happy wrote in the week, people hidden: where to fix first comes first, then in turn."""
    scored = tellable(found.series).answers
    told = store.comments.page(Comments(week, found.filters, mood=mood, scored=scored), READ).comments
    first = [item.touchpoint for item in found.fix_first]
    keys = list(dict.fromkeys([*first, *(one.touchpoint for one in told)]))
    its = {key: [one for one in told if one.touchpoint == key][:OF_ONE] for key in keys if key in journey.touchpoints}
    # The first of each touchpoint, then the second of each, so that the loudest does not speak for all.
    in_turn = [some[number] for number in range(OF_ONE) for some in its.values() if number < len(some)]
    return [_quote(one, journey, lang) for one in in_turn[:QUOTES]]


def _quote(one: Comment, journey: Journey, lang: str) -> Line:
    score = option_names(one.scale, lang)[(one.score or 0) - SCALES[one.scale].low]
    said = masked(" ".join(one.text.split()))
    if not SCALES[one.scale].faces:
        score = f"{figures.scale_name(one.scale)}: {score}"
    name = f"{journey.touchpoints[one.touchpoint].name.say(lang)}, {score}"
    return Line(one.touchpoint, name, said if len(said) <= LETTERS else said[: LETTERS - 1] + "…")
