"""The command `otklik passes`: how many customers pass a touchpoint, from a till's or a door counter's table."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from otklik_collector.drawing import today_of
from otklik_collector.importing.mapping import FileForm, MappingReader, When, same
from otklik_collector.importing.rows import FaultyRow
from otklik_collector.importing.sheet import Row, read_rows
from otklik_collector.response import day_number
from otklik_collector.store import open_store
from otklik_collector.words import _
from otklik_widget.check import Checked
from otklik_widget.cli import DONE, REFUSED, Context, show
from otklik_widget.faults import Fault, nearest
from otklik_widget.journey import Journey
from otklik_widget.toml_file import read_toml

PASSES_KEYS = ("date", "touchpoint", "touchpoint_column", "touchpoints", "place", "place_column", "places", "passes")
MOST = 10**9

Counted = Counter[tuple[str, str, int]]
"""Passes by touchpoint, place (empty: not told) and day number."""


@dataclass(frozen=True)
class PassesMapping:
    """What the columns mean. Without a column of numbers each row is one customer, as in a list of receipts."""

    form: FileForm
    date: When
    touchpoint: str | None
    touchpoint_column: str | None
    place: str
    place_column: str | None
    passes: str | None
    touchpoints: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    def needed(self) -> list[str]:
        columns = [*self.date.columns, self.touchpoint_column, self.place_column, self.passes]
        return [column for column in dict.fromkeys(columns) if column]


def plain_mapping(journey: Journey) -> PassesMapping:
    """Without a mapping: columns date (2026-11-21), touchpoint, place and passes; place where there are places."""
    when = When("date", None, None, (), ZoneInfo(journey.company.zone))
    return PassesMapping(FileForm(), when, None, "touchpoint", "", "place" if journey.places else None, "passes")


def read_mapping(path: Path, journey: Journey) -> PassesMapping:
    """The mapping of a file; raises `Faults` with every fault and its line."""
    reader = MappingReader(Checked(read_toml(path)), journey)
    checked, base = reader.checked, ("passes",)
    checked.only(reader.data, (), ("file", "passes"))
    if "passes" not in reader.data:
        checked.fault((), _("the table [passes] is missing"))
    table = checked.table(reader.data, (), "passes")
    checked.only(table, base, PASSES_KEYS)
    checked.need(table, base, ("date",) if table else ())
    if table and ("touchpoint" in table) == ("touchpoint_column" in table):
        checked.fault(base, _("name either “touchpoint” or “touchpoint_column”"))
    if "place" in table and "place_column" in table:
        checked.fault(base, _("name either “place” or “place_column”"))
    touchpoint, place = checked.string(table, base, "touchpoint"), checked.string(table, base, "place")
    if touchpoint:
        reader.touchpoint(touchpoint, (*base, "touchpoint"))
    if place and place not in journey.place_keys:
        said = _("“%(value)s” is not in the journey.", value=place) + nearest(place, journey.place_keys)
        checked.fault((*base, "place"), said)
    found = PassesMapping(
        form=reader.form(),
        date=reader.when(table, base, "date"),
        touchpoint=touchpoint or None,
        touchpoint_column=reader.column(table, base, "touchpoint_column") or None,
        place=place,
        place_column=reader.column(table, base, "place_column") or None,
        passes=reader.column(table, base, "passes") or None,
        touchpoints=reader.words(table, base, "touchpoints", journey.touchpoints),
        places=reader.words(table, base, "places", journey.place_keys),
    )
    checked.done()
    return found


class PassesReader:
    """Adds up the rows of a table; `faulty` keeps what is wrong."""

    def __init__(self, mapping: PassesMapping, journey: Journey, today: date) -> None:
        self._mapping = mapping
        self._journey = journey
        self._today = today
        self.counted: Counted = Counter()
        self.faulty: list[FaultyRow] = []
        self.read = 0

    def add(self, row: Row) -> None:
        self.read += 1
        before = len(self.faulty)
        touchpoint = self._touchpoint(row)
        place = self._key(row, self._mapping.place_column, self._mapping.places, self._journey.place_keys)
        day, number = self._day(row), self._number(row)
        if len(self.faulty) == before:
            self.counted[touchpoint, place or self._mapping.place, day] += number

    def _fault(self, row: Row, column: str, why: str) -> None:
        self.faulty.append(FaultyRow(row.number, column, row.cells.get(column, "")[:60], why))

    def _touchpoint(self, row: Row) -> str:
        if self._mapping.touchpoint:
            return self._mapping.touchpoint
        column = self._mapping.touchpoint_column or ""
        found = self._key(row, column, self._mapping.touchpoints, self._journey.touchpoints)
        if not found and not row.cells[column]:
            self._fault(row, column, _("which touchpoint?"))
        return found

    def _key(self, row: Row, column: str | None, words: Mapping[str, str], known: Mapping[str, Any]) -> str:
        written = row.cells[column] if column else ""
        found = words.get(same(written), written)
        if found and found not in known:
            self._fault(row, column or "", _("“%(value)s” is not in the journey.", value=found) + nearest(found, known))
        return found

    def _day(self, row: Row) -> int:
        when = self._mapping.date
        written = when.written(row.cells)
        found = when.moment(written)
        column = ", ".join(when.columns) or "date"
        if found is None:
            formats = ", ".join(when.formats) or _("a date like 2017-05-15 or 2017-05-15 13:30")
            self._fault(row, column, _("not a time as %(formats)s", formats=formats))
            return 0
        day = found[0].date()
        if day > self._today:
            self._fault(row, column, _("this is in the future"))
        return day_number(day)

    def _number(self, row: Row) -> int:
        column = self._mapping.passes
        if column is None:
            return 1
        value = re.sub(r"[ \u00a0\u202f]", "", row.cells[column])
        value = re.sub(r"[.,]0+$", "", value)
        if not re.fullmatch(r"\d{1,10}", value) or int(value) > MOST:
            self._fault(row, column, _("must be a whole number from 0 to %(most)d", most=MOST))
            return 0
        return int(value)


@dataclass(frozen=True)
class Report:
    """Rows read, days written (a day of one touchpoint and place), customers in them."""

    read: int
    days: int
    passes: int


def bring_passes(context: Context) -> int:
    """Runs the command and returns its exit status."""
    args = context.args
    journey = context.journey()
    mapping = read_mapping(args.mapping, journey) if args.mapping else plain_mapping(journey)
    reader = PassesReader(mapping, journey, today_of(journey))
    for row in read_rows(args.file, mapping):
        reader.add(row)
    if reader.faulty:
        for fault in reader.faulty:
            show(Fault(str(args.file), None, str(fault)))
        show(_("Nothing was stored. Mend these rows and bring the file again."))
        return REFUSED
    with open_store(context.db, create=True) as store:
        store.passes.put(reader.counted, args.file.name)
        store.responses.judge_passes((touchpoint, day) for touchpoint, _place, day in reader.counted)
    report = Report(reader.read, len(reader.counted), reader.counted.total())
    if args.json:
        print(json.dumps(asdict(report)))
    else:
        print(_("rows read: %(read)d; days written: %(days)d; customers in them: %(passes)d", **asdict(report)))
    return DONE
