"""Work that comes round again and again beside the collector, in a thread of its own, with a connection of its own."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

from otklik_collector.log import Log
from otklik_collector.store import Store, open_store
from otklik_widget.faults import Faults

RETRY_SECONDS = 5


class Rounds:
    """`work` does one round and returns the seconds to rest after it. What breaks a round is told once, as the `event`
    in the words of `said` where the database refuses, until a round goes well again; the next one is tried anyway.
    """

    def __init__(
        self, name: str, db: Path, work: Callable[[Store], float], log: Log, event: str, said: Callable[[str], str]
    ) -> None:
        self._db = db
        self._work = work
        self._log = log
        self._event = event
        self._said = said
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def ended(self) -> bool:
        """Is a round to stop where it can?"""
        return self._ended.is_set()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread after the round it is in; one that does not end in five seconds is left behind."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def _run(self) -> None:
        complained = False
        while not self.ended:
            try:
                with open_store(self._db) as store:
                    while not self.ended:
                        rest = self._work(store)
                        complained = False
                        self._ended.wait(rest)
            except Exception as error:  # noqa: BLE001 - whatever it is, alarms and letters must not end with it
                if not complained:
                    self._complain(error)
                complained = True
                self._ended.wait(RETRY_SECONDS)

    def _complain(self, error: Exception) -> None:
        if isinstance(error, sqlite3.Error | Faults):
            self._log.say(self._event, self._said(str(error)), "error", why=str(error))
        else:
            self._log.broke(error)
