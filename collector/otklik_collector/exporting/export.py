"""Makes an export: the responses of a period as one file, of one moment, in constant memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import IO, Any

from otklik_collector.exporting.forms import FORMS, write_csv
from otklik_collector.exporting.plain import Words, names_of, plain
from otklik_collector.store import Store
from otklik_collector.store.reading import Wanted


class Abandoned(Exception):  # noqa: N818 - nobody's fault
    """Whoever asked for the export has gone."""


def write_export(
    store: Store,
    wanted: Wanted,
    form: str,
    stream: IO[bytes],
    *,
    words: Words = "none",
    excel: bool = False,
    on_step: Callable[[int], bool] = lambda _rows: True,
) -> int:
    """Writes the responses wanted to the stream and returns how many they were.

    `on_step` is told after each step how many rows there are so far; where it returns False, `Abandoned` is raised.
    """
    number = 0

    def rows() -> Iterator[dict[str, Any]]:
        nonlocal number
        for step, _end in store.rows.steps(wanted):
            for row in step:
                yield plain(row, words)
            number += len(step)
            if not on_step(number):
                raise Abandoned

    _type, write = FORMS[form]
    if form == "csv" and excel:
        write = partial(write_csv, excel=True)
    write(stream, names_of(words), rows())
    return number
