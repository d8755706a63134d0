"""Heartbeats: what a tablet tells once a minute, read, kept in memory, and written down now and then.

Three hundred tablets send five beats a second. Writing each would flush the disk as often as all the responses of a
large shop do; so the writer of responses never sees them, and one transaction now and then keeps the last of each.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple, get_type_hints

import msgspec
from msgspec import Meta

from otklik_collector.incoming import Short, Whole, read_untyped
from otklik_collector.problem import BadField, Problem

BEAT_BYTES = 2048


class Battery(msgspec.Struct, forbid_unknown_fields=True):
    """`level` from 0 to 1."""

    level: Annotated[float, Meta(ge=0, le=1)]
    charging: bool


class Beat(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What a tablet tells of itself; times are in ms by its own clock.

    `queue` responses wait to be sent, the oldest since `oldest`; `aside` were refused and are kept; `seq` is the number
    of its last press; `persisted`: does the browser promise to keep what is stored?
    """

    at: Whole
    key: Short = ""
    app: Short = ""
    settings: Short = ""
    queue: Whole = 0
    aside: Whole = 0
    oldest: Whole | None = None
    last_press: Whole | None = None
    seq: Whole = 0
    persisted: bool | None = None
    battery: Battery | None = None
    screen: Annotated[str, Meta(max_length=32)] = ""


class Kept(Beat):
    """A beat as it is written down, with the settings and the app that the tablet should have had by then."""

    due_settings: Short = ""
    due_app: Short = ""


class Heard(NamedTuple):
    """A beat and when it came by our clock, in ms; `due`: the settings and the app that it should have had by then."""

    device: str
    heard_at: int
    beat: Beat
    due: tuple[str, str] = ("", "")

    @property
    def offset(self) -> int:
        """How far the tablet's clock is behind ours, in ms."""
        return self.heard_at - self.beat.at


class Beats:
    """The beats that came since the last were written down; `since`: from when on it has listened, in ms.

    Before that nobody heard, so a silence begins then at the earliest.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self.since = int(clock() * 1000)
        self._new: dict[str, Heard] = {}
        self._lock = threading.Lock()

    def hear(self, device: str, beat: Beat, due: tuple[str, str] = ("", "")) -> int:
        """Remembers a beat; returns the time by our clock, in ms."""
        now = int(self._clock() * 1000)
        beat.key = ""
        with self._lock:
            self._new[device] = Heard(device, now, beat, due)
        return now

    def forget(self, device: str) -> None:
        """Another tablet takes its place: what the one before told is over."""
        with self._lock:
            self._new.pop(device, None)

    def newer(self, kept: Mapping[str, Heard]) -> dict[str, Heard]:
        """The last beat of each kiosk, of those that are written down and those that are not."""
        with self._lock:
            return {**kept, **self._new}

    def take(self) -> list[Heard]:
        """What is to be written down; `untake` it where that fails."""
        with self._lock:
            taken, self._new = self._new, {}
        return list(taken.values())

    def untake(self, taken: list[Heard]) -> None:
        with self._lock:
            self._new = {**{one.device: one for one in taken}, **self._new}


_decoder = msgspec.json.Decoder(Beat)
_types = get_type_hints(Beat, include_extras=True)


def read_beat(body: bytes) -> Beat:
    """A beat; raises `Problem` with every fault."""
    if len(body) > BEAT_BYTES:
        raise Problem(413, "too-large", f"A heartbeat may have {BEAT_BYTES} bytes")
    try:
        beat = _decoder.decode(body)
    except msgspec.ValidationError:
        beat = None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Problem(400, "bad-json", "The body is not JSON") from None
    found, faults = read_untyped(body)
    if beat is None:
        faults += _faults(found)
    if beat is None or faults:
        raise Problem(422, "bad-beat", "The heartbeat is not as agreed", faults)
    return beat


def _faults(found: Any) -> list[BadField]:
    """msgspec stops at the first wrong field: each is tried by itself."""
    if not isinstance(found, dict):
        return [BadField("", found, "a heartbeat is a JSON object")]
    faults = [] if "at" in found else [BadField("at", None, "required")]
    for name, value in found.items():
        if name not in _types:
            faults.append(BadField(name[:100], value, "unknown field"))
            continue
        try:
            msgspec.convert(value, _types[name])
        except msgspec.ValidationError as error:
            faults.append(BadField(name, None if name == "key" else value, str(error)))
    return faults
