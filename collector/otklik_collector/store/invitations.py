"""Short links, which carry nothing themselves, and the secret that all links are signed with."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlite_utils import Database

from otklik_collector.invitations import Invitation, read_signed, short_token, unpacked
from otklik_collector.store.audit import COMMAND_LINE, AuditTable
from otklik_collector.store.transaction import transaction
from otklik_collector.store.unguessable import hash_of

if TYPE_CHECKING:
    from otklik_collector.store.backup import Progress

TRANSACTION = 2_000
"""Links kept at once; a collector that writes meanwhile waits some milliseconds."""


class InvitationTable:
    def __init__(self, db: Database, audit: AuditTable) -> None:
        self._conn = db.conn
        self._audit = audit

    def secret(self) -> bytes:
        """The key of all signatures; with a new one all links end."""
        return bytes(self._conn.execute("SELECT value FROM secret WHERE name = 'invitation'").fetchone()[0])

    def tokens(
        self, invitations: Sequence[Invitation], *, short: bool, who: str, now: float, progress: Progress | None = None
    ) -> list[str]:
        """A token for each invitation, in order: signed, or short and kept until it ends."""
        secret, made = self.secret(), list[str]()
        for start in range(0, len(invitations), TRANSACTION):
            some = invitations[start : start + TRANSACTION]
            made += self._kept(some, secret) if short else [one.signed(secret) for one in some]
            if progress:
                progress(len(made), len(invitations))
        with transaction(self._conn):
            touchpoints = " ".join(sorted({one.touchpoint for one in invitations}))
            self._audit.put(now, who, "invitations-made", touchpoints, str(len(invitations)))
        return made

    def _kept(self, invitations: Sequence[Invitation], secret: bytes) -> list[str]:
        made = [short_token() for _one in invitations]
        rows = [
            (hash_of(token), one.id(secret), one.packed(), one.person, one.expires_at)
            for token, one in zip(made, invitations, strict=True)
        ]
        with transaction(self._conn):
            self._conn.executemany("INSERT INTO invitation VALUES (?, ?, ?, ?, ?)", rows)
        return made

    def find(self, token: str) -> Invitation | None:
        """What a token asks, ended or not; None for one that we did not make, or whose secret is gone."""
        if found := read_signed(token, self.secret()):
            return found
        row = self._conn.execute("SELECT packed FROM invitation WHERE hash = ?", (hash_of(token),)).fetchone()
        return unpacked(row[0]) if row else None

    def forget_ended(self, now: float) -> None:
        """Takes away short links that ended over a month ago; so long they can say that they have ended."""
        with transaction(self._conn):
            self._conn.execute("DELETE FROM invitation WHERE expires_at < ?", (int((now - 30 * 86400) * 1000),))

    def end_all(self, who: str = COMMAND_LINE) -> None:
        """Ends every link there is, at once: a new secret, and no short ones."""
        with transaction(self._conn):
            self._conn.execute("UPDATE secret SET value = ? WHERE name = 'invitation'", (secrets.token_bytes(32),))
            self._conn.execute("DELETE FROM invitation")
            self._audit.put(time.time(), who, "invitations-ended")

    def of_person(self, person: bytes) -> int:
        """How many short links of a person are kept."""
        query = "SELECT count(*) FROM invitation WHERE person = ?"
        return int(self._conn.execute(query, (person,)).fetchone()[0])
