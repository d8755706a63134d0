"""otklik passes: how many customers pass each touchpoint, place and day."""

from __future__ import annotations

from pathlib import Path

from otklik_collector.words import _
from otklik_widget.cli import Commands, Context


def add(commands: Commands) -> None:
    passes = commands.add(
        "passes", run, _("bring customers per touchpoint, place and day"), "otklik passes till.csv --mapping till.toml"
    )
    passes.add_argument("file", metavar="FILE", type=Path, help=_("a CSV or XLSX file"))
    said = _("what its columns mean (date, touchpoint, place, passes)")
    passes.add_argument("--mapping", metavar="M.toml", type=Path, help=said)
    passes.add_argument("--json", action="store_true", help=_("print the counts as JSON"))


def run(context: Context) -> int:
    from otklik_collector.importing.passes import bring_passes

    return bring_passes(context)
