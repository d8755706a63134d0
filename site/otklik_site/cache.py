"""What a build leaves for the next one, in a folder of its own: never trusted, only compared."""

from __future__ import annotations

import io
import pickle
import shutil
import sys
import time
import zlib
from array import array
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from os.path import relpath
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from otklik_site import templating
from otklik_site.sources import Source, digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from otklik_site.asked import Question
    from otklik_site.bodies import Leaf
    from otklik_widget.faults import Fault

FOLDER = ".otklik-cache"
HERE = Path(__file__).resolve().parent
PACKAGES = (HERE, HERE.parent.parent / "widget/otklik_widget")
# What makes pages besides our own code: another version of them may make other pages.
LIBRARIES = ("babel", "flask", "frozen-flask", "jinja2", "markdown", "markupsafe", "pymdown-extensions", "pyyaml",
             "tdewolff-minify", "werkzeug")  # fmt: skip
SEAL = 32
OUT = "out"
OLD = 24 * 3600
KNOWN = {
    ("array", "_array_reconstructor"), ("array", "array"), ("datetime", "date"), ("decimal", "Decimal"),
    ("pathlib", "PosixPath"), ("pathlib", "WindowsPath"), ("pathlib._local", "PosixPath"), ("builtins", "frozenset"),
    ("pathlib", "PurePosixPath"), ("pathlib._local", "WindowsPath"), ("builtins", "set"),
    ("otklik_widget.faults", "Fault"),
}  # fmt: skip
Kept = TypeVar("Kept")


@dataclass
class Last:
    """The last build in short: enough to see that nothing has changed since."""

    key: bytes = b""
    sources: dict[str, Source] = field(default_factory=dict)
    pages: int = 0
    warnings: list[Fault] = field(default_factory=list)
    due: Any = None
    # Each published file with how the system describes it.
    signs: dict[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass
class Made:
    """A published file: what it holds, and the numbers of the questions that its making asked."""

    digest: bytes
    asked: array[int] = field(default_factory=lambda: array("I"))


@dataclass
class Memory:
    """All that the last build knew: the pages it read, what it published, and what that rests on."""

    by: bytes = b""
    ground: bytes = b""
    look: bytes = b""
    leaves: dict[str, Leaf] = field(default_factory=dict)
    questions: list[tuple[Question, Any]] = field(default_factory=list)
    made: dict[str, Made] = field(default_factory=dict)
    # How many questions there were when the list held none that nobody asks any more.
    tidy: int = 0


class Cache:
    """The cache of one content folder built into one output folder."""

    def __init__(self, folder: Path, out: Path) -> None:
        self.folder = folder
        self._out = out

    @classmethod
    def beside(cls, content: Path, out: Path) -> Cache:
        """The cache beside a content folder; each output folder has its own, wherever both lie."""
        top = content.resolve().parent
        mark = zlib.crc32(relpath(out.resolve(), top).encode("utf-8", "surrogateescape"))
        return cls(top / FOLDER / f"{content.resolve().name}-{mark:08x}", out.resolve())

    def last(self) -> Last:
        return self._read("last", Last)

    def memory(self) -> Memory:
        return self._read("memory", Memory)

    def _read(self, name: str, kind: type[Kept]) -> Kept:
        """What was kept, or an empty one where it is missing, damaged or not ours."""
        try:
            held = (self.folder / name).read_bytes()
            if blake2b(held[SEAL:], digest_size=SEAL).digest() != held[:SEAL]:
                return kind()
            found = _Reader(io.BytesIO(held[SEAL:])).load()
        except Exception:  # noqa: BLE001 - whatever is wrong with it, the build begins anew
            return kind()
        return found if isinstance(found, kind) else kind()

    def keep(self, last: Last, memory: Memory | None) -> None:
        """Keeps what the next build needs; where nothing can be written it will begin anew."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            ignore = self.folder.parent / ".gitignore"
            if self.folder.parent.name == FOLDER and not ignore.exists():
                ignore.write_text("*\n", encoding="utf-8")
            if memory is not None:
                self._write("memory", memory)
                used = {leaf.place.pack for leaf in memory.leaves.values() if leaf.place}
                for file in self._packs():
                    if file.name not in used:
                        file.unlink(missing_ok=True)
            self._write("last", last)
            (self.folder / OUT).write_text(str(self._out), encoding="utf-8", errors="surrogateescape")
            self._forget_others()
        except OSError:
            pass

    def _forget_others(self) -> None:
        """Removes what builds into folders that are gone left here, a day after it was used last."""
        for other in self.folder.parent.glob(f"*/{OUT}"):
            there = Path(other.read_text(encoding="utf-8", errors="surrogateescape"))
            if not there.exists() and other.stat().st_mtime < time.time() - OLD:
                shutil.rmtree(other.parent, ignore_errors=True)

    def _packs(self) -> Iterator[Path]:
        return self.folder.glob("pack-*")

    def _write(self, name: str, value: object) -> None:
        held = pickle.dumps(value, protocol=5)
        new = self.folder / f"{name}.new"
        new.write_bytes(blake2b(held, digest_size=SEAL).digest() + held)
        new.replace(self.folder / name)


class _Reader(pickle.Unpickler):
    """Makes nothing but our own plain values: a cache from elsewhere must not be able to run anything."""

    def find_class(self, module: str, name: str) -> Any:
        found = (
            super().find_class(module, name) if (module, name) in KNOWN or module.startswith("otklik_site.") else None
        )
        if found is None or (module.startswith("otklik_site.") and not _is_value(found)):
            raise pickle.UnpicklingError(f"{module}.{name}")
        return found


def _is_value(found: Any) -> bool:
    return isinstance(found, type) and (hasattr(found, "__dataclass_fields__") or issubclass(found, tuple))


@lru_cache(maxsize=1)
def made_by() -> bytes:
    """A digest of Otklik's own code, words and libraries: what they make may change with them."""
    made = blake2b(sys.version.encode(), digest_size=16)
    for name in LIBRARIES:
        try:
            made.update(version(name).encode())
        except PackageNotFoundError:
            made.update(b"?")
    for package in PACKAGES:
        for file in sorted(package.rglob("*")):
            if file.suffix in (".py", ".mo", ".js") and "starter" not in file.parts:
                made.update(file.name.encode() + digest_of(file))
    return made.digest()


def look_of(own: Path) -> bytes:
    """A digest of the templates and styles: ours, and the company's own."""
    made = blake2b(digest_size=16)
    for folder in (templating.TEMPLATES, HERE / "static", own):
        for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if file.is_file():
                made.update(file.relative_to(folder).as_posix().encode("utf-8", "surrogateescape") + digest_of(file))
    return made.digest()
