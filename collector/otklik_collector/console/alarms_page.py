"""What rang at the reader's touchpoints and places: since when, how many, and whether anybody was told."""

from __future__ import annotations

import flask

from otklik_collector import alarm_words
from otklik_collector.console.asked import own_places
from otklik_collector.console.gate import Gate, Language, signed_in
from otklik_widget.journey import Journey

A_PAGE = 50


class AlarmsPage:
    def __init__(self, gate: Gate, journey: Journey, language: Language) -> None:
        self._gate = gate
        self._journey = journey
        self._language = language

    def add(self, pages: flask.Blueprint) -> None:
        pages.add_url_rule("/alarms", "alarms", self.alarms)

    def alarms(self) -> flask.Response:
        lang = self._language()
        written = flask.request.args.get("page", "")
        number = int(written) if written.isascii() and written.isdecimal() and len(written) < 7 else 0
        places = own_places(self._journey, signed_in())
        found = self._gate.store().alarms.newest(places, A_PAGE + 1, skip=number * A_PAGE)
        page = flask.render_template(
            "alarms.html", alarms=found[:A_PAGE], more=number + 1 if len(found) > A_PAGE else 0, number=number,
            name=lambda one: alarm_words.name_words(one, self._journey, lang), sentence=alarm_words.sentence,
            day=alarm_words.full_day,
        )  # fmt: skip
        return flask.make_response(page)
