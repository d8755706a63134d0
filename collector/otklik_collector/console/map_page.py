"""The map as managers see it: of the period and filters in the address, and of their own places only."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import flask
from babel.dates import format_date

from otklik_collector.alarm_words import day_words
from otklik_collector.console.asked import Asked, asked_of
from otklik_collector.console.cases import waiting_by_touchpoint
from otklik_collector.console.frame import picker
from otklik_collector.console.gate import Gate, Language
from otklik_collector.drawing import draw, today_of
from otklik_collector.map.page import Note, render_html
from otklik_collector.map.series import ProblemMap
from otklik_collector.map.suppression import tellable
from otklik_collector.store import Store
from otklik_widget.journey import Journey, Text


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
        query, notes = f"{asked.query()}&lang={lang}", self._notes(found, asked, lang)
        return render_html(
            found, self._journey, lang, standalone=False, base=self._gate.address(), bar=bar, query=query, notes=notes,
            numbers=flask.request.args.get("numbers") == "1",
        )  # fmt: skip

    def _notes(self, found: ProblemMap, asked: Asked, lang: str) -> dict[str, Note]:
        """By touchpoint what the unhappy tick most, where its score is shown, and the last thing changed there."""
        store, shown = self._gate.store(), tellable(found.series).now
        ticked = store.told.reasons_by_touchpoint(asked.period, asked.filters)
        tops = {key: top for key, one in ticked.items() if key in shown and (top := one.top())}
        actions: dict[str, str] = {}
        places = (asked.filters.place,) if asked.filters.place else asked.places
        for change in store.changes.newest(places, since=asked.against.start):
            said = f"{format_date(change.day, 'd MMM', locale=lang)}: {Text(change.words).say(lang)}"
            actions.setdefault(change.touchpoint, said)
        cases = waiting_by_touchpoint(self._gate, asked.places, asked.filters.place)
        rang = self._rang(asked)
        return {
            key: Note(self._reason(tops.get(key, ""), lang), actions.get(key, ""), cases.get(key), rang.get(key, ""))
            for key in tops.keys() | actions.keys() | cases.keys() | rang.keys()
        }

    def _rang(self, asked: Asked) -> dict[str, str]:
        """By touchpoint the day in the last week of the period on which an alarm rang last."""
        if asked.filters.segment or asked.filters.channel:
            return {}  # nobody listens to parts of the customers
        since = max(asked.period.start, asked.period.end - timedelta(days=7))
        rang = self._gate.store().alarms.newest((asked.filters.place or "",), 500, since=since)
        worse = [one for one in rang if one.side == "worse" and one.day < asked.period.end]
        return {one.touchpoint: day_words(one.day) for one in reversed(worse)}

    def _reason(self, key: str, lang: str) -> str:
        text = self._journey.reasons.get(key)
        return text.say(lang) if text else key


def drawn(store: Store, journey: Journey, asked: Asked, lang: str) -> ProblemMap:
    """The map that an address asks for; for who is limited to places, of the place alone."""
    limited = asked.places is not None
    found = draw(store, journey, asked.period, asked.against, asked.filters, lang, limited)
    return alone(found) if limited else found


def alone(found: ProblemMap) -> ProblemMap:
    """The map without what is counted over all places: how many came by each channel, and how many answered twice."""
    series = tuple(replace(row, channels={}, channels_moved=False) for row in found.series)
    return replace(found, series=series, repeated_share=None)
