"""The values of a YAML file that somebody wrote by hand, however it was meant."""

from __future__ import annotations

from typing import Any

import yaml

from otklik_site.front_matter import DEEP, LOADER
from otklik_site.words import _
from otklik_site.yaml_faults import why_not
from otklik_widget.faults import refuse

# So many values a file may hold when everything that it names again is written out.
MOST = 200_000
# What PyYAML's constructors raise for `!!int x`, `!!bool x`, `!!timestamp x` and the like, besides its own errors.
_WRONG = (ValueError, ArithmeticError, AttributeError, LookupError, TypeError, RecursionError)


def load_yaml(text: str, where: str) -> Any:
    """The values; raises `Faults` where there are none, or so many that they would fill the memory."""
    try:
        _refuse_much(text, where)
        return yaml.load(text, Loader=LOADER)  # noqa: S506 - LOADER is a safe one
    except yaml.YAMLError as error:
        raise why_not(error, text.split("\n"), where) from None
    except _WRONG:
        raise refuse(_("this is no list of rows"), where) from None


def _refuse_much(text: str, where: str) -> None:
    """Raises `Faults` for lists in lists, or for aliases of aliases: merged, a few lines of these never end."""
    sizes: dict[str, int] = {}
    # What each open list has held so far, and the name of those that have one.
    open_lists: list[tuple[int, str | None]] = []
    total = 0
    for event in yaml.parse(text, Loader=LOADER):
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.AliasEvent):
            total += sizes.get(event.anchor or "", 1)
        elif isinstance(event, yaml.CollectionStartEvent):
            total += 1
            open_lists.append((total, event.anchor))
        elif isinstance(event, yaml.CollectionEndEvent):
            before, name = open_lists.pop()
            if name:
                sizes[name] = total - before + 1
        elif isinstance(event, yaml.ScalarEvent):
            total += 1
        if len(open_lists) > DEEP:
            raise refuse(_("too many lists stand inside one another"), where, line)
        if total > MOST:
            raise refuse(_("with all that it names again (*name) this file holds too many values"), where, line)
