"""The contract of a response: its fields, its limits, its id, and the paths that carry it."""

from __future__ import annotations

import re
import secrets
import time
from uuid import UUID

BODY_BYTES = 8 * 1024
LIST_BYTES = 64 * 1024
LIST_RESPONSES = 50
COMMENT_LETTERS = 2000
CONTACT_LETTERS = 200
CHANNELS = ("web", "kiosk", "qr", "email", "sms", "messenger", "phone", "paper", "import")
KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")

# Every field that a response may carry.
FIELDS = (
    "id", "rev", "key", "point", "place", "scale", "score", "wording", "reasons", "comment", "contact", "lang",
    "channel", "segment", "customer", "page", "at", "sent", "seq", "gap", "device", "token", "rate", "website",
)  # fmt: skip

# Blockers hide requests whose path has a segment that equals or begins with one of these.
HIDDEN_WORDS = (
    "collector", "track", "beacon", "metric", "stat", "survey", "event",
    "analytic", "ping", "pixel", "log", "counter",
)  # fmt: skip


def hidden_by_blockers(path: str) -> bool:
    """Would an ad blocker's usual lists hide this path? True for `/stats/x`, False for `/responses`."""
    return any(part.lower().startswith(HIDDEN_WORDS) for part in path.split("/") if part)


_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def uuid7_bytes(text: str) -> bytes | None:
    """The 16 bytes of a UUIDv7 in its usual written form (RFC 9562, any case), or None where it is none."""
    text = text.lower()
    return bytes.fromhex(text.replace("-", "")) if _UUID7.fullmatch(text) else None


def uuid_text(id: bytes) -> str:
    """The usual written form of 16 bytes, in small letters."""
    digits = id.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def make_uuid7(milliseconds: int | None = None, bits: bytes | None = None) -> UUID:
    """A UUIDv7 (RFC 9562, 5.7) of a Unix time in ms (now) and 10 bytes of which 74 bits are kept (random)."""
    moment = int(time.time() * 1000) if milliseconds is None else milliseconds
    rest = secrets.token_bytes(10) if bits is None else bits[:10]
    raw = bytearray(max(moment, 0).to_bytes(6, "big") + rest)
    raw[6] = 0x70 | (raw[6] & 0x0F)
    raw[8] = 0x80 | (raw[8] & 0x3F)
    return UUID(bytes=bytes(raw))
