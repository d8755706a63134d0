"""The page behind a customer's link: how their case stands, by when we answer, and whether it is solved."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import flask

from otklik_collector.case_words import moment_words
from otklik_collector.cases import CaseRule, may_open
from otklik_collector.masking import masked
from otklik_collector.response import Response
from otklik_collector.store import open_store
from otklik_collector.store.cases import CUSTOMER, Case, StepRefused
from otklik_collector.words import _
from otklik_widget.faults import Faults
from otklik_widget.journey import Journey

CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class CasePages:
    """`address` is where customers reach us; empty: as it was asked for."""

    def __init__(
        self,
        journey: Journey,
        db: Path,
        rule: CaseRule,
        speak: Callable[[], str],
        *,
        address: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._journey = journey
        self._db = db
        self._rule = rule
        self._speak = speak
        self._address = address
        self._clock = clock

    def add(self, app: flask.Flask) -> None:
        app.add_url_rule("/c/<token>", "case", self.page, methods=["GET"])
        app.add_url_rule("/c/<token>", "case_said", self.said, methods=["POST"])

    def token(self, response: Response) -> str:
        """The token of the case that a stored response has opened, or nothing; never a reason to fail."""
        if not may_open(response):
            return ""
        try:
            with open_store(self._db) as store:
                found = store.cases.of_response(response.id)
        except (sqlite3.Error, Faults):
            return ""
        return found.token if found else ""

    def promise(self, token: str) -> dict[str, str]:
        """What the page of thanks says of a case: its number, when we answer, and the link; empty for no case."""
        if not token:
            return {}
        found = self._find(token)
        if not found:
            return {}
        address = f"{self._address or flask.request.host_url.rstrip('/')}/c/{found.token}"
        return {"number": str(found.number), "due": self._moment(found), "link": address}

    def page(self, token: str) -> flask.Response:
        """How the case stands; whoever opens the link, nothing is stored."""
        with open_store(self._db) as store:
            found = store.cases.of_token(token)
            if not found:
                flask.abort(404)
            return self._shown(found, told=store.cases.told(found.number))

    def said(self, token: str) -> flask.typing.ResponseReturnValue:
        """ "Solved" closes what was answered, "not solved" opens it again; pressed twice it is the same."""
        lang, now = self._speak(), int(self._clock() * 1000)
        solved = flask.request.form.get("solved", "")
        with open_store(self._db) as store:
            found = store.cases.of_token(token)
            if not found:
                flask.abort(404)
            if solved not in ("yes", "no"):
                return self._shown(found, 422)
            try:
                if solved == "yes" and found.state == "answered":
                    store.cases.close(found.number, "solved", "", CUSTOMER, now)
                elif solved == "no":
                    due_at = self._rule.due(found.touchpoint, found.place, now)
                    store.cases.reopen(found.number, due_at, "", CUSTOMER, now)
            except StepRefused:  # it was said before, or somebody of us was faster: the page tells how it stands
                pass
        return flask.redirect(f"/c/{token}?lang={lang}", 303)

    def _find(self, token: str) -> Case | None:
        with open_store(self._db) as store:
            return store.cases.of_token(token)

    def _shown(self, case: Case, status: int = 200, told: str = "") -> flask.Response:
        lang, now = self._speak(), int(self._clock() * 1000)
        page = flask.render_template(
            "case.html", journey=self._journey, lang=lang, case=case, due=self._moment(case),
            late=case.due_at < now, sentence=sentence(case),
            told="" if case.waits else masked(told),  # the page must name nobody, whoever wrote the answer
        )  # fmt: skip
        reply = flask.make_response(page, status)
        reply.headers["Content-Security-Policy"] = CSP
        # The address is a secret: no other site may learn it from a link that is followed.
        reply.headers["Referrer-Policy"] = "same-origin"
        return reply

    def _moment(self, case: Case) -> str:
        return moment_words(case, case.due_at, self._journey)


def sentence(case: Case) -> str:
    """What has become of a case, told to its customer."""
    if case.state == "closed":
        return {
            "solved": _("It is solved and closed."),
            "partly": _("It is solved in part and closed."),
            "unsolved": _("We could not solve it and have closed it."),
            "unreachable": _("We could not reach you and have closed it."),
        }.get(case.outcome, _("It is closed."))
    return {
        "open": _("We have it and are working on it."),
        "reopened": _("You said that it is not solved. We are working on it again."),
    }.get(case.state, _("We have answered. Is it solved?"))
