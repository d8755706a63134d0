"""Cases: opened with their response, moved by steps that the table of states allows, with a history of every step."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlite_utils import Database

from otklik_collector.cases import STEPS, WAITING, NewCase
from otklik_collector.store.audit import AuditTable
from otklik_collector.store.transaction import transaction
from otklik_collector.store.unguessable import unguessable
from otklik_widget.intervals import SHOWN
from otklik_widget.scales import SCALES

CUSTOMER = "*"
"""Who took a step, where it was the customer; an empty name is the command line."""
TOLD = "told"
"""The detail of an answer whose words the customer reads on their page."""
_WAITS = "c.state IN ('open', 'reopened')"
_PROMISED = "min(c.due_at, coalesce(c.claim_due_at, c.due_at))"
_ROWS = "complaint_case AS c JOIN response AS r ON r.id = c.response JOIN series AS s ON s.id = r.series"
# How near to the worst score of its scale; a message has none and stands in the middle.
_SEVERITY = "CASE coalesce(s.scale || ' ' || r.score, '') WHEN '' THEN 0.5 {} ELSE 0 END".format(
    " ".join(
        f"WHEN '{key} {score}' THEN {1 - position / len(scale.unhappy)}"
        for key, scale in SCALES.items()
        for position, score in enumerate(scale.worst_first[: len(scale.unhappy)])
    )
)


class Case(NamedTuple):
    """A case with what its response says; times are UTC in ms, `promised_at` is the first deadline."""

    number: int
    response: bytes
    touchpoint: str
    place: str
    scale: str
    score: int | None
    reasons: tuple[str, ...]
    comment: str
    has_contact: bool
    channel: str
    opened_at: int
    promised_at: int
    due_at: int
    claim: bool
    claim_due_at: int | None
    owner: str
    kind: str
    state: str
    answered_at: int | None
    closed_at: int | None
    outcome: str
    token: str

    @property
    def waits(self) -> bool:
        """Does the customer wait for us?"""
        return self.state in WAITING

    def overdue(self, now: int) -> bool:
        """Does the customer wait longer than was promised, or than the law allows?"""
        return self.waits and min(self.due_at, self.claim_due_at or self.due_at) < now

    @property
    def steps(self) -> tuple[str, ...]:
        """What may be done now."""
        return tuple(STEPS[self.state])


class Note(NamedTuple):
    """A line of a case's history: a step, or words alone (`step` is then empty)."""

    at: int
    who: str
    step: str
    detail: str
    text: str


class Wanted(NamedTuple):
    """Which cases: `places` are those that the reader may see, None for all; an empty word does not narrow."""

    state: str = "waiting"
    places: tuple[str, ...] | None = None
    place: str = ""
    touchpoint: str = ""
    owner: str = ""
    claim: bool = False


class Waiting(NamedTuple):
    """How many wait, and how many of these too long."""

    open: int = 0
    overdue: int = 0


class Kept(NamedTuple):
    """How a promise was kept: `hours` is the median of opening hours to the answer, None for too few of them."""

    settled: int
    in_time: int
    hours: float | None


class StepRefused(Exception):  # noqa: N818 - a refusal, not a failure
    """The case has moved on: this step does not follow from its state."""


_COLUMNS = (
    "c.id, c.response, s.touchpoint, r.place, s.scale, r.score, r.reasons,"
    " coalesce((SELECT text FROM comment WHERE response = c.response), ''),"
    " EXISTS (SELECT 1 FROM contact WHERE response = c.response), r.channel, c.opened_at, c.promised_at, c.due_at,"
    " c.claim, c.claim_due_at, c.owner, c.kind, c.state, c.answered_at, c.closed_at, c.outcome, c.token"
)


class CaseTable:
    def __init__(self, db: Database, audit: AuditTable) -> None:
        self._db = db
        self._conn = db.conn
        self._audit = audit

    def open(self, new: Iterable[NewCase], who: str = CUSTOMER) -> None:
        """Opens cases inside the caller's transaction; a response that has one keeps it."""
        for one in new:
            if self._conn.execute("SELECT 1 FROM complaint_case WHERE response = ?", (one.response,)).fetchone():
                continue
            number = self._conn.execute(
                "INSERT INTO complaint_case (response, opened_at, promised_at, due_at, claim, owner, kind, state,"
                " outcome, token) VALUES (?, ?, ?, ?, 0, ?, ?, 'open', '', ?)",
                (one.response, one.opened_at, one.due_at, one.due_at, one.owner, one.kind, unguessable()),
            ).lastrowid
            assert number
            self._write(number, one.opened_at, who, "opened")
            if who != CUSTOMER:
                self._audit.put(one.opened_at / 1000, who, "case-opened", f"#{number}")

    def open_by_hand(self, new: NewCase, who: str) -> None:
        """Opens a case of a response that is stored and has opened none by itself."""
        with transaction(self._conn):
            self.open([new], who)

    def find(self, number: int) -> Case | None:
        return self._one("c.id = ?", number)

    def of_response(self, id: bytes) -> Case | None:
        return self._one("c.response = ?", id)

    def of_token(self, token: str) -> Case | None:
        """The case behind a customer's link."""
        return self._one("c.token = ?", token)

    def _one(self, where: str, value: object) -> Case | None:
        row = self._conn.execute(f"SELECT {_COLUMNS} FROM {_ROWS} WHERE {where}", (value,)).fetchone()
        return _case(row) if row else None

    def list(self, wanted: Wanted, now: int, limit: int, skip: int = 0) -> Sequence[Case]:
        """Of those that wait: overdue first, then claims, the lowest scores, the nearest deadline; else the newest."""
        where, values = _where(wanted)
        by_need = f"{_PROMISED} < :now DESC, c.claim DESC, {_SEVERITY} DESC, {_PROMISED}, c.id"
        order = by_need if wanted.state in ("waiting", *WAITING) else "c.id DESC"
        rows = self._conn.execute(
            f"SELECT {_COLUMNS} FROM {_ROWS} WHERE {where} ORDER BY {order} LIMIT :limit OFFSET :skip",
            {**values, "now": now, "limit": limit, "skip": skip},
        )
        return [_case(row) for row in rows]

    def waiting(self, wanted: Wanted, now: int) -> Waiting:
        """How many of the wanted ones wait, whatever their state was asked for."""
        where, values = _where(wanted._replace(state="waiting"))
        row = self._conn.execute(
            f"SELECT count(*), coalesce(sum({_PROMISED} < :now), 0) FROM {_ROWS} WHERE {where}", {**values, "now": now}
        ).fetchone()
        return Waiting(*row)

    def waiting_by_touchpoint(self, wanted: Wanted, now: int) -> dict[str, Waiting]:
        where, values = _where(wanted._replace(state="waiting"))
        rows = self._conn.execute(
            f"SELECT s.touchpoint, count(*), sum({_PROMISED} < :now) FROM {_ROWS} WHERE {where} GROUP BY s.touchpoint",
            {**values, "now": now},
        )
        return {touchpoint: Waiting(*counts) for touchpoint, *counts in rows}

    def last_answered(self, wanted: Wanted) -> int | None:
        """When a customer was last answered."""
        where, values = _where(wanted._replace(state="all"))
        row = self._conn.execute(f"SELECT max(c.answered_at) FROM {_ROWS} WHERE {where}", values).fetchone()
        return int(row[0]) if row[0] is not None else None

    def kept(self, wanted: Wanted, since: int, now: int) -> Kept:
        """How the promise was kept for the cases opened since a time: answered, or its time is over by now."""
        where, values = _where(wanted._replace(state="all"))
        rows = f"FROM {_ROWS} WHERE {where} AND c.opened_at >= :since AND c.outcome <> 'nothing'"
        values |= {"since": since, "now": now}
        settled, in_time, answered = self._conn.execute(
            f"SELECT count(*), coalesce(sum(c.answered_at <= c.promised_at), 0), count(c.answered_at) {rows}"
            " AND (c.answered_at IS NOT NULL OR c.promised_at < :now)",
            values,
        ).fetchone()
        if answered < SHOWN:
            return Kept(settled, in_time, None)
        middle = {"one": (answered - 1) // 2, "both": 2 - answered % 2}
        hours = self._conn.execute(
            f"SELECT avg(answered_after) FROM (SELECT c.answered_after {rows} AND c.answered_at IS NOT NULL"
            " ORDER BY c.answered_after LIMIT :both OFFSET :one)",
            {**values, **middle},
        ).fetchone()[0]
        return Kept(settled, in_time, hours)

    def owners(self, places: tuple[str, ...] | None) -> Sequence[str]:
        """Everybody who owns a case among these places."""
        where, values = _where(Wanted("all", places))
        rows = self._conn.execute(
            f"SELECT DISTINCT c.owner FROM {_ROWS} WHERE {where} AND c.owner <> '' ORDER BY 1", values
        )
        return [row[0] for row in rows]

    def history(self, number: int) -> Sequence[Note]:
        """Every step and note, oldest first."""
        rows = self._conn.execute(
            "SELECT at, who, step, detail, text FROM case_note WHERE complaint_case = ? ORDER BY id", (number,)
        )
        return [Note(*row) for row in rows]

    def told(self, number: int) -> str:
        """The words of the last answer that the customer may read; empty where there are none."""
        row = self._conn.execute(
            "SELECT iif(detail = ?, text, '') FROM case_note WHERE complaint_case = ? AND step = 'answered'"
            " ORDER BY id DESC LIMIT 1",
            (TOLD, number),
        ).fetchone()
        return str(row[0]) if row else ""

    def note(self, number: int, text: str, who: str, now: int) -> None:
        """Adds words for the colleagues."""
        with self._deed(number, who, now, "case-note"):
            self._write(number, now, who, "", text=text)

    def answer(self, number: int, after: float, text: str, who: str, now: int, *, tell: bool = False) -> None:
        """The customer was answered, after so many opening hours; `tell`: they read the words. Raises `StepRefused`."""
        with self._deed(number, who, now, "case-answered"):
            first = "answered_at = coalesce(answered_at, ?), answered_after = coalesce(answered_after, ?)"
            self._move(number, "answer", first, now, after)
            self._write(number, now, who, "answered", TOLD if tell and text else "", text)

    def close(self, number: int, outcome: str, text: str, who: str, now: int) -> None:
        """Nothing is left to do. Raises `StepRefused`."""
        with self._deed(number, who, now, "case-closed"):
            self._move(number, "close", "outcome = ?, closed_at = ?", outcome, now)
            self._write(number, now, who, "closed", outcome, text)

    def reopen(self, number: int, due_at: int, text: str, who: str, now: int) -> None:
        """It was not over; the customer waits again, with a new deadline. Raises `StepRefused`."""
        with self._deed(number, who, now, "case-reopened"):
            self._move(number, "reopen", "due_at = ?, closed_at = NULL, outcome = ''", due_at)
            self._write(number, now, who, "reopened", text=text)

    def assign(self, number: int, owner: str, who: str, now: int) -> None:
        """Gives the case to somebody: the word of a touchpoint's owner, or a person of the console."""
        with self._deed(number, who, now, "case-assigned"):
            self._conn.execute("UPDATE complaint_case SET owner = ? WHERE id = ?", (owner, number))
            self._write(number, now, who, "assigned", owner)

    def mark(self, case: Case, kind: str, claim: bool, claim_due_at: int | None, who: str, now: int) -> None:
        """Says what it is: complaint, praise or idea; and whether it is a legal claim with a term of its own."""
        if (kind, claim) == (case.kind, case.claim):
            return
        with self._deed(case.number, who, now, "case-marked"):
            self._conn.execute(
                "UPDATE complaint_case SET kind = ?, claim = ?, claim_due_at = ? WHERE id = ?",
                (kind, int(claim), claim_due_at if claim else None, case.number),
            )
            self._write(case.number, now, who, "marked", " ".join([kind or "-", *(["claim"] if claim else [])]))

    def contact(self, case: Case, who: str, now: int) -> str:
        """How to reach the customer; that it was read is written down."""
        with self._deed(case.number, who, now, "contact-shown"):
            row = self._conn.execute("SELECT value FROM contact WHERE response = ?", (case.response,)).fetchone()
        return str(row[0]) if row else ""

    @contextmanager
    def _deed(self, number: int, who: str, now: int, action: str) -> Iterator[None]:
        """One transaction, with its line in the audit log; the customer's own steps stand in the history alone."""
        with transaction(self._conn):
            yield
            if who != CUSTOMER:
                self._audit.put(now / 1000, who, action, f"#{number}")

    def _move(self, number: int, step: str, changes: str, *values: object) -> None:
        row = self._conn.execute("SELECT state FROM complaint_case WHERE id = ?", (number,)).fetchone()
        if row is None or step not in STEPS[row[0]]:
            raise StepRefused
        self._conn.execute(
            f"UPDATE complaint_case SET state = ?, {changes} WHERE id = ?", (STEPS[row[0]][step], *values, number)
        )

    def _write(self, number: int, at: int, who: str, step: str, detail: str = "", text: str = "") -> None:
        self._conn.execute(
            "INSERT INTO case_note (complaint_case, response, at, who, step, detail, text)"
            " SELECT id, response, ?, ?, ?, ?, ? FROM complaint_case WHERE id = ?",
            (at, who, step, detail, text, number),
        )


def _where(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    parts, values = ["1"], {}
    if wanted.state == "waiting":
        parts.append(_WAITS)
    elif wanted.state != "all":
        parts.append("c.state = :state")
        values["state"] = wanted.state
    if wanted.places is not None:
        names = {f"place{number}": place for number, place in enumerate(wanted.places)}
        parts.append(f"r.place IN ({', '.join(f':{name}' for name in names)})")
        values |= names
    for name, column in (("place", "r.place"), ("touchpoint", "s.touchpoint"), ("owner", "c.owner")):
        if value := getattr(wanted, name):
            parts.append(f"{column} = :{name}")
            values[name] = value
    if wanted.claim:
        parts.append("c.claim")
    return " AND ".join(parts), values


def _case(row: Sequence[Any]) -> Case:
    found = Case(*row)
    return found._replace(
        reasons=tuple(json.loads(row[6])), has_contact=bool(found.has_contact), claim=bool(found.claim)
    )
