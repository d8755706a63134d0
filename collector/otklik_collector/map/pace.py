"""When there will be enough responses, at the pace of late."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

from otklik_collector.map.posterior import Posterior
from otklik_collector.map.statistics import responses_until_solid
from otklik_widget.intervals import SHOWN

LONGEST = 366
"""Days beyond which a date would be pretended."""


@dataclass(frozen=True)
class Enough:
    """`needed` more responses; `days`: about so many at this pace, `on` that day; None: nobody answers, or too far."""

    responses: int
    needed: int
    days: int | None = None
    on: date | None = None


def enough(unhappy: int, responses: int, believed: Posterior, days: int, today: date) -> Enough:
    """How many more responses make a series solid, and when, if as many come as in the last `days` days.

    Below the minimum the raw share is not used: it could be guessed from how many more are needed.
    """
    share = unhappy / responses if responses >= SHOWN else believed.mean
    needed = responses_until_solid(share, responses)
    wait = days_until(needed, responses, days)
    return Enough(responses, needed, wait, None if wait is None else today + timedelta(days=wait))


def days_until(needed: int, responses: int, days: int) -> int | None:
    """About how many days until so many more responses, at `responses` in `days` days; None where nobody can tell."""
    if not responses or not days:
        return None
    wait = math.ceil(needed * days / responses)
    return wait if wait <= LONGEST else None
