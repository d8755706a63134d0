"""Sends text packed (gzip) to who can unpack it, and knows what must not be packed.

How long a packed page is tells a little of what is in it. Who can put words of their own into a page that somebody
signed in opens, and can see how long the reply is, could guess what else is in it, letter by letter (BREACH). So of
the console only styles and pages of figures are packed, whose one secret, the guard of their forms, is written
differently in each reply; pages that hold names or customers' words are sent as they are.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
from collections import OrderedDict

import flask

LEAST, MOST = 1024, 1024 * 1024
"""Bytes: below it the headers weigh more than is saved; above it packing would hold others up. A map of 200 touchpoints
has 320 KB, which become 16 in 2.4 ms; a megabyte takes 8."""
CACHE_BYTES = 16 * 2**20
TYPES = re.compile(
    r"text/|image/svg\+xml|application/(json|manifest\+json|problem\+json|javascript|xml|rss\+xml|atom\+xml)"
)
OPEN_IN_CONSOLE = {"console.map", "console.style", "console.map_style", "console.charts_style", "console.bar_style"}
"""Pages of the console that may be packed: they show figures, and nothing anybody wrote."""


class Packed:
    """What was packed before, by a name that changes with the content; the least used goes first."""

    def __init__(self, most: int = CACHE_BYTES) -> None:
        self._most = most
        self._size = 0
        self._kept: OrderedDict[object, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: object) -> bytes | None:
        with self._lock:
            found = self._kept.get(name)
            if found is not None:
                self._kept.move_to_end(name)
            return found

    def put(self, name: object, content: bytes) -> bytes:
        """Packs, keeps and returns it."""
        packed = pack(content, 9)
        with self._lock:
            before = self._kept.pop(name, b"")
            self._kept[name] = packed
            self._size += len(packed) - len(before)
            while self._size > self._most:
                self._size -= len(self._kept.popitem(last=False)[1])
        return packed


def pack(content: bytes, level: int = 6) -> bytes:
    # Without a time in it the same content is always the same reply.
    return gzip.compress(content, level, mtime=0)


def accepts(header: str | None) -> bool:
    """Does this Accept-Encoding take gzip? `gzip;q=0` does not."""
    for part in (header or "").lower().split(","):
        name, _semicolon, quality = part.partition(";")
        if name.strip() == "gzip":
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", quality)
    return False


def worth(content_type: str, size: int) -> bool:
    """Is it text, and of a length that gains?"""
    return LEAST <= size <= MOST and TYPES.match(content_type) is not None


class PagePacker:
    """Packs the replies of Flask; styles and scripts, which are the same for everybody, once."""

    def __init__(self) -> None:
        self._packed = Packed()

    def __call__(self, reply: flask.Response) -> flask.Response:
        if (
            reply.is_streamed
            or reply.direct_passthrough
            or reply.status_code in (204, 206, 304)
            or not _may_be_packed()
        ):
            return reply
        content = reply.get_data()
        if "Content-Encoding" in reply.headers or not worth(reply.mimetype or "", len(content)):
            return reply
        reply.vary.add("Accept-Encoding")
        if accepts(flask.request.headers.get("Accept-Encoding")):
            reply.set_data(self._public(content) if reply.cache_control.public else pack(content))
            reply.headers["Content-Encoding"] = "gzip"
            tag, _weak = reply.get_etag()
            if tag is not None:  # other bytes, the same meaning
                reply.set_etag(tag, weak=True)
        return reply

    def _public(self, content: bytes) -> bytes:
        name = hashlib.sha256(content).digest()
        return self._packed.get(name) or self._packed.put(name, content)


def _may_be_packed() -> bool:
    request = flask.request
    of_console = request.blueprint == "console" or request.path.startswith("/console")
    return not of_console or request.endpoint in OPEN_IN_CONSOLE
