"""otklik kiosk pair: a code with which a tablet becomes a kiosk."""

from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo

from otklik_collector.words import _
from otklik_widget.cli import DONE, Commands, Context, show
from otklik_widget.faults import nearest, refuse


def add(kiosk: Commands) -> None:
    """Adds to the commands `otklik kiosk …`."""
    said = _("make a code with which a tablet becomes this kiosk")
    pair = kiosk.add("pair", run_pair, said, "otklik kiosk pair exit-1")
    pair.add_argument("device", metavar="DEVICE", help=_("the kiosk"))


def run_pair(context: Context) -> int:
    from otklik_collector.store import open_store
    from otklik_collector.store.audit import COMMAND_LINE

    device, journey = context.args.device, context.journey()
    with open_store(context.db) as store:
        known = store.devices.all()
        if device not in known:
            raise refuse(_("there is no kiosk “%(device)s”.", device=device) + nearest(device, list(known)))
        (code,) = store.pairing.make([device], COMMAND_LINE, time.time())
    until = datetime.fromtimestamp(code.expires_at / 1000, ZoneInfo(journey.company.zone))
    address = context.settings.collector_url or context.settings.base_url
    where = f"{address}/kiosk/pair" if address else "/kiosk/pair"
    show(_("Open %(address)s on the tablet and type the code. It works once, until %(when)s.",
           address=where, when=until.strftime("%Y-%m-%d %H:%M")))  # fmt: skip
    print(_("Code of the kiosk “%(device)s”:", device=device), code.code)
    return DONE
