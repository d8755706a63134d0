"""Checks the tables of a TOML file key by key and collects every fault with its line."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from otklik_widget.faults import Fault, Faults, nearest
from otklik_widget.toml_file import Path_, TomlFile
from otklik_widget.words import _


class Checked:
    """Reads typed values out of a `TomlFile`; a wrong one becomes a fault and a harmless stand-in."""

    def __init__(self, file: TomlFile) -> None:
        self.file = file
        self.faults: list[Fault] = []

    def fault(self, path: Path_, text: str) -> None:
        self.faults.append(Fault(self.file.name, self.file.line(path), text))

    def done(self) -> None:
        """Raises `Faults` with everything found so far, in the order of the lines."""
        if self.faults:
            raise Faults(sorted(self.faults, key=lambda fault: fault.line or 0))

    def only(self, table: dict[str, Any], path: Path_, known: Collection[str]) -> None:
        """A fault for every key of `table` that is none of `known`, with the nearest right one."""
        for key in table:
            if key not in known:
                said = _("unknown key “%(key)s”.", key=key) + (nearest(key, known) or self._choices(known))
                self.fault((*path, key), said)

    @staticmethod
    def _choices(known: Collection[str]) -> str:
        return " " + _("Known keys: %(keys)s.", keys=", ".join(sorted(known)))

    def need(self, table: dict[str, Any], path: Path_, keys: Collection[str]) -> None:
        for key in keys:
            if key not in table:
                self.fault(path, _("“%(key)s” is missing here", key=key))

    def table(self, table: dict[str, Any], path: Path_, key: str) -> dict[str, Any]:
        found: dict[str, Any] = self._typed(table, path, key, dict, _("a table"), {})
        return found

    def tables(self, table: dict[str, Any], path: Path_, key: str) -> list[dict[str, Any]]:
        """An array of tables (`[[stage]]`); anything else is a fault and no items."""
        found = table.get(key, [])
        if isinstance(found, list) and all(isinstance(item, dict) for item in found):
            return list(found)
        self.fault((*path, key), _("“%(key)s” must be written as [[%(key)s]]", key=key))
        return []

    def string(self, table: dict[str, Any], path: Path_, key: str, default: str = "") -> str:
        found: str = self._typed(table, path, key, str, _("a text in quotes"), default)
        return found

    def strings(self, table: dict[str, Any], path: Path_, key: str) -> list[str]:
        found = table.get(key, [])
        if isinstance(found, list) and all(isinstance(item, str) for item in found):
            return list(found)
        self.fault((*path, key), _('“%(key)s” must be a list of texts, like ["one", "two"]', key=key))
        return []

    def flag(self, table: dict[str, Any], path: Path_, key: str) -> bool:
        found: bool = self._typed(table, path, key, bool, _("true or false"), False)
        return found

    def choice(self, table: dict[str, Any], path: Path_, key: str, known: Collection[str], default: str) -> str:
        found = self.string(table, path, key, default)
        if found not in known:
            said = _(
                "“%(key)s” is “%(value)s”, but must be one of %(known)s.",
                key=key, value=_short(found), known=", ".join(known),
            )  # fmt: skip
            self.fault((*path, key), said + nearest(found, known))
            return default
        return found

    def number(
        self, table: dict[str, Any], path: Path_, key: str, low: float, high: float, *, whole: bool = False
    ) -> float | None:
        """A number from `low` to `high`, or None where the key is absent or wrong."""
        if key not in table:
            return None
        found = table[key]
        kinds = (int,) if whole else (int, float)
        if isinstance(found, bool) or not isinstance(found, kinds) or not low <= found <= high:
            kind = _("a whole number") if whole else _("a number")
            said = _(
                "“%(key)s” is %(value)s, but must be %(kind)s from %(low)s to %(high)s",
                key=key, value=_written(found), kind=kind, low=low, high=high,
            )  # fmt: skip
            self.fault((*path, key), said)
            return None
        return float(found)

    def _typed(self, table: dict[str, Any], path: Path_, key: str, kind: type, name: str, default: Any) -> Any:
        found = table.get(key, default)
        if isinstance(found, kind) and not (kind is not bool and isinstance(found, bool)):
            return found
        self.fault((*path, key), _("“%(key)s” must be %(kind)s", key=key, kind=name))
        return default


def _written(value: object) -> str:
    """A value as the file wrote it, shortened."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _("“%(value)s”", value=_short(value))
    if isinstance(value, int) and value.bit_length() > 200:
        return _("a very long number")  # Python itself refuses to write the longest ones out
    return _short(str(value))


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
