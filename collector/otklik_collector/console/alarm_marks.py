"""What rang in the weeks of a touchpoint's line: alarms as they were kept, and what the same rules say of the rest.

Nobody listens to segments and channels, or listened before the collector served: there the charts are drawn anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from otklik_collector.alarm_words import day_words, sentence
from otklik_collector.map import figures
from otklik_collector.map.alarms import BASELINE_DAYS, baseline, baseline_period, shocks
from otklik_collector.map.posterior import Prior, posterior
from otklik_collector.map.ringing import Day, Rang, lasting
from otklik_collector.map.series import Period
from otklik_collector.map.slices import Slice
from otklik_collector.store import Store
from otklik_collector.store.alarms import Alarm
from otklik_collector.words import _
from otklik_widget.scales import SCALES

QUIET_DAYS = 14
"""What rings again within so many days is the same trouble: a line is marked where it began."""
NEWEST = 6_000
"""Responses that are charted anew: they cost a page 40 ms. Of a busier touchpoint the last weeks alone are."""
Happening = tuple[date, str, bool]
"""A day, what happened on it, and whether it is an alarm."""


def rang(store: Store, cut: Slice, since: date) -> Iterator[Happening]:
    """Lasting changes within a slice, and from a day on the days that chance explains less than once in 1,000."""
    days = _days(store, cut)
    for one in _first([*_kept(store, cut), *_charted(store, cut, days)]):
        yield one.day, sentence(one), one.side == "worse"
    yield from _shocks([one for one in days if one.day < cut.period.end], since, cut.period.end)


def elsewhere(store: Store, cut: Slice, places: Iterable[str], weeks: int) -> dict[str, str]:
    """By place the day in the last weeks on which it rang last for the worse, where all places are looked at."""
    if cut.parts:
        return {}
    since = cut.period.end - timedelta(weeks=weeks)
    found = store.alarms.newest(tuple(places), 200, touchpoint=cut.touchpoint, since=since)
    worse = [one for one in reversed(found) if one.side == "worse" and one.day < cut.period.end]
    return {one.place: day_words(one.day) for one in worse}


def _days(store: Store, cut: Slice) -> list[Day]:
    """The days of a slice in its newest wording, with those before it that tell what was usual."""
    start = cut.period.start - timedelta(days=BASELINE_DAYS[0] + 7)
    found = store.slices.days(cut.over(Period(start, cut.period.end)))
    newest, bad = max((one.wording for one in found), default=0), SCALES[cut.scale].unhappy
    return [
        Day(one.day, sum(n for score, n in one.counts.items() if score in bad), sum(one.counts.values()))
        for one in found
        if one.wording == newest
    ]


def _kept(store: Store, cut: Slice) -> list[Alarm]:
    if cut.segment or cut.channel:
        return []
    found = store.alarms.newest((cut.place or "",), 200, touchpoint=cut.touchpoint, since=cut.period.start)
    return [one for one in found if one.kind == "cusum" and one.scale == cut.scale and one.day < cut.period.end]


def _charted(store: Store, cut: Slice, days: Sequence[Day]) -> list[Alarm]:
    if not days:
        return []
    told = store.slices.told(replace(cut, wording=cut.wording or store.slices.newest(cut)), NEWEST)
    # Of a part of the customers no counts are told: those of its days could be subtracted from the whole.
    return [_alarm(one, cut, withheld=bool(cut.parts)) for one in lasting(days, told)]


def _alarm(one: Rang, cut: Slice, withheld: bool) -> Alarm:
    return Alarm(
        0, cut.touchpoint, cut.scale, cut.place or "", one.kind, one.side, one.since, one.day, one.at, one.responses,
        one.unhappy, one.usual, withheld, 0, None,
    )  # fmt: skip


def _first(found: Iterable[Alarm]) -> list[Alarm]:
    """Of each side what rang first after a quiet time; an alarm that was kept goes before one drawn anew."""
    first: list[Alarm] = []
    last: dict[str, date] = {}
    for one in sorted(found, key=lambda one: (one.day, -one.id)):
        if one.side not in last or one.day - last[one.side] > timedelta(days=QUIET_DAYS):
            first.append(one)
        last[one.side] = one.day
    return first


def _shocks(days: Sequence[Day], since: date, end: date) -> Iterator[Happening]:
    base = baseline_period(end)
    known = [one for one in days if base.start <= one.day < base.end]
    unhappy, n = sum(one.unhappy for one in known), sum(one.responses for one in known)
    usual = baseline(posterior(unhappy, n, Prior(unhappy / n, 1.0)), n) if 0 < unhappy < n else None
    if usual is None:
        return
    for shock in shocks([(one.day, one.unhappy, one.responses) for one in days if since <= one.day], usual):
        values = {"unhappy": figures.number(shock.unhappy), "n": figures.number(shock.responses)}
        yield shock.day, _("%(unhappy)s of %(n)s unhappy in one day, far more than usual", **values), True
