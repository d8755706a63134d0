"""Until when somebody must be answered: opening hours, closed days, clocks that are put forward and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from otklik_collector.deadline import claim_due, due, open_time
from otklik_widget.journey import Hours
from otklik_widget.journey_file import parse_hours

DAY = timedelta(hours=24)
MINUTE = timedelta(minutes=1)
ZONES = [
    ZoneInfo(name) for name in ("Europe/Moscow", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")
]


@pytest.mark.parametrize(
    ("hours", "opened", "until"),
    [
        (None, "2026-11-20 19:00", "2026-11-21 19:00"),
        ("Mo-Su 00:00-24:00", "2026-11-20 19:00", "2026-11-21 19:00"),
        # 14 hours a day: what came at noon has ten today and fourteen tomorrow.
        ("Mo-Su 08:00-22:00", "2026-11-18 12:00", "2026-11-19 22:00"),
        # Friday evening: Monday, Tuesday and six hours of Wednesday.
        ("Mo-Fr 09:00-18:00", "2026-11-20 19:00", "2026-11-25 15:00"),
        # A bar: Friday 20:00 to 02:00 and so on; what came at one at night still has an hour of Friday.
        ("Fr-Sa 20:00-02:00", "2026-11-21 01:00", "2026-12-05 01:00"),
        # Once a week two hours: twelve weeks.
        ("Mo 10:00-12:00", "2026-11-23 09:00", "2027-02-08 12:00"),
    ],
)
def test_a_day_is_24_open_hours(hours: str | None, opened: str, until: str) -> None:
    zone = ZoneInfo("Europe/Moscow")
    found = due(at(opened, zone), parse_hours(hours) if hours else None, zone, DAY)
    assert f"{found.astimezone(zone):%Y-%m-%d %H:%M}" == until


def at(written: str, zone: ZoneInfo) -> datetime:
    return datetime.strptime(written, "%Y-%m-%d %H:%M").replace(tzinfo=zone)


def test_a_night_on_which_the_clock_is_put_forward_is_an_hour_shorter() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    found = due(at("2026-03-28 12:00", berlin), None, berlin, DAY)
    assert f"{found.astimezone(berlin):%Y-%m-%d %H:%M}" == "2026-03-29 13:00"
    night = parse_hours("Mo-Su 22:00-06:00")
    assert open_time(at("2026-03-28 22:00", berlin), at("2026-03-29 06:00", berlin), night, berlin) == 7 * 60 * MINUTE


def test_a_claim_has_whole_days_after_the_one_on_which_it_came() -> None:
    omsk = ZoneInfo("Asia/Omsk")
    assert claim_due(at("2026-11-20 00:30", omsk), 10, omsk) == at("2026-12-01 00:00", omsk)
    assert claim_due(at("2026-11-20 23:30", omsk), 10, omsk) == at("2026-12-01 00:00", omsk)


@st.composite
def weeks(draw: st.DrawFn) -> Hours:
    """Any week with at least six hours of opening in it."""
    minute = st.integers(0, 95).map(lambda quarter: quarter * 15)
    days = draw(st.dictionaries(st.integers(0, 6), st.tuples(minute, minute), min_size=1))
    first = min(days)
    days[first] = (days[first][0] % 720, days[first][0] % 720 + 360)
    return Hours("", days)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda found: found.replace(tzinfo=UTC))  # noqa: DTZ001


@given(weeks(), moments, st.sampled_from(ZONES), st.integers(1, 24))
@example(Hours("", {4: (0, 360)}), datetime(2026, 1, 2, 2, 0, 0, 1, UTC), ZONES[0], 1)
def test_until_the_deadline_it_is_open_for_exactly_the_time_allowed(
    hours: Hours, opened: datetime, zone: ZoneInfo, allowed: int
) -> None:
    found = due(opened, hours, zone, timedelta(hours=allowed))
    assert found - opened >= timedelta(hours=allowed)
    assert open_time(opened, found, hours, zone) == timedelta(hours=allowed)
    # A moment before: somebody who came a millionth late is owed a millionth of the next day.
    last = (found - timedelta(microseconds=1)).astimezone(zone)
    if last.utcoffset() == (last - DAY).utcoffset() == (last + DAY).utcoffset():
        assert hours.open_at(last.weekday(), last.time()), "a deadline never falls into the night"


@given(weeks(), moments, st.timedeltas(timedelta(), timedelta(days=9)), st.sampled_from(ZONES))
def test_who_came_later_is_never_promised_an_earlier_answer(
    hours: Hours, opened: datetime, later: timedelta, zone: ZoneInfo
) -> None:
    assert due(opened, hours, zone, DAY) <= due(opened + later, hours, zone, DAY)


@given(weeks(), moments, st.integers(0, 3 * 1440))
def test_open_time_is_the_number_of_open_minutes(hours: Hours, since: datetime, minutes: int) -> None:
    since = since.replace(second=0, microsecond=0)
    zone = ZoneInfo("Asia/Omsk")  # no clock is put forward there
    clocks = [(since + number * MINUTE).astimezone(zone) for number in range(minutes)]
    counted = sum(hours.open_at(clock.weekday(), clock.time()) for clock in clocks)
    assert open_time(since, since + minutes * MINUTE, hours, zone) == counted * MINUTE
