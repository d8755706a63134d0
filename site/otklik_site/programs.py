"""Loyalty programs as the front matter states them: typed terms, and the checks that only a program needs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from otklik_site.formats import locale_of
from otklik_site.words import _
from otklik_widget.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from otklik_site.front_matter import Reader

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
class Question:
    question: str
    answer: str


@dataclass(frozen=True)
class Program:
    """The terms of a program; money in `currency`, `point_value` is what one point is worth."""

    name: str
    effective: date
    version: str = ""
    currency: str = DEFAULT_CURRENCY
    unit: Mapping[str, str] | None = None
    point_value: Decimal | None = None
    earn: tuple[Earn, ...] = ()
    spend: tuple[Spend, ...] = ()
    expiry: str = ""
    tiers: tuple[Tier, ...] = ()
    join: str = ""
    faq: tuple[Question, ...] = ()
    goal: str = ""
    audience: str = ""
    review_on: date | None = None
    touchpoints: tuple[str, ...] = ()

    @property
    def base(self) -> tuple[Decimal, Decimal] | None:
        """The usual rate as (points, for how much money): the first way to earn that is paid by money."""
        for way in self.earn:
            if way.rate and isinstance(way.per, Decimal):
                return way.rate, way.per
        return None


def read_program(values: Mapping[str, Any], lines: Mapping[str, int], kind: str, lang: str, reader: Reader) -> None:
    """Adds to the reader every fault of a program that no single value shows."""
    _unit(values, lines, lang, reader)
    _earn(values, reader)
    _tiers(values, lines, kind, reader)


def program_of(values: Mapping[str, Any]) -> Program:
    """The typed terms of values that have no fault."""
    simple = ("name", "effective", "version", "currency", "unit", "point_value", "expiry", "join",
              "goal", "audience", "review_on", "touchpoints")  # fmt: skip
    return Program(
        **{name: values[name] for name in simple if name in values},
        earn=tuple(Earn(**row) for row, _line in values.get("earn", ())),
        spend=tuple(
            Spend(row["what"], row.get("max_share"), row.get("min"), row.get("except", ""))
            for row, _line in values.get("spend", ())
        ),
        tiers=tuple(
            Tier(row["name"], row["benefits"], row.get("from"), row.get("multiplier"))
            for row, _line in values.get("tiers", ())
        ),
        faq=tuple(Question(row["q"], row["a"]) for row, _line in values.get("faq", ())),
    )


def advice(program: Program, lines: Mapping[str, int], where: str, today: date) -> Iterator[Fault]:
    """What is allowed but deserves a look: terms due for review, a point that is hard to reckon with."""
    if program.review_on and program.review_on <= today:
        said = _("“review_on” was %(date)s: are these terms still right?", date=program.review_on.isoformat())
        yield Fault(where, lines.get("review_on"), said)
    if program.point_value and not is_simple(program.point_value):
        said = _(
            "a point worth %(value)s is hard to reckon with; customers grasp 1, 2, 5, 10 or 0.1, 0.5 at once",
            value=program.point_value,
        )
        yield Fault(where, lines.get("point_value"), said)


def is_simple(value: Decimal) -> bool:
    """Is it 1, 2 or 5 times a power of ten? 1, 0.5 and 20 are; 0.07 ("14 points are 1 rouble") is not."""
    digits = value.normalize().as_tuple().digits
    return digits in ((1,), (2,), (5,))


def needed_forms(lang: str) -> list[str]:
    """The plural forms a language counts whole things by: one, few, many in Russian; one, many in English."""
    tags = set(locale_of(lang).plural_form.tags) | {"other"}
    # Russian's “other” is only for fractions, which are read like “few”.
    if {"few", "many"} <= tags:
        tags.discard("other")
    order = ("zero", "one", "two", "few", "many", "other")
    return ["many" if form == "other" else form for form in order if form in tags]


def _unit(values: Mapping[str, Any], lines: Mapping[str, int], lang: str, reader: Reader) -> None:
    unit = values.get("unit")
    if unit is None:
        return
    missing = [form for form in needed_forms(lang) if form not in unit and not (form == "many" and "other" in unit)]
    if missing:
        said = _(
            "“unit” lacks the forms %(forms)s; this page's language needs %(needed)s",
            forms=", ".join(missing), needed=", ".join(needed_forms(lang)),
        )  # fmt: skip
        reader.fault(lines["unit"], said)


def _earn(values: Mapping[str, Any], reader: Reader) -> None:
    for row, line in values.get("earn", ()):
        if "per" in row and "rate" not in row:
            reader.fault(line, _("“per” stands here without “rate”: how many points are given?"))
        if "rate" in row and "unit" not in values:
            reader.fault(line, _("points are given here, but “unit” does not say what they are called"))


def _tiers(values: Mapping[str, Any], lines: Mapping[str, int], kind: str, reader: Reader) -> None:
    tiers = values.get("tiers", [])
    if kind == "tiers" and "tiers" in values and len(tiers) < 2:
        reader.fault(lines["tiers"], _("a program of tiers needs two tiers or more"))
    before: Decimal | None = None
    for row, line in tiers:
        since = row.get("from")
        if since is not None and before is not None and since <= before:
            reader.fault(
                line,
                _(
                    "this tier begins at %(sum)s, not above the one before it; put the lowest first",
                    sum=since,
                ),
            )
        before = since if since is not None else before
