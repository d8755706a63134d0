"""What `otklik check URL` prints, for people or as JSON."""

from __future__ import annotations

import json

from otklik_widget.cli import DONE, REFUSED, USAGE, show
from otklik_widget.visit.fetching import is_address
from otklik_widget.visit.judging import visit
from otklik_widget.words import _


def check(address: str, *, as_json: bool) -> int:
    """Prints what was found on the page; the status is 0 where its questions show, 1 where one does not."""
    address = address.partition("#")[0]
    if not is_address(address):
        show(_("“%(address)s” is no address of a page; write it like https://shop.example/contacts", address=address))
        return USAGE
    found = visit(address)
    if as_json:
        told = {
            "url": found.address,
            "shows": found.shows,
            "questions": [
                {"point": one.point, "scale": one.scale or None, "how": one.how, "card": one.card}
                for one in found.questions
            ],
            "reasons": [
                {"code": one.code, "serious": one.serious, "text": one.text} for one in found.reasons
            ],
        }  # fmt: skip
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return DONE if found.shows else REFUSED
    print(found.address)
    for question in found.questions:
        print("  " + _one_line(_("question: %(point)s", point=f"{question.point} {question.scale}")))
    for reason in sorted(found.reasons, key=lambda one: not one.serious):
        said = _("fault: %(said)s", said=reason.text) if reason.serious else _("note: %(said)s", said=reason.text)
        print("  " + _one_line(said))
    if found.shows:
        print("  " + _("It shows, and the collector takes its responses."))
    return DONE if found.shows else REFUSED


def _one_line(said: str) -> str:
    """Words of the page may hold line breaks, and must not look like lines of ours."""
    return " ".join(said.split())
