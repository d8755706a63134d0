"""The commands of the collector."""

from __future__ import annotations

from otklik_widget.cli import Commands


def add_commands(commands: Commands) -> None:
    del commands
