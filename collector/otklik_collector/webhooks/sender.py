"""Sends what waits in the outbox, in threads of its own: whatever an address does, responses are stored meanwhile."""

from __future__ import annotations

import queue
import random
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from otklik_collector.log import Log
from otklik_collector.store import Store, open_store
from otklik_collector.store.outbox import Delivery, Told
from otklik_collector.store.transaction import transaction
from otklik_collector.store.webhooks import Webhook
from otklik_collector.webhooks.address import Answer, Refused, address_of, post
from otklik_collector.webhooks.message import message, signed
from otklik_collector.words import _
from otklik_widget.faults import Faults

AT_ONCE = 4
"""Requests that one address gets at the same time."""
LOOK_SECONDS = 0.5
SETTLE_SECONDS = 0.25
"""How often results are written: each takes the database's lock for a moment."""
PRUNE_SECONDS, COUNT_SECONDS = 3600, 5
WAITS = (5, 30, 120, 600, 1800, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 12 * 3600, 16 * 3600, 24 * 3600)
"""Seconds until the next try of one message; the last one is repeated."""
GIVE_UP_MS = 3 * 24 * 3600 * 1000
REST_SECONDS = 600
"""The longest rest of an address that fails, whatever waits for it."""


class Try(NamedTuple):
    delivery: Delivery
    answer: Answer | None
    error: str


@dataclass
class Lane:
    """What one webhook is being told, and how it took the last of it."""

    flying: set[bytes] = field(default_factory=set)
    unsettled: list[Told] = field(default_factory=list)
    failures: int = 0
    rests_until: float = 0


class Sender:
    """Looks for what is due, hands it to a few threads, and writes down how it went; at least once, with a stable id.

    `waiting` messages and `paused` webhooks, as counted some seconds ago, are for the operators' numbers; `now` tells
    the seconds since 1970.
    """

    def __init__(self, db: Path, log: Log, now: Callable[[], float] = time.time) -> None:
        self.waiting = self.paused = 0
        self._db = db
        self._log = log
        self._now = now
        self._lanes: dict[int, Lane] = {}
        self._tried: queue.SimpleQueue[Try | None] = queue.SimpleQueue()
        self._ended = False
        self._settled_at = self._pruned_at = self._counted_at = float("-inf")
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread. What is under way is told again after the next start, with the same id."""
        self._ended = True
        self._tried.put(None)
        self._thread.join(5)

    def _run(self) -> None:
        complained = False
        while not self._ended:
            try:
                with open_store(self._db) as store:
                    # Nobody was promised that a result is written: the writer's next flush may take it along.
                    store.db.conn.execute("PRAGMA synchronous = NORMAL")
                    while not self._ended:
                        self._take()
                        self._settle(store)
                        self._send_due(store)
                        complained = False
            except (sqlite3.Error, Faults) as error:
                if not complained:
                    said = _("otklik: webhooks wait, the database refuses: %(why)s", why=error)
                    self._log.say("webhooks-wait", said, "error", why=str(error))
                complained = True
                time.sleep(LOOK_SECONDS)

    def _take(self) -> None:
        """Waits a moment for results and takes all there are."""
        waiting = (
            SETTLE_SECONDS if any(lane.flying or lane.unsettled for lane in self._lanes.values()) else LOOK_SECONDS
        )
        try:
            found = self._tried.get(timeout=waiting)
            while found is not None:
                self._judge(found)
                found = self._tried.get_nowait()
        except queue.Empty:
            return

    def _judge(self, found: Try) -> None:
        lane, now = self._lanes[found.delivery.webhook], self._now()
        lane.flying.discard(found.delivery.id)
        if found.answer and 200 <= found.answer.status < 300:
            lane.unsettled.append(Told(found.delivery, found.answer.status, "", None))
            return
        lane.unsettled.append(_failed(found, now))
        if now >= lane.rests_until:  # those that were under way together fail together, and count once
            asked = (found.answer.retry_after if found.answer else None) or 0
            rest = max(WAITS[min(lane.failures, len(WAITS) - 1)], asked)
            lane.rests_until = now + min(rest, REST_SECONDS)
            lane.failures += 1

    def _settle(self, store: Store) -> None:
        now = self._now()
        lanes = {id: lane for id, lane in self._lanes.items() if lane.unsettled}
        if time.monotonic() - self._pruned_at > PRUNE_SECONDS:
            with transaction(store.db.conn):
                store.outbox.prune(int(now * 1000))
            self._pruned_at = time.monotonic()
        if time.monotonic() - self._counted_at > COUNT_SECONDS:
            self.waiting = sum(waiting.number for waiting in store.outbox.waiting().values())
            self.paused = sum(hook.paused_at is not None for hook in store.webhooks.all())
            self._counted_at = time.monotonic()
        if not lanes or time.monotonic() - self._settled_at < SETTLE_SECONDS:
            return
        with transaction(store.db.conn):
            for id, lane in lanes.items():
                store.outbox.settle(lane.unsettled, int(now * 1000))
                if any(told.status and told.status < 300 for told in lane.unsettled):
                    store.webhooks.answered(id, now)
                    if lane.failures:
                        store.outbox.hurry(id, int(now * 1000))
                    lane.failures, lane.rests_until = 0, 0
                elif (hook := store.webhooks.get(id)) and hook.paused_at is None and _dead(hook, lane.unsettled):
                    store.webhooks.pause(hook, now)
        for lane in lanes.values():
            lane.unsettled = []
        self._settled_at = time.monotonic()

    def _send_due(self, store: Store) -> None:
        now = self._now()
        for hook in store.webhooks.all():
            lane = self._lanes.setdefault(hook.id, Lane())
            free = AT_ONCE - len(lane.flying)
            if hook.paused_at is not None or free <= 0 or now < lane.rests_until:
                continue
            busy = lane.flying | {told.delivery.id for told in lane.unsettled}
            due = store.outbox.due(hook.id, int(now * 1000), free + len(busy))
            for delivery in [one for one in due if one.id not in busy][:free]:
                response = store.responses.stored([delivery.response]) if delivery.response else {}
                body = message(delivery, hook, response.get(delivery.response or b""))
                if body is None:
                    lane.unsettled.append(Told(delivery, None, "", None))
                    continue
                lane.flying.add(delivery.id)
                threading.Thread(target=self._try, args=(hook, delivery, body), daemon=True).start()

    def _try(self, hook: Webhook, delivery: Delivery, body: bytes) -> None:
        answer, error = None, ""
        try:
            answer = tell(hook, delivery.uuid, body, self._now())
        except Refused as refused:
            error = str(refused)
        except Exception as unforeseen:  # noqa: BLE001 - a message that is lost here would be told never
            error = f"{type(unforeseen).__name__}: {unforeseen}"[:200]
        self._tried.put(Try(delivery, answer, error))


def tell(hook: Webhook, id: str, body: bytes, now: float) -> Answer:
    """Sends one signed message; raises `Refused`."""
    return post(address_of(hook.url), signed(hook, id, int(now), body), body, private=hook.private)


def _failed(found: Try, now: float) -> Told:
    """When it is tried again; a message that is three days old when it fails is given up."""
    delivery, answer = found.delivery, found.answer
    wait = WAITS[min(delivery.tries, len(WAITS) - 1)] * random.uniform(0.9, 1.1)  # noqa: S311 - only spreads the load
    if answer and answer.retry_after:
        wait = max(wait, min(answer.retry_after, WAITS[-1]))
    over = now * 1000 - delivery.created_at > GIVE_UP_MS
    due = None if over else int((now + wait) * 1000)
    return Told(delivery, answer.status if answer else None, found.error, due)


def _dead(hook: Webhook, told: list[Told]) -> bool:
    """Is the address gone: by its own word (410), or because it took nothing while a message grew three days old?"""
    if any(one.status == 410 for one in told):
        return True
    given_up = [one for one in told if one.due_at is None and (one.status or one.error)]
    return any((hook.succeeded_at or 0) < one.delivery.created_at for one in given_up)
