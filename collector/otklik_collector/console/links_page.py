"""Where each question is asked: what to copy into a page, a mail or a short message, what to print, what came of it."""

from __future__ import annotations

from datetime import date, timedelta
from html import escape
from urllib.parse import urlencode

import flask
from babel.dates import format_date

from otklik_collector import qr
from otklik_collector.console.asked import Misled, own_places
from otklik_collector.console.gate import Gate, Language
from otklik_collector.drawing import today_of
from otklik_collector.invitations import CHANNELS, SMS_LETTERS
from otklik_collector.invitations import DAYS as USUAL_DAYS
from otklik_collector.map.figures import channel_name
from otklik_collector.words import _
from otklik_widget.faults import nearest
from otklik_widget.journey import Journey, Touchpoint
from otklik_widget.words import speaking

SINCE_DAYS = 400
QUIET_DAYS = 28
DAYS = (7, 14, 30, 90, 365)
"""How long an invitation may hold."""
PRINTED = ("qr", "kiosk", "email", "sms")


class LinksPage:
    def __init__(self, gate: Gate, journey: Journey, language: Language) -> None:
        self._gate = gate
        self._journey = journey
        self._language = language

    def add(self, pages: flask.Blueprint) -> None:
        pages.add_url_rule("/links", "links", self.links)
        pages.add_url_rule("/links/<key>", "link", self.link)
        pages.add_url_rule("/links/<key>.svg", "link_code", self.code)

    def links(self) -> str:
        """Every touchpoint with its last response; those that have fallen silent stand out."""
        lang, today = self._language(), today_of(self._journey)
        allowed = own_places(self._journey, flask.g.person)
        since = today - timedelta(days=SINCE_DAYS)
        told = self._gate.store().told
        last: dict[str, date] = {}
        for place in allowed or (None,):
            for key, day in told.last_days(since, today, place).items():
                last[key] = max(day, last.get(key, day))
        return flask.render_template(
            "links.html",
            last=last,
            quiet=today - timedelta(days=QUIET_DAYS),
            written=lambda day: format_date(day, "d MMMM yyyy", locale=lang),
            first=next(iter(self._journey.touchpoints)),
        )

    def link(self, key: str) -> str:
        """All ways to ask one question."""
        lang, (touchpoint, place) = self._language(), self.asked(key)
        sms = self._sms(touchpoint, place, lang)
        keys = list(self._gate.store().keys.live().values()) if self._sees_keys() else []
        return flask.render_template(
            "link.html",
            touchpoint=touchpoint,
            place=place,
            places={one: self._journey.place_keys[one].name.say(lang) for one in self._places(touchpoint)},
            free=own_places(self._journey, flask.g.person) is None,
            script=self._script(touchpoint, ""),
            foreign=[(one, self._script(touchpoint, one.key)) for one in keys],
            kiosks=self._gate.opens("console.kiosks"),
            links={channel: self._link(touchpoint, place, channel) for channel in PRINTED},
            mail=self._mail(touchpoint, place, lang),
            sms=sms,
            length=_.plural("%(n)d letter", "%(n)d letters", len(sms)),
            most=SMS_LETTERS,
            may_invite=self._may_invite(),
            channels={one: channel_name(one) for one in CHANNELS},
            days={n: _.plural("%(n)d day", "%(n)d days", n) for n in DAYS},
            usual=USUAL_DAYS,
        )

    def code(self, key: str) -> flask.Response:
        """The QR code of the question's page, as SVG."""
        touchpoint, place = self.asked(key)
        picture = qr.picture(self._link(touchpoint, place, "qr"))
        reply = flask.Response(picture, mimetype="image/svg+xml")
        if "download" in flask.request.args:
            reply.headers["Content-Disposition"] = f'attachment; filename="{key}{f"-{place}" if place else ""}.svg"'
        return reply

    def asked(self, key: str) -> tuple[Touchpoint, str]:
        """The touchpoint and the place of an address, among what the person may see; raises `Misled`."""
        touchpoint = self._journey.touchpoints.get(key)
        if touchpoint is None:
            said = _("There is no touchpoint “%(key)s”.", key=key[:64]) + nearest(key, self._journey.touchpoints)
            raise Misled(said, [_("It may have been renamed or taken out since the link was saved.")], status=404)
        place = flask.request.values.get("place", "")
        allowed = own_places(self._journey, flask.g.person)
        if allowed is not None and place and place not in allowed:
            raise Misled(_("This place is not among yours."), [], status=403)
        known = self._places(touchpoint)
        if place and place not in known:
            said = _("This touchpoint does not exist in the place “%(value)s”.", value=place[:64])
            raise Misled(said + nearest(place, known), [])
        return touchpoint, place or (known[0] if allowed is not None and known else "")

    def _places(self, touchpoint: Touchpoint) -> list[str]:
        """Where this may be asked, as far as the person may look."""
        allowed = own_places(self._journey, flask.g.person)
        known = touchpoint.places or tuple(self._journey.place_keys)
        return [place for place in self._journey.place_keys if place in known and (allowed is None or place in allowed)]

    def _sees_keys(self) -> bool:
        person = flask.g.person
        return person is None or person.may("manager")

    def _may_invite(self) -> bool:
        person = flask.g.person
        return person is not None and person.may("manager")

    def _link(self, touchpoint: Touchpoint, place: str, channel: str) -> str:
        asked = urlencode({name: value for name, value in (("place", place), ("channel", channel)) if value})
        return f"{self._gate.address()}/q/{touchpoint.key}?{asked}"

    def _script(self, touchpoint: Touchpoint, key: str) -> str:
        asked = urlencode({"point": touchpoint.key, **({"key": key} if key else {})})
        return f'<script async src="{escape(f"{self._gate.address()}/ask.js?{asked}")}"></script>'

    def _mail(self, touchpoint: Touchpoint, place: str, lang: str) -> str:
        link = f"{self._link(touchpoint, place, 'email')}&lang={lang}"
        return self.mail(touchpoint.question(touchpoint.main, lang), link, lang)

    def mail(self, question: str, link: str, lang: str) -> str:
        """Plain HTML: a mail has no scripts, and pressing leads to the question's own page."""
        with speaking(self._journey.company.ours(lang)):
            button = _("Answer the question")
        return f'<p>{escape(question)}</p>\n<p><a href="{escape(link)}">{escape(button)}</a></p>'

    def _sms(self, touchpoint: Touchpoint, place: str, lang: str) -> str:
        return f"{touchpoint.question(touchpoint.main, lang)} {self._link(touchpoint, place, 'sms')}"
