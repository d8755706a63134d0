"""Ends the waiting of whoever waits too long, with one timer for all: one for each body costs more than reading it."""

from __future__ import annotations

import asyncio
from typing import Any


class Patience:
    """So many seconds for everybody: who came first is also the first whose time is over."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._waiting: dict[asyncio.Task[Any], float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> None:
        """Begins a wait of the task that runs; its body may not begin another."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        assert task is not None
        self._waiting[task] = loop.time() + self._seconds
        if self._timer is None:
            self._timer = loop.call_later(self._seconds, self._end, loop)

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        """Raises `TimeoutError` where the wait was ended here."""
        task = asyncio.current_task()
        assert task is not None
        if self._waiting.pop(task, None) is None and kind is asyncio.CancelledError and task.uncancel() == 0:
            raise TimeoutError

    def _end(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for task, deadline in list(self._waiting.items()):
            if deadline > now:
                self._timer = loop.call_at(deadline, self._end, loop)
                return
            del self._waiting[task]
            task.cancel()
        self._timer = None
