"""Requests that lead nowhere: a page in the visitor's language for people, a problem for programs."""

from __future__ import annotations

import flask
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from otklik_collector.api.app import refused
from otklik_collector.bridge import UNREAD
from otklik_collector.console.gate import Language, of_console, said
from otklik_collector.problem import Problem
from otklik_collector.words import _
from otklik_widget.journey import Journey


class Refusals:
    def __init__(self, journey: Journey, language: Language) -> None:
        self._journey = journey
        self._language = language

    def install(self, app: flask.Flask) -> None:
        app.before_request(_must_be_read)
        app.register_error_handler(HTTPException, self.refuse)
        app.register_error_handler(500, self._failed)

    def refuse(self, error: Exception) -> flask.typing.ResponseReturnValue:
        assert isinstance(error, HTTPException)
        if _of_programs() and error.code != 404:
            reply = refused(_problem(error))
        else:
            lang, status = self._language(), error.code or 500
            title = _title(status)
            page = flask.render_template("said.html", journey=self._journey, lang=lang, title=title)
            reply = said(title, status) if of_console() else flask.make_response(page, status)
        if isinstance(error, MethodNotAllowed):
            reply.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        return reply

    def _failed(self, _error: Exception) -> flask.typing.ResponseReturnValue:
        """Whatever broke, this page needs nothing of it: neither the database nor who asks."""
        if _of_programs():
            return refused(Problem(500, "internal", "Something went wrong here; it is written down"))
        lang = self._language()
        title = _("Something went wrong on our side. It is written down; please try again.")
        return flask.render_template("said.html", journey=self._journey, lang=lang, title=title), 500


def _must_be_read() -> None:
    if problem := flask.request.environ.get(UNREAD):
        flask.abort(problem.status)


def _of_programs() -> bool:
    return flask.request.path.startswith("/api/") or flask.request.blueprint == "kiosk_door"


def _title(status: int) -> str:
    return {
        404: _("There is no such page here."),
        405: _("This address opens only by a form on another page."),
        408: _("What you sent did not arrive whole, so nothing was done. Please send it again."),
        413: _("What you sent is too long, so nothing was done. Go back, shorten it and send it again."),
    }.get(status, _("This could not be understood, so nothing was done."))


def _problem(error: HTTPException) -> Problem:
    if error.code == 405:
        return Problem(405, "method", "Only GET is understood here")
    unread: Problem | None = flask.request.environ.get(UNREAD)
    return unread or Problem(error.code or 500, "request", error.name)
