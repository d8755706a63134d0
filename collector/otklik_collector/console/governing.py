"""People and the audit log: who may open the console, with which role, in which places, and who did what."""

from __future__ import annotations

from urllib.parse import urlencode

import flask

from otklik_collector.console.gate import NUMBER, Gate, Language, said, signed_in
from otklik_collector.console.passwords import name_fault
from otklik_collector.store.people import ROLES, LastAdmin, NameTaken, Person
from otklik_collector.words import _
from otklik_widget.journey import Journey

DEEDS_A_PAGE = 200


class Governing:
    def __init__(self, gate: Gate, journey: Journey, language: Language) -> None:
        self._gate = gate
        self._journey = journey
        self._language = language

    def add(self, pages: flask.Blueprint) -> None:
        for rule, endpoint, view, methods in (
            ("/people", "people", self.people, ["GET"]),
            ("/people", "add_person", self.add_person, ["POST"]),
            (f"/people/<{NUMBER}:id>", "person", self.change_person, ["POST"]),
            ("/audit", "audit", self.audit, ["GET"]),
        ):
            self._gate.roles[f"console.{endpoint}"] = "admin"
            pages.add_url_rule(rule, endpoint, view, methods=methods)

    def people(self) -> flask.Response:
        return self._page(200)

    def _page(self, status: int, fault: str = "", link: str = "", link_for: str = "") -> flask.Response:
        me, store = signed_in(), self._gate.store()
        people = [person for person in store.people.all() if me.governs(person.role, person.places) or person == me]
        sessions: dict[int, list[int]] = {}
        for session in store.sessions.live(self._gate.now()):
            sessions.setdefault(session.user, []).append(session.seen_at)
        page = flask.render_template(
            "people.html", people=people, sessions=sessions, roles=ROLES, fault=fault, link=link, link_for=link_for,
            places={key: place for key, place in self._journey.place_keys.items() if me.whole or key in me.places},
        )  # fmt: skip
        return flask.make_response(page, status)

    def _rights(self) -> tuple[str, list[str]]:
        """The role and the places of a form; aborts where somebody gives what is not theirs to give."""
        form = flask.request.form
        role, places = form.get("role", ""), form.getlist("place")
        known = all(place in self._journey.place_keys for place in places)
        if role not in ROLES or not known or not signed_in().governs(role, places):
            flask.abort(said(_("You cannot give this role or these places."), 403))
        return role, sorted(set(places), key=list(self._journey.place_keys).index)

    def add_person(self) -> flask.Response:
        role, places = self._rights()
        name = flask.request.form.get("name", "")
        if fault := name_fault(name):
            return self._page(422, fault)
        store, now, me = self._gate.store(), self._gate.now(), signed_in()
        try:
            person = store.people.add(name, "", role, places, now, me.name)
        except NameTaken:
            return self._page(422, _("there is already somebody of this name; add a surname or a place"))
        return self._page(200, link=self._link(person), link_for=person.name)

    def _link(self, person: Person) -> str:
        token = self._gate.store().people.make_link(person.id, self._gate.now(), signed_in().name)
        return f"{self._gate.address()}/console/begin/{token}"

    def change_person(self, id: int) -> flask.Response:
        """Gives rights, hands out a link, ends sessions, or removes; nobody does it to themselves."""
        store, now, me = self._gate.store(), self._gate.now(), signed_in()
        person = store.people.get(id)
        if not person or not me.governs(person.role, person.places):
            return said(_("There is no such person among those you look after."), 404)
        if person.id == me.id:
            return said(_("Ask another administrator to change your own rights."), 403)
        wanted = flask.request.form.get("do", "")
        try:
            if wanted == "link":
                return self._page(200, link=self._link(person), link_for=person.name)
            if wanted == "change":
                store.people.change(id, *self._rights(), now, me.name)
            elif wanted == "end":
                store.sessions.end_all(person, now, me.name)
            elif wanted == "remove":
                store.people.remove(id, now, me.name)
            else:
                return self._page(422)
        except LastAdmin:
            return self._page(422, _("the last administrator of the whole company must stay"))
        return flask.make_response(
            flask.redirect(f"/console/people?{urlencode({'lang': self._language(), 'done': wanted})}", 303)
        )

    def audit(self) -> flask.Response:
        if not signed_in().whole:
            return said(_("Only an administrator of the whole company reads this."), 403)
        written = flask.request.args.get("before", "")
        before = int(written) if written.isascii() and written.isdecimal() and len(written) < 16 else None
        deeds = self._gate.store().audit.newest(DEEDS_A_PAGE + 1, before)
        more = deeds[DEEDS_A_PAGE - 1].id if len(deeds) > DEEDS_A_PAGE else None
        return flask.make_response(flask.render_template("audit.html", deeds=deeds[:DEEDS_A_PAGE], more=more))
