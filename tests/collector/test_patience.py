"""Bodies that do not come: each waits its own time, under one timer for all."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from otklik_collector.patience import Patience

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own: a browser of other tests may keep a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


async def _wait(patience: Patience, seconds: float) -> str:
    try:
        with patience:
            await asyncio.sleep(seconds)
    except TimeoutError:
        return "too slow"
    return "came"


def test_who_is_slow_is_sent_away_and_nobody_else() -> None:
    async def visitors() -> list[str]:
        patience = Patience(0.4)
        first = asyncio.create_task(_wait(patience, 5))
        await asyncio.sleep(0.2)
        later = asyncio.gather(*(_wait(patience, seconds) for seconds in (0, 0.2, 5)))
        return [await first, *await later]

    assert run(visitors()) == ["too slow", "came", "came", "too slow"]


def test_a_timer_is_wound_again_after_nobody_waited() -> None:
    async def visitors() -> list[str]:
        patience = Patience(0.2)
        return [await _wait(patience, seconds) for seconds in (0, 5, 0.001, 5)]

    assert run(visitors()) == ["came", "too slow", "came", "too slow"]


def test_a_client_that_hangs_up_is_not_taken_for_a_slow_one() -> None:
    async def visitor() -> None:
        task = asyncio.create_task(_wait(Patience(5), 5))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(visitor())
