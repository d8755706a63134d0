"""otklik verify: recounts all roll-ups against the responses."""

from __future__ import annotations

import json

from otklik_collector.words import _
from otklik_widget.cli import DONE, REFUSED, Commands, Context, show


def add(commands: Commands) -> None:
    verify = commands.add("verify", run, _("recount all roll-ups against the responses"), "otklik verify --repair")
    verify.add_argument("--repair", action="store_true", help=_("rebuild the roll-ups where they differ"))
    verify.add_argument("--json", action="store_true", help=_("print the result as JSON"))


def run(context: Context) -> int:
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
