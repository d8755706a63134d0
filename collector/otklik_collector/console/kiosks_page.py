"""The kiosks: which there are and how each does, silent ones first; and one by itself with all it told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import flask

from otklik_collector import kiosk_words
from otklik_collector.console.asked import Misled, own_places
from otklik_collector.console.gate import Gate, Language, said, signed_in
from otklik_collector.kiosk_health import State, missing
from otklik_collector.kiosk_look import KioskLook
from otklik_collector.store.devices import Device
from otklik_collector.words import _
from otklik_widget.journey import Journey

A_PAGE = 40


class KiosksPage:
    def __init__(self, gate: Gate, journey: Journey, language: Language, look: KioskLook) -> None:
        self._gate = gate
        self._journey = journey
        self._language = language
        self._look = look

    def add(self, pages: flask.Blueprint) -> None:
        for rule, endpoint, view in (("/kiosks", "kiosks", self.kiosks), ("/kiosks/at/<device>", "kiosk", self.kiosk)):
            self._gate.roles[f"console.{endpoint}"] = "viewer"
            pages.add_url_rule(rule, endpoint, view)

    def mine(self) -> dict[str, Device]:
        """The kiosks of the places of whoever asks."""
        places = own_places(self._journey, flask.g.person)
        found = self._gate.store().devices.all()
        return {name: one for name, one in found.items() if places is None or one.place in places}

    def found(self, name: str) -> Device:
        """A kiosk of the reader's places; a stranger's looks like one that never was."""
        device = self.mine().get(name)
        if device is None:
            flask.abort(said(_("There is no such kiosk among those of your places."), 404))
        return device

    def kiosks(self) -> str:
        now, args = int(self._gate.now() * 1000), flask.request.args
        places, place = self.places(), args.get("place", "")
        if place and place not in places:
            raise Misled(_("This place is not among yours."), [], status=403)
        mine = [one for one in self.mine().values() if not place or one.place == place]
        found = self._look.at(self._gate.store(), mine, now)
        written = args.get("page", "")
        number = int(written) if written.isascii() and written.isdecimal() and len(written) < 7 else 0
        return flask.render_template(
            "kiosks.html", kiosks=found[number * A_PAGE : (number + 1) * A_PAGE], number=number, place=place,
            more=number + 1 if len(found) > (number + 1) * A_PAGE else 0, places=places, all=len(found),
            states=Counter(one.health.state for one in found), writes=signed_in().may("manager"),
            **self.words(now),
        )  # fmt: skip

    def kiosk(self, device: str) -> flask.Response:
        return self.page(self.found(device), 200)

    def page(self, device: Device, status: int, **more: object) -> flask.Response:
        """One kiosk; `more`: a form's faults, or a code that was just made."""
        store, now = self._gate.store(), int(self._gate.now() * 1000)
        (one,) = self._look.at(store, [device], now)
        values: dict[str, object] = {"faults": {}, "code": None, "filled": None, **more}
        page = flask.render_template(
            "kiosk-console.html", one=one, missing=missing(one.heard, one.presses) if one.heard else 0,
            hours=self._look.where(device).hours, open_code=store.pairing.open(self._gate.now()).get(device.device),
            writes=signed_in().may("manager"), places=self.places(), **self.words(now), **values,
        )  # fmt: skip
        return flask.make_response(page, status)

    def places(self) -> dict[str, str]:
        """The names of the reader's places by their keys."""
        mine, lang = own_places(self._journey, flask.g.person), self._language()
        return {one.key: one.name.say(lang) for one in self._journey.places if mine is None or one.key in mine}

    def words(self, now: int) -> dict[str, object]:
        lang = self._language()

        def clock(device: Device) -> Callable[[int], str]:
            return lambda moment: kiosk_words.clock_words(moment, self._look.where(device).zone.key)

        return {
            "now": now, "State": State, "clock": clock, "state": lambda one: kiosk_words.state_words(one, now),
            "before": self._before,
            "trouble": kiosk_words.trouble_words, "long": kiosk_words.long_words,
            "place_name": self.place_name,
            "point_name": lambda key: ((found := self._journey.touchpoints.get(key)) and found.name.say(lang)) or key,
        }  # fmt: skip

    def _before(self, device: Device) -> str:
        """The places where it stood before."""
        places = dict.fromkeys(one.place for one in device.stood if one.place != device.place)
        return ", ".join(self.place_name(key) for key in places)

    def place_name(self, key: str) -> str:
        place = self._journey.place_keys.get(key)
        return place.name.say(self._language()) if place else key
