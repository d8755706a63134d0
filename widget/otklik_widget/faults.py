"""Faults in what people wrote: each says where, what, and what to do; all are shown at once."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from otklik_widget.words import _


@dataclass(frozen=True)
class Fault:
    """One fault: `where` is a file, an option or a setting, `line` counts from 1 (None: the whole file).

    Those that a company may weigh by itself carry a short `code`.
    """

    where: str
    line: int | None
    text: str
    code: str = ""

    def __str__(self) -> str:
        text = f"{self.text} [{self.code}]" if self.code else self.text
        if not self.where:
            return text
        return f"{self.where}:{self.line}: {text}" if self.line else f"{self.where}: {text}"


class Faults(Exception):  # noqa: N818 - a list of faults, not one error
    """Raised once per door with everything that is wrong there; the command line prints them and ends with 1.

    `advice` is a sentence about all of them, told last.
    """

    def __init__(self, faults: Iterable[Fault], advice: str = "") -> None:
        self.faults = tuple(faults)
        self.advice = advice
        super().__init__("\n".join(str(fault) for fault in self.faults))


def refuse(text: str, where: str = "", line: int | None = None, code: str = "") -> Faults:
    """A single fault, ready to be raised."""
    return Faults([Fault(where, line, text, code)])


def nearest(word: str, known: Iterable[str]) -> str:
    """ " Did you mean "title"?" for the closest known word, or an empty string where none is close."""
    by_small = {one.lower(): one for one in known}
    close = get_close_matches(word[:200].lower(), by_small, n=1, cutoff=0.6)
    return " " + _("Did you mean “%(word)s”?", word=by_small[close[0]]) if close else ""


def why(error: OSError) -> str:
    """What the system refused, in the reader's language; the system's own words where it is something rare."""
    known = {
        errno.ENOENT: _("there is no such file or folder"),
        errno.EACCES: _("you have no right to do this"),
        errno.EPERM: _("you have no right to do this"),
        errno.EROFS: _("the disk can only be read"),
        errno.ENOSPC: _("the disk is full"),
        errno.EISDIR: _("this is a folder, not a file"),
        errno.ENOTDIR: _("a part of the path is a file, not a folder"),
        errno.EEXIST: _("there is already something of this name"),
        errno.ENAMETOOLONG: _("the name is too long"),
        errno.EADDRINUSE: _("another program already listens there"),
        errno.EADDRNOTAVAIL: _("this machine has no such address"),
        errno.ECONNREFUSED: _("nothing listens there"),
        errno.ECONNRESET: _("the connection was cut"),
        errno.EPIPE: _("the connection was cut"),
        errno.ENETUNREACH: _("no network leads there"),
        errno.EHOSTUNREACH: _("no network leads there"),
    }
    return known.get(error.errno or 0) or error.strerror or str(error)
