"""The door of the collector: who may send, and how what was sent becomes a response with its own time and day."""

from __future__ import annotations

import hmac
import re
import secrets
import threading
import time
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from otklik_collector.incoming import Incoming
from otklik_collector.misuse import CLOCK, CLOSED, FAST, HONEYPOT, ROBOT, is_closed, is_fast, is_robot
from otklik_collector.people import person_of
from otklik_collector.problem import Problem
from otklik_collector.response import Response, Shown, day_number, local, local_day_hour
from otklik_collector.store import SiteKey
from otklik_widget.contract import CHANNELS, uuid7_bytes
from otklik_widget.journey import Journey

FUTURE_MS = 5 * 60 * 1000
AGE_MS = 35 * 24 * 3600 * 1000
HTTP_CHANNELS = tuple(channel for channel in CHANNELS if channel != "import")
KEYS_AGE_SECONDS = 1.0


class Sender(NamedTuple):
    """Who speaks: the Origin header (None: absent), the visitor's address, and what the sender calls itself."""

    origin: str | None
    address: str
    agent: str = ""


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


class Limit:
    """So many responses a minute for each visitor of a key; a visitor is a hash that lives in memory for a day."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._secret = secrets.token_bytes(32)
        self._used: dict[bytes, tuple[float, float]] = {}
        self._born = clock()
        self._lock = threading.Lock()

    def seconds_to_wait(self, key: SiteKey, address: str) -> int:
        """0 where the visitor may send now (and that is counted), else the seconds until the next is free."""
        if not key.rate:
            return 0
        now = self._clock()
        with self._lock:
            if now - self._born > 86400 or len(self._used) > 100_000:
                self._used.clear()
                self._secret = secrets.token_bytes(32)
                self._born = now
            visitor = hmac.digest(self._secret, f"{key.id} {address}".encode(), "sha256")[:16]
            free, then = self._used.get(visitor, (float(key.rate), now))
            free = min(float(key.rate), free + (now - then) * key.rate / 60)
            if free < 1:
                self._used[visitor] = (free, now)
                return int((1 - free) * 60 / key.rate) + 1
            self._used[visitor] = (free - 1, now)
        return 0


class Door:
    """Lets responses in: checks the sender's origin and key, the fields, and settles time, day, person and flags."""

    def __init__(
        self,
        journey: Journey,
        own: frozenset[str],
        live_keys: Callable[[], dict[str, SiteKey]],
        person_secret: bytes,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.journey = journey
        self._own = own
        self._live_keys = live_keys
        self._keys: dict[str, SiteKey] = {}
        self._keys_read = float("-inf")
        self._person_secret = person_secret
        self._clock = clock
        self._limit = Limit()

    def admit(self, sender: Sender, key: str, *, form: bool = False, counted: bool = True) -> SiteKey | None:
        """The key that let the sender in, or None for an own origin; raises `Problem` 403 or 429.

        A plain form of ours may come without an Origin, since old browsers send none with forms.
        """
        if sender.origin is None:
            if form and not key:
                return None
        elif sender.origin in self._own or origin_of(sender.origin) in self._own:
            return None
        known = self._known(key)
        if known is None:
            said = "A site key is needed here" if not key else "This site key is not known or was revoked"
            raise Problem(403, "forbidden", said)
        if sender.origin is not None and origin_of(sender.origin) not in known.origins:
            raise Problem(403, "forbidden", "This site key does not list the page's origin")
        wait = self._limit.seconds_to_wait(known, sender.address) if counted else 0
        if wait:
            said = "This visitor has sent too many responses in a minute"
            raise Problem(429, "too-many", said, retry_after=wait)
        return known

    def _known(self, key: str) -> SiteKey | None:
        if not key:
            return None
        now = time.monotonic()
        if now - self._keys_read > KEYS_AGE_SECONDS:  # made and revoked by the command line meanwhile
            self._keys, self._keys_read = self._live_keys(), now
        return self._keys.get(key)

    def response(self, incoming: Incoming, key: SiteKey | None, sender: Sender) -> Response:
        """The response behind the door, of something without faults."""
        now = int(self._clock() * 1000)
        answered, flags = self._answered(incoming, now)
        clock = local(answered, self.journey.zone(incoming.point, incoming.place))
        if incoming.website:
            flags.append(HONEYPOT)
        if is_robot(sender.agent):
            flags.append(ROBOT)
        if incoming.device or incoming.channel == "kiosk":
            if not flags and is_closed(self.journey.hours(incoming.point, incoming.place), clock):
                flags.append(CLOSED)
        elif is_fast(incoming.seq, incoming.gap):  # a device's presses are judged beside each other
            flags.append(FAST)
        id = uuid7_bytes(incoming.id)
        assert id is not None
        return Response(
            id=id, rev=incoming.rev, touchpoint=incoming.point, scale=incoming.scale, score=incoming.score,
            wording=incoming.wording, place=incoming.place, channel=incoming.channel,
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

    def shown(self, point: str, scale: str, place: str) -> Shown:
        now = int(self._clock() * 1000)
        return Shown(point, scale, place, local_day_hour(now, self.journey.zone(point, place))[0])


def _plain(text: str) -> str:
    """Text without the one letter that SQLite's own functions stop at."""
    return text.replace("\x00", "\ufffd")
