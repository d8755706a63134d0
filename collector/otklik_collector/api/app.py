"""Puts the API together: its door, its addresses, and refusals that say what to do."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import flask

from otklik_collector.api.access import Access
from otklik_collector.api.arguments import Arguments
from otklik_collector.api.exports import ExportAddress
from otklik_collector.api.maps import MapAddress
from otklik_collector.api.openapi import document
from otklik_collector.api.rows import RowAddresses
from otklik_collector.api.series import SeriesAddress
from otklik_collector.numbers import Numbers
from otklik_collector.problem import Problem
from otklik_widget.faults import Faults
from otklik_widget.journey import Journey

ROOT = "/api/v1"


def add_api(
    app: flask.Flask,
    journey: Journey,
    db: Path,
    numbers: Numbers,
    *,
    limit: int,
    clock: Callable[[], float] = time.time,
) -> None:
    """Adds /api/v1/ to the application; `limit` requests a minute for each token, 0: no limit."""
    access = Access(db, journey, limit, clock)
    pages = flask.Blueprint("api", __name__, url_prefix=ROOT)
    access.install(pages)
    for part in (
        MapAddress(access, journey),
        SeriesAddress(access, journey),
        RowAddresses(access, journey),
        ExportAddress(access, journey),
    ):
        part.add(pages)

    def health() -> flask.typing.ResponseReturnValue:
        Arguments(journey, ()).checked()
        return numbers.snapshot()

    pages.add_url_rule("/health", "health", health)
    access.scopes["api.health"] = "read:health"
    pages.add_url_rule("/openapi.json", "openapi", document)
    pages.add_url_rule("/", "nothing", _nothing, defaults={"rest": ""})
    pages.add_url_rule("/<path:rest>", "nothing", _nothing)
    access.open_to |= {"api.openapi", "api.nothing"}
    pages.register_error_handler(Problem, refused)
    pages.register_error_handler(sqlite3.Error, _storage)
    pages.register_error_handler(Faults, _storage)
    app.register_blueprint(pages)


def refused(problem: Exception) -> flask.Response:
    """A problem as its reply."""
    assert isinstance(problem, Problem)
    reply = flask.Response(problem.body(), problem.status, content_type="application/problem+json")
    if problem.status == 401:
        reply.headers["WWW-Authenticate"] = 'Bearer realm="otklik"'
    if problem.retry_after is not None:
        reply.headers["Retry-After"] = str(problem.retry_after)
    return reply


def _nothing(rest: str) -> flask.typing.ResponseReturnValue:
    del rest
    raise Problem(404, "no-such-address", f"There is nothing here; {ROOT}/openapi.json lists every address")


def _storage(_error: Exception) -> flask.Response:
    return refused(Problem(503, "storage", "The database cannot be read now; come again", retry_after=5))
