"""The map as plain data: what `otklik map --format json` prints; stable, described in the manual."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from otklik_collector.map.series import Period, ProblemMap, Score, Series
from otklik_widget.intervals import SHOWN

VERSION = 1


def as_json(found: ProblemMap, *, public: bool = False) -> dict[str, Any]:
    """The map as dictionaries and lists; the same map always gives the same document.

    `public` leaves the counts of series below the minimum out: the HTTP API shows them to nobody.
    """
    return {
        "version": VERSION,
        "company": found.company,
        "sample": found.sample,
        "period": _period(found.period),
        "against": _period(found.against),
        "filters": asdict(found.filters),
        "outcome": _series(found.outcome, public) if found.outcome else None,
        "series": [_series(row, public) for row in found.series],
        "fix_first": [asdict(row) for row in found.fix_first],
        "ask_more": [asdict(row) for row in found.ask_more],
    }


def render_json(found: ProblemMap, *, public: bool = False) -> str:
    """The document as text, one line's end at its end."""
    return json.dumps(as_json(found, public=public), ensure_ascii=False, indent=2) + "\n"


def _period(period: Period) -> dict[str, Any]:
    return {"from": period.start.isoformat(), "to": period.end.isoformat(), "days": period.days}


def _series(row: Series, public: bool) -> dict[str, Any]:
    hidden = public and (0 < row.responses < SHOWN or row.withheld)
    return {
        "touchpoint": row.touchpoint,
        "name": row.name,
        "stage": row.stage,
        "scale": row.scale,
        "wording": row.wording,
        "retired": row.retired,
        "responses": row.responses,
        "flagged": row.flagged,
        "counts": None if hidden else {str(score): n for score, n in row.counts.items()},
        "score": score_as_json(row.score) if row.score else None,
        "unhappy": asdict(row.unhappy) if row.unhappy else None,
        "state": row.state,
        "withheld": row.withheld,
        "verdict": row.verdict,
        "trend": {name: value for name, value in asdict(row.trend).items() if name != "p"},
        "passes": {name: value for name, value in asdict(row.passes).items() if value is not None},
        "impact": asdict(row.impact),
        "harm": asdict(row.harm),
        "rank": row.rank,
        "response_rate": asdict(row.rate) if row.rate else None,
    }


def score_as_json(score: Score) -> dict[str, Any]:
    """A headline number as the document tells it."""
    said: dict[str, Any] = {"kind": score.kind, "value": score.value, "low": score.low, "high": score.high}
    if score.top2 is not None:
        said |= {"top2": score.top2, "top3": score.top3}
    return said
