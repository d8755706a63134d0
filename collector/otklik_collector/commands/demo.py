"""otklik demo: the demo company, its site, a year of samples and its map."""

from __future__ import annotations

from pathlib import Path

from otklik_collector.commands.values import day
from otklik_collector.words import _
from otklik_widget.cli import Commands, Context, port


def add(commands: Commands) -> None:
    demo = commands.add(
        "demo", run, _("the demo company: its site, a year of samples, its map"), "otklik demo --once sample"
    )
    demo.add_argument(
        "--once", metavar="DIR", type=Path, help=_("write public, otklik.db, map.json, map.html; do not serve")
    )
    demo.add_argument("--today", metavar="DATE", type=day, help=_("the day after the last sample (today)"))
    demo.add_argument("--port", type=port, default=8000, help=_("port to listen on (8000); 0: any free one"))


def run(context: Context) -> int:
    from otklik_collector.demo import show_demo

    return show_demo(context)
