"""Did it help? A change's four weeks before and after; and what a published report would say differently today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from otklik_collector.map.comparison import Comparison
from otklik_collector.map.series import Period
from otklik_widget.intervals import SHOWN

WINDOW_DAYS = 28
Outcome = Literal["worked", "unclear", "worse", "too_early", "unknown"]


@dataclass(frozen=True)
class Effect:
    """What became of a change; `days_left` until it may be judged. "unknown": the two cannot be compared."""

    outcome: Outcome
    comparison: Comparison
    days_left: int = 0


def windows(day: date) -> tuple[Period, Period]:
    """The four weeks before a change and the four from its day on: whole weeks, so that Saturdays are in both."""
    weeks = timedelta(days=WINDOW_DAYS)
    return Period(day - weeks, day), Period(day, day + weeks)


def effect(comparison: Comparison, day: date, today: date) -> Effect:
    """The word for a change: by the same comparison as any two slices, and never before its four weeks are over."""
    left = (windows(day)[1].end - today).days
    if left > 0:
        return Effect("too_early", comparison, left)
    words: Mapping[str | None, Outcome] = {"better": "worked", "worse": "worse", None: "unknown"}
    return Effect(words.get(comparison.word, "unclear"), comparison)


@dataclass(frozen=True)
class Moved:
    """A series that a published report would show otherwise now; shares are None where they are not shown.

    `few`: it differs by fewer than five responses, so the new share is not told beside the old one.
    """

    touchpoint: str
    scale: str
    wording: int
    responses_then: int
    responses_now: int
    share_then: float | None
    share_now: float | None
    rank_then: int | None
    rank_now: int | None
    few: bool


def changed_since(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Moved]:
    """What late, revised or erased responses changed, of two public documents of the same period; largest first."""
    before, after = _rows(then), _rows(now)
    found = []
    for key in before.keys() | after.keys():
        old, new = before.get(key, {}), after.get(key, {})
        numbers = [int(row.get("responses", 0)) for row in (old, new)]
        shares = [row["unhappy"]["share"] if row.get("unhappy") else None for row in (old, new)]
        if numbers[0] == numbers[1] and shares[0] == shares[1]:
            continue
        # As many as before with another share: one came and one went, or somebody changed an answer.
        few = abs(numbers[1] - numbers[0]) < SHOWN
        found.append(
            Moved(
                *key,
                numbers[0],
                numbers[1],
                shares[0],
                None if few else shares[1],
                old.get("rank"),
                new.get("rank"),
                few,
            )
        )
    return sorted(found, key=lambda one: (-abs(one.responses_now - one.responses_then), one.touchpoint, one.scale))


def _rows(document: Mapping[str, Any]) -> dict[tuple[str, str, int], Mapping[str, Any]]:
    return {(row["touchpoint"], row["scale"], row["wording"]): row for row in document["series"]}
