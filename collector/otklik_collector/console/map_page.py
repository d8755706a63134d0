"""The map as managers see it: of the period and filters in the address, and of their own places only."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import date
from pathlib import Path

import flask

from otklik_collector.commands.values import day
from otklik_collector.console.gate import Gate, Language, said
from otklik_collector.drawing import before, checked_filters, chosen_period, draw, today_of
from otklik_collector.map.page import render_html
from otklik_collector.map.problem_map import Filters, Period
from otklik_collector.map.series import ProblemMap
from otklik_collector.store.people import Person
from otklik_collector.words import _
from otklik_widget.faults import Fault, Faults
from otklik_widget.journey import Journey

STYLE = Path(__file__).parent.parent / "map/static/map.css"


class MapPage:
    def __init__(self, gate: Gate, journey: Journey, language: Language) -> None:
        self._gate = gate
        self._journey = journey
        self._language = language

    def add(self, pages: flask.Blueprint) -> None:
        pages.add_url_rule("/map", "map", self.map)

    def map(self) -> flask.typing.ResponseReturnValue:
        lang = self._language()
        person: Person | None = flask.g.person
        places = None if person is None or person.whole else [p for p in self._journey.place_keys if p in person.places]
        if places == []:
            return said(_("Your places are no longer in the journey. An administrator can give you others."), 403)
        wanted = flask.request.args.get("place") or None
        if places is not None and wanted is not None and wanted not in places:
            return said(_("This place is not among yours."), 403)
        try:
            period, against, filters = self._asked(wanted if places is None else wanted or places[0])
        except Faults as refused:
            return said("; ".join(fault.text for fault in refused.faults), 400)
        found = draw(self._gate.store(), self._journey, period, against, filters, lang, limited=places is not None)
        if places is not None:
            found = _of_the_place_alone(found)
        bar = flask.render_template("bar.html") if person else ""
        return render_html(found, self._journey, lang, standalone=False, places=places, bar=bar)

    def _asked(self, place: str | None) -> tuple[Period, Period, Filters]:
        args = flask.request.args
        dates: dict[str, date | None] = {}
        faults = []
        for name in ("from", "to"):
            written = args.get(name, "")
            try:
                dates[name] = day(written) if written else None
            except argparse.ArgumentTypeError:
                faults.append(Fault(name, None, _("“%(value)s” is no date like 2026-11-21", value=written[:20])))
        if faults:
            raise Faults(faults)
        period = chosen_period(dates["from"], dates["to"], today_of(self._journey))
        filters = Filters(
            place=place,
            segment=args.get("segment") or None,
            channel=args.get("channel") or None,
            per_person=args.get("per_person") == "1",
            include_flagged=args.get("include_flagged") == "1",
        )
        return period, before(period), checked_filters(self._journey, filters)


def _of_the_place_alone(found: ProblemMap) -> ProblemMap:
    """Without what is counted over all places: how many came by each channel, and how many answered twice."""
    series = tuple(replace(row, channels={}, channels_moved=False) for row in found.series)
    return replace(found, series=series, repeated_share=None)
