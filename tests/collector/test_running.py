"""Running counts: any period is right and quick, however late a response comes."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from pathlib import Path

from conftest import Otklik
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from otklik_collector.map.problem_map import Filters, Period
from otklik_collector.response import Response, day_number
from otklik_collector.store import Store, open_store
from otklik_collector.store.migrations import migrations
from otklik_widget.contract import make_uuid7
from otklik_widget.journey import Journey

FIRST = date(2026, 1, 5)
DAYS = 160
CLOSED = 45
"""Mondays and Thursdays after the first day and before the last."""
ALL = Period(FIRST, FIRST + timedelta(days=DAYS))


def response(number: int, day: int = 0, **changes: object) -> Response:
    """A response so many days after the first one."""
    values: dict[str, object] = {
        "id": make_uuid7(1_772_400_000_000 + number, b"0123456789").bytes, "touchpoint": "till", "scale": "smiley5",
        "score": number % 5, "answered_at": 0, "received_at": 0, "day": day_number(FIRST + timedelta(days=day)),
        "hour": 10, "place": ("centre", "omsk")[number % 2], "channel": ("web", "kiosk")[number % 2],
    }  # fmt: skip
    return Response(**{**values, **changes})  # type: ignore[arg-type]


def year(store: Store) -> None:
    """Three responses a day for five months, and all that is over is closed."""
    store.responses.submit([response(day * 3 + n, day) for day in range(DAYS) for n in range(3)])
    store.running.close()


def closed(store: Store) -> int:
    return int(store.db.execute("SELECT count(*) FROM closed_day").fetchone()[0])


def test_all_that_is_over_is_closed(store: Store) -> None:
    year(store)
    assert closed(store) == CLOSED
    assert store.recount.mismatches() == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    late=st.lists(
        st.tuples(st.integers(0, 500), st.integers(0, DAYS - 1), st.integers(1, 5), st.booleans()), max_size=6
    ),
    start=st.integers(-10, DAYS),
    length=st.integers(1, DAYS + 20),
)
def test_any_period_counts_what_its_rows_say_however_late_they_came(
    late: list[tuple[int, int, int, bool]], start: int, length: int, store: Store, journey: Journey
) -> None:
    if not closed(store):
        year(store)
    for number, day, rev, flagged in late:  # new ones, revisions that move to another day, and flags
        store.responses.submit([response(number, day, rev=rev, flags=("burst",) if flagged else ())])
    period = Period(FIRST + timedelta(days=start), FIRST + timedelta(days=start + length))
    days = (day_number(period.start), day_number(period.end))

    for filters, where in (
        (Filters(), "1"),
        (Filters(place="omsk"), "place = 'omsk'"),
        (Filters(channel="web", include_flagged=True), "channel = 'web'"),
    ):
        (found,) = store.counts.of(journey, period, Period(FIRST, FIRST + timedelta(days=1)), filters)
        flags = "" if filters.include_flagged else " AND flags = ''"
        query = f"SELECT score, count(*) FROM response WHERE day >= ? AND day < ? AND {where}{flags} GROUP BY score"
        assert found.counts == dict(store.db.execute(query, days).fetchall())
    channels = "SELECT channel, count(*) FROM response WHERE day >= ? AND day < ? AND flags = '' GROUP BY channel"
    (whole,) = store.counts.of(journey, period, period, Filters())
    assert whole.channels == dict(store.db.execute(channels, days).fetchall())
    assert store.recount.mismatches() == []


def test_a_response_from_long_ago_makes_what_came_since_be_counted_anew(store: Store) -> None:
    year(store)
    store.responses.submit([response(9000, 1)])
    assert closed(store) == 0
    store.running.close()
    assert closed(store) == CLOSED
    assert store.recount.mismatches() == []


def test_while_the_database_is_busy_the_map_is_drawn_from_days(store: Store, journey: Journey, tmp_path: Path) -> None:
    store.responses.submit([response(day, day) for day in range(DAYS)])
    store.db.execute("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(tmp_path / "otklik.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store.running.close()
    (found,) = store.counts.of(journey, ALL, ALL, Filters())
    other.close()
    assert (closed(store), sum(found.counts.values())) == (0, DAYS)


def test_a_wrong_running_count_is_found_and_rebuilt(store: Store, otklik: Otklik, tmp_path: Path) -> None:
    year(store)
    store.db.execute("UPDATE running_count SET c3 = c3 + 1 WHERE dimension = 'place' AND day = 20260112")
    store.db.execute("INSERT INTO running_count SELECT day, 'place', 'nowhere', series, 0, 1,1,1,1,1,1,1,1,1,1,1"
                     " FROM running_count WHERE dimension = '' AND day = 20260119")  # fmt: skip
    store.close()

    found = otklik("verify", "--json", "--repair", "--db", tmp_path / "otklik.db")

    assert [(row["table"], row["key"][2]) for row in found.json()["mismatches"]] == [
        ("running_count", "centre"),
        ("running_count", "omsk"),
        ("running_count", "nowhere"),
    ]
    assert otklik("verify", "--db", tmp_path / "otklik.db").status == 0


def test_a_database_of_the_step_before_gets_its_running_counts(tmp_path: Path, journey: Journey) -> None:
    file = tmp_path / "old.db"
    with open_store(file, create=True) as now:
        now.series.use(journey)
        now.responses.submit([response(day, day, person=b"anna" if day % 2 else None) for day in range(DAYS)])
    old = Database(file)
    for statement in (
        "DROP TRIGGER running_count_after_insert", "DROP TRIGGER running_count_after_update",
        "DROP TRIGGER running_count_after_delete", "DROP TABLE running_count", "DROP TABLE closed_day",
        "DROP INDEX response_person",
    ):  # fmt: skip
        old.execute(statement)
    with old.conn:
        old.execute("DELETE FROM _sqlite_migrations WHERE name = 'm006_running_counts'")
    assert [step.name for step in migrations.pending(old)] == ["m006_running_counts"]
    old.close()

    with open_store(file) as store:
        store.running.close()
        (found,) = store.counts.of(journey, ALL, ALL, Filters())
        assert (closed(store), sum(found.counts.values())) == (CLOSED, DAYS)
        assert store.counts.repeated_share(ALL) == (DAYS / 2 - 1) / DAYS
        assert store.recount.mismatches() == []


def test_of_very_many_responses_the_share_of_repeats_is_an_honest_estimate(store: Store) -> None:
    import hashlib

    people = [hashlib.sha256(str(number % 9000).encode()).digest()[:16] for number in range(18_000)]
    store.responses.submit([response(n, n % 28, person=person, score=3) for n, person in enumerate(people)])

    share = store.counts.repeated_share(ALL)

    assert share is not None
    assert abs(share - 0.5) < 0.05
