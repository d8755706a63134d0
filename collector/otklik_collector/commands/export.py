"""otklik export: the responses of a period as a file for a spreadsheet or another program."""

from __future__ import annotations

import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from otklik_collector.commands.values import day
from otklik_collector.commands.written import written
from otklik_collector.words import _
from otklik_widget.cli import DONE, Commands, Context, show
from otklik_widget.contract import CHANNELS
from otklik_widget.faults import Fault, Faults, nearest, refuse
from otklik_widget.scales import SCALES

if TYPE_CHECKING:
    from otklik_collector.exporting.plain import Words
    from otklik_collector.store import Store
    from otklik_collector.store.reading import Wanted
    from otklik_widget.journey import Journey

FORMATS = ("csv", "jsonl", "xlsx")


def add(commands: Commands) -> None:
    made = commands.add(
        "export", run, _("write the responses of a period to a file"),
        "otklik export --from 2026-10-01 --to 2026-11-01 --format xlsx --out october.xlsx", out_is_file=True,
    )  # fmt: skip
    made.add_argument("--from", dest="start", metavar="DATE", type=day, help=_("first day (four weeks back)"))
    made.add_argument("--to", dest="end", metavar="DATE", type=day, help=_("the day after the last (tomorrow)"))
    made.add_argument("--touchpoint", metavar="KEY", help=_("only this touchpoint"))
    made.add_argument("--scale", choices=SCALES, help=_("only this scale"))
    made.add_argument("--place", metavar="KEY", help=_("only this place"))
    made.add_argument("--segment", help=_("only this segment"))
    made.add_argument("--channel", choices=CHANNELS, help=_("only this channel"))
    made.add_argument(
        "--words", choices=("none", "masked", "whole"), default="masked",
        help=_("comments: none, with people hidden, or whole with contacts (masked)"),
    )  # fmt: skip
    made.add_argument("--format", choices=FORMATS, help=_("the form (by the end of the file's name, else csv)"))
    made.add_argument("--excel", action="store_true", help=_("CSV with semicolons and a mark, as Excel opens it"))
    made.add_argument("--out", metavar="FILE", type=Path, help=_("write it to a file"))


def run(context: Context) -> int:
    from otklik_collector.drawing import chosen_period, today_of
    from otklik_collector.exporting.plain import utc
    from otklik_collector.response import day_number
    from otklik_collector.store import open_store
    from otklik_collector.store.reading import Wanted

    args, journey = context.args, context.journey()
    form = args.format or (
        args.out.suffix[1:].lower() if args.out and args.out.suffix[1:].lower() in FORMATS else "csv"
    )
    if args.excel and form != "csv":
        raise refuse(_("only CSV has this form"), "--excel")
    period = chosen_period(args.start, args.end, today_of(journey))
    with open_store(context.db) as store:
        _check(store, journey, args.touchpoint, args.place, args.segment)
        moment = int(time.time() * 1000)
        wanted = Wanted(
            start=day_number(period.start), end=day_number(period.end), touchpoint=args.touchpoint, scale=args.scale,
            places=(args.place,) if args.place else (), segment=args.segment, channel=args.channel,
            received_until=moment, words=args.words != "none",
        )  # fmt: skip
        _note(store, form, args.words)
        number = _write(store, wanted, form, args.words, args.excel, args.out)
    said = _.plural("%(n)d response, as of %(moment)s", "%(n)d responses, as of %(moment)s", number, moment=utc(moment))
    show(said)
    return DONE


def _check(store: Store, journey: Journey, touchpoint: str | None, place: str | None, segment: str | None) -> None:
    """Raises `Faults` with every filter that nothing can pass."""
    known = {
        "touchpoint": {*journey.touchpoints, *(one.touchpoint for one in store.series.all())},
        "place": set(journey.place_keys),
        "segment": {*journey.company.segments, "other"},
    }
    faults = []
    for name, value in {"touchpoint": touchpoint, "place": place, "segment": segment}.items():
        if value is not None and value not in known[name]:
            listed = sorted(known[name])
            said = _(
                "there is no “%(value)s”; known: %(known)s.", value=value, known=", ".join(listed) or _("none at all")
            )
            faults.append(Fault(f"--{name}", None, said + nearest(value, listed)))
    if faults:
        raise Faults(faults)


def _note(store: Store, form: str, words: str) -> None:
    from otklik_collector.store.audit import COMMAND_LINE
    from otklik_collector.store.transaction import transaction

    with transaction(store.db.conn):
        store.audit.put(time.time(), COMMAND_LINE, "exported", form, words)


def _write(store: Store, wanted: Wanted, form: str, words: Words, excel: bool, out: Path | None) -> int:
    """To a file that only its owner reads, whole or not at all, else to the output."""
    from otklik_collector.exporting.export import write_export

    progress = _Progress()
    with nullcontext(sys.stdout.buffer) if out is None else written(out, private=True) as stream:
        try:
            return write_export(store, wanted, form, stream, words=words, excel=excel, on_step=progress)
        finally:
            progress.end()


class _Progress:
    """How many responses are written, on one line of a terminal."""

    def __init__(self) -> None:
        self._shown = 0.0
        self._any = False

    def __call__(self, rows: int) -> bool:
        now = time.monotonic()
        if sys.stderr.isatty() and now - self._shown > 0.2:
            self._shown, self._any = now, True
            print("\r" + _.plural("%(n)d response", "%(n)d responses", rows), end="", file=sys.stderr, flush=True)
        return True

    def end(self) -> None:
        if self._any:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
