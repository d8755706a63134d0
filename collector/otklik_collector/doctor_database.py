"""Examines the database: the file, its lock, its log, its copies, the disk and the clocks."""

from __future__ import annotations

import os
import sqlite3
import stat
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from otklik_collector.findings import OK, WARNING, WRONG, Finding, Patient, moment
from otklik_collector.lock import holder
from otklik_collector.readiness import free_mb
from otklik_collector.store.backup import copies
from otklik_collector.store.checkup import Checkup, check_up, takes_writes
from otklik_collector.words import _

WAL_MB = 256
"""A log this long says that something reads without an end, or that nobody can empty it."""
COPY_DAYS = 2
CLOCK_SECONDS = 5
FUTURE_SECONDS = 300


def of_database(patient: Patient) -> Iterator[Finding]:
    db = patient.db
    if not db.exists():
        yield Finding(
            "database",
            WARNING,
            _("%(file)s: there is none yet", file=db),
            _("“otklik serve” makes it. If there should be one, name it with --db."),
        )
        return
    try:
        found = check_up(db)
    except sqlite3.Error as error:
        mend = _("Check the rights of the file and its folder, or put a copy back: otklik restore FILE")
        yield Finding("database", WRONG, f"{db}: {error}", mend)
        return
    if not found.ours:
        yield Finding(
            "database", WRONG, _("%(file)s belongs to another program", file=db), _("Name another file with --db.")
        )
        return
    yield from _of_file(db, found)
    pid = holder(db)
    yield Finding(
        "lock", OK, _("a collector serves it (process %(pid)s)", pid=pid) if pid else _("no collector serves it")
    )
    if refusal := takes_writes(db):
        yield Finding(
            "lock",
            WRONG,
            _("it takes no writes: %(why)s", why=refusal),
            _("Find the program that holds it, free the disk, or check the rights."),
        )
    if found.newest_received and found.newest_received / 1000 > time.time() + FUTURE_SECONDS:
        yield Finding(
            "clock",
            WRONG,
            _("the newest response came %(when)s, which is in the future", when=moment(found.newest_received / 1000)),
            _("Set this machine's clock; have it follow a time server."),
        )


def _of_file(db: Path, found: Checkup) -> Iterator[Finding]:
    for line in found.broken:
        yield Finding(
            "database",
            WRONG,
            _("the file is damaged: %(what)s", what=line),
            _("Stop the collector, keep the file, and put a copy back: otklik restore FILE"),
        )
    if found.newer:
        yield Finding(
            "database",
            WRONG,
            _("it is from a newer version of Otklik (%(step)s)", step=found.newer[-1]),
            _("Install that version, or put back the copy that lies beside it."),
        )
    if found.steps:
        said = _("it is from an earlier version (next step: %(step)s)", step=found.steps[0])
        mend = _("The next start brings it up to date and keeps a copy beside it.")
        yield Finding("database", WARNING, said, mend)
    if not found.broken:
        yield Finding("database", OK, f"{db}: " + _.plural("%(n)d response", "%(n)d responses", found.responses))
    if os.name == "posix" and db.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
        yield Finding(
            "rights", WARNING, _("everybody on this machine may read %(file)s", file=db), f"chmod o-rwx {db}*"
        )
    wal = db.with_name(db.name + "-wal")
    megabytes = wal.stat().st_size // 1_000_000 if wal.exists() else 0
    if megabytes > WAL_MB:
        yield Finding(
            "log",
            WARNING,
            _("SQLite's log has %(n)d MB", n=megabytes),
            _("Something reads without an end; stop it, or restart the collector."),
        )


def of_disk(patient: Patient) -> Iterator[Finding]:
    folder = patient.db.absolute().parent
    free, floor = free_mb(patient.db), patient.settings.disk_floor_mb
    size = patient.db.stat().st_size // 1_000_000 if patient.db.exists() else 0
    said = _("%(n)d MB are free beside the database", n=free)
    if free < floor:
        yield Finding("disk", WRONG, said, _("Free space: below %(n)d MB (disk_floor_mb) /readyz says no.", n=floor))
    elif free < 2 * size:
        yield Finding(
            "disk", WARNING, said, _("A copy and an upgrade need twice the %(n)d MB of the database.", n=size)
        )
    else:
        yield Finding("disk", OK, said)
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            off = abs(Path(file.name).stat().st_mtime - time.time())
    except OSError:
        yield Finding(
            "disk",
            WRONG,
            _("nothing can be written into %(folder)s", folder=folder),
            _("Give the collector's user the right to write there."),
        )
        return
    if off > CLOCK_SECONDS:
        yield Finding(
            "clock",
            WARNING,
            _("the disk's clock and this machine's differ by %(n)d seconds", n=round(off)),
            _("Set both clocks; have them follow a time server."),
        )
    else:
        yield Finding("clock", OK, _("it is %(when)s", when=moment(time.time())))


def of_copies(patient: Patient) -> Iterator[Finding]:
    if not patient.db.exists():
        return
    found = copies(patient.db, Path(patient.settings.backups))
    regular = [copy for copy in found if copy.rotates]
    mend = _("Take one now and every night: otklik backup")
    if not regular:
        yield Finding(
            "copies",
            WARNING,
            _("there is no copy of the database in %(folder)s", folder=patient.settings.backups),
            mend,
        )
        return
    days = (datetime.now(UTC) - regular[0].made_at).days
    said = _("the newest copy is %(file)s", file=regular[0].file)
    if days >= COPY_DAYS:
        yield Finding("copies", WARNING, said + _.plural(", %(n)d day old", ", %(n)d days old", days), mend)
    else:
        yield Finding("copies", OK, said)
