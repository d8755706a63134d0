"""GET /api/v1/series: each series day by day or week by week; where fewer than five answered, only how many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

import flask

from otklik_collector.api.access import Access, token
from otklik_collector.api.arguments import Arguments
from otklik_collector.map.document import score_as_json
from otklik_collector.map.scores import score_of
from otklik_collector.map.series import Filters, Period
from otklik_collector.map.suppression import Cell, Table, hidden_parts
from otklik_collector.response import day_of
from otklik_collector.store.series import Series
from otklik_widget.contract import CHANNELS
from otklik_widget.intervals import SHOWN
from otklik_widget.journey import Journey
from otklik_widget.scales import SCALES

KNOWN = ("from", "to", "by", "touchpoint", "scale", "place", "segment", "channel", "include_flagged")
MOST_DAYS = 1100
"""Three years: beyond that a reply would hold more rows than anybody reads at once."""

Stretch = tuple[date, Series]
"""A series in one day or week, by its first day."""


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
        found: dict[Stretch, _Counted] = defaultdict(_Counted)

        def stretch(day: int, series: Series) -> Stretch:
            start = day_of(day)
            return start if by == "day" else max(start - timedelta(days=start.weekday()), period.start), series

        with store.reading():
            for one in store.days.of(period, filters):
                if touchpoint not in (None, one.series.touchpoint) or scale not in (None, one.series.scale):
                    continue
                if SCALES[one.series.scale].kind is None:
                    continue  # messages have no score
                counted = found[stretch(one.day, one.series)]
                if one.flagged:
                    counted.flagged += sum(one.counts.values())
                if not one.flagged or filters.include_flagged:
                    for score, number in one.counts.items():
                        counted.counts[score] += number
            hidden = _hidden(found, filters) | self._withheld(period, filters, stretch)
        rows = [
            _row(start, by, period, series, counted, (start, series) in hidden)
            for (start, series), counted in sorted(found.items(), key=lambda pair: (pair[0][0], pair[0][1].id))
            if counted.counts or counted.flagged
        ]
        return {
            "from": period.start.isoformat(), "to": period.end.isoformat(), "by": by,
            "filters": {**asdict(filters), "touchpoint": touchpoint, "scale": scale}, "rows": rows,
        }  # fmt: skip

    def _withheld(self, period: Period, filters: Filters, stretch: Callable[[int, Series], Stretch]) -> set[Stretch]:
        """What would give away fewer than five responses when it is subtracted from another view."""
        limited = not token().whole
        known = {
            "place": list(self._journey.place_keys),
            "segment": [*self._journey.company.segments, "other"],
            "channel": list(CHANNELS),
        }
        asked = {
            name: members for name, members in known.items()
            if getattr(filters, name) and not (limited and name == "place")
        }  # fmt: skip
        if not asked:
            return set()
        place = filters.place if limited else None
        chosen = {at: getattr(filters, name) for at, name in enumerate(asked)}
        found: set[Stretch] = set()
        # With the flagged ones beside: who takes those that count away has the flagged ones alone.
        for flags in ((0, 1), (1,)) if filters.include_flagged else ((0,),):
            cells: dict[Stretch, dict[Cell, int]] = defaultdict(lambda: defaultdict(int))
            for day, series, cell, n in self._access.store().days.parts(period, flags, asked, place):
                cells[stretch(day, series)][cell] += n
            found |= {when for when, each in cells.items() if Table(each).withheld(chosen)}
        return found


def _hidden(found: Mapping[Stretch, _Counted], filters: Filters) -> set[Stretch]:
    """Those with fewer than five, and as many more as keep them from being computed from the whole period."""
    by_series: dict[Series, dict[Stretch, int]] = defaultdict(dict)
    for (start, series), counted in found.items():
        by_series[series][start, series] = sum(counted.counts.values())
    hidden = {one for parts in by_series.values() for one in hidden_parts(parts)}
    if filters.include_flagged:
        hidden |= {one for one, counted in found.items() if 0 < counted.flagged < SHOWN}
    return hidden


def _row(start: date, by: str, period: Period, series: Series, counted: _Counted, hidden: bool) -> dict[str, Any]:
    """One series in one day or week; a week at an end of the period may be cut."""
    end = start + timedelta(days=1 if by == "day" else 7 - start.weekday())
    scale, responses = SCALES[series.scale], sum(counted.counts.values())
    shown = responses >= SHOWN and not hidden
    return {
        "from": start.isoformat(), "to": min(end, period.end).isoformat(), "touchpoint": series.touchpoint,
        "scale": series.scale, "wording": series.version, "responses": responses, "flagged": counted.flagged,
        "counts": {str(score): counted.counts.get(score, 0) for score in scale.scores} if shown else None,
        "unhappy": sum(counted.counts.get(score, 0) for score in scale.unhappy) if shown else None,
        "score": score_as_json(score_of(scale, counted.counts)) if shown else None,
    }  # fmt: skip
