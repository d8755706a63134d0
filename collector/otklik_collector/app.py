"""The Flask application: addresses; customers' pages are in `questions`, managers' in `console`."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flask

from otklik_collector.api.app import add_api
from otklik_collector.beats import Beats
from otklik_collector.case_pages import CasePages
from otklik_collector.cases import CaseRule
from otklik_collector.console.app import add_console
from otklik_collector.console.company import Company
from otklik_collector.door import Door
from otklik_collector.invitation_pages import InvitationPages
from otklik_collector.kiosk_door import KioskDoor
from otklik_collector.kiosk_pages import KioskPages
from otklik_collector.languages import own_name
from otklik_collector.log import Log
from otklik_collector.mail_pages import MailPages
from otklik_collector.numbers import Numbers
from otklik_collector.packing import PagePacker
from otklik_collector.proxies import Proxies
from otklik_collector.question_files import QuestionFiles
from otklik_collector.questions import QuestionPages, Submit
from otklik_collector.read_pages import ReadPages
from otklik_collector.refusals import Refusals
from otklik_collector.words import _
from otklik_widget.journey import Journey

CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors *"
)
HERE = Path(__file__).parent


class Pages(flask.Flask):
    """Flask, whose log tells of mistakes without what visitors sent."""

    def __init__(self, log: Log, name: str, **settings: Any) -> None:
        super().__init__(name, **settings)
        self._log = log

    def log_exception(self, exc_info: Any) -> None:
        self._log.broke(exc_info[1])


def create_app(
    journey: Journey,
    db: Path,
    door: Door,
    proxies: Proxies,
    submit: Submit,
    *,
    numbers: Numbers | None = None,
    log: Log | None = None,
    address: str = "",
    company: Company | None = None,
    limit_api: int = 0,
    clock: Callable[[], float] = time.time,
    cases: CaseRule | None = None,
    beats: Beats | None = None,
) -> flask.Flask:
    """The Flask application; `submit` stores a response and returns after the flush, or raises `Problem`."""
    app = Pages(log or Log(), "otklik_collector", static_folder=None, template_folder=str(HERE / "templates"))
    app.jinja_env.globals["_"] = _
    app.jinja_env.filters["language_name"] = lambda lang: own_name(lang, journey.company)
    rule = cases or CaseRule(journey)
    pages = QuestionPages(journey, door, proxies, submit)
    pages.cases = CasePages(journey, db, rule, pages.language, address=address, clock=clock)
    pages.cases.add(app)
    InvitationPages(journey, db, pages, clock).add(app)
    ReadPages(journey, db, pages.language, clock).add(app)
    MailPages(journey, db, pages.language, clock).add(app)
    kiosks = KioskPages(journey, door, proxies, address=address, clock=clock)
    kiosks.add(app)
    QuestionFiles(journey).add(app)
    app.add_url_rule("/", view_func=pages.start)
    app.add_url_rule("/q/<touchpoint>", view_func=pages.question, methods=["GET"])
    app.add_url_rule("/q/<touchpoint>", view_func=pages.answer, methods=["POST"])
    app.add_url_rule("/q/<touchpoint>/thanks", view_func=pages.thanks)
    app.after_request(PagePacker())  # the first named is the last to act
    app.after_request(_guard)
    numbers = numbers or Numbers(db, clock)
    app.extensions["numbers"] = numbers
    heard = beats or Beats(clock)
    KioskDoor(db, door, proxies, heard, numbers, kiosks.versions, clock).add(app)
    app.after_request(lambda reply: _counted(reply, numbers))
    add_api(app, journey, db, numbers, limit=limit_api, clock=clock)
    console = Company(journey) if company is None else company
    add_console(
        app, console, db, proxies, pages.language, door, submit, address=address, clock=clock, rule=rule, beats=heard
    )
    Refusals(journey, pages.language).install(app)
    return app


def _counted(reply: flask.Response, numbers: Numbers) -> flask.Response:
    if flask.request.endpoint in ("answer", "press") and reply.status_code >= 400:
        numbers.refused(reply.status_code, "form")
    return reply


def _guard(response: flask.Response) -> flask.Response:
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    # A stricter one would make browsers send "Origin: null" with our own form.
    headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    headers.setdefault("Cache-Control", "no-store")
    if response.mimetype == "text/html":
        headers.setdefault("Content-Security-Policy", CSP)
    return response
