"""GET /api/v1/series: each series day by day or week by week; where fewer than five answered, only how many."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

import flask

from otklik_collector.api.access import Access
from otklik_collector.api.arguments import Arguments
from otklik_collector.map.document import score_as_json
from otklik_collector.map.scores import score_of
from otklik_collector.map.series import Filters, Period
from otklik_collector.map.statistics import SHOWN
from otklik_collector.response import day_of
from otklik_collector.store.series import Series
from otklik_widget.journey import Journey
from otklik_widget.scales import SCALES

KNOWN = ("from", "to", "by", "touchpoint", "scale", "place", "segment", "channel", "include_flagged")
MOST_DAYS = 1100
"""Three years: beyond that a reply would hold more rows than anybody reads at once."""


@dataclass
class _Counted:
    counts: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    flagged: int = 0


class SeriesAddress:
    def __init__(self, access: Access, journey: Journey) -> None:
        self._access = access
        self._journey = journey

    def add(self, pages: flask.Blueprint) -> None:
        pages.add_url_rule("/series", "series", self.series)
        self._access.scopes["api.series"] = "read:map"

    def series(self) -> flask.typing.ResponseReturnValue:
        asked = Arguments(self._journey, KNOWN)
        period, by = asked.period(), asked.choice("by", ("day", "week")) or "day"
        if period.days > MOST_DAYS:
            asked.fault("from", f"at most {MOST_DAYS} days at once")
        store = self._access.store()
        touchpoint = asked.touchpoint(one.touchpoint for one in store.series.all())
        scale = asked.scale()
        filters = Filters(
            place=self._access.place(asked.text("place")), segment=asked.segment(), channel=asked.channel(),
            include_flagged=bool(asked.yes("include_flagged")),
        )  # fmt: skip
        asked.checked()
        found: dict[tuple[date, Series], _Counted] = defaultdict(_Counted)
        with store.reading():
            for one in store.days.of(period, filters):
                if touchpoint not in (None, one.series.touchpoint) or scale not in (None, one.series.scale):
                    continue
                if SCALES[one.series.scale].kind is None:
                    continue  # messages have no score
                day = day_of(one.day)
                start = day if by == "day" else max(day - timedelta(days=day.weekday()), period.start)
                counted = found[start, one.series]
                if one.flagged:
                    counted.flagged += sum(one.counts.values())
                if not one.flagged or filters.include_flagged:
                    for score, number in one.counts.items():
                        counted.counts[score] += number
        rows = [
            _row(start, by, period, series, counted)
            for (start, series), counted in sorted(found.items(), key=lambda pair: (pair[0][0], pair[0][1].id))
            if counted.counts or counted.flagged
        ]
        return {
            "from": period.start.isoformat(), "to": period.end.isoformat(), "by": by,
            "filters": {**asdict(filters), "touchpoint": touchpoint, "scale": scale}, "rows": rows,
        }  # fmt: skip


def _row(start: date, by: str, period: Period, series: Series, counted: _Counted) -> dict[str, Any]:
    """One series in one day or week; a week at an end of the period may be cut."""
    end = start + timedelta(days=1 if by == "day" else 7 - start.weekday())
    scale, responses = SCALES[series.scale], sum(counted.counts.values())
    shown = responses >= SHOWN
    return {
        "from": start.isoformat(), "to": min(end, period.end).isoformat(), "touchpoint": series.touchpoint,
        "scale": series.scale, "wording": series.version, "responses": responses, "flagged": counted.flagged,
        "counts": {str(score): counted.counts.get(score, 0) for score in scale.scores} if shown else None,
        "unhappy": sum(counted.counts.get(score, 0) for score in scale.unhappy) if shown else None,
        "score": score_as_json(score_of(scale, counted.counts)) if shown else None,
    }  # fmt: skip
