"""What one response adds to the roll-ups: the single place that says how rows become counts."""

from __future__ import annotations

from typing import NamedTuple

from otklik_collector.store.migrations import SCORES
from otklik_widget.scales import SCALES

DIMENSIONS = ("place", "channel", "segment")
"""Roll-ups beside the whole (dimension ""): one member a response; an empty one is not counted."""


class Counted(NamedTuple):
    """The columns of a response that the roll-ups depend on."""

    series: int
    scale: str
    score: int | None
    place: str
    channel: str
    segment: str
    day: int
    hour: int | None
    flagged: bool


class Tally:
    """Sums of many responses, added or taken away: what the tables must change by."""

    def __init__(self) -> None:
        # Keyed like the tables' primary keys.
        self._days: dict[tuple[str, str, int, int, int], list[int]] = {}
        self._hours: dict[tuple[int, int, int, int], list[int]] = {}

    def add(self, row: Counted, times: int = 1) -> None:
        """Counts a response `times` times; -1 takes it away again. A message has no score and is in no count."""
        series, scale, score, place, channel, segment, day, hour, flagged = row
        if score is None:
            return
        days = self._days
        for dimension, member in (("", ""), ("place", place), ("channel", channel), ("segment", segment)):
            if member or not dimension:
                key = (dimension, member, day, series, int(flagged))
                counts = days.get(key)
                if counts is None:
                    counts = days[key] = [0] * len(SCORES)
                counts[score] += times
        if hour is not None:
            sums = self._hours.setdefault((day, series, hour, int(flagged)), [0, 0])
            sums[0] += times
            if score in SCALES[scale].unhappy:
                sums[1] += times

    def day_rows(self) -> dict[tuple[str, str, int, int, int], list[int]]:
        """The changes by primary key of `day_count`, each with eleven numbers."""
        return {key: counts for key, counts in self._days.items() if any(counts)}

    def hour_rows(self) -> dict[tuple[int, int, int, int], list[int]]:
        """The changes by primary key of `hour_count`: responses and, among them, unhappy ones."""
        return {key: sums for key, sums in self._hours.items() if any(sums)}
