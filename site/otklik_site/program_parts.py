"""The rows of a program's lists, typed: ways to earn, tiers, partners, prizes, orders and the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal


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
    price: Decimal | None = None


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
class Cause:
    name: str
    what: str


@dataclass(frozen=True)
class Partner:
    """Somebody whose customers earn too: `rate` points for every `per` of money, or for something named."""

    name: str
    what: str
    rate: Decimal | None = None
    per: Decimal | str | None = None
    note: str = ""


@dataclass(frozen=True)
class Referral:
    """What `you` and the `friend` get, in points or in money, for at most `limit` friends a year (0: any)."""

    you: Decimal
    after: str
    friend: Decimal | None = None
    limit: int = 0


@dataclass(frozen=True)
class Prize:
    what: str
    count: int
    worth: Decimal | None = None


@dataclass(frozen=True)
class Meeting:
    what: str
    day: date | None = None
    where: str = ""
    note: str = ""


@dataclass(frozen=True)
class Wait:
    """How many minutes others and members wait somewhere."""

    where: str
    usual: int
    yours: int


@dataclass(frozen=True)
class Order:
    """What holds for orders from a sum on (`since`): a discount, days to pay, payments; 0 where not said."""

    since: Decimal
    percent: Decimal | None = None
    days: int = 0
    parts: int = 0
