"""Ceilings: so many responses a minute, for each visitor, touchpoint or device; kept in memory and nowhere else."""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

REMEMBERED = 100_000
DAY = 86400.0


class Limits(NamedTuple):
    """Responses a minute; 0: no limit."""

    visitor: int = 0
    touchpoint: int = 0
    device: int = 0


class Ceiling:
    """Each name may use so many a minute; all at once too, after a rest of a minute.

    `hashed` names, the visitors' addresses, are known only as a hash whose key lives for a day.
    """

    def __init__(self, *, hashed: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._hashed = hashed
        self._secret = secrets.token_bytes(32)
        self._used: dict[str | bytes, tuple[float, float]] = {}
        self._born = clock()
        self._lock = threading.Lock()

    def seconds_to_wait(self, name: str, rate: int) -> int:
        """0 where the name may use one now (and that is counted), else the seconds until the next is free."""
        if not rate:
            return 0
        now = self._clock()
        with self._lock:
            if now - self._born > DAY or len(self._used) > REMEMBERED:
                self._used.clear()
                self._secret = secrets.token_bytes(32)
                self._born = now
            known = hmac.digest(self._secret, name.encode(), "sha256")[:16] if self._hashed else name
            free, then = self._used.get(known, (float(rate), now))
            free = min(float(rate), free + (now - then) * rate / 60)
            if free < 1:
                self._used[known] = (free, now)
                return int((1 - free) * 60 / rate) + 1
            self._used[known] = (free - 1, now)
        return 0


def visitor_of(address: str) -> str:
    """What stands for one visitor: an IPv6 household has more addresses than anybody can count, so its network."""
    try:
        found = ip_address(address) if ":" in address else None
    except ValueError:
        return address
    if found is None or (isinstance(found, IPv6Address) and found.ipv4_mapped):
        return address
    return found.packed[:8].hex()


def at_this_machine(address: str) -> bool:
    """Is it no visitor at all, but a program here or a proxy that nobody named in `trusted_proxies`?"""
    return address.startswith(("127.", "::ffff:127.")) or address == "::1"
