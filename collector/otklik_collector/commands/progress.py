"""How far long work is, on one line of a terminal; nothing where nobody looks."""

from __future__ import annotations

import sys


def percent(done: int, total: int) -> None:
    if sys.stderr.isatty() and total:
        end = "\n" if done >= total else ""
        print(f"\r{100 * done // total} %", end=end, file=sys.stderr, flush=True)
