"""What detractors may cost by word of mouth: a rule of thumb of unknown source, off unless somebody asks for it.

Never part of harm: of the customers that word of mouth brings nobody can lose more than it brings.
"""

from __future__ import annotations

from dataclasses import dataclass

from otklik_collector.map.series import Harm

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
    """Customers lost a month by the rule, and the range that the doubts of harm and of the rule leave together."""

    expected: float
    low: float
    high: float


def lost(harm: Harm, rule: Rule = RULE, referred: float | None = None) -> Lost | None:
    """Of a month's detractors; `referred`: customers a month who come by word of mouth, the most that can be lost."""
    if harm.per_month is None or harm.low is None or harm.high is None:
        return None
    most = float("inf") if referred is None else referred
    low, high = rule.range
    return Lost(min(most, harm.per_month * rule.each), min(most, harm.low * low), min(most, harm.high * high))
