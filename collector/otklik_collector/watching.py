"""Watches what customers answer, in a thread of its own: what rings is kept, and told to people and webhooks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from otklik_collector.log import Log
from otklik_collector.map.posterior import Pool
from otklik_collector.map.ringing import Day, counted, first_day, oldest_day, ringing
from otklik_collector.map.series import Period
from otklik_collector.map.slices import Slice
from otklik_collector.rounds import Rounds
from otklik_collector.store import Store
from otklik_collector.store.alarms import Alarm, New, Watched
from otklik_collector.store.letters import ALARM
from otklik_collector.store.series import Series
from otklik_collector.store.subscriptions import Subscription
from otklik_collector.store.transaction import transaction
from otklik_collector.words import _
from otklik_widget.journey import Journey

LOOK_SECONDS = 60
REST = 20
"""After a look it rests so many times as long as the look took: counting must not hold up who stores."""


class Watch:
    """`mail`: can letters be sent at all? `now` tells the seconds since 1970."""

    def __init__(
        self, db: Path, journey: Journey, log: Log, *, mail: bool = False, now: Callable[[], float] = time.time
    ) -> None:
        self._journey = journey
        self._mail = mail
        self._now = now
        self._seen: dict[Watched, int] = {}
        self._rounds = Rounds(
            "watch", db, self._round, log, "alarms-wait",
            lambda why: _("otklik: alarms wait, the database refuses: %(why)s", why=why),
        )  # fmt: skip

    def start(self) -> Watch:
        self._rounds.start()
        return self

    def stop(self) -> None:
        """Ends the thread after the look it is in."""
        self._rounds.stop()

    def _round(self, store: Store) -> float:
        began = time.monotonic()
        self.look(store)
        return max(LOOK_SECONDS, REST * (time.monotonic() - began))

    def look(self, store: Store) -> list[Alarm]:
        """Looks at every touchpoint and place where something was stored since the last look; returns what is new."""
        now = self._now()
        today = datetime.fromtimestamp(now, ZoneInfo(self._journey.company.zone)).date()
        known = store.alarms.watched(self._journey)
        loads = {key: load for key, load in store.alarms.loads(first_day(today)).items() if key[0] in known}
        changed = {key for key, load in loads.items() if self._seen.get(key) != load}
        if not changed:
            return []
        new = [*self._rang(store, known, changed, today)]
        found: list[Alarm] = []
        if new:
            with transaction(store.db.conn):
                found = store.alarms.put(new, int(now * 1000))
                store.alarms.tell(found, int(now * 1000))
                if self._mail:
                    self._write(store, [one for one in found if one.side == "worse"], now)
        self._seen = loads
        return found

    def _rang(
        self, store: Store, known: Mapping[int, Series], changed: Iterable[Watched], today: date
    ) -> Iterator[New]:
        days = {"": store.alarms.days("", known, oldest_day(today))}

        @cache
        def company(scale: str, monday: date) -> Pool:
            return Pool.of(counted(its, monday) for number, its in days[""].items() if known[number].scale == scale)

        by_series: dict[int, list[str]] = {}
        for number, place in sorted(changed):
            by_series.setdefault(number, []).append(place)
        places = {place for _number, place in changed if place in self._journey.place_keys}
        for place in places:
            days[place] = store.alarms.days(place, known, oldest_day(today))
        for number, its in by_series.items():
            series, whole = known[number], days[""].get(number, [])
            told = store.alarms.told(series, [one for one in whole if one.day >= first_day(today)])
            for place in its:
                own = whole if not place else days.get(place, {}).get(number, [])

                def siblings(
                    monday: date, place: str = place, whole: Sequence[Day] = whole, scale: str = series.scale
                ) -> Pool:
                    return Pool.of([counted(whole, monday)]) if place else company(scale, monday)

                def after(side: str, series: Series = series, place: str = place) -> int:
                    return store.alarms.last(series, place, side)

                for rang in ringing(own, told.get(place, []), today, siblings, after):
                    cut = Slice(
                        series.touchpoint, series.scale, Period(rang.since, rang.day + timedelta(days=1)), place or None
                    )
                    yield New(series, place, rang, store.slices.withheld(cut))

    def _write(self, store: Store, found: Sequence[Alarm], now: float) -> None:
        """A letter to everybody who wants alarms and may see them; of a touchpoint once in 24 hours."""
        people = {person.id: person for person in store.people.all()}
        moment = int(now * 1000)
        for wanted in store.subscriptions.all():
            if not wanted.takes("alarms"):
                continue
            mine = [one for one in found if people[wanted.person].whole or one.place in people[wanted.person].places]
            news = store.letters.untold(wanted.person, [one.touchpoint for one in mine], moment)
            ids = [str(one.id) for one in mine if one.touchpoint in news]
            if ids:
                store.letters.tell(wanted.person, sorted(news), moment)
                due_at = int(awake(wanted, now, self._journey.company.zone) * 1000)
                store.letters.put(wanted.person, ALARM, " ".join(ids), moment, due_at)


def awake(wanted: Subscription, now: float, zone: str) -> float:
    """Now, or the end of the quiet hours where it is quiet now; both in seconds since 1970."""
    clock = datetime.fromtimestamp(now, ZoneInfo(zone))
    start, end = wanted.quiet_from, wanted.quiet_until
    quiet = start <= clock.hour < end if start < end else start != end and not end <= clock.hour < start
    if not quiet:
        return now
    until = clock.replace(hour=end, minute=0, second=0, microsecond=0)
    return (until if until > clock else until + timedelta(days=1)).timestamp()
