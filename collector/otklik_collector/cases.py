"""Cases: which responses open one, who owns it, until when it must be answered, and which steps it may take."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from otklik_collector.deadline import claim_due, due, open_time
from otklik_collector.misuse import HONEYPOT, ROBOT
from otklik_collector.response import Response
from otklik_widget.journey import Hours, Journey
from otklik_widget.scales import SCALES
from otklik_widget.settings import Settings

WAITING = ("open", "reopened")
"""The states in which a customer waits for us."""
STATES = (*WAITING, "answered", "closed")
STEPS: Mapping[str, Mapping[str, str]] = {
    "open": {"answer": "answered", "close": "closed"},
    "reopened": {"answer": "answered", "close": "closed"},
    "answered": {"close": "closed", "reopen": "reopened"},
    "closed": {"reopen": "reopened"},
}
"""What may be done in each state, and the state that follows."""
OUTCOMES = ("solved", "partly", "unsolved", "unreachable", "nothing")
"""How a case ended; `nothing`: there was nothing to answer, so it counts neither for nor against being in time."""
KINDS = ("complaint", "praise", "idea")


ROBOTS = frozenset({HONEYPOT, ROBOT})
"""Flags of a sender who is no person: nobody waits there for a reply."""


class NewCase(NamedTuple):
    """A case about to be opened; times are UTC in ms."""

    response: bytes
    opened_at: int
    due_at: int
    owner: str
    kind: str = ""


def may_open(response: Response) -> bool:
    """Does somebody wait for a reply: a message, or a low score with a way to reach the customer?"""
    if not ROBOTS.isdisjoint(response.flags):
        return False
    if response.scale == "message":
        return True
    return response.contact is not None and response.score in SCALES[response.scale].unhappy


class CaseRule:
    """The company's promise: which response opens a case, and until when it is to be answered."""

    def __init__(self, journey: Journey, settings: Settings | None = None) -> None:
        settings = settings or Settings()
        self._journey = journey
        self._allowed = timedelta(hours=settings.answer_hours)
        self._claim_days = settings.claim_days

    def __call__(self, response: Response) -> NewCase | None:
        """The case that a response opens by itself; None where it opens none."""
        if not may_open(response):
            return None
        return self.case(response, "" if response.scale == "message" else "complaint")

    def case(self, response: Response, kind: str = "", opened: int | None = None) -> NewCase:
        """A case of any response, since somebody says so; opened when the response came, or later."""
        touchpoint = self._journey.touchpoints.get(response.touchpoint)
        if opened is None:
            opened = response.received_at  # a tablet that was offline for days must not make us late
        due_at = self.due(response.touchpoint, response.place, opened)
        return NewCase(response.id, opened, due_at, (touchpoint and touchpoint.owner) or "", kind)

    def due(self, touchpoint: str, place: str, since: int) -> int:
        """Until when to answer what waits since a time."""
        hours, zone = self._hours(touchpoint, place), self._journey.zone(touchpoint, place)
        return _ms(due(_moment(since), hours, zone, self._allowed))

    def claim_due(self, touchpoint: str, place: str, since: int) -> int | None:
        """The end of the legal term of a claim that came at a time; None where the company has set none."""
        if not self._claim_days:
            return None
        return _ms(claim_due(_moment(since), self._claim_days, self._journey.zone(touchpoint, place)))

    def open_hours(self, touchpoint: str, place: str, since: int, until: int) -> float:
        """How many opening hours passed between two times."""
        hours, zone = self._hours(touchpoint, place), self._journey.zone(touchpoint, place)
        return open_time(_moment(since), _moment(until), hours, zone) / timedelta(hours=1)

    def _hours(self, touchpoint: str, place: str) -> Hours | None:
        """The touchpoint's own hours, for it is there that somebody answers; else the place's."""
        found, of_place = self._journey.touchpoints.get(touchpoint), self._journey.place_keys.get(place)
        return (found and found.hours) or (of_place and of_place.hours) or None


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
