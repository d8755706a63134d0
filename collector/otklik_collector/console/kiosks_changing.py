"""What managers do with kiosks: make them, give them their tablets, say what they ask, move them, take them out."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import flask

from otklik_collector.console.gate import Gate, Language, said, signed_in
from otklik_collector.console.kiosks_page import KiosksPage
from otklik_collector.door import Door
from otklik_collector.kiosk_sheet import no_https, pair_address, picture, render, stylesheet
from otklik_collector.kiosks import Written, faults_of, free_name, is_at, place_faults, point_faults
from otklik_collector.store.devices import Device
from otklik_collector.store.pairing import HOURS, SHEET_HOURS
from otklik_collector.words import _
from otklik_widget.journey import Journey


class KiosksChanging:
    def __init__(self, gate: Gate, journey: Journey, language: Language, page: KiosksPage, door: Door) -> None:
        self._gate = gate
        self._journey = journey
        self._language = language
        self._page = page
        self._door = door

    def add(self, pages: flask.Blueprint) -> None:
        for rule, endpoint, view, methods in (
            ("/kiosks/add", "new_kiosk", self.form, ["GET"]),
            ("/kiosks/add", "add_kiosk", self.make, ["POST"]),
            ("/kiosks/sheet", "kiosk_sheet", self.sheet, ["POST"]),
            ("/kiosks/at/<device>", "change_kiosk", self.change, ["POST"]),
        ):
            self._gate.roles[f"console.{endpoint}"] = "manager"
            pages.add_url_rule(rule, endpoint, view, methods=methods)
        pages.add_url_rule("/kiosks.css", "kiosks_style", self.style)

    @staticmethod
    def style() -> flask.Response:
        reply = flask.Response(stylesheet(), mimetype="text/css")
        reply.headers["Cache-Control"] = "public, max-age=300"
        return reply

    def form(self) -> flask.Response:
        return self._form(200, Written("", "", flask.request.args.get("place", ""), ()), {})

    def _form(self, status: int, filled: Written, faults: dict[str, str]) -> flask.Response:
        page = flask.render_template("new-kiosk.html", filled=filled, faults=faults, places=self._page.places())
        return flask.make_response(page, status)

    def make(self) -> flask.Response:
        """A kiosk with its first code: the next thing anybody wants."""
        store, there = self._gate.store(), self._gate.store().devices.all()
        filled = self._written(flask.request.form.get("device", "").strip())
        written = filled._replace(device=filled.device or free_name(filled.place, there))
        if faults := self._faults(written, there):
            return self._form(422, filled, faults)
        store.devices.add_all([written.wanted()], signed_in().name)
        return self._changed(store.devices.all()[written.device], with_code=True)

    def _written(self, device: str) -> Written:
        form = flask.request.form
        return Written(
            device, form.get("name", "").strip(), form.get("place", ""), tuple(dict.fromkeys(form.getlist("point"))),
            form.get("first", ""), tuple(dict.fromkeys(form.getlist("offered"))),
            "yes" if form.get("reasons") else "no", form.get("pin", "").strip(),
        )  # fmt: skip

    def _faults(self, written: Written, there: dict[str, Device] | None = None) -> dict[str, str]:
        found = dict(reversed(faults_of(written, self._journey, there or {})))
        if "place" not in found and not self._is_mine(written.place):
            found["place"] = _("choose a place of yours")
        return found

    def _is_mine(self, place: str) -> bool:
        return signed_in().whole or place in self._page.places()

    def change(self, device: str) -> flask.Response:
        found = self._page.found(device)
        steps: dict[str, Callable[[Device], flask.Response]] = {
            "change": self._settle, "move": self._move, "code": self._code, "retire": self._retire,
            "revoke": self._revoke,
        }  # fmt: skip
        step = steps.get(flask.request.form.get("do", ""))
        return step(found) if step else self._page.page(found, 422)

    def _settle(self, device: Device) -> flask.Response:
        form = flask.request.form
        written = self._written(device.device)._replace(place=device.place)
        faults = self._faults(written)
        if not written.name:
            faults["name"] = _("give the kiosk a name of 1 to 100 letters")
        # A place or a touchpoint that left the journey must not keep people from changing the rest.
        faults.pop("place", None)
        if faults:
            return self._page.page(device, 422, faults=faults, filled=written)
        pin = "" if form.get("no-pin") else device.pin_hash
        self._gate.store().devices.change(written.wanted(pin), signed_in().name)
        return self._changed(device)

    def _move(self, device: Device) -> flask.Response:
        """Into another place, where it asks the same as far as that exists there, or what the form says."""
        form, known = flask.request.form, self._journey.touchpoints
        place, wanted = form.get("to", ""), form.get("there", "")
        same = tuple(key for key in device.points if key in known and is_at(known[key], place))
        points = (wanted,) if wanted else same
        wrong = [("to", said) for _field, said in place_faults(place, self._journey)]
        if not wrong and not self._is_mine(place):
            wrong = [("to", _("choose a place of yours"))]
        if wrong := wrong or [("there", said) for _field, said in point_faults(points, place, self._journey)]:
            return self._page.page(device, 422, faults=dict(wrong))
        if (place, points) != (device.place, device.points):
            self._gate.store().devices.move(device.device, place, points, signed_in().name)
        return self._changed(device)

    def _code(self, device: Device) -> flask.Response:
        return self._changed(device, with_code=True)

    def _retire(self, device: Device) -> flask.Response:
        self._gate.store().devices.retire(device.device, signed_in().name)
        return self._changed(device)

    def _revoke(self, device: Device) -> flask.Response:
        self._gate.store().devices.revoke(device.device, signed_in().name)
        return self._changed(device)

    def _changed(self, device: Device, *, with_code: bool = False) -> flask.Response:
        """The kiosk as it is now. A code stands in this reply alone, never in an address."""
        self._door.kiosks_changed()
        if with_code:
            pairing = self._gate.store().pairing
            (code,) = pairing.make([device.device], signed_in().name, self._gate.now(), HOURS)
            address = self._gate.address()
            drawn, page = picture(address, code), pair_address(address)
            return self._page.page(device, 200, code=code, picture=drawn, pair_page=page, no_https=no_https(address))
        asked = urlencode({"lang": self._language(), "done": "1"})
        return flask.make_response(flask.redirect(f"/console/kiosks/at/{device.device}?{asked}", 303))

    def sheet(self) -> flask.Response:
        """Codes to print, for kiosks of the reader's places that wait for their tablets."""
        place = flask.request.form.get("place", "")
        waiting = [
            one for one in self._page.mine().values()
            if one.paired_at is None and one.revoked_at is None and one.retired_at is None
            and (not place or one.place == place)
        ]  # fmt: skip
        if not waiting:
            return said(_("No kiosk here waits for its tablet."), 404)
        pairing = self._gate.store().pairing
        codes = pairing.make([one.device for one in waiting], signed_in().name, self._gate.now(), SHEET_HOURS)
        bar = flask.render_template("kiosk-sheet-bar.html")
        page = render(self._journey, waiting, codes, self._gate.address(), self._language(), bar=bar, standalone=False)
        return flask.make_response(page)
