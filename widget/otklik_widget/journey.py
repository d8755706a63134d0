"""The journey: stages with their touchpoints, places, segments and reasons; `journey_file` reads it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time
from functools import cached_property
from typing import Any, Literal
from zoneinfo import ZoneInfo

from otklik_widget import scales
from otklik_widget.colours import Colours
from otklik_widget.faults import Fault
from otklik_widget.logo import Logo

Impact = Literal["low", "usual", "high"]


class Text(Mapping[str, str]):
    """The same words in several languages; `text.say("de")` falls back to the first language there is."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = dict(words)

    def __getitem__(self, lang: str) -> str:
        return self._words[lang]

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)

    def __repr__(self) -> str:
        return f"Text({self._words!r})"

    def __hash__(self) -> int:
        return hash(tuple(sorted(self._words.items())))

    def say(self, lang: str) -> str:
        return self._words.get(lang) or next(iter(self._words.values()), "")


@dataclass(frozen=True)
class Hours:
    """Opening hours: for each weekday (Monday is 0) the minutes of the day from which and to which it is open."""

    written: str
    days: Mapping[int, tuple[int, int]]

    def __hash__(self) -> int:
        return hash(self.written)

    def open_at(self, weekday: int, clock: time) -> bool:
        """Is it open? An end after midnight ("20:00-02:00") belongs to the day it began."""
        minute = clock.hour * 60 + clock.minute
        if weekday in self.days:
            start, end = self.days[weekday]
            if start <= minute < (end if end > start else end + 1440):
                return True
        before = self.days.get((weekday - 1) % 7)
        return before is not None and before[1] <= before[0] and minute < before[1]


@dataclass(frozen=True)
class Company:
    name: Text
    languages: tuple[str, ...]
    zone: str
    goal: float
    segments: tuple[str, ...]
    sample: bool = False
    logo: Logo | None = None
    colours: Colours | None = None
    texts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def said(self, lang: str) -> Mapping[str, Any]:
        """What the widget and the scales say in a language: the company's own texts, else Otklik's."""
        return self.texts.get(lang) or scales.texts(self.ours(lang))

    def ours(self, lang: str) -> str:
        """The language of Otklik's own sentences beside this one: itself, else the company's first of ru and en."""
        return next((one for one in (lang, *self.languages) if scales.speaks(one)), "en")

    def brought(self, lang: str) -> Mapping[str, Any] | None:
        """The texts that a script must be told: neither its own nor the English ones that it falls back to."""
        return self.said(lang) if lang in self.texts or self.ours(lang) not in (lang, "en") else None


@dataclass(frozen=True)
class Place:
    key: str
    name: Text
    zone: str | None
    region: str | None
    hours: Hours | None
    lead: str | None


@dataclass(frozen=True)
class Touchpoint:
    """A place or moment where a customer meets the company. `passes`: customers a month; `goal`: unhappy of 100."""

    key: str
    name: Text
    stage: str
    ask: tuple[str, ...]
    own_questions: Mapping[str, Text]
    reasons: tuple[str, ...]
    passes: int | None
    impact: Impact
    goal: float
    risks: Text | None
    owner: str | None
    hours: Hours | None
    zone: str | None
    outcome: bool
    places: tuple[str, ...]

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def main(self) -> str:
        """The scale of the main question: it alone gets harm and rank."""
        return self.ask[0]

    def exists_in(self, place: str) -> bool:
        """Is it in this place? In all of them, unless it names its own; no place in particular is always right."""
        return not place or not self.places or place in self.places

    def question(self, scale: str, lang: str) -> str:
        """What is asked: the touchpoint's own question, else the scale's own wording."""
        if scale in self.own_questions:
            return self.own_questions[scale].say(lang)
        return scales.question(scale, lang, self.name.say(lang))

    def wording(self, scale: str, languages: tuple[str, ...]) -> str:
        """Eight hex digits that change when the question changes in any language: the series' wording version."""
        asked = "\n".join(f"{lang}={self.question(scale, lang)}" for lang in sorted(languages))
        return hashlib.sha256(asked.encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Stage:
    key: str
    name: Text
    touchpoints: tuple[Touchpoint, ...]


@dataclass(frozen=True)
class Contact:
    """What a customer agrees to who leaves a phone or an e-mail to be answered, and where that is told at length."""

    agree: Text
    link: Text

    @property
    def version(self) -> str:
        """Eight hex digits that change when the consent's words do, in any language: stored with every contact."""
        links = list(dict.fromkeys(self.link[lang] for lang in sorted(self.link))) or [""]
        said = "\n".join([*links, *(f"{lang}={self.agree[lang]}" for lang in sorted(self.agree))])
        return hashlib.sha256(said.encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Journey:
    company: Company
    places: tuple[Place, ...]
    stages: tuple[Stage, ...]
    reasons: Mapping[str, Text]
    warnings: tuple[Fault, ...] = ()
    contact: Contact | None = None
    """None: nobody is asked for a contact."""

    @cached_property
    def touchpoints(self) -> Mapping[str, Touchpoint]:
        """All touchpoints by key, in the order of the customer's way."""
        return {touchpoint.key: touchpoint for stage in self.stages for touchpoint in stage.touchpoints}

    @cached_property
    def place_keys(self) -> Mapping[str, Place]:
        return {place.key: place for place in self.places}

    @property
    def outcome(self) -> Touchpoint | None:
        """The touchpoint whose NPS says how the relation stands; it stands above the map and is never ranked."""
        return next((touchpoint for touchpoint in self.touchpoints.values() if touchpoint.outcome), None)

    def message_at(self, touchpoint: str = "", place: str = "") -> str | None:
        """Where a customer may write to us: at this touchpoint if it asks a message, else at the first that does."""
        found = [one for one in self.touchpoints.values() if "message" in one.ask and one.exists_in(place)]
        # The first of the sorted: its own, then where nothing else is asked, then any.
        found.sort(key=lambda one: (one.key != touchpoint, one.main != "message"))
        return found[0].key if found else None

    def zone(self, touchpoint: str, place: str | None = None) -> ZoneInfo:
        """The zone in which days and hours are counted: the place's own, else the touchpoint's, else the company's."""
        found_place = self.place_keys.get(place) if place else None
        found = self.touchpoints.get(touchpoint)
        name = (found_place and found_place.zone) or (found and found.zone) or self.company.zone
        return ZoneInfo(name)

    def hours(self, touchpoint: str, place: str | None = None) -> Hours | None:
        """When it is open: the place's own hours, else the touchpoint's; None where nobody wrote them."""
        found_place = self.place_keys.get(place) if place else None
        found = self.touchpoints.get(touchpoint)
        return (found_place and found_place.hours) or (found and found.hours) or None

    def wording(self, touchpoint: str, scale: str) -> str:
        return self.touchpoints[touchpoint].wording(scale, self.company.languages)
