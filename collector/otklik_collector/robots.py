"""Who presses on an invitation: what a robot does between a page and its press that a person does not."""

from __future__ import annotations

import hmac
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from otklik_collector.misuse import FAST, FAST_MS, ROBOT

SWEEP_MS = 10_000
SWEEP_SCORES = 3
"""So many different scores of one link within ten seconds: somebody follows every link of a mail."""
REMEMBERED = 10_000


class Stamp:
    """Marks a rendered page with its time: a press without the mark was made by nobody who saw the page."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def make(self, token: str, now: int) -> str:
        return f"{now:x}-{self._mark(token, now)}"

    def read(self, token: str, stamp: str) -> int | None:
        """When the page was rendered, in ms; None where the mark is not ours or of another link."""
        written, _dash, mark = stamp.partition("-")
        if not 1 <= len(written) <= 12 or not written.isascii() or not written.isalnum():
            return None
        try:
            then = int(written, 16)
        except ValueError:
            return None
        return then if hmac.compare_digest(mark.encode(), self._mark(token, then).encode()) else None

    def _mark(self, token: str, then: int) -> str:
        return hmac.digest(self._secret, f"page {then} {token}".encode(), "sha256")[:10].hex()


class Followers:
    """Remembers in memory what was opened lately: links of several scores, and the trap of a page."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._scores: OrderedDict[bytes, list[tuple[int, str]]] = OrderedDict()
        self._trapped: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def opened(self, id: bytes, score: str) -> None:
        """A link was opened or pressed with this score."""
        if not score:
            return
        now = int(self._clock() * 1000)
        with self._lock:
            seen = [one for one in self._scores.pop(id, []) if now - one[0] < SWEEP_MS and one[1] != score]
            self._scores[id] = [*seen, (now, score)][-SWEEP_SCORES:]
            _forget(self._scores)

    def trapped(self, stamp: str) -> None:
        """The link that nobody can see was followed, on the page with this mark."""
        with self._lock:
            self._trapped[stamp] = None
            _forget(self._trapped)

    def flags(self, id: bytes, stamp: str, rendered: int) -> tuple[str, ...]:
        """Why a press is suspected, as words of `misuse`; nothing for a person's."""
        now = int(self._clock() * 1000)
        with self._lock:
            swept = [one for one in self._scores.get(id, []) if now - one[0] < SWEEP_MS]
            robot = stamp in self._trapped or len(swept) >= SWEEP_SCORES
        # The clock may have been put back between the page and the press: that is nobody's haste.
        return ((ROBOT,) if robot else ()) + ((FAST,) if 0 <= now - rendered < FAST_MS else ())


def _forget(remembered: OrderedDict[bytes, list[tuple[int, str]]] | OrderedDict[str, None]) -> None:
    while len(remembered) > REMEMBERED:
        remembered.popitem(last=False)
