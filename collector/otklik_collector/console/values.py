"""Values of forms and addresses, checked where they come in."""

from __future__ import annotations

import argparse
from datetime import date

from otklik_collector.commands.values import day
from otklik_collector.console.asked import FIRST_DAY, LAST_DAY


def written_day(written: str) -> date | None:
    """A day like 2026-11-21 within the calendar of the console; None for anything else."""
    try:
        found = day(written)
    except argparse.ArgumentTypeError:
        return None
    return found if FIRST_DAY <= found <= LAST_DAY else None
