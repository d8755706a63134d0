"""Sums that managers do beside the map: customers kept, revenue kept, and the NPS of a count made elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import flask

from otklik_collector.console.gate import Gate
from otklik_collector.map import figures
from otklik_collector.words import _
from otklik_widget.intervals import nps, nps_interval, signed
from otklik_widget.keeping import faults_of_customers, kept, revenue_kept

MOST = 1e12


@dataclass(frozen=True)
class Field:
    name: str
    label: str
    written: str
    fault: str = ""


@dataclass(frozen=True)
class Sum:
    """A calculator: its fields, what came out, and what to know before using it."""

    key: str
    title: str
    fields: tuple[Field, ...]
    said: str
    note: str


class CalculatorsPage:
    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def add(self, pages: flask.Blueprint) -> None:
        self._gate.roles["console.calculators"] = "viewer"
        pages.add_url_rule("/calculators", "calculators", self.calculators)

    def calculators(self) -> str:
        return flask.render_template("calculators.html", sums=(_customers(), _revenue(), _nps()))


def _customers() -> Sum:
    names = {
        "start": _("Customers at the start"), "end": _("Customers at the end"), "new": _("New among them"),
    }  # fmt: skip
    values, faults = _read(names)
    for name in faults_of_customers(values["start"], values["end"], values["new"]) if len(values) == 3 else ():
        faults[name] = {
            "new": _("more new customers than there are at the end"),
            "end": _("more old customers than there were at the start: who came back counts among the old ones"),
        }[name]
    said = ""
    if len(values) == 3 and not faults:
        found = kept(values["start"], values["end"], values["new"])
        said = _("Not defined: there was nobody to keep.")
        if found.share is not None and found.churn is not None:
            share, churn = figures.of_100(found.share, 1), figures.of_100(found.churn, 1)
            said = _(
                "Retention (CRR): %(share)s of 100 stayed. Churn: %(churn)s of 100 left.", share=share, churn=churn
            )
    note = _("Take all customers of the start as one group, and periods of one length. Some call the churn “CRR”: ask.")
    return Sum("customers", _("Customers kept"), _fields(names, faults), said, note)


def _revenue() -> Sum:
    names = {
        "revenue": _("Recurring revenue at the start"), "expansion": _("Bought more"),
        "contraction": _("Bought less"), "lost": _("Lost with those who left"),
    }  # fmt: skip
    values, faults = _read(names)
    said = ""
    if len(values) == 4 and not faults:
        try:
            found = revenue_kept(values["revenue"], values["expansion"], values["contraction"], values["lost"])
        except ValueError:
            faults["lost"] = _("more was lost than there was at the start")
        else:
            said = _("Not defined: there was nothing to keep.")
            if found.gross is not None and found.net is not None:
                gross, net = figures.of_100(found.gross, 1), figures.of_100(found.net, 1)
                said = _("Gross retention: %(gross)s of 100. Net retention: %(net)s of 100.", gross=gross, net=net)
            if found.negative_churn:
                said += " " + _("Net above 100 can hide that many leave: read the gross one first.")
    note = _("All four of the same customers: those of the start.")
    return Sum("revenue", _("Revenue kept"), _fields(names, faults), said, note)


def _nps() -> Sum:
    names = {"promoters": _("Answered 9 or 10"), "passives": _("Answered 7 or 8"), "detractors": _("Answered 0 to 6")}
    values, faults = _read(names)
    for name, value in values.items():
        if value != int(value):
            faults[name] = _("not a whole number")
    said = ""
    if len(values) == 3 and not faults:
        groups = int(values["detractors"]), int(values["passives"]), int(values["promoters"])
        found, interval = nps(*groups), nps_interval(*groups)
        said = _("Not defined: nobody answered.")
        if found is not None:
            score = _(
                "%(value)s (%(low)s to %(high)s)",
                value=signed(found), low=signed(interval.low), high=signed(interval.high),
            )  # fmt: skip
            said = _("NPS %(score)s, of %(responses)s.", score=score, responses=figures.responses(sum(groups)))
    note = _(
        "The scale runs from 0 to 10; who answered 7 or 8 counts in the sum. The true NPS lies within the brackets."
    )
    return Sum("nps", _("NPS of a count of your own"), _fields(names, faults), said, note)


def _read(names: Mapping[str, str]) -> tuple[dict[str, float], dict[str, str]]:
    """The numbers written, and by field what is wrong with the others; nothing is wrong while nothing is written."""
    values: dict[str, float] = {}
    faults: dict[str, str] = {}
    if not any(_written(name) for name in names):
        return values, faults
    for name in names:
        written = _written(name)
        try:
            value = float("".join(written.split()).replace(",", "."))
        except ValueError:
            value = -1.0
        if 0 <= value <= MOST:
            values[name] = value
        else:
            said = _("“%(value)s” is no number from 0 on", value=written)
            faults[name] = said if written else _("a number is missing")
    return values, faults


def _written(name: str) -> str:
    return flask.request.args.get(name, "").strip()[:20]


def _fields(names: Mapping[str, str], faults: Mapping[str, str]) -> tuple[Field, ...]:
    return tuple(Field(name, label, _written(name), faults.get(name, "")) for name, label in names.items())
