"""What the unhappy may cost by talking: a rule of thumb with its numbers in a form, and its range beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import flask

from otklik_collector.console.asked import asked_of
from otklik_collector.console.frame import picker
from otklik_collector.console.gate import Gate, Language
from otklik_collector.console.map_page import drawn
from otklik_collector.drawing import today_of
from otklik_collector.map import figures
from otklik_collector.map.ranking import in_order
from otklik_collector.map.series import Harm
from otklik_collector.map.word_of_mouth import lost
from otklik_collector.words import _
from otklik_widget.journey import Journey
from otklik_widget.word_of_mouth import RULE, Lost, Rule

MOST = 1_000_000.0


@dataclass(frozen=True)
class Field:
    """A number in the form: what was written and what it says; `value` is None where it is empty or wrong."""

    name: str
    label: str
    written: str
    value: float | None
    fault: str = ""


class WordOfMouthPage:
    def __init__(self, gate: Gate, journey: Journey, language: Language) -> None:
        self._gate = gate
        self._journey = journey
        self._language = language

    def add(self, pages: flask.Blueprint) -> None:
        self._gate.roles["console.word_of_mouth"] = "viewer"
        pages.add_url_rule("/word-of-mouth", "word_of_mouth", self.word_of_mouth)

    def word_of_mouth(self) -> str:
        lang, args = self._language(), flask.request.args
        asked = asked_of(self._journey, flask.g.person, args, today_of(self._journey))
        told = _field("told", _("One detractor tells so many people"), RULE.told)
        cancelled = _field("cancelled", _("One bad word cancels so many good ones"), RULE.cancelled)
        needed = _field("needed", _("So many good words bring one customer"), RULE.needed, more_than_none=True)
        referred = _field("referred", _("Customers a month who come by word of mouth, if you know"), None)
        fields = (told, cancelled, needed, referred)
        found = drawn(self._gate.store(), self._journey, asked, lang)
        rule = Rule(told.value or 0.0, cancelled.value or 0.0, needed.value or RULE.needed)
        right = not any(field.fault for field in fields)
        rows = [(row, _said(lost(row.harm, rule, referred.value))) for row in in_order(found.series)] if right else []
        low, high = rule.range
        each = {"each": figures.number(rule.each, 1), "low": figures.number(low, 1), "high": figures.number(high, 1)}
        # The numbers of the form go on with every step through the periods.
        asked = replace(asked, also={field.name: field.written for field in fields if args.get(field.name)})
        return flask.render_template(
            "word-of-mouth.html", asked=asked, fields=fields, rows=rows, right=right,
            query=replace(asked, also={}).query(), picker=picker(self._journey, asked, lang, ticks=False),
            each=_("By this rule a detractor costs %(each)s others, or between %(low)s and %(high)s.", **each),
        )  # fmt: skip


def _field(name: str, label: str, usual: float | None, *, more_than_none: bool = False) -> Field:
    written = flask.request.args.get(name, "").strip()[:12]
    if not written:
        return Field(name, label, figures.plain(usual) if usual is not None else "", usual)
    try:
        value = float(written.replace(",", "."))
    except ValueError:
        value = -1.0
    if 0 <= value <= MOST and not (more_than_none and value == 0):
        return Field(name, label, written, value)
    fault = _("“%(value)s” is no number above 0") if more_than_none else _("“%(value)s” is no number from 0 on")
    return Field(name, label, written, None, fault % {"value": written})


def _said(found: Lost | None) -> str:
    """About so many, with the range; harm is told in the same words."""
    return figures.harm(Harm(found.expected, found.low, found.high)) if found else ""
