"""otklik map: the touchpoint problem map of a period."""

from __future__ import annotations

from pathlib import Path

from otklik_collector.commands.values import day
from otklik_collector.commands.written import write_pdf, write_text
from otklik_collector.map.output import FORMATS
from otklik_collector.words import _
from otklik_widget.cli import DONE, Commands, Context
from otklik_widget.faults import refuse
from otklik_widget.words import language


def add(commands: Commands) -> None:
    drawn = commands.add(
        "map", run, _("the touchpoint problem map of a period"),
        "otklik map --from 2017-05-01 --to 2017-06-01 --format html --out map.html", out_is_file=True,
    )  # fmt: skip
    drawn.add_argument("--from", dest="start", metavar="DATE", type=day, help=_("first day (four weeks back)"))
    drawn.add_argument("--to", dest="end", metavar="DATE", type=day, help=_("the day after the last (tomorrow)"))
    drawn.add_argument(
        "--against", nargs=2, metavar=("FROM", "TO"), type=day, help=_("compare with (the period before)")
    )
    drawn.add_argument("--place", help=_("only this place"))
    drawn.add_argument("--segment", help=_("only this segment"))
    drawn.add_argument("--channel", help=_("only this channel"))
    drawn.add_argument(
        "--per-person", action="store_true", help=_("only the last response of each person and touchpoint")
    )
    drawn.add_argument("--include-flagged", action="store_true", help=_("count flagged responses too"))
    drawn.add_argument("--format", choices=(*FORMATS, "pdf"), default="text", help=_("how to show it (text)"))
    drawn.add_argument("--out", metavar="FILE", type=Path, help=_("write it to a file"))


def run(context: Context) -> int:
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
    if args.format == "pdf":
        write_pdf(output.render(found, journey, "html", language()), args.out)
    else:
        write_text(output.render(found, journey, args.format, language()), args.out)
    return DONE
