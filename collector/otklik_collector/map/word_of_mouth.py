"""What detractors may cost by word of mouth: a rule of thumb of unknown source, off unless somebody asks for it.

Never part of harm: of the customers that word of mouth brings nobody can lose more than it brings.
"""

from __future__ import annotations

from dataclasses import dataclass

WARY, USUAL = 40.0, 6.0
"""Good words that bring one new customer: a published case counted 40, the rule of thumb says 6."""


@dataclass(frozen=True)
class Lost:
    """Customers lost a month by the rule, and the range that its own doubts leave."""

    expected: float
    low: float
    high: float


def lost_per_detractor(told: float = 5.0, cancelled: float = 5.0, needed: float = USUAL) -> float:
    """Customers lost by one detractor who tells so many people, each bad word cancelling so many good ones.

    `needed` good words bring a customer; `ValueError` where that is not more than 0.
    """
    if needed <= 0:
        raise ValueError("no customer comes of no good words")
    return told * cancelled / needed


def lost_by_word_of_mouth(detractors: float, referred: float | None = None) -> Lost:
    """Of a month's detractors; `referred`: customers who came by word of mouth, the most that can be lost."""
    most = float("inf") if referred is None else referred
    each = lost_per_detractor(), lost_per_detractor(needed=WARY), lost_per_detractor(told=6)
    expected, low, high = (min(most, detractors * one) for one in each)
    return Lost(expected, low, high)
