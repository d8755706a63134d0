"""The page behind a link to read: one map, without comments and without a way further, until its day."""

from __future__ import annotations

import base64
import hashlib
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import flask
from babel.dates import format_date
from markupsafe import Markup

from otklik_collector.console.asked import Misled, asked_of
from otklik_collector.console.map_page import alone, drawn
from otklik_collector.drawing import today_of
from otklik_collector.map.page import render_html, stylesheet
from otklik_collector.store import Store, open_store
from otklik_collector.store.handed import ReadLink
from otklik_collector.store.people import Person
from otklik_collector.words import _
from otklik_widget.faults import Faults
from otklik_widget.journey import Journey
from otklik_widget.words import speaking


class ReadPages:
    """`GET /v/<token>`. The link has the rights of who made it, as they are now; with them it ends."""

    def __init__(
        self, journey: Journey, db: Path, speak: Callable[[], str], clock: Callable[[], float] = time.time
    ) -> None:
        self._journey = journey
        self._db = db
        self._speak = speak
        self._clock = clock

    def add(self, app: flask.Flask) -> None:
        app.add_url_rule("/v/<token>", "read_map", self.map)

    def map(self, token: str) -> flask.Response:
        lang = self._speak()
        try:
            with open_store(self._db) as store:
                found = store.handed.link(token, self._clock())
                if found is None or not found[1].may("manager"):
                    return self._gone(lang)
                link, maker = found
                lang = lang if "lang" in flask.request.args else link.lang
                with speaking(self._journey.company.ours(lang)):
                    return self._reply(self._page(store, link, maker, lang), 200)
        except Misled:  # a place or segment left the journey, or is no longer the maker's
            return self._gone(lang)
        except (sqlite3.Error, Faults):
            return self._reply(self._said(_("That did not work just now. Please try again."), lang), 503)

    def _page(self, store: Store, link: ReadLink, maker: Person, lang: str) -> str:
        asked = asked_of(self._journey, maker, dict(parse_qsl(link.query)), today_of(self._journey))
        # Whoever reads may hold other links: what could be subtracted from the whole is withheld here too.
        shown = drawn(store, self._journey, replace(asked, places=None), lang)
        until = datetime.fromtimestamp(link.expires_at / 1000, ZoneInfo(self._journey.company.zone))
        day = format_date(until, "long", locale=lang)
        said = _("To read only, until %(day)s; without comments.", day=day)
        bar = Markup('<aside class="fine" aria-label="{}"><p>{}</p></aside>').format(_("Link to read"), said)
        page = alone(shown) if asked.places is not None else shown
        return render_html(page, self._journey, lang, standalone=True, bar=bar)

    def _gone(self, lang: str) -> flask.Response:
        with speaking(self._journey.company.ours(lang)):
            said = _("This link has ended or was taken back. Ask whoever gave it to you for a new one.")
            return self._reply(self._said(said, lang), 404)

    def _said(self, said: str, lang: str) -> str:
        return flask.render_template("said.html", title=said, journey=self._journey, lang=lang, thanks=False)

    @staticmethod
    def _reply(page: str, status: int) -> flask.Response:
        style = base64.b64encode(hashlib.sha256(stylesheet().encode()).digest()).decode()
        reply = flask.make_response(page, status)
        reply.headers["Content-Security-Policy"] = (
            f"default-src 'none'; style-src 'self' 'sha256-{style}'; img-src 'self'; base-uri 'none';"
            " form-action 'none'; frame-ancestors 'none'"
        )
        reply.headers["X-Robots-Tag"] = "noindex, nofollow"
        reply.headers["Referrer-Policy"] = "no-referrer"
        reply.headers["Cache-Control"] = "no-store"
        return reply
