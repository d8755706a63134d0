"""The kiosk app's addresses: its one page, its files, and the settings that each tablet asks for with its key."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import flask

from otklik_collector import qr
from otklik_collector.api.app import refused
from otklik_collector.door import Door
from otklik_collector.languages import own_name
from otklik_collector.problem import Problem
from otklik_collector.proxies import Proxies
from otklik_collector.store.devices import Device, pin_of
from otklik_collector.words import _
from otklik_widget import assets, embed, scales
from otklik_widget.contract import KEY
from otklik_widget.journey import Hours, Journey, Touchpoint
from otklik_widget.packing import for_kiosk
from otklik_widget.scales import SCALES
from otklik_widget.words import speaking

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; manifest-src 'self';"
    " worker-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none';"
    " require-trusted-types-for 'script'; trusted-types otklik-kiosk"
)
MOST_REASONS = 6
"""Three times two: what a customer takes in at one look."""
HERE = Path(__file__).parent


class KioskSettings:
    """What a tablet needs to ask by itself: questions, words, hours; made of the journey and the device's record."""

    def __init__(self, journey: Journey) -> None:
        self._journey = journey
        self._made: dict[tuple[Device, str], dict[str, Any]] = {}

    def document(self, device: Device, base: str) -> dict[str, Any]:
        """The settings without the time of day; `base` is the address that phones reach the collector at."""
        known = self._made.get((device, base))
        if known is None:
            if len(self._made) > 2000:
                self._made.clear()
            known = self._document(device, base)
            self._made[device, base] = known
        return known

    def version(self, device: Device, base: str) -> str:
        """Ten hex digits that change with any of the device's settings."""
        return str(self.document(device, base)["version"])

    def _document(self, device: Device, base: str) -> dict[str, Any]:
        journey = self._journey
        # What left the journey is asked no more; a tablet that is out of use asks nothing, and brings what it holds.
        known = {} if device.retired_at else journey.touchpoints
        points = [known[point] for point in device.points if point in known]
        offered = journey.company.languages
        languages = [lang for lang in device.languages if lang in offered] or list(offered)
        first = points[0].key if points else ""
        found: dict[str, Any] = {
            "app": assets.kiosk_app(),
            "device": device.device,
            "name": device.name,
            "place": device.place,
            "zone": journey.zone(first, device.place).key,
            "languages": languages,
            "lang": device.lang if device.lang in languages else languages[0],
            "company": dict(journey.company.name),
            "sample": {lang: _invented(lang) for lang in languages} if journey.company.sample else None,
            "texts": self._texts(languages),
            "colours": _colours(journey),
            "questions": [self._question(point, device, languages, base) for point in points],
            "hours": _hours(journey.hours(first, device.place)),
            "pin": pin_of(device),
        }
        written = json.dumps(found, ensure_ascii=False, sort_keys=True)
        return {"version": hashlib.sha256(written.encode()).hexdigest()[:10], **found}

    def _texts(self, languages: list[str]) -> dict[str, dict[str, str]]:
        """The tablet's own words in languages that the app does not bring itself, or in the company's tone."""
        company = self._journey.company
        return {
            lang: for_kiosk(brought, scales.texts(company.ours(lang))) | {"language": own_name(lang, company)}
            for lang in languages
            if (brought := company.brought(lang))
        }

    def _write(self, point: Touchpoint, device: Device, languages: list[str], base: str) -> dict[str, Any] | None:
        """The way to write to us, on the visitor's own phone; None where nobody asks for that."""
        link = embed.message_address(
            self._journey, touchpoint=point.key, place=device.place, channel="qr", collector=base
        )
        if not link:
            return None
        said = {lang: self._journey.company.said(lang)["form"]["write"] for lang in languages}
        return {"text": said, "link": link, "qr": qr.path(link)}

    def _question(self, point: Touchpoint, device: Device, languages: list[str], base: str) -> dict[str, Any]:
        scale = SCALES[point.main]
        texts = {lang: self._journey.company.said(lang)["scale"][scale.key] for lang in languages}
        asked = {"place": device.place, "channel": "qr"}
        link = f"{base}/q/{point.key}?{urlencode({name: value for name, value in asked.items() if value})}"
        reasons = point.reasons[:MOST_REASONS] if device.reasons and scale.scores else ()
        labels = [
            {lang: said["options"][n] if "options" in said else str(score) for lang, said in texts.items()}
            for n, score in enumerate(scale.scores)
        ]
        ends = [{lang: said[end] for lang, said in texts.items() if end in said} for end in ("low", "high")]
        return {
            "point": point.key,
            "scale": scale.key,
            "wording": self._journey.wording(point.key, scale.key),
            "low": scale.low,
            "text": {lang: point.question(scale.key, lang) for lang in languages},
            "labels": labels,
            "ends": ends if ends[0] else None,
            "reasons": [
                {"key": key, "text": {lang: self._journey.reasons[key].say(lang) for lang in languages}}
                for key in reasons
            ],
            "link": link,
            "qr": qr.path(link),
            "write": None if scale.key == "message" else self._write(point, device, languages, base),
        }


def _colours(journey: Journey) -> dict[str, str] | None:
    """The company's colour of what is pressed, and of what is written on it."""
    if journey.company.colours is None:
        return None
    light = journey.company.colours.shades()["light"]
    return {"accent": light.accent, "on": light.on_accent}


def _invented(lang: str) -> str:
    with speaking(lang):
        return _("Sample company: invented, with invented answers.")


def _hours(hours: Hours | None) -> dict[str, list[int]] | None:
    return None if hours is None else {str(day): list(span) for day, span in sorted(hours.days.items())}


class KioskPages:
    """The views. Only the settings need a key: the page and its files hold no secret, whatever device is named."""

    def __init__(
        self,
        journey: Journey,
        door: Door,
        proxies: Proxies,
        *,
        address: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._door = door
        self._proxies = proxies
        self._address = address.rstrip("/")
        self._clock = clock
        self._settings = KioskSettings(journey)

    def add(self, app: flask.Flask) -> None:
        app.add_url_rule("/kiosk", "kiosk_start", self.start)
        app.add_url_rule("/kiosk/<device>", "kiosk", self.shell)
        app.add_url_rule("/kiosk/<device>/settings", "kiosk_settings", self.settings)
        app.add_url_rule("/kiosk/app.<version>.<kind>", "kiosk_file", self.file)
        app.add_url_rule("/kiosk/worker.js", "kiosk_worker", self.worker)
        app.add_url_rule("/kiosk/app.webmanifest", "kiosk_manifest", self.manifest)
        app.add_url_rule("/kiosk/icon.svg", "kiosk_icon", self.icon)

    def start(self) -> flask.typing.ResponseReturnValue:
        return flask.redirect("/kiosk/pair", 302)

    def shell(self, device: str) -> flask.Response:
        """One page for pairing and for every device: the tablet keeps it, and the app reads the device's name."""
        if not KEY.fullmatch(device):
            flask.abort(404)
        with speaking("ru"):
            ru = _("Please turn JavaScript on: the kiosk cannot work without it.")
        with speaking("en"):
            en = _("Please turn JavaScript on: the kiosk cannot work without it.")
        page = flask.render_template(
            "kiosk.html",
            app=assets.kiosk_app(),
            script=_path("js"),
            style=_path("css"),
            without_script={"ru": ru, "en": en},
        )
        response = flask.Response(page, mimetype="text/html")
        response.headers["Content-Security-Policy"] = CSP
        return _fresh(response)

    def file(self, version: str, kind: str) -> flask.Response:
        if version != assets.kiosk_app() or kind not in ("js", "css"):
            flask.abort(404)
        mimetype = {"js": "text/javascript", "css": "text/css"}[kind]
        response = flask.Response(assets.kiosk(f"kiosk.{kind}"), mimetype=mimetype)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    def worker(self) -> flask.Response:
        files = [_path("js"), _path("css"), "/kiosk/app.webmanifest", "/kiosk/icon.svg"]
        # The page is kept together with them: another one makes another worker.
        page = hashlib.sha256((HERE / "templates/kiosk.html").read_bytes()).hexdigest()[:4]
        told = json.dumps({"version": f"{assets.kiosk_app()}-{page}", "files": files})
        script = assets.kiosk("kiosk-worker.js").replace('"@APP@"', told)
        response = flask.Response(script, mimetype="text/javascript")
        response.headers["Service-Worker-Allowed"] = "/kiosk/"
        return _fresh(response)

    def manifest(self) -> flask.Response:
        """What makes the app one of the tablet's own: it fills the screen, and starts where it was paired."""
        told = {
            "name": "Otklik",
            "short_name": "Otklik",
            "id": "/kiosk/",
            "start_url": "/kiosk/pair",
            "scope": "/kiosk/",
            "display": "fullscreen",
            "background_color": "#f6f4ef",
            "theme_color": "#f6f4ef",
            "icons": [{"src": "/kiosk/icon.svg", "sizes": "any", "type": "image/svg+xml"}],
        }
        return _fresh(flask.Response(json.dumps(told), mimetype="application/manifest+json"))

    def icon(self) -> flask.Response:
        return _fresh(flask.Response((HERE / "static/icon.svg").read_text(encoding="utf-8"), mimetype="image/svg+xml"))

    def settings(self, device: str) -> flask.Response:
        """What this tablet asks, for whoever shows its key."""
        key = flask.request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        try:
            found = self._door.kiosk(device, key)
            if found is None:
                raise Problem(401, "device-key", "This is no kiosk, or it needs its own key")
        except Problem as problem:
            return refused(problem)
        document = self._settings.document(found, self._base())
        response = flask.jsonify({**document, "now": int(self._clock() * 1000)})
        response.headers["Cache-Control"] = "private, no-cache"
        response.set_etag(document["version"])
        response.make_conditional(flask.request)
        return response

    def versions(self, device: Device) -> tuple[str, str]:
        """Which settings and which app a tablet should have by now; asked within a request."""
        return self._settings.version(device, self._base()), assets.kiosk_app()

    def _base(self) -> str:
        """Where phones reach the collector: the configured address, else that of the request."""
        request = flask.request
        client = f"{request.remote_addr}:{request.environ.get('REMOTE_PORT', '0')}"
        secure = self._proxies.secure(request.scheme, client, request.headers.get)
        return self._address or f"{'https' if secure else 'http'}://{request.host}"


def _path(kind: str) -> str:
    return f"/kiosk/app.{assets.kiosk_app()}.{kind}"


def _fresh(response: flask.Response) -> flask.Response:
    """Kept by browsers, but never used without asking whether there is a newer one."""
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(flask.request)
    return response
