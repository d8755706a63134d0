"""Slows down who guesses passwords: after a few wrong ones each next try waits twice as long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

FREE_FOR_A_NAME = 5
FREE_FOR_AN_ADDRESS = 20
"""A whole shop may sit behind one address."""
LONGEST_WAIT = 300
"""Longer would let a stranger lock somebody out; so it is under 300 guesses a day for one name."""
FORGET_SECONDS = 24 * 3600
MOST_REMEMBERED = 20_000


@dataclass
class _Tries:
    wrong: int = 0
    wait_until: float = 0.0
    last: float = 0.0


class Throttle:
    """In memory: a restart forgives, and no address is ever written down.

    From where somebody has signed in before, their name waits by itself: a stranger who guesses at it elsewhere, on
    and on, slows down himself and not them.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tries: dict[tuple[str, str], _Tries] = {}
        self._homes: dict[tuple[str, str], None] = {}
        self._lock = threading.Lock()

    def wait(self, name: str, address: str) -> int:
        """Seconds until this may be tried; 0: now, and the try is counted as wrong until `forgive` is called.

        Counting first leaves no gap in which a hundred tries at once would all be the first.
        """
        now = self._clock()
        with self._lock:
            keys = self._keys(name, address)
            waiting = [tries.wait_until - now for key in keys if (tries := self._tries.get(key))]
            if waiting and max(waiting) > 0:
                return int(max(waiting)) + 1
            for key, free in zip(keys, (FREE_FOR_A_NAME, FREE_FOR_AN_ADDRESS), strict=True):
                tries = self._remembered(key, now)
                tries.wrong += 1
                tries.last = now
                if tries.wrong >= free:
                    tries.wait_until = now + min(LONGEST_WAIT, 2.0 ** min(tries.wrong - free, 20))
            return 0

    def forgive(self, name: str, address: str) -> None:
        """The try was right: the name begins anew, and the address loses this one try only.

        Else who has one password could wipe out the wrong tries on all others.
        """
        with self._lock:
            of_name, of_address = self._keys(name, address)
            self._tries.pop(of_name, None)
            home = (name, of_address[1])
            self._homes.pop(home, None)  # the latest one stands last
            self._homes[home] = None
            if len(self._homes) > MOST_REMEMBERED:
                del self._homes[next(iter(self._homes))]
            if tries := self._tries.get(of_address):
                tries.wrong = max(0, tries.wrong - 1)
                if tries.wrong < FREE_FOR_AN_ADDRESS:
                    tries.wait_until = 0.0

    def wrong(self, name: str, address: str) -> int:
        """How many wrong tries a name has had, from there or from wherever it is not at home."""
        with self._lock:
            found = self._tries.get(self._keys(name, address)[0])
            return found.wrong if found else 0

    def _keys(self, name: str, address: str) -> tuple[tuple[str, str], tuple[str, str]]:
        network = network_of(address)
        of_name = ("home", f"{network} {name}") if (name, network) in self._homes else ("name", name)
        return of_name, ("address", network)

    def _remembered(self, key: tuple[str, str], now: float) -> _Tries:
        found = self._tries.get(key)
        if found and now - found.last > FORGET_SECONDS:
            found = None
        if found is None:
            if len(self._tries) >= MOST_REMEMBERED:
                self._make_room()
            found = self._tries[key] = _Tries()
        return found

    def _make_room(self) -> None:
        """Drops the tenth that matters least: invented names must not push out the one under attack."""
        by_weight = sorted(self._tries, key=lambda key: (self._tries[key].wrong, self._tries[key].last))
        for key in by_weight[: MOST_REMEMBERED // 10]:
            del self._tries[key]


def network_of(address: str) -> str:
    """An address as a visitor counts: of IPv6 the half that a provider gives out."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and not found.ipv4_mapped:
        return str(int(found) >> 64)
    return str((isinstance(found, IPv6Address) and found.ipv4_mapped) or found)
