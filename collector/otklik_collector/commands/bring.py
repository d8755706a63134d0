"""otklik import: brings responses from a spreadsheet."""

from __future__ import annotations

from pathlib import Path

from otklik_collector.words import _
from otklik_widget.cli import Commands, Context


def add(commands: Commands) -> None:
    read = commands.add(
        "import", run, _("bring responses from a spreadsheet"), "otklik import survey.csv --mapping survey.toml"
    )
    read.add_argument("file", metavar="FILE", type=Path, help=_("a CSV or XLSX file"))
    read.add_argument("--mapping", metavar="M.toml", type=Path, required=True, help=_("what its columns mean"))
    read.add_argument("--skip-faulty", action="store_true", help=_("store the good rows although others are faulty"))
    read.add_argument("--update", action="store_true", help=_("store changed responses as their next revision"))
    read.add_argument("--json", action="store_true", help=_("print the counts as JSON"))


def run(context: Context) -> int:
    from otklik_collector.importing.run import bring

    return bring(context)
