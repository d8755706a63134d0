"""Loyalty programs as the front matter states them: their typed terms."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from otklik_site.program_parts import (
    Cause,
    Earn,
    Level,
    Meeting,
    Order,
    Partner,
    Prize,
    Question,
    Referral,
    Spend,
    Tier,
    Version,
    Wait,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

DEFAULT_CURRENCY = "RUB"


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
    fee: Decimal | None = None
    fee_for: str = ""
    saves: Decimal | None = None
    benefits: tuple[str, ...] = ()
    who: str = ""
    causes: tuple[Cause, ...] = ()
    adds: Decimal | None = None
    partners: tuple[Partner, ...] = ()
    referral: Referral | None = None
    organiser: str = ""
    prizes: tuple[Prize, ...] = ()
    odds: Decimal | None = None
    rules: str = ""
    results: str = ""
    meetings: tuple[Meeting, ...] = ()
    waits: tuple[Wait, ...] = ()
    manager: str = ""
    orders: tuple[Order, ...] = ()
    contacts: str = ""
    purchase: Decimal | None = None
    faq: tuple[Question, ...] = ()
    goal: str = ""
    audience: str = ""
    review_on: date | None = None
    touchpoints: tuple[str, ...] = ()

    def prose(self) -> dict[str, str]:
        """The texts that are Markdown, by name."""
        return {name: getattr(self, name) for name in ("join", "expiry", "returns", "rules", "contacts")}

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
    if "referral" in terms:
        terms["referral"] = Referral(**terms["referral"])
    return Program(**terms | {"kind": kind, "exclusions": values.get("except", "")})


LISTS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "earn": lambda row: Earn(**row),
    "spend": lambda row: Spend(row["what"], row.get("max_share"), row.get("min"), row.get("except", "")),
    "tiers": lambda row: Tier(row["name"], row["benefits"], row.get("from"), row.get("multiplier"), row.get("price")),
    "faq": lambda row: Question(row["q"], row["a"]),
    "levels": lambda row: Level(row["from"], row["percent"]),
    "causes": lambda row: Cause(**row),
    "partners": lambda row: Partner(**row),
    "prizes": lambda row: Prize(**row),
    "meetings": lambda row: Meeting(row["what"], row.get("date"), row.get("where", ""), row.get("note", "")),
    "waits": lambda row: Wait(**row),
    "orders": lambda row: Order(row["from"], row.get("percent"), row.get("days", 0), row.get("parts", 0)),
    "history": lambda row: Version(row["version"], row["from"], row["what"]),
}


def history_of(values: Mapping[str, Any]) -> tuple[Version, ...]:
    """The earlier versions of any terms, also of those that are no program's."""
    whole = [row for row, _line in values.get("history", ()) if {"version", "from", "what"} <= set(row)]
    return tuple(map(LISTS["history"], whole))
