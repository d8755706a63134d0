"""One touchpoint over time and over the hours of a week, and when enough people will have answered."""

from __future__ import annotations

from datetime import date

import pytest

from otklik_collector.map.line import line
from otklik_collector.map.pace import enough
from otklik_collector.map.periods import following, last_weeks, period_with, previous, units
from otklik_collector.map.posterior import Posterior
from otklik_collector.map.series import Period
from otklik_collector.map.slices import DayCounts, Slice
from otklik_collector.map.week_grid import week_grid
from otklik_widget.journey import Hours

WEEKS = last_weeks(date(2026, 5, 29), 4)
TILL = Slice("till", "smiley5", Period(WEEKS[0].start, WEEKS[-1].end))
SHOP = Hours("Mo-Su 08:00-22:00", dict.fromkeys(range(7), (480, 1320)))


@pytest.mark.parametrize(
    ("unit", "start", "end"),
    [
        ("day", date(2026, 2, 28), date(2026, 3, 1)),
        ("week", date(2026, 2, 23), date(2026, 3, 2)),
        ("month", date(2026, 2, 1), date(2026, 3, 1)),
        ("quarter", date(2026, 1, 1), date(2026, 4, 1)),
    ],
)
def test_a_day_lies_in_its_week_month_and_quarter(unit: str, start: date, end: date) -> None:
    found = period_with(date(2026, 2, 28), unit)  # type: ignore[arg-type]

    assert found == Period(start, end)
    assert following(previous(found, unit), unit) == found  # type: ignore[arg-type]


def test_the_quarter_before_january_is_in_the_year_before() -> None:
    assert previous(period_with(date(2026, 1, 1), "quarter"), "quarter").start == date(2025, 10, 1)


def test_months_of_a_period_are_cut_at_its_ends() -> None:
    found = list(units(Period(date(2026, 1, 30), date(2026, 3, 2)), "month"))

    assert [(one.start.day, one.days) for one in found] == [(30, 2), (1, 28), (1, 1)]


def test_weeks_end_where_the_map_ends_and_none_is_half() -> None:
    assert [week.days for week in WEEKS] == [7] * 4
    assert (WEEKS[0].start, WEEKS[-1].end) == (date(2026, 5, 1), date(2026, 5, 29))


def days(*weeks: dict[int, int], wording: int = 1) -> list[DayCounts]:
    return [DayCounts(week.start, wording, counts) for week, counts in zip(WEEKS, weeks, strict=False) if counts]


def test_a_week_has_its_share_with_its_band() -> None:
    found = line(TILL, days({0: 10, 4: 30}, {0: 30, 4: 30}, {}, {4: 50}), WEEKS)

    assert [point.responses for point in found.points] == [40, 60, 0, 50]
    assert [point.share for point in found.points] == [0.25, 0.5, None, 0]
    assert found.points[2].state == "empty"
    assert found.points[0].low is not None
    assert found.points[0].high is not None
    assert found.points[0].low < 0.25 < found.points[0].high
    assert (found.whole.responses, found.whole.share) == (150, pytest.approx(40 / 150))


def test_a_week_of_few_cannot_be_computed_from_the_others() -> None:
    found = line(TILL, days({0: 1, 4: 2}, {4: 60}, {4: 20}, {4: 50}), WEEKS)

    # The week of three is hidden, and the smallest of the others with it.
    assert [point.share is None for point in found.points] == [True, False, True, False]
    assert [point.responses for point in found.points] == [3, 60, 20, 50]
    assert found.whole.share is not None


def test_the_line_breaks_where_the_question_changed() -> None:
    answered = [
        *days({4: 20}, {4: 30}),
        DayCounts(WEEKS[1].start, 2, {0: 9}),
        DayCounts(WEEKS[3].start, 2, {0: 19}),
    ]
    found = line(TILL, answered, WEEKS)

    assert [(point.wording, point.responses) for point in found.points] == [(1, 20), (1, 30), (2, 9), (2, 0), (2, 19)]
    assert [point.responses for point in found.breaks] == [9]
    assert (found.whole.wording, found.whole.responses) == (2, 28)


def test_the_grid_shows_the_evening_queue() -> None:
    counted = {(day, hour): (3, 60) for day in range(7) for hour in range(8, 22)}
    counted |= {(day, hour): (20, 60) for day in range(5) for hour in range(17, 20)}
    found = week_grid(counted, SHOP)
    evening, morning = found.find(0, 18), found.find(0, 9)

    assert (found.by, len(found.cells)) == ("hour", 98)  # hours when the shop is closed are not shown
    assert evening is not None
    assert morning is not None
    assert evening.share is not None
    assert morning.share is not None
    assert found.average is not None
    # Pulled toward the touchpoint, never beyond it.
    assert morning.share < found.average < evening.share < 20 / 60


def test_a_press_after_closing_time_is_shown_where_there_is_one() -> None:
    found = week_grid({(0, 23): (0, 9), **{(day, 12): (1, 99) for day in range(7)}}, SHOP)

    assert found.find(1, 23) is None
    assert found.by == "part"  # half the hours have fewer than five: parts of the day say more
    cell = found.find(0, 18)
    assert cell is not None
    assert (cell.responses, cell.end) == (9, 24)


def test_a_cell_of_few_is_hatched_and_cannot_be_computed_from_the_others() -> None:
    counted = {(day, hour): (1, 10) for day in range(7) for hour in range(24)} | {(2, 3): (1, 1)}
    found = week_grid(counted)
    hidden = [cell for cell in found.cells if cell.share is None]

    assert [(cell.weekday, cell.start) for cell in hidden] == [(0, 0), (2, 3)]
    assert sum(cell.responses for cell in hidden) >= 5
    assert all(cell.share is None for cell in week_grid({(0, 0): (1, 4)}).cells)
    assert all(cell.share is None for cell in week_grid(counted, withheld=True).cells)


@pytest.mark.parametrize(
    ("unhappy", "responses", "needed", "days_", "on"),
    [
        (1, 7, 40, 160, date(2026, 11, 5)),  # 47 responses know a share of one in seven to within 10
        (0, 0, 70, None, None),  # nobody answers, so no day can be told
        (0, 28, 2, 2, date(2026, 5, 31)),
        (40, 100, 1, 1, date(2026, 5, 30)),
    ],
)
def test_it_is_told_when_enough_will_have_answered(
    unhappy: int, responses: int, needed: int, days_: int | None, on: date | None
) -> None:
    found = enough(unhappy, responses, Posterior(5, 15), 28, date(2026, 5, 29))

    assert (found.needed, found.days, found.on) == (needed, days_, on)


def test_a_day_too_far_away_is_not_pretended() -> None:
    assert enough(1, 3, Posterior(50, 50), 365, date(2026, 5, 29)).on is None
