"""otklik person: everything that is stored about one customer, for that customer to read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from otklik_collector.commands.values import customer
from otklik_collector.commands.written import write_text
from otklik_collector.response import Response, local, utc_text
from otklik_collector.words import _
from otklik_widget.cli import DONE, Commands, Context, show
from otklik_widget.faults import Faults
from otklik_widget.journey import Journey
from otklik_widget.journey_file import read_journey
from otklik_widget.words import language

if TYPE_CHECKING:
    from otklik_collector.store import Store
    from otklik_collector.store.cases import Case, Note


def add(commands: Commands) -> None:
    said = _("show everything that is stored about one customer")
    person = commands.add("person", run, said, "otklik person 4711 --out 4711.txt", out_is_file=True)
    person.add_argument("customer", type=customer, metavar="KEY", help=_("the customer's key"))
    said = _("the customer is a respondent of this import (“source” of its mapping)")
    person.add_argument("--source", metavar="S", help=said)
    person.add_argument("--json", action="store_true", help=_("print the result as JSON"))
    person.add_argument("--out", type=Path, metavar="FILE", help=_("write to a file, not to the output"))


def run(context: Context) -> int:
    from otklik_collector.people import person_of
    from otklik_collector.store import open_store

    args = context.args
    with open_store(context.db) as store:
        person = person_of(store.person_secret(), args.customer, args.source)
        ids = store.erasure.of_person(person)
        responses = sorted(store.responses.stored(ids).values(), key=lambda one: (one.answered_at, one.id))
        cases = _cases(store, responses)
        invitations = store.invitations.of_person(person)
        sources = store.erasure.sources_of_people() if args.source is None else []
    try:
        journey = read_journey(context.journey_file)
    except Faults:
        journey = None  # names are missing then, but a person's right must not wait for a mended file
    if args.json:
        plain = {
            "customer": args.customer,
            "source": args.source,
            "invitations": invitations,
            "responses": [
                {**_plain(one), "case": _plain_case(*cases[one.id]) if one.id in cases else None} for one in responses
            ],
        }
        text = json.dumps(plain, ensure_ascii=False, indent=2) + "\n"
    else:
        text = _text(args.customer, responses, cases, invitations, journey)
    write_text(text, args.out, private=True)
    if sources:
        names = ", ".join(sources)
        show(_("Imports have respondents of their own; look there too, with --source: %(sources)s", sources=names))
    return DONE


def _plain(one: Response) -> dict[str, Any]:
    """A response with all that is stored of it, for a program."""
    return {
        "id": str(UUID(bytes=one.id)), "rev": one.rev, "answered_at": utc_text(one.answered_at),
        "received_at": utc_text(one.received_at), "day": one.day, "hour": one.hour, "touchpoint": one.touchpoint,
        "scale": one.scale, "wording": one.wording, "score": one.score, "reasons": list(one.reasons),
        "comment": one.comment, "contact": one.contact and {"value": one.contact[0], "consent": one.contact[1]},
        "place": one.place, "channel": one.channel, "segment": one.segment, "lang": one.lang, "page": one.page,
        "device": one.device, "seq": one.seq, "gap": one.gap, "rate": one.rate, "flags": list(one.flags),
        "source": one.source, "site_key": one.site_key,
    }  # fmt: skip


def _cases(store: Store, responses: list[Response]) -> dict[bytes, tuple[Case, Sequence[Note]]]:
    """The cases of the responses with their history: what was noted about the customer is theirs to read."""
    found = (store.cases.of_response(one.id) for one in responses)
    return {case.response: (case, store.cases.history(case.number)) for case in found if case}


def _plain_case(case: Case, history: Sequence[Note]) -> dict[str, Any]:
    notes = [{**note._asdict(), "at": utc_text(note.at)} for note in history]
    return {"number": case.number, "state": case.state, "outcome": case.outcome, "history": notes}


def _case_lines(case: Case, history: Sequence[Note]) -> list[tuple[str, str]]:
    from otklik_collector.case_words import note_words, state_name

    notes = [(utc_text(note.at)[:16].replace("T", " "), note) for note in history]
    return [
        (_("Case"), _("No. %(n)s", n=case.number) + f", {state_name(case.state)}"),
        *((at, ": ".join(filter(None, (note_words(note), note.text)))) for at, note in notes),
    ]


def _text(
    key: str,
    responses: list[Response],
    cases: dict[bytes, tuple[Case, Sequence[Note]]],
    invitations: int,
    journey: Journey | None,
) -> str:
    lines = [_("Everything stored about the customer “%(key)s”", key=key)]
    lines.append(_.plural("%(n)d response", "%(n)d responses", len(responses)))
    if not responses:
        lines[-1] = _("Nothing is stored.")
    if invitations:
        lines[1 if not responses else 2 :] = [_.plural("%(n)d invitation link", "%(n)d invitation links", invitations)]
    for number, one in enumerate(responses, 1):
        lines += ["", f"{number}."]
        told = [*_lines(one, journey), *(_case_lines(*cases[one.id]) if one.id in cases else [])]
        lines += [f"   {label:{LABEL}}{value}" for label, value in told if value not in ("", None)]
    said = _("The key itself is not stored: a keyed hash stands for it. No network address and no cookie is stored.")
    return "\n".join([*lines, "", said]) + "\n"


LABEL = 18


def _lines(one: Response, journey: Journey | None) -> list[tuple[str, Any]]:
    asked = journey.touchpoints.get(one.touchpoint) if journey else None
    clock, zone = datetime.fromtimestamp(one.answered_at / 1000, UTC), "UTC"
    if journey:
        found = journey.zone(one.touchpoint, one.place)
        clock, zone = local(one.answered_at, found), found.key
    reasons = [
        journey.reasons[reason].say(language()) if journey and reason in journey.reasons else reason
        for reason in one.reasons
    ]
    return [
        (_("When"), f"{clock:%Y-%m-%d %H:%M} {zone}" if one.hour is not None else f"{clock:%Y-%m-%d}"),
        (_("Where"), asked.name.say(language()) if asked else one.touchpoint),
        (_("Question"), asked.question(one.scale, language()) if asked else ""),
        (_("Scale"), one.scale),
        (_("Score"), one.score),
        (_("Reasons"), ", ".join(reasons)),
        (_("Comment"), one.comment),
        (_("Contact"), one.contact[0] if one.contact else ""),
        (_("Consent"), one.contact[1] if one.contact else ""),
        (_("Place"), one.place),
        (_("Channel"), one.channel),
        (_("Segment"), one.segment),
        (_("Language"), one.lang),
        (_("Page"), one.page),
        (_("Tablet"), one.device),
        (_("Flags"), ", ".join(one.flags)),
        (_("Import"), one.source),
        (_("Revision"), one.rev),
        (_("Id"), UUID(bytes=one.id)),
    ]
