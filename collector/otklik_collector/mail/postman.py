"""Sends what waits among the letters, in a thread of its own: whatever the mail server does, responses are stored."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

from otklik_collector.log import Log
from otklik_collector.mail.message import message
from otklik_collector.mail.server import Refused, send
from otklik_collector.mail.writing import Writing
from otklik_collector.rounds import Rounds
from otklik_collector.store import Store
from otklik_collector.store.letters import Letter
from otklik_collector.store.transaction import transaction
from otklik_collector.words import _
from otklik_widget.settings import Settings
from otklik_widget.words import speaking

LOOK_SECONDS = 5
PRUNE_SECONDS = 3600
AT_A_TIME = 20
WAITS = (60, 300, 900, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 12 * 3600)
"""Seconds until the next try of a letter; the last one is repeated."""
GIVE_UP_MS = 3 * 24 * 3600 * 1000
REST_SECONDS = 300
"""The longest rest of a server that does not answer at all, however many letters wait."""


class Postman:
    """`waiting` letters, as counted some seconds ago, are for the operators' numbers."""

    def __init__(
        self, db: Path, writing: Writing, settings: Settings, log: Log, now: Callable[[], float] = time.time
    ) -> None:
        self.waiting = 0
        self._writing = writing
        self._settings = settings
        self._log = log
        self._now = now
        self._failures = 0
        self._rests_until = self._pruned_at = float("-inf")
        self._rounds = Rounds(
            "postman", db, self._round, log, "mail-waits",
            lambda why: _("otklik: letters wait, the database refuses: %(why)s", why=why),
        )  # fmt: skip

    def start(self) -> Postman:
        self._rounds.start()
        return self

    def stop(self) -> None:
        """Ends the thread after the letter it is sending."""
        self._rounds.stop()

    def _round(self, store: Store) -> float:
        self.round(store)
        return LOOK_SECONDS

    def round(self, store: Store) -> None:
        """Puts down the digests that are due, and sends what waits."""
        now = self._now()
        if now - self._pruned_at > PRUNE_SECONDS:
            with transaction(store.db.conn):
                store.letters.prune(int(now * 1000))
            self._pruned_at = now
        self._writing.put_digests(store, now)
        if now >= self._rests_until:
            for letter in store.letters.due(int(now * 1000), AT_A_TIME):
                if self._rounds.ended or not self._deliver(store, letter):
                    break
        self.waiting = store.letters.waiting()

    def _deliver(self, store: Store, letter: Letter) -> bool:
        """Sends one letter and writes down how it went; False where the server is to be left in peace."""
        due_at, error, going_on = None, "", True
        try:
            self._send(store, letter)
            self._failures = 0
        except Refused as refused:
            error = str(refused)
            if not refused.for_good:
                due_at, going_on = self._again(letter), False
                self._rest(error)
        except Exception as unforeseen:  # noqa: BLE001 - one letter that cannot be written must not stop the others
            error, due_at = f"{type(unforeseen).__name__}: {unforeseen}", self._again(letter)
            self._log.broke(unforeseen)
        with transaction(store.db.conn):
            store.letters.settle(letter, due_at, error, int(self._now() * 1000))
        return going_on

    def _send(self, store: Store, letter: Letter) -> None:
        wanted = store.subscriptions.of(letter.person)
        person = store.people.get(letter.person)
        if not person or not wanted or not wanted.takes("digest" if letter.kind == "digest" else "alarms"):
            raise Refused(_("the person no longer wants these letters"), for_good=True)
        with speaking(wanted.lang):
            content = self._writing.content(store, letter, person, wanted.lang)
            if content is None:
                raise Refused(_("there is nothing left to tell"), for_good=True)
            sent = message(
                self._settings.mail_from, self._writing.company(wanted.lang), wanted.address, content, letter.uuid,
                self._now(), self._writing.ending(wanted, letter.kind),
            )  # fmt: skip
        send(self._settings, sent)

    def _again(self, letter: Letter) -> int | None:
        """When it is tried again; a letter that is three days old when it fails is given up."""
        now = int(self._now() * 1000)
        if now - letter.created_at > GIVE_UP_MS:
            return None
        wait = WAITS[min(letter.tries, len(WAITS) - 1)] * random.uniform(0.9, 1.1)  # noqa: S311 - only spreads the load
        return now + int(wait * 1000)

    def _rest(self, why: str) -> None:
        if not self._failures:
            self._log.say("mail-waits", _("otklik: letters wait: %(why)s", why=why), "warning", why=why)
        self._rests_until = self._now() + min(WAITS[min(self._failures, len(WAITS) - 1)], REST_SECONDS)
        self._failures += 1
