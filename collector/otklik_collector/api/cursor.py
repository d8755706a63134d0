"""Where a walk through the responses stands: a word that only we read, good for the question it came from."""

from __future__ import annotations

import base64
import hashlib
import struct
from typing import NamedTuple

from otklik_collector.problem import BadField, Problem
from otklik_collector.store.reading import Key, Wanted

_FORM = struct.Struct(">IIIq16s8s")


class Cursor(NamedTuple):
    """The period of the walk and the last response that was looked at."""

    start: int
    end: int
    last: Key


def write(wanted: Wanted, last: Key) -> str:
    """The cursor that goes on behind `last`."""
    day, series, id = last
    packed = _FORM.pack(wanted.start, wanted.end, day, series, id.ljust(16, b"\0"), _mark(wanted))
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read(written: str, wanted: Wanted, *, period_named: bool) -> Cursor:
    """The cursor; raises `Problem` 400 where it is none of ours, or belongs to another question."""
    try:
        packed = base64.b64decode(written + "=" * (-len(written) % 4), altchars=b"-_", validate=True)
        start, end, day, series, id, mark = _FORM.unpack(packed)
    except (ValueError, struct.error):
        raise _refused(written, "take it as “next” gave it") from None
    if mark != _mark(wanted) or (period_named and (start, end) != (wanted.start, wanted.end)):
        raise _refused(written, "belongs to other filters; leave it out to begin again")
    return Cursor(start, end, (day, series, id))


def _mark(wanted: Wanted) -> bytes:
    asked = (
        wanted.touchpoint, wanted.scale, wanted.places, wanted.segment, wanted.channel, wanted.flagged,
        wanted.commented,
    )  # fmt: skip
    return hashlib.sha256(repr(asked).encode()).digest()[:8]


def _refused(written: str, rule: str) -> Problem:
    return Problem(400, "bad-parameter", "The request is not as agreed", [BadField("cursor", written, rule)])
