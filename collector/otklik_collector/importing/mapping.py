"""The mapping: what the columns of a spreadsheet mean, read from a TOML file and checked against the journey."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo, available_timezones

from otklik_collector.words import _
from otklik_widget.check import Checked
from otklik_widget.contract import CHANNELS
from otklik_widget.faults import nearest
from otklik_widget.journey import Journey
from otklik_widget.journey_file import nearest_zone
from otklik_widget.scales import SCALES
from otklik_widget.toml_file import Path_, read_toml

FILE_KEYS = ("delimiter", "encoding", "sheet")
ROW_KEYS = (
    "answered_at", "id", "respondent", "comment", "reasons", "segment", "place", "source", "channel",
    "segments", "places",
)  # fmt: skip
TIME_KEYS = ("column", "value", "template", "format", "zone")
RESPONSE_KEYS = ("column", "touchpoint", "touchpoint_column", "touchpoints", "scale", "skip", "values")
COLUMNS = ("id", "respondent", "comment", "reasons", "segment", "place")
_TIME_DIRECTIVES = re.compile(r"%[-#]?[HIMSpfXcT]")


class SheetTime(str):
    """A cell that a spreadsheet knows as a time: its text, and the time itself, which needs no format."""

    moment: datetime

    @classmethod
    def of(cls, moment: datetime) -> SheetTime:
        found = cls(moment.date().isoformat() if moment.time() == time() else moment.isoformat(sep=" "))
        found.moment = moment
        return found


@dataclass(frozen=True)
class When:
    """Where a row's time comes from: a column, a fixed value, or a template of columns like "2017-05-{DAY}"."""

    column: str | None
    value: str | None
    template: str | None
    formats: tuple[str, ...]
    zone: ZoneInfo

    @property
    def columns(self) -> list[str]:
        if self.column:
            return [self.column]
        return [name.strip() for name in re.findall(r"\{([^{}]+)\}", self.template or "")]

    def written(self, cells: Mapping[str, str]) -> str:
        """The text of a row's time, before it is understood."""
        if self.column:
            return cells[self.column]
        if self.template:
            return re.sub(r"\{([^{}]+)\}", lambda found: cells[found.group(1).strip()], self.template).strip()
        return self.value or ""

    def moment(self, written: str) -> tuple[datetime, bool] | None:
        """The local time and whether it holds an hour (else it is noon); None where no format fits."""
        if isinstance(written, SheetTime):
            return self._settled(written.moment, written.moment.time() != time())
        for pattern in self.formats:
            try:
                found = datetime.strptime(written, pattern)  # noqa: DTZ007 - the zone is put on below
            except ValueError:
                continue
            return self._settled(found, bool(_TIME_DIRECTIVES.search(pattern)))
        if self.formats:
            return None
        try:
            return self._settled(datetime.fromisoformat(written), len(written) > len("2017-05-15"))
        except ValueError:
            return None

    def _settled(self, found: datetime, has_hour: bool) -> tuple[datetime, bool]:
        if not has_hour:
            found = found.replace(hour=12)
        return (found if found.tzinfo else found.replace(tzinfo=self.zone)), has_hour


@dataclass(frozen=True)
class Asked:
    """One rated column: its scores are responses on `scale` at `touchpoint`, or at the one another column names."""

    number: int
    column: str
    scale: str
    touchpoint: str | None
    touchpoint_column: str | None
    touchpoints: Mapping[str, str] = field(default_factory=dict)
    skip: frozenset[str] = frozenset()
    values: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class FileForm:
    """How the file is written; None: guessed."""

    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None


class TableRules(Protocol):
    """What reading a table needs to know of a mapping."""

    @property
    def form(self) -> FileForm: ...

    def needed(self) -> list[str]: ...


@dataclass(frozen=True)
class SheetMapping:
    form: FileForm
    when: When
    columns: Mapping[str, str]
    source: str
    channel: str
    segments: Mapping[str, str]
    places: Mapping[str, str]
    asked: tuple[Asked, ...]

    def needed(self) -> list[str]:
        """Every column that the mapping names, once."""
        names = [*self.when.columns, *self.columns.values()]
        for asked in self.asked:
            names += [asked.column, *([asked.touchpoint_column] if asked.touchpoint_column else [])]
        return list(dict.fromkeys(names))


def same(value: str) -> str:
    """What makes two cells the same value: "1", " 1.0" and "1,0" are one, and so are "Blank" and "BLANK"."""
    text = value.strip()
    number = re.fullmatch(r"([+-]?)0*(\d+)(?:[.,]0*)?", text)
    if number:
        return ("-" if number.group(1) == "-" and number.group(2) != "0" else "") + number.group(2)
    return text.casefold()


def read_mapping(path: Path, journey: Journey) -> SheetMapping:
    """The mapping of a file; raises `Faults` with every fault and its line."""
    return MappingReader(Checked(read_toml(path)), journey).mapping()


class MappingReader:
    def __init__(self, checked: Checked, journey: Journey) -> None:
        self.checked = checked
        self.data = checked.file.data
        self.journey = journey

    def mapping(self) -> SheetMapping:
        checked = self.checked
        checked.only(self.data, (), ("file", "row", "response"))
        form = self.form()
        row = checked.table(self.data, (), "row")
        checked.only(row, ("row",), ROW_KEYS)
        if "answered_at" not in row:
            checked.fault(("row",), _("“%(key)s” is missing in [row]", key="answered_at"))
        asked = tuple(self._asked(number, table) for number, table in self._responses())
        mapping = SheetMapping(
            form=form,
            when=self.when(row, ("row",), "answered_at"),
            columns={name: self.column(row, ("row",), name) for name in COLUMNS if name in row},
            source=checked.string(row, ("row",), "source"),
            channel=checked.choice(row, ("row",), "channel", CHANNELS, "import"),
            segments=self.words(row, ("row",), "segments"),
            places=self.words(row, ("row",), "places", self.journey.place_keys),
            asked=asked,
        )
        checked.done()
        return mapping

    def _responses(self) -> list[tuple[int, dict[str, Any]]]:
        tables = self.checked.tables(self.data, (), "response")
        if not tables and "response" not in self.data:
            self.checked.fault((), _("no [[response]]: name at least one rated column"))
        return list(enumerate(tables))

    def _delimiter(self, file: dict[str, Any]) -> str | None:
        written = self.checked.string(file, ("file",), "delimiter")
        if written and (len(written) != 1 or written in '"\r\n'):
            said = _('“delimiter” must be one letter, like "," or "\\t"')
            self.checked.fault(("file", "delimiter"), said)
        return written or None

    def _encoding(self, file: dict[str, Any]) -> str | None:
        written = self.checked.string(file, ("file",), "encoding")
        try:
            b"a".decode(written or "utf-8")
        except UnicodeDecodeError:  # a letter of two bytes
            pass
        except (LookupError, ValueError):
            said = _("there is no encoding “%(name)s”; try utf-8 or cp1251", name=written)
            self.checked.fault(("file", "encoding"), said)
        return written or None

    def column(self, table: dict[str, Any], path: Path_, key: str) -> str:
        return self.checked.string(table, path, key).strip()

    def form(self) -> FileForm:
        """The table [file]."""
        file = self.checked.table(self.data, (), "file")
        self.checked.only(file, ("file",), FILE_KEYS)
        sheet = self.checked.string(file, ("file",), "sheet") or None
        return FileForm(self._delimiter(file), self._encoding(file), sheet)

    def when(self, holder: dict[str, Any], base: Path_, key: str) -> When:
        """Where a row's time comes from, of a table like { column = "day", format = "%d.%m.%Y" }."""
        checked, path = self.checked, (*base, key)
        table = checked.table(holder, base, key)
        checked.only(table, path, TIME_KEYS)
        sources = [key for key in ("column", "value", "template") if key in table]
        if key in holder and len(sources) != 1:
            checked.fault(path, _("“%(key)s” needs exactly one of column, value, template", key=key))
        zone = checked.string(table, path, "zone")
        if zone and zone not in available_timezones():
            said = _("“%(zone)s” is not a time zone like “Europe/Moscow”.", zone=zone)
            checked.fault((*path, "zone"), said + nearest_zone(zone))
            zone = ""
        value = table.get("value")
        if isinstance(value, date):  # TOML writes dates without quotes
            value = value.isoformat()
        elif "value" in table:
            value = checked.string(table, path, "value").strip()
        when = When(
            column=checked.string(table, path, "column").strip() or None,
            value=value,
            template=checked.string(table, path, "template") or None,
            formats=self._formats(table, path),
            zone=ZoneInfo(zone or self.journey.company.zone),
        )
        if value and not checked.faults and when.moment(value) is None:
            checked.fault((*path, "value"), _("“%(value)s” is no date like 2017-05-15", value=value))
        return when

    def _formats(self, table: dict[str, Any], path: Path_) -> tuple[str, ...]:
        written = table.get("format", [])
        formats = [written] if isinstance(written, str) else written
        if not isinstance(formats, list) or not all(isinstance(one, str) for one in formats):
            self.checked.fault((*path, "format"), _('“format” must be a text like "%%d/%%m/%%Y" or a list of them'))
            return ()
        for one in formats:
            try:
                again = datetime(2017, 5, 15, 13, 30).strftime(one)  # noqa: DTZ001 - only the pattern is tried
                datetime.strptime(again, one)  # noqa: DTZ007
            except (ValueError, re.error) as error:
                said = _("the format “%(format)s” cannot be used: %(why)s", format=one, why=error)
                self.checked.fault((*path, "format"), said)
        return tuple(formats)

    def words(self, holder: dict[str, Any], base: Path_, key: str, known: Any = None) -> dict[str, str]:
        """A table from the file's words to the journey's keys."""
        table = self.checked.table(holder, base, key)
        for word, value in table.items():
            if not isinstance(value, str):
                self.checked.fault(
                    (*base, key, word), _("“%(key)s” must be %(kind)s", key=word, kind=_("a text in quotes"))
                )
            elif known is not None and value not in known:
                said = _("“%(value)s” is not in the journey.", value=value) + nearest(value, known)
                self.checked.fault((*base, key, word), said)
        return {same(word): str(value) for word, value in table.items()}

    def _asked(self, number: int, table: dict[str, Any]) -> Asked:
        checked, path = self.checked, ("response", number)
        checked.only(table, path, RESPONSE_KEYS)
        checked.need(table, path, ("column", "scale"))
        scored = tuple(key for key, scale in SCALES.items() if scale.kind)
        scale = checked.choice(table, path, "scale", scored, "nps") if "scale" in table else "nps"
        if ("touchpoint" in table) == ("touchpoint_column" in table):
            checked.fault(path, _("name either “touchpoint” or “touchpoint_column”"))
        if "touchpoints" in table and "touchpoint_column" not in table:
            checked.fault((*path, "touchpoints"), _("“touchpoints” goes with “touchpoint_column”"))
        touchpoint = checked.string(table, path, "touchpoint") or None
        if touchpoint:
            self.touchpoint(touchpoint, (*path, "touchpoint"))
        touchpoints = checked.table(table, path, "touchpoints")
        for word, key in touchpoints.items():
            self.touchpoint(str(key), (*path, "touchpoints", word))
        return Asked(
            number=number,
            column=self.column(table, path, "column"),
            scale=scale,
            touchpoint=touchpoint,
            touchpoint_column=self.column(table, path, "touchpoint_column") or None,
            touchpoints={same(word): str(key) for word, key in touchpoints.items()},
            skip=frozenset(same(value) for value in self._skipped(table, path)),
            values=self._values(table, path, scale),
        )

    def touchpoint(self, key: str, path: Path_) -> None:
        known = self.journey.touchpoints
        if key not in known:
            said = _("there is no touchpoint “%(key)s” in the journey.", key=key) + nearest(key, known)
            self.checked.fault(path, said)

    def _skipped(self, table: dict[str, Any], path: Path_) -> list[str]:
        written = table.get("skip", [])
        if not isinstance(written, list) or not all(isinstance(one, str | int | float) for one in written):
            self.checked.fault((*path, "skip"), _('“%(key)s” must be a list of texts, like ["one", "two"]', key="skip"))
            return []
        return [str(one) for one in written]

    def _values(self, table: dict[str, Any], path: Path_, scale: str) -> dict[str, int]:
        written = self.checked.table(table, path, "values")
        for word, score in written.items():
            if not SCALES[scale].has(score):
                found = SCALES[scale]
                said = _(
                    "“%(value)s” is recoded to %(score)s, but %(scale)s runs from %(low)d to %(high)d",
                    value=word, score=score, scale=scale, low=found.low, high=found.high,
                )  # fmt: skip
                self.checked.fault((*path, "values", word), said)
        return {same(word): score for word, score in written.items() if type(score) is int}
