"""What a client may send, decoded and checked: one field wrong or all of them, every fault is named."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, get_type_hints

import msgspec
from msgspec import Meta

from otklik_collector.problem import BadField, Problem
from otklik_widget.contract import CHANNELS, COMMENT_LETTERS, CONTACT_LETTERS, FIELDS, KEY, LIST_RESPONSES, uuid7_bytes
from otklik_widget.journey import Journey
from otklik_widget.scales import SCALES

Whole = Annotated[int, Meta(ge=0, le=2**53)]
Short = Annotated[str, Meta(max_length=64)]


class Contact(msgspec.Struct, forbid_unknown_fields=True):
    """How to answer somebody, with the version of the consent they gave for that and nothing else."""

    value: Annotated[str, Meta(min_length=1, max_length=CONTACT_LETTERS)]
    consent: Annotated[str, Meta(min_length=1, max_length=64)]


class Incoming(msgspec.Struct, forbid_unknown_fields=True):
    """A response as it is sent: the fields of `otklik_widget.contract.FIELDS`."""

    id: Annotated[str, Meta(max_length=36)]
    point: Short
    scale: Annotated[str, Meta(max_length=16)]
    score: int | None = None
    rev: Annotated[int, Meta(ge=1, le=2**53)] = 1
    key: Short = ""
    place: Short = ""
    wording: Short = ""
    reasons: Annotated[list[Short], Meta(max_length=20)] = []
    comment: Annotated[str, Meta(max_length=COMMENT_LETTERS)] = ""
    contact: Contact | None = None
    lang: Annotated[str, Meta(max_length=35)] = ""
    channel: Annotated[str, Meta(max_length=16)] = "web"
    segment: Short = ""
    customer: Annotated[str, Meta(max_length=256)] = ""
    page: Annotated[str, Meta(max_length=2048)] = ""
    at: Whole | None = None
    sent: Whole | None = None
    seq: Whole | None = None
    gap: Whole | None = None
    device: Short = ""
    token: Annotated[str, Meta(max_length=512)] = ""
    rate: Annotated[float, Meta(gt=0, le=1)] | None = None
    website: Annotated[str, Meta(max_length=256)] = ""


class IncomingShown(msgspec.Struct, forbid_unknown_fields=True):
    """A question that was put before somebody."""

    point: Short
    scale: Annotated[str, Meta(max_length=16)]
    key: Short = ""
    place: Short = ""


_decoder = msgspec.json.Decoder(Incoming)
_shown_decoder = msgspec.json.Decoder(IncomingShown)
_items = msgspec.json.Decoder(list[msgspec.Raw])
_types = get_type_hints(Incoming, include_extras=True)
_names = frozenset(name.encode() for part in (Incoming, Contact) for name in part.__struct_fields__)
_required = ("id", "point", "scale")
_loose = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]*")
_LANG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def decode_list(body: bytes) -> list[bytes]:
    """The items of a JSON list, each still text; raises `Problem` where it is none, empty or too long."""
    try:
        items = [bytes(item) for item in _items.decode(body)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        # One item may hold what only a strict reader refuses, like half of a letter; the others are no worse for it.
        cut = _cut(body)
        if cut is None:
            raise _malformed(error) from None
        items = cut
    if not 1 <= len(items) <= LIST_RESPONSES:
        rule = f"a list holds 1 to {LIST_RESPONSES} responses; this one has {len(items)}"
        raise Problem(422, "bad-list", "The list cannot be taken", [BadField("", len(items), rule)])
    return items


def _cut(body: bytes) -> list[bytes] | None:
    """The items of a list cut apart without looking at what they hold; None where it is no JSON list at all."""
    try:
        text, items = body.decode().strip(" \t\r\n"), []
        if not text.startswith("["):
            return None
        at, end = 0, ""
        while end != "]":
            at = _space_end(text, at + 1)
            _found, after = _loose.raw_decode(text, at)
            items.append(text[at:after].encode())
            at = _space_end(text, after)
            end = text[at]
            if end not in ",]":
                return None
    except (ValueError, IndexError, RecursionError):
        return None
    return items if at == len(text) - 1 else None


def _space_end(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def read(body: bytes, journey: Journey, channels: tuple[str, ...] = CHANNELS) -> tuple[Incoming, list[BadField]]:
    """One response as far as it can be read, and every fault of it, of types and of the journey alike.

    Raises `Problem` 400 where the body is no JSON. Fields that are missing or of a wrong type have their defaults.
    """
    try:
        found = _decoder.decode(body)
        repeated = _repeated_names(body)
    except msgspec.ValidationError:
        return _read_faulty(body, journey, channels)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise _malformed(error) from None
    return found, [*_repeated(repeated), *faults_of(found, journey, channels)]


def _read_faulty(body: bytes, journey: Journey, channels: tuple[str, ...]) -> tuple[Incoming, list[BadField]]:
    """msgspec stops at the first wrong field: read again without types and try each field by itself."""
    found, faults = read_untyped(body)  # msgspec may meet a wrong type before it meets a broken text
    if not isinstance(found, dict):
        return Incoming("", "", ""), [BadField("", found, "a response is a JSON object")]
    right = {}
    for name, value in found.items():
        if name not in FIELDS:
            faults.append(BadField(name[:100], value, "unknown field"))
            continue
        try:
            right[name] = msgspec.convert(value, _types[name])
        except msgspec.ValidationError as error:
            faults.append(BadField(name, value, str(error)))
    faults += [BadField(name, None, "required") for name in _required if name not in found]
    incoming = Incoming(**dict.fromkeys(_required, "") | right)
    # A field that is missing or of a wrong type is named once, not again as empty.
    wrong = set(found) - set(right) | {name for name in _required if name not in found}
    faults += [fault for fault in faults_of(incoming, journey, channels) if fault.field not in wrong]
    return incoming, faults


def decode_shown(body: bytes) -> IncomingShown:
    """A question shown; raises `Problem` 400 or 422 with the first fault."""
    try:
        return _shown_decoder.decode(body)
    except msgspec.ValidationError as error:
        fault = BadField("", None, str(error))
        raise Problem(422, "bad-shown", "The question shown is not as agreed", [fault]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _malformed(error) from None


def faults_of_shown(shown: IncomingShown, journey: Journey) -> list[BadField]:
    """What is wrong with a question shown, measured against the journey."""
    faults = []
    if shown.point not in journey.touchpoints:
        faults.append(BadField("point", shown.point, "no such touchpoint in the journey"))
    if shown.scale not in SCALES:
        faults.append(BadField("scale", shown.scale, f"must be one of {', '.join(SCALES)}"))
    if shown.place and shown.place not in journey.place_keys:
        faults.append(BadField("place", shown.place, "no such place in the journey"))
    return faults


def _malformed(error: Exception) -> Problem:
    said = str(error) if isinstance(error, msgspec.DecodeError) else "not UTF-8 text or nested too deeply"
    return Problem(400, "bad-json", f"The body is not JSON: {said}")


def read_untyped(body: bytes) -> tuple[Any, list[BadField]]:
    """What a body says, and the fields that stand more than once in it; raises `Problem` 400 where it is no JSON."""
    repeated: list[str] = []
    try:
        # Of bytes json.loads would take half a surrogate pair; a text is decoded strictly.
        found = json.loads(body.decode(), object_pairs_hook=lambda pairs: _unrepeated(pairs, repeated))
    except (ValueError, RecursionError):
        raise Problem(400, "bad-json", "The body is not JSON") from None
    return found, _repeated(repeated)


def _repeated_names(body: bytes) -> list[str]:
    """The fields that stand more than once, which msgspec takes silently, of something that it could decode.

    Without a backslash every second piece between quotes is a whole string, a field's name or a value. No field is
    repeated where no name of a field is; where one is, it may be a value that reads like a name: a full reading tells.
    """
    if b"\\" not in body:
        names = list(filter(_names.__contains__, body.split(b'"')[1::2]))
        if len(set(names)) == len(names):
            return []
    repeated: list[str] = []
    json.loads(body, object_pairs_hook=lambda pairs: _unrepeated(pairs, repeated))
    return repeated


def _unrepeated(pairs: list[tuple[str, Any]], repeated: list[str]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        repeated.extend(sorted({name for name in names if names.count(name) > 1}))
    return found


def _repeated(names: list[str]) -> list[BadField]:
    return [BadField(name[:100], None, "the field stands more than once") for name in names]


def faults_of(incoming: Incoming, journey: Journey, channels: tuple[str, ...] = CHANNELS) -> list[BadField]:
    """What is wrong with a response of the right types, measured against the journey; empty where it is right."""
    faults = []
    if uuid7_bytes(incoming.id) is None:
        faults.append(BadField("id", incoming.id, "must be a UUIDv7, written as 8-4-4-4-12 hexadecimal digits"))
    touchpoint = journey.touchpoints.get(incoming.point)
    if touchpoint is None:
        faults.append(BadField("point", incoming.point, "no such touchpoint in the journey"))
    scale = SCALES.get(incoming.scale)
    if scale is None:
        faults.append(BadField("scale", incoming.scale, f"must be one of {', '.join(SCALES)}"))
    elif scale.kind is None:
        if incoming.score is not None:
            faults.append(BadField("score", incoming.score, "a message has no score"))
        if not incoming.comment.strip():
            faults.append(BadField("comment", incoming.comment, "required for a message"))
    elif not scale.has(incoming.score):
        rule = f"{scale.key} runs from {scale.low} to {scale.high}"
        faults.append(BadField("score", incoming.score, rule if incoming.score is not None else f"required: {rule}"))
    if incoming.place:
        if incoming.place not in journey.place_keys:
            faults.append(BadField("place", incoming.place, "no such place in the journey"))
        elif touchpoint and touchpoint.places and incoming.place not in touchpoint.places:
            faults.append(BadField("place", incoming.place, "this touchpoint does not exist in that place"))
    if incoming.channel not in channels:
        faults.append(BadField("channel", incoming.channel, f"must be one of {', '.join(channels)}"))
    if incoming.lang and not _LANG.fullmatch(incoming.lang):
        faults.append(BadField("lang", incoming.lang, "must be a language code like ru or en-GB"))
    for reason in incoming.reasons:
        if not KEY.fullmatch(reason):
            faults.append(BadField("reasons", reason, "must be keys of reasons"))
            break
    if incoming.device and not KEY.fullmatch(incoming.device):
        faults.append(BadField("device", incoming.device, "must be a device's key"))
    if incoming.token:
        faults.append(BadField("token", incoming.token, "no invitation has this token"))
    return faults
