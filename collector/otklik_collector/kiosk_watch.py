"""Writes heartbeats down, many at once, and tells people of kiosks that fell silent; in a thread of its own."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from otklik_collector.beats import Beats
from otklik_collector.kiosk_look import KioskLook
from otklik_collector.log import Log
from otklik_collector.response import utc_text
from otklik_collector.rounds import Rounds
from otklik_collector.store import Store, open_store
from otklik_collector.store.devices import Device
from otklik_collector.store.letters import DAY_MS, KIOSK
from otklik_collector.store.outbox import SILENT
from otklik_collector.store.transaction import transaction
from otklik_collector.watching import awake
from otklik_collector.words import _
from otklik_widget.faults import Faults
from otklik_widget.journey import Journey

LOOK_SECONDS = 20
TOLD_MS = 15 * 60_000
"""The page names a kiosk after three minutes; a letter waits until a restart or a short break is surely over."""


class KioskWatch:
    """`mail`: can letters be sent at all? `now` tells the seconds since 1970."""

    def __init__(
        self,
        db: Path,
        journey: Journey,
        beats: Beats,
        log: Log,
        *,
        mail: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._db = db
        self._journey = journey
        self._beats = beats
        self._look = KioskLook(journey, beats)
        self._mail = mail
        self._now = now
        self._rounds = Rounds("kiosk-watch", db, self._round, log, "beats-wait", _waits)

    def start(self) -> KioskWatch:
        self._rounds.start()
        return self

    def stop(self) -> None:
        """Ends the thread and writes down what was heard since."""
        self._rounds.stop()
        with suppress(sqlite3.Error, Faults), open_store(self._db) as store:
            self.keep(store)

    def _round(self, store: Store) -> float:
        self.keep(store)
        self.tell(store)
        return LOOK_SECONDS

    def keep(self, store: Store) -> None:
        """Writes down what was heard since the last time."""
        if heard := self._beats.take():
            try:
                with transaction(store.db.conn):
                    store.beats.put(heard)
            except BaseException:
                self._beats.untake(heard)
                raise

    def tell(self, store: Store) -> list[Device]:
        """Tells people and webhooks of the kiosks that fell silent; of each once, and once a day at most."""
        now = int(self._now() * 1000)
        untold = store.beats.untold(now - DAY_MS)
        if not untold:
            return []
        found = [(one, heard) for one, heard in self._look.silent(store, now, TOLD_MS) if one.device in untold]
        if not found:
            return []
        with transaction(store.db.conn):
            store.beats.tell([one.device for one, _heard in found], now)
            for one, heard in found:
                told = {"device": one.device, "name": one.name, "place": one.place, "points": list(one.points),
                        "since": utc_text(heard.heard_at), "queue": heard.beat.queue}  # fmt: skip
                store.outbox.tell(SILENT, told, *(one.points or ("",)))
            if self._mail:
                self._write(store, [one for one, _heard in found], now)
        return [one for one, _heard in found]

    def _write(self, store: Store, devices: list[Device], now: int) -> None:
        """One letter to each who wants alarms, of all that fell silent at once in places that they may see."""
        people = {person.id: person for person in store.people.all()}
        for wanted in store.subscriptions.all():
            person = people[wanted.person]
            mine = [one.device for one in devices if person.whole or one.place in person.places]
            if wanted.takes("alarms") and mine:
                due_at = int(awake(wanted, now / 1000, self._journey.company.zone) * 1000)
                store.letters.put(wanted.person, KIOSK, " ".join([str(now), *mine]), now, due_at)


def _waits(why: str) -> str:
    return _("otklik: the kiosks' heartbeats wait, the database refuses: %(why)s", why=why)
