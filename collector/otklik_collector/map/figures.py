"""Numbers as people read them: in their language, never without their doubt."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache

from babel.dates import format_interval
from babel.numbers import format_decimal

from otklik_collector.map.posterior import Verdict
from otklik_collector.map.series import Harm, Passes, Period, Score, Series
from otklik_collector.map.statistics import State
from otklik_collector.words import _
from otklik_widget.intervals import ENOUGH, rounded, signed
from otklik_widget.scales import SCALES
from otklik_widget.words import language


def number(value: float, digits: int = 0) -> str:
    """A number with at most so many digits after the point, grouped as the language does it."""
    return _written(value if digits else rounded(value), digits, language())


@lru_cache(maxsize=8192)
def _written(value: float, digits: int, lang: str) -> str:
    """Remembered: a map writes hundreds of numbers, many of them often, and each costs 50 µs."""
    return format_decimal(value, format=f"#,##0.{'0' * digits}" if digits else None, locale=lang)


def plain(value: float) -> str:
    """A number as somebody wrote it, with as many digits as it has."""
    return format_decimal(value, format="#,##0.##", locale=language())


def estimate(value: float) -> str:
    """An expected number of customers, to three digits: the rest would be pretended."""
    if 0 < value < 1:
        return _("fewer than 1")
    step = 10.0 ** max(0, math.floor(math.log10(value)) - 2) if value >= 1 else 1.0
    return number(rounded(value / step) * step)


def of_100(share: float, digits: int = 0) -> str:
    """How many of 100; a share that would round to nothing says so."""
    if not digits and 0 < share < 0.005:
        return _("fewer than 1")
    return number(share * 100, digits)


def between(low: float, high: float, digits: int = 0) -> str:
    """The ends of a share's interval, of 100."""
    ends = number(low * 100, digits), number(high * 100, digits)
    return _("%(low)s to %(high)s", low=ends[0], high=ends[1])


def responses(n: int) -> str:
    return _.plural("%(shown)s response", "%(shown)s responses", n, shown=number(n))


def progress(n: int) -> str:
    """How far a series below the minimum has come: nothing else of it may be told."""
    return _("%(n)s of %(enough)s responses", n=number(n), enough=number(ENOUGH))


def period(days: Period) -> str:
    """Both days that belong to the period, as the language writes a span of days."""
    first, last = days.start, days.end - timedelta(days=1)
    return format_interval(first, max(first, last), "yMMMMd", locale=language())


def score(found: Score, scale: str) -> str:
    """The headline number with its interval and the end of its scale: none tells without the others."""
    if found.kind == "nps":
        ends = {"low": signed(found.low), "high": signed(found.high)}
        return _("%(value)s (%(low)s to %(high)s)", value=signed(found.value), **ends)
    if found.kind == "share":
        return _(
            "yes from %(value)s of 100 (%(interval)s)",
            value=of_100(found.value), interval=between(found.low, found.high),
        )  # fmt: skip
    digits = 0 if found.kind == "index" else 2
    value, low, high = (number(part, digits) for part in (found.value, found.low, found.high))
    top = 100 if found.kind == "index" else SCALES[scale].high
    return _("%(value)s of %(top)s (%(low)s to %(high)s)", value=value, top=top, low=low, high=high)


def change(row: Series) -> str:
    """The change of the unhappy share in points with its interval, or an empty string."""
    trend = row.trend
    if trend.difference is None or trend.low is None or trend.high is None:
        return ""
    value, low, high = (points(part) for part in (trend.difference, trend.low, trend.high))
    return _("%(value)s (%(low)s to %(high)s)", value=value, low=low, high=high)


def points(share: float) -> str:
    """A change of a share in points: to a tenth, or an interval next to 0 would seem to hold it."""
    shown = number(abs(share) * 100, 1)
    if not any(digit in "123456789" for digit in shown):
        return shown
    return f"+{shown}" if share > 0 else f"\N{MINUS SIGN}{shown}"


def days(n: int) -> str:
    return _.plural("%(shown)s day", "%(shown)s days", n, shown=number(n))


def impact_words() -> Mapping[str, str]:
    """How it is known what an unhappy moment does to the relation."""
    return {
        "none": "",
        "assumed": _("assumed"),
        "partly": _("partly measured"),
        "measured": _("measured"),
    }


def harm(found: Harm) -> str:
    """Expected detractors a month with their interval, or an empty string."""
    if found.per_month is None or found.low is None or found.high is None:
        return ""
    return _(
        "about %(harm)s (%(low)s to %(high)s)",
        harm=estimate(found.per_month), low=estimate(found.low), high=estimate(found.high),
    )  # fmt: skip


def losses(found: Harm) -> str:
    """The same where its column is headed "about" already."""
    if found.per_month is None or found.low is None or found.high is None:
        return ""
    value, low, high = (estimate(part) for part in (found.per_month, found.low, found.high))
    return _("%(value)s (%(low)s to %(high)s)", value=value, low=low, high=high)


def passes(found: Passes) -> str:
    """How many pass a month, and whether only those who answered were counted."""
    if found.known:
        return number(found.per_month)
    return _("%(passes)s of those who answered", passes=estimate(found.per_month))


def verdict_words() -> Mapping[Verdict, str]:
    """What each verdict is called, the worst first."""
    return {
        "surely_hurts": _("surely a problem"),
        "hurts": _("likely a problem"),
        "unclear": _("not clear yet"),
        "within_goal": _("within the goal"),
        "surely_fine": _("surely fine"),
    }


def state_words() -> Mapping[State, str]:
    return {
        "empty": _("no responses"),
        "collecting": _("collecting"),
        "preliminary": _("preliminary"),
        "solid": _("enough responses"),
    }


def scale_name(scale: str) -> str:
    """What a scale is called, with the end that is good where that is not plain."""
    names = {
        "nps": _("NPS, 0–10"),
        "ces7": _("ease, 1–7"),
        "ces5": _("ease, 1–5"),
        "ces1": _("effort, 1–5, low is good"),
        "smiley3": _("3 faces"),
        "smiley4": _("4 faces"),
        "smiley5": _("5 faces"),
        "csat5": _("rating, 1–5"),
        "helpful": _("helpful or not"),
        "expect3": _("against expectation, 0–2"),
    }
    return names[scale]


def channel_name(channel: str) -> str:
    names = {
        "web": _("website"),
        "kiosk": _("tablet"),
        "qr": _("QR code"),
        "email": _("e-mail"),
        "sms": _("SMS"),
        "messenger": _("messenger"),
        "phone": _("phone call"),
        "paper": _("paper"),
        "import": _("import"),
    }
    return names.get(channel, channel)


def filter_words(place: str | None, segment: str | None, channel: str | None) -> list[str]:
    """Each narrowing filter in words; names are given ready to read."""
    said = []
    if place:
        said.append(_("place: %(name)s", name=place))
    if segment:
        said.append(_("segment: %(name)s", name=segment))
    if channel:
        said.append(_("channel: %(name)s", name=channel_name(channel)))
    return said
