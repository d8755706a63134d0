"""What tablets send besides responses: a code that makes one a kiosk, and a heartbeat a minute."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import flask
import msgspec

from otklik_collector.api.app import refused
from otklik_collector.beats import Beats, read_beat
from otklik_collector.ceilings import Ceiling, at_this_machine, visitor_of
from otklik_collector.door import Door
from otklik_collector.incoming import Short
from otklik_collector.numbers import Numbers
from otklik_collector.problem import BadField, Problem
from otklik_collector.proxies import Proxies
from otklik_collector.store import open_store
from otklik_collector.store.devices import Device
from otklik_widget.faults import Faults

CODES_OF_A_VISITOR = 30
"""Tries at codes a minute. A shop that sets up its tablets sits behind one address."""
CODES_OF_ALL = 600
"""All together, so that many addresses do not guess for one: at this rate one of 300 open codes is found in 9 years."""
BEATS = 30
"""A minute of one tablet; it sends one, and some more when it starts."""
AGAIN = 600
"""So many seconds a tablet whose reply was lost gets it once more, by the mark that it made up itself."""
Versions = Callable[[Device], tuple[str, str]]


class _Pairing(msgspec.Struct, forbid_unknown_fields=True):
    code: Short
    mark: Short = ""


class KioskDoor:
    """`versions` tells of a kiosk which settings and which app it should have by now."""

    def __init__(
        self,
        db: Path,
        door: Door,
        proxies: Proxies,
        beats: Beats,
        numbers: Numbers,
        versions: Versions = lambda _device: ("", ""),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._db = db
        self._door = door
        self._proxies = proxies
        self._beats = beats
        self._numbers = numbers
        self._versions = versions
        self._clock = clock
        self._given: dict[tuple[str, str], tuple[float, dict[str, str]]] = {}
        self._of_visitor, self._of_all, self._of_device = Ceiling(hashed=True), Ceiling(), Ceiling()

    def add(self, app: flask.Flask) -> None:
        pages = flask.Blueprint("kiosk_door", __name__, url_prefix="/kiosk")
        pages.add_url_rule("/pair", "pair", self.pair, methods=["POST"])
        pages.add_url_rule("/<device>/beat", "beat", self.beat, methods=["POST"])
        pages.register_error_handler(Problem, self._refused)
        for kind in (sqlite3.Error, Faults):
            pages.register_error_handler(kind, self._storage)
        app.register_blueprint(pages)

    def pair(self) -> flask.Response:
        """Gives the kiosk of a code its key, once; all that is wrong with a code is told alike."""
        request = flask.request
        origin = request.headers.get("Origin", "")
        # Also where nobody wrote down our address: a page of ours asks the host that it came from.
        if origin not in (f"http://{request.host}", f"https://{request.host}") and not self._door.is_own(origin):
            raise Problem(403, "forbidden", "A kiosk is paired by our own page only")
        self._hold()
        try:
            sent = msgspec.json.decode(request.get_data(), type=_Pairing)
        except msgspec.ValidationError as error:
            fault = BadField("code", None, str(error))
            raise Problem(422, "bad-code", "The body is not as agreed", [fault]) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise Problem(400, "bad-json", "The body is not JSON") from None
        reply = flask.jsonify(self._given_before(sent) or self._give(sent))
        reply.status_code = 201
        return reply

    def _give(self, sent: _Pairing) -> dict[str, str]:
        with open_store(self._db) as store:
            paired = store.pairing.use(sent.code, self._clock())
        if paired is None:
            raise Problem(404, "pair-code", "No kiosk has this code: it is unknown, used, or expired")
        self._beats.forget(paired.device)
        self._door.kiosks_changed()
        told = {"device": paired.device, "key": paired.key, "start": f"/kiosk/{paired.device}"}
        if sent.mark:
            self._given[sent.code, sent.mark] = (self._clock(), told)
        return told

    def _given_before(self, sent: _Pairing) -> dict[str, str] | None:
        """What this very tablet was told a moment ago, where the reply did not reach it: its code is used up by now."""
        oldest = self._clock() - AGAIN
        self._given = {key: kept for key, kept in self._given.items() if kept[0] > oldest}
        _at, told = self._given.get((sent.code, sent.mark), (0, None))
        return told

    def beat(self, device: str) -> flask.Response:
        """Takes a heartbeat; tells the time, and which settings and app a tablet should have."""
        bearer = flask.request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        beat = read_beat(flask.request.get_data())
        kiosk = self._door.kiosk(device, bearer or beat.key)
        if kiosk is None:
            raise Problem(403, "device-key", "This is no kiosk, or it needs its own key")
        _wait(self._of_device.seconds_to_wait(device, BEATS))
        settings, app = due = self._versions(kiosk)
        now = self._beats.hear(device, beat, due)
        return flask.jsonify(now=now, settings=settings, app=app)

    def _hold(self) -> None:
        request = flask.request
        address = self._proxies.visitor(f"{request.remote_addr}:0", request.headers.get)
        if not at_this_machine(address):
            _wait(self._of_visitor.seconds_to_wait(visitor_of(address), CODES_OF_A_VISITOR))
        _wait(self._of_all.seconds_to_wait("", CODES_OF_ALL))

    def _refused(self, problem: Exception) -> flask.Response:
        assert isinstance(problem, Problem)
        self._numbers.refused(problem.status, problem.code)
        return refused(problem)

    def _storage(self, _error: Exception) -> flask.Response:
        return self._refused(Problem(503, "storage", "The database cannot be asked now; come again", retry_after=5))


def _wait(seconds: int) -> None:
    if seconds:
        raise Problem(429, "too-many", "This was asked too often in a minute", retry_after=seconds)
