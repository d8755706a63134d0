"""How helpful pages were to their readers: plain values between the site, which asks, and the collector, which knows.

Neither imports the other; the site finds whoever `GROUP` names, as the command line finds its commands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

GROUP = "otklik.page_scores"
"""The entry points under which a part offers a `Score` function."""

Verdict = Literal["better", "worse", "unclear"]


@dataclass(frozen=True)
class Share:
    """The share of "Yes" of so many responses, 0..1, with its interval at 95 %."""

    responses: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Change:
    """The share of "Yes" since a page's last change, less the one before; its interval and what may be said of it."""

    verdict: Verdict
    difference: float
    low: float
    high: float


@dataclass(frozen=True)
class Helpful:
    """What readers said of one page; None where fewer than five answers would speak of single people.

    `all`: every answer that is kept; `before` and `since` the day of the page's last change, and the `change` between
    them. `unhelped`: "No" a month to the page as it is, `comments`: written beside these "No"; None where fewer than
    five have answered since it was changed.
    """

    all: Share | None = None
    before: Share | None = None
    since: Share | None = None
    change: Change | None = None
    unhelped: float | None = None
    comments: int | None = None


@dataclass(frozen=True)
class PageScores:
    """Pages with answers, by what the site calls them; answers that tell no page, and those of other addresses.

    `often`: those other addresses that five or more answers came from, a few of the most frequent.
    """

    pages: Mapping[str, Helpful]
    without_page: int
    elsewhere: int
    often: tuple[tuple[str, int], ...] = ()


Find = Callable[[str], str | None]
"""The page that an answer's `page` means, or None where the site has none such."""

Score = Callable[[Path, Find, Mapping[str, date], date], PageScores]
"""Of a database: the scores of the pages that `Find` names, their last changes, and today.

Raises `Faults` where the file is no database of ours.
"""
