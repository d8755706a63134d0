"""Reasons customers tick: how often, and whether more often than in the period before; plain values in and out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from otklik_collector.map.statistics import SHOWN, benjamini_hochberg, share_difference

Direction = Literal["more", "less", "unclear", "none"]
Q, LEAST = 0.10, 0.03
"""The same that a trend's arrow needs: at most one false in ten, and a change that matters."""


@dataclass(frozen=True)
class Ticked:
    """Of `responses`, `unhappy` of them, each reason with all and with unhappy ticks; `newest`: there were more."""

    responses: int = 0
    unhappy: int = 0
    counts: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    newest: bool = False

    def top(self) -> str | None:
        """What the unhappy tick most; None where fewer than five of them tick any one."""
        found = max(self.counts, key=lambda reason: (self.counts[reason][1], reason), default=None)
        return found if found is not None and self.counts[found][1] >= SHOWN else None


@dataclass(frozen=True)
class Reason:
    """A reason: ticks, the share of responses that tick it, 0..1, and its change against the period before."""

    key: str
    ticks: int
    unhappy: int
    share: float
    direction: Direction = "none"
    difference: float | None = None
    low: float | None = None
    high: float | None = None


def reasons(now: Ticked, before: Ticked) -> list[Reason]:
    """Every ticked reason, the most ticked first; a direction only where the change stands out of them all.

    Empty below five responses: a tick would be one person's.
    """
    if now.responses < SHOWN:
        return []
    keys = sorted(now.counts, key=lambda key: (-now.counts[key][0], key))
    changes = {}
    if before.responses >= SHOWN:
        for key in keys:
            ticks = before.counts.get(key, (0, 0))[0]
            changes[key] = share_difference(ticks, before.responses, now.counts[key][0], now.responses)
    q_values = dict(zip(changes, benjamini_hochberg([one.p for one in changes.values() if one]), strict=True))
    found = []
    for key in keys:
        ticks, unhappy = now.counts[key]
        share, change = ticks / now.responses, changes.get(key)
        if not change:
            found.append(Reason(key, ticks, unhappy, share))
            continue
        sure = q_values[key] <= Q and abs(change.value) >= LEAST
        direction: Direction = ("more" if change.value > 0 else "less") if sure else "unclear"
        found.append(Reason(key, ticks, unhappy, share, direction, change.value, change.low, change.high))
    return found
