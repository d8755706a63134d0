"""The published folder: claimed by a marker, changed file by file, never at the cost of others' files."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from filecmp import cmp
from glob import escape
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize

from otklik_site.words import _
from otklik_widget.faults import Fault, Faults, refuse, why

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

MARKER = ".otklik"
# The day on which the next build will give another site by itself, for whoever starts builds by the clock.
DUE = ".otklik-due"
VERSION = 1
WORKSHOP = "-otklik"
DAY = 24 * 3600


@dataclass(frozen=True)
class Output:
    """A folder that Otklik may write to; `files` are those that it wrote there before."""

    folder: Path
    files: frozenset[str]
    # Nothing stands there yet, or not even the folder.
    is_new: bool = False

    def is_untouched(self, signs: Mapping[str, tuple[int, ...]]) -> bool:
        """Is every file of the last build still in its place, as the system described it then?"""
        return self.files == frozenset(signs) and all(
            sign(f"{self.folder}{os.sep}{file}") == known for file, known in signs.items()
        )


def claim(folder: Path, content: Path) -> Output:
    """The folder, if it is new, empty or claimed before; raises `Faults` otherwise. Writes nothing."""
    where = str(folder)
    if folder.exists() and not folder.is_dir():
        raise refuse(_("this is a file; the site needs a folder"), where)
    inside, source = folder.resolve(), content.resolve()
    if inside == source or source in inside.parents:
        raise refuse(_("the site cannot be written into the content's own folder; choose another with --out"), where)
    marker = folder / MARKER
    if marker.is_file():
        return Output(folder, _files(marker))
    if folder.is_dir() and next(folder.iterdir(), None) is not None:
        said = _("this folder is not empty and was not made by Otklik; choose another with --out, or empty it")
        raise refuse(said, where)
    return Output(folder, frozenset(), is_new=True)


def _files(marker: Path) -> frozenset[str]:
    try:
        said = json.loads(marker.read_text(encoding="utf-8"))
        files = frozenset(said["files"])
        if said["version"] != VERSION or not all(isinstance(file, str) and _is_inside(file) for file in files):
            raise ValueError
    except (ValueError, KeyError, TypeError):
        said = _("this list of written files is damaged; delete the whole folder and build again")
        raise refuse(said, str(marker)) from None
    return files


def _is_inside(file: str) -> bool:
    """Does a listed path stay in the folder? A damaged list must never delete anything elsewhere."""
    # Ten thousand files a build: a path object for each takes ten times as long.
    return bool(file) and not file.startswith("/") and ".." not in file.split("/") and file != MARKER


@dataclass(frozen=True)
class Workshop:
    """A folder where files wait until all are made."""

    output: Output
    folder: Path

    def place(self, file: str) -> str:
        """Where a file waits, in this folder: for a new site in its place, so that its folder can be moved whole.

        That is half the work. Elsewhere each file is moved by itself, and folders to wait in would only cost time.
        """
        return file if self.output.is_new else blake2b(file.encode(), digest_size=16).hexdigest()


@contextmanager
def workshop(output: Output) -> Iterator[Workshop]:
    """An empty folder beside the published one, on the same disk, that is gone afterwards."""
    folder = output.folder
    beside = folder.resolve().parent
    try:
        beside.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.resolve().name}-", suffix=WORKSHOP, dir=beside))
    except OSError as error:
        said = _("nothing can be written here (%(why)s); choose another folder with --out", why=why(error))
        raise refuse(said, str(beside)) from None
    _clear_old(beside, folder.resolve().name)
    try:
        yield Workshop(output, made)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _clear_old(beside: Path, name: str) -> None:
    """Removes what builds that were killed left beside the published folder, a day later: none takes so long."""
    for left in beside.glob(f".{escape(name)}-*{WORKSHOP}"):
        try:
            if left.lstat().st_mtime < time.time() - DAY:
                shutil.rmtree(left, ignore_errors=True)
        except OSError:
            continue


def publish(shop: Workshop, staged: Mapping[str, Path], kept: Collection[str] = ()) -> int:
    """Brings the staged files into the folder, in their order, and returns how many of them changed.

    What was written before and is neither staged nor `kept` goes. Raises `Faults`, and has changed nothing then,
    where a file would overwrite one that is not Otklik's.
    """
    output, folder = shop.output, shop.output.folder
    folder.mkdir(parents=True, exist_ok=True)
    if next(folder.iterdir(), None) is None and output.is_new:
        return _move_in(shop, staged)
    _refuse_foreign(output, staged)
    new = frozenset((*staged, *kept))
    # Until the end the list holds old and new: a build killed half-way leaves nothing that we do not know.
    if new != output.files or not (folder / MARKER).is_file():
        _write_marker(folder, new | output.files)
    changed = 0
    there: set[Path] = set()
    for file, source in staged.items():
        target = folder / file
        if file in output.files and target.is_file() and cmp(source, target, shallow=False):
            continue  # its date stays as it was, for rsync and caches
        if target.parent not in there:
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise _unwritable(target, error) from None
            there.add(target.parent)
        _move(source, target)
        changed += 1
    for file in sorted(output.files - new, reverse=True):
        (folder / file).unlink(missing_ok=True)
        _remove_empty(folder, (folder / file).parent)
    if new != output.files:
        _write_marker(folder, new)
    return changed


def _move_in(shop: Workshop, staged: Mapping[str, Path]) -> int:
    """Brings all that waits into a new folder at once."""
    folder = shop.output.folder
    _write_marker(folder, frozenset(staged))
    for waiting in shop.folder.iterdir():
        _move(waiting, folder / waiting.name)
    return len(staged)


def _move(source: Path, target: Path) -> None:
    try:
        source.replace(target)
    except OSError as error:  # the system names the source, which nobody knows
        raise _unwritable(target, error) from None


def _unwritable(target: Path, error: OSError) -> Faults:
    return refuse(_("cannot be written: %(why)s", why=why(error)), str(target))


def _refuse_foreign(output: Output, files: Iterable[str]) -> None:
    faults: dict[Path, Fault] = {}
    seen: set[Path] = set()
    for file in files:
        target = output.folder / file
        if file not in output.files and (target.exists() or target.is_symlink()):
            said = _("this file is not Otklik's, but the site has one with the same address; move one of them")
            faults[target] = Fault(str(target), None, said)
        if target.parent in seen:
            continue
        seen.add(target.parent)
        for parent in list(target.parents)[: file.count("/")]:
            if parent.is_symlink() or (parent.exists() and not parent.is_dir()):
                ours = parent.relative_to(output.folder).as_posix() in output.files
                said = _("the site needs a folder here, but this is something else; move it away")
                if ours:
                    said = _("the site needs a folder here, where an earlier build wrote a file; delete it")
                faults[parent] = Fault(str(parent), None, said)
    if faults:
        raise Faults(faults.values())


def _write_marker(folder: Path, files: frozenset[str]) -> None:
    said = {"otklik": "files that otklik build wrote; others here are left alone", "version": VERSION,
            "files": sorted(files)}  # fmt: skip
    new = folder / f"{MARKER}.new"
    new.write_text(json.dumps(said, ensure_ascii=False, indent=0) + "\n", encoding="utf-8", newline="\n")
    new.replace(folder / MARKER)


def _remove_empty(folder: Path, inner: Path) -> None:
    while inner != folder and inner.is_dir() and next(inner.iterdir(), None) is None:
        inner.rmdir()
        inner = inner.parent


def sign(file: str) -> tuple[int, ...]:
    """How the system describes a file; nothing where there is none."""
    try:
        about = os.lstat(file)
    except OSError:
        return ()
    return (about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino)


def file_of(url: str) -> str:
    """The file below the site's root that an address is: `ru/club/index.html` for `ru/club/`."""
    return normalize("NFC", f"{url}index.html" if url.endswith("/") or not url else url)
