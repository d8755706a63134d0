"""The rows of a CSV or XLSX file as trimmed text by column, whatever its encoding and delimiter."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

from otklik_collector.importing.mapping import SheetTime, TableRules
from otklik_collector.words import _
from otklik_widget.faults import Fault, Faults, nearest, refuse

DELIMITERS = ",;\t|"
CELL_LETTERS = 1_000_000
WIDEST, EMPTY_ROWS = 2_000, 1_000


class Row(NamedTuple):
    """One row: `number` as a spreadsheet shows it (the header is 1), cells by trimmed header."""

    number: int
    cells: dict[str, str]


def read_rows(path: Path, mapping: TableRules, *, once: bool = False) -> Iterator[Row]:
    """The rows that are not empty; raises `Faults` where the file cannot be read or lacks a column of the mapping.

    `once`: no other column may stand more than once either, since all are used.
    """
    if not path.exists():
        raise refuse(_("there is no such file"), str(path))
    if path.is_dir():
        raise refuse(_("this is a folder, not a file"), str(path))
    xlsx = path.suffix.lower() in (".xlsx", ".xlsm")
    lines = _xlsx(path, mapping) if xlsx else _csv(path, mapping)
    header: list[str] | None = None
    for number, cells in lines:
        if not any(cells):
            continue
        if header is None:
            header = cells
            _check_header(path, header, mapping, [name for name in dict.fromkeys(header) if name and once])
            continue
        if len(cells) > len(header) and any(cells[len(header) :]):
            said = _("row %(row)d has %(cells)d cells, the header has %(header)d; is a quotation mark missing?",
                     row=number, cells=len(cells), header=len(header))  # fmt: skip
            raise refuse(said, str(path), number)
        cells += [""] * (len(header) - len(cells))
        yield Row(number, dict(zip(header, cells, strict=False)))
    if header is None:
        raise refuse(_("the file is empty; its first row must name the columns"), str(path))


def _check_header(path: Path, header: list[str], mapping: TableRules, single: list[str]) -> None:
    faults = []
    for name in dict.fromkeys([*mapping.needed(), *single]):
        if name not in header:
            said = _("there is no column “%(name)s” in the file.", name=name) + _nearest_column(name, header)
            faults.append(Fault(str(path), 1, said))
        elif header.count(name) > 1:
            faults.append(Fault(str(path), 1, _("the column “%(name)s” stands more than once", name=name)))
    if faults:
        raise Faults(faults)


def _nearest_column(name: str, header: list[str]) -> str:
    columns = ", ".join(column for column in header[:30] if column)
    return nearest(name, header) or " " + _("Its columns: %(columns)s.", columns=columns)


def _csv(path: Path, mapping: TableRules) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(path, mapping.form.encoding)
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise refuse(_("this is no text file: it holds a zero byte; save the sheet as CSV"), str(path), line)
    delimiter = mapping.form.delimiter or _delimiter(text)
    csv.field_size_limit(CELL_LETTERS)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            said = _("row %(row)d cannot be read as CSV: %(why)s; is a quotation mark missing?", row=number, why=error)
            raise refuse(said, str(path), reader.line_num) from None
        yield number, [cell.strip() for cell in cells]


def _decoded(path: Path, encoding: str | None) -> str:
    raw = path.read_bytes()
    if encoding is None:
        encoding = _guessed(raw)
    elif encoding.lower().replace("_", "-") in ("utf-8", "utf8"):
        encoding = "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        said = _("byte 0x%(byte)02X is not %(encoding)s; name the right “encoding” in [file]",
                 byte=raw[error.start], encoding=encoding.removesuffix("-sig"))  # fmt: skip
        raise refuse(said, str(path), line) from None


def _guessed(raw: bytes) -> str:
    """UTF-16 by its mark, UTF-8 where it is that or nearly so, else cp1251."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    text = raw.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    right = sum(letter > "\x7f" for letter in text) - wrong
    # A broken byte in the midst of good UTF-8 is a fault to be named, not a reason to read all of it as something else.
    return "utf-8-sig" if not wrong or right > wrong else "cp1251"


def _delimiter(text: str) -> str:
    """The delimiter that stands most often in the header row, outside quotation marks."""
    header = (text.strip().splitlines() or [""])[0]
    bare = "".join(part for number, part in enumerate(header.split('"')) if number % 2 == 0)
    return max(DELIMITERS, key=bare.count)


def _xlsx(path: Path, mapping: TableRules) -> Iterator[tuple[int, list[str]]]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # noqa: BLE001 - the parser raises whatever it meets in a broken file
        raise refuse(_("this is no XLSX file: %(why)s", why=error), str(path)) from None
    try:
        names = [sheet.title for sheet in book.worksheets]
        if mapping.form.sheet and mapping.form.sheet not in names:
            said = _(
                "there is no sheet “%(name)s”; sheets: %(known)s.", name=mapping.form.sheet, known=", ".join(names)
            )
            raise refuse(said + nearest(mapping.form.sheet, names), str(path))
        sheet = book[mapping.form.sheet] if mapping.form.sheet else book.worksheets[0]
        yield from _cells(path, sheet)
    except Faults:
        raise
    except Exception as error:  # noqa: BLE001 - see above
        raise refuse(_("this is no XLSX file: %(why)s", why=error), str(path)) from None
    finally:
        book.close()


def _cells(path: Path, sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """Rows as wide as the header: one stray cell far to the right must not make every row sixteen thousand cells."""
    start, width, empty = 0, 0, 0
    for number, cells in enumerate(sheet.iter_rows(max_row=EMPTY_ROWS, max_col=WIDEST, values_only=True), start=1):
        filled = [position for position, cell in enumerate(cells, start=1) if cell is not None]
        if filled:
            start, width = number, filled[-1]
            break
    if not start:
        return
    for number, cells in enumerate(sheet.iter_rows(min_row=start, max_col=width, values_only=True), start=start):
        empty = 0 if any(cell is not None for cell in cells) else empty + 1
        if empty > EMPTY_ROWS:
            said = _("after row %(row)d there are %(n)d empty rows; delete stray cells below the table",
                     row=number - empty, n=EMPTY_ROWS)  # fmt: skip
            raise refuse(said, str(path), number - empty)
        yield number, [_cell(cell) for cell in cells]


def _cell(value: Any) -> str:
    """A cell of a spreadsheet as its text: whole numbers without a point, dates as ISO."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return SheetTime.of(value)
    if isinstance(value, date):
        return SheetTime.of(datetime.combine(value, time()))
    return str(value).strip()
