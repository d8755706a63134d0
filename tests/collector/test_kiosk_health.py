"""How a kiosk does is judged from what it told, what is stored of it, and when its place is open."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from otklik_collector.beats import Battery, Beat, Heard
from otklik_collector.kiosk_health import Health, State, Trouble, Where, health
from otklik_collector.openings import closed_spans, is_open, opened_ms
from otklik_collector.store.devices import Device, Stood
from otklik_collector.store.presses import DAY_MS, Presses
from otklik_widget.journey import Hours

MOSCOW = ZoneInfo("Europe/Moscow")
BERLIN = ZoneInfo("Europe/Berlin")
TEN_TO_TEN = Hours("Mo-Su 10:00-22:00", dict.fromkeys(range(7), (600, 1320)))
LATE = Hours("Fr-Sa 20:00-02:00", {4: (1200, 120), 5: (1200, 120)})
MINUTE, HOUR = 60_000, 3_600_000


def moment(text: str, zone: ZoneInfo = MOSCOW) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


NOON = moment("2026-03-02 12:00")
DEVICE = Device("exit-1", "By the lift", "omsk", ("till",), b"", 0, paired_at=NOON - 40 * DAY_MS)
SHOP = Where(TEN_TO_TEN, MOSCOW)


PRESSED = Presses(NOON - HOUR)


def judged(heard_ms_ago: int | None = 30_000, presses: Presses = PRESSED, **more: object) -> Health:
    """The kiosk at noon, heard so long ago, with something about it changed."""
    beat = more.pop("beat", {})
    assert isinstance(beat, dict)
    heard = None
    if heard_ms_ago is not None:
        at = NOON - heard_ms_ago
        heard = Heard("exit-1", at, Beat(**{"at": at, **beat}), ("new", "new"))
    values = {"device": DEVICE, "where": SHOP, "now": NOON, "listening_since": 0, **more}
    return health(heard=heard, presses=presses, **values)  # type: ignore[arg-type]


def test_a_kiosk_is_silent_within_three_minutes() -> None:
    assert judged(60_000).state == State.WELL
    assert judged(149_000).state == State.WELL
    assert judged(151_000) == Health(State.SILENT, NOON - 151_000)


def test_a_kiosk_that_is_switched_off_at_night_is_not_silent() -> None:
    closed, opened = moment("2026-03-01 22:30"), moment("2026-03-02 10:00")
    ago = {"heard_ms_ago": NOON - closed}
    assert judged(**ago, now=moment("2026-03-02 04:00")).state == State.CLOSED
    assert judged(**ago, now=opened + 2 * MINUTE).state == State.WELL
    assert judged(**ago, now=opened + 3 * MINUTE).state == State.SILENT
    assert judged(**ago, where=Where(None, MOSCOW), now=moment("2026-03-02 04:00")).state == State.SILENT


def test_while_the_collector_was_down_nobody_was_silent() -> None:
    assert judged(HOUR, listening_since=NOON - MINUTE).state == State.WELL
    assert judged(HOUR, listening_since=NOON - 3 * MINUTE).state == State.SILENT


def test_without_a_tablet_it_waits_and_out_of_use_nobody_waits_for_it() -> None:
    new = DEVICE._replace(paired_at=None)
    assert judged(None, Presses(), device=new).state == State.WAITING
    assert judged(None, Presses(NOON - HOUR), device=new).state == State.WELL  # one that sends no heartbeat
    assert judged(None, Presses(NOON - 25 * HOUR), device=new).state == State.SILENT
    assert judged(None, Presses()).state == State.SILENT  # paired, and never heard
    assert judged(HOUR, device=DEVICE._replace(retired_at=NOON)).state == State.RETIRED
    assert judged(HOUR, device=DEVICE._replace(revoked_at=NOON, retired_at=NOON)).state == State.REVOKED


def kinds(found: Health) -> list[str]:
    assert (found.state == State.TROUBLED) == bool(found.troubles)
    return [one.kind for one in found.troubles]


@pytest.mark.parametrize(
    ("beat", "kind"),
    [
        ({"queue": 3, "oldest": NOON - 11 * MINUTE}, ["queue"]),
        ({"queue": 3, "oldest": NOON - 2 * MINUTE}, []),
        ({"aside": 1}, ["aside"]),
        ({"at": NOON + HOUR}, ["clock"]),
        ({"at": NOON - 30_000 - 4 * MINUTE}, []),
        ({"battery": Battery(0.15, False)}, ["battery"]),
        ({"battery": Battery(0.05, True)}, []),
        ({"persisted": False}, ["storage"]),
        ({"persisted": True, "settings": "old", "app": "old"}, ["settings", "app"]),
        ({"settings": "new", "app": "new"}, []),
    ],
)
def test_what_a_tablet_tells_is_judged(beat: dict[str, object], kind: list[str]) -> None:
    assert kinds(judged(beat=beat)) == kind


def test_presses_that_neither_came_nor_wait_are_counted() -> None:
    told = {"seq": 120, "queue": 4, "aside": 1, "oldest": NOON - MINUTE}
    assert judged(beat=told, presses=Presses(NOON - HOUR, 101, 15)).troubles == (Trouble("aside", 1),)
    assert Trouble("missing", 5) in judged(beat=told, presses=Presses(NOON - HOUR, 101, 10)).troubles
    assert not judged(beat={"seq": 7}, presses=Presses(NOON - HOUR, 101, 30)).troubles  # begun anew


def test_one_face_only_is_told_where_chance_does_not_explain_it() -> None:
    def face(number: int, before: dict[int, int]) -> list[str]:
        presses = Presses(NOON - HOUR, faces={7: {4: number}})
        return kinds(judged(presses=presses, usual_face=lambda _series: before))

    mixed = {0: 20, 2: 30, 4: 50}
    assert face(19, mixed) == []
    assert face(20, mixed) == ["one-face"]
    assert face(60, {0: 5, 4: 95}) == []  # nearly everybody is happy here anyway
    assert face(300, {0: 5, 4: 95}) == ["one-face"]
    assert face(20, {0: 9, 4: 9}) == []  # too few before to know what is usual


def test_fewer_than_five_presses_after_hours_are_not_told() -> None:
    assert kinds(judged(presses=Presses(NOON - HOUR, closed=4))) == []
    assert judged(presses=Presses(NOON - HOUR, closed=5)).troubles == (Trouble("closed", 5),)


def test_alive_but_nobody_presses() -> None:
    """A busy kiosk is missed after hours, a quiet one after days; nights do not count."""
    last = moment("2026-02-28 12:00")

    def idle(a_day: int, now: str) -> list[str]:
        presses = Presses(last)
        heard = {"device": DEVICE, "now": moment(now), "heard_ms_ago": NOON - moment(now) + 1000}
        return kinds(judged(presses=presses, presses_between=lambda _start, _end: 28 * a_day, **heard))

    assert idle(120, "2026-02-28 13:20") == []  # ten an hour: 13 would be usual
    assert idle(120, "2026-02-28 13:30") == ["nobody"]
    assert idle(12, "2026-02-28 22:00") == []
    assert idle(12, "2026-03-01 16:00") == ["nobody"]
    assert idle(0, "2026-03-02 12:00") == []  # hardly pressed before either: nobody knows
    never = {"device": DEVICE._replace(paired_at=moment("2026-03-01 18:00")), "presses": Presses()}
    assert kinds(judged(**never)) == []  # six hours of opening
    assert kinds(judged(**never, now=moment("2026-03-02 14:00"), heard_ms_ago=-2 * HOUR)) == ["never"]


@pytest.mark.parametrize(
    ("hours", "zone", "start", "end", "open_hours"),
    [
        (TEN_TO_TEN, MOSCOW, "2026-03-02 12:00", "2026-03-02 13:30", 1.5),
        (TEN_TO_TEN, MOSCOW, "2026-03-02 08:00", "2026-03-04 11:00", 25),
        (TEN_TO_TEN, MOSCOW, "2026-03-02 23:00", "2026-03-03 09:00", 0),
        (LATE, MOSCOW, "2026-03-07 01:00", "2026-03-07 23:00", 4),  # the end of Friday's, and Saturday's
        (LATE, MOSCOW, "2026-03-02 00:00", "2026-03-05 00:00", 0),
        (Hours("24", {6: (0, 1440)}), BERLIN, "2026-03-29 00:00", "2026-03-30 00:00", 23),  # clocks go forward
        (None, MOSCOW, "2026-03-02 23:00", "2026-03-03 09:00", 10),
        (TEN_TO_TEN, MOSCOW, "2025-03-02 00:00", "2026-03-02 00:00", 36 * 12),  # a year: the last weeks alone
    ],
)
def test_how_long_a_shop_was_open(hours: Hours | None, zone: ZoneInfo, start: str, end: str, open_hours: float) -> None:
    assert opened_ms(hours, zone, moment(start, zone), moment(end, zone)) == open_hours * HOUR


def test_when_a_shop_was_closed() -> None:
    start, end = moment("2026-03-02 12:00"), moment("2026-03-03 12:00")
    assert closed_spans(TEN_TO_TEN, MOSCOW, start, end) == [(start + 10 * HOUR, start + 22 * HOUR)]
    assert closed_spans(LATE, MOSCOW, start, end) == [(start, end)]
    assert closed_spans(TEN_TO_TEN, MOSCOW, start, start + HOUR) == []
    assert closed_spans(None, MOSCOW, start, end) == []


def test_whether_a_shop_is_open() -> None:
    assert is_open(None, MOSCOW, NOON)
    assert is_open(LATE, MOSCOW, moment("2026-03-08 01:59"))
    assert not is_open(TEN_TO_TEN, MOSCOW, moment("2026-03-08 22:00"))


def test_a_moved_kiosk_knows_where_it_stood() -> None:
    moved = DEVICE._replace(stood=(Stood(100, "centre", ("returns",)), Stood(200, "north", ("till",))))
    assert [moved.place_at(moment) for moment in (50, 150, 250)] == ["centre", "north", "omsk"]
    assert [moved.asks(point) for point in ("till", "returns", "write")] == [True, True, False]
