"""The forms of an export: each writes responses to a stream, one after the other, and keeps none."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import IO, Any

import msgspec

from otklik_collector.exporting.xlsx import write_xlsx
from otklik_collector.map.table import FORMULA, guarded

Rows = Iterable[Mapping[str, Any]]
Write = Callable[[IO[bytes], Sequence[str], Rows], None]
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


def write_jsonl(stream: IO[bytes], _names: Sequence[str], rows: Rows) -> None:
    """One JSON object a line."""
    encode = msgspec.json.Encoder().encode
    for row in rows:
        stream.write(encode(row) + b"\n")


def write_csv(stream: IO[bytes], names: Sequence[str], rows: Rows, *, excel: bool = False) -> None:
    """One line a response below the names; `excel`: as Excel in Russia and much of Europe opens it by itself."""
    text = io.TextIOWrapper(stream, "utf-8-sig" if excel else "utf-8", newline="", write_through=False)
    try:
        lines = csv.writer(text, delimiter=";" if excel else ",")
        lines.writerow(names)
        lines.writerows([guard(cell(row[name])) for name in names] for row in rows)
    finally:
        text.detach()  # flushes, and leaves the stream to its owner


def cell(value: Any) -> Any:
    """A value as one cell: a list as words with spaces between."""
    return " ".join(value) if isinstance(value, list) else value


def guard(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; a number stays one, below zero too."""
    if not isinstance(value, str) or not value.startswith(FORMULA) or _NUMBER.fullmatch(value):
        return value
    return guarded(value)


def _xlsx(stream: IO[bytes], names: Sequence[str], rows: Rows) -> None:
    write_xlsx(stream, names, ([cell(row[name]) for name in names] for row in rows))


FORMS: dict[str, tuple[str, Write]] = {
    "csv": ("text/csv; charset=utf-8", write_csv),
    "jsonl": ("application/x-ndjson", write_jsonl),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
}
"""By the end of a file's name: the type it is sent as, and who writes it."""
