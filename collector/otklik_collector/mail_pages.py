"""The pages behind “send me these no more”: looking ends nothing, a press or a mail program's own button does."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import flask

from otklik_collector.case_pages import CSP
from otklik_collector.store import open_store
from otklik_collector.store.subscriptions import KINDS
from otklik_widget.journey import Journey


class MailPages:
    def __init__(
        self, journey: Journey, db: Path, speak: Callable[[], str], clock: Callable[[], float] = time.time
    ) -> None:
        self._journey = journey
        self._db = db
        self._speak = speak
        self._clock = clock

    def add(self, app: flask.Flask) -> None:
        # A mail program presses for its reader with a form of its own (RFC 8058): the token alone says whose it is.
        app.add_url_rule("/mail/<kind>/<token>", "mail_ending", self.ending, methods=["GET", "POST"])

    def ending(self, kind: str, token: str) -> flask.Response:
        """Asks, or ends; pressed twice it is the same."""
        lang = self._speak()
        if kind not in KINDS:
            flask.abort(404)
        with open_store(self._db) as store:
            found = store.subscriptions.of_token(token)
            person = store.people.get(found.person) if found else None
            if not found or not person:
                flask.abort(404)
            ended = not found.takes(kind)
            if flask.request.method == "POST" and not ended:
                store.subscriptions.end(found, kind, self._clock(), person.name)
                ended = True
        page = flask.render_template("mail-ending.html", journey=self._journey, lang=lang, kind=kind, ended=ended)
        reply = flask.make_response(page)
        reply.headers["Content-Security-Policy"] = CSP
        reply.headers["Referrer-Policy"] = "same-origin"
        return reply
