"""How many customers and how much of their money stay over a period: plain values in and out, shares 0..1.

A period has one length and the customers of its start are one cohort; who left and came back counts among them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kept:
    """Customer retention (CRR) and its counterpart; None where there was nobody to keep."""

    share: float | None
    churn: float | None


@dataclass(frozen=True)
class Revenue:
    """Recurring revenue of the start's customers: `gross` without what they bought more, `net` with it."""

    gross: float | None
    net: float | None

    @property
    def negative_churn(self) -> bool:
        """Did those who stayed buy more than the others took away? It can hide that many leave."""
        return self.net is not None and self.net > 1


def faults_of_customers(start: float, end: float, new: float) -> set[str]:
    """The names of what can't be: more new customers than customers, more old ones than there were."""
    if new > end:
        return {"new"}
    return {"end"} if end - new > start else set()


def kept(start: float, end: float, new: float) -> Kept:
    """Of the customers at the start those who are still there at the end; `ValueError` for what can't be."""
    if faults_of_customers(start, end, new):
        raise ValueError("more customers stayed than there were, or more are new than there are")
    if not start:
        return Kept(None, None)
    share = (end - new) / start
    return Kept(share, 1 - share)


def revenue_kept(start: float, expansion: float, contraction: float, lost: float) -> Revenue:
    """Of the revenue at the start what is left of it; `ValueError` where more was lost than there was."""
    if contraction + lost > start:
        raise ValueError("more was lost than there was")
    if not start:
        return Revenue(None, None)
    gross = (start - contraction - lost) / start
    return Revenue(gross, gross + expansion / start)
