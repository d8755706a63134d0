"""Where the keys of a TOML text stand: tomllib gives the values, but not their lines."""

from __future__ import annotations

import contextlib
import re
import tomllib
from bisect import bisect_left

Path_ = tuple[str | int, ...]


def key_lines(text: str) -> dict[Path_, int]:
    """The line of every table, key and list item of a valid TOML text, by its path; items count from 0."""
    return _Scanner(text).scan()


def unfinished_line(text: str) -> int:
    """The line of the key whose value never ends, in a text that is TOML up to there."""
    scanner = _Scanner(text)
    with contextlib.suppress(IndexError, ValueError):
        scanner.scan()
    return scanner.line(scanner.begun)


_SKIP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY_PART = re.compile(r"""[ \t]*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)[ \t]*(\.?)""")
_STRINGS = {
    # Up to two quotes may stand right before the three that end a text.
    '"""': re.compile(r'"""(?:[^"\\]|\\.|""?(?!"))*"{3,5}', re.DOTALL),
    "'''": re.compile(r"'''(?:[^']|''?(?!'))*'{3,5}"),
    '"': re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    "'": re.compile(r"'[^'\n]*'"),
}
_PLAIN = re.compile(r"[^,\]}#\n]*")  # a number, a date, true or false


class _Scanner:
    """Walks a text that tomllib has already accepted, so it looks for no mistakes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.breaks = [found.start() for found in re.finditer("\n", text)]
        self.lines: dict[Path_, int] = {}
        self.items: dict[Path_, int] = {}
        self.begun = 0

    def scan(self) -> dict[Path_, int]:
        table: Path_ = ()
        at = self._skip(0)
        while at < len(self.text):
            self.begun = at
            if self.text[at] == "[":
                table, at = self._header(at)
            else:
                at = self._pair(at, table)
            at = self._skip(at)
        return self.lines

    def _header(self, at: int) -> tuple[Path_, int]:
        """`[stage.touchpoint]` below the second `[[stage]]` is ("stage", 1, "touchpoint")."""
        brackets = "]]" if self.text.startswith("[[", at) else "]"
        parts, end = self._key(at + len(brackets))
        path: Path_ = ()
        for number, part in enumerate(parts, start=1):
            path = (*path, part)
            self._note(path, at)
            if number == len(parts) and brackets == "]]":
                self.items[path] = self.items.get(path, -1) + 1
            if path in self.items:
                path = (*path, self.items[path])
                self._note(path, at)
        return path, self.text.index(brackets, end) + len(brackets)

    def _pair(self, at: int, table: Path_) -> int:
        parts, end = self._key(at)
        path = table
        for part in parts:
            path = (*path, part)
            self._note(path, at)
        return self._value(self._skip(self.text.index("=", end) + 1), path)

    def _value(self, at: int, path: Path_) -> int:
        """The end of the value that begins at `at`; what stands inside it is noted on the way."""
        opening = self.text[at]
        if opening in "\"'":
            three = self.text[at : at + 3]
            return self._end(_STRINGS[three if three in _STRINGS else opening], at)
        if opening not in "[{":
            return self._end(_PLAIN, at)
        number = 0
        at = self._skip(at + 1)
        while self.text[at] not in "]}":
            if opening == "{":
                at = self._pair(at, path)
            else:
                self._note((*path, number), at)
                at = self._value(at, (*path, number))
                number += 1
            at = self._skip(at)
            if self.text[at] == ",":
                at = self._skip(at + 1)
        return at + 1

    def _key(self, at: int) -> tuple[list[str], int]:
        parts = []
        while found := _KEY_PART.match(self.text, at):
            part, at = found.group(1), found.end()
            if part[0] == '"':
                part = tomllib.loads(f"key = {part}")["key"]
            elif part[0] == "'":
                part = part[1:-1]
            parts.append(part)
            if not found.group(2):
                break
        return parts, at

    def _note(self, path: Path_, at: int) -> None:
        self.lines.setdefault(path, self.line(at))

    def line(self, at: int) -> int:
        return bisect_left(self.breaks, at) + 1

    def _skip(self, at: int) -> int:
        return self._end(_SKIP, at)

    def _end(self, pattern: re.Pattern[str], at: int) -> int:
        found = pattern.match(self.text, at)
        if not found:
            raise ValueError(f"no TOML at {at}")
        return found.end()
