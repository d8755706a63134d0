"""otklik case: customers who wait for a reply."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from otklik_collector.commands.values import count, response_id
from otklik_collector.response import utc_text
from otklik_collector.words import _
from otklik_widget.cli import DONE, Commands, Context, Parser, show
from otklik_widget.contract import make_uuid7
from otklik_widget.faults import Faults, refuse
from otklik_widget.words import language

if TYPE_CHECKING:
    from otklik_collector.store import Store
    from otklik_collector.store.cases import Case


def add(commands: Commands) -> None:
    from otklik_collector.by_hand import CHANNELS
    from otklik_collector.cases import KINDS, OUTCOMES, STATES

    group = commands.group("case", _("customers who wait for a reply"), "otklik case list")
    listed = group.add("list", run_list, _("show cases, overdue first"), "otklik case list --state all --json")
    listed.add_argument(
        "--state", choices=("waiting", *STATES, "all"), default="waiting", help=_("only these (waiting)")
    )
    listed.add_argument("--place", default="", metavar="KEY", help=_("only this place"))
    listed.add_argument("--touchpoint", default="", metavar="KEY", help=_("only this touchpoint"))
    listed.add_argument("--owner", default="", metavar="NAME", help=_("only those of this owner"))
    listed.add_argument("--limit", type=count, default=100, metavar="N", help=_("at most so many (100)"))
    _json(listed)
    shown = group.add("show", run_show, _("show a case with its history"), "otklik case show 12")
    shown.add_argument("--contact", action="store_true", help=_("with the contact; that is written down"))
    answered = group.add("answer", run_answer, _("say that the customer was answered"), "otklik case answer 12")
    closed = group.add("close", run_close, _("say how it ended"), "otklik case close 12 --outcome solved")
    closed.add_argument("--outcome", choices=OUTCOMES, required=True, help=_("how it ended"))
    reopened = group.add("reopen", run_reopen, _("open a case again"), "otklik case reopen 12")
    for parser in (shown, answered, closed, reopened):
        parser.add_argument("number", type=count, metavar="NUMBER", help=_("the case's number"))
        _json(parser)
    for parser in (answered, closed, reopened):
        parser.add_argument("--note", default="", metavar="TEXT", help=_("words for the colleagues"))
    answered.add_argument("--tell", action="store_true", help=_("show the note on the customer's page"))
    said = _("open a case of what a customer told, or of a stored response")
    added = group.add("add", run_add, said, 'otklik case add --touchpoint checkout --text "Waited an hour"')
    added.add_argument("--response", type=response_id, metavar="UUID", help=_("a response that is stored"))
    added.add_argument("--touchpoint", default="", metavar="KEY", help=_("where it happened"))
    added.add_argument("--place", default="", metavar="KEY", help=_("in which place"))
    added.add_argument("--text", default="", metavar="TEXT", help=_("what the customer told"))
    added.add_argument("--channel", choices=CHANNELS, default="phone", help=_("how it came (phone)"))
    added.add_argument("--kind", choices=KINDS, default="", help=_("what it is"))
    said = _("phone or mail; only where the customer agreed to be answered there")
    added.add_argument("--contact", default="", metavar="TEXT", help=said)
    _json(added)


def _json(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help=_("print the result as JSON"))


def run_list(context: Context) -> int:
    from otklik_collector.case_words import due_words, score_words, state_name, where_words
    from otklik_collector.store import open_store
    from otklik_collector.store.cases import Wanted

    args, now, journey = context.args, _now(), context.journey()
    with open_store(context.db) as store:
        wanted = Wanted(args.state, None, args.place, args.touchpoint, args.owner)
        cases = store.cases.list(wanted, now, args.limit)
    if args.json:
        print(json.dumps([_plain(case, now) for case in cases], ensure_ascii=False, indent=2))
        return DONE
    if not cases:
        show(_("There is no such case."))
    for case in cases:
        state = due_words(case, now, journey) if case.waits else state_name(case.state)
        line = [str(case.number), state, where_words(case, journey, language()), score_words(case, language())]
        print("  ".join([*line, case.owner]).rstrip())
    return DONE


def run_show(context: Context) -> int:
    from otklik_collector.store import open_store
    from otklik_collector.store.audit import COMMAND_LINE

    with open_store(context.db) as store:
        case = _found(store, context)
        contact = store.cases.contact(case, COMMAND_LINE, _now()) if context.args.contact else None
        return _tell(store, context, case, contact)


def run_answer(context: Context) -> int:
    return _step(context, "answer")


def run_close(context: Context) -> int:
    return _step(context, "close")


def run_reopen(context: Context) -> int:
    return _step(context, "reopen")


def _step(context: Context, step: str) -> int:
    from otklik_collector.case_words import state_name
    from otklik_collector.cases import CaseRule
    from otklik_collector.store import open_store
    from otklik_collector.store.audit import COMMAND_LINE
    from otklik_collector.store.cases import StepRefused

    args, now, rule = context.args, _now(), CaseRule(context.journey(), context.settings)
    with open_store(context.db) as store:
        case = _found(store, context)
        try:
            if step == "answer":
                after = rule.open_hours(case.touchpoint, case.place, case.opened_at, now)
                store.cases.answer(case.number, after, args.note, COMMAND_LINE, now, tell=args.tell)
            elif step == "close":
                store.cases.close(case.number, args.outcome, args.note, COMMAND_LINE, now)
            else:
                due_at = rule.due(case.touchpoint, case.place, now)
                store.cases.reopen(case.number, due_at, args.note, COMMAND_LINE, now)
        except StepRefused:
            said = _("this does not follow: the case is “%(state)s”", state=state_name(_found(store, context).state))
            raise refuse(said, str(case.number)) from None
        return _tell(store, context, _found(store, context))


def run_add(context: Context) -> int:
    from otklik_collector.by_hand import Told, open_case
    from otklik_collector.cases import CaseRule
    from otklik_collector.store import open_store
    from otklik_collector.store.audit import COMMAND_LINE

    args, now, journey = context.args, _now(), context.journey()
    rule = CaseRule(journey, context.settings)
    with open_store(context.db, create=args.response is None) as store:
        if args.response is not None:
            response = store.responses.stored([args.response]).get(args.response)
            if response is None:
                raise refuse(_("there is no such response"), "--response")
            store.cases.open_by_hand(rule.case(response, args.kind, now), COMMAND_LINE)
            case = store.cases.of_response(args.response)
            assert case
        else:
            told = Told(args.touchpoint, args.text, args.place, args.channel, args.kind, args.contact, agreed=True)
            try:
                case = open_case(store, journey, rule, told, make_uuid7(now).bytes, COMMAND_LINE, now)
            except Faults as wrong:
                raise Faults(replace(one, where=one.where and f"--{one.where}") for one in wrong.faults) from None
        return _tell(store, context, case)


def _found(store: Store, context: Context) -> Case:
    case = store.cases.find(context.args.number)
    if case is None:
        raise refuse(_("there is no case of this number"), str(context.args.number))
    return case


def _tell(store: Store, context: Context, case: Case, contact: str | None = None) -> int:
    from otklik_collector.case_words import (
        clock_words,
        due_words,
        kind_name,
        note_words,
        outcome_name,
        score_words,
        state_name,
        where_words,
        who_name,
    )

    history, now, lang = store.cases.history(case.number), _now(), language()
    if context.args.json:
        plain = _plain(case, now)
        plain["history"] = [{**note._asdict(), "at": utc_text(note.at)} for note in history]
        if contact is not None:
            plain["contact"] = contact
        print(json.dumps(plain, ensure_ascii=False, indent=2))
        return DONE
    journey = context.journey()
    kind = kind_name(case.kind) + (", " + _("legal claim") if case.claim else "")
    lines = [
        (_("Case No. %(n)s", n=case.number), state_name(case.state)),
        (_("Where"), where_words(case, journey, lang)),
        (_("Score"), score_words(case, lang)),
        (_("Comment"), case.comment),
        (_("Contact"), contact or (_("left") if case.has_contact else "")),
        (_("Kind"), kind),
        (_("Owner"), case.owner),
        (_("Deadline"), due_words(case, now, journey) if case.waits else ""),
        (_("Outcome"), outcome_name(case.outcome)),
        (_("Customer's page"), f"{context.settings.collector_url}/c/{case.token}"),
    ]
    lines += [(clock_words(case, note.at, journey), _line(note_words(note), note.text, who_name(note.who)))
              for note in history]  # fmt: skip
    wide = max(len(label) for label, value in lines if value) + 2
    for label, value in lines:
        if value:
            print(f"{label:{wide}}{value}")
    return DONE


def _line(done: str, text: str, who: str) -> str:
    return f"{done} ({who})" + (f": {text}" if text else "")


def _plain(case: Case, now: int) -> dict[str, Any]:
    """A case for a program; the contact is not in it, and the text is as the customer wrote it."""
    times = ("opened_at", "promised_at", "due_at", "claim_due_at", "answered_at", "closed_at")
    plain = {**case._asdict(), "response": str(UUID(bytes=case.response)), "overdue": case.overdue(now)}
    return {**plain, **{name: plain[name] and utc_text(plain[name]) for name in times}}


def _now() -> int:
    return int(time.time() * 1000)
