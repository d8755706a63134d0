"""Those who did not answer: how many there are, and how bad it could be."""

from __future__ import annotations

from dataclasses import dataclass

from otklik_widget.intervals import SHOWN, wilson

SILENT = 1.5
"""In the cautious case the silent are unhappy so many times as often as those who answered: an assumption."""


@dataclass(frozen=True)
class ResponseRate:
    """Of so many to whom the question was shown, so many answered: the share 0..1 with its interval."""

    shown: int
    responses: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Silence:
    """The unhappy share, 0..1, of everybody who was asked.

    `best`, `worst`: none of the silent are unhappy, or all; `cautious`: one and a half times as often as the others.
    """

    best: float
    cautious: float
    worst: float


def response_rate(responses: int, shown: int) -> ResponseRate | None:
    """None where nobody knows how many were asked, or more answered than were asked (a second device, a QR code)."""
    if shown < SHOWN or responses > shown:
        return None
    interval = wilson(responses, shown)
    assert interval
    return ResponseRate(shown, responses, responses / shown, interval.low, interval.high)


def silence(unhappy: int, rate: ResponseRate) -> Silence | None:
    """What the silent might do to the share; None where too few answered to tell of them."""
    if rate.responses < SHOWN:
        return None
    share, silent = unhappy / rate.responses, 1 - rate.value
    told = rate.value * share
    return Silence(told, told + silent * min(1.0, SILENT * share), told + silent)
