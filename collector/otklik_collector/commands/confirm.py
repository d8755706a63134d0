"""The question before something that cannot be taken back."""

from __future__ import annotations

import sys

from otklik_collector.words import _
from otklik_widget.cli import show
from otklik_widget.faults import refuse


def confirmed(what: str, yes: bool) -> bool:
    """Did the person agree? Raises `Faults` where nobody can be asked and `--yes` was not given."""
    if yes:
        return True
    show(what)
    if not sys.stdin or not sys.stdin.isatty():
        raise refuse(_("nothing was done: repeat the command with --yes"))
    print(_("Type “yes” to go on: "), end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() in ("yes", "y", "да", "д"):
        return True
    show(_("Nothing was done."))
    return False
