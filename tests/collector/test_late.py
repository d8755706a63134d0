"""Clocks that are wrong, tablets that come late, and days of 23 and 25 hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from conftest import SMALL_JOURNEY

from otklik_collector.door import Door, Sender
from otklik_collector.incoming import Incoming
from otklik_collector.response import Response, local_day_hour
from otklik_widget.contract import make_uuid7
from otklik_widget.journey_file import read_journey

HOUR = 3600 * 1000
DAY = 24 * HOUR
NOW = 1_774_749_600_000
"""2026-03-29 02:00 UTC: in Berlin an hour after it was put forward."""


@pytest.fixture
def door(tmp_path: Path) -> Door:
    """The door of a shop in Berlin, on the morning when there was no hour from two to three."""
    file = tmp_path / "journey.toml"
    file.write_text(SMALL_JOURNEY.replace("Europe/Moscow", "Europe/Berlin"), encoding="utf-8")
    return Door(read_journey(file), frozenset(), dict, b"secret", clock=lambda: NOW / 1000)


def taken(door: Door, at: int, sent: int | None) -> Response:
    incoming = Incoming(str(make_uuid7()), "till", "smiley5", 3, device="exit-1", at=at, sent=sent)
    return door.response(incoming, None, Sender(None, "127.0.0.1"))


# The figures of the measuring method.
@pytest.mark.parametrize(
    ("date", "zone", "start", "end", "hours"),
    [
        ("2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00+00:00", "2026-03-29T22:00:00+00:00", 23),
        ("2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00+00:00", "2026-10-25T23:00:00+00:00", 25),
        ("2026-03-29", "Europe/Moscow", "2026-03-28T21:00:00+00:00", "2026-03-29T21:00:00+00:00", 24),
    ],
)
def test_a_day_has_as_many_hours_as_its_clocks_say(date: str, zone: str, start: str, end: str, hours: int) -> None:
    day = int(date.replace("-", ""))
    first, after = (int(datetime.fromisoformat(one).timestamp() * 1000) for one in (start, end))
    assert (after - first) // HOUR == hours
    found = [local_day_hour(at, ZoneInfo(zone)) for at in range(first, after, HOUR)]
    assert {on for on, _hour in found} == {day}
    assert local_day_hour(first - 1, ZoneInfo(zone))[0] < day < local_day_hour(after, ZoneInfo(zone))[0]
    of_two = [hour for _on, hour in found].count(2)
    assert of_two == {23: 0, 24: 1, 25: 2}[hours]


@pytest.mark.parametrize("off", [0, -400 * DAY, 90 * 60 * 1000, -61 * 1000, 30 * 365 * DAY])
@pytest.mark.parametrize("ago", [0, HOUR, 3 * DAY, 35 * DAY - 1])
def test_a_tablets_clock_may_be_wrong_by_anything(door: Door, off: int, ago: int) -> None:
    found = taken(door, NOW + off - ago, NOW + off)
    assert found.answered_at == NOW - ago
    assert (found.day, found.hour) == local_day_hour(NOW - ago, ZoneInfo("Europe/Berlin"))
    assert found.received_at == NOW
    assert found.flags == ()


def test_a_press_of_three_days_ago_lands_on_its_own_day_and_hour(door: Door) -> None:
    found = taken(door, NOW - 3 * DAY, NOW)
    # In winter time it was three o'clock; four o'clock is what the clock says today.
    assert (found.day, found.hour) == (20260326, 3)
    assert taken(door, NOW, NOW).hour == 4


@pytest.mark.parametrize(
    ("at", "sent", "flagged"),
    [
        (NOW - 35 * DAY, NOW, False),
        (NOW - 35 * DAY - 1, NOW, True),
        (NOW + 5 * 60 * 1000, NOW, False),
        (NOW + 5 * 60 * 1000 + 1, NOW, True),
        (NOW - DAY, None, False),  # without `sent` nothing tells that the clock is wrong
        (NOW + DAY, None, True),
    ],
)
def test_what_cannot_be_its_time_is_taken_as_now_and_flagged(
    door: Door, at: int, sent: int | None, flagged: bool
) -> None:
    found = taken(door, at, sent)
    assert found.flags == (("clock",) if flagged else ())
    assert found.answered_at == (NOW if flagged else at)


def test_a_clock_that_jumps_between_two_deliveries_moves_no_press(door: Door) -> None:
    pressed = [NOW - 2 * DAY + minute * 60_000 for minute in range(3)]
    before = [taken(door, at + DAY, NOW + DAY).answered_at for at in pressed]
    after = [taken(door, at - 9 * DAY, NOW - 9 * DAY).answered_at for at in pressed]
    assert before == after == pressed


@pytest.mark.parametrize(
    ("sent", "flags"),
    [
        ({"device": "exit-1"}, ("closed",)),
        ({"channel": "kiosk", "website": "x"}, ("honeypot", "closed")),
        ({"channel": "qr"}, ()),  # at home, with the receipt in hand
        ({"device": "exit-1", "point": "returns", "scale": "ces7"}, ()),  # nobody wrote its hours
        ({"device": "exit-1", "at": NOW - 6 * HOUR, "sent": NOW}, ()),  # late, but pressed at nine in the evening
    ],
)
def test_a_tablet_is_judged_by_the_hours_when_it_was_pressed(
    tmp_path: Path, sent: dict[str, Any], flags: tuple[str, ...]
) -> None:
    name = 'name = { ru = "Касса", en = "Till" }'
    text = SMALL_JOURNEY.replace("Europe/Moscow", "Europe/Berlin").replace(name, f'{name}\nhours = "Mo-Su 08:00-22:00"')
    file = tmp_path / "journey.toml"
    file.write_text(text, encoding="utf-8")
    door = Door(read_journey(file), frozenset(), dict, b"secret", clock=lambda: NOW / 1000)
    incoming = Incoming(**{"id": str(make_uuid7()), "point": "till", "scale": "smiley5", "score": 3, **sent})
    assert door.response(incoming, None, Sender(None, "127.0.0.1")).flags == flags


def test_now_is_the_hour_after_the_missing_one() -> None:
    assert datetime.fromtimestamp(NOW / 1000, UTC) == datetime(2026, 3, 29, 2, tzinfo=UTC)
    berlin = datetime.fromtimestamp(NOW / 1000, ZoneInfo("Europe/Berlin"))
    assert (berlin.hour, berlin.utcoffset()) == (4, timedelta(hours=2))
