"""otklik webhook: other systems that are told of responses."""

from __future__ import annotations

import argparse
import json
import time
from typing import TYPE_CHECKING

from otklik_collector.commands.values import count
from otklik_collector.words import _
from otklik_widget.cli import DONE, REFUSED, Commands, Context, show
from otklik_widget.faults import Fault, Faults, nearest, refuse

if TYPE_CHECKING:
    from otklik_collector.store import Store
    from otklik_collector.store.outbox import Delivery
    from otklik_collector.store.webhooks import Webhook


def add(commands: Commands) -> None:
    example = "otklik webhook add https://crm.example/otklik --only low --with comment"
    webhook = commands.group("webhook", _("other systems that are told of responses"), example)
    made = webhook.add("add", run_add, _("make a webhook and print its secret"), example)
    made.add_argument("url", metavar="URL", help=_("where to send"))
    said = _("only low scores, or only responses with a comment; given twice: either")
    made.add_argument("--only", action="append", default=[], choices=("low", "comment"), help=said)
    said = _("only of this touchpoint; repeatable")
    made.add_argument("--touchpoint", action="append", default=[], metavar="KEY", help=said)
    said = _("what to send besides the rating: comment, contact, or both with a comma")
    made.add_argument("--with", dest="carries", type=_carried, default=(), metavar="WORDS", help=said)
    made.add_argument("--allow-private", action="store_true", help=_("the address may stand in your own network"))
    listed = webhook.add("list", run_list, _("show all webhooks"), "otklik webhook list --json")
    listed.add_argument("--json", action="store_true", help=_("print them as JSON"))
    for name, run, summary in (
        ("remove", run_remove, _("tell it no more, and forget what waits for it")),
        ("test", run_test, _("send a test now; a paused webhook that takes it is told again")),
    ):
        one = webhook.add(name, run, summary, f"otklik webhook {name} 1")
        one.add_argument("number", type=count, metavar="NUMBER", help=_("its number in the list"))
    log = webhook.add("log", run_log, _("what was sent and how it was taken"), "otklik webhook log 1 --limit 20")
    log.add_argument("number", type=count, nargs="?", metavar="NUMBER", help=_("only of this webhook"))
    log.add_argument("--limit", type=count, default=100, metavar="N", help=_("at most so many, the newest (100)"))
    log.add_argument("--json", action="store_true", help=_("print them as JSON"))


def _carried(written: str) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(word.strip() for word in written.split(",") if word.strip()))
    if wrong := [word for word in words if word not in ("comment", "contact")]:
        raise argparse.ArgumentTypeError(_("“%(value)s” is neither comment nor contact", value=wrong[0]))
    return words


def run_add(context: Context) -> int:
    from otklik_collector.store import open_store
    from otklik_collector.store.webhooks import MOST, TooMany
    from otklik_collector.webhooks.address import Refused, address_of

    args, faults = context.args, []
    known = context.journey().touchpoints
    for key in args.touchpoint:
        if key not in known:
            said = _("there is no touchpoint “%(key)s”.", key=key) + nearest(key, known)
            faults.append(Fault("--touchpoint", None, said))
    try:
        address = address_of(args.url)
    except Refused as refused:
        faults.append(Fault("URL", None, str(refused)))
    else:
        if args.carries and not address.secure and not args.allow_private:
            faults.append(Fault("--with", None, _("words of customers go to https addresses only")))
    if faults:
        raise Faults(faults)
    with open_store(context.db, create=True) as store:
        try:
            hook = store.webhooks.add(
                args.url, time.time(), only=tuple(dict.fromkeys(args.only)), touchpoints=tuple(args.touchpoint),
                carries=args.carries, private=args.allow_private,
            )  # fmt: skip
        except TooMany:
            said = _("there are already %(n)d webhooks; remove one, or pass messages on from one of yours", n=MOST)
            raise refuse(said) from None
    show(_("Responses are told from now on; try it: otklik webhook test %(n)d", n=hook.id))
    print(_("Webhook %(n)d, its secret:", n=hook.id), hook.secret)
    return DONE


def run_list(context: Context) -> int:
    from otklik_collector.commands.user import moment
    from otklik_collector.store import open_store
    from otklik_collector.store.outbox import Waiting

    with open_store(context.db) as store:
        hooks, waiting = store.webhooks.all(), store.outbox.waiting()
    if context.args.json:
        rows = []
        for hook in hooks:
            row = hook._asdict() | waiting.get(hook.id, Waiting(0, None))._asdict()
            del row["secret"]
            rows.append({name.replace("carries", "with").replace("number", "waiting"): row[name] for name in row})
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return DONE
    if not hooks:
        show(_("There is no webhook yet: otklik webhook add URL"))
    for hook in hooks:
        state = _("live")
        if hook.paused_at is not None:
            state = _("paused since %(moment)s: it takes no messages", moment=moment(hook.paused_at))
        waits = _.plural("%(n)d message waits", "%(n)d messages wait", waiting.get(hook.id, Waiting(0, None)).number)
        print(f"{hook.id}  {hook.url}  {state}  {waits}  {_wanted(hook)}")
    return DONE


def _wanted(hook: Webhook) -> str:
    names = {"low": _("low scores"), "comment": _("with a comment")}
    only = ", ".join(names[word] for word in hook.only) or _("every response")
    return "  ".join(
        part for part in (only, " ".join(hook.touchpoints), " ".join(f"+{w}" for w in hook.carries)) if part
    )


def run_remove(context: Context) -> int:
    from otklik_collector.store import open_store

    with open_store(context.db) as store:
        store.webhooks.remove(_numbered(store, context.args.number), time.time())
    show(_("It is told nothing more."))
    return DONE


def run_test(context: Context) -> int:
    from otklik_collector.store import open_store
    from otklik_collector.webhooks.address import Refused
    from otklik_collector.webhooks.message import TEST, body_of
    from otklik_collector.webhooks.sender import tell
    from otklik_widget.contract import make_uuid7

    now = time.time()
    with open_store(context.db) as store:
        hook = _numbered(store, context.args.number)
        try:
            answer = tell(hook, str(make_uuid7()), body_of(TEST, int(now * 1000), {"webhook": hook.id}), now)
        except Refused as refused:
            raise refuse(str(refused), hook.url) from None
        if not 200 <= answer.status < 300:
            show(Fault(hook.url, None, _taken(answer.status)))
            return REFUSED
        store.webhooks.answered(hook.id, now)
    print(_("It took the test (%(status)d).", status=answer.status))
    return DONE


def run_log(context: Context) -> int:
    from otklik_collector.store import open_store

    with open_store(context.db) as store:
        found = store.outbox.newest(context.args.limit, context.args.number)
    if context.args.json:
        print(json.dumps([_plain(one) for one in found], ensure_ascii=False, indent=2))
        return DONE
    if not found:
        show(_("Nothing was sent yet."))
    for one in found:
        print("  ".join(str(value) for value in _line(one) if value != ""))
    return DONE


def _line(one: Delivery) -> list[object]:
    from otklik_collector.commands.user import moment

    if one.status and 200 <= one.status < 300:
        state = _("taken (%(status)d)", status=one.status)
    elif one.due_at is None:
        state = _("given up")
    else:
        state = _("next try at %(moment)s", moment=moment(one.due_at))
    refused = one.error or (_taken(one.status) if one.status and one.status >= 300 else "")
    tries = _.plural("%(n)d try", "%(n)d tries", one.tries)
    return [moment(one.created_at), one.webhook, one.kind, one.uuid, tries, state, refused]


def _taken(status: int) -> str:
    if 300 <= status < 400:
        return _("it answers %(status)d and names another address; give that one, redirects are not followed",
                 status=status)  # fmt: skip
    return _("it answers %(status)d; it must answer 200 to 299", status=status)


def _plain(one: Delivery) -> dict[str, object]:
    from uuid import UUID

    row = one._asdict() | {"id": one.uuid, "response": str(UUID(bytes=one.response)) if one.response else None}
    del row["body"]
    return row


def _numbered(store: Store, number: int) -> Webhook:
    hook = store.webhooks.get(number)
    if hook is None:
        raise refuse(_("there is no webhook %(n)d; otklik webhook list shows all", n=number))
    return hook
