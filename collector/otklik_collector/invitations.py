"""Invitations: what a link asks and of whom, signed so that nobody can change it or learn a customer's key."""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated

import msgspec
from msgspec import Meta

from otklik_collector.words import _
from otklik_widget.contract import make_uuid7
from otklik_widget.faults import nearest
from otklik_widget.journey import Journey
from otklik_widget.scales import SCALES

CHANNELS = ("email", "sms", "messenger")
DAYS, MOST_DAYS = 30, 365
DAY_MS = 86_400_000
SMS_LETTERS = 70
"""Cyrillic letters of one short message; a longer text is paid twice."""
# The first letter of a token: none of the words that blockers look for at the beginning of an address begins with it.
SIGNED, SHORT = "v", "q"
SHORT_LETTERS = 10
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""No two that are taken for each other: 57 of them, so that ten hold 58 bits."""
_SIGNATURE = 16

Name = Annotated[str, Meta(max_length=64)]


class Invitation(msgspec.Struct, frozen=True, kw_only=True, array_like=True, forbid_unknown_fields=True):
    """What is asked, and what its answer will carry. Times in ms; `person` is the keyed hash of a customer's key.

    The hash is what the database keeps of a customer anyway: from a link nobody can tell who it is.
    """

    touchpoint: Name
    scale: Name
    place: Name = ""
    channel: Name = "email"
    segment: Name = ""
    lang: Name = ""
    person: bytes | None = None
    made_at: int = 0
    expires_at: int = 0
    lot: Annotated[bytes, Meta(min_length=8, max_length=8)] = b"\0" * 8
    """Random: two links made in the same moment are two answers."""

    def packed(self) -> bytes:
        return msgspec.msgpack.encode(self)

    def id(self, secret: bytes) -> bytes:
        """The id of its one response, however often it is answered; nobody can tell it without the secret."""
        return make_uuid7(self.made_at, hmac.digest(secret, b"id " + self.packed(), "sha256")).bytes

    def signed(self, secret: bytes) -> str:
        """The token that carries all of it."""
        packed = self.packed()
        return SIGNED + _text(packed + _signature(secret, packed))


def read_signed(token: str, secret: bytes) -> Invitation | None:
    """The invitation of a signed token; None where one letter is not as it was written."""
    raw = _bytes(token[1:]) if token.startswith(SIGNED) and len(token) <= 1000 else None
    if raw is None or not hmac.compare_digest(_signature(secret, raw[:-_SIGNATURE]), raw[-_SIGNATURE:]):
        return None
    return unpacked(raw[:-_SIGNATURE])


def unpacked(packed: bytes) -> Invitation | None:
    """The invitation of its packed form; None where it is none, or of a later version."""
    try:
        return msgspec.msgpack.decode(packed, type=Invitation)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def hinted(token: str) -> Invitation | None:
    """What a damaged or outdated token seems to ask: good for showing an open question, and for nothing else."""
    raw = _bytes(token[1:]) if token.startswith(SIGNED) and len(token) <= 1000 else None
    return unpacked(raw[:-_SIGNATURE]) if raw else None


def short_token() -> str:
    """A token that carries nothing: what it asks stands in the database."""
    return SHORT + "".join(secrets.choice(_ALPHABET) for _letter in range(SHORT_LETTERS))


def faults_of(
    journey: Journey, touchpoint: str, *, scale: str = "", place: str = "", segment: str = "", lang: str = ""
) -> dict[str, str]:
    """What of an invitation the journey does not know, by field."""
    found = journey.touchpoints.get(touchpoint)
    if found is None:
        said = _("the journey has no touchpoint “%(key)s”.", key=touchpoint[:64])
        return {"touchpoint": said + nearest(touchpoint, journey.touchpoints)}
    faults = {}
    if scale and scale not in found.ask:
        said = _("“%(key)s” asks no “%(scale)s”; it asks %(known)s.", key=touchpoint, scale=scale[:16],
                 known=", ".join(found.ask))  # fmt: skip
        faults["scale"] = said + nearest(scale, SCALES)
    if place and place not in journey.place_keys:
        said = _("the journey has no place “%(key)s”.", key=place[:64])
        faults["place"] = said + nearest(place, journey.place_keys)
    elif place and found.places and place not in found.places:
        faults["place"] = _("the touchpoint “%(key)s” does not exist in that place", key=touchpoint)
    if segment and segment not in journey.company.segments:
        known = ", ".join(journey.company.segments) or "-"
        said = _("the journey has no segment “%(value)s”; known: %(known)s.", value=segment[:64], known=known)
        faults["segment"] = said + nearest(segment, journey.company.segments)
    if lang and lang not in journey.company.languages:
        known = ", ".join(journey.company.languages)
        faults["language"] = _(
            "the company does not speak “%(value)s”; it speaks %(known)s", value=lang[:35], known=known
        )
    return faults


def lot() -> bytes:
    return secrets.token_bytes(8)


def _signature(secret: bytes, packed: bytes) -> bytes:
    return hmac.digest(secret, b"link " + packed, "sha256")[:_SIGNATURE]


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes | None:
    """What was written so, letter for letter: the decoder itself overlooks strange letters and loose bits."""
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    return raw if _text(raw) == text else None
