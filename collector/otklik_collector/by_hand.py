"""A case that somebody opens: of what a customer told by phone or on paper, or of a response that is stored."""

from __future__ import annotations

from typing import NamedTuple

from otklik_collector.cases import KINDS, CaseRule
from otklik_collector.response import Response, local_day_hour
from otklik_collector.store import Store
from otklik_collector.store.cases import Case
from otklik_collector.words import _
from otklik_widget.contract import COMMENT_LETTERS, CONTACT_LETTERS
from otklik_widget.faults import Fault, Faults, nearest
from otklik_widget.journey import Journey

CHANNELS = ("phone", "paper", "email", "messenger")
CONSENT = "by-hand-1"
"""Under which wording the customer agreed to be answered: they told it to the person who wrote it down."""


class Told(NamedTuple):
    """What the customer told, as it was typed in."""

    touchpoint: str
    text: str
    place: str = ""
    channel: str = "phone"
    kind: str = ""
    contact: str = ""
    agreed: bool = False


def open_case(store: Store, journey: Journey, rule: CaseRule, told: Told, id: bytes, who: str, now: int) -> Case:
    """Stores a message under an id and its case with it; the same id again gives the same case. Raises `Faults`."""
    if faults := list(_faults(journey, told).items()):
        raise Faults(Fault(field, None, said) for field, said in faults)
    day, hour = local_day_hour(now, journey.zone(told.touchpoint, told.place))
    response = Response(
        id=id, touchpoint=told.touchpoint, scale="message", score=None, answered_at=now, received_at=now, day=day,
        hour=hour, place=told.place, channel=told.channel, comment=_plain(told.text),
        contact=(_plain(told.contact), CONSENT) if told.contact.strip() else None,
    )  # fmt: skip
    store.series.use(journey)
    # Of what was stored just now, and of nothing else: the id may be an erased one's, or one of another place.
    store.responses.also = lambda stored: store.cases.open([rule.case(one, told.kind) for one in stored], who)
    try:
        store.responses.submit([response])
    finally:
        store.responses.also = None
    found = store.cases.of_response(id)
    same = found and (found.touchpoint, found.place, found.comment) == (told.touchpoint, told.place, response.comment)
    if not found or not same:
        raise Faults([Fault("", None, _("this was sent before or erased, and is not stored again; begin a new one"))])
    return found


def _faults(journey: Journey, told: Told) -> dict[str, str]:
    faults: dict[str, str] = {}
    for field, value, known in (
        ("touchpoint", told.touchpoint, list(journey.touchpoints)),
        ("place", told.place, ["", *journey.place_keys]),
        ("channel", told.channel, CHANNELS),
        ("kind", told.kind, ["", *KINDS]),
    ):
        if value not in known:
            named = [one for one in known if one]
            listed = ", ".join(named) or _("none at all")
            said = _("there is no “%(value)s”; known: %(known)s.", value=value[:80], known=listed)
            faults[field] = said + nearest(value, named) if value else _("name one of: %(known)s.", known=listed)
    touchpoint = journey.touchpoints.get(told.touchpoint)
    if touchpoint and told.place and touchpoint.places and told.place not in touchpoint.places:
        faults.setdefault("place", _("this touchpoint does not exist there"))
    if not told.text.strip() or len(told.text) > COMMENT_LETTERS:
        faults["text"] = _("write what the customer told, in %(n)d letters at most", n=COMMENT_LETTERS)
    if len(told.contact) > CONTACT_LETTERS:
        faults["contact"] = _("a contact has %(n)d letters at most", n=CONTACT_LETTERS)
    elif told.contact.strip() and not told.agreed:
        faults["contact"] = _("store a contact only if the customer agreed to be answered there, and say so")
    return faults


def _plain(text: str) -> str:
    return text.strip().replace("\r\n", "\n").replace("\x00", "\ufffd")
