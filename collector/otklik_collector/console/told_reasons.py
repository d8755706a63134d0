"""Reasons that customers ticked, as pages show them: none from which the answers of fewer than five could be told."""

from __future__ import annotations

from collections.abc import Mapping

from otklik_collector.map import figures
from otklik_collector.map.reasons import Reason, Ticked
from otklik_collector.map.shares import ShareChange
from otklik_collector.map.suppression import Tellable
from otklik_collector.words import _


def told(now: Mapping[str, Ticked], before: Mapping[str, Ticked], may: Tellable) -> tuple[dict[str, Ticked], ...]:
    """Of both periods what may be told."""
    return (
        {key: one for key, one in now.items() if key in may.now},
        {key: one for key, one in before.items() if key in may.before},
    )


def change_words(change: ShareChange) -> str:
    """A change since the period before in words with its interval in points; empty where it is not sure."""
    said = {"more": _("more often than before"), "less": _("less often than before")}.get(change.direction)
    if said is None or change.difference is None or change.low is None or change.high is None:
        return ""
    value, low, high = (figures.points(part) for part in (change.difference, change.low, change.high))
    return f"{said}: " + _("%(value)s (%(low)s to %(high)s)", value=value, low=low, high=high)


def unhappy_words(reason: Reason) -> str:
    """How many of 100 unhappy ticked it, and between which bounds that lies; empty where too few are unhappy."""
    if reason.of_unhappy is None or reason.unhappy_share is None:
        return ""
    bounds = figures.between(reason.of_unhappy.low, reason.of_unhappy.high)
    return f"{figures.of_100(reason.unhappy_share)} ({bounds})"
