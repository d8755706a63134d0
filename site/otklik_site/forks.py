"""Work on many items by two or more processes where the system allows it, by this one alone where not."""

from __future__ import annotations

import gc
import os
import threading
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from multiprocessing import get_all_start_methods, get_context
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Item = TypeVar("Item")
Result = TypeVar("Result")
# Below so many items a second process costs more than it saves.
MANY = 150
CHUNK = 50
# What a forked process finds: who makes the worker, and the worker once it is made.
_make: Callable[[], Callable[[Any], Any]] | None = None
_worker: Callable[[Any], Any] | None = None


def each(
    make: Callable[[], Callable[[Sequence[Item]], Result]],
    items: Sequence[Item],
    done: Callable[[int], None],
    processes: int | None = None,
) -> Iterator[Result]:
    """The results of a worker for every chunk of the items, in no order; each process makes a worker of its own.

    `done` is told how many items a finished chunk had. Processes are forked, so a worker finds all that is here.
    """
    chunks = [items[start : start + CHUNK] for start in range(0, len(items), CHUNK)]
    wanted = min(_cores() if processes is None else processes, len(chunks))
    if processes is None and len(items) < MANY:
        wanted = 1
    if wanted < 2 or not _may_fork():
        worker = make() if chunks else None
        for chunk in chunks:
            assert worker
            yield worker(chunk)
            done(len(chunk))
        return
    yield from _forked(make, chunks, wanted, done)


def _forked(
    make: Callable[[], Callable[[Sequence[Item]], Result]],
    chunks: Sequence[Sequence[Item]],
    processes: int,
    done: Callable[[int], None],
) -> Iterator[Result]:
    global _make  # noqa: PLW0603 - a forked process finds it there; nothing else crosses without being packed
    _make = make
    gc.freeze()  # the collector would touch, and so copy, all that the processes share
    try:
        with ProcessPoolExecutor(processes, get_context("fork")) as pool:
            waiting = {pool.submit(_work, chunk): len(chunk) for chunk in chunks}
            try:
                while waiting:
                    for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                        yield future.result()
                        done(waiting.pop(future))
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
    finally:
        _make = None
        gc.unfreeze()


def _work(chunk: Any) -> Any:
    global _worker  # noqa: PLW0603 - one worker for all chunks of a process
    if _worker is None:
        assert _make
        _worker = _make()
    return _worker(chunk)


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def _may_fork() -> bool:
    """A process with other threads must not be forked: their locks would stay locked for ever."""
    return "fork" in get_all_start_methods() and threading.active_count() == 1 and os.name == "posix"
