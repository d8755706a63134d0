"""The commands of the collector: each checks its words, calls one function, and says what came of it."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from otklik_collector.door import origin_of
from otklik_collector.map.output import FORMATS
from otklik_collector.words import _
from otklik_widget.cli import DONE, REFUSED, Commands, Context, show
from otklik_widget.faults import Fault, Faults, nearest, refuse
from otklik_widget.words import language


def add_commands(commands: Commands) -> None:
    """Adds serve, key, import, map, verify and demo."""
    serve = commands.add(
        "serve", run_serve, _("receive responses, show questions and the map"), "otklik serve --port 8000"
    )
    serve.add_argument("--host", help=_("address to listen on (127.0.0.1)"))
    serve.add_argument("--port", type=_port, help=_("port to listen on (8000); 0: any free one"))
    serve.add_argument("--site", metavar="DIR", help=_("the built site to serve beside (public)"))
    _add_key(commands)
    read = commands.add(
        "import", run_import, _("bring responses from a spreadsheet"), "otklik import survey.csv --mapping survey.toml"
    )
    read.add_argument("file", metavar="FILE", type=Path, help=_("a CSV or XLSX file"))
    read.add_argument("--mapping", metavar="M.toml", type=Path, required=True, help=_("what its columns mean"))
    read.add_argument("--skip-faulty", action="store_true", help=_("store the good rows although others are faulty"))
    read.add_argument("--update", action="store_true", help=_("store changed responses as their next revision"))
    read.add_argument("--json", action="store_true", help=_("print the counts as JSON"))
    _add_map(commands)
    verify = commands.add(
        "verify", run_verify, _("recount all roll-ups against the responses"), "otklik verify --repair"
    )
    verify.add_argument("--repair", action="store_true", help=_("rebuild the roll-ups where they differ"))
    verify.add_argument("--json", action="store_true", help=_("print the result as JSON"))
    demo = commands.add(
        "demo", run_demo, _("the demo company: its site, a year of samples, its map"), "otklik demo --once sample"
    )
    demo.add_argument(
        "--once", metavar="DIR", type=Path, help=_("write public, otklik.db, map.json, map.html; do not serve")
    )
    demo.add_argument("--today", metavar="DATE", type=_date, help=_("the day after the last sample (today)"))
    demo.add_argument("--port", type=_port, default=8000, help=_("port to listen on (8000); 0: any free one"))


def _add_key(commands: Commands) -> None:
    key = commands.group(
        "key", _("site keys: who else may send responses"), "otklik key add shop --origin https://shop.example"
    )
    add = key.add("add", run_key_add, _("make a key and print it"), "otklik key add shop --origin https://shop.example")
    add.add_argument("name", metavar="NAME", help=_("what it is for"))
    add.add_argument(
        "--origin", action="append", default=[], metavar="URL", help=_("a site that may use it; repeatable")
    )
    add.add_argument(
        "--rate", type=_rate, default=30, metavar="N", help=_("responses a minute per visitor; 0: no limit (30)")
    )
    listed = key.add("list", run_key_list, _("show all keys"), "otklik key list --json")
    listed.add_argument("--json", action="store_true", help=_("print them as JSON"))
    revoke = key.add("revoke", run_key_revoke, _("refuse a key from now on"), "otklik key revoke shop")
    revoke.add_argument("name", metavar="NAME", help=_("its name or the key itself"))


def _add_map(commands: Commands) -> None:
    drawn = commands.add(
        "map", run_map, _("the touchpoint problem map of a period"),
        "otklik map --from 2017-05-01 --to 2017-06-01 --format html --out map.html", out_is_file=True,
    )  # fmt: skip
    drawn.add_argument("--from", dest="start", metavar="DATE", type=_date, help=_("first day (four weeks back)"))
    drawn.add_argument("--to", dest="end", metavar="DATE", type=_date, help=_("the day after the last (tomorrow)"))
    drawn.add_argument(
        "--against", nargs=2, metavar=("FROM", "TO"), type=_date, help=_("compare with (the period before)")
    )
    drawn.add_argument("--place", help=_("only this place"))
    drawn.add_argument("--segment", help=_("only this segment"))
    drawn.add_argument("--channel", help=_("only this channel"))
    drawn.add_argument(
        "--per-person", action="store_true", help=_("only the last response of each person and touchpoint")
    )
    drawn.add_argument("--include-flagged", action="store_true", help=_("count flagged responses too"))
    drawn.add_argument("--format", choices=FORMATS, default="text", help=_("how to show it (text)"))
    drawn.add_argument("--out", metavar="FILE", type=Path, help=_("write it to a file"))


def _port(written: str) -> int:
    if not written.isdecimal() or int(written) > 65535:
        raise argparse.ArgumentTypeError(_("“%(value)s” is no port from 0 to 65535", value=written))
    return int(written)


def _rate(written: str) -> int:
    if not written.isdecimal() or int(written) > 1_000_000:
        raise argparse.ArgumentTypeError(_("“%(value)s” is no whole number from 0 to 1000000", value=written))
    return int(written)


def _date(written: str) -> date:
    try:
        return datetime.strptime(written, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise argparse.ArgumentTypeError(_("“%(value)s” is no date like 2026-11-21", value=written)) from None


def run_serve(context: Context) -> int:
    from otklik_collector.serve import Listen, leave, serve

    args, settings = context.args, context.settings
    journey = context.journey()
    site = Path(args.site or args.out or settings.site)
    listen = Listen(args.host or settings.host, settings.port if args.port is None else args.port)
    leave(serve(journey, settings, context.db, site, listen))


def run_key_add(context: Context) -> int:
    from otklik_collector.store import open_store

    args = context.args
    origins, faults = [], []
    for written in args.origin:
        origin = origin_of(written)
        if origin is None or written.rstrip("/").count("/") > 2 or "?" in written or "#" in written:
            said = _("“%(value)s” is no origin like https://shop.example", value=written)
            faults.append(Fault("--origin", None, said))
        else:
            origins.append(origin)
    if not args.name.strip() or len(args.name) > 100:
        faults.append(Fault("NAME", None, _("give the key a name of 1 to 100 letters")))
    if faults:
        raise Faults(faults)
    with open_store(context.db, create=True) as store:
        if any(key.name == args.name for key in store.keys.live().values()):
            said = _("there is already a key “%(name)s”; revoke it first or choose another name", name=args.name)
            raise refuse(said)
        key = store.keys.add(args.name, tuple(dict.fromkeys(origins)), args.rate)
    print(_("Site key “%(name)s”:", name=args.name), key)
    return DONE


def run_key_list(context: Context) -> int:
    from otklik_collector.store import open_store

    with open_store(context.db) as store:
        keys = store.keys.all()
    if context.args.json:
        print(json.dumps([key._asdict() for key in keys], ensure_ascii=False, indent=2))
        return DONE
    if not keys:
        show(_("There is no key yet: otklik key add NAME"))
    for key in keys:
        rate = _("%(n)d a minute", n=key.rate) if key.rate else _("no limit")
        state = _("revoked") if key.revoked_at else _("live")
        print(f"{key.key}  {state}  {rate}  {key.name}  {' '.join(key.origins)}".rstrip())
    return DONE


def run_key_revoke(context: Context) -> int:
    from otklik_collector.store import open_store

    name = context.args.name
    with open_store(context.db) as store:
        if not store.keys.revoke(name):
            live = [key.name for key in store.keys.live().values()]
            raise refuse(_("there is no live key “%(name)s”.", name=name) + nearest(name, live))
    show(_("The key is refused from now on; a running collector knows within a second."))
    return DONE


def run_import(context: Context) -> int:
    from otklik_collector.importing.run import run

    return run(context)


def run_map(context: Context) -> int:
    from otklik_collector.drawing import before, checked_filters, chosen_period, draw, today_of
    from otklik_collector.map import output
    from otklik_collector.map.problem_map import Filters, Period
    from otklik_collector.store import open_store

    args = context.args
    journey = context.journey()
    period = chosen_period(args.start, args.end, today_of(journey))
    against = Period(*args.against) if args.against else before(period)
    if against.start >= against.end:
        raise refuse(_("the period to compare with ends before it begins"), "--against")
    filters = Filters(
        place=args.place, segment=args.segment, channel=args.channel,
        per_person=args.per_person, include_flagged=args.include_flagged,
    )  # fmt: skip
    checked_filters(journey, filters)
    with open_store(context.db) as store:
        found = draw(store, journey, period, against, filters, language())
    _write(output.render(found, journey, args.format, language()), args.out)
    return DONE


def _write(text: str, out: Path | None) -> None:
    """To a file whole or not at all, else to the output."""
    if out is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    if not out.absolute().parent.is_dir():
        raise refuse(_("there is no such folder"), str(out.parent))
    unfinished = out.with_name(out.name + ".part")
    unfinished.write_text(text, encoding="utf-8", newline="")
    unfinished.replace(out)


def run_verify(context: Context) -> int:
    from otklik_collector.store import open_store

    args = context.args
    with open_store(context.db) as store:
        broken = store.recount.broken()
        found = [] if broken else store.recount.mismatches()
        if found and args.repair:
            store.recount.repair()
        responses = 0 if broken else store.recount.responses()
    repaired = bool(found) and args.repair
    if args.json:
        mismatches = [mismatch._asdict() for mismatch in found]
        report = {"responses": responses, "broken": broken, "mismatches": mismatches, "repaired": repaired}
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        for line in broken:
            show(_("the file is damaged: %(what)s", what=line))
        for mismatch in found:
            show(f"{mismatch.table} {mismatch.key}: {mismatch.found} -> {mismatch.wanted}")
        if not broken and not found:
            print(_.plural("%(n)d response; all counts are right", "%(n)d responses; all counts are right", responses))
        elif repaired:
            print(_.plural("%(n)d wrong count was rebuilt", "%(n)d wrong counts were rebuilt", len(found)))
    return DONE if not broken and (not found or repaired) else REFUSED


def run_demo(context: Context) -> int:
    from otklik_collector.demo import run

    return run(context)
