"""otklik flag: responses that look like misuse, listed, and people's last word about each."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from otklik_collector.commands.values import day, flag_reason, response_id
from otklik_collector.words import _
from otklik_widget.cli import DONE, REFUSED, Commands, Context, show
from otklik_widget.faults import refuse

if TYPE_CHECKING:
    import argparse

    from otklik_collector.store.flags import Flagged


def add(commands: Commands) -> None:
    flag = commands.group("flag", _("responses that look like misuse"), "otklik flag list --from 2026-11-01")
    listed = flag.add("list", run_list, _("show flagged responses with their reasons"), "otklik flag list --reason gap")
    _days(listed)
    listed.add_argument("--reason", type=flag_reason, metavar="R", help=_("only those with this reason"))
    listed.add_argument("--json", action="store_true", help=_("print them as JSON"))
    made = flag.add("add", run_add, _("leave responses out of the map"), "otklik flag add --id UUID --reason staff")
    made.add_argument(
        "--id", type=response_id, metavar="UUID", action="append", required=True, help=_("a response; repeatable")
    )
    made.add_argument(
        "--reason", type=flag_reason, metavar="R", required=True, help=_("why, in one word of yours or ours")
    )
    said = _("count responses again; no rule sets the flag anew")
    gone = flag.add("remove", run_remove, said, "otklik flag remove --id UUID --reason closed")
    gone.add_argument(
        "--id", type=response_id, metavar="UUID", action="append", default=[], help=_("a response; repeatable")
    )
    gone.add_argument(
        "--reason", type=flag_reason, metavar="R", help=_("this reason alone; without --id: of all these days")
    )
    _days(gone)


def _days(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="start", type=day, metavar="DATE", help=_("the first day"))
    parser.add_argument("--to", dest="end", type=day, metavar="DATE", help=_("the day after the last one"))


def run_list(context: Context) -> int:
    from otklik_collector.store import open_store

    args = context.args
    with open_store(context.db) as store:
        found = store.flags.all(args.start, args.end, args.reason)
        if args.json:
            print(json.dumps([_plain(one) for one in found], ensure_ascii=False, indent=2))
            return DONE
        for one in found:
            told = [one.touchpoint, one.scale, "–" if one.score is None else str(one.score), one.place, one.channel]
            moment = f"{datetime.fromtimestamp(one.at / 1000, UTC):%Y-%m-%d %H:%M:%S}Z"
            print("  ".join([str(UUID(bytes=one.id)), moment, " ".join(filter(None, told)), ", ".join(one.flags)]))
        numbers = store.flags.numbers(args.start, args.end)
        if not numbers:
            show(_("No response of these days is flagged."))
        for reason, number in numbers.most_common():
            show(f"{number:>7}  {reason}  {said(reason)}".rstrip())
    return DONE


def run_add(context: Context) -> int:
    from otklik_collector.store import open_store
    from otklik_collector.store.audit import COMMAND_LINE

    args = context.args
    with open_store(context.db) as store:
        changed, unknown = store.flags.add(args.id, args.reason, COMMAND_LINE)
    show(_("flagged: %(n)d", n=changed))
    return _unknown(unknown)


def run_remove(context: Context) -> int:
    from otklik_collector.store import open_store
    from otklik_collector.store.audit import COMMAND_LINE

    args = context.args
    if args.id and (args.start or args.end):
        raise refuse(_("name responses or days, not both"), "--id")
    if not args.id and not (args.reason and args.start and args.end):
        raise refuse(_("name responses with --id, or a --reason with --from and --to"))
    with open_store(context.db) as store:
        ids = args.id or store.flags.with_reason(args.start, args.end, args.reason)
        changed, unknown = store.flags.remove(ids, args.reason, COMMAND_LINE)
    show(_("no longer flagged so: %(n)d", n=changed))
    return _unknown(unknown)


def _unknown(ids: list[bytes]) -> int:
    for id in ids:
        show(_("no response has the id %(id)s", id=UUID(bytes=id)))
    return REFUSED if ids else DONE


def said(reason: str) -> str:
    """A reason in a sentence; empty for one that the company made."""
    return {
        "clock": _("its time cannot be true"),
        "honeypot": _("a field that people do not see was filled in"),
        "robot": _("the sender calls itself a robot"),
        "fast": _("sent within half a second of the one before"),
        "closed": _("pressed outside opening hours"),
        "gap": _("pressed within 5 seconds of a press that counts"),
        "burst": _("the same button five times and more, each within 15 seconds"),
        "replaced": _("the same customer answered anew within 10 minutes"),
        "repeat": _("the same customer had answered within 24 hours"),
        "passes": _("more answers than customers who passed"),
    }.get(reason, "")


def _plain(one: Flagged) -> dict[str, object]:
    return {**one._asdict(), "id": str(UUID(bytes=one.id)), "flags": list(one.flags)}
