"""The week as the reader is sent it: the same words, in the console."""

from __future__ import annotations

import flask

from otklik_collector.console.asked import own_places
from otklik_collector.console.company import Company
from otklik_collector.console.gate import Gate, Language, signed_in
from otklik_collector.digest import digest, monday_of
from otklik_collector.drawing import today_of
from otklik_collector.mail.writing import Writing


class DigestPage:
    def __init__(self, gate: Gate, company: Company, language: Language) -> None:
        self._gate = gate
        self._company = company
        self._language = language

    def add(self, pages: flask.Blueprint) -> None:
        pages.add_url_rule("/digest", "digest", self.digest)

    def digest(self) -> flask.Response:
        me, journey, lang = signed_in(), self._company.journey, self._language()
        own_places(journey, me)  # who has no place left is told so
        monday = monday_of(today_of(journey))
        found = digest(self._gate.store(), journey, me, monday, lang, self._gate.now())
        # Links lead where the reader already is.
        words = Writing(journey, "").digest_words(found, lang)
        page = flask.render_template("digest-page.html", words=words, digest_hour=self._company.settings.digest_hour)
        return flask.make_response(page)
