"""otklik erase: removes what is stored about somebody, or what is too old, and prints the act of it."""

from __future__ import annotations

import argparse
import getpass
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from otklik_collector.commands.confirm import confirmed
from otklik_collector.commands.values import customer, day, response_id
from otklik_collector.words import _
from otklik_widget.cli import DONE, Commands, Context, show
from otklik_widget.faults import Faults, refuse
from otklik_widget.journey_file import read_journey
from otklik_widget.words import language

if TYPE_CHECKING:
    from otklik_collector.act import Cleaned
    from otklik_collector.store import Store
    from otklik_collector.store.erasure import Erasure


class Wanted(NamedTuple):
    """What is to go: its kind and mark for the book, its words for people, how much it is, how it is erased."""

    kind: str
    subject: str
    said: str
    rows: dict[str, int]
    erase: Callable[[str], Erasure | None]


def add(commands: Commands) -> None:
    erase = commands.add(
        "erase", run, _("remove what is stored about somebody, with an act of it"), "otklik erase --customer 4711 --yes"
    )
    what = erase.add_mutually_exclusive_group(required=True)
    what.add_argument("--customer", type=customer, metavar="KEY", help=_("everything of a customer"))
    what.add_argument("--id", type=response_id, metavar="UUID", help=_("one response"))
    what.add_argument("--before", type=day, metavar="DATE", help=_("all responses of the days before this one"))
    what.add_argument("--expired", action="store_true", help=_("comments and contacts older than the settings allow"))
    what.add_argument("--list", action="store_true", help=_("nothing; show the book of erasures"))
    said = _("the customer is a respondent of this import (“source” of its mapping)")
    erase.add_argument("--source", metavar="S", help=said)
    erase.add_argument("--dry-run", action="store_true", help=_("only say what would go"))
    erase.add_argument("--yes", action="store_true", help=_("do not ask"))
    erase.add_argument("--act", type=Path, metavar="FILE", help=_("write the act to a file, not to the output"))
    erase.add_argument("--by", metavar="NAME", help=_("who erases (the user of this machine)"))
    erase.add_argument("--reason", metavar="TEXT", default="", help=_("why, for the act; it is not stored"))
    erase.add_argument("--json", action="store_true", help=_("print the result as JSON"))
    said = _("rewrite the file afterwards; without a word: unless it is large and a collector runs")
    erase.add_argument("--vacuum", action=argparse.BooleanOptionalAction, default=None, help=said)


def run(context: Context) -> int:
    from otklik_collector.act import Act, told
    from otklik_collector.store import open_store
    from otklik_collector.store.backup import copies

    args, settings = context.args, context.settings
    if args.source is not None and args.customer is None:
        raise refuse(_("it goes with --customer"), "--source")
    with open_store(context.db) as store:
        if args.list:
            return _list(store, context)
        wanted = _wanted(store, context)
        if args.dry_run:
            _report(args, {"dry_run": True, "rows": wanted.rows}, _("would go: %(rows)s", rows=told(wanted.rows)))
            return DONE
        sure = _("%(what)s: %(rows)s will be erased from %(db)s for good.",
                 what=wanted.said, rows=told(wanted.rows), db=context.db)  # fmt: skip
        if wanted.rows and not confirmed(sure, args.yes):
            return DONE
        act_file = args.act.open("x", encoding="utf-8") if wanted.rows and args.act else None
        try:
            erasure = wanted.erase(args.by or _user())
            cleaned = _clean(store, context) if erasure or args.vacuum else None
            if erasure is None or cleaned is None:
                _report(args, {"rows": {}}, _("Nothing is stored of that: %(what)s", what=wanted.said))
                _other_sources(store, context)
                return DONE
            company, zone = _company(context)
            found = copies(context.db, Path(settings.backups))
            act = Act(
                erasure, wanted.said, company, zone, args.reason, context.db, cleaned, found,
                settings.keep_backups_days,
            )  # fmt: skip
            if act_file:
                act_file.write(act.text())
        finally:
            if act_file:
                act_file.close()
        done = _("Erased: %(rows)s. The act: %(file)s", rows=told(erasure.rows), file=args.act)
        _report(args, act.plain(), done if args.act else act.text())
        _other_sources(store, context)
    return DONE


def _list(store: Store, context: Context) -> int:
    from otklik_collector.act import moment_of, told

    lines = store.erasure.all()
    if context.args.json:
        print(json.dumps([line._asdict() for line in lines], ensure_ascii=False, indent=2))
        return DONE
    if not lines:
        show(_("Nothing was ever erased."))
    for line in lines:
        print(f"{line.id}  {moment_of(line):%Y-%m-%d %H:%M:%S} UTC  {line.asked} {line.subject}  "
              f"{told(line.rows)}  {line.by}")  # fmt: skip
    return DONE


def _wanted(store: Store, context: Context) -> Wanted:
    from otklik_collector.people import person_of
    from otklik_collector.retention import ages_of
    from otklik_collector.store.responses import mark

    args, eraser, secret = context.args, store.erasure, store.person_secret()
    person: bytes | None = None
    if args.expired:
        ages = ages_of(context.settings)
        rows = {table: len(ids) for table, days in ages.items() if days and (ids := eraser.aged(table, days))}
        said = _("comments older than %(comments)s days and contacts older than %(contacts)s days (0: none)",
                 comments=ages["comment"], contacts=ages["contact"])  # fmt: skip
        return Wanted("expired", "", said, rows, lambda by: eraser.expire(ages, by))
    if args.customer is not None:
        person = person_of(secret, args.customer, args.source)
        said = _("everything of the customer “%(key)s”", key=args.customer)
        if args.source is not None:
            said = _("everything of the respondent “%(key)s” of “%(source)s”", key=args.customer, source=args.source)
        kind, subject, find = "customer", person.hex(), partial(eraser.of_person, person)
    elif args.id is not None:
        said = _("the response %(id)s", id=UUID(bytes=args.id))
        kind, subject, find = "id", mark(secret, args.id).hex(), partial(eraser.of_id, args.id)
    else:
        said = _("all responses before %(day)s", day=args.before.isoformat())
        kind, subject, find = "before", args.before.isoformat(), partial(eraser.before, args.before)
    rows = eraser.count(find(), person)
    return Wanted(kind, subject, said, rows, lambda by: eraser.erase(kind, subject, by, find, person))


def _clean(store: Store, context: Context) -> Cleaned:
    from otklik_collector.act import Cleaned
    from otklik_collector.lock import served
    from otklik_collector.store.erasure import LONG_VACUUM

    wanted = context.args.vacuum
    if wanted is False:
        why_not = _("so it was asked (--no-vacuum)")
    elif wanted is None and served(context.db) and context.db.stat().st_size > LONG_VACUUM:
        why_not = _("it is large and a collector runs, which would have to wait")
    else:
        why_not = store.erasure.vacuum() or ""
    return Cleaned(not why_not, why_not, store.erasure.empty_log())


def _company(context: Context) -> tuple[str, ZoneInfo]:
    """The company's name and zone; an erasure must not fail for a fault in the journey."""
    try:
        company = read_journey(context.journey_file).company
    except Faults:
        return "", ZoneInfo("UTC")
    return company.name.say(language()), ZoneInfo(company.zone)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container may run a number without a name
        return "-"


def _report(args: argparse.Namespace, plain: object, text: str) -> None:
    print(json.dumps(plain, ensure_ascii=False, indent=2) if args.json else text.rstrip("\n"))


def _other_sources(store: Store, context: Context) -> None:
    """A key that is also a respondent's number in an import is another person to us: say where to look."""
    if context.args.customer is None or context.args.source is not None:
        return
    if sources := store.erasure.sources_of_people():
        names = ", ".join(sources)
        show(_("Imports have respondents of their own; look there too, with --source: %(sources)s", sources=names))
