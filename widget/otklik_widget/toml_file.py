"""A TOML file with the line of each of its keys, so that a fault in a value can say where it stands."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from otklik_widget.faults import Faults, refuse, why
from otklik_widget.toml_faults import explain
from otklik_widget.toml_lines import Path_, key_lines, unfinished_line
from otklik_widget.words import _


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
        raise refuse(_("cannot be read: %(why)s", why=why(error)), str(path)) from None
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        # Counted in what the codec saw: it takes a byte-order mark off before it counts.
        line = error.object[: error.start].count(b"\n") + 1
        said = _(
            "not UTF-8 text (byte 0x%(byte)02X); save the file as UTF-8, for example with your editor's “Save as”",
            byte=error.object[error.start],
        )
        raise refuse(said, str(path), line) from None


def read_toml(path: Path) -> TomlFile:
    """A TOML file and the lines of its keys; raises `Faults` where it is missing, not UTF-8 or not TOML."""
    text = read_text(path)
    try:
        return TomlFile(str(path), tomllib.loads(text), key_lines(text))
    except tomllib.TOMLDecodeError as error:
        raise _broken(path, text, str(error)) from None
    except RecursionError:
        raise refuse(_("too many brackets stand inside one another"), str(path)) from None
    except ValueError:  # Python reads whole numbers of up to 4,300 digits
        raise refuse(_("a number is too long"), str(path)) from None


def _broken(path: Path, text: str, said: str) -> Faults:
    """The fault at the place that tomllib names, or where that begins which it still misses at the end."""
    found = re.search(r"\(at line (\d+), column (\d+)\)", said)
    rest = ""
    if found:
        line = int(found.group(1))
        rest = text.split("\n")[line - 1][int(found.group(2)) - 1 :]
    else:
        line = unfinished_line(text)
    what = explain(re.sub(r"\s*\(at .*\)$", "", said), rest)
    advice = _("this is no TOML: %(what)s. If the line looks right, compare it with those above it.", what=what)
    return refuse(advice, str(path), line)


__all__ = ["Path_", "TomlFile", "key_lines", "read_text", "read_toml"]
