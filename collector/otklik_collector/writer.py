"""The one thread that writes: it takes what has come together and stores it in one flushed transaction."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from otklik_collector.log import Log
from otklik_collector.numbers import Numbers
from otklik_collector.problem import Problem
from otklik_collector.response import Outcome, Response, Shown
from otklik_collector.store import Store
from otklik_collector.store.checkpoint import Checkpointer

WAITING = 10_000
"""Responses that may wait at once; beyond that a client is asked to come again."""
BATCH = 1_000
RETRY_SECONDS = 2
CROWD = 8
"""So many at once say that more are on their way: gathering them pays, since a flush costs the same for all."""
GATHER_SECONDS = 0.002


@dataclass
class _Work:
    responses: Sequence[Response]
    shown: Sequence[Shown]
    done: asyncio.Future[list[Outcome]]
    outcomes: list[Outcome] = field(default_factory=list)
    error: Problem | None = None


class Writer:
    """Bridges the event loop, which never waits for a disk, and the thread, which waits for little else."""

    def __init__(
        self, store: Store, loop: asyncio.AbstractEventLoop, numbers: Numbers, log: Log, waiting: int = WAITING
    ) -> None:
        self._store = store
        self._numbers = numbers
        self._log = log
        numbers.may_wait = waiting
        self._loop = loop
        self._limit = waiting
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._waiting = 0
        self._checkpointer = Checkpointer(store.db.conn, store.path)
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    async def submit(self, responses: Sequence[Response], shown: Sequence[Shown] = ()) -> list[Outcome]:
        """What became of each response, once all are on disk; raises `Problem` 503 where that cannot be now."""
        number = len(responses) + len(shown)
        if self._waiting + number > self._limit or not self.alive:
            raise Problem(503, "busy", "Too many responses are waiting", retry_after=RETRY_SECONDS)
        work = _Work(responses, shown, self._loop.create_future())
        self._waiting += number
        self._numbers.queued(self._waiting)
        self._queue.put(work)
        # A client that hangs up cancels its waiting and nothing else: its response is in the queue and stays there.
        return await work.done

    def stop(self) -> None:
        """Stores what waits and ends the thread."""
        self._queue.put(None)
        self._thread.join()
        self._checkpointer.stop()

    def _run(self) -> None:
        ended = False
        while not ended:
            works: list[_Work] = []
            taken, number = self._queue.get(), 0
            while taken is not None:
                works.append(taken)
                number += len(taken.responses) + len(taken.shown)
                if number >= BATCH:
                    break
                try:
                    taken = self._queue.get_nowait()
                except queue.Empty:
                    break
            ended = taken is None
            self._store_together(works)
            try:
                self._loop.call_soon_threadsafe(self._reply, works)
            except RuntimeError:  # the loop has ended: nobody waits for a reply any more
                return
            self._checkpointer.written()
            if len(works) >= CROWD:
                time.sleep(GATHER_SECONDS)

    def _store_together(self, works: list[_Work]) -> None:
        try:
            self._store_now(works)
        except sqlite3.Error as error:
            self._numbers.failed(str(error))
            for work in works:
                work.error = Problem(503, "storage", "The response cannot be stored now", retry_after=RETRY_SECONDS)
        except Exception as error:  # noqa: BLE001 - one bad response must never cost the others of its batch
            if len(works) > 1:
                for work in works:
                    self._store_together([work])
                return
            self._log.broke(error)
            for work in works:
                work.error = Problem(500, "internal", "The response could not be stored")

    def _store_now(self, works: list[_Work]) -> None:
        responses = [response for work in works for response in work.responses]
        began = time.perf_counter()
        found = self._store.responses.submit(responses, [one for work in works for one in work.shown])
        self._numbers.committed(Counter(outcome.status for outcome in found), time.perf_counter() - began)
        outcomes = iter(found)
        for work in works:
            work.outcomes = [next(outcomes) for _response in work.responses]

    def _reply(self, works: list[_Work]) -> None:
        for work in works:
            self._waiting -= len(work.responses) + len(work.shown)
            if work.done.cancelled():
                continue
            if work.error:
                work.done.set_exception(work.error)
            else:
                work.done.set_result(work.outcomes)
        self._numbers.queued(self._waiting)
