"""What must not be told because it would give away fewer than five responses, also by subtracting two views."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

from otklik_collector.map.series import Series
from otklik_widget.intervals import SHOWN

Key = TypeVar("Key", bound=Hashable)
Cell = tuple[str, ...]


def hidden_parts(parts: Mapping[Key, int], others: int = 0) -> set[Key]:
    """Which parts of a shown whole are hidden: those below five, and as many more as keep those from being computed.

    `others`: responses of the whole that are in no part, so that nobody can open them by themselves.
    """
    hidden = {key for key, n in parts.items() if 0 < n < SHOWN}
    left = sum(parts[key] for key in hidden) + others
    # The smallest first: what is lost is as little as can be.
    for key in sorted(parts, key=lambda key: (parts[key], str(key))):
        if not 0 < left < SHOWN:
            break
        if key not in hidden and parts[key]:
            hidden.add(key)
            left += parts[key]
    return hidden


@dataclass(frozen=True)
class Tellable:
    """The touchpoints whose reasons may be told in a period, and in the one before.

    `answers`: of which touchpoint and scale single answers may be told in the period.
    """

    now: frozenset[str]
    before: frozenset[str]
    answers: frozenset[tuple[str, str]]


def tellable(rows: Iterable[Series]) -> Tellable:
    """Where a score is shown, and none of the touchpoint's scores is withheld: reasons and comments are of them all."""
    rows = list(rows)
    hidden = {row.touchpoint for row in rows if row.withheld}
    now = {row.touchpoint for row in rows if row.unhappy} - hidden
    before = {row.touchpoint for row in rows if row.trend.difference is not None}
    answers = {(row.touchpoint, row.scale) for row in rows if row.unhappy and row.touchpoint in now}
    return Tellable(frozenset(now), frozenset(now & before), frozenset(answers))


class Table:
    """Responses by several names at once, like place and segment, and which views of them are withheld.

    `cells` counts by all names; "" stands for responses without the name: no view shows them by themselves.
    First each name alone is judged, then each pair, then all three, so that what a view with one filter shows does
    not depend on whether somebody asked for two.
    """

    def __init__(self, cells: Mapping[Cell, int]) -> None:
        self._width = len(next(iter(cells), ()))
        self._counts: dict[tuple[int, ...], dict[Cell, int]] = {}
        self._hidden: dict[tuple[int, ...], set[Cell]] = {(): set()}
        for size in range(self._width + 1):
            for names in combinations(range(self._width), size):
                counts = self._counts[names] = {}
                for cell, n in cells.items():
                    key = tuple(cell[name] for name in names)
                    counts[key] = counts.get(key, 0) + n
                if names:
                    self._hidden[names] = self._judge(names)

    def withheld(self, cell: Mapping[int, str]) -> bool:
        """Is the view with these names, by their place, to be withheld?"""
        names = tuple(sorted(cell))
        return tuple(cell[name] for name in names) in self._hidden[names]

    def _judge(self, names: tuple[int, ...]) -> set[Cell]:
        counts = self._counts[names]
        hidden = {cell for cell, n in counts.items() if 0 < n < SHOWN}
        lines = self._lines(names)
        changed = True
        while changed:
            changed = False
            for whole_hidden, cells in lines:
                more = _more(whole_hidden, cells, counts, hidden)
                changed = changed or bool(more)
                hidden |= more
        return hidden

    def _lines(self, names: tuple[int, ...]) -> list[tuple[bool, list[Cell]]]:
        """Every sum that a reader may know: cells that differ in one name only, and whether their whole is hidden."""
        lines: dict[tuple[int, Cell], list[Cell]] = {}
        for cell in self._counts[names]:
            for at in range(len(names)):
                lines.setdefault((at, cell[:at] + cell[at + 1 :]), []).append(cell)
        return [
            (whole in self._hidden[names[:at] + names[at + 1 :]], sorted(cells))
            for (at, whole), cells in lines.items()
            if all(whole)
        ]


def _more(whole_hidden: bool, cells: list[Cell], counts: Mapping[Cell, int], hidden: set[Cell]) -> set[Cell]:
    """What else of a sum must be hidden: one secret alone, or secrets that are few together, can be computed."""
    unknown = [cell for cell in cells if counts[cell] and (cell in hidden or not all(cell))]
    if not whole_hidden and not any(cell in hidden for cell in unknown):
        return set()
    more: set[Cell] = set()
    for cell in sorted(cells, key=lambda cell: (counts[cell], cell)):
        secrets = len(unknown) + len(more) + whole_hidden
        if secrets >= 2 and (whole_hidden or sum(counts[one] for one in (*unknown, *more)) >= SHOWN):
            break
        if counts[cell] and cell not in unknown:
            more.add(cell)
    return more
