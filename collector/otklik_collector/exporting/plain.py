"""A stored response as plain data, as the API and every export tell it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from otklik_collector.masking import masked
from otklik_collector.response import day_of
from otklik_collector.store.reading import Row

Words = Literal["none", "masked", "whole"]
"""What is told of what people wrote: nothing; comments without the people in them; all, with contacts and persons."""
FIELDS = (
    "id", "rev", "answered_at", "received_at", "day", "hour", "touchpoint", "scale", "wording", "score", "reasons",
    "place", "channel", "segment", "lang", "page", "flags", "source",
)  # fmt: skip
WORDS: dict[Words, tuple[str, ...]] = {
    "none": (),
    "masked": ("comment",),
    "whole": ("comment", "contact", "consent", "person"),
}


def names_of(words: Words) -> tuple[str, ...]:
    """The fields of a response that is told so."""
    return (*FIELDS, *WORDS[words])


def plain(row: Row, words: Words = "none") -> dict[str, Any]:
    """The response under `names_of(words)`; times in UTC, day and hour local, null where there is nothing."""
    told: dict[str, Any] = {
        "id": id_text(row.id), "rev": row.rev, "answered_at": utc(row.answered_at), "received_at": utc(row.received_at),
        "day": day_of(row.day).isoformat(), "hour": row.hour, "touchpoint": row.touchpoint, "scale": row.scale,
        "wording": row.wording, "score": row.score, "reasons": msgspec.json.decode(row.reasons), "place": row.place,
        "channel": row.channel, "segment": row.segment, "lang": row.lang, "page": row.page,
        "flags": row.flags.split(), "source": row.source,
    }  # fmt: skip
    if words != "none":
        comment = row.comment or ""
        told["comment"] = masked(comment) if comment and words == "masked" else comment
    if words == "whole":
        told["contact"], told["consent"] = row.contact, row.consent
        told["person"] = row.person.hex() if row.person else None
    return told


def id_text(id: bytes) -> str:
    """The 16 bytes of an id as people write it."""
    digits = id.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def utc(milliseconds: int) -> str:
    """2026-03-02T10:00:00.000Z"""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds")[:23] + "Z"
