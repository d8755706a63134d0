"""Texts that were made of Markdown, packed in few files; each is read again only if it is what was written."""

from __future__ import annotations

import json
import os
import zlib
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Damaged(Exception):  # noqa: N818 - told to nobody: the build begins anew without the cache
    """Something in the cache is not what was written there."""


class Place(NamedTuple):
    """Where a text lies, and the digest of its packed bytes."""

    pack: str
    start: int
    length: int
    digest: bytes


class PackWriter:
    """Writes texts one after another into a new file of a folder, while it is open: `with writer:`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"pack-{os.urandom(8).hex()}"
        self._file: BinaryIO | None = None

    def __enter__(self) -> None:
        self._file = self._path.open("ab")

    def __exit__(self, *_why: object) -> None:
        assert self._file
        self._file.close()
        self._file = None

    def add(self, value: Any) -> Place:
        """Packs a value that JSON can hold."""
        packed = zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), 1)
        return self.copy(packed, blake2b(packed, digest_size=16).digest())

    def copy(self, packed: bytes, digest: bytes) -> Place:
        """Adds what is packed already."""
        assert self._file
        start = self._file.tell()
        self._file.write(packed)
        return Place(self._path.name, start, len(packed), digest)


class Packs:
    """Reads what packs hold; raises `Damaged` where a pack is gone or changed."""

    def __init__(self, *folders: Path) -> None:
        self._folders = folders
        self._files: dict[str, int] = {}

    def packed(self, place: Place) -> bytes:
        try:
            number = self._files.get(place.pack)
            if number is None:
                number = self._files[place.pack] = self._open(place.pack)
            found = os.pread(number, place.length, place.start)
        except OSError as error:
            raise Damaged(place.pack) from error
        if blake2b(found, digest_size=16).digest() != place.digest:
            raise Damaged(place.pack)
        return found

    def _open(self, pack: str) -> int:
        for folder in self._folders[1:]:
            if (folder / pack).exists():
                return os.open(folder / pack, os.O_RDONLY)
        return os.open(self._folders[0] / pack, os.O_RDONLY)

    def read(self, place: Place) -> Any:
        return json.loads(zlib.decompress(self.packed(place)))

    def close(self) -> None:
        for number in self._files.values():
            os.close(number)
        self._files.clear()
