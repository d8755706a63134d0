"""One collector per database: a lock that the system takes back when its holder dies, and a probe of the port."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from otklik_collector.words import _
from otklik_widget.faults import refuse, why

try:
    import fcntl
except ImportError:  # Windows has no flock; the probe of the port stays
    fcntl = None  # type: ignore[assignment]


@contextmanager
def sole_collector(db: Path) -> Iterator[None]:
    """Holds the database's lock for the length of a block; raises `Faults` where another collector has it."""
    db = db.resolve()  # a link to it is the same database
    file = db.with_name(db.name + ".lock")
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise refuse(_("the lock cannot be made: %(why)s", why=why(error)), str(file)) from None
    try:
        if fcntl is not None:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                said = _("another collector (process %(pid)s) serves this database; stop it first",
                         pid=_written(handle) or "?")  # fmt: skip
                raise refuse(said, str(db)) from None
        os.truncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def free_port(host: str, port: int) -> int:
    """The port, proved to be free (0: any free one); raises `Faults` where it is not, or the host is not ours.

    granian shares a port with whoever listens there already, so two servers would take turns unnoticed.
    """
    try:
        family, kind, number, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, number) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
            return int(probe.getsockname()[1])
    except OSError as error:
        where = f"{host}:{port}"
        if error.errno == errno.EADDRINUSE:
            said = _("the port is in use; stop the other program or choose another with --port")
        elif error.errno == errno.EACCES:
            said = _("this port needs special rights; choose one above 1023 with --port")
        elif error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
            said = _("this machine has no such address; try --host 127.0.0.1 or 0.0.0.0")
        else:
            said = _("the port cannot be opened: %(why)s", why=why(error))
        raise refuse(said, where) from None


def served(db: Path) -> bool:
    """Does a collector serve this database now?"""
    return holder(db) is not None


def holder(db: Path) -> str | None:
    """The number of the process that serves this database now (“?” where it is not told); None: nobody does."""
    db = db.resolve()
    try:
        handle = os.open(db.with_name(db.name + ".lock"), os.O_RDONLY)
    except OSError:
        return None
    try:
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return _written(handle) or "?"
    finally:
        os.close(handle)
    return None


def _written(handle: int) -> str:
    return os.pread(handle, 20, 0).decode("ascii", "replace").strip()
