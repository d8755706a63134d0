"""GET /api/v1/exports/responses.csv, .jsonl and .xlsx: all responses of a period in one file.

The file is made first, under no name on the disk, and then sent with its length. The server's own streams have no
back-pressure: a slow reader would gather the whole export in our memory, and a broken one would end as if whole.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import BinaryIO

import flask

from otklik_collector.api.access import Access, token
from otklik_collector.api.arguments import Arguments
from otklik_collector.api.rows import FILTERS, wanted_of, words_of
from otklik_collector.bridge import GONE
from otklik_collector.exporting.export import Abandoned, write_export
from otklik_collector.exporting.forms import FORMS
from otklik_collector.exporting.plain import Words, utc
from otklik_collector.problem import Problem
from otklik_collector.store.reading import Wanted
from otklik_collector.store.transaction import transaction
from otklik_widget.journey import Journey

AT_ONCE = 2
"""Exports made at the same time: each takes a thread from the pages, and a core."""


class ExportAddress:
    def __init__(self, access: Access, journey: Journey) -> None:
        self._access = access
        self._journey = journey
        self._free = threading.BoundedSemaphore(AT_ONCE)

    def add(self, pages: flask.Blueprint) -> None:
        pages.add_url_rule("/exports/responses.<form>", "export", self.export)
        self._access.scopes["api.export"] = "export"

    def export(self, form: str) -> flask.typing.ResponseReturnValue:
        if form not in FORMS:
            raise Problem(404, "no-such-address", f"There is no such form; there are: {', '.join(FORMS)}")
        asked = Arguments(self._journey, (*FILTERS, "excel") if form == "csv" else FILTERS)
        period, excel = asked.period(), bool(asked.yes("excel")) if form == "csv" else False
        words = words_of(token().may("read:comments"))
        moment = int(self._access.now() * 1000)
        wanted = wanted_of(self._access, asked, period)
        asked.checked()
        wanted = replace(wanted, received_until=moment, words=words != "none")
        kind, _write = FORMS[form]
        if flask.request.method == "HEAD":
            return flask.Response(content_type=kind)
        with self._one_of_few():
            file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the server when it is sent
            try:
                rows = self._write(wanted, form, file, words, excel)
            except BaseException:
                file.close()
                raise
        length = file.tell()
        file.seek(0)
        name = f"responses-{period.start.isoformat()}-{period.end.isoformat()}.{form}"
        reply = flask.send_file(file, mimetype=kind, as_attachment=True, download_name=name)
        reply.content_type, reply.content_length = kind, length
        reply.headers["Cache-Control"] = "no-store"
        reply.headers["Otklik-Received-Until"] = utc(moment)
        reply.headers["Otklik-Responses"] = str(rows)
        return reply

    def _write(self, wanted: Wanted, form: str, file: BinaryIO, words: Words, excel: bool) -> int:
        gone: threading.Event | None = flask.request.environ.get(GONE)
        store = self._access.store()
        with transaction(store.db.conn):
            store.audit.put(self._access.now(), f"API {token().name}", "exported", form, words)
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
    def _one_of_few(self) -> Iterator[None]:
        if not self._free.acquire(timeout=1):
            raise Problem(503, "busy", f"{AT_ONCE} exports are being made already; come again", retry_after=10)
        try:
            yield
        finally:
            self._free.release()
