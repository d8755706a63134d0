"""What the running collector says to its operator, on the error stream: sentences, or one JSON object a line.

Nothing a visitor sent is ever said: no address, no query, no header, no field of a response.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from otklik_collector.numbers import Numbers
from otklik_collector.words import _

SUMMARY_SECONDS = 60.0


class Log:
    """`form` is text or json; every line is written at once, whichever thread speaks."""

    def __init__(self, form: str = "text", stream: TextIO | None = None) -> None:
        self._json = form == "json"
        self._stream = stream or sys.stderr
        self._lock = threading.Lock()

    def say(self, event: str, text: str, level: str = "info", **facts: object) -> None:
        """A line: `event` is a stable word and `facts` are for programs, `text` is for people."""
        if self._json:
            at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            line = {"at": at, "level": level, "event": event, **facts, "text": text}
            text = json.dumps(line, ensure_ascii=False)
        with self._lock, suppress(OSError, ValueError):  # nobody reads any more: that is no reason to stop serving
            self._stream.write(f"{text}\n")
            self._stream.flush()

    def broke(self, error: BaseException) -> None:
        """Tells of a mistake of ours: its kind and place, not its words, which may repeat what somebody sent."""
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-8:]]
        kind = type(error).__name__
        said = _("otklik: something went wrong here: %(kind)s (%(places)s)", kind=kind, places=" > ".join(places))
        self.say("error", said, "error", kind=kind, places=places)
        if os.environ.get("OTKLIK_DEBUG"):
            traceback.print_exception(error, file=self._stream)


class Reporter:
    """Reads the numbers every few seconds and tells what changed: storage that refuses, and sums of a minute."""

    def __init__(self, log: Log, numbers: Numbers) -> None:
        self._log = log
        self._numbers = numbers
        self._summed_at = time.monotonic()
        self._refusals: dict[tuple[int, str], int] = {}
        self._slow = 0
        self._failures = 0
        self._refusing_since: float | None = None

    def report(self, now: float, *, last: bool = False) -> None:
        """Tells what is new at `now` (monotonic seconds); `last`: also what would be told at the end of the minute."""
        self._storage(now)
        if last or now - self._summed_at >= SUMMARY_SECONDS:
            self._summed_at = now
            self._refused()
            self._slow_commits()

    def _storage(self, now: float) -> None:
        numbers = self._numbers
        if self._refusing_since is None and numbers.failures > self._failures:
            self._refusing_since = now
            said = _("otklik: responses wait, the database refuses: %(why)s", why=numbers.failure)
            self._log.say("storage-refuses", said, "error", why=numbers.failure)
        if self._refusing_since is not None and not numbers.failing:
            number, seconds = numbers.failures - self._failures, round(now - self._refusing_since)
            said = _("otklik: the database takes responses again; it refused %(n)d times in %(s)d seconds",
                     n=number, s=seconds)  # fmt: skip
            self._log.say("storage-takes-again", said, "info", failures=number, seconds=seconds)
            self._refusing_since = None
            self._failures = numbers.failures

    def _refused(self) -> None:
        refusals = self._numbers.refusals()
        new = {reason: number - self._refusals.get(reason, 0) for reason, number in refusals.items()}
        self._refusals = refusals
        told = [(status, code, number) for (status, code), number in sorted(new.items()) if number]
        if told:
            said = ", ".join(f"{status} {code}: {number}" for status, code, number in told)
            self._log.say("refused", _("otklik: refused since the last line: %(what)s", what=said), "info", refused=[
                {"status": status, "code": code, "number": number} for status, code, number in told
            ])  # fmt: skip

    def _slow_commits(self) -> None:
        number, self._slow = self._numbers.slow - self._slow, self._numbers.slow
        if number:
            longest = round(self._numbers.slowest * 1000)
            said = _("otklik: slow commits: %(n)d; the longest since the start took %(ms)d ms", n=number, ms=longest)
            self._log.say("slow-commits", said, "warning", number=number, slowest_ms=longest)
