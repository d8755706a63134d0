"""otklik poster: a question on paper, to hang up or to set on a table."""

from __future__ import annotations

from pathlib import Path

from otklik_collector.commands.written import write_pdf, write_text
from otklik_collector.words import _
from otklik_widget.cli import DONE, Commands, Context
from otklik_widget.faults import Fault, Faults, nearest
from otklik_widget.words import language

SIZES = ("a4", "a5", "tent")


def add(commands: Commands) -> None:
    made = commands.add(
        "poster", run, _("a question on paper with its QR code, to hang up or to set on a table"),
        "otklik poster checkout --place sadovaya --size tent --out tent.pdf", out_is_file=True,
    )  # fmt: skip
    made.add_argument("touchpoint", metavar="TOUCHPOINT", help=_("what is asked about"))
    said = _("where it will hang; repeatable, “all” makes one for each place (none)")
    made.add_argument("--place", action="append", default=[], metavar="P", help=said)
    made.add_argument("--size", choices=SIZES, default="a4", help=_("A4, A5 or a table tent (a4)"))
    made.add_argument(
        "--language", default="", metavar="L", help=_("a language, or two with a comma (all, two at most)")
    )
    made.add_argument("--out", metavar="FILE", type=Path, help=_("write it to a file; .pdf is printed, else HTML"))


def run(context: Context) -> int:
    from otklik_collector.commands.link import base_of
    from otklik_collector.invitations import faults_of
    from otklik_collector.posters import Poster, render_posters

    args, journey = context.args, context.journey()
    known = journey.company.languages
    languages = tuple(filter(None, args.language.split(","))) or known[:2]
    faults = [
        Fault("TOUCHPOINT", None, said)
        for field, said in faults_of(journey, args.touchpoint).items()
        if field == "touchpoint"
    ]
    places = args.place or [""]
    if args.place == ["all"] and not faults:
        places = list(journey.touchpoints[args.touchpoint].places or journey.place_keys) or [""]
    for place in places:
        found = faults_of(journey, args.touchpoint, place=place)
        faults += [Fault("--place", None, said) for field, said in found.items() if field == "place"]
    if not set(languages) <= set(known) or len(set(languages)) != len(languages) or len(languages) > 2:
        said = _("“%(value)s” names no language of the company, or two with a comma; it speaks %(known)s.",
                 value=args.language, known=", ".join(known))  # fmt: skip
        faults.append(Fault("--language", None, said + nearest(args.language, known)))
    if faults:
        raise Faults(faults)
    posters = [Poster(args.touchpoint, place, args.size, languages) for place in places]
    html = render_posters(journey, posters, base_of(context), language())
    if args.out and args.out.suffix.lower() == ".pdf":
        write_pdf(html, args.out)
    else:
        write_text(html, args.out)
    return DONE
