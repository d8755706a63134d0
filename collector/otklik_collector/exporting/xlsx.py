"""Writes XLSX row by row: nothing of a million rows is kept, and every text stays a text, never a formula.

openpyxl keeps little too, but took four times as long here; see docs/performance.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

SHEET_ROWS = 1_048_576
"""So many rows a sheet may have, its head included; what is more goes on the next sheet."""
SHEET_BYTES = 1_500_000_000
"""Below what needs the 64-bit form of ZIP, at which some spreadsheets stumble."""
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
# XML has no sign for these at all.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SOME = 500


def write_xlsx(stream: BinaryIO, names: Sequence[str], rows: Iterable[Sequence[Any]], most: int = SHEET_ROWS) -> None:
    """A workbook with the names as first row of each sheet; numbers are numbers, all else is text."""
    with ZipFile(stream, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        sheets, left = 0, iter(rows)
        more: Sequence[Any] | None = None
        while sheets == 0 or more is not None:
            sheets += 1
            with archive.open(f"xl/worksheets/sheet{sheets}.xml", "w") as sheet:
                sheet.write(
                    f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
                    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
                    "</sheetView></sheetViews><sheetData>".encode()
                )
                sheet.write(_row(names).encode())
                if more is not None:
                    sheet.write(_row(more).encode())
                size = 0
                for part in _parts(left, most - 1 - (more is not None)):
                    size += sheet.write(part.encode())
                    if size > SHEET_BYTES:
                        break
                sheet.write(b"</sheetData></worksheet>")
            more = next(left, None)
        _frame(archive, sheets)


def _parts(rows: Iterator[Sequence[Any]], most: int) -> Iterator[str]:
    """The XML of up to `most` rows, some hundred at a time."""
    lines: list[str] = []
    for _number in range(most):
        row = next(rows, None)
        if row is None:
            break
        lines.append(_row(row))
        if len(lines) == _SOME:
            yield "".join(lines)
            lines.clear()
    yield "".join(lines)


def _row(cells: Sequence[Any]) -> str:
    return f"<row>{''.join(map(_cell, cells))}</row>"


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    text = escape(_FORBIDDEN.sub("\ufffd", value))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _frame(archive: ZipFile, sheets: int) -> None:
    """What makes the sheets a workbook."""
    numbers = range(1, sheets + 1)
    types = f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    types += '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    types += f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
    for number in numbers:
        types += f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{kind}.worksheet+xml"/>'
    archive.writestr("[Content_Types].xml", f"{_HEAD}{types}</Types>")
    book = "".join(f'<sheet name="responses {number}" sheetId="{number}" r:id="r{number}"/>' for number in numbers)
    archive.writestr(
        "xl/workbook.xml", f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{book}</sheets></workbook>'
    )
    sheet_links = [(f"r{number}", "worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
    archive.writestr("xl/_rels/workbook.xml.rels", _links(sheet_links))
    archive.writestr("_rels/.rels", _links([("r1", "officeDocument", "xl/workbook.xml")]))


def _links(links: Sequence[tuple[str, str, str]]) -> str:
    each = "".join(f'<Relationship Id="{id}" Type="{_OFFICE}/{kind}" Target="{to}"/>' for id, kind, to in links)
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'
