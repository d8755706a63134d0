"""The parameters of a request: each checked, and every wrong one named at once with what would be right."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from collections.abc import Iterable, Sequence
from datetime import date

import flask

from otklik_collector.commands.values import day
from otklik_collector.drawing import chosen_period, today_of
from otklik_collector.map.series import Period
from otklik_collector.problem import BadField, Problem
from otklik_widget.contract import CHANNELS
from otklik_widget.faults import Faults
from otklik_widget.journey import Journey
from otklik_widget.scales import SCALES
from otklik_widget.words import speaking


class Arguments:
    """Reads parameters by name; `checked()` raises `Problem` 400 with all that is wrong, so call it before use."""

    def __init__(self, journey: Journey, known: Sequence[str]) -> None:
        self._journey = journey
        self._sent = flask.request.args
        rule = f"unknown; there are: {', '.join(known) or 'none'}"
        self._faults = [BadField(name, self._sent[name], rule) for name in self._sent if name not in known]
        for name in known:
            if len(self._sent.getlist(name)) > 1:
                self.fault(name, "stands more than once")
            elif self._sent.get(name) == "":
                self.fault(name, "is empty: give a value or leave it out")

    def fault(self, name: str, rule: str) -> None:
        self._faults.append(BadField(name, self._sent.get(name), rule))

    def checked(self) -> None:
        if self._faults:
            raise Problem(400, "bad-parameter", "The request is not as agreed", self._faults)

    def text(self, name: str) -> str | None:
        return self._sent.get(name) or None

    def choice(self, name: str, known: Iterable[str]) -> str | None:
        value, choices = self.text(name), list(known)
        if value is not None and value not in choices:
            self.fault(name, f"must be one of {', '.join(choices) or 'none'}")
            return None
        return value

    def yes(self, name: str) -> bool | None:
        """true, false, or None where it is left out."""
        value = self.text(name)
        if value not in (None, "true", "false"):
            self.fault(name, "must be true or false")
        return None if value is None else value == "true"

    def whole(self, name: str, low: int, high: int, usual: int) -> int:
        value = self.text(name)
        if value is None:
            return usual
        if not (value.isascii() and value.isdigit() and len(value) < 10 and low <= int(value) <= high):
            self.fault(name, f"must be a whole number from {low} to {high}")
            return usual
        return int(value)

    def touchpoint(self, known: Iterable[str] = ()) -> str | None:
        """A touchpoint of the journey, or one that only earlier responses know."""
        value = self.text("touchpoint")
        if value is not None and value not in self._journey.touchpoints and value not in known:
            self.fault("touchpoint", "no such touchpoint in the journey, and no response of one")
        return value

    def scale(self) -> str | None:
        return self.choice("scale", SCALES)

    def segment(self) -> str | None:
        return self.choice("segment", [*self._journey.company.segments, "other"])

    def channel(self) -> str | None:
        return self.choice("channel", CHANNELS)

    def day(self, name: str) -> date | None:
        value = self.text(name)
        try:
            if value and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
                raise ArgumentTypeError
            return day(value) if value else None
        except ArgumentTypeError:
            self.fault(name, "must be a date like 2026-11-21")
            return None

    def period(self) -> Period:
        """From `from` up to, but not including, `to`; four weeks with today where nothing is said."""
        start, end = self.day("from"), self.day("to")
        try:
            with speaking("en"):
                return chosen_period(start, end, today_of(self._journey))
        except Faults as refused:
            self.fault("to", refused.faults[0].text)
            return chosen_period(None, None, today_of(self._journey))
