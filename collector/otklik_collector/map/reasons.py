"""Reasons customers tick: how often, and whether more often than in the period before; plain values in and out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from otklik_collector.map.shares import Pair, ShareChange, share_changes
from otklik_widget.intervals import SHOWN, Interval, wilson


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
    """A reason: ticks, the share of responses that tick it, 0..1, and the change of it against the period before.

    `of_unhappy`: between which bounds the share among the unhappy lies; None where fewer than five are unhappy.
    """

    key: str
    ticks: int
    unhappy: int
    share: float
    change: ShareChange
    unhappy_share: float | None = None
    of_unhappy: Interval | None = None


def reasons(now: Ticked, before: Ticked) -> list[Reason]:
    """Every ticked reason of a touchpoint, the most ticked first; a direction where the change stands out of them all.

    Empty below five responses: a tick would be one person's.
    """
    return reasons_by_touchpoint({"": now}, {"": before}).get("", [])


def reasons_by_touchpoint(now: Mapping[str, Ticked], before: Mapping[str, Ticked]) -> dict[str, list[Reason]]:
    """The same for many touchpoints, all their reasons judged together."""
    told = [(key, one) for key, one in now.items() if one.responses >= SHOWN]
    listed = [
        (touchpoint, one, key)
        for touchpoint, one in told
        for key in sorted(one.counts, key=lambda key: (-one.counts[key][0], key))
    ]
    pairs = []
    for touchpoint, one, key in listed:
        past = before.get(touchpoint, Ticked())
        pairs.append(Pair(one.counts[key][0], one.responses, past.counts.get(key, (0, 0))[0], past.responses))
    found: dict[str, list[Reason]] = {}
    for (touchpoint, one, key), change in zip(listed, share_changes(pairs), strict=True):
        ticks, unhappy = one.counts[key]
        enough = one.unhappy >= SHOWN
        reason = Reason(
            key, ticks, unhappy, ticks / one.responses, change,
            unhappy / one.unhappy if enough else None, wilson(unhappy, one.unhappy) if enough else None,
        )  # fmt: skip
        found.setdefault(touchpoint, []).append(reason)
    return found
