"""What people read in a terminal: letters, never commands to the terminal that stand in somebody's words."""

from __future__ import annotations

import re
from typing import Any, TextIO, cast

_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def shown(text: str) -> str:
    r"""The text with control letters written out: an escape is `\x1b`, an override of the direction `\u202e`."""
    return _COMMANDS.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


class Shown:
    """A text stream that writes control letters out; a comment must not clear the screen or forge a line.

    A return at the very beginning of what is written stays: progress begins with it.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        start = "\r" if text.startswith("\r") else ""
        self._stream.write(start + shown(text[len(start) :]))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def for_people(stream: TextIO) -> TextIO:
    """The stream, so that what is written can safely be shown."""
    return stream if isinstance(stream, Shown) else cast(TextIO, Shown(stream))
