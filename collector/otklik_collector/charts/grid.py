"""The week as a grid: hours across, days down; a mouth and a tone in each cell tell how it went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from otklik_collector.charts.drawing import Chart, element, percent, picture, words
from otklik_collector.map import figures
from otklik_collector.map.faces import MOUTHS
from otklik_collector.map.posterior import Verdict
from otklik_collector.words import _

ROW = 26


@dataclass(frozen=True)
class Cell:
    """An hour of a weekday; `share` (0..1) and verdict are None where too few answered."""

    responses: int
    share: float | None = None
    verdict: Verdict | None = None


def week_grid(cells: Mapping[tuple[int, int], Cell], days: Sequence[str], hours: Mapping[int, str]) -> Chart:
    """The chart of (weekday, hour) cells; `days` and `hours` are names: from Monday on, of those that are open."""
    wide = 100 / max(1, len(hours))
    inside = []
    for row, day in enumerate(days):
        inside.append(words(day, "0", ROW * row + ROW / 2, "end", dx="-.5em", dy=".35em"))
        for column, hour in enumerate(hours):
            cell = cells.get((row, hour), Cell(0))
            inside += _cell(cell, wide * column, wide, ROW * row)
    for column, hour in enumerate(hours):
        # On a phone only every third hour fits.
        kind = "" if column % 3 == 0 else "minor"
        inside.append(
            words(
                hours[hour].removesuffix(":00"),
                percent(wide * (column + 0.5)),
                ROW * len(days),
                "middle",
                kind,
                dy="1.2em",
            )
        )
    return Chart(
        picture("week", ROW * len(days), inside),
        _summary(cells, days, hours),
        [_("Hour"), *days],
        [[hours[hour], *(_said(cells.get((row, hour), Cell(0))) for row in range(len(days)))] for hour in hours],
    )


def _cell(cell: Cell, x: float, wide: float, y: int) -> Iterator[Markup]:
    place: dict[str, Any] = {"x": percent(x + wide * 0.03), "y": y + 1, "width": percent(wide * 0.94)}
    place["height"] = ROW - 2
    if cell.verdict is None:
        yield element("rect", **place, class_="few" if cell.responses else "none")
        return
    yield element("rect", **place, class_=f"cell v-{cell.verdict}")
    mouth = element("path", d=MOUTHS[cell.verdict], class_="line")
    yield element("svg", [mouth], x=percent(x), y=y, width=percent(wide), height=ROW, viewBox="4 8 24 24")


def _said(cell: Cell) -> str:
    if cell.share is None:
        return _("%(n)s answered", n=figures.number(cell.responses)) if cell.responses else ""
    share, n = figures.of_100(cell.share), figures.number(cell.responses)
    return _("%(share)s of 100 (of %(n)s)", share=share, n=n)


def _summary(cells: Mapping[tuple[int, int], Cell], days: Sequence[str], hours: Mapping[int, str]) -> str:
    bad = [when for when, cell in cells.items() if cell.verdict in ("surely_hurts", "hurts")]
    if not any(cell.verdict for cell in cells.values()):
        return _("No hour of the week has 5 responses yet.")
    if not bad:
        return _("No hour of the week stands out as a problem.")
    named = [f"{days[day]} {hours[hour]}" for day, hour in sorted(bad, key=lambda when: -(cells[when].share or 0))[:3]]
    return _("The hours that hurt most: %(hours)s.", hours=", ".join(named))
