"""Loyalty programs as the front matter states them: their typed terms."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

DEFAULT_CURRENCY = "RUB"


@dataclass(frozen=True)
class Earn:
    """A way to earn: `rate` points for every `per` of money, or for something named, or just so."""

    what: str
    rate: Decimal | None = None
    per: Decimal | str | None = None
    note: str = ""


@dataclass(frozen=True)
class Spend:
    """A way to spend: at most `max_share` per cent of a sum, from `min` points on."""

    what: str
    max_share: Decimal | None = None
    min: Decimal | None = None
    exclusions: str = ""


@dataclass(frozen=True)
class Tier:
    """A tier: reached from a sum of purchases on (`since`); its members' points are multiplied."""

    name: str
    benefits: tuple[str, ...]
    since: Decimal | None = None
    multiplier: Decimal | None = None


@dataclass(frozen=True)
class Level:
    """A step of a growing discount: `percent` off from a sum of purchases on (`since`)."""

    since: Decimal
    percent: Decimal


@dataclass(frozen=True)
class Version:
    """An earlier version of the terms: from which day it held, and what it changed."""

    version: str
    since: date
    what: str


@dataclass(frozen=True)
class Question:
    question: str
    answer: str


@dataclass(frozen=True)
class Program:
    """The terms of a program; money in `currency`, `point_value` is what one point is worth."""

    kind: str
    name: str
    effective: date
    version: str = ""
    history: tuple[Version, ...] = ()
    starts: date | None = None
    until: date | None = None
    currency: str = DEFAULT_CURRENCY
    unit: Mapping[str, str] | None = None
    point_value: Decimal | None = None
    earn: tuple[Earn, ...] = ()
    spend: tuple[Spend, ...] = ()
    expiry: str = ""
    returns: str = ""
    tiers: tuple[Tier, ...] = ()
    join: str = ""
    when: str = ""
    exclusions: str = ""
    regions: tuple[str, ...] = ()
    percent: Decimal | None = None
    from_sum: Decimal | None = None
    at_most: Decimal | None = None
    paid_in: str = ""
    levels: tuple[Level, ...] = ()
    counted_over: str = ""
    every: int = 0
    reward: str = ""
    price: Decimal | None = None
    purchase: Decimal | None = None
    faq: tuple[Question, ...] = ()
    goal: str = ""
    audience: str = ""
    review_on: date | None = None
    touchpoints: tuple[str, ...] = ()

    def prose(self) -> dict[str, str]:
        """The texts that are Markdown, by name."""
        return {name: getattr(self, name) for name in ("join", "expiry", "returns")}

    @property
    def base(self) -> tuple[Decimal, Decimal] | None:
        """The usual rate as (points, for how much money): the first way to earn that is paid by money."""
        for way in self.earn:
            if way.rate and isinstance(way.per, Decimal):
                return way.rate, way.per
        return None


def program_of(values: Mapping[str, Any], kind: str) -> Program:
    """The typed terms of values that have no fault."""
    simple = {field.name for field in fields(Program)} - LISTS.keys()
    terms: dict[str, Any] = {name: value for name, value in values.items() if name in simple}
    terms |= {name: tuple(made(row) for row, _line in values.get(name, ())) for name, made in LISTS.items()}
    return Program(**terms | {"kind": kind, "exclusions": values.get("except", "")})


LISTS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "earn": lambda row: Earn(**row),
    "spend": lambda row: Spend(row["what"], row.get("max_share"), row.get("min"), row.get("except", "")),
    "tiers": lambda row: Tier(row["name"], row["benefits"], row.get("from"), row.get("multiplier")),
    "faq": lambda row: Question(row["q"], row["a"]),
    "levels": lambda row: Level(row["from"], row["percent"]),
    "history": lambda row: Version(row["version"], row["from"], row["what"]),
}
