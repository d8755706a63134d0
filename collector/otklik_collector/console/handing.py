"""Saved views and links to read: made, listed and taken back on the page of exports."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

import flask

from otklik_collector.console.asked import Misled, asked_of
from otklik_collector.console.gate import NUMBER, Gate, Language, signed_in
from otklik_collector.drawing import today_of
from otklik_collector.store.handed import ReadLink, View
from otklik_collector.words import _
from otklik_widget.faults import nearest
from otklik_widget.journey import Journey

PAGES = ("map", "touchpoint", "compare", "changes", "cases", "comments", "sheet", "reports")
"""Pages whose address is a view."""
DAYS = (7, 30, 90, 365)
NAME_LETTERS, ADDRESS_LETTERS, QUERY_LETTERS = 100, 1000, 500
DAY_MS = 86_400_000


@dataclass(frozen=True)
class Listed:
    """A view as it is listed; `broken`: why it leads nowhere any more."""

    view: View
    broken: str
    mine: bool


class Handing:
    def __init__(self, gate: Gate, journey: Journey, language: Language) -> None:
        self._gate = gate
        self._journey = journey
        self._language = language

    def add(self, pages: flask.Blueprint) -> None:
        for rule, endpoint, view, role in (
            ("/export/views", "save_view", self.save, "viewer"),
            (f"/export/views/<{NUMBER}:number>", "forget_view", self.forget, "viewer"),
            ("/export/links", "make_read_link", self.make, "manager"),
            (f"/export/links/<{NUMBER}:number>", "revoke_read_link", self.revoke, "manager"),
        ):
            self._gate.roles[f"console.{endpoint}"] = role
            pages.add_url_rule(rule, endpoint, view, methods=["POST"])

    def views(self) -> list[Listed]:
        """The views whose places are the reader's, each with what is wrong with it by now."""
        me = signed_in()
        found = []
        for view in self._gate.store().handed.views(me):
            try:
                broken = self._broken(view.address)
            except Misled:
                continue  # of a place that is not theirs: not even its name
            found.append(Listed(view, broken, view.user == me.id or (me.may("admin") and me.whole)))
        return found

    def _broken(self, address: str) -> str:
        """Why a saved address leads nowhere; raises `Misled` where it is another's place."""
        parts = urlsplit(address)
        page, _slash, key = parts.path.removeprefix("/console/").partition("/")
        known = self._journey.touchpoints
        if page == "touchpoint" and key not in known:
            return _("There is no touchpoint “%(key)s”.", key=key[:64]) + nearest(key, known)
        args = dict(parse_qsl(parts.query))
        me, places = signed_in(), self._journey.place_keys
        named = [value for name, value in args.items() if name in ("place", "a_place", "b_place")]
        if not me.whole and any(place in places and place not in me.places for place in named):
            raise Misled("", [], status=403)
        if page not in ("map", "touchpoint", "sheet"):
            gone = [place for place in named if place not in places]
            said = _("There is no place “%(value)s” in the journey; it may have gone since the link was saved.")
            return said % {"value": gone[0][:64]} if gone else ""
        try:
            asked_of(self._journey, me, args, today_of(self._journey))
        except Misled as misled:
            if misled.status == 403:
                raise
            return " ".join(misled.said)
        return ""

    def links(self) -> list[ReadLink]:
        return self._gate.store().handed.links(signed_in(), self._gate.now())

    def save(self) -> flask.Response:
        """Saves a view: of an address of the console alone, so that no link of ours leads elsewhere."""
        form = flask.request.form
        name, address = _line(form.get("name", "")), form.get("address", "").strip()
        parts = urlsplit(address) if address.startswith("/console/") else None
        page = parts.path.split("/")[2] if parts else ""
        if not 1 <= len(name) <= NAME_LETTERS:
            return self._wrong(_("A name has 1 to %(n)d letters.", n=NAME_LETTERS))
        if parts is None or page not in PAGES or len(address) > ADDRESS_LETTERS or "\\" in address:
            said = _("“%(value)s” is no page of the console that can be saved.", value=address[:80])
            return self._wrong(said)
        kept = _kept(parts.query, exactly=form.get("exactly") == "1")
        saved = f"{parts.path}?{kept}" if kept else parts.path
        shared = form.get("shared") == "1" and signed_in().may("manager")
        self._gate.store().handed.save(signed_in(), name, saved, shared, self._gate.now())
        return self._back("saved")

    def forget(self, number: int) -> flask.Response:
        self._gate.store().handed.forget(number, signed_in())
        return self._back("forgotten")

    def make(self) -> flask.Response:
        """Makes a link to read the map that the form names, within the maker's own places, and shows it once."""
        form, me, lang, now = flask.request.form, signed_in(), self._language(), self._gate.now()
        name, days, query = _line(form.get("name", "")), form.get("days", ""), form.get("query", "")
        if not 1 <= len(name) <= NAME_LETTERS:
            return self._wrong(_("A name has 1 to %(n)d letters.", n=NAME_LETTERS))
        if days not in map(str, DAYS) or len(query) > QUERY_LETTERS:
            return self._wrong(_("Choose how long it may be read."))
        asked = asked_of(self._journey, me, dict(parse_qsl(query)), today_of(self._journey))
        kept = _kept(asked.query(), exactly=form.get("exactly") == "1")
        token = self._gate.store().handed.make_link(me, name, kept, lang, int(now * 1000) + int(days) * DAY_MS, now)
        page = flask.render_template("read-link.html", link=f"{self._gate.address()}/v/{token}", name=name)
        return flask.make_response(page)

    def revoke(self, number: int) -> flask.Response:
        self._gate.store().handed.revoke(number, signed_in(), self._gate.now())
        return self._back("revoked")

    def _wrong(self, fault: str) -> flask.Response:
        raise Misled(_("Nothing was stored."), [fault], status=422)

    def _back(self, done: str) -> flask.Response:
        asked = urlencode({"lang": self._language(), "done": done})
        return flask.make_response(flask.redirect(f"/console/export?{asked}", 303))


def _kept(query: str, *, exactly: bool) -> str:
    """The query to keep: without the language, and the current period of its kind unless these dates are meant."""
    args = dict(parse_qsl(query))
    for name in ("lang", "done", *(() if exactly or "from" in args else ("on",))):
        args.pop(name, None)
    return urlencode(args)


def _line(written: str) -> str:
    return " ".join(written.replace("\x00", "").split())
