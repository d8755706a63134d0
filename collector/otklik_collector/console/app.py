"""Puts the console together: its door, its pages, its styles."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import flask
from babel.dates import format_datetime
from jinja2 import FileSystemLoader

from otklik_collector.beats import Beats
from otklik_collector.case_words import waits
from otklik_collector.cases import CaseRule
from otklik_collector.console.alarms_page import AlarmsPage
from otklik_collector.console.asked import Misled
from otklik_collector.console.calculators_page import CalculatorsPage
from otklik_collector.console.cases import Cases
from otklik_collector.console.changes_page import ChangesPage
from otklik_collector.console.comments_page import CommentsPage
from otklik_collector.console.company import Company
from otklik_collector.console.compare_page import ComparePage
from otklik_collector.console.digest_page import DigestPage
from otklik_collector.console.entry_page import EntryPage
from otklik_collector.console.export_page import ExportPage
from otklik_collector.console.frame import doors, here
from otklik_collector.console.gate import Gate, Language, form_guard, misled, refused
from otklik_collector.console.governing import Governing
from otklik_collector.console.handing import Handing
from otklik_collector.console.inviting_page import InvitingPage
from otklik_collector.console.kiosks_changing import KiosksChanging
from otklik_collector.console.kiosks_page import KiosksPage
from otklik_collector.console.links_page import LinksPage
from otklik_collector.console.mail_page import MailPage
from otklik_collector.console.map_page import MapPage
from otklik_collector.console.misuse_page import MisusePage
from otklik_collector.console.names import action_name, detail_words, role_name
from otklik_collector.console.passwords import LEAST_LETTERS
from otklik_collector.console.posters_page import PostersPage
from otklik_collector.console.reports_page import ReportsPage
from otklik_collector.console.settings_page import SettingsPage
from otklik_collector.console.sheet_page import SheetPage
from otklik_collector.console.signing import Signing
from otklik_collector.console.throttle import Throttle
from otklik_collector.console.touchpoint_page import TouchpointPage
from otklik_collector.console.word_of_mouth_page import WordOfMouthPage
from otklik_collector.door import Door
from otklik_collector.kiosk_look import KioskLook
from otklik_collector.map import faces, figures
from otklik_collector.map.page import TEMPLATES, stylesheet, tones
from otklik_collector.problem import Problem
from otklik_collector.proxies import Proxies
from otklik_collector.questions import Submit
from otklik_collector.sheet import stylesheet as sheet_style
from otklik_widget.faults import Faults

HERE = Path(__file__).parent


def add_console(
    app: flask.Flask,
    company: Company,
    db: Path,
    proxies: Proxies,
    language: Language,
    door: Door,
    submit: Submit,
    *,
    address: str = "",
    clock: Callable[[], float] = time.time,
    rule: CaseRule | None = None,
    beats: Beats | None = None,
) -> None:
    """Adds /console/ to the application; `clock` tells the seconds since 1970."""
    journey = company.journey
    # A wall clock that is put right must neither forgive nor lengthen a wait.
    throttle = Throttle(time.monotonic if clock is time.time else clock)
    gate = Gate(db, proxies, language, clock, address)
    gate.install(app)
    pages = flask.Blueprint("console", __name__, url_prefix="/console")
    # Faces and bars are drawn by the same macros as on the map.
    pages.jinja_loader = FileSystemLoader([HERE / "templates", TEMPLATES])
    app.jinja_env.globals |= {"figures": figures, "faces": faces, "waits": waits}
    links = LinksPage(gate, journey, language)
    handing = Handing(gate, journey, language)
    rule = rule or CaseRule(journey)
    heard = beats or Beats(clock)
    kiosks = KiosksPage(gate, journey, language, KioskLook(journey, heard))
    for part in (
        MapPage(gate, journey, language),
        TouchpointPage(gate, journey, language),
        Signing(gate, throttle, language),
        Governing(gate, journey, language),
        links,
        InvitingPage(gate, journey, language, links),
        PostersPage(gate, journey, language, links),
        kiosks,
        KiosksChanging(gate, journey, language, kiosks, door),
        EntryPage(gate, journey, language, door, submit),
        MisusePage(gate, journey, language),
        SettingsPage(gate, company),
        Cases(gate, journey, language, rule),
        CommentsPage(gate, journey, language, rule),
        ChangesPage(gate, journey, language),
        ComparePage(gate, journey, language),
        handing,
        ExportPage(gate, journey, language, handing),
        SheetPage(gate, journey, language),
        ReportsPage(gate, journey, language),
        AlarmsPage(gate, journey, language),
        MailPage(gate, company, language),
        DigestPage(gate, company, language),
        WordOfMouthPage(gate, journey, language),
        CalculatorsPage(gate),
    ):
        part.add(pages)
    pages.register_error_handler(Misled, misled)
    for kind in (sqlite3.Error, Faults, Problem):
        pages.register_error_handler(kind, refused)
    pages.add_url_rule("/", "home", lambda: flask.redirect("/console/map"))
    pages.add_url_rule("/map.css", "map_style", lambda: _style(stylesheet() + _own("bar")))
    pages.add_url_rule("/charts.css", "charts_style", lambda: _style(tones() + _own("charts")))
    pages.add_url_rule("/sheet.css", "sheet_style", lambda: _style(sheet_style() + _own("bar")))
    pages.add_url_rule("/console.css", "style", lambda: _style(_own("console") + _own("bar")))
    app.register_blueprint(pages)
    zone = ZoneInfo(journey.company.zone)

    def moment(milliseconds: int) -> str:
        when = datetime.fromtimestamp(milliseconds / 1000, UTC)
        return str(format_datetime(when, "medium", tzinfo=zone, locale=language()))

    def guard() -> str:
        return form_guard(gate.token() if flask.g.person else gate.form_token())

    @app.context_processor
    def console_words() -> dict[str, object]:
        if not flask.request.path.startswith("/console"):
            return {}
        return {
            "journey": journey, "lang": language(), "me": flask.g.get("person"), "guard": guard, "moment": moment,
            "here": here, "doors": lambda: doors(gate), "least_letters": LEAST_LETTERS, "role_name": role_name,
            "action_name": action_name,
            "detail_words": lambda deed: detail_words(deed, journey, language()),
        }  # fmt: skip


def _own(name: str) -> str:
    return (HERE / f"static/{name}.css").read_text(encoding="utf-8")


@lru_cache(maxsize=8)
def _squeezed(css: str) -> str:
    """The same rules in a fifth less room: a phone on a bad line reads the map too."""
    for found, instead in ((r"/\*.*?\*/", ""), (r"\s+", " "), (r" ?([{};,>]) ?", r"\1"), (": ", ":"), (";}", "}")):
        css = re.sub(found, instead, css, flags=re.DOTALL)
    return css


def _style(css: str) -> flask.Response:
    response = flask.Response(_squeezed(css), mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
