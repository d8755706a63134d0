"""otklik audit: who did what in the console and with its people."""

from __future__ import annotations

import json

from otklik_collector.commands.values import count
from otklik_collector.words import _
from otklik_widget.cli import DONE, Commands, Context, show


def add(commands: Commands) -> None:
    audit = commands.add(
        "audit", run, _("who did what with people and sessions"), "otklik audit --user anna --limit 20"
    )
    audit.add_argument("--user", metavar="NAME", help=_("only by or about this person"))
    audit.add_argument("--limit", type=count, default=100, metavar="N", help=_("at most so many, the newest (100)"))
    audit.add_argument("--json", action="store_true", help=_("print them as JSON"))


def run(context: Context) -> int:
    from otklik_collector.commands.user import moment
    from otklik_collector.console.names import action_name, detail_words
    from otklik_collector.store import open_store
    from otklik_collector.store.people import folded

    args = context.args
    with open_store(context.db) as store:
        name = None
        if args.user:
            name = next((known for known in store.audit.names() if folded(known) == folded(args.user)), args.user)
        deeds = store.audit.newest(args.limit, name=name)
    if args.json:
        print(json.dumps([deed._asdict() for deed in deeds], ensure_ascii=False, indent=2))
        return DONE
    if not deeds:
        show(_("Nothing is written down yet."))
    for deed in deeds:
        who = deed.who or (_("somebody unknown") if deed.action == "guessing" else _("command line"))
        about = deed.about if deed.about != deed.who else ""
        line = [moment(deed.at), who, action_name(deed.action), about, detail_words(deed)]
        print("  ".join(part for part in line if part))
    return DONE
