"""A response behind the door: checked, with its time and day settled; everything past this point trusts it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

Status = Literal["stored", "revised", "known"]


class Response(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One customer's answer.

    `id` is the 16 bytes of a UUIDv7, times are UTC in ms, `day` is the local day as 20261121, `hour` the local hour
    (None: only the day is known), `person` a keyed hash, `wording` the version asked (empty: the one asked now).
    """

    id: bytes
    touchpoint: str
    scale: str
    score: int | None
    answered_at: int
    received_at: int
    day: int
    hour: int | None
    rev: int = 1
    wording: str = ""
    place: str = ""
    channel: str = "web"
    segment: str = ""
    lang: str = ""
    page: str = ""
    person: bytes | None = None
    device: str = ""
    seq: int | None = None
    gap: int | None = None
    rate: float | None = None
    reasons: tuple[str, ...] = ()
    comment: str = ""
    contact: tuple[str, str] | None = None
    flags: tuple[str, ...] = ()
    source: str = ""
    site_key: int | None = None

    def content(self) -> tuple[Any, ...]:
        """What the customer said, without when and how it arrived: equal content is the same response."""
        return (
            self.touchpoint, self.scale, self.score, self.place, self.channel, self.segment,
            self.person, self.reasons, self.comment, self.day, self.hour,
        )  # fmt: skip


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What became of one response: `rev` is the revision that is stored now."""

    status: Status
    rev: int


class Shown(msgspec.Struct, frozen=True, gc=False):
    """A question that was put before somebody, once or several times, for the response rate."""

    touchpoint: str
    scale: str
    place: str
    day: int
    times: int = 1


def day_number(day: date) -> int:
    """2026-11-21 as 20261121: sorts, compares and reads like the date."""
    return day.year * 10000 + day.month * 100 + day.day


def day_of(number: int) -> date:
    """The date of a day number."""
    return date(number // 10000, number // 100 % 100, number % 100)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def local(milliseconds: int, zone: ZoneInfo) -> datetime:
    """A UTC time in ms on the wall clock of a zone."""
    return (_EPOCH + timedelta(milliseconds=milliseconds)).astimezone(zone)


WHOLE_MINUTES = 63_072_000_000
"""1972 in ms: since then every zone is a whole number of minutes off UTC."""


def local_minute(milliseconds: int, zone: ZoneInfo) -> datetime:
    """A UTC time in ms on the wall clock of a zone, without its seconds."""
    if milliseconds < WHOLE_MINUTES:
        return local(milliseconds, zone).replace(second=0, microsecond=0)
    return _local_minute(milliseconds // 60_000, zone)


@lru_cache(maxsize=256)
def _local_minute(minute: int, zone: ZoneInfo) -> datetime:
    """Live responses come a few minutes at a time and share their clock."""
    return local(minute * 60_000, zone)


def local_day_hour(milliseconds: int, zone: ZoneInfo) -> tuple[int, int]:
    """The local day number and hour of a UTC time in ms."""
    clock = local_minute(milliseconds, zone)
    return day_number(clock), clock.hour


def utc_text(milliseconds: int) -> str:
    """A UTC time in ms as programs read it: 2026-11-21T09:30:00.000Z."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
