"""What the demo's invented customers write, what becomes of their messages, and what the company changed."""

from __future__ import annotations

import hashlib
import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from otklik_collector.response import Response, day_number
from otklik_collector.store.changes import Change
from otklik_widget.contract import make_uuid7
from otklik_widget.journey import Journey

LETTERS = "letters"
WHO = "sample"
WEEKS = 52
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
WRITES = {True: 0.25, False: 0.02}
"""So many of the unhappy, and of the others, who tick a reason add words."""


@dataclass(frozen=True)
class Message:
    """A message, and what we did about it: `answered` after so many hours, None while the customer waits."""

    response: Response
    kind: str
    answered: float | None


class SampleWords:
    """The words of content/sample-words.toml."""

    def __init__(self, file: Path) -> None:
        self._planned: Mapping[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))

    def comment(self, draw: random.Random, lang: str, reason: str, unhappy: bool) -> str:
        """What somebody adds to a ticked reason: mostly nothing."""
        said: Mapping[str, Mapping[str, Sequence[str]]] = self._planned["reason"].get(reason, {})
        if not said or draw.random() >= WRITES[unhappy]:
            return ""
        words = draw.choice(self._planned["opening"][lang]) + draw.choice(said["unhappy" if unhappy else "happy"][lang])
        return f"{words[0].upper()}{words[1:]}."

    def messages(self, journey: Journey, today: date) -> list[Message]:
        """The messages before `today`, oldest first; every fourth is in English."""
        made = []
        for number, planned in enumerate(self._planned["message"]):
            lang = "en" if number % 4 == 3 else "ru"
            day = today - timedelta(days=planned["days"])
            clock = datetime.combine(day, time(18, 5 * number), journey.zone(LETTERS))
            at = int(clock.timestamp() * 1000)
            bits = hashlib.sha256(f"{LETTERS} {number}".encode()).digest()
            response = Response(
                id=make_uuid7(at, bits).bytes, touchpoint=LETTERS, scale="message", score=None, answered_at=at,
                received_at=at + 300, day=day_number(day), hour=clock.hour, lang=lang, source=WHO,
                comment=planned["text"][lang],
            )  # fmt: skip
            made.append(Message(response, planned["kind"], planned.get("answered")))
        return made

    def changes(self, today: date) -> list[Change]:
        """What the company changed, each on the day from which samples.toml plants its effect."""
        return [
            Change(first_day(planned["week"], planned.get("weekday"), today), touchpoint, planned["text"],
                   public=planned["public"])
            for planned in self._planned["change"]
            for touchpoint in planned["touchpoints"]
        ]  # fmt: skip


def first_day(week: int, weekday: str | None, today: date) -> date:
    """The day on which a sample week begins, or the given weekday of the calendar week of that day."""
    first = today - timedelta(days=(WEEKS - week + 1) * 7)
    return first if weekday is None else first + timedelta(days=WEEKDAYS.index(weekday) - first.weekday())
