"""The commands of the collector, in the order in which `otklik --help` lists them."""

from __future__ import annotations

from otklik_collector.commands import bring, demo, draw, key, passes, serve, verify
from otklik_widget.cli import Commands


def add_commands(commands: Commands) -> None:
    """Adds every command of the collector."""
    for command in (serve, key, bring, passes, draw, verify, demo):
        command.add(commands)
