"""Which responses are flagged: how many by reason, touchpoint, place and device, and one by one. Never their scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import NamedTuple

from sqlite_utils import Database

from otklik_collector.response import day_number

LOOK_UP = 500


class Chosen(NamedTuple):
    """The flagged responses of the days from `start` to before `end`; what is None narrows nothing."""

    start: date
    end: date
    place: str | None = None
    segment: str | None = None
    channel: str | None = None
    reason: str | None = None


class Suspect(NamedTuple):
    """A flagged response without what was answered: who decides about it must not know; `at` in milliseconds."""

    id: bytes
    at: int
    touchpoint: str
    scale: str
    place: str
    channel: str
    device: str
    flags: tuple[str, ...]


class Stretch(NamedTuple):
    """What was given from one moment to before another, in milliseconds; what is empty narrows nothing."""

    start: int
    end: int
    places: tuple[str, ...] | None = None
    touchpoint: str = ""
    device: str = ""


@dataclass
class Breakdown:
    """How many flagged responses there are in all, and by each of their sides; one may have several reasons."""

    total: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    devices: Counter[str] = field(default_factory=Counter)


_FROM = "FROM response AS r JOIN series AS s ON s.id = r.series"
_WHERE = (
    "r.flags <> '' AND r.day >= ?1 AND r.day < ?2 AND (?3 IS NULL OR r.place = ?3) AND (?4 IS NULL OR r.segment = ?4)"
    " AND (?5 IS NULL OR r.channel = ?5) AND (?6 IS NULL OR instr(' ' || r.flags || ' ', ' ' || ?6 || ' ') > 0)"
)


class FlaggedTable:
    def __init__(self, db: Database) -> None:
        self._conn = db.conn

    def breakdown(self, chosen: Chosen) -> Breakdown:
        """How many were flagged, and by what."""
        found = Breakdown()
        query = (
            f"SELECT r.flags, r.place, r.device, count(*) {_FROM} WHERE {_WHERE} GROUP BY r.flags, r.place, r.device"
        )
        for flags, place, device, number in self._conn.execute(query, _values(chosen)):
            found.total += number
            for reason in flags.split():
                found.reasons[reason] += number
            found.places[place] += number
            if device:
                found.devices[device] += number
        return found

    def list(self, chosen: Chosen, limit: int, skip: int = 0) -> Sequence[Suspect]:
        """The flagged responses, the newest first."""
        rows = self._conn.execute(
            f"SELECT r.id, r.answered_at, s.touchpoint, s.scale, r.place, r.channel, r.device, r.flags {_FROM}"
            f" WHERE {_WHERE} ORDER BY r.answered_at DESC, r.id LIMIT ?7 OFFSET ?8",
            (*_values(chosen), limit, skip),
        )
        return [Suspect(*(*told, tuple(flags.split()))) for *told, flags in rows]

    def ids(self, chosen: Chosen) -> Sequence[bytes]:
        """The ids of all of them."""
        return [id for (id,) in self._conn.execute(f"SELECT r.id {_FROM} WHERE {_WHERE}", _values(chosen))]

    def within(self, ids: Sequence[bytes], places: tuple[str, ...] | None) -> Sequence[bytes]:
        """Those of the ids that are stored and belong to these places; None: to any."""
        found: list[bytes] = []
        for start in range(0, len(ids), LOOK_UP):
            some = ids[start : start + LOOK_UP]
            rows = self._conn.execute(
                f"SELECT id, place FROM response WHERE id IN ({', '.join('?' * len(some))})", some
            )
            found += [id for id, place in rows if places is None or place in places]
        return found

    def given(self, stretch: Stretch) -> Sequence[bytes]:
        """The ids of all responses given meanwhile, flagged or not."""
        day = 86_400_000
        # A day of the calendar is local: it may begin half a day sooner or later than here.
        first, last = (
            day_number(datetime.fromtimestamp(at / 1000, UTC).date()) for at in (stretch.start - day, stretch.end + day)
        )
        rows = self._conn.execute(
            f"SELECT r.id, r.place {_FROM} WHERE r.day >= ? AND r.day <= ? AND r.answered_at >= ? AND r.answered_at < ?"
            " AND (? = '' OR s.touchpoint = ?) AND (? = '' OR r.device = ?)",
            (first, last, stretch.start, stretch.end, *(stretch.touchpoint,) * 2, *(stretch.device,) * 2),
        )
        return [id for id, place in rows if stretch.places is None or place in stretch.places]


def _values(chosen: Chosen) -> tuple[int | str | None, ...]:
    return (day_number(chosen.start), day_number(chosen.end), *chosen[2:])
