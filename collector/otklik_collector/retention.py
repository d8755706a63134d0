"""Takes away what has reached its age, once a day while it serves: comments, contacts, links that have ended."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

from otklik_collector.log import Log
from otklik_collector.store import open_store
from otklik_collector.words import _
from otklik_widget.faults import Faults
from otklik_widget.settings import Settings

DAY_SECONDS = 24 * 3600
WHO = "otklik serve"


def ages_of(settings: Settings) -> dict[str, int]:
    """How many days each table of words is kept; 0 is for ever."""
    words, contacts = settings.keep_comments_days, settings.keep_contacts_days
    return {"comment": words, "case_note": words, "contact": contacts}


class Retention:
    """A thread with a connection of its own: looking for what is old reads much, and the writer must not wait for it.

    What it finds goes in short transactions, between those of the writer.
    """

    def __init__(self, db: Path, ages: dict[str, int], log: Log) -> None:
        self._db = db
        self._log = log
        self._ages = ages
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="retention", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread after the step it is in."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def _run(self) -> None:
        while True:
            try:
                with open_store(self._db) as store:
                    store.invitations.forget_ended(time.time())
                    if any(self._ages.values()) and store.erasure.expire(self._ages, WHO, self._ended.is_set):
                        store.erasure.empty_log(seconds=1)
            except (sqlite3.Error, Faults) as error:
                said = _("otklik: old comments and contacts were not erased today: %(why)s", why=error)
                self._log.say("retention-failed", said, "error", why=str(error))
            if self._ended.wait(DAY_SECONDS):
                return
