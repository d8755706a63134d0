"""The database file: opened, checked that it is ours and not newer than us, brought up to date, and closed."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from sqlite_utils import Database

from otklik_collector.cases import NewCase
from otklik_collector.lock import holder
from otklik_collector.response import Response
from otklik_collector.store.alarms import AlarmTable
from otklik_collector.store.audit import AuditTable
from otklik_collector.store.backup import back_up_before
from otklik_collector.store.beats import BeatTable
from otklik_collector.store.cases import CaseTable
from otklik_collector.store.changes import ChangeTable
from otklik_collector.store.comments import CommentReader
from otklik_collector.store.counts import CountReader
from otklik_collector.store.days import DayReader
from otklik_collector.store.devices import DeviceTable
from otklik_collector.store.erasure import Eraser
from otklik_collector.store.flagged import FlaggedTable
from otklik_collector.store.flags import FlagTable
from otklik_collector.store.handed import HandedTable
from otklik_collector.store.invitations import InvitationTable
from otklik_collector.store.keys import KeyTable
from otklik_collector.store.letters import LetterTable
from otklik_collector.store.linked import LinkedReader
from otklik_collector.store.migrations import migrations, newer_than_us
from otklik_collector.store.outbox import Outbox
from otklik_collector.store.page_answers import PageAnswers
from otklik_collector.store.pairing import PairingTable
from otklik_collector.store.passes import PassesTable
from otklik_collector.store.people import PeopleTable
from otklik_collector.store.presses import PressReader
from otklik_collector.store.reading import ResponseReader
from otklik_collector.store.responses import ResponseWriter, person_secret
from otklik_collector.store.running import RunningCounts
from otklik_collector.store.series import SeriesTable
from otklik_collector.store.sessions import SessionTable
from otklik_collector.store.slices import SliceReader
from otklik_collector.store.snapshots import SnapshotTable
from otklik_collector.store.subscriptions import SubscriptionTable
from otklik_collector.store.tokens import TokenTable
from otklik_collector.store.told import Told
from otklik_collector.store.verify import Recount
from otklik_collector.store.webhooks import WebhookTable
from otklik_collector.words import _
from otklik_widget.faults import refuse

BUSY_SECONDS = 5.0


class Store:
    """One open connection. Not shared between threads that write: every writer opens its own."""

    def __init__(self, db: Database, path: Path) -> None:
        self.db = db
        self.path = path
        self.series = SeriesTable(db)
        self.running = RunningCounts(db)
        self.audit = AuditTable(db)
        self.webhooks = WebhookTable(db, self.audit)
        self.outbox = Outbox(db, self.webhooks)
        self.responses = ResponseWriter(db, self.series, self.running, self.outbox)
        self.counts = CountReader(db, self.series, self.running)
        self.slices = SliceReader(db, self.series)
        self.linked = LinkedReader(db, self.series)
        self.keys = KeyTable(db, self.audit)
        self.passes = PassesTable(db, self.audit)
        self.recount = Recount(db, self.running)
        self.cases = CaseTable(db, self.audit)
        self.people = PeopleTable(db, self.audit)
        self.sessions = SessionTable(db, self.people, self.audit)
        self.erasure = Eraser(db, self.responses)
        self.devices = DeviceTable(db, self.audit)
        self.pairing = PairingTable(db, self.audit)
        self.beats = BeatTable(db)
        self.presses = PressReader(db, self.series)
        self.flags = FlagTable(db, self.audit, self.responses.count)
        self.flagged = FlaggedTable(db)
        self.told = Told(db, self.series)
        self.comments = CommentReader(db, self.series)
        self.changes = ChangeTable(db, self.audit)
        self.snapshots = SnapshotTable(db, self.audit)
        self.handed = HandedTable(db, self.people, self.audit)
        self.tokens = TokenTable(db, self.audit)
        self.rows = ResponseReader(db, self.series)
        self.days = DayReader(db, self.series)
        self.alarms = AlarmTable(db, self.series, self.outbox)
        self.subscriptions = SubscriptionTable(db, self.audit)
        self.letters = LetterTable(db)
        self.invitations = InvitationTable(db, self.audit)
        self.page_answers = PageAnswers(db)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Several reads of one moment: what is written meanwhile is not seen."""
        self.db.conn.execute("BEGIN")
        try:
            yield
        finally:
            self.db.conn.execute("ROLLBACK")

    def open_cases(self, rule: Callable[[Response], NewCase | None]) -> None:
        """From now on a response for which the rule gives a case opens it, in one transaction with the response."""
        self.responses.also = lambda responses: self.cases.open(new for new in map(rule, responses) if new)

    def person_secret(self) -> bytes:
        """The key of the hash that stands for a customer or respondent."""
        return person_secret(self.db.conn)

    def close(self) -> None:
        self.db.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if isinstance(error, sqlite3.Error):
            raise refuse(_trouble(error), str(self.path)) from None


def open_store(path: Path, *, create: bool = False) -> Store:
    """The store of a file, migrated to this version.

    Raises `Faults` where the file is missing (and `create` is off), no database, another program's, or newer than
    this version; nothing is written then.
    """
    if not path.exists() and not create:
        said = _("there is no such database; “otklik serve”, “otklik import” or “otklik key add” makes one")
        raise refuse(said, str(path))
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise refuse(_("a database cannot stand here; name a file in a folder that exists"), str(path))
    connection: sqlite3.Connection | None = None
    try:
        if not path.exists():
            # Customers' words stand in it: whoever else works on this machine need not read them.
            with contextlib.suppress(OSError):  # SQLite says better than we what is wrong
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS)
        db = Database(connection)
        _check_ours(db, path)
        # FULL: a response is acknowledged only after its pages and the log are on the disk.
        # Deleted words are overwritten, also those that a revision takes back.
        for pragma in (
            "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY",
            "secure_delete = ON",
        ):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}")
        if holder(path) == str(os.getpid()):
            # Beside the writer only its own thread empties the log: two at once have harmed SQLite before 3.51.3.
            connection.execute("PRAGMA wal_autocheckpoint = 0")
        if pending := migrations.pending(db):
            if migrations.applied(db):
                back_up_before(connection, path, pending[0].name)
            migrations.apply(db)
        return Store(db, path)
    except sqlite3.Error as error:
        if connection:
            connection.close()
        raise refuse(_trouble(error), str(path)) from None
    except BaseException:
        if connection:
            connection.close()
        raise


@contextmanager
def open_to_read(path: Path) -> Iterator[Store]:
    """The store of a file that is only read, and not brought up to date: ask it for what every version holds.

    Raises `Faults` where the file is missing, no database, another program's, or newer than this version.
    """
    if path.is_dir():
        raise refuse(_("a database cannot stand here; name a file in a folder that exists"), str(path))
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            db = Database(connection)
            _check_ours(db, path)
            yield Store(db, path)
    except sqlite3.Error as error:
        raise refuse(_trouble(error), str(path)) from None


def _check_ours(db: Database, path: Path) -> None:
    tables = set(db.table_names())
    if tables and migrations.migrations_table not in tables:
        raise refuse(_("this database belongs to another program; name another file"), str(path))
    if newer := newer_than_us(db):
        said = _("this database is from a newer version of Otklik (%(step)s); install that version", step=newer[-1])
        raise refuse(said, str(path))


def _trouble(error: sqlite3.Error) -> str:
    said = str(error)
    if "not a database" in said:
        return _("this file is not an SQLite database; name another file")
    if "unable to open" in said or "readonly" in said:
        return _("the database cannot be opened for writing; check the rights of the file and its folder")
    if "locked" in said:
        return _("the database is in use by another program; try again")
    if "malformed" in said:
        return _("the file is damaged: %(what)s", what=said)
    if "disk" in said or "full" in said:
        return _("the disk refuses: %(why)s", why=said)
    return _("SQLite refuses: %(why)s", why=said)
