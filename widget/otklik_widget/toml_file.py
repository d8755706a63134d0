"""A TOML file with the line of each of its keys, so that a fault in a value can say where it stands."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from otklik_widget.faults import Faults, refuse
from otklik_widget.words import _

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class TomlFile:
    """What a file says and where: `line(("stage", 0, "key"))` is the line of the first stage's key."""

    name: str
    data: dict[str, Any]
    lines: dict[Path_, int]

    def line(self, path: Path_) -> int | None:
        """The line of a key, or of the nearest table around it; None where the file has no such table."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[:-1]
        return None


def read_text(path: Path) -> str:
    """The text of a UTF-8 file (a byte-order mark is left out); raises `Faults` with the line that is not UTF-8."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise refuse(_("there is no such file"), str(path)) from None
    except IsADirectoryError:
        raise refuse(_("this is a folder, not a file"), str(path)) from None
    except OSError as error:
        raise refuse(_("cannot be read: %(why)s", why=error.strerror), str(path)) from None
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        said = _(
            "not UTF-8 text (byte 0x%(byte)02X); save the file as UTF-8, for example with your editor's “Save as”",
            byte=raw[error.start],
        )
        raise refuse(said, str(path), line) from None


def read_toml(path: Path) -> TomlFile:
    """A TOML file and the lines of its keys; raises `Faults` where it is missing, not UTF-8 or not TOML."""
    text = read_text(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _broken(path, text, str(error)) from None
    return TomlFile(str(path), data, key_lines(text))


def _broken(path: Path, text: str, said: str) -> Faults:
    found = re.search(r"\(at line (\d+), column (\d+)\)", said)
    line = int(found.group(1)) if found else text.rstrip("\n").count("\n") + 1
    what = re.sub(r"\s*\(at .*\)$", "", said)
    advice = _("TOML cannot be read here: %(what)s. Compare with the lines above it.", what=what)
    return refuse(advice, str(path), line)


_KEY_PART = re.compile(r"""[ \t]*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)[ \t]*(\.?)""")
_OPENING, _CLOSING = "[{", "]}"


def key_lines(text: str) -> dict[Path_, int]:
    """The line of every table header and key of a valid TOML text, by its path; items of [[tables]] are numbered."""
    lines: dict[Path_, int] = {}
    items: dict[Path_, int] = {}
    table: Path_ = ()
    at, line = 0, 1
    while at < len(text):
        letter = text[at]
        if letter in " \t\n":
            line += letter == "\n"
            at += 1
        elif letter == "#":
            at = _end_of_line(text, at)
        elif letter == "[":
            several = text.startswith("[[", at)
            parts, at = _key(text, at + (2 if several else 1))
            table = _absolute(parts, items)
            if several:
                items[table] = items.get(table, -1) + 1
                table = (*table, items[table])
            lines.setdefault(table, line)
            at = _end_of_line(text, at)
        else:
            parts, at = _key(text, at)
            path = (*table, *parts)
            for depth in range(len(table) + 1, len(path) + 1):
                lines.setdefault(path[:depth], line)
            at = _inside(text, text.index("=", at) + 1, path, line, lines)
            end = _end_of_value(text, at)
            line += text.count("\n", at, end)
            at = end
    return lines


def _inside(text: str, at: int, path: Path_, line: int, lines: dict[Path_, int]) -> int:
    """Notes the keys of an inline table that starts right here; they stand on the same line."""
    while at < len(text) and text[at] in " \t":
        at += 1
    if text.startswith("{", at):
        for found in re.finditer(r"""[{,]\s*("[^"]*"|[A-Za-z0-9_-]+)\s*=""", text[at : _end_of_line(text, at)]):
            lines.setdefault((*path, found.group(1).strip('"')), line)
    return at


def _absolute(parts: tuple[str, ...], items: dict[Path_, int]) -> Path_:
    """`stage.touchpoint` below the second `[[stage]]` is ("stage", 1, "touchpoint")."""
    path: Path_ = ()
    for part in parts[:-1]:
        path = (*path, part)
        if path in items:
            path = (*path, items[path])
    return (*path, parts[-1])


def _key(text: str, at: int) -> tuple[tuple[str, ...], int]:
    parts: list[str] = []
    while True:
        found = _KEY_PART.match(text, at)
        if not found:
            return tuple(parts), at + 1
        part = found.group(1)
        if part[0] == '"':
            part = tomllib.loads(f"key = {part}")["key"]
        elif part[0] == "'":
            part = part[1:-1]
        parts.append(part)
        at = found.end()
        if not found.group(2):
            return tuple(parts), at


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _end_of_value(text: str, at: int) -> int:
    depth = 0
    while at < len(text):
        letter = text[at]
        if letter in "\"'":
            at = _end_of_string(text, at)
            continue
        if letter == "#":
            at = _end_of_line(text, at)
            continue
        if letter in _OPENING:
            depth += 1
        elif letter in _CLOSING:
            depth -= 1
        elif letter == "\n" and depth == 0:
            return at
        at += 1
    return at


def _end_of_string(text: str, at: int) -> int:
    quote = text[at]
    if text.startswith(quote * 3, at):
        end = at + 3
        while not text.startswith(quote * 3, end):
            end += 2 if text[end] == "\\" and quote == '"' else 1
        end += 3
        while end < len(text) and text[end] == quote:  # up to two quotes may end the text itself
            end += 1
        return end
    end = at + 1
    while text[end] != quote:
        end += 2 if text[end] == "\\" and quote == '"' else 1
    return end + 1
