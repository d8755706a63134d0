"""The page behind an invitation's link: it asks, and only a person's press on it counts, once for each link."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

import flask
import msgspec

from otklik_collector.case_pages import CSP
from otklik_collector.invitations import Invitation, hinted
from otklik_collector.problem import Problem
from otklik_collector.question_form import read_form
from otklik_collector.questions import Invited, QuestionPages
from otklik_collector.response import Response
from otklik_collector.robots import SWEEP_MS, Followers, Stamp
from otklik_collector.store import open_store
from otklik_collector.words import _
from otklik_widget import embed
from otklik_widget.faults import Faults
from otklik_widget.journey import Journey
from otklik_widget.words import speaking


class Found(NamedTuple):
    """What stands behind a token: what it asks, the id of its answer, and the answer where there is one."""

    invitation: Invitation
    id: bytes
    answer: Response | None
    secret: bytes


class InvitationPages:
    """`GET` and `HEAD` store nothing, whoever asks and however often; `POST` needs what the rendered page holds."""

    def __init__(
        self, journey: Journey, db: Path, questions: QuestionPages, clock: Callable[[], float] = time.time
    ) -> None:
        self._journey = journey
        self._db = db
        self._questions = questions
        self._clock = clock
        self._followers = Followers(clock)

    def add(self, app: flask.Flask) -> None:
        app.add_url_rule("/i/<token>", "invitation", self.page, methods=["GET"])
        app.add_url_rule("/i/<token>", "press", self.press, methods=["POST"])
        app.add_url_rule("/i/<token>/more", "invitation_trap", self.trap, methods=["GET"])
        app.add_url_rule("/i/<token>/thanks", "invitation_thanks", self.thanks, methods=["GET"])

    def page(self, token: str) -> flask.Response:
        """The question, with the score of the address chosen; nothing is stored."""
        found = self._found(token)
        if not isinstance(found, Found):
            return found
        self._followers.opened(found.id, flask.request.args.get("score", "")[:8])
        return self._asked(token, found, flask.request.args, {}, 200)

    def trap(self, token: str) -> flask.Response:
        """What nobody sees was followed: the press on that page is a robot's."""
        found, seen = self._found(token), flask.request.args.get("seen", "")[:64]
        if isinstance(found, Found) and Stamp(found.secret).read(token, seen) is not None:
            self._followers.trapped(seen)
        return self._reply(self._questions.said(_("There is nothing here."), self._questions.language()))

    def press(self, token: str) -> flask.Response:
        """Stores the answer, or replaces the one that this link gave before."""
        found, form = self._found(token), flask.request.form
        if not isinstance(found, Found):
            return found
        pages, invitation = self._questions, found.invitation
        lang, seen = pages.language(invitation.lang), form.get("seen", "")[:64]
        rendered = Stamp(found.secret).read(token, seen)
        if rendered is None:
            note = _("Please press the button once more: that tells us that you are a person.")
            return self._asked(token, found, form, {}, 422, note)
        self._followers.opened(found.id, form.get("score", "")[:8])
        try:
            sender = pages.sender()
            admitted = pages.door.admit(sender, "", form=True)
            filled = self._of(invitation, form)
            incoming, faults = read_form(filled, form.getlist("reasons"), invitation.touchpoint, self._journey, lang)
            if faults:
                return self._asked(token, found, form, faults, 422)
            now = int(self._clock() * 1000)
            incoming.id, incoming.rev = str(UUID(bytes=found.id)), max(1, now - invitation.made_at)
            incoming.segment, incoming.at, incoming.sent = invitation.segment, None, None
            response = pages.door.response(incoming, admitted, sender)
            flags = self._followers.flags(found.id, seen, rendered)
            response = msgspec.structs.replace(
                response, person=invitation.person, flags=tuple(dict.fromkeys((*response.flags, *flags)))
            )
            if not self._spoils(found.answer, response):
                pages.submit(response)
        except Problem as problem:
            return self._reply(pages.refused(problem, lang))
        asked: dict[str, str] = {"lang": lang}
        if case := pages.cases.token(response):
            asked["case"] = case
        if not (incoming.comment or incoming.contact):
            asked["score"] = form.get("score", "")[:8]
        return self._reply(flask.redirect(f"/i/{token}/thanks?{urlencode(asked)}", 303))

    def thanks(self, token: str) -> flask.Response:
        lang, args = self._questions.language(), flask.request.args
        score = args.get("score", "")[:8]
        again = f"/i/{token}?{urlencode({'lang': lang, 'score': score})}" if score else ""
        return self._reply(self._questions.said(
            _("Thank you. Your answer is counted."), lang, thanks=True, again=again,
            case=self._questions.cases.promise(args.get("case", "")), write=embed.write_to_us(self._journey, lang),
        ))  # fmt: skip

    def _of(self, invitation: Invitation, form: Mapping[str, str]) -> dict[str, str]:
        """The form with what the link says in the place of whatever was sent beside it."""
        place = invitation.place if invitation.place in self._journey.place_keys else ""
        fixed = {"scale": invitation.scale, "place": place, "channel": invitation.channel}
        return {**{name: form[name] for name in form}, **fixed}

    def _spoils(self, before: Response | None, now: Response) -> bool:
        """Would a suspected press replace a person's answer? One of the last ten seconds may be the same robot's."""
        return (
            before is not None
            and bool(now.flags)
            and not before.flags
            and now.received_at - before.received_at >= SWEEP_MS
        )

    def _found(self, token: str) -> Found | flask.Response:
        """What the token asks, or the page that says why it asks nothing."""
        lang = self._questions.language()
        now = int(self._clock() * 1000)
        try:
            with open_store(self._db) as store:
                found = store.invitations.find(token)
                if found is None:
                    return self._ended(hinted(token), lang, damaged=True)
                if found.touchpoint not in self._journey.touchpoints:
                    return self._ended(found, lang)
                secret = store.invitations.secret()
                id = found.id(secret)
                # A link of the time before somebody was erased would say who answered it.
                gone = found.person is not None and store.erasure.asked_since(found.person, found.made_at)
                if gone or found.expires_at <= now or store.responses.was_erased(id):
                    return self._ended(found, lang)
                return Found(found, id, store.responses.stored([id]).get(id), secret)
        except (sqlite3.Error, Faults):
            return self._reply((self._questions.said(_("That did not work just now. Please try again."), lang), 503))

    def _asked(
        self,
        token: str,
        found: Found,
        values: Mapping[str, str],
        faults: Mapping[str, str],
        status: int,
        note: str = "",
    ) -> flask.Response:
        invitation, address = found.invitation, f"/i/{token}"
        lang = self._questions.language(invitation.lang)
        if found.answer and not note:
            note = _("You have answered already. A new answer takes the place of that one.")
        seen = Stamp(found.secret).make(token, int(self._clock() * 1000))
        chosen = {"score": score} if (score := values.get("score", "")[:8]) else {}
        invited = Invited(
            # The form says its language itself; what it was opened with must not speak against that.
            action=address, scale=invitation.scale, place=invitation.place, lang=invitation.lang, seen=seen,
            trap=f"{address}/more?{urlencode({'seen': seen})}", note=note,
            switch=[(one, f"{address}?{urlencode({'lang': one, **chosen})}")
                    for one in self._journey.company.languages],
        )  # fmt: skip
        with speaking(self._journey.company.ours(lang)):
            return self._reply(self._questions.page(invitation.touchpoint, values, faults, status, invited=invited))

    def _ended(self, invitation: Invitation | None, lang: str, *, damaged: bool = False) -> flask.Response:
        """Why the link asks nothing any more, and where the same may be answered by anybody."""
        if invitation and invitation.touchpoint in self._journey.touchpoints:
            place = invitation.place if invitation.place in self._journey.place_keys else ""
            lang = self._questions.language(invitation.lang)
            asked = {"place": place, "channel": invitation.channel, "lang": lang}
            further = f"/q/{invitation.touchpoint}?{urlencode({name: value for name, value in asked.items() if value})}"
            name = ""
        else:
            further = embed.message_address(self._journey, lang)
            name = self._journey.company.said(lang)["form"]["write"] if further else ""
        with speaking(self._journey.company.ours(lang)):
            name = name or (_("To the question") if further else _("To our first page"))
            further = further or f"/?lang={lang}"
            said = (
                _("This link is incomplete or was changed on its way. You can still tell us:")
                if damaged
                else _("This invitation has ended. You can still tell us:")
            )
            return self._reply((self._questions.said(said, lang, further=further, open=name), 404))

    @staticmethod
    def _reply(page: flask.typing.ResponseReturnValue) -> flask.Response:
        reply = flask.make_response(page)
        reply.headers["Content-Security-Policy"] = CSP
        # The address is a person's own: no other site may learn it, and no search may find it.
        reply.headers["Referrer-Policy"] = "same-origin"
        reply.headers["X-Robots-Tag"] = "noindex, nofollow"
        reply.headers["Cache-Control"] = "no-store"
        return reply
