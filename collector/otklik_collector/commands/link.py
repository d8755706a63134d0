"""otklik link: links that invite customers to answer, one or a column of them for a mailing."""

from __future__ import annotations

import argparse
import csv
import io
import time
from pathlib import Path
from typing import TYPE_CHECKING

from otklik_collector.commands.values import customer
from otklik_collector.words import _
from otklik_widget.cli import DONE, Commands, Context, show
from otklik_widget.faults import Fault, Faults, refuse
from otklik_widget.scales import SCALES

if TYPE_CHECKING:
    from otklik_collector.inviting import Asked, Mailing

FIELDS = {"touchpoint": "TOUCHPOINT", "scale": "--scale", "place": "--place", "segment": "--segment",
          "language": "--language"}  # fmt: skip


def add(commands: Commands) -> None:
    from otklik_collector.invitations import CHANNELS, DAYS, MOST_DAYS

    made = commands.add(
        "link", run, _("make links that invite customers to answer"),
        "otklik link checkout --customer 4711 --channel sms\notklik link delivery --from buyers.csv --out mailing.csv",
        out_is_file=True,
    )  # fmt: skip
    made.add_argument("touchpoint", nargs="?", metavar="TOUCHPOINT", help=_("what is asked about"))
    made.add_argument("--scale", choices=SCALES, default="", help=_("on which scale (the touchpoint's main one)"))
    made.add_argument("--customer", type=customer, metavar="K", help=_("who is asked: the customer's key"))
    made.add_argument("--segment", default="", metavar="S", help=_("the customer's segment"))
    made.add_argument("--place", default="", metavar="P", help=_("the place the customer was at"))
    made.add_argument("--channel", choices=CHANNELS, default="email", help=_("how the link is sent (email)"))
    made.add_argument("--language", default="", metavar="L", help=_("the language of the question (the reader's)"))
    said = _("so many days it can be answered, %(most)d at most (%(usual)d)", most=MOST_DAYS, usual=DAYS)
    made.add_argument("--days", type=_days, default=DAYS, metavar="N", help=said)
    said = _("a link that carries nothing and is kept in the database (for --channel sms)")
    made.add_argument("--short", action=argparse.BooleanOptionalAction, default=None, help=said)
    said = _("a link for each row of a CSV or XLSX file; its columns customer, segment, place, language are used")
    made.add_argument("--from", dest="file", type=Path, metavar="FILE", help=said)
    made.add_argument("--out", type=Path, metavar="FILE", help=_("write to a file, not to the output"))
    made.add_argument("--end-all", action="store_true", help=_("end every link that was ever made"))
    made.add_argument("--yes", action="store_true", help=_("do not ask"))


def _days(written: str) -> int:
    from otklik_collector.invitations import MOST_DAYS

    if not written.isdecimal() or not 1 <= int(written) <= MOST_DAYS:
        said = _("“%(value)s” is no number of days from 1 to %(most)d", value=written, most=MOST_DAYS)
        raise argparse.ArgumentTypeError(said)
    return int(written)


def run(context: Context) -> int:
    from otklik_collector.inviting import Asked, Mailing
    from otklik_collector.store import open_store

    args = context.args
    if args.end_all:
        return _end_all(context)
    if args.touchpoint is None:
        raise refuse(_("name the touchpoint: otklik link checkout"), "TOUCHPOINT")
    journey = context.journey()
    base = base_of(context)
    usual = Asked(args.touchpoint, args.scale, args.customer or "", args.segment, args.place, args.language)
    short = args.channel == "sms" if args.short is None else args.short
    with open_store(context.db, create=True) as store:
        mailing = Mailing(journey, store, base, channel=args.channel, days=args.days, short=short, now=time.time())
        faults = mailing.faults(usual)
        if faults:
            raise Faults(Fault(FIELDS[field], None, said) for field, said in faults.items())
        if args.file is None:
            (link,) = mailing.links([usual])
            _write(link + "\n", args.out)
            _tell(mailing, [link])
            return DONE
        return _column(context, mailing, usual)


def _column(context: Context, mailing: Mailing, usual: Asked) -> int:
    """The rows of the file with a column of links; every faulty row is named and nothing is made."""
    from otklik_collector.commands.progress import percent
    from otklik_collector.inviting import rows_of

    args = context.args
    names, rows, asked = rows_of(args.file, mailing, usual)
    links = mailing.links(asked, percent)
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow([*names, "link"])
    for cells, link in zip(rows, links, strict=True):
        lines.writerow([*cells, link])  # as they were: an apostrophe before "+7…" would be dialled
    _write(text.getvalue(), args.out)
    show(_.plural("%(n)d link", "%(n)d links", len(links)))
    _tell(mailing, links)
    return DONE


def _tell(mailing: Mailing, links: list[str]) -> None:
    """Until when they can be answered, and how much of a short message one takes."""
    from otklik_collector.invitations import SMS_LETTERS

    longest = max(map(len, links), default=0)
    letters = _.plural("%(n)d letter", "%(n)d letters", longest)
    show(_("It can be answered until %(day)s; %(letters)s long.", day=mailing.until(), letters=letters))
    if mailing.channel == "sms":
        left = SMS_LETTERS - longest - 1
        if left < 0:
            show(_("That is more than a short message of %(n)d Cyrillic letters holds; leave out --no-short, or use a"
                   " shorter collector_url.", n=SMS_LETTERS))  # fmt: skip
        else:
            said = _.plural("%(n)d letter is", "%(n)d letters are", left)
            show(_("%(letters)s left for words in a short message of %(most)d.", letters=said, most=SMS_LETTERS))


def _end_all(context: Context) -> int:
    from otklik_collector.commands.confirm import confirmed
    from otklik_collector.store import open_store

    if context.args.touchpoint is not None or context.args.file is not None:
        raise refuse(_("this ends the links of all touchpoints; leave the other words out"), "--end-all")
    if not confirmed(_("Every invitation that was sent ends; nobody can answer it any more."), context.args.yes):
        return DONE
    with open_store(context.db) as store:
        store.invitations.end_all()
    show(_("All links have ended; new ones can be made."))
    return DONE


def base_of(context: Context) -> str:
    """Where customers reach the collector: a link in a mail needs the whole address."""
    settings = context.settings
    found = settings.collector_url or settings.base_url
    if not found:
        said = _('say where customers reach you, in otklik.toml: collector_url = "https://ask.shop.example"')
        raise refuse(said, "collector_url")
    return found.rstrip("/")


def _write(text: str, out: Path | None) -> None:
    from otklik_collector.commands.written import write_text

    write_text(text, out)
