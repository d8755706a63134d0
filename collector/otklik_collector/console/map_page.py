"""The map as managers see it: of the period and filters in the address, and of their own places only."""

from __future__ import annotations

from dataclasses import replace

import flask

from otklik_collector.console.asked import Asked, asked_of
from otklik_collector.console.cases import waiting_by_touchpoint
from otklik_collector.console.frame import picker
from otklik_collector.console.gate import Gate, Language
from otklik_collector.drawing import draw, today_of
from otklik_collector.map.page import Note, render_html
from otklik_collector.map.series import ProblemMap
from otklik_collector.store import Store
from otklik_widget.journey import Journey


class MapPage:
    def __init__(self, gate: Gate, journey: Journey, language: Language) -> None:
        self._gate = gate
        self._journey = journey
        self._language = language

    def add(self, pages: flask.Blueprint) -> None:
        pages.add_url_rule("/map", "map", self.map)

    def map(self) -> str:
        lang = self._language()
        asked = asked_of(self._journey, flask.g.person, flask.request.args, today_of(self._journey))
        found = drawn(self._gate.store(), self._journey, asked, lang)
        bar = flask.render_template("bar.html") + picker(self._journey, asked, lang)
        query = f"{asked.query()}&lang={lang}"
        return render_html(found, self._journey, lang, standalone=False, bar=bar, query=query, notes=self._notes(asked))

    def _notes(self, asked: Asked) -> dict[str, Note]:
        """What stands on the cards beside their numbers."""
        cases = waiting_by_touchpoint(self._gate, asked.places, asked.filters.place)
        return {touchpoint: Note(cases=waiting) for touchpoint, waiting in cases.items()}


def drawn(store: Store, journey: Journey, asked: Asked, lang: str) -> ProblemMap:
    """The map that an address asks for; for who is limited to places, of the place alone."""
    limited = asked.places is not None
    found = draw(store, journey, asked.period, asked.against, asked.filters, lang, limited)
    if not limited:
        return found
    # How many came by each channel, and how many answered twice, is counted over all places.
    series = tuple(replace(row, channels={}, channels_moved=False) for row in found.series)
    return replace(found, series=series, repeated_share=None)
