"""otklik backup and otklik restore: copies of the database, proved on the copy, and put back."""

from __future__ import annotations

import json
import time
from pathlib import Path

from otklik_collector.commands.confirm import confirmed
from otklik_collector.commands.progress import percent
from otklik_collector.commands.values import count
from otklik_collector.words import _
from otklik_widget.cli import DONE, REFUSED, Commands, Context, show
from otklik_widget.faults import refuse


def add(commands: Commands) -> None:
    said = _("copy the database while it is in use, and prove the copy")
    made = commands.add("backup", run_backup, said, "otklik backup /mnt/copies --keep 14")
    made.add_argument("folder", metavar="DIR", nargs="?", type=Path, help=_("where copies lie (backups)"))
    said = _("leave only the newest N copies; otherwise those of the last days that the settings name")
    made.add_argument("--keep", type=count, metavar="N", help=said)
    made.add_argument("--json", action="store_true", help=_("print the result as JSON"))
    said = _("put a copy in the place of the database")
    back = commands.add("restore", run_restore, said, "otklik restore backups/otklik-20261121-030000.db --yes")
    back.add_argument("file", metavar="FILE", type=Path, help=_("a copy of the database"))
    back.add_argument("--yes", action="store_true", help=_("do not ask"))
    back.add_argument("--json", action="store_true", help=_("print the result as JSON"))


def run_backup(context: Context) -> int:
    from otklik_collector.store.audit import note
    from otklik_collector.store.backup import back_up, rotate

    args, settings = context.args, context.settings
    if not context.db.is_file():
        raise refuse(_("there is no such database"), str(context.db))
    folder = args.folder or Path(settings.backups)
    made = back_up(context.db, folder, percent)
    good = not made.broken and not made.mismatches
    # Old copies are the last hope until a new one is good.
    gone = rotate(context.db, folder, args.keep, settings.keep_backups_days) if good else []
    refused = None if made.broken else note(context.db, "copied", made.file.name, str(made.responses))
    if args.json:
        report = {
            "file": None if made.broken else str(made.file), "responses": made.responses, "broken": made.broken,
            "mismatches": made.mismatches, "removed": [str(file) for file in gone],
        }  # fmt: skip
        print(json.dumps(report, ensure_ascii=False, indent=2))
    elif not made.broken:
        print(_.plural("%(file)s: %(n)d response", "%(file)s: %(n)d responses", made.responses, file=made.file))
    if refused:
        show(_("the audit log does not tell of this copy: %(why)s", why=refused))
    for line in made.broken:
        show(_("the copy was not kept: %(what)s", what=line))
    if made.mismatches:
        show(_("the copy is whole, but counts differ from the responses, here and there: otklik verify --repair"))
    for file in gone:
        show(_("removed: %(file)s", file=file))
    return DONE if good else REFUSED


def run_restore(context: Context) -> int:
    from otklik_collector.lock import sole_collector
    from otklik_collector.store import open_store
    from otklik_collector.store.audit import COMMAND_LINE
    from otklik_collector.store.backup import restore
    from otklik_collector.store.erasure import erase_again

    args, db = context.args, context.db
    if not args.file.is_file():
        raise refuse(_("there is no such copy"), str(args.file))
    if db.exists() and args.file.samefile(db):
        raise refuse(_("this is the database itself"), str(args.file))
    if not db.absolute().parent.is_dir():
        raise refuse(_("a database cannot stand here; name a file in a folder that exists"), str(db))
    with sole_collector(db):
        sure = _(
            "%(db)s will be replaced by %(file)s; what came after that copy will be missing.", db=db, file=args.file
        )
        if db.exists() and not confirmed(sure, args.yes):
            return DONE
        made, kept, again = restore(args.file, db, erase_again)
        with open_store(db) as store:
            store.audit.put(time.time(), COMMAND_LINE, "restored", args.file.name, str(made.responses - again))
    if args.json:
        report = {
            "db": str(db), "responses": made.responses - again, "erased_again": again,
            "kept": str(kept) if kept else None, "mismatches": made.mismatches,
        }  # fmt: skip
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        left = made.responses - again
        print(_.plural("%(db)s: %(n)d response", "%(db)s: %(n)d responses", left, db=db))
    if again:
        show(_.plural("%(n)d response was erased after the copy was made, and is erased again",
                      "%(n)d responses were erased after the copy was made, and are erased again", again))  # fmt: skip
    if kept:
        show(_("the database that stood here is kept: %(file)s", file=kept))
    if made.mismatches:
        show(_("counts differ from the responses: otklik verify --repair"))
    return DONE
