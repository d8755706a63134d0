"""Signing in and out, the link that lets somebody in for the first time, and one's own account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import unquote, urlencode

import flask

from otklik_collector.console.gate import Gate, Language, said, signed_in
from otklik_collector.console.passwords import hash_password, is_outdated, is_right, name_fault, password_fault
from otklik_collector.console.throttle import Throttle
from otklik_collector.problem import Problem
from otklik_collector.store.people import NameTaken, Person, folded
from otklik_collector.store.sessions import handle_of
from otklik_collector.store.unguessable import hash_of
from otklik_collector.words import _

BROWSERS = (("Edg", "Edge"), ("YaBrowser", "Yandex"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
            ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
           ("Mac OS", "macOS"), ("Linux", "Linux"))  # fmt: skip
TOLD_AFTER = (5, 10, 20, 50, 100, 200, 500, 1000)
"""Wrong tries on one name that are written down; every single one would let a stranger fill the disk."""


class Signing:
    def __init__(self, gate: Gate, throttle: Throttle, language: Language) -> None:
        self._gate = gate
        self._throttle = throttle
        self._language = language

    def add(self, pages: flask.Blueprint) -> None:
        pages.add_url_rule("/sign-in", "sign_in", self.sign_in, methods=["GET", "POST"])
        pages.add_url_rule("/begin/<token>", "begin", self.begin, methods=["GET", "POST"])
        pages.add_url_rule("/sign-out", "sign_out", self.sign_out, methods=["GET", "POST"])
        pages.add_url_rule("/account", "account", self.account)
        pages.add_url_rule("/account/password", "password", self.password, methods=["POST"])
        pages.add_url_rule("/account/sessions", "sessions", self.end_sessions, methods=["POST"])

    def sign_in(self) -> flask.Response:
        store, now = self._gate.store(), self._gate.now()
        if not store.people.anybody():
            title = _("Nobody can sign in yet.")
            return said(title, 403, _("“otklik serve” prints a link with which the first administrator signs in."))
        form = flask.request.form
        if flask.request.method == "GET":
            if store.sessions.person(self._gate.token(), now):
                return self._to(self._next(flask.request.args.get("next", "")))
            return self._sign_in_page("", 200)
        if not self._gate.form_is_ours(self._gate.form_token()):
            return self._sign_in_page(_("This form is too old. Please try again."), 403)
        written, password = form.get("name", ""), form.get("password", "")
        if wait := self._throttle.wait(folded(written[:200]), self._gate.visitor()):
            return self._slowed(wait, self._sign_in_page)
        person = store.people.named(written[:200])
        try:
            stored = store.people.password_of(person.id) if person else ""
            right = is_right(password, stored)
        except Problem:
            return self._sign_in_page(_("Too many people are signing in just now. Please try again."), 503)
        if not person or not right:
            if self._throttle.wrong(folded(written[:200]), self._gate.visitor()) in TOLD_AFTER:
                # Never what was typed: people put their password where the name belongs.
                store.audit.put(now, "", "guessing", person.name if person else "")
            return self._sign_in_page(_("The name or the password is wrong."), 403)
        self._throttle.forgive(folded(written[:200]), self._gate.visitor())
        if is_outdated(stored):
            store.people.rehash(person.id, stored, hash_password(password))
        return self._let_in(person, self._next(form.get("next", "")))

    def _let_in(self, person: Person, where: str) -> flask.Response:
        """A new session, whatever the browser brought: what somebody planted there is worth nothing."""
        token = self._gate.store().sessions.begin(person, _browser(), self._gate.now(), instead_of=self._gate.token())
        return self._gate.keep(self._to(where), token)

    def _sign_in_page(self, fault: str, status: int) -> flask.Response:
        asked = flask.request.values
        page = flask.render_template(
            "sign-in.html",
            fault=fault,
            name=asked.get("name", "")[:200] if flask.request.method == "POST" else "",
            back=self._next(asked.get("next", "")),
            open_wire=not self._gate.secure() and not self._gate.at_this_machine(),
        )
        return self._gate.keep_form_token(flask.make_response(page, status))

    def _slowed(self, wait: int, page: Callable[[str, int], flask.Response]) -> flask.Response:
        text = _.plural(
            "Too many wrong tries. Please wait %(n)d second.", "Too many wrong tries. Please wait %(n)d seconds.", wait
        )
        reply = page(text, 429)
        reply.headers["Retry-After"] = str(wait)
        return reply

    def begin(self, token: str) -> flask.Response:
        """Opening the link changes nothing, or the scanner of a mailbox would use it up; the form does."""
        store, now = self._gate.store(), self._gate.now()
        live, person = store.people.link_is_live(token, now)
        if not live:
            title = _("This link does not work any more.")
            return said(title, 410, _("It works once and for a day. Ask an administrator for a new one."))
        if flask.request.method == "GET":
            return self._begin_page(person, {}, 200)
        if not self._gate.form_is_ours(self._gate.form_token()):
            return self._begin_page(person, {"form": _("This form is too old. Please try again.")}, 403)
        form = flask.request.form
        name = person.name if person else form.get("name", "")
        faults = _password_faults(form, name)
        if fault := None if person else name_fault(name):
            faults["name"] = fault
        if faults:
            return self._begin_page(person, faults, 422)
        try:
            found = store.people.use_link(token, name, hash_password(form["password"]), now)
        except (NameTaken, Problem):
            return self._begin_page(person, {"form": _("That did not work just now. Please try again.")}, 503)
        if not found:
            return said(_("This link does not work any more."), 410)
        return self._let_in(found, "/console/map")

    def _begin_page(self, person: Person | None, faults: dict[str, str], status: int) -> flask.Response:
        name = flask.request.form.get("name", "")[:200]
        page = flask.render_template("begin.html", person=person, faults=faults, name=name)
        return self._gate.keep_form_token(flask.make_response(page, status))

    def sign_out(self) -> flask.Response:
        if flask.request.method == "GET":
            return self._to("/console/account")
        self._gate.store().sessions.end(self._gate.token(), self._gate.now(), signed_in())
        return self._gate.forget(self._to("/console/sign-in"))

    def account(self) -> flask.Response:
        return self._account_page({}, 200)

    def _account_page(self, faults: dict[str, str], status: int) -> flask.Response:
        person = signed_in()
        page = flask.render_template(
            "account.html",
            sessions=self._gate.store().sessions.live(self._gate.now(), person.id),
            this=handle_of(hash_of(self._gate.token())),
            faults=faults,
        )
        return flask.make_response(page, status)

    def password(self) -> flask.Response:
        """Changing the password ends every other session: whoever stole the old one is out."""
        person, form, store = signed_in(), flask.request.form, self._gate.store()
        faults = _password_faults(form, person.name)
        if not faults:
            wait = self._throttle.wait(folded(person.name), self._gate.visitor())
            if wait:
                return self._slowed(wait, lambda text, status: self._account_page({"now": text}, status))
            if is_right(form.get("now", ""), store.people.password_of(person.id)):
                self._throttle.forgive(folded(person.name), self._gate.visitor())
            else:
                faults["now"] = _("This is not your present password.")
        if faults:
            return self._account_page(faults, 422)
        store.people.set_password(person.id, hash_password(form["password"]), self._gate.now(), person.name)
        return self._let_in(person, "/console/account?done=password")

    def end_sessions(self) -> flask.Response:
        person, which = signed_in(), flask.request.form.get("which", "")
        sessions, now = self._gate.store().sessions, self._gate.now()
        if which == "all":
            sessions.end_all(person, now, person.name)
            return self._gate.forget(self._to("/console/sign-in"))
        if which == "others":
            sessions.end_others(person, self._gate.token(), now)
        else:
            sessions.end_one(person, which, now, person.name)
        return self._to("/console/account?done=sessions")

    def _next(self, wanted: str) -> str:
        """Where to go after sign-in: a page of the console, never another site."""
        path = unquote(wanted.partition("?")[0])
        harmless = path.startswith("/console/") and "\\" not in path and ".." not in path.split("/")
        harmless = harmless and path.isprintable() and wanted.isprintable()
        return wanted if harmless and not wanted.startswith("/console/sign-") else "/console/map"

    def _to(self, where: str) -> flask.Response:
        sign = "&" if "?" in where else "?"
        kept = "" if "lang=" in where else f"{sign}{urlencode({'lang': self._language()})}"
        return flask.make_response(flask.redirect(where + kept, 303))


def _password_faults(form: Mapping[str, str], name: str) -> dict[str, str]:
    faults = {}
    if fault := password_fault(form.get("password", ""), name):
        faults["password"] = fault
    elif form.get("password") != form.get("again"):
        faults["again"] = _("the two passwords differ")
    return faults


def _browser() -> str:
    """What somebody recognises a session by: “Firefox, Windows”; nothing finer is kept."""
    agent = flask.request.headers.get("User-Agent", "")
    found = [next((name for sign, name in known if sign in agent), "") for known in (BROWSERS, SYSTEMS)]
    return ", ".join(name for name in found if name)
