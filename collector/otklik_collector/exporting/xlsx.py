"""Writes XLSX row by row: nothing of a million rows is kept, and every text stays a text, never a formula."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from errno import ESPIPE
from typing import IO, Any

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

SHEET_ROWS = 1_048_576
"""So many rows a sheet may have, its head included; what is more goes on the next sheet."""
_TEXTS_STAY = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_xlsx(stream: IO[bytes], names: Sequence[str], rows: Iterable[Sequence[Any]], most: int = SHEET_ROWS) -> None:
    """A workbook with the names as first row of each sheet; numbers are numbers, all else is text."""
    # Each sheet waits in a file until the workbook is closed: in a folder that goes whatever happens.
    with tempfile.TemporaryDirectory(prefix="otklik-export-") as folder:
        book = Workbook(_Target(stream), {"constant_memory": True, "tmpdir": folder, "use_zip64": True, **_TEXTS_STAY})
        try:
            _fill(book, names, rows, most)
            book.close()
        except FileCreateError as failed:
            raise failed.args[0] from None  # the OSError that it was
        finally:
            for sheet in book.worksheets():
                sheet._opt_close()  # noqa: SLF001 - no public way to leave a workbook without writing it


class _Target:
    """The stream; once it failed, what the archive still writes while it is thrown away goes nowhere."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._failed = False

    def write(self, part: bytes) -> int:
        return self._done(lambda: self._stream.write(part))

    def seek(self, place: int, whence: int = 0) -> int:
        return self._done(lambda: self._stream.seek(place, whence))

    def tell(self) -> int:
        return self._done(self._stream.tell)

    def flush(self) -> None:
        self._done(lambda: self._stream.flush() or 0)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _done(self, act: Callable[[], int]) -> int:
        if self._failed:
            return 0
        try:
            return act()
        except OSError as error:
            self._failed = error.errno not in (None, ESPIPE)  # these only say that a pipe has no places to go to
            raise


def _fill(book: Workbook, names: Sequence[str], rows: Iterable[Sequence[Any]], most: int) -> None:
    sheet, row = _sheet(book, names), 1
    for cells in rows:
        if row == most:
            sheet, row = _sheet(book, names), 1
        _write(sheet, row, cells)
        row += 1


def _sheet(book: Workbook, names: Sequence[str]) -> Worksheet:
    sheet = book.add_worksheet(f"responses {len(book.worksheets()) + 1}")
    sheet.freeze_panes(1, 0)
    _write(sheet, 0, names)
    return sheet


def _write(sheet: Worksheet, row: int, cells: Sequence[Any]) -> None:
    for column, value in enumerate(cells):
        if isinstance(value, int | float):
            sheet.write_number(row, column, value)
        elif not value:
            continue
        elif value.startswith("<r>") and value.endswith("</r>"):
            # Taken for ready XML of a rich text and written as it is: a customer could write a formula so.
            sheet.write_rich_string(row, column, value[0], value[1], value[2:])
        else:
            sheet.write_string(row, column, value)
