"""What is to be told to others: written in the transaction of the deed itself, marked as over once it was told."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple
from uuid import UUID

from sqlite_utils import Database

from otklik_collector.response import Response
from otklik_collector.store.webhooks import WebhookTable
from otklik_widget.contract import make_uuid7

STORED, REVISED, ERASED, ALARM = "response.stored", "response.revised", "responses.erased", "alarm"
SILENT = "kiosk.silent"
KEPT_MS = 30 * 24 * 3600 * 1000
"""So long the log remembers what is over."""
LOOK_UP = 500
ASTRAY_MS = 3600 * 1000
PLACES = 1 << 12
"""So many messages of one millisecond have ids in the order in which they were put down."""
_PUT = "INSERT INTO webhook_delivery VALUES (?, ?, ?, ?, ?, ?, ?, 0, NULL, NULL, '')"
_COLUMNS = "id, webhook, kind, response, body, created_at, due_at, tries, ended_at, status, error"


class Delivery(NamedTuple):
    """Something told or to be told to one webhook. Times are in ms; `due_at` None: over, one way or the other."""

    id: bytes
    webhook: int
    kind: str
    response: bytes | None
    body: str
    created_at: int
    due_at: int | None
    tries: int
    ended_at: int | None
    status: int | None
    error: str

    @property
    def uuid(self) -> str:
        return str(UUID(bytes=self.id))


class Told(NamedTuple):
    """How one try ended: the HTTP status (None: there was none), and when it is tried again (None: it is over)."""

    delivery: Delivery
    status: int | None
    error: str
    due_at: int | None


class Waiting(NamedTuple):
    """What waits for one webhook, and since when (ms)."""

    number: int
    oldest: int | None


def _id(number: int) -> bytes:
    """A UUIDv7 that stands in the order of these numbers (RFC 9562, 6.2, method 1: a counter after the time)."""
    moment, place = divmod(number, PLACES)
    return make_uuid7(moment, place.to_bytes(2, "big") + secrets.token_bytes(8)).bytes


def _place(id: bytes) -> int:
    return int.from_bytes(id[6:8], "big") % PLACES


class Outbox:
    """Everything inside the caller's transaction, except where it says otherwise."""

    def __init__(self, db: Database, webhooks: WebhookTable) -> None:
        self._conn = db.conn
        self._webhooks = webhooks

    def responses(self, latest: Mapping[bytes, Response], revised: AbstractSet[bytes]) -> None:
        """Tells of responses just stored. What was imported is history, not news."""
        if not self._anybody():
            return
        news = {id: response for id, response in latest.items() if not response.source}
        for hook in self._webhooks.all():
            if hook.paused_at is not None:
                continue
            wanted = {id for id, response in news.items() if hook.wants(response)}
            # Who was told of a low score must also hear that it is low no more.
            wanted |= self._heard(hook.id, [id for id in revised if id in news and id not in wanted])
            self._put(hook.id, ((REVISED if id in revised else STORED, id, "") for id in news if id in wanted))

    def erased(self, ids: Sequence[bytes]) -> None:
        """Tells every webhook, paused ones too, which responses are to be forgotten."""
        for start in range(0, len(ids), LOOK_UP) if self._anybody() else ():
            self.tell(ERASED, {"ids": [str(UUID(bytes=id)) for id in ids[start : start + LOOK_UP]]})

    def tell(self, kind: str, data: Mapping[str, Any], *touchpoints: str) -> None:
        """Tells every webhook something that is not a response; of touchpoints only those that want to hear of any."""
        body = json.dumps(data, ensure_ascii=False)
        for hook in self._webhooks.all():
            wanted = hook.touchpoints or touchpoints
            if touchpoints and (hook.paused_at is not None or not set(touchpoints).intersection(wanted)):
                continue
            self._put(hook.id, [(kind, None, body)])

    def _anybody(self) -> bool:
        return bool(self._conn.execute("SELECT EXISTS (SELECT 1 FROM webhook)").fetchone()[0])

    def _put(self, webhook: int, messages: Iterable[tuple[str, bytes | None, str]]) -> None:
        now = int(time.time() * 1000)
        following = self._following(now)
        self._conn.executemany(
            _PUT,
            [(_id(following + i), webhook, kind, id, body, now, now) for i, (kind, id, body) in enumerate(messages)],
        )

    def _following(self, now: int) -> int:
        """The place of the next message: after all that were put down, also within the same millisecond.

        What a clock gone astray dated over an hour ahead is not followed: `prune` would never come to what comes after.
        """
        ahead = make_uuid7(now + ASTRAY_MS, bytes(10)).bytes
        newest: bytes | None
        (newest,) = self._conn.execute("SELECT max(id) FROM webhook_delivery WHERE id < ?", (ahead,)).fetchone()
        after = 0 if newest is None else int.from_bytes(newest[:6], "big") * PLACES + _place(newest) + 1
        return max(after, now * PLACES)

    def _heard(self, webhook: int, ids: Sequence[bytes]) -> set[bytes]:
        """Those of the responses that the webhook was told of before."""
        found: set[bytes] = set()
        for start in range(0, len(ids), LOOK_UP):
            some = ids[start : start + LOOK_UP]
            query = f"SELECT response FROM webhook_delivery WHERE response IN ({', '.join('?' * len(some))})"
            found |= {row[0] for row in self._conn.execute(f"{query} AND webhook = ?", (*some, webhook))}
        return found

    def due(self, webhook: int, now: int, limit: int) -> list[Delivery]:
        """What waits for a webhook and may be tried now, the longest due first; a read of its own."""
        rows = self._conn.execute(
            f"SELECT {_COLUMNS} FROM webhook_delivery WHERE webhook = ? AND due_at <= ? ORDER BY due_at, id LIMIT ?",
            (webhook, now, limit),
        )
        return [Delivery(*row) for row in rows]

    def settle(self, told: Iterable[Told], now: int) -> None:
        """Writes down how tries ended. What is over keeps no body."""
        self._conn.executemany(
            "UPDATE webhook_delivery SET tries = tries + 1, status = ?2, error = ?3, due_at = ?4,"
            " ended_at = iif(?4 IS NULL, ?5, NULL), body = iif(?4 IS NULL, '', body) WHERE id = ?1",
            [(one.delivery.id, one.status, one.error, one.due_at, now) for one in told],
        )

    def hurry(self, webhook: int, now: int) -> None:
        """What waits to be tried again is due now: the webhook answers again."""
        self._conn.execute("UPDATE webhook_delivery SET due_at = ?2 WHERE webhook = ?1 AND due_at > ?2", (webhook, now))

    def prune(self, now: int) -> None:
        """Forgets what is older than the log, over or waiting for a webhook that was paused."""
        self._conn.execute("DELETE FROM webhook_delivery WHERE id < ?", (make_uuid7(now - KEPT_MS, bytes(10)).bytes,))

    def waiting(self) -> dict[int, Waiting]:
        """By webhook, what waits for it; for `list` and for the numbers that operators watch."""
        rows = self._conn.execute(
            "SELECT webhook, count(*), min(created_at) FROM webhook_delivery WHERE due_at IS NOT NULL GROUP BY webhook"
        )
        return {webhook: Waiting(number, oldest) for webhook, number, oldest in rows}

    def newest(self, limit: int, webhook: int | None = None) -> list[Delivery]:
        """The log, the newest first."""
        rows = self._conn.execute(
            f"SELECT {_COLUMNS} FROM webhook_delivery WHERE ?1 IS NULL OR webhook = ?1 ORDER BY id DESC LIMIT ?2",
            (webhook, limit),
        )
        return [Delivery(*row) for row in rows]
