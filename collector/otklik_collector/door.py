"""The door of the collector: who may send, and how what was sent becomes a response with its own time and day."""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Callable, Mapping
from typing import Generic, NamedTuple, TypeVar
from urllib.parse import urlsplit

from otklik_collector.ceilings import Ceiling, Limits, at_this_machine, visitor_of
from otklik_collector.incoming import Incoming
from otklik_collector.misuse import CLOCK, CLOSED, FAST, HONEYPOT, ROBOT, is_closed, is_fast, is_robot
from otklik_collector.people import person_of
from otklik_collector.problem import Problem
from otklik_collector.response import Response, Shown, day_number, local_day_hour, local_minute
from otklik_collector.store import SiteKey
from otklik_collector.store.devices import Device
from otklik_collector.store.unguessable import hash_of
from otklik_widget.contract import CHANNELS, uuid7_bytes
from otklik_widget.journey import Journey

FUTURE_MS = 5 * 60 * 1000
AGE_MS = 35 * 24 * 3600 * 1000
HTTP_CHANNELS = tuple(channel for channel in CHANNELS if channel != "import")
FRESH_SECONDS = 1.0
SHOWN_FOR_EACH = 10
"""So many questions are shown for each response that a visitor may send: most people pass by."""

T = TypeVar("T")


class Sender(NamedTuple):
    """Who speaks: the Origin header (None: absent), the visitor's address, the browser's name, a kiosk's key."""

    origin: str | None
    address: str
    agent: str = ""
    bearer: str = ""


def origin_of(url: str) -> str | None:
    """`https://shop.example` of an address, without its default port; None where it has no host."""
    try:
        parts = urlsplit(url.strip().lower())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        return None
    host = _host(parts.hostname)
    if host is None:
        return None
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, usual) else "")


def _host(name: str) -> str | None:
    """A host as browsers write it in an Origin: Cyrillic names as xn--…, IPv6 in brackets; None where it is none."""
    if ":" in name:
        return f"[{name}]"
    try:
        ascii_name = name.encode("idna").decode()
    except UnicodeError:
        return None
    return ascii_name if re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?", ascii_name) else None


def own_origins(base_url: str, collector_url: str, host: str, port: int) -> frozenset[str]:
    """The origins that need no key: where the site is published, where the collector listens, and this machine."""
    listening = [f"http://{name}:{port}" for name in ("localhost", "127.0.0.1", "[::1]", _bracketed(host))]
    found = (origin_of(url) for url in (base_url, collector_url, *listening))
    return frozenset(origin for origin in found if origin)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


class Door:
    """Lets responses in: checks the sender's origin and key, the fields, and settles time, day, person and flags."""

    def __init__(
        self,
        journey: Journey,
        own: frozenset[str],
        live_keys: Callable[[], dict[str, SiteKey]],
        person_secret: bytes,
        clock: Callable[[], float] = time.time,
        *,
        devices: Callable[[], Mapping[str, Device]] = dict,
        limits: Limits = Limits(),  # noqa: B008 - a tuple that nobody can change
    ) -> None:
        self.journey = journey
        self._own = own
        self._keys = _Fresh(live_keys)
        self._devices = _Fresh(devices)
        self._person_secret = person_secret
        self._clock = clock
        self._limits = limits
        self._of_key, self._of_visitor = Ceiling(hashed=True), Ceiling(hashed=True)
        self._of_touchpoint, self._of_device = Ceiling(), Ceiling()
        self._shown_to = Ceiling(hashed=True)

    def admit(
        self, sender: Sender, key: str, *, device: str = "", point: str = "", form: bool = False, counted: bool = True
    ) -> SiteKey | None:
        """The key that let the sender in, or None for an own origin or a kiosk; raises `Problem` 403 or 429.

        A plain form of ours may come without an Origin, since old browsers send none with forms.
        """
        if device and (kiosk := self.kiosk(device, sender.bearer or key)):
            if point and not kiosk.asks(point):
                raise Problem(403, "device-point", "This kiosk does not ask at this touchpoint")
            return None
        if sender.origin is None:
            if form and not key:
                return None
        elif self.is_own(sender.origin):
            return None
        known = self._keys.get().get(key) if key else None
        if known is None:
            said = "A site key is needed here" if not key else "This site key is not known or was revoked"
            raise Problem(403, "forbidden", said)
        if sender.origin is not None and origin_of(sender.origin) not in known.origins:
            raise Problem(403, "forbidden", "This site key does not list the page's origin")
        if counted:
            _wait(self._of_key.seconds_to_wait(f"{known.id} {sender.address}", known.rate), "This visitor")
        return known

    def kiosk(self, device: str, key: str) -> Device | None:
        """The kiosk that showed its key; None where the name is no kiosk's; raises `Problem` 403."""
        found = self._devices.get().get(device)
        if found is None:
            return None
        if found.revoked_at is not None:
            raise Problem(403, "device-revoked", "This kiosk was revoked")
        if not hmac.compare_digest(hash_of(key), found.key_hash):
            raise Problem(403, "device-key", "This device is a kiosk and needs its own key")
        return found

    def is_own(self, origin: str) -> bool:
        """Is it an origin of the company's own, which needs no key?"""
        return origin in self._own or origin_of(origin) in self._own

    def kiosks_changed(self) -> None:
        """The next who asks is judged by the kiosks as they are now: a new key is good at once."""
        self._devices.forget()

    def _hold(self, incoming: Incoming, key: SiteKey | None, sender: Sender, kiosk: Device | None) -> None:
        """Raises `Problem` 429 where a ceiling is reached."""
        limits = self._limits
        if incoming.device:
            _wait(self._of_device.seconds_to_wait(incoming.device, limits.device), "This device")
        # A kiosk that was offline brings days at once, and has shown its key. An address of this machine is no
        # visitor, but a proxy that nobody named: its ceiling would hold up everybody.
        if kiosk is None and not at_this_machine(sender.address):
            if key is None and limits.visitor:
                visitor = visitor_of(sender.address)
                _wait(self._of_visitor.seconds_to_wait(visitor, limits.visitor), "This visitor")
            _wait(self._of_touchpoint.seconds_to_wait(incoming.point, limits.touchpoint), "This touchpoint")

    def response(self, incoming: Incoming, key: SiteKey | None, sender: Sender) -> Response:
        """The response behind the door, of something without faults; raises `Problem` 429 at a ceiling."""
        kiosk = self._devices.get().get(incoming.device) if incoming.device else None
        self._hold(incoming, key, sender, kiosk)
        now = int(self._clock() * 1000)
        answered, flags = self._answered(incoming, now)
        place = (kiosk and kiosk.place_at(answered)) or incoming.place
        clock = local_minute(answered, self.journey.zone(incoming.point, place))
        if incoming.website:
            flags.append(HONEYPOT)
        if is_robot(sender.agent[:300]):
            flags.append(ROBOT)
        if incoming.device or incoming.channel == "kiosk":
            if CLOCK not in flags and is_closed(self.journey.hours(incoming.point, place), clock):
                flags.append(CLOSED)
        elif is_fast(incoming.seq, incoming.gap):  # a device's presses are judged beside each other
            flags.append(FAST)
        id = uuid7_bytes(incoming.id)
        assert id is not None
        return Response(
            id=id, rev=incoming.rev, touchpoint=incoming.point, scale=incoming.scale, score=incoming.score,
            wording=incoming.wording, place=place, channel=incoming.channel,
            segment=self.segment(incoming.segment), answered_at=answered, received_at=now,
            day=day_number(clock), hour=clock.hour,
            lang=incoming.lang, page=_plain(incoming.page), person=self.person(incoming.customer),
            device=incoming.device, seq=incoming.seq, gap=incoming.gap, rate=incoming.rate,
            reasons=tuple(dict.fromkeys(incoming.reasons)), comment=_plain(incoming.comment.strip()),
            contact=(_plain(incoming.contact.value), incoming.contact.consent) if incoming.contact else None,
            flags=tuple(flags), site_key=key.id if key else None,
        )  # fmt: skip

    def _answered(self, incoming: Incoming, now: int) -> tuple[int, list[str]]:
        """When it was answered by our clock; `sent` tells how far the sender's is off."""
        if incoming.at is None:
            return now, []
        answered = incoming.at + (now - incoming.sent if incoming.sent is not None else 0)
        if now - AGE_MS <= answered <= now + FUTURE_MS:
            return answered, []
        return now, [CLOCK]

    def segment(self, written: str) -> str:
        """A segment of the journey, `other` for one it does not list, empty for none."""
        if not written:
            return ""
        return written if written in self.journey.company.segments else "other"

    def person(self, customer: str) -> bytes | None:
        """The keyed hash that stands for a customer's key; the key itself is kept nowhere."""
        return person_of(self._person_secret, customer) if customer else None

    def shown(self, point: str, scale: str, place: str, sender: Sender) -> Shown:
        """A question that was shown; raises `Problem` 429 where a visitor saw more of them than anybody can."""
        if self._limits.visitor and not at_this_machine(sender.address):
            visitor = visitor_of(sender.address)
            _wait(self._shown_to.seconds_to_wait(visitor, SHOWN_FOR_EACH * self._limits.visitor), "This visitor")
        now = int(self._clock() * 1000)
        return Shown(point, scale, place, local_day_hour(now, self.journey.zone(point, place))[0])


class _Fresh(Generic[T]):
    """What the command line may change meanwhile, read again at most once a second."""

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._found: T | None = None
        self._at = float("-inf")

    def get(self) -> T:
        now = time.monotonic()
        if self._found is None or now - self._at > FRESH_SECONDS:
            self._found, self._at = self._read(), now
        return self._found

    def forget(self) -> None:
        self._at = float("-inf")


def _wait(seconds: int, who: str) -> None:
    if seconds:
        raise Problem(429, "too-many", f"{who} has sent too many responses in a minute", retry_after=seconds)


def _plain(text: str) -> str:
    """Text without the one letter that SQLite's own functions stop at."""
    return text.replace("\x00", "\ufffd")
