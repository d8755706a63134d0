"""Cases in the console: whom to answer today, what was said and done, and the steps of those who answer."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

import flask

from otklik_collector import case_words
from otklik_collector.by_hand import CHANNELS, Told, open_case
from otklik_collector.cases import KINDS, OUTCOMES, STATES, CaseRule
from otklik_collector.console.asked import Misled, own_places
from otklik_collector.console.gate import NUMBER, Gate, Language, said, signed_in
from otklik_collector.masking import masked
from otklik_collector.store.cases import Case, StepRefused, Waiting, Wanted
from otklik_collector.store.people import Person
from otklik_collector.words import _
from otklik_widget.contract import make_uuid7, uuid7_bytes
from otklik_widget.faults import Faults
from otklik_widget.journey import Journey

A_PAGE = 50
STATES_ASKED = ("waiting", *STATES, "all")
SINCE_DAYS = 90
NOTE_LETTERS = 2000


class Cases:
    def __init__(self, gate: Gate, journey: Journey, language: Language, rule: CaseRule) -> None:
        self._gate = gate
        self._journey = journey
        self._language = language
        self._rule = rule

    def add(self, pages: flask.Blueprint) -> None:
        for rule, endpoint, view, methods, role in (
            ("/cases", "cases", self.cases, ["GET"], "viewer"),
            (f"/cases/<{NUMBER}:number>", "case", self.case, ["GET"], "viewer"),
            (f"/cases/<{NUMBER}:number>", "case_step", self.step, ["POST"], "manager"),
            ("/cases/new", "new_case", self.new, ["GET"], "manager"),
            ("/cases/new", "add_case", self.add_case, ["POST"], "manager"),
        ):
            self._gate.roles[f"console.{endpoint}"] = role
            pages.add_url_rule(rule, endpoint, view, methods=methods)

    def _now(self) -> int:
        return int(self._gate.now() * 1000)

    def cases(self) -> flask.Response:
        """The list, of the reader's own places; what a link names and is not there is told."""
        me, now, args = signed_in(), self._now(), flask.request.args
        table = self._gate.store().cases
        places = self._places(me)
        wanted = Wanted(
            args.get("state") or "waiting", own_places(self._journey, me), args.get("place", ""),
            args.get("touchpoint", ""), args.get("owner", ""), args.get("claim") == "1",
        )  # fmt: skip
        owners = table.owners(wanted.places)
        known = {"state": STATES_ASKED, "place": places, "owner": owners, "touchpoint": self._journey.touchpoints}
        wrong = [name for name in known if (value := args.get(name)) and value not in known[name]]
        if wrong:
            said = [_("There is no “%(value)s” here, or it is not yours.", value=args[name][:64]) for name in wrong]
            back = urlencode({name: value for name, value in args.items() if name not in wrong})
            raise Misled(_("This link does not lead anywhere."), said, back)
        skip = _page_number(args.get("page", "")) * A_PAGE
        whole = Wanted("all", wanted.places)
        counts = table.waiting(whole, now)
        found = list(table.list(wanted, now, A_PAGE + 1, skip))
        page = flask.render_template(
            "cases.html", cases=found[:A_PAGE], more=len(found) > A_PAGE, wanted=wanted, states=STATES_ASKED,
            places=places, owners=owners, counts=counts, last=None if counts.open else table.last_answered(whole),
            kept=table.kept(whole, now - SINCE_DAYS * 86_400_000, now), first=skip == 0, link=self._link,
            **self._words(now),
        )  # fmt: skip
        return flask.make_response(page)

    def _link(self, page: int) -> str:
        asked = {name: value for name, value in flask.request.args.items() if name != "page"}
        return f"/console/cases?{urlencode({**asked, 'page': page})}"

    def _places(self, me: Person) -> dict[str, str]:
        lang = self._language()
        mine = {key: place.name.say(lang) for key, place in self._journey.place_keys.items()}
        return mine if me.whole else {key: name for key, name in mine.items() if key in me.places}

    def _words(self, now: int) -> dict[str, object]:
        """What the templates need to speak of cases."""
        me, lang = signed_in(), self._language()
        return {
            "words": case_words, "now": now, "answers": me.may("manager"), "touchpoints": self._journey.touchpoints,
            "text": (lambda text: text) if me.may("manager") else masked,
            "score": lambda case: case_words.score_words(case, lang),
            "where": lambda case: case_words.where_words(case, self._journey, lang),
            "clock": lambda case, at: case_words.clock_words(case, at, self._journey),
            "last_day": lambda case: case_words.last_day(case, self._journey),
            "due": lambda case: case_words.due_words(case, now, self._journey),
        }  # fmt: skip

    def case(self, number: int) -> flask.Response:
        return self._page(self._mine(number), 200)

    def _mine(self, number: int) -> Case:
        """The case, if it is of a place of the reader; a stranger's looks like one that never was."""
        found = self._gate.store().cases.find(number)
        limits = _limits(signed_in())
        if found is None or (limits is not None and found.place not in limits):
            flask.abort(said(_("There is no such case among those of your places."), 404))
        return found

    def _page(self, case: Case, status: int, *, fault: str = "", contact: str | None = None) -> flask.Response:
        history = self._gate.store().cases.history(case.number)
        known = self._journey.reasons
        reasons = [known[key].say(self._language()) if key in known else key for key in case.reasons]
        page = flask.render_template(
            "case-console.html", case=case, history=history, fault=fault, contact=contact, outcomes=OUTCOMES,
            kinds=("", *KINDS), owners=self._owners(case), note_letters=NOTE_LETTERS, reasons=reasons,
            link=f"{self._gate.address()}/c/{case.token}", **self._words(self._now()),
        )  # fmt: skip
        return flask.make_response(page, status)

    def _owners(self, case: Case) -> list[str]:
        """To whom a case may be given: the journey's owners, and the people who answer for its place."""
        people = self._gate.store().people.all()
        of_place = [one.name for one in people if one.may("manager") and (one.whole or case.place in one.places)]
        owners = [point.owner for point in self._journey.touchpoints.values() if point.owner]
        return list(dict.fromkeys([*([case.owner] if case.owner else []), *owners, *of_place]))

    def step(self, number: int) -> flask.Response:
        """One step of somebody who answers; what no longer follows from the state is told, with the case as it is."""
        case, me, now = self._mine(number), signed_in(), self._now()
        table, form = self._gate.store().cases, flask.request.form
        wanted, text = form.get("do", ""), form.get("text", "").strip().replace("\r\n", "\n").replace("\x00", "")
        if len(text) > NOTE_LETTERS:
            return self._page(case, 422, fault=_("A note has %(n)d letters at most.", n=NOTE_LETTERS))
        if wanted == "contact":
            return self._page(case, 200, contact=table.contact(case, me.name, now))
        try:
            fault = self._take(case, wanted, text, form, me.name, now)
        except StepRefused:
            name = case_words.state_name(self._mine(number).state)
            fault = _("Somebody was faster: this case is “%(state)s” now.", state=name)
            return self._page(self._mine(number), 409, fault=fault)
        if fault:
            return self._page(case, 422, fault=fault)
        asked = urlencode({"lang": self._language(), "done": wanted})
        return flask.make_response(flask.redirect(f"/console/cases/{number}?{asked}", 303))

    def _take(self, case: Case, wanted: str, text: str, form: Mapping[str, str], who: str, now: int) -> str:
        """Takes a step; returns what is wrong with it, or nothing."""
        table, number = self._gate.store().cases, case.number
        if wanted == "answer":
            after = self._rule.open_hours(case.touchpoint, case.place, case.opened_at, now)
            table.answer(number, after, text, who, now, tell=form.get("tell") == "1")
        elif wanted == "close":
            if (outcome := form.get("outcome", "")) not in OUTCOMES:
                return _("Choose how it ended.")
            table.close(number, outcome, text, who, now)
        elif wanted == "reopen":
            table.reopen(number, self._rule.due(case.touchpoint, case.place, now), text, who, now)
        elif wanted == "note":
            if not text:
                return _("The note is empty.")
            table.note(number, text, who, now)
        elif wanted == "assign":
            if (owner := form.get("owner", "")) and owner not in self._owners(case):
                return _("Nobody of this name answers for this place.")
            table.assign(number, owner, who, now)
        elif wanted == "mark":
            if (kind := form.get("kind", "")) not in ("", *KINDS):
                return _("Choose what it is.")
            claim = form.get("claim") == "1"
            term = self._rule.claim_due(case.touchpoint, case.place, case.opened_at)
            table.mark(case, kind, claim, term, who, now)
        else:
            return _("Choose what to do.")
        return ""

    def new(self) -> flask.Response:
        return self._new_page(200, {})

    def _new_page(self, status: int, faults: Mapping[str, str]) -> flask.Response:
        form, now = flask.request.values, self._now()
        id = uuid7_bytes(form.get("id", ""))
        page = flask.render_template(
            "new-case.html", id=UUID(bytes=id) if id else make_uuid7(now), faults=faults, values=form,
            channels=CHANNELS, kinds=("", *KINDS), places=self._places(signed_in()), **self._words(now),
        )  # fmt: skip
        return flask.make_response(page, status)

    def add_case(self) -> flask.Response:
        """Opens a case of what a customer told; the same form sent twice opens one."""
        form, me, now = flask.request.form, signed_in(), self._now()
        place, id = form.get("place", ""), uuid7_bytes(form.get("id", ""))
        limits = _limits(me)
        if id is None or (limits is not None and place not in limits):
            return self._new_page(422, {"place": _("choose a place of yours")})
        told = Told(
            form.get("touchpoint", ""), form.get("text", ""), place, form.get("channel", ""), form.get("kind", ""),
            form.get("contact", ""), form.get("agreed") == "1",
        )  # fmt: skip
        try:
            case = open_case(self._gate.store(), self._journey, self._rule, told, id, me.name, now)
        except Faults as refused:
            return self._new_page(422, {fault.where: fault.text for fault in refused.faults})
        return flask.make_response(
            flask.redirect(f"/console/cases/{case.number}?{urlencode({'lang': self._language()})}", 303)
        )


def waiting_by_touchpoint(gate: Gate, places: tuple[str, ...] | None, place: str | None) -> dict[str, Waiting]:
    """What the map's cards show: how many cases wait at each touchpoint."""
    wanted = Wanted("waiting", places, place or "")
    return gate.store().cases.waiting_by_touchpoint(wanted, int(gate.now() * 1000))


def _limits(me: Person) -> tuple[str, ...] | None:
    return None if me.whole else me.places


def _page_number(written: str) -> int:
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 7 else 0
