"""The checks that only a loyalty program needs: faults in its terms, and advice that stops no build."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from otklik_site.formats import locale_of
from otklik_site.words import _
from otklik_widget.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from otklik_site.front_matter import Reader
    from otklik_site.programs import Program

# Of 100 who take part so many should win at least.
FAIR = 25


def read_program(values: Mapping[str, Any], lines: Mapping[str, int], kind: str, lang: str, reader: Reader) -> None:
    """Adds to the reader every fault of a program that no single value shows."""
    _unit(values, lines, lang, reader)
    _earn(values, reader)
    _tiers(values, lines, kind, reader)
    for name in ("levels", "orders"):
        _levels(values.get(name, ()), reader)
    _earn_of_partners(values, reader)
    _given(values, kind, reader)
    _members(values, lines, reader)
    if values.get("every", 2) < 2:
        reader.fault(lines["every"], _("“every” must be 2 or more: 6 means that every sixth is free"))


def advice(program: Program, lines: Mapping[str, int], where: str, today: date) -> Iterator[Fault]:
    """What is allowed but deserves a look: terms due for review, a point that is hard to reckon with."""
    if program.review_on and program.review_on <= today:
        said = _("“review_on” was %(date)s: are these terms still right?", date=program.review_on.isoformat())
        yield Fault(where, lines.get("review_on"), said, "review-due")
    if program.until and program.until < today:
        said = _(
            "“until” was %(date)s: the program is over; take the page down or set a new day",
            date=program.until.isoformat(),
        )
        yield Fault(where, lines.get("until"), said, "date-past")
    for meeting in program.meetings:
        if meeting.day and meeting.day < today:
            said = _("the meeting of %(date)s is over; take it out", date=meeting.day.isoformat())
            yield Fault(where, lines.get("meetings"), said, "date-past")
    if program.odds and program.odds < FAIR:
        said = _(
            "only %(odds)s of 100 win; customers lose heart below %(fair)s: more and smaller prizes do better",
            odds=program.odds, fair=FAIR,
        )  # fmt: skip
        yield Fault(where, lines.get("odds"), said, "odds-low")
    if program.point_value and not is_simple(program.point_value):
        said = _(
            "a point worth %(value)s is hard to reckon with; customers grasp 1, 2, 5, 10 or 0.1, 0.5 at once",
            value=program.point_value,
        )
        yield Fault(where, lines.get("point_value"), said, "point-value")


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


def _levels(rows: Sequence[tuple[Mapping[str, Any], int]], reader: Reader) -> None:
    for (before, _line), (row, line) in pairwise(rows):
        for key in ("from", "percent"):
            if key in row and key in before and row[key] <= before[key]:
                said = _(
                    "“%(key)s” is %(value)s, not above the level before it; put the lowest first",
                    key=key, value=row[key],
                )  # fmt: skip
                reader.fault(line, said)


def _earn_of_partners(values: Mapping[str, Any], reader: Reader) -> None:
    for row, line in values.get("partners", ()):
        if "per" in row and "rate" not in row:
            reader.fault(line, _("“per” stands here without “rate”: how many points are given?"))


def _given(values: Mapping[str, Any], kind: str, reader: Reader) -> None:
    """What a program gives must be known: a share of money, or points and their worth."""
    if kind == "value" and "percent" not in values and not {"unit", "point_value"} <= values.keys():
        said = _("what is given? Write “percent”, the share of each purchase, or “unit” and “point_value” of points")
        reader.fault(1, said)
    if kind == "referral" and "unit" in values and "point_value" not in values:
        reader.fault(
            1, _("“%(key)s” is missing: %(advice)s", key="point_value", advice=_("how much money one point is worth"))
        )


def _members(values: Mapping[str, Any], lines: Mapping[str, int], reader: Reader) -> None:
    if "saves" in values and "unit" not in values:
        reader.fault(lines["saves"], _("“saves” needs “unit”: what is used, like {one: delivery, other: deliveries}"))
    for row, line in values.get("waits", ()):
        if row.get("yours", 0) >= row.get("usual", 1):
            reader.fault(line, _("members wait here as long as others, or longer"))
    for row, line in values.get("prizes", ()):
        if row.get("count") == 0:
            reader.fault(line, _("“count” must be 1 or more"))
