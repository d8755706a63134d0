"""What lies in a content folder: every file with a digest of what it holds, looked at once a build."""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass
from hashlib import blake2b
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

FILE, LINKED_FOLDER, GONE, OTHER = "file", "linked folder", "gone", "other"
# A file that changed so shortly before we looked may change again without another time: it is always read.
FRESH = 3_000_000_000


class Source(NamedTuple):
    """A file: what it is, a digest of what it holds, and how the system describes it while that stays so."""

    kind: str
    digest: bytes
    sign: tuple[int, ...] = ()
    linked: bool = False

    @property
    def says(self) -> tuple[str, bytes, bool]:
        return (self.kind, self.digest, self.linked)


@dataclass(frozen=True)
class Sources:
    """All files below a folder by their path in it, in order; nothing behind linked folders."""

    folder: Path
    files: Mapping[str, Source]

    def below(self, part: str) -> Iterator[tuple[str, Source]]:
        """The files below a folder of it, by their path in that one."""
        start = f"{part}/"
        return ((path[len(start) :], source) for path, source in self.files.items() if path.startswith(start))

    def differing(self, others: Mapping[str, Source]) -> set[str]:
        """The paths at which not the same lies here as among others."""
        files = self.files
        gone = others.keys() - files.keys()
        return gone | {path for path, one in files.items() if not (other := others.get(path)) or one.says != other.says}

    def digest(self, paths: Iterable[str]) -> bytes:
        """One digest of several files, their names included."""
        made = blake2b(digest_size=16)
        for path in paths:
            source = self.files[path]
            made.update(f"{path}\0{source.kind}\0".encode("utf-8", "surrogateescape") + source.digest)
        return made.digest()


def look(folder: Path, known: Mapping[str, Source] | None = None) -> Sources:
    """The files of a folder; only those are read that differ from what is `known` of them.

    The digest decides. The system's description of a file (size, times, number) only spares reading it again.
    """
    found: dict[str, Source] = {}
    _walk(str(folder), "", known or {}, time.time_ns() - FRESH, found)
    return Sources(folder, found)


def _walk(folder: str, inside: str, known: Mapping[str, Source], fresh: int, found: dict[str, Source]) -> None:
    try:
        entries = os.scandir(folder)
    except OSError:
        return
    with entries:
        for entry in sorted(entries, key=attrgetter("name")):
            path = inside + entry.name
            if entry.is_dir(follow_symlinks=False):
                _walk(entry.path, path + "/", known, fresh, found)
                continue
            found[path] = _source(entry, known.get(path), fresh)


def _source(entry: os.DirEntry[str], known: Source | None, fresh: int) -> Source:
    try:
        about = entry.stat()
    except OSError:
        return Source(GONE, b"")
    if stat.S_ISDIR(about.st_mode):
        return Source(LINKED_FOLDER, b"")
    if not stat.S_ISREG(about.st_mode):
        return Source(OTHER, b"")
    sign = (about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino)
    if known and known.sign == sign and known.linked == entry.is_symlink():
        return known
    return Source(FILE, digest_of(entry.path), sign if max(sign[1:3]) < fresh else (), entry.is_symlink())


def digest_of(path: str | Path) -> bytes:
    """A digest of a file's bytes; an empty one where it cannot be read."""
    made = blake2b(digest_size=16)
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - ten thousand times a build
            while part := file.read(1 << 18):
                made.update(part)
    except OSError:
        return b""
    return made.digest()
