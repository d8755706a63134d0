"""What a person is sent by mail: chosen by themselves, for their own places."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import flask

from otklik_collector.console.company import Company
from otklik_collector.console.gate import Gate, Language, signed_in
from otklik_collector.mail.server import missing
from otklik_collector.store.subscriptions import Subscription
from otklik_collector.words import _
from otklik_widget.settings import is_address
from otklik_widget.words import LANGUAGES


class MailPage:
    def __init__(self, gate: Gate, company: Company, language: Language) -> None:
        self._gate = gate
        self._company = company
        self._language = language

    def add(self, pages: flask.Blueprint) -> None:
        pages.add_url_rule("/account/mail", "mail", self.mail, methods=["GET"])
        pages.add_url_rule("/account/mail", "mail_chosen", self.chosen, methods=["POST"])

    def mail(self) -> flask.Response:
        me = signed_in()
        found = self._gate.store().subscriptions.of(me.id)
        fresh = Subscription(me.id, "", self._language(), alarms=True, digest=True)
        return self._page(found or fresh, {}, 200)

    def _page(self, wanted: Subscription, faults: Mapping[str, str], status: int) -> flask.Response:
        page = flask.render_template(
            "mail.html", wanted=wanted, faults=faults, missing=missing(self._company.settings),
            digest_hour=self._company.settings.digest_hour, languages=LANGUAGES,
        )  # fmt: skip
        return flask.make_response(page, status)

    def chosen(self) -> flask.Response:
        me, form = signed_in(), flask.request.form
        hours = [form.get(name, "") for name in ("quiet_from", "quiet_until")]
        faults = {}
        address = form.get("address", "").strip()
        alarms, digest = form.get("alarms") == "1", form.get("digest") == "1"
        if (address or alarms or digest) and not is_address(address):
            faults["address"] = _("“%(value)s” is no mail address like anna@shop.example", value=address[:80])
        if not all(hour.isascii() and hour.isdecimal() and len(hour) < 3 and int(hour) < 24 for hour in hours):
            faults["quiet"] = _("choose hours from 0 to 23")
        spoken = form.get("letters", "")
        if spoken not in LANGUAGES:
            faults["letters"] = _("choose one of the languages")
        start, end = (21, 8) if "quiet" in faults else map(int, hours)
        wanted = Subscription(me.id, address, spoken, alarms, digest, start, end)
        if faults:
            return self._page(wanted, faults, 422)
        self._gate.store().subscriptions.put(wanted, self._gate.now(), me.name)
        asked = urlencode({"lang": self._language(), "done": "mail"})
        return flask.make_response(flask.redirect(f"/console/account/mail?{asked}", 303))
