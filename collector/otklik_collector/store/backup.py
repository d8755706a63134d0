"""Copies of the database: taken while it is written to, proved on the copy, and put back."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlite_utils import Database

from otklik_collector.store.migrations import migrations, newer_than_us
from otklik_collector.store.running import RunningCounts
from otklik_collector.store.verify import Recount
from otklik_collector.words import _
from otklik_widget.faults import refuse, why

PAGES = 500
"""Pages copied at once, 2 MB: between two steps whoever waits for the disk gets it."""
STAMP = "%Y%m%d-%H%M%S"
Progress = Callable[[int, int], None]


class Copy(NamedTuple):
    """A copy, how many responses it holds, and what is wrong with it; `broken`: it cannot be used."""

    file: Path
    responses: int
    broken: list[str]
    mismatches: int


class Old(NamedTuple):
    """A copy that lies somewhere: when it was made, and whether `otklik backup` removes it one day."""

    file: Path
    made_at: datetime
    rotates: bool


def back_up(db: Path, folder: Path, progress: Progress | None = None) -> Copy:
    """Copies a database into a folder under a name of its own, verified; a copy that is broken is not kept.

    Raises `Faults` where the folder or the database refuses.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        moment = datetime.now(UTC)
        while (file := folder / f"{db.stem}-{moment:{STAMP}}.db").exists():
            moment += timedelta(seconds=1)
        with closing(sqlite3.connect(f"{db.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as source:
            return copy(source, file, progress)
    except OSError as error:
        raise refuse(_("the copy cannot be written: %(why)s", why=why(error)), str(error.filename or folder)) from None
    except sqlite3.Error as error:
        raise refuse(_("the copy failed: %(why)s", why=error), str(db)) from None


def copy(source: sqlite3.Connection, file: Path, progress: Progress | None = None) -> Copy:
    """Copies one moment of an open database into a file that is either whole or not there."""
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))  # as private as what it holds
    try:
        # One snapshot for the whole copy: without it SQLite begins anew with every write of a busy collector.
        source.execute("BEGIN")
        try:
            wanted = _responses(source)
            with closing(sqlite3.connect(part, isolation_level=None)) as target:
                source.backup(
                    target,
                    pages=PAGES,
                    sleep=0.001,
                    progress=progress and (lambda _status, left, total: progress(total - left, total)),
                )
                target.execute("PRAGMA journal_mode = DELETE")  # one file, which nothing beside it can falsify
        finally:
            source.execute("ROLLBACK")
        found = examine(part)
        if found.responses != wanted and not found.broken:
            found = found._replace(broken=[_("the copy holds %(n)d responses instead of %(wanted)d",
                                             n=found.responses, wanted=wanted)])  # fmt: skip
        if found.broken:
            return found._replace(file=file)
        _flush(part)
        part.replace(file)
        _flush(file.parent)
        return found._replace(file=file)
    finally:
        part.unlink(missing_ok=True)


def examine(file: Path) -> Copy:
    """What a copy holds: SQLite's own check of the file, ours of who made it, and a recount of all counts."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)) as opened:
            db = Database(opened)
            recount = _recount(opened)
            broken = recount.broken()
            if broken:
                return Copy(file, 0, broken, 0)
            if not migrations.applied(db):
                return Copy(file, 0, [_("this is no database of Otklik")], 0)
            if newer := newer_than_us(db):
                return Copy(file, 0, [_("it is from a newer version of Otklik (%(step)s)", step=newer[-1])], 0)
            return Copy(file, recount.responses(), [], _mismatches(db, recount))
    except sqlite3.Error as error:
        return Copy(file, 0, [str(error)], 0)


def _recount(connection: sqlite3.Connection) -> Recount:
    db = Database(connection)
    return Recount(db, RunningCounts(db))


def _mismatches(db: Database, recount: Recount) -> int:
    try:
        return len(recount.mismatches())
    except sqlite3.OperationalError:
        if migrations.pending(db):  # counts of a later version; `otklik verify` knows them after the upgrade
            return 0
        raise


def back_up_before(source: sqlite3.Connection, db: Path, step: str) -> None:
    """A verified copy beside the database before a step of its history; raises `Faults` where that cannot be."""
    file = beside(db, f"before-{step.partition('_')[0]}")
    try:
        made = copy(source, file)
    except OSError as error:
        raise refuse(_("the copy before the upgrade failed: %(why)s", why=why(error)), str(file)) from None
    if made.broken:
        said = _("the database is damaged and was not upgraded: %(what)s", what="; ".join(made.broken))
        raise refuse(said, str(db))


def restore(copied: Path, db: Path, erase_again: Callable[[Path, Path], int]) -> tuple[Copy, Path | None, int]:
    """Puts a copy in the place of the database; the copy's state, where the present one is kept, and `erase_again`'s.

    `erase_again` takes out of the new file what was erased from the present one since. Nobody may have the database
    open. Raises `Faults`, and then the present database stays as it is.
    """
    fresh = db.with_name(f".{db.name}.restoring")
    try:
        # Through SQLite, so that a log which lies beside the copy is not left out.
        with closing(sqlite3.connect(f"{copied.absolute().as_uri()}?mode=ro", uri=True)) as source:
            made = copy(source, fresh)
        if made.broken:
            raise refuse(_("this copy cannot be used: %(what)s", what="; ".join(made.broken)), str(copied))
        kept, again = None, 0
        if db.exists():
            if _settle(db):
                again = erase_again(fresh, db)
            kept = beside(db, "before-restore")
            _keep(db, kept)
        _flush(fresh)
        fresh.replace(db)
        _flush(db.absolute().parent)
        return made, kept, again
    except sqlite3.Error as error:
        raise refuse(_("this copy cannot be used: %(what)s", what=error), str(copied)) from None
    except OSError as error:
        raise refuse(_("the copy cannot be put back: %(why)s", why=why(error)), str(error.filename or db)) from None
    finally:
        for end in ("", "-wal", "-shm", "-journal"):
            fresh.with_name(fresh.name + end).unlink(missing_ok=True)


def _settle(db: Path) -> bool:
    """Brings the log of the present database into its file; False where it is damaged, and is kept as it lies.

    Raises `Faults` where another program has it open.
    """
    with closing(sqlite3.connect(db, isolation_level=None, timeout=2)) as present:
        try:
            present.execute("PRAGMA journal_mode = DELETE")
            return not _recount(present).broken()
        except sqlite3.DatabaseError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise refuse(_("the database is in use by another program; close it first"), str(db)) from None
            return False


def _keep(db: Path, kept: Path) -> None:
    for end in ("-wal", "-shm"):  # only a damaged database still has them
        with suppress(FileNotFoundError):
            db.with_name(db.name + end).replace(kept.with_name(kept.name + end))
    try:
        os.link(db, kept)  # a second name for it, so that at no moment there is no database
    except OSError:  # this disk knows no second names
        db.replace(kept)


def beside(db: Path, why_kept: str) -> Path:
    """A free name beside the database, like otklik.db.before-restore-20261121-224500."""
    moment = datetime.now(UTC)
    while (file := db.with_name(f"{db.name}.{why_kept}-{moment:{STAMP}}")).exists():
        moment += timedelta(seconds=1)
    return file


def copies(db: Path, folder: Path) -> list[Old]:
    """Every copy of the database that Otklik has made and that still lies here, newest first; no other file."""
    found = [*_named(folder, rf"{re.escape(db.stem)}-(\d{{8}}-\d{{6}})\.db", rotates=True)]
    found += _named(db.absolute().parent, rf"{re.escape(db.name)}\.before-[a-z0-9]+-(\d{{8}}-\d{{6}})", rotates=False)
    return sorted(found, key=lambda old: old.made_at, reverse=True)


def _named(folder: Path, pattern: str, *, rotates: bool) -> Iterator[Old]:
    for file in folder.iterdir() if folder.is_dir() else ():
        named = re.fullmatch(pattern, file.name)
        if named and file.is_file() and not file.is_symlink():
            with suppress(ValueError):
                yield Old(file, datetime.strptime(named[1], STAMP).replace(tzinfo=UTC), rotates)


def rotate(db: Path, folder: Path, keep: int | None, keep_days: int) -> list[Path]:
    """Removes own copies beyond the newest `keep` (None: any number) or older than so many days (0: any age)."""
    mine = [old for old in copies(db, folder) if old.rotates]
    limit = datetime.now(UTC) - timedelta(days=keep_days)
    gone = [
        old.file
        for place, old in enumerate(mine)
        if place > 0 and ((keep is not None and place >= keep) or (keep_days and old.made_at < limit))
    ]
    for file in gone:
        file.unlink(missing_ok=True)
    return gone


def _responses(connection: sqlite3.Connection) -> int:
    row = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'response'").fetchone()
    return int(connection.execute("SELECT count(*) FROM response").fetchone()[0]) if row[0] else 0


def _flush(path: Path) -> None:
    """Makes sure that a file, or the names in a folder, are on the disk."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
