"""What detractors may cost by talking: a rule of thumb of unknown source, never without its range."""

from __future__ import annotations

import math
from dataclasses import dataclass

WARY = 40.0
"""Good words that bring one new customer in a published case; the rule of thumb says 6."""


@dataclass(frozen=True)
class Rule:
    """A detractor tells so many people, each bad word cancels so many good ones, `needed` good ones bring a customer.

    `ValueError` where no words at all bring one.
    """

    told: float = 5.0
    cancelled: float = 5.0
    needed: float = 6.0

    def __post_init__(self) -> None:
        if not self.needed > 0:
            raise ValueError("no customer comes of no good words")

    @property
    def each(self) -> float:
        """Customers lost by one detractor."""
        return self.told * self.cancelled / self.needed

    @property
    def range(self) -> tuple[float, float]:
        """The same with the rule's own doubts: good words bring far fewer customers, or one more person is told."""
        wary = self.told * self.cancelled / max(self.needed, WARY)
        return wary, (self.told + 1) * self.cancelled / self.needed


RULE = Rule()


@dataclass(frozen=True)
class Lost:
    """Customers lost by the rule, and the range that the doubts of their detractors and of the rule leave together."""

    expected: float
    low: float
    high: float


def lost(expected: float, low: float, high: float, rule: Rule = RULE, referred: float = math.inf) -> Lost:
    """Customers lost by so many detractors (`low` to `high` of them), never more than word of mouth brings."""
    least, most = rule.range
    return Lost(min(referred, expected * rule.each), min(referred, low * least), min(referred, high * most))
