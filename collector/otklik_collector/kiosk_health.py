"""How a kiosk does, judged from its last heartbeat, its responses and its opening hours: plain values in and out.

No rule looks at how good a score is, and none names one: a kiosk may have had few visitors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from otklik_collector.beats import Heard
from otklik_collector.openings import is_open, opened_ms
from otklik_collector.store.devices import Device
from otklik_collector.store.presses import DAY_MS, Presses
from otklik_widget.journey import Hours

SILENT_MS = 150_000
"""Two and a half minutes of opening hours without a heartbeat: two of them did not come."""
CLOCK_MS = 5 * 60_000
"""Answers are corrected by `sent` all the same; further off, somebody should set the clock."""
WAITING_MS = 10 * 60_000
"""So long a response may wait on a tablet that is in touch; and so long it may take to hear of new settings."""
BATTERY = 0.15
LEAST = 5
"""Fewer presses than these are told as none, as everywhere."""
SAME, USUAL_LEAST, CHANCE = 20, 50, 1e-4
"""So many presses of one face must come together, against so many before, and chance explain it less often."""
EXPECTED, LEARNT = 14.0, 20
"""Nobody presses: so many presses would have been usual by now, learnt from at least so many.

Chance alone would need 7 for one false word in 1,000; people come in groups, so twice that.
"""


class State(IntEnum):
    """In the order in which people should look."""

    SILENT = 0
    TROUBLED = 1
    WAITING = 2
    WELL = 3
    CLOSED = 4
    RETIRED = 5
    REVOKED = 6


class Trouble(NamedTuple):
    """What is wrong, as a word that `kiosk_words` knows, with its number."""

    kind: str
    number: float = 0


@dataclass(frozen=True)
class Health:
    """`since`: from when on nothing was heard, in ms."""

    state: State
    since: int | None = None
    troubles: tuple[Trouble, ...] = ()


class Where(NamedTuple):
    """When the kiosk's place is open, by which clock."""

    hours: Hours | None
    zone: ZoneInfo


def health(
    device: Device,
    heard: Heard | None,
    presses: Presses,
    where: Where,
    now: int,
    listening_since: int,
    *,
    usual_face: Callable[[int], Mapping[int, int]] = lambda _series: {},
    presses_between: Callable[[int, int], int] = lambda _start, _end: 0,
) -> Health:
    """How the kiosk does at a moment in ms; nobody heard anything before `listening_since`.

    `usual_face` tells of a series how often each score was chosen in the weeks before at its place;
    `presses_between` how often the kiosk was pressed. Both are asked only where the answer decides.
    """
    if device.revoked_at is not None:
        return Health(State.REVOKED, device.revoked_at)
    if device.retired_at is not None:
        return Health(State.RETIRED, device.retired_at)
    troubles = [*_of_presses(presses, usual_face)]
    last = heard.heard_at if heard else device.paired_at
    if last is None:
        if presses.last is None:
            return Health(State.WAITING, device.created_at)
        if now - presses.last > DAY_MS:  # a tablet of the company's own making, which sends no heartbeat
            return Health(State.SILENT, presses.last)
        return Health(State.TROUBLED if troubles else State.WELL, None, tuple(troubles))
    if heard:
        troubles = [*_of_beat(device, heard, presses, now, listening_since), *troubles]
    if now - last > SILENT_MS:
        if not is_open(*where, now):
            return Health(State.CLOSED, last, tuple(troubles))
        if silent_ms(last, where, now, listening_since) > SILENT_MS:
            return Health(State.SILENT, last, tuple(troubles))
    if idle := _idle(device, presses, where, now, presses_between):
        troubles.append(idle)
    return Health(State.TROUBLED if troubles else State.WELL, None, tuple(troubles))


def silent_ms(last: int, where: Where, now: int, listening_since: int) -> int:
    """For how much of its opening hours nothing was heard of a kiosk, up to now."""
    return opened_ms(*where, max(last, listening_since), now)


def missing(heard: Heard, presses: Presses) -> int:
    """Presses that the tablet counted and that neither came nor wait; of the last week."""
    if presses.first_seq is None:
        return 0
    beat = heard.beat
    return max(0, beat.seq - presses.first_seq + 1 - presses.number - beat.queue - beat.aside)


def _of_beat(device: Device, heard: Heard, presses: Presses, now: int, listening_since: int) -> list[Trouble]:
    beat, found = heard.beat, []
    if lost := missing(heard, presses):
        found.append(Trouble("missing", lost))
    if beat.aside:
        found.append(Trouble("aside", beat.aside))
    if beat.queue and beat.oldest is not None and beat.at - beat.oldest > WAITING_MS:
        found.append(Trouble("queue", beat.queue))
    if abs(heard.offset) > CLOCK_MS:
        found.append(Trouble("clock", heard.offset / 60_000))
    if beat.battery and beat.battery.level <= BATTERY and not beat.battery.charging:
        found.append(Trouble("battery", beat.battery.level))
    settings, app = heard.due
    if settings and beat.settings and beat.settings != settings and now - device.changed_at > WAITING_MS:
        found.append(Trouble("settings"))
    if app and beat.app and beat.app != app and now - listening_since > WAITING_MS:
        found.append(Trouble("app"))
    if beat.persisted is False:
        found.append(Trouble("storage"))
    return found


def _of_presses(presses: Presses, usual_face: Callable[[int], Mapping[int, int]]) -> list[Trouble]:
    found = []
    if presses.closed >= LEAST:
        found.append(Trouble("closed", presses.closed))
    for series, faces in presses.faces.items():
        ((face, number),) = faces.items()
        if number >= SAME:
            before = usual_face(series)
            total = sum(before.values())
            share = (before.get(face, 0) + 1) / (total + 2)
            if total >= USUAL_LEAST and share**number < CHANCE:
                found.append(Trouble("one-face", number))
    return found


def _idle(
    device: Device, presses: Presses, where: Where, now: int, presses_between: Callable[[int, int], int]
) -> Trouble | None:
    """Alive, but nobody presses, though by now many usually would have."""
    since = max(presses.last or 0, device.paired_at or 0, now - 28 * DAY_MS)
    if not is_open(*where, now) or (open_ms := opened_ms(*where, since, now)) < 3600_000:
        return None
    if presses.last is None:
        return Trouble("never", open_ms / 3600_000) if open_ms >= DAY_MS / 3 else None
    before = max(device.created_at, presses.last - 28 * DAY_MS)
    learnt = presses_between(before, presses.last)
    worked = opened_ms(*where, before, presses.last)
    if learnt < LEARNT or not worked or learnt * open_ms / worked < EXPECTED:
        return None
    return Trouble("nobody", open_ms / 3600_000)
