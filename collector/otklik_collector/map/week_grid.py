"""Weekday by hour: when it hurts. Each cell is pulled toward its touchpoint, and few responses are not told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Literal

from otklik_collector.map.posterior import Counted, Pool, Prior, posterior
from otklik_collector.map.suppression import hidden_parts
from otklik_widget.intervals import SHOWN
from otklik_widget.journey import Hours

DAY_PARTS = ((0, 6), (6, 12), (12, 18), (18, 24))
Moment = tuple[int, int]
"""Weekday (Monday is 0) and the hour in which a cell begins."""


@dataclass(frozen=True)
class GridCell:
    """`share`: what is believed of the unhappy, 0..1; None where too few answered to tell (hatched)."""

    weekday: int
    start: int
    end: int
    responses: int
    share: float | None = None


@dataclass(frozen=True)
class WeekGrid:
    """Cells in the order of weekdays and hours; `average`: the touchpoint's own share, the middle of the colours.

    `by`: hours, or four parts of the day where half the hours have fewer than five responses. Hours when it is closed
    and nobody answered are not among the cells.
    """

    by: Literal["hour", "part"]
    cells: tuple[GridCell, ...]
    responses: int
    average: float | None

    def find(self, weekday: int, start: int) -> GridCell | None:
        return next((cell for cell in self.cells if (cell.weekday, cell.start) == (weekday, start)), None)


def week_grid(counted: Mapping[Moment, Counted], hours: Hours | None = None, withheld: bool = False) -> WeekGrid:
    """The grid of (unhappy, all) responses by local weekday and hour; responses without a time are not in it."""
    whole = (sum(bad for bad, _n in counted.values()), sum(n for _bad, n in counted.values()))
    open_cells = {
        (weekday, hour): counted.get((weekday, hour), (0, 0))
        for weekday in range(7)
        for hour in range(24)
        if _is_open(hours, weekday, hour) or counted.get((weekday, hour), (0, 0))[1]
    }
    if whole[1] < SHOWN or withheld:
        cells = tuple(GridCell(day, hour, hour + 1, n) for (day, hour), (_bad, n) in open_cells.items())
        return WeekGrid("hour", cells, whole[1], None)
    if median(n for _bad, n in open_cells.values()) < SHOWN:
        return _grid("part", _parts(open_cells), 6, whole)
    return _grid("hour", open_cells, 1, whole)


def _is_open(hours: Hours | None, weekday: int, hour: int) -> bool:
    if hours is None or weekday not in hours.days:
        return hours is None
    start, end = hours.days[weekday]
    return any(start <= minute < (end if end > start else end + 1440) for minute in range(hour * 60, hour * 60 + 60))


def _parts(cells: Mapping[Moment, Counted]) -> dict[Moment, Counted]:
    found: dict[Moment, Counted] = {}
    for (weekday, hour), (bad, n) in cells.items():
        start = next(first for first, last in DAY_PARTS if first <= hour < last)
        before = found.get((weekday, start), (0, 0))
        found[weekday, start] = before[0] + bad, before[1] + n
    return found


def _grid(by: Literal["hour", "part"], cells: Mapping[Moment, Counted], width: int, whole: Counted) -> WeekGrid:
    average = whole[0] / whole[1]
    away = 0.5 / (whole[1] + 1)
    prior = Prior(min(1 - away, max(away, average)), Pool.of(cells.values()).strength)
    hidden = hidden_parts({moment: n for moment, (_bad, n) in cells.items()})
    found = tuple(
        GridCell(
            weekday,
            start,
            start + width,
            n,
            None if not n or (weekday, start) in hidden else posterior(bad, n, prior).mean,
        )
        for (weekday, start), (bad, n) in sorted(cells.items())
    )
    return WeekGrid(by, found, whole[1], average)
