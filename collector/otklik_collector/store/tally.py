"""What one response adds to the roll-ups: the single place that says how rows become counts."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

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
    """Sums of many responses, added or taken away: `days` and `hours` hold what the tables must change by."""

    def __init__(self) -> None:
        # Keyed like the tables' primary keys, with the score last.
        self.days: Counter[tuple[str, str, int, int, int, int]] = Counter()
        self.hours: Counter[tuple[int, int, int, int, bool]] = Counter()

    def add(self, row: Counted, times: int = 1) -> None:
        """Counts a response `times` times; -1 takes it away again. A message has no score and is in no count."""
        if row.score is None:
            return
        flagged = int(row.flagged)
        for dimension, member in (
            ("", ""), ("place", row.place), ("channel", row.channel), ("segment", row.segment),
        ):  # fmt: skip
            if member or not dimension:
                self.days[dimension, member, row.day, row.series, flagged, row.score] += times
        if row.hour is not None:
            unhappy = row.score in SCALES[row.scale].unhappy
            self.hours[row.day, row.series, row.hour, flagged, unhappy] += times

    def day_rows(self) -> dict[tuple[str, str, int, int, int], list[int]]:
        """The changes by primary key of `day_count`, each with eleven numbers."""
        rows: dict[tuple[str, str, int, int, int], list[int]] = {}
        for (*key, score), number in self.days.items():
            if number:
                rows.setdefault(tuple(key), [0] * 11)[score] += number  # type: ignore[arg-type]
        return rows

    def hour_rows(self) -> dict[tuple[int, int, int, int], list[int]]:
        """The changes by primary key of `hour_count`: responses and, among them, unhappy ones."""
        rows: dict[tuple[int, int, int, int], list[int]] = {}
        for (day, series, hour, flagged, unhappy), number in self.hours.items():
            row = rows.setdefault((day, series, hour, flagged), [0, 0])
            row[0] += number
            row[1] += number if unhappy else 0
        return {key: row for key, row in rows.items() if any(row)}
