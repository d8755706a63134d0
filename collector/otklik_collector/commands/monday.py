"""otklik sheet: the Monday sheet of one shop."""

from __future__ import annotations

import time
from pathlib import Path

from otklik_collector.commands.values import day
from otklik_collector.commands.written import write_pdf, write_text
from otklik_collector.words import _
from otklik_widget.cli import DONE, Commands, Context
from otklik_widget.faults import nearest, refuse
from otklik_widget.words import language


def add(commands: Commands) -> None:
    made = commands.add(
        "sheet", run, _("the Monday sheet of one shop, on one page"),
        "otklik sheet --place sadovaya --out monday.pdf", out_is_file=True,
    )  # fmt: skip
    made.add_argument("--place", metavar="KEY", help=_("the shop (not needed in a company without places)"))
    made.add_argument("--on", metavar="DATE", type=day, help=_("as of this day (today); the four weeks before it"))
    made.add_argument("--out", metavar="FILE", type=Path, help=_("write it to a file; .pdf is printed, else HTML"))


def run(context: Context) -> int:
    from otklik_collector.drawing import today_of
    from otklik_collector.sheet import render_sheet, sheet
    from otklik_collector.store import open_store

    args, journey = context.args, context.journey()
    known, place = list(journey.place_keys), args.place or ""
    if known and place not in known:
        listed = ", ".join(known)
        if not place:
            raise refuse(_("name a shop; known: %(known)s", known=listed), "--place")
        said = _("there is no “%(value)s”; known: %(known)s.", value=place, known=listed)
        raise refuse(said + nearest(place, known), "--place")
    if place and not known:
        raise refuse(_("this company has no places in its journey"), "--place")
    with open_store(context.db) as store:
        today = args.on or today_of(journey)
        made = sheet(store, journey, place, today, int(time.time() * 1000), language())
    html = render_sheet(made, journey, language())
    if args.out and args.out.suffix.lower() == ".pdf":
        write_pdf(html, args.out)
    else:
        write_text(html, args.out)
    return DONE
