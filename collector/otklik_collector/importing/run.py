"""The command `otklik import`: checks everything first, then stores in short transactions, and counts what it did."""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec

from otklik_collector.importing.mapping import SheetMapping, read_mapping
from otklik_collector.importing.rows import FaultyRow, RowReader, utc_now
from otklik_collector.importing.sheet import Row, read_rows
from otklik_collector.response import Response
from otklik_collector.store import Store, open_store
from otklik_collector.store.audit import COMMAND_LINE
from otklik_collector.words import _
from otklik_widget.cli import DONE, REFUSED, Context, show
from otklik_widget.faults import Fault, refuse
from otklik_widget.journey import Journey

TRANSACTION = 2_000
"""Responses stored at once: some tens of milliseconds, which a collector that writes meanwhile does not notice."""


@dataclass
class Counts:
    """Rows read; responses stored, there already, skipped because not given; faulty cells."""

    read: int = 0
    stored: int = 0
    known: int = 0
    skipped: int = 0
    faulty: int = 0


def bring(context: Context) -> int:
    """Runs the command and returns its exit status."""
    args = context.args
    journey = context.journey()
    mapping = read_mapping(args.mapping, journey)
    if not context.db.exists():
        # A file that is refused must not leave an empty database behind; and one that has come into being meanwhile
        # is never removed: a collector may have begun to write to it.
        reader = _read(args.file, mapping, journey, b"")
        if reader.faulty and not args.skip_faulty:
            return _refused(args.file, reader.faulty)
    with open_store(context.db, create=True) as store:
        store.series.use(journey)
        reader = _read(args.file, mapping, journey, store.person_secret())
        fresh, known = _compare(store, reader.found, reader.faulty, args.update, _oldest_words(context))
        if reader.faulty and not args.skip_faulty:
            return _refused(args.file, reader.faulty)
        for fault in reader.faulty:
            show(Fault(str(args.file), None, str(fault)))
        counts = Counts(reader.read, 0, known, reader.skipped, len(reader.faulty))
        for done, batch in enumerate(_batches(fresh, TRANSACTION)):
            try:
                outcomes = store.responses.submit(batch)
            except sqlite3.Error as error:
                said = _(
                    "the database refuses after %(n)d responses: %(why)s; import again, none is stored twice",
                    n=counts.stored,
                    why=error,
                )
                raise refuse(said, str(context.db)) from None
            # Another import of the same file may have been faster; and what was erased is not stored again.
            again = sum(outcome.status == "known" for outcome in outcomes)
            counts.stored += len(batch) - again
            counts.known += again
            _progress(min((done + 1) * TRANSACTION, len(fresh)), len(fresh))
        store.audit.put(time.time(), COMMAND_LINE, "imported", args.file.name, str(counts.stored))
        store.running.close(pause=0.01)
    _report(counts, args.json)
    return DONE


def _read(file: Path, mapping: SheetMapping, journey: Journey, secret: bytes) -> RowReader:
    """The whole file, checked: its rows with their responses, and what is faulty."""
    reader = RowReader(mapping, journey, secret, utc_now())
    reader.found = list(reader.responses(read_rows(file, mapping)))
    return reader


def _refused(file: Path, faulty: Sequence[FaultyRow]) -> int:
    for fault in faulty:
        show(Fault(str(file), None, str(fault)))
    show(_("Nothing was stored. Mend these rows, or store the others with --skip-faulty."))
    return REFUSED


def _compare(
    store: Store,
    found: Sequence[tuple[Row, list[Response]]],
    faulty: list[FaultyRow],
    update: bool,
    oldest_words: int,
) -> tuple[list[Response], int]:
    """The responses that are new (or, with `update`, changed), and how many are stored already."""
    stored = store.responses.stored([response.id for _row, responses in found for response in responses])
    fresh: dict[bytes, Response] = {}
    known = 0
    for row, responses in found:
        for response in responses:
            before = fresh.get(response.id) or stored.get(response.id)
            if before is None:
                fresh[response.id] = response
            elif _same(before, response, oldest_words):
                known += 1
            elif update and response.id not in fresh:
                fresh[response.id] = msgspec.structs.replace(response, rev=before.rev + 1)
            else:
                where = f"{response.touchpoint} {response.scale}"
                why = _("the same response is there with other content; --update stores it as its next revision")
                if response.id in fresh:
                    why = _("the same response stands in this file with other content; “id” must tell rows apart")
                faulty.append(FaultyRow(row.number, where, str(response.score), why))
    return list(fresh.values()), known


def _same(before: Response, response: Response, oldest_words: int) -> bool:
    """Is it the response that is stored, be it that its comment has gone at its age since?"""
    if not before.comment and response.answered_at < oldest_words:
        response = msgspec.structs.replace(response, comment="")
    return before.content() == response.content()


def _oldest_words(context: Context) -> int:
    """Comments of answers before this time, in ms, are no longer kept; 0 where they are kept for ever."""
    days = context.settings.keep_comments_days
    return int((time.time() - days * 24 * 3600) * 1000) if days else 0


def _batches(responses: Sequence[Response], size: int) -> Iterator[Sequence[Response]]:
    for start in range(0, len(responses), size):
        yield responses[start : start + size]


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if done >= total else ""
        print(f"\r{done} / {total}", end=end, file=sys.stderr, flush=True)


def _report(counts: Counts, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(counts)))
        return
    print(
        _(
            "rows read: %(read)d; responses stored: %(stored)d, already there: %(known)d, not given: %(skipped)d;"
            " faulty cells: %(faulty)d",
            **asdict(counts),
        )
    )
