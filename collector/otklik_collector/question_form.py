"""What a customer filled into the plain form, read as a response."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from uuid import UUID

from otklik_collector.door import HTTP_CHANNELS
from otklik_collector.incoming import Contact, Incoming, faults_of
from otklik_collector.store.responses import new_id
from otklik_collector.words import _
from otklik_widget.contract import COMMENT_LETTERS, CONTACT_LETTERS, uuid7_bytes
from otklik_widget.journey import Journey
from otklik_widget.scales import SCALES

SAME_ANSWER_MS = 60 * 60 * 1000
"""So long one page may be open, sent, changed and sent again as the same answer."""


def read_form(
    form: Mapping[str, str], reasons: Sequence[str], touchpoint: str, journey: Journey, lang: str, page: str = ""
) -> tuple[Incoming, dict[str, str]]:
    """The response of a plain form in `lang` on a page, and its faults by field, in words for the customer."""
    faults: dict[str, str] = {}
    scale = form.get("scale") or journey.touchpoints[touchpoint].main
    written = form.get("score", "").strip()
    score: int | None = None
    if written:
        # int() would take "٣", " 3 " and "1_0" as well.
        score = int(written) if re.fullmatch(r"-?[0-9]{1,9}", written) else None
        if score is None:
            faults["score"] = _wrong("score")
    comment = form.get("comment", "").replace("\r\n", "\n")
    if len(comment) > COMMENT_LETTERS:
        faults["comment"] = _wrong("comment")
    contact, consent = form.get("contact", "").strip(), form.get("consent", "")[:64]
    if len(contact) > CONTACT_LETTERS or (contact and not consent):
        faults["contact"] = _wrong("contact")
    now = int(time.time() * 1000)
    id = recent(form.get("id", ""), now) or new_id(now)
    if scale in SCALES and not SCALES[scale].kind:
        score = None
        faults.pop("score", None)
    incoming = Incoming(
        id=str(UUID(bytes=id)),
        point=touchpoint,
        scale=scale[:16],
        score=score,
        # A form sent again with another answer is the next revision, and time always goes on.
        rev=max(1, now - int.from_bytes(id[:6], "big")),
        place=form.get("place", "")[:64],
        reasons=[reason[:64] for reason in reasons][:20],
        comment=comment,
        contact=Contact(contact, consent) if contact and "contact" not in faults else None,
        lang=form.get("lang", "")[:35] or lang,
        channel=form.get("channel", "")[:16] or "web",
        wording="",
        page=page,
        website=form.get("website", "")[:256],
        at=now,
        sent=now,
    )
    for error in faults_of(incoming, journey, HTTP_CHANNELS):
        faults.setdefault(error.field, _wrong(error.field))
    return incoming, faults


def _wrong(field: str) -> str:
    if field == "comment":
        return _("Please write something, in %(n)d letters at most.", n=COMMENT_LETTERS)
    if field == "contact":
        return _("Please tick that you agree to be answered, or leave your phone and e-mail out.")
    if field == "score":
        return _("Please choose an answer.")
    return _("This answer does not fit the question.")


def recent(id: str, now: int) -> bytes | None:
    """An id that one visitor may be answering under: an old one was copied with an address and would join strangers."""
    found = uuid7_bytes(id)
    return found if found and now - SAME_ANSWER_MS <= int.from_bytes(found[:6], "big") <= now else None
