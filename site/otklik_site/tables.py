"""Tables from data files, `/// table | prices.csv`: a CSV's first line, or the keys of TOML and YAML, are the heads."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from otklik_site import arguments
from otklik_site.typography import tie
from otklik_site.words import _
from otklik_site.yaml_data import load_yaml
from otklik_widget.faults import Fault, Faults, nearest, refuse
from otklik_widget.toml_file import read_toml

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otklik_site.data import Data

SUFFIXES = (".csv", ".toml", ".yaml", ".yml")
SETTINGS = ("columns",)
EXAMPLE = "columns=name,price"
MOST = 2000


@dataclass(frozen=True)
class Table:
    """Heads and rows as they are shown; `numbers` are the columns that hold nothing else.

    `keys` are the columns' names in the file, the same in every language.
    """

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    keys: Sequence[str] = ()

    @property
    def numbers(self) -> Sequence[bool]:
        columns = zip(*self.rows, strict=True) if self.rows else ()
        return [all(_is_number(cell) for cell in column if cell) and any(column) for column in columns]


def table(argument: str, data: Data, lang: str) -> Table:
    """The table that a directive asks for; raises `Faults` for what is wrong in it or in the file."""
    words, settings = arguments.settings_of("table", argument, SETTINGS, EXAMPLE, words=1)
    name = words[0] if words else ""
    own = f"{lang}/{name}"
    if data.has(own):
        name = own
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise refuse(_("“%(name)s” is no table; tables are files in %(known)s", name=name, known=", ".join(SUFFIXES)))
    text = data.text(name)
    found = _csv(text, data.where(name)) if suffix == ".csv" else _keyed(data, name, text, suffix, lang)
    if not found.rows:
        raise refuse(_("this table has no rows"), data.where(name))
    _refuse_many(found.rows, data.where(name))
    return _columns(found, settings["columns"].split(",")) if "columns" in settings else found


def _refuse_many(rows: Sequence[Any], where: str) -> None:
    if len(rows) > MOST:
        raise refuse(_("this table has %(n)s rows; a page can hold %(most)s", n=len(rows), most=MOST), where)


def _columns(found: Table, wanted: Sequence[str]) -> Table:
    known = {
        name.casefold().replace(" ", "-"): number
        for names in (found.heads, found.keys)
        for number, name in enumerate(names)
    }
    missing = [name for name in wanted if name.casefold() not in known]
    if missing:
        said = (_("the table has no column “%(name)s”.", name=name) + nearest(name, known) for name in missing)
        raise Faults(Fault("", None, text) for text in said)
    numbers = [known[name.casefold()] for name in wanted]
    return Table([found.heads[n] for n in numbers], [[row[n] for n in numbers] for row in found.rows])


def _csv(text: str, where: str) -> Table:
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    faults = []
    try:
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            rows.append([tie(cell.strip()) for cell in row])
            if len(row) != len(rows[0]):
                said = _("this row has %(found)s cells, but the first one has %(wanted)s",
                         found=len(row), wanted=len(rows[0]))  # fmt: skip
                faults.append(Fault(where, reader.line_num, said))
    except csv.Error as error:
        faults.append(Fault(where, reader.line_num, _("this is no CSV: %(why)s", why=error)))
    if faults:
        raise Faults(faults)
    return Table(rows[0], rows[1:]) if rows else Table((), ())


def _keyed(data: Data, name: str, text: str, suffix: str, lang: str) -> Table:
    where = data.where(name)
    found: Any = read_toml(data.folder / name).data if suffix == ".toml" else load_yaml(text, where)
    heads: Any = {}
    if isinstance(found, dict):
        heads = found.get("heads") or {}
        lists = [value for key, value in found.items() if isinstance(value, list)]
        found = lists[0] if len(lists) == 1 else None
    if not isinstance(found, list) or not isinstance(heads, dict) or not all(isinstance(row, dict) for row in found):
        raise refuse(_("this is no list of rows, each with keys and values"), where)
    _refuse_many(found, where)
    keys = list(dict.fromkeys(_written(key) for row in found for key in row))
    shown = [_said(heads.get(key, key), lang) for key in keys]
    named = [{_written(key): value for key, value in row.items()} for row in found]
    rows = [[tie(_said(row.get(key), lang)) for key in keys] for row in named]
    return Table(shown, rows, keys)


def _said(value: Any, lang: str) -> str:
    """A cell's text: of `{ru = "…", en = "…"}` the page's language."""
    if isinstance(value, dict):
        value = value.get(lang, next(iter(value.values()), ""))
    if isinstance(value, bool) or value is None:
        return {True: _("yes"), False: _("no"), None: ""}[value]
    # By its aliases a short YAML file can hold lists within lists that fill the memory when they are written out.
    if isinstance(value, (dict, list, set, tuple)):
        raise refuse(_("a cell of this table holds a list; write words or a number there"))
    return _written(value)


def _written(value: Any) -> str:
    try:
        return str(value)
    except ValueError:  # Python writes whole numbers of up to 4,300 digits
        raise refuse(_("a number is too long")) from None


def _is_number(cell: str) -> bool:
    digits = [sign for sign in cell if sign.isdigit()]
    return bool(digits) and all(sign.isdigit() or sign in " .,-−+–%₽$€£\N{NO-BREAK SPACE}" for sign in cell)
