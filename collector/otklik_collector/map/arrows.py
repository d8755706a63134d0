"""Which touchpoints surely changed: all of a report judged together, so that few arrows are false."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from otklik_collector.map.comparison import LEAST_SHARE, Q_LEVEL
from otklik_collector.map.series import Direction, Series
from otklik_collector.map.statistics import benjamini_hochberg
from otklik_widget.intervals import ENOUGH


def with_arrows(rows: Sequence[Series]) -> list[Series]:
    """The same rows with their q values and directions.

    Judged are those with 30 responses in both periods; where the channels changed, other people were asked.
    """
    judged = [
        place
        for place, row in enumerate(rows)
        if row.trend.p is not None and min(row.responses, row.responses_before) >= ENOUGH and not row.channels_moved
    ]
    q_values = benjamini_hochberg([rows[place].trend.p or 0.0 for place in judged])
    found = list(rows)
    for place, q in zip(judged, q_values, strict=True):
        trend = rows[place].trend
        found[place] = replace(rows[place], trend=replace(trend, direction=direction(trend.difference or 0.0, q), q=q))
    return found


def direction(difference: float, q: float) -> Direction:
    """The arrow of a change of the unhappy share: drawn where it is sure among all and large enough to matter."""
    if q > Q_LEVEL or abs(difference) * 100 < LEAST_SHARE - 1e-9:
        return "unclear"
    return "worse" if difference > 0 else "better"
