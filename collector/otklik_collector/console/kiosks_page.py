"""The kiosks: which there are, what they ask and where, and when somebody last answered at each; silent ones first."""

from __future__ import annotations

from dataclasses import dataclass

import flask

from otklik_collector.console.asked import own_places
from otklik_collector.console.gate import Gate, Language
from otklik_collector.store.devices import Device
from otklik_widget.journey import Journey

SILENT_MS = 24 * 3_600_000
"""So long without an answer, and somebody should look whether the tablet still stands there."""


@dataclass(frozen=True)
class Kiosk:
    """A device with the time of its last answer in UTC ms; `silent`: none for a day, though it may answer."""

    device: Device
    pressed_at: int | None
    silent: bool


class KiosksPage:
    def __init__(self, gate: Gate, journey: Journey, language: Language) -> None:
        self._gate = gate
        self._journey = journey
        self._language = language

    def add(self, pages: flask.Blueprint) -> None:
        self._gate.roles["console.kiosks"] = "viewer"
        pages.add_url_rule("/kiosks", "kiosks", self.kiosks)

    def kiosks(self) -> str:
        lang, places = self._language(), own_places(self._journey, flask.g.person)
        devices = self._gate.store().devices
        shown = [one for one in devices.all().values() if places is None or one.place in places]
        found = [self._kiosk(one, devices.last_press(one.device)) for one in shown]
        # Silent first, the longest silence before all; those taken out of use last.
        found.sort(key=lambda one: (one.device.revoked_at is not None, not one.silent, one.pressed_at or 0))
        return flask.render_template(
            "kiosks.html",
            kiosks=found,
            silent=sum(one.silent for one in found),
            place_name=lambda key: (place := self._journey.place_keys.get(key)) and place.name.say(lang),
            point_name=lambda key: ((point := self._journey.touchpoints.get(key)) and point.name.say(lang)) or key,
        )

    def _kiosk(self, device: Device, pressed_at: int | None) -> Kiosk:
        since = pressed_at if pressed_at is not None else device.created_at
        silent = device.revoked_at is None and self._gate.now() * 1000 - since > SILENT_MS
        return Kiosk(device, pressed_at, silent)
