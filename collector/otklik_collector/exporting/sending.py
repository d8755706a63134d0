"""Sends an export over HTTP: to programs and from the console.

The file is made first, under no name on the disk, and then sent with its length. The server's own streams have no
back-pressure: a slow reader would gather the whole export in our memory, and a broken one would end as if whole.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import flask

from otklik_collector.bridge import GONE
from otklik_collector.exporting.export import Abandoned, write_export
from otklik_collector.exporting.forms import FORMS
from otklik_collector.exporting.plain import Words, utc
from otklik_collector.problem import Problem
from otklik_collector.response import day_of
from otklik_collector.store import Store
from otklik_collector.store.reading import Wanted
from otklik_collector.store.transaction import transaction

AT_ONCE = 2
"""Exports made at the same time: each takes a thread from the pages, and a core."""
_free = threading.BoundedSemaphore(AT_ONCE)


def send_export(
    store: Store, wanted: Wanted, form: str, *, words: Words, excel: bool, who: str, now: float
) -> flask.Response:
    """The responses wanted as a file of one of `FORMS`, noted in the audit log before it is made.

    Raises `Problem` where too many are made already, the disk is full, or nobody waits any more.
    """
    kind, _write = FORMS[form]
    with _one_of_few():
        file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the server when it is sent
        try:
            with transaction(store.db.conn):
                store.audit.put(now, who, "exported", form, words)
            rows = _written(store, wanted, form, file, words, excel)
        except BaseException:
            file.close()
            raise
    length = file.tell()
    file.seek(0)
    start, end = day_of(wanted.start), day_of(wanted.end)
    name = f"responses-{start.isoformat()}-{end.isoformat()}.{form}"
    reply = flask.send_file(file, mimetype=kind, as_attachment=True, download_name=name)
    reply.content_type, reply.content_length = kind, length
    reply.headers["Cache-Control"] = "no-store"
    reply.headers["Otklik-Received-Until"] = utc(wanted.received_until or int(now * 1000))
    reply.headers["Otklik-Responses"] = str(rows)
    return reply


def _written(store: Store, wanted: Wanted, form: str, file: IO[bytes], words: Words, excel: bool) -> int:
    gone: threading.Event | None = flask.request.environ.get(GONE)
    try:
        return write_export(
            store, wanted, form, file, words=words, excel=excel, on_step=lambda _rows: not (gone and gone.is_set())
        )
    except Abandoned:
        raise Problem(499, "gone", "Nobody waits for this export any more") from None
    except OSError as error:
        said = f"The export needs room on the disk for temporary files: {error.strerror}"
        raise Problem(503, "disk", said, retry_after=60) from None


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not _free.acquire(timeout=1):
        raise Problem(503, "busy", f"{AT_ONCE} exports are being made already; come again", retry_after=10)
    try:
        yield
    finally:
        _free.release()
