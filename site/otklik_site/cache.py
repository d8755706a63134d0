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
from otklik_site.collecting import NEVER, collecting
from otklik_site.sources import Source, digest_of

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    # Which files hold the rest, by what they hold, and what was made anew since they were written (`Newer`, packed).
    segments: dict[str, str] = field(default_factory=dict)
    newer: bytes = b""
    # The files of pages whose file or text another output asked for: their words are not theirs alone.
    shared: frozenset[str] = frozenset()
    # What was wrong with links, and let pass, by the page's file.
    links: dict[str, tuple[Fault, ...]] = field(default_factory=dict)


@dataclass
class Made:
    """A published file: what it holds, and the numbers of the questions that its making asked."""

    digest: bytes
    asked: array[int] = field(default_factory=lambda: array("I"))


@dataclass
class Pages:
    """The pages that were read, and what their texts rest on besides their own files."""

    by: bytes = b""
    ground: bytes = b""
    leaves: dict[str, Leaf] = field(default_factory=dict)


@dataclass
class Outputs:
    """What was published, and the questions that its making asked."""

    look: bytes = b""
    questions: list[tuple[Question, Any]] = field(default_factory=list)
    made: dict[str, Made] = field(default_factory=dict)
    # How many questions there were when the list held none that nobody asks any more.
    tidy: int = 0


@dataclass
class Newer:
    """Pages whose words changed since pages and outputs were written: read anew, made anew with these questions."""

    leaves: dict[str, Leaf] = field(default_factory=dict)
    made: dict[str, tuple[bytes, list[tuple[Question, Any]]]] = field(default_factory=dict)


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
        """What was kept, like all here an empty one where it is missing, damaged or not ours."""
        held = self._bytes("last")
        return _unpacked(held[SEAL:], Last) if _seal(held[SEAL:]) == held[:SEAL] else Last()

    def newer(self, last: Last) -> Newer:
        return _unpacked(last.newer, Newer)

    def pages(self, last: Last) -> Pages:
        found = self._segment(last, Pages)
        if found.leaves:
            found.leaves |= self.newer(last).leaves
        return found

    def outputs(self, last: Last) -> Outputs:
        found = self._segment(last, Outputs)
        for file, (digest, questions) in self.newer(last).made.items() if found.made else ():
            first = len(found.questions)
            found.questions += questions
            found.made[file] = Made(digest, array("I", range(first, len(found.questions))))
        return found

    def _segment(self, last: Last, kind: type[Kept]) -> Kept:
        name = last.segments.get(_kind(kind), "")
        held = self._bytes(name) if name else b""
        return _unpacked(held, kind) if _name(kind, held) == name else kind()

    def _bytes(self, name: str) -> bytes:
        try:
            return (self.folder / name).read_bytes()
        except OSError:
            return b""

    def keep(self, last: Last, newer: Newer, *segments: Pages | Outputs) -> None:
        """Keeps what the next build needs; where nothing can be written it will begin anew.

        A segment that is not given stays as `last` knows it, with what is `newer`. Until `last` is written the old
        ones stand beside the new.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            ignore = self.folder.parent / ".gitignore"
            if self.folder.parent.name == FOLDER and not ignore.exists():
                ignore.write_text("*\n", encoding="utf-8")
            for one in segments:
                if isinstance(one, Pages):
                    newer.leaves.clear()
                else:
                    newer.made.clear()
                held = packed(one)
                last.segments[_kind(type(one))] = name = _name(type(one), held)
                self._write(name, held)
            last.newer = packed(newer)
            held = packed(last)
            self._write("last", _seal(held) + held)
            (self.folder / OUT).write_text(str(self._out), encoding="utf-8", errors="surrogateescape")
            self._forget_old(last, segments)
            self._forget_others()
        except OSError:
            pass

    def _forget_old(self, last: Last, segments: Sequence[Pages | Outputs]) -> None:
        used = set(last.segments.values())
        for one in segments:
            if isinstance(one, Pages):
                used |= {place.pack for leaf in one.leaves.values() for place in (leaf.place, leaf.terms) if place}
                for file in self.folder.glob("pack-*"):
                    if file.name not in used:
                        file.unlink(missing_ok=True)
        for kind in (Pages, Outputs) if segments else ():
            for file in self.folder.glob(f"{_kind(kind)}-*"):
                if file.name not in used:
                    file.unlink(missing_ok=True)

    def _forget_others(self) -> None:
        """Removes what builds into folders that are gone left here, a day after it was used last."""
        for other in self.folder.parent.glob(f"*/{OUT}"):
            there = Path(other.read_text(encoding="utf-8", errors="surrogateescape"))
            if not there.exists() and other.stat().st_mtime < time.time() - OLD:
                shutil.rmtree(other.parent, ignore_errors=True)

    def _write(self, name: str, held: bytes) -> None:
        new = self.folder / f"{name}.new"
        new.write_bytes(held)
        new.replace(self.folder / name)


def packed(value: Last | Pages | Outputs | Newer) -> bytes:
    return pickle.dumps(value, protocol=5)


def _unpacked(held: bytes, kind: type[Kept]) -> Kept:
    """What bytes hold, or an empty one where they are damaged or not ours."""
    try:
        with collecting(NEVER):
            found = _Reader(io.BytesIO(held)).load()
    except Exception:  # noqa: BLE001 - whatever is wrong with it, the build begins anew
        return kind()
    # Another version of Otklik may have kept less under the same name.
    whole = isinstance(found, kind) and vars(found).keys() >= vars(kind()).keys()
    return found if whole else kind()


def _seal(held: bytes) -> bytes:
    return blake2b(held, digest_size=SEAL).digest()


def _kind(kind: type[Any]) -> str:
    return kind.__name__.lower()


def _name(kind: type[Any], held: bytes) -> str:
    """The name of the file that holds a segment: what it holds decides, so a damaged one is never found by it."""
    return f"{_kind(kind)}-{_seal(held).hex()}"


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
    """A digest of all that pages are made with besides what is asked of the website: Otklik, templates and styles.

    With another Otklik the widget's script has another name: a page that stayed would name one that is gone.
    """
    made = blake2b(made_by(), digest_size=16)
    for folder in (templating.TEMPLATES, HERE / "static", own):
        for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if file.is_file():
                made.update(file.relative_to(folder).as_posix().encode("utf-8", "surrogateescape") + digest_of(file))
    return made.digest()
