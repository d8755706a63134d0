"""What looks like misuse: plain rules over times, buttons and names. None asks whether an answer is good or bad.

The reasons are words that stand in `response.flags`; docs/en/misuse.md tells each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from otklik_widget.journey import Hours

CLOCK, HONEYPOT, ROBOT, FAST, CLOSED = "clock", "honeypot", "robot", "fast", "closed"
"""Told by a response alone: its time, the trap, the sender's name, its own pace, the opening hours."""
GAP, BURST = "gap", "burst"
"""Told by the presses beside it on the same device."""
REPLACED, REPEAT = "replaced", "repeat"
"""Told by the same customer's other answers."""
PASSES = "passes"
"""Told by the number of customers who passed."""
REASONS = (CLOCK, HONEYPOT, ROBOT, FAST, CLOSED, GAP, BURST, REPLACED, REPEAT, PASSES)

GAP_MS = 5_000
RUN_GAP_MS = 15_000
RUN = 5
CHANGE_MS = 10 * 60 * 1000
VISIT_MS = 24 * 3600 * 1000
FAST_MS = 500
AGENT_LETTERS = 300

# Names under which robots read pages, whole words: "bot" alone would also catch the phones of a maker called Cubot.
_ROBOTS = re.compile(
    r"\b(adsbot|ahrefsbot|amazonbot|applebot|baiduspider|bingbot|bytespider|ccbot|crawler|discordbot|dotbot|duckduckbot|"
    r"facebookexternalhit|gptbot|googlebot|linkedinbot|mail\.ru_bot|mj12bot|petalbot|pinterestbot|robot|semrushbot|"
    r"slackbot|slurp|spider|telegrambot|twitterbot|yandex[a-z]*bot|yandexbot)\b",
    re.IGNORECASE,
)


class Given(NamedTuple):
    """An answer as the rules see it: `at` in milliseconds; equal buttons are equal numbers, whatever they mean."""

    id: bytes
    at: int
    button: int


def suspected_presses(presses: Iterable[Given]) -> dict[bytes, str]:
    """Which presses of one question on one device do not count, and why; in any order.

    A press counts from 5 s after the last one that counted. Of five and more such presses of the same button in a
    row, each less than 15 s after the one before, the first counts.
    """
    found: dict[bytes, str] = {}
    run: list[Given] = []
    last: Given | None = None
    for press in sorted(presses, key=_in_time):
        if last is not None and press.at - last.at < GAP_MS:
            found[press.id] = GAP
            continue
        if last is None or press.button != last.button or press.at - last.at >= RUN_GAP_MS:
            run = []
        run.append(press)
        if len(run) >= RUN:
            found.update((other.id, BURST) for other in run[1:])
        last = press
    return found


def suspected_answers(answers: Iterable[Given]) -> dict[bytes, str]:
    """Which answers of one customer to one question do not count, and why; in any order.

    One counts in 24 hours. Within 10 minutes of the first a customer may think again: then the last of these counts.
    """
    found: dict[bytes, str] = {}
    first: Given | None = None
    counted: Given | None = None
    for answer in sorted(answers, key=_in_time):
        if first is None or counted is None or answer.at - first.at >= VISIT_MS:
            first = counted = answer
        elif answer.at - first.at <= CHANGE_MS:
            found[counted.id] = REPLACED
            counted = answer
        else:
            found[answer.id] = REPEAT
    return found


def beyond_passes(answers: Iterable[Given], passes: int) -> dict[bytes, str]:
    """Which answers of a day are more than the customers who passed: the latest ones."""
    return {answer.id: PASSES for answer in sorted(answers, key=_in_time)[passes:]}


def is_closed(hours: Hours | None, clock: datetime) -> bool:
    """Was it pressed when nobody could be there? Without opening hours nobody knows."""
    return hours is not None and not hours.open_at(clock.weekday(), clock.time())


@lru_cache(maxsize=1024)
def is_robot(agent: str) -> bool:
    """Does the sender call itself a robot?"""
    if len(agent) > AGENT_LETTERS:  # no browser has such a name: kept by nobody
        return _ROBOTS.search(agent) is not None
    return bool(agent) and _named_robot(agent)


@lru_cache(maxsize=1024)
def _named_robot(agent: str) -> bool:
    """A name takes 19 µs to look through, and few browsers send nearly all responses."""
    return _ROBOTS.search(agent) is not None


def is_fast(seq: int | None, gap: int | None) -> bool:
    """Did it follow the sender's answer before sooner than anybody reads a question? `gap` is in milliseconds."""
    return gap is not None and gap < FAST_MS and seq is not None and seq > 1


def without(flags: Sequence[str], reasons: Iterable[str]) -> tuple[str, ...]:
    """The flags that are none of these reasons."""
    gone = set(reasons)
    return tuple(flag for flag in flags if flag not in gone)


def _in_time(given: Given) -> tuple[int, bytes]:
    return given.at, given.id
