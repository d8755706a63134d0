"""Webhooks: the addresses that are told of responses, what each wants to hear, and which of them rest."""

from __future__ import annotations

import base64
import secrets
from typing import Any, NamedTuple

from sqlite_utils import Database

from otklik_collector.response import Response
from otklik_collector.store.audit import AuditTable
from otklik_collector.store.transaction import transaction
from otklik_widget.scales import SCALES

ONLY = ("low", "comment")
"""What a webhook may be limited to: unhappy scores, responses with a comment; both: either of them."""
CARRIES = ("comment", "contact")
"""What is told only where it was asked for: it may name people."""
MOST = 8
"""Each costs a row a response and four threads while it is told."""
_COLUMNS = "id, url, secret, only, touchpoints, carries, private, created_at, succeeded_at, paused_at"


class Webhook(NamedTuple):
    """Times are in ms; `private` may stand in a network of one's own; a paused one is told nothing new."""

    id: int
    url: str
    secret: str
    only: tuple[str, ...]
    touchpoints: tuple[str, ...]
    carries: tuple[str, ...]
    private: bool
    created_at: int
    succeeded_at: int | None
    paused_at: int | None

    def wants(self, response: Response) -> bool:
        if self.touchpoints and response.touchpoint not in self.touchpoints:
            return False
        if not self.only:
            return True
        low = "low" in self.only and response.score in SCALES[response.scale].unhappy
        return low or ("comment" in self.only and bool(response.comment))


class TooMany(Exception):  # noqa: N818 - says what is the matter
    """Raised where one more webhook would be too many."""


class WebhookTable:
    def __init__(self, db: Database, audit: AuditTable) -> None:
        self._conn = db.conn
        self._audit = audit

    def add(
        self,
        url: str,
        now: float,
        *,
        only: tuple[str, ...] = (),
        touchpoints: tuple[str, ...] = (),
        carries: tuple[str, ...] = (),
        private: bool = False,
        who: str = "",
    ) -> Webhook:
        """A new webhook with a secret of its own; raises `TooMany`."""
        secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        values = (url, secret, " ".join(only), " ".join(touchpoints), " ".join(carries), private, int(now * 1000))
        with transaction(self._conn):
            if self._conn.execute("SELECT count(*) FROM webhook").fetchone()[0] >= MOST:
                raise TooMany
            row = self._conn.execute(
                "INSERT INTO webhook (url, secret, only, touchpoints, carries, private, created_at)"
                f" VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING {_COLUMNS}",
                values,
            ).fetchone()
            self._audit.put(now, who, "webhook-added", url)
        return _webhook(row)

    def all(self) -> list[Webhook]:
        return [_webhook(row) for row in self._conn.execute(f"SELECT {_COLUMNS} FROM webhook ORDER BY id")]

    def get(self, id: int) -> Webhook | None:
        return next((hook for hook in self.all() if hook.id == id), None)

    def remove(self, hook: Webhook, now: float, who: str = "") -> None:
        """Takes it away with all that waits for it and its log."""
        with transaction(self._conn):
            self._conn.execute("DELETE FROM webhook WHERE id = ?", (hook.id,))
            self._audit.put(now, who, "webhook-removed", hook.url)

    def pause(self, hook: Webhook, now: float) -> None:
        """Nothing new is told to it; what waits stays. Inside the caller's transaction."""
        self._conn.execute("UPDATE webhook SET paused_at = ? WHERE id = ?", (int(now * 1000), hook.id))
        self._audit.put(now, "", "webhook-paused", hook.url)

    def answered(self, id: int, now: float) -> None:
        """It took something: it rests no more. Inside the caller's transaction, or a statement of its own."""
        self._conn.execute("UPDATE webhook SET succeeded_at = ?, paused_at = NULL WHERE id = ?", (int(now * 1000), id))


def _webhook(row: tuple[Any, ...]) -> Webhook:
    id, url, secret, only, touchpoints, carries, private, *times = row
    words = tuple(only.split()), tuple(touchpoints.split()), tuple(carries.split())
    return Webhook(id, url, secret, *words, bool(private), *times)
