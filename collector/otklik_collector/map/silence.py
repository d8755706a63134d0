"""Those who did not answer: how many there are, and how bad it could be."""

from __future__ import annotations

from dataclasses import dataclass

from otklik_collector.map.statistics import SHOWN, Interval, wilson

SILENT = 1.5
"""In the cautious case the silent are unhappy so many times as often as those who answered: an assumption."""


@dataclass(frozen=True)
class Silence:
    """The response rate with its interval, and the unhappy share of everybody who was asked.

    `cautious`: the silent are unhappy one and a half times as often; `best`, `worst`: none of them, or all.
    """

    shown: int
    responses: int
    rate: float
    interval: Interval
    cautious: float | None = None
    best: float | None = None
    worst: float | None = None


def silence(unhappy: int, responses: int, shown: int) -> Silence | None:
    """None where nobody knows how many were asked, or more answered than were asked (a second device, a QR code)."""
    if shown < SHOWN or responses > shown:
        return None
    interval = wilson(responses, shown)
    assert interval
    rate = responses / shown
    if responses < SHOWN:
        return Silence(shown, responses, rate, interval)
    share, silent = unhappy / responses, 1 - rate
    return Silence(
        shown, responses, rate, interval,
        cautious=rate * share + silent * min(1.0, SILENT * share), best=rate * share, worst=rate * share + silent,
    )  # fmt: skip
