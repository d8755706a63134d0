"""A slice week by week: the score and the unhappy share with their bands, broken where the question changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from otklik_collector.map.series import Period
from otklik_collector.map.slices import DayCounts, Point, Slice, added, point
from otklik_collector.map.suppression import hidden_parts


@dataclass(frozen=True)
class Line:
    """`points` oldest first; where the wording changes the line is broken. `whole`: all of them, newest wording."""

    slice: Slice
    points: tuple[Point, ...]
    whole: Point

    @property
    def breaks(self) -> tuple[Point, ...]:
        """The first point of every later wording."""
        pairs = zip(self.points, self.points[1:], strict=False)
        return tuple(after for before, after in pairs if after.wording != before.wording)


def line(cut: Slice, days: Iterable[DayCounts], stretches: Sequence[Period], withheld: bool = False) -> Line:
    """The line over the stretches (weeks, months, …), which lie in order and do not overlap.

    A stretch with two wordings gives two points; one without responses gives an empty point, so that a gap is seen.
    What is shown never lets a stretch below the minimum be computed from the whole.
    """
    known = sorted((one for one in days if cut.wording in (None, one.wording)), key=lambda one: one.day)
    newest = known[-1].wording if known else cut.wording or 1
    versions = sorted({one.wording for one in known}) or [newest]
    counts: dict[tuple[int, int], dict[int, int]] = {}
    for version in versions:
        for place, stretch in enumerate(stretches):
            inside = [one.counts for one in known if one.wording == version and stretch.start <= one.day < stretch.end]
            counts[place, version] = added(inside)
    found: list[Point] = []
    hidden: set[tuple[int, int]] = set()
    for version in versions:
        hidden |= hidden_parts({key: sum(each.values()) for key, each in counts.items() if key[1] == version})
    for place, stretch in enumerate(stretches):
        there = [version for version in versions if counts[place, version]]
        for version in there or [found[-1].wording if found else versions[0]]:
            held = withheld or (place, version) in hidden
            found.append(point(stretch, version, cut.scale, counts[place, version], held))
    total = added(counts[place, newest] for place in range(len(stretches)))
    return Line(cut, tuple(found), point(cut.period, newest, cut.scale, total, withheld))
