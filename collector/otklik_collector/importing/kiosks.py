"""Many kiosks from a table: every faulty row is named, and all are made or none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container
from pathlib import Path
from typing import NamedTuple

from otklik_collector.importing.mapping import FileForm
from otklik_collector.importing.sheet import Row, read_rows
from otklik_collector.kiosks import Written, faults_of
from otklik_collector.store.devices import Wanted
from otklik_collector.words import _
from otklik_widget.faults import Fault, Faults, nearest
from otklik_widget.journey import Journey

COLUMNS = ("device", "name", "place", "points", "lang", "languages", "reasons", "pin")
MOST = 10_000
_APART = re.compile(r"[\s,;|]+")


class _Table(NamedTuple):
    """The columns that must be there, for whoever reads the rows."""

    form: FileForm
    columns: tuple[str, ...]

    def needed(self) -> list[str]:
        return list(self.columns)


def read_kiosks(file: Path, journey: Journey, there: Container[str]) -> list[Wanted]:
    """The kiosks of a table; raises `Faults` with every fault of every row, and its line."""
    needed = ("device", "place", "points") if journey.places else ("device", "points")
    rows = list(read_rows(file, _Table(FileForm(), needed)))
    faults = _columns(file, rows)
    written = [_written(row) for row in rows]
    times = Counter(one.device for one in written)
    for row, one in zip(rows, written, strict=True):
        found = faults_of(one, journey, there)
        if times[one.device] > 1:
            found.append(
                ("device", _("“%(device)s” stands in %(n)d rows", device=one.device[:70], n=times[one.device]))
            )
        faults += [Fault(str(file), row.number, f"{field}: {said}") for field, said in found]
    if not rows:
        faults.append(Fault(str(file), None, _("there is no row below the header")))
    if len(rows) > MOST:
        faults.append(Fault(str(file), None, _("a table may hold %(n)d kiosks", n=MOST)))
    if faults:
        raise Faults(faults)
    return [one.wanted() for one in written]


def _columns(file: Path, rows: list[Row]) -> list[Fault]:
    """A misspelt column would be left out silently."""
    return [
        Fault(str(file), 1, _("unknown column “%(name)s”.", name=name[:70]) + nearest(name, COLUMNS))
        for name in (rows[0].cells if rows else ())
        if name and name not in COLUMNS
    ]


def _written(row: Row) -> Written:
    cells = row.cells

    def several(column: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(filter(None, _APART.split(cells.get(column, "")))))

    return Written(
        cells.get("device", ""), cells.get("name", ""), cells.get("place", ""), several("points"),
        cells.get("lang", ""), several("languages"), cells.get("reasons", ""), cells.get("pin", ""),
    )  # fmt: skip
