"""A phone call or a paper card, entered by staff on one screen: it goes through the same door as every response."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

import flask

from otklik_collector.console.asked import Misled, own_places
from otklik_collector.console.gate import Gate, Language, signed_in
from otklik_collector.door import AGE_MS, Door, Sender
from otklik_collector.incoming import Incoming, faults_of
from otklik_collector.problem import Problem
from otklik_collector.questions import Submit
from otklik_collector.store.responses import new_id
from otklik_collector.words import _
from otklik_widget.contract import COMMENT_LETTERS, uuid7_bytes
from otklik_widget.journey import Journey, Touchpoint
from otklik_widget.scales import SCALES, option_names

CHANNELS = ("phone", "paper")
FUTURE_MS = 5 * 60 * 1000


@dataclass(frozen=True)
class Card:
    """What a form says: where, on which scale, and what was answered, as it was written."""

    touchpoint: Touchpoint
    scale: str
    place: str
    channel: str
    values: Mapping[str, str]
    reasons: tuple[str, ...] = ()


class EntryPage:
    def __init__(self, gate: Gate, journey: Journey, language: Language, door: Door, submit: Submit) -> None:
        self._gate = gate
        self._journey = journey
        self._language = language
        self._door = door
        self._submit = submit

    def add(self, pages: flask.Blueprint) -> None:
        for endpoint, view, methods in (("enter", self.form, ["GET"]), ("entered", self.store, ["POST"])):
            self._gate.roles[f"console.{endpoint}"] = "manager"
            pages.add_url_rule("/enter", endpoint, view, methods=methods)

    def form(self) -> flask.Response:
        return self._page(self._card(flask.request.args), {}, 200)

    def store(self) -> flask.Response:
        """Stores the card and shows an empty one of the same kind: a pile of them is entered in one go."""
        card = self._card(flask.request.form)
        faults: dict[str, str] = {}
        incoming = self._incoming(card, faults)
        for fault in faults_of(incoming, self._journey, CHANNELS):
            faults.setdefault(fault.field, self._said(fault.field))
        if faults:
            return self._page(card, faults, 422)
        try:
            self._submit(self._door.response(incoming, None, Sender(None, "")))
        except Problem:
            return self._page(card, {"form": _("That did not work just now. Please try again.")}, 503)
        detail = " ".join(part for part in (card.channel, card.place) if part)
        self._gate.store().audit.put(
            self._gate.now(), signed_in().name, "response-entered", card.touchpoint.key, detail
        )
        asked = {"point": card.touchpoint.key, "scale": card.scale, "place": card.place, "channel": card.channel}
        asked |= {"lang": self._language(), "done": "1"}
        return flask.make_response(flask.redirect(f"/console/enter?{urlencode(asked)}", 303))

    def _card(self, values: Mapping[str, str]) -> Card:
        known = self._journey.touchpoints
        wanted = values.get("point") or next(iter(known))
        if wanted not in known:
            said = _("There is no touchpoint “%(key)s”.", key=wanted[:64])
            raise Misled(said, [_("It may have been renamed or taken out since the link was saved.")], status=404)
        touchpoint = known[wanted]
        place = values.get("place", "")
        allowed = own_places(self._journey, flask.g.person)
        if allowed is not None:
            if place and place not in allowed:
                raise Misled(_("This place is not among yours."), [], status=403)
            place = place or allowed[0]
        scale = values.get("scale", "")
        return Card(
            touchpoint,
            scale if scale in touchpoint.ask else touchpoint.main,
            place,
            values.get("channel") or CHANNELS[0],
            values,
            tuple(reason for reason in flask.request.values.getlist("reasons") if reason in touchpoint.reasons),
        )

    def _incoming(self, card: Card, faults: dict[str, str]) -> Incoming:
        now = int(self._gate.now() * 1000)
        values = card.values
        written = values.get("score", "")
        score = int(written) if written.isascii() and written.isdecimal() and len(written) < 4 else None
        comment = values.get("comment", "").replace("\r\n", "\n")
        if len(comment) > COMMENT_LETTERS:
            faults["comment"] = self._said("comment")
        id = uuid7_bytes(values.get("id", "")) or new_id(now)
        return Incoming(
            id=str(UUID(bytes=id)), point=card.touchpoint.key, scale=card.scale, place=card.place[:64],
            score=score if SCALES[card.scale].kind else None, reasons=list(card.reasons), comment=comment,
            lang=self._language(), channel=card.channel[:16], at=self._at(card, now, faults),
        )  # fmt: skip

    def _at(self, card: Card, now: int, faults: dict[str, str]) -> int | None:
        """When the customer said it, on the clock of the place; None, which is now, where nothing is written."""
        written = card.values.get("at", "").strip()
        if not written:
            return None
        try:
            clock = datetime.fromisoformat(written)
            if clock.tzinfo is not None:
                raise ValueError(written)
            at = int(clock.replace(tzinfo=self._journey.zone(card.touchpoint.key, card.place)).timestamp() * 1000)
        except (ValueError, OverflowError):
            faults["at"] = _("“%(value)s” is no date and time like 2026-11-21T14:30", value=written[:30])
            return None
        if not now - AGE_MS <= at <= now + FUTURE_MS:
            faults["at"] = _("This must lie in the last 35 days; bring older cards with “otklik import”.")
        return at

    def _said(self, field: str) -> str:
        if field == "comment":
            return _("Please write something, in %(n)d letters at most.", n=COMMENT_LETTERS)
        if field == "score":
            return _("Please choose an answer.")
        if field == "place":
            return _("This touchpoint does not exist in that place.")
        return _("This answer does not fit the question.")

    def _page(self, card: Card, faults: Mapping[str, str], status: int) -> flask.Response:
        lang, allowed = self._language(), own_places(self._journey, flask.g.person)
        now = int(time.time() * 1000)
        names = option_names(card.scale, lang)
        page = flask.render_template(
            "enter.html",
            card=card,
            faults=faults,
            id=card.values.get("id", "") if status != 200 else str(UUID(bytes=new_id(now))),
            answers=list(zip(SCALES[card.scale].scores, names, strict=True)),
            places={key: place.name.say(lang) for key, place in self._journey.place_keys.items()
                    if allowed is None or key in allowed},
            free=allowed is None,
            channels=CHANNELS,
            letters=COMMENT_LETTERS,
            question=card.touchpoint.question(card.scale, lang),
        )  # fmt: skip
        return flask.make_response(page, status)
