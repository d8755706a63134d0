"""What an address of the console asks for: a period and filters, checked against the journey and the person."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

from otklik_collector.commands.values import day
from otklik_collector.console import periods
from otklik_collector.console.periods import KINDS, OWN
from otklik_collector.drawing import chosen_period
from otklik_collector.map.problem_map import Filters, Period
from otklik_collector.store.people import Person
from otklik_collector.words import _
from otklik_widget.contract import CHANNELS
from otklik_widget.faults import Faults, nearest
from otklik_widget.journey import Journey

FILTERS = ("place", "segment", "channel")
TICKS = ("per_person", "include_flagged")
FIRST_DAY, LAST_DAY = date(1970, 1, 8), date(2200, 6, 30)
"""Between them every period, the one before and the one after lie in the calendar."""


class Misled(Exception):  # noqa: N818 - an address that leads nowhere, not a failure
    """The address can't be answered: a title, what is wrong in it, and the same address without that."""

    def __init__(self, title: str, said: list[str], back: str = "", status: int = 400) -> None:
        super().__init__(title)
        self.title, self.said, self.back, self.status = title, said, back, status


@dataclass(frozen=True)
class Asked:
    """A period with its kind, the one to compare with, and filters; `places`: those that may be chosen, None: all.

    `also`: what else the page's address asks for; every link and form keeps it.
    """

    kind: str
    period: Period
    against: Period
    filters: Filters
    places: tuple[str, ...] | None = None
    also: Mapping[str, str] = field(default_factory=dict)

    @property
    def last(self) -> date:
        return self.period.end - timedelta(days=1)

    def query(self, **changes: str | None) -> str:
        """The query that asks for the same again, with something changed; None leaves it out."""
        asked: dict[str, str | None] = dict(self.when())
        asked |= {name: getattr(self.filters, name) for name in FILTERS}
        asked |= {name: "1" if getattr(self.filters, name) else None for name in TICKS}
        asked |= self.also
        return urlencode({name: value for name, value in {**asked, **changes}.items() if value})

    def when(self) -> dict[str, str]:
        """How the address names the period."""
        return self._named(self.kind, self.period)

    def of_kind(self, kind: str) -> str:
        """The query for the period of another kind at the end of this one."""
        return self._at(kind, periods.period_of(kind, self.last))

    def earlier(self) -> str:
        return self._at(self.kind, periods.before(self.kind, self.period))

    def later(self) -> str:
        return self._at(self.kind, periods.after(self.kind, self.period))

    def _at(self, kind: str, period: Period) -> str:
        none: dict[str, str | None] = dict.fromkeys(("period", "on", "from", "to"))
        return self.query(**{**none, **self._named(kind, period)})

    @staticmethod
    def _named(kind: str, period: Period) -> dict[str, str]:
        if kind == OWN:
            return {"from": period.start.isoformat(), "to": period.end.isoformat()}
        return {"period": kind, "on": (period.end - timedelta(days=1)).isoformat()}


def own_places(journey: Journey, person: Person | None) -> tuple[str, ...] | None:
    """The places a person may look at, in the journey's order; None: all, and the company as a whole."""
    if person is None or person.whole:
        return None
    found = tuple(place for place in journey.place_keys if place in person.places)
    if not found:
        said = _("Your places are no longer in the journey. An administrator can give you others.")
        raise Misled(said, [], status=403)
    return found


def asked_of(journey: Journey, person: Person | None, args: Mapping[str, str], today: date) -> Asked:
    """What the arguments of an address ask for. Raises `Misled` with everything that is wrong in them."""
    places = own_places(journey, person)
    place = args.get("place") or None
    if places is not None:
        if place is not None and place not in places:
            raise Misled(_("This place is not among yours."), [], _without(args, ["place"]), 403)
        place = place or places[0]
    wrong: dict[str, str] = {}
    kind, period = _period(args, today, wrong)
    filters = Filters(
        place=place,
        segment=args.get("segment") or None,
        channel=args.get("channel") or None,
        per_person=args.get("per_person") == "1",
        include_flagged=args.get("include_flagged") == "1",
    )
    _check(journey, filters, wrong)
    if wrong:
        raise Misled(
            _("This link does not lead anywhere."), list(dict.fromkeys(wrong.values())), _without(args, list(wrong))
        )
    return Asked(kind, period, periods.before(kind, period), filters, places)


def _period(args: Mapping[str, str], today: date, wrong: dict[str, str]) -> tuple[str, Period]:
    dates = {name: _day(args, name, wrong) for name in ("on", "from", "to")}
    kind = args.get("period") or (OWN if dates["from"] or dates["to"] else KINDS[0])
    if kind not in (*KINDS, OWN):
        wrong["period"] = _("“%(value)s” is no period; there are: %(known)s.", value=kind[:20], known=", ".join(KINDS))
        kind = KINDS[0]
    if kind != OWN:
        return kind, periods.period_of(kind, dates["on"] or today)
    try:
        return kind, chosen_period(dates["from"], dates["to"], today)
    except Faults as refused:
        wrong["from"] = wrong["to"] = "; ".join(fault.text for fault in refused.faults)
        return KINDS[0], periods.period_of(KINDS[0], today)


def _day(args: Mapping[str, str], name: str, wrong: dict[str, str]) -> date | None:
    written = args.get(name, "")
    try:
        found = day(written) if written else None
    except argparse.ArgumentTypeError:
        found = date.min
    if found and not FIRST_DAY <= found <= LAST_DAY:
        wrong[name] = _("“%(value)s” is no date like 2026-11-21", value=written[:20])
        return None
    return found


def _check(journey: Journey, filters: Filters, wrong: dict[str, str]) -> None:
    known = {
        "place": list(journey.place_keys),
        "segment": [*journey.company.segments, "other"],
        "channel": list(CHANNELS),
    }
    said = {
        "place": _("There is no place “%(value)s” in the journey; it may have gone since the link was saved."),
        "segment": _("There is no segment “%(value)s” in the journey; it may have gone since the link was saved."),
        "channel": _("There is no channel “%(value)s”."),
    }  # fmt: skip
    for name in FILTERS:
        value = getattr(filters, name)
        if value is not None and value not in known[name]:
            wrong[name] = said[name] % {"value": value[:64]} + nearest(value, known[name])


def _without(args: Mapping[str, str], names: list[str]) -> str:
    """The query without what is wrong in it; without a period's parts all of them go."""
    when = ("period", "on", "from", "to")
    gone = {*names, *(when if any(name in when for name in names) else ())}
    return urlencode({name: value for name, value in args.items() if name not in gone and value})
