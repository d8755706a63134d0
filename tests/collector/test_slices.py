"""The store tells one slice: by day, by hour of the week, of a part of the customers."""

from __future__ import annotations

from datetime import date

import pytest
from conftest import response

from otklik_collector.map.series import Period
from otklik_collector.map.slices import Slice
from otklik_collector.store import Store

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
TILL = Slice("till", "smiley5", MARCH)


@pytest.fixture
def march(store: Store) -> Store:
    """Forty answers at two tills and one page of returns: Omsk's guests are the unhappy ones."""
    store.responses.submit(
        [
            response(
                number,
                score=0 if number % 4 == 0 else 4,
                place="omsk" if number % 2 == 0 else "centre",
                segment="guest" if number % 4 == 0 else "host",
                channel="kiosk",
                day=20260302 + number % 5,
                hour=None if number == 39 else 10 + number % 3,
            )
            for number in range(40)
        ]
        + [response(50, flags=("burst",)), response(51, touchpoint="returns", scale="ces7", score=1)]
    )
    return store


def test_a_slice_counts_its_touchpoint_alone(march: Store) -> None:
    found = march.slices.counts(TILL)

    assert (found.counts, found.flagged, found.wording) == ({0: 10, 4: 30}, 1, 1)
    assert found.channels == {"kiosk": 40}
    assert found.shown


@pytest.mark.parametrize(
    ("part", "counts"),
    [
        ({"place": "omsk"}, {0: 10, 4: 10}),
        ({"segment": "host"}, {4: 30}),
        ({"channel": "web"}, {}),
        ({"place": "omsk", "segment": "host"}, {4: 10}),
        ({"place": "omsk", "segment": "guest", "channel": "kiosk"}, {0: 10}),
    ],
)
def test_a_part_of_the_customers_is_counted_from_counters_and_rows_alike(
    march: Store, part: dict[str, str], counts: dict[int, int]
) -> None:
    found = march.slices.counts(Slice("till", "smiley5", MARCH, **part))  # type: ignore[arg-type]

    assert found.counts == counts
    assert not found.withheld


def test_a_period_ends_before_its_last_day(march: Store) -> None:
    days = march.slices.days(TILL.over(Period(date(2026, 3, 3), date(2026, 3, 5))))

    assert [(one.day.day, sum(one.counts.values())) for one in days] == [(3, 8), (4, 8)]


@pytest.mark.parametrize("part", [{}, {"place": "omsk"}, {"place": "omsk", "segment": "guest"}])
def test_hours_hold_all_that_came_with_a_time(march: Store, part: dict[str, str]) -> None:
    cut = Slice("till", "smiley5", MARCH, **part)  # type: ignore[arg-type]
    hours = march.slices.hours(cut)
    expected = march.slices.counts(cut)

    assert sum(n for _bad, n in hours.values()) == expected.responses - (1 if not part else 0)
    assert sum(bad for bad, _n in hours.values()) == expected.unhappy
    assert set(hours) <= {(weekday, hour) for weekday in range(5) for hour in (10, 11, 12)}


def test_a_shop_is_withheld_where_the_few_of_another_could_be_computed(store: Store) -> None:
    store.responses.submit(
        [response(number, place="centre" if number < 3 else "omsk", score=0) for number in range(30)]
    )
    omsk = Slice("till", "smiley5", MARCH, place="omsk")

    assert store.slices.counts(omsk).withheld
    assert not store.slices.counts(omsk).shown
    # Who may see Omsk alone has nothing to subtract it from.
    assert not store.slices.counts(omsk, limited=True).withheld
    assert not store.slices.counts(TILL).withheld


def test_a_place_and_segment_that_is_the_whole_of_a_withheld_shop_is_withheld_too(store: Store) -> None:
    store.responses.submit(
        [response(number, place="centre" if number < 3 else "omsk", segment="guest", score=0) for number in range(30)]
    )

    assert store.slices.counts(Slice("till", "smiley5", MARCH, place="omsk", segment="guest")).withheld


def test_an_unknown_touchpoint_is_an_empty_slice(march: Store) -> None:
    found = march.slices.counts(Slice("moon", "nps", MARCH, place="omsk"))

    assert (found.responses, found.wording, found.withheld) == (0, 1, False)
    assert march.slices.hours(Slice("moon", "nps", MARCH)) == {}


def test_an_old_wording_of_few_responses_does_not_hide_the_new_one(store: Store) -> None:
    store.responses.submit([response(number, place="omsk" if number < 3 else "centre") for number in range(9)])
    version = store.db.execute("SELECT wording FROM series WHERE scale = 'smiley5'").fetchone()[0]
    store.db.execute("UPDATE series SET wording = 'earlier' WHERE wording = ?", (version,))
    store.series.forget()
    store.responses.submit(
        [response(100 + number, place="omsk" if number % 2 else "centre", day=20260312) for number in range(40)]
    )
    found = store.slices.counts(Slice("till", "smiley5", MARCH, place="omsk"))

    assert (found.wording, found.responses, found.withheld) == (2, 20, False)
    assert not store.slices.withheld(Slice("till", "smiley5", MARCH, place="omsk"))
    assert store.slices.withheld(Slice("till", "smiley5", MARCH, place="centre"))
