"""otklik kiosk pair, import and sheet: how tablets become kiosks, one or hundreds."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from otklik_collector.commands.written import write_pdf, write_text
from otklik_collector.words import _
from otklik_widget.cli import DONE, Commands, Context, show
from otklik_widget.faults import Faults, nearest, refuse
from otklik_widget.words import language


def add(kiosk: Commands) -> None:
    """Adds to the commands `otklik kiosk …`."""
    said = _("make a code with which a tablet becomes this kiosk")
    pair = kiosk.add("pair", run_pair, said, "otklik kiosk pair exit-1")
    pair.add_argument("device", metavar="DEVICE", help=_("the kiosk"))
    bring = kiosk.add("import", run_import, _("make many kiosks from a table"), "otklik kiosk import kiosks.csv")
    said = _("a CSV or XLSX file with the columns device, name, place, points, lang, languages, reasons, pin")
    bring.add_argument("file", metavar="FILE", type=Path, help=said)
    sheet = kiosk.add(
        "sheet", run_sheet, _("make codes and a sheet of QR codes to print, a page for each place"),
        "otklik kiosk sheet --place sadovaya --out sheet.pdf", out_is_file=True,
    )  # fmt: skip
    sheet.add_argument("--place", metavar="P", action="append", help=_("only of this place; repeatable (all)"))
    sheet.add_argument("--again", action="store_true", help=_("also of kiosks that have their tablet"))
    sheet.add_argument("--address", metavar="URL", help=_("where tablets reach the collector (collector_url)"))
    sheet.add_argument("--out", metavar="FILE", type=Path, help=_("write it to a file; .pdf is printed, else HTML"))


def run_pair(context: Context) -> int:
    from otklik_collector.kiosk_sheet import pair_address
    from otklik_collector.kiosk_words import clock_words
    from otklik_collector.store import open_store
    from otklik_collector.store.audit import COMMAND_LINE

    device, journey = context.args.device, context.journey()
    with open_store(context.db) as store:
        known = store.devices.all()
        if device not in known:
            raise unknown(device, known)
        (code,) = store.pairing.make([device], COMMAND_LINE, time.time())
    until = clock_words(code.expires_at, journey.company.zone)
    said = _("Open %(address)s on the tablet and type the code. It works once, until %(when)s.")
    show(said % {"address": pair_address(_address(context)), "when": until})
    print(_("Code of the kiosk “%(device)s”:", device=device), code.code)
    return DONE


def run_import(context: Context) -> int:
    from otklik_collector.importing.kiosks import read_kiosks
    from otklik_collector.store import open_store
    from otklik_collector.store.audit import COMMAND_LINE

    journey = context.journey()
    with open_store(context.db, create=True) as store:
        found = read_kiosks(context.args.file, journey, store.devices.all())
        store.devices.add_all(found, COMMAND_LINE)
    show(_.plural("%(n)d kiosk was made. “otklik kiosk sheet” prints its code.",
                  "%(n)d kiosks were made. “otklik kiosk sheet” prints their codes.", len(found)))  # fmt: skip
    return DONE


def run_sheet(context: Context) -> int:
    from otklik_collector.kiosk_sheet import no_https, render
    from otklik_collector.store import open_store
    from otklik_collector.store.audit import COMMAND_LINE
    from otklik_collector.store.pairing import SHEET_HOURS

    args, journey = context.args, context.journey()
    for place in args.place or ():
        if place not in journey.place_keys:
            said = _("the journey has no place “%(key)s”.", key=place) + nearest(place, journey.place_keys)
            raise refuse(said, "--place")
    address = _address(context, args.address)
    if not address:
        raise refuse(_("say where tablets reach the collector, like https://ask.shop.example"), "--address")
    with open_store(context.db) as store:
        devices = [
            one for one in store.devices.all().values()
            if one.revoked_at is None and one.retired_at is None and (args.again or one.paired_at is None)
            and (not args.place or one.place in args.place)
        ]  # fmt: skip
        if not devices:
            raise refuse(_("every kiosk has its tablet; --again makes codes for all of them"))
        codes = store.pairing.make([one.device for one in devices], COMMAND_LINE, time.time(), SHEET_HOURS)
    if said := no_https(address):
        show(_("warning: %(fault)s", fault=said))
    html = render(journey, devices, codes, address, language())
    if args.out and args.out.suffix.lower() == ".pdf":
        write_pdf(html, args.out)
    else:
        write_text(html, args.out)
    said = _.plural("%(n)d code; it is good for a week and works once.",
                    "%(n)d codes; they are good for a week, and each works once.", len(codes))  # fmt: skip
    show(said)
    return DONE


def unknown(device: str, known: Iterable[str]) -> Faults:
    return refuse(
        _("there is no kiosk “%(device)s”; otklik kiosk list shows all.", device=device) + nearest(device, list(known))
    )


def _address(context: Context, written: str | None = None) -> str:
    """Where tablets reach the collector, without a slash at its end; empty where nobody said so."""
    from otklik_collector.door import origin_of

    if written and origin_of(written) is None:
        raise refuse(_("“%(value)s” is no address like https://ask.shop.example", value=written), "--address")
    return (written or context.settings.collector_url or context.settings.base_url).rstrip("/")
