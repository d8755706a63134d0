"""Writes heartbeats down, many at once, in a thread of its own."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from otklik_collector.beats import Beats
from otklik_collector.log import Log
from otklik_collector.store import Store, open_store
from otklik_collector.store.transaction import transaction
from otklik_collector.words import _
from otklik_widget.faults import Faults

LOOK_SECONDS = 20


class KioskWatch:
    def __init__(self, db: Path, beats: Beats, log: Log) -> None:
        self._db = db
        self._beats = beats
        self._log = log
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kiosk-watch", daemon=True)

    def start(self) -> KioskWatch:
        self._thread.start()
        return self

    def stop(self) -> None:
        """Writes down what was heard and ends the thread."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def _run(self) -> None:
        complained = False
        while True:
            ended = self._ended.wait(LOOK_SECONDS)
            try:
                with open_store(self._db) as store:
                    self.look(store)
                complained = False
            except (sqlite3.Error, Faults) as error:
                if not complained:
                    said = _("otklik: the kiosks' heartbeats wait, the database refuses: %(why)s", why=error)
                    self._log.say("beats-wait", said, "error", why=str(error))
                complained = True
            if ended:
                return

    def look(self, store: Store) -> None:
        """Writes down what was heard since the last look."""
        if heard := self._beats.take():
            try:
                with transaction(store.db.conn):
                    store.beats.put(heard)
            except BaseException:
                self._beats.untake(heard)
                raise
