"""What was published stays, what changed since is said, and a repair is judged after four weeks."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from conftest import response
from sqlite_utils import Database

from otklik_collector.map.effects import windows
from otklik_collector.map.series import Period
from otklik_collector.publishing import effect_of, moved_since, publish
from otklik_collector.response import day_number
from otklik_collector.store import Store, open_store
from otklik_collector.store.changes import Change
from otklik_collector.store.migrations import migrations
from otklik_widget.journey import Journey

MARCH = Period(date(2026, 3, 2), date(2026, 3, 30))
TILLS = Change(date(2026, 3, 30), "till", {"en": "A second till", "ru": "Вторая касса"}, public=True)


def answers(store: Store, unhappy: int, others: int, day: int, first: int, **more: object) -> None:
    store.responses.submit(
        [
            response(first + number, score=0 if number < unhappy else 4, day=day, **more)
            for number in range(unhappy + others)
        ]
    )


def test_a_published_report_stays_as_it_was_read(store: Store, journey: Journey) -> None:
    answers(store, 30, 70, 20260310, 0)
    first = publish(store, journey, MARCH, "", "Anna")
    answers(store, 10, 20, 20260312, 200)
    again = publish(store, journey, MARCH, "", "Boris")

    assert again == first
    assert (first.who, first.period) == ("Anna", MARCH)
    assert store.snapshots.newest() == [first]
    assert store.snapshots.of(MARCH, "omsk") is None
    (deed,) = [one for one in store.audit.newest(9) if one.action == "report-published"]
    assert deed.who == "Anna"


def test_a_report_says_what_late_responses_changed(store: Store, journey: Journey) -> None:
    answers(store, 30, 70, 20260310, 0)
    report = publish(store, journey, MARCH, "", "Anna")
    assert moved_since(store, journey, report) == []
    answers(store, 20, 0, 20260312, 200)
    (moved,) = moved_since(store, journey, report)

    assert (moved.touchpoint, moved.responses_then, moved.responses_now) == ("till", 100, 120)
    assert (moved.share_then, moved.share_now) == (pytest.approx(0.3), pytest.approx(50 / 120))
    assert not moved.few


def test_two_late_responses_are_told_without_their_score(store: Store, journey: Journey) -> None:
    answers(store, 30, 70, 20260310, 0)
    report = publish(store, journey, MARCH, "", "Anna")
    answers(store, 2, 0, 20260312, 200)
    (moved,) = moved_since(store, journey, report)

    assert (moved.responses_now, moved.share_now, moved.few) == (102, None, True)


def test_an_answer_changed_after_the_report_is_told_without_its_score(store: Store, journey: Journey) -> None:
    answers(store, 30, 70, 20260310, 0)
    report = publish(store, journey, MARCH, "", "Anna")
    store.responses.submit([response(99, rev=2, score=0, day=20260310)])
    (moved,) = moved_since(store, journey, report)

    assert (moved.responses_then, moved.responses_now) == (100, 100)
    assert (moved.share_now, moved.few) == (None, True)


def test_a_report_hides_what_the_map_hides(store: Store, journey: Journey) -> None:
    answers(store, 3, 0, 20260310, 0, place="centre")
    answers(store, 10, 30, 20260310, 50, place="omsk")
    rows = publish(store, journey, MARCH, "omsk", "Anna").document["series"]

    till = next(row for row in rows if row["touchpoint"] == "till" and row["scale"] == "smiley5")
    assert (till["withheld"], till["counts"], till["unhappy"]) == (True, None, None)


@pytest.mark.parametrize(
    ("after", "today", "outcome"),
    [
        ((30, 270), date(2026, 4, 27), "worked"),
        ((120, 180), date(2026, 4, 27), "worse"),
        ((85, 215), date(2026, 4, 27), "unclear"),
        ((30, 270), date(2026, 4, 26), "too_early"),
        ((2, 2), date(2026, 4, 27), "unknown"),
    ],
)
def test_a_change_is_judged_after_four_weeks(
    store: Store, journey: Journey, after: tuple[int, int], today: date, outcome: str
) -> None:
    answers(store, 93, 207, 20260310, 0)
    answers(store, *after, day_number(date(2026, 4, 2)), 1000)
    found = effect_of(store, journey, TILLS, today)

    assert found is not None
    assert (found.outcome, found.days_left) == (outcome, 1 if outcome == "too_early" else 0)


def test_a_change_is_held_against_whole_weeks_before_and_after() -> None:
    earlier, later = windows(date(2026, 3, 30))

    assert (earlier.days, later.days, earlier.end, later.start) == (28, 28, later.start, date(2026, 3, 30))


@pytest.mark.parametrize(
    "change", [{"touchpoint": ""}, {"touchpoint": "write"}, {"lasting": True}, {"touchpoint": "x"}]
)
def test_what_has_no_score_to_change_has_no_effect(store: Store, journey: Journey, change: dict[str, str]) -> None:
    assert effect_of(store, journey, replace(TILLS, **change), date(2026, 5, 1)) is None  # type: ignore[arg-type]


def test_notes_of_changes_are_kept_altered_and_taken_back(store: Store) -> None:
    number = store.changes.add(TILLS, "Anna")
    noted = replace(TILLS, id=number)
    omsk = store.changes.add(replace(TILLS, place="omsk", public=False, day=date(2026, 4, 1)), "Boris")

    assert store.changes.find(number) == noted
    assert [one.id for one in store.changes.newest()] == [omsk, number]
    assert [one.id for one in store.changes.newest(["centre"])] == [number]
    assert [one.id for one in store.changes.newest(public=True)] == [number]
    assert [one.id for one in store.changes.newest(since=date(2026, 4, 1))] == [omsk]
    assert store.changes.newest(touchpoint="returns") == []
    assert store.changes.alter(replace(noted, words={"en": "Two tills"}), "Anna")
    assert store.changes.remove(number, "Anna")
    assert not store.changes.remove(number, "Anna")
    assert not store.changes.alter(noted, "Anna")
    assert [one.action for one in store.audit.newest(9)] == [
        "change-removed", "change-altered", "change-noted", "change-noted",
    ]  # fmt: skip


def test_a_database_of_the_step_before_learns_of_reports_and_changes(tmp_path: Path, journey: Journey) -> None:
    file = tmp_path / "older.db"
    with sqlite3.connect(file) as connection:
        migrations.apply(Database(connection), stop_before="m011_published_reports_and_changes")
    connection.close()
    with open_store(file) as store:
        store.series.use(journey)
        answers(store, 5, 25, 20260310, 0)
        assert publish(store, journey, MARCH, "", "Anna").document["version"] == 1
        assert store.changes.add(TILLS, "Anna") == 1
