"""Misuse is flagged, never refused and never deleted; no rule looks at how good an answer is."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import Otklik, Serve, answer, response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from otklik_collector.misuse import (
    GAP,
    REPEAT,
    REPLACED,
    Given,
    beyond_passes,
    is_closed,
    is_fast,
    is_robot,
    suspected_answers,
    suspected_presses,
)  # fmt: skip
from otklik_collector.response import Response
from otklik_collector.store import Store, open_store
from otklik_widget.contract import make_uuid7
from otklik_widget.journey import Journey
from otklik_widget.journey_file import read_journey

T = 1_772_400_000_000
DAY = 24 * 3600


def presses(told: Sequence[tuple[float, int]]) -> list[Given]:
    return [Given(bytes([n]), round(seconds * 1000), button) for n, (seconds, button) in enumerate(told)]


def reasons(found: dict[bytes, str], number: int) -> list[str | None]:
    return [found.get(bytes([n])) for n in range(number)]


# The figures of the measuring method.
@pytest.mark.parametrize(
    ("told", "counts"),
    [
        ([(0, 3), (1, 3), (2, 3), (6, 0), (10.9, 0), (11, 3)], [True, False, False, True, False, True]),
        ([(0, 0), (6, 0), (12, 0), (18, 0), (60, 0)], [True] * 5),
        ([(0, 0), (6, 0), (12, 0), (18, 0), (24, 0)], [True] + [False] * 4),
        ([(0, 0), (14, 0), (28, 0), (42, 0), (57, 0)], [True] * 5),
        ([(0, 0), (6, 0), (12, 1), (18, 0), (24, 0), (30, 0)], [True] * 6),
    ],
)
def test_hammering_a_kiosk_counts_once(told: list[tuple[float, int]], counts: list[bool]) -> None:
    found = suspected_presses(presses(told))
    assert [bytes([n]) not in found for n in range(len(told))] == counts


many = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 4)), max_size=30)


@given(many, st.randoms(use_true_random=False))
def test_no_rule_asks_whether_an_answer_is_good(told: list[tuple[float, int]], random: Any) -> None:
    shuffled = presses(told)
    random.shuffle(shuffled)
    mirrored = [one._replace(button=4 - one.button) for one in shuffled]
    for rule in (suspected_presses, suspected_answers, lambda rows: beyond_passes(rows, 5)):
        assert rule(mirrored) == rule(presses(told))


def test_a_customer_counts_once_a_day_and_may_think_again() -> None:
    hours = [(0, 1), (300, 4), (600, 2), (601, 0), (DAY - 1, 0), (DAY, 3), (DAY + 700, 1)]
    found = suspected_answers(presses([(float(at), button) for at, button in hours]))
    assert reasons(found, 7) == [REPLACED, REPLACED, None, REPEAT, REPEAT, None, REPEAT]


@pytest.mark.parametrize(
    ("agent", "robot"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", True),
        ("Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)", True),
        ("Mozilla/5.0 (compatible; YandexMobileBot/3.0)", True),
        ("TelegramBot (like TwitterBot)", True),
        ("Mozilla/5.0 (Linux; Android 11; CUBOT KING KONG CS) AppleWebKit/537.36 Chrome/120 Safari/537.36", False),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", False),
        ("python-requests/2.31", False),  # a program that sends what an SMS brought is no robot that reads pages
        ("", False),
    ],
)
def test_robots_that_say_so_are_known(agent: str, robot: bool) -> None:
    assert is_robot(agent) == robot


def test_nobody_reads_a_question_in_half_a_second() -> None:
    assert is_fast(2, 499)
    assert not is_fast(2, 500)
    assert not is_fast(1, 0)  # the first one followed nothing
    assert not is_fast(None, None)


def test_a_shop_without_hours_is_never_closed() -> None:
    assert not is_closed(None, datetime(2026, 3, 2, 3, tzinfo=UTC))


# ---- in the database


def press(number: int, seconds: float, score: int = 3, **changes: object) -> Response:
    at = T + round(seconds * 1000)
    found = {"device": "exit-1", "channel": "kiosk", "score": score, "answered_at": at, **changes}
    return response(number, id=make_uuid7(T + number, b"0123456789").bytes, **found)


def visit(number: int, seconds: float, score: int = 3, **changes: object) -> Response:
    at = T + round(seconds * 1000)
    day = datetime.fromtimestamp(at / 1000, UTC)
    numbered = day.year * 10000 + day.month * 100 + day.day
    return response(number, **{"person": b"anna" * 4, "score": score, "answered_at": at, "day": numbered, **changes})


def flags(store: Store) -> dict[bytes, str]:
    return dict(store.db.conn.execute("SELECT id, flags FROM response").fetchall())


numbers = itertools.count(100, 100)
moments = st.lists(st.tuples(st.integers(0, 120), st.integers(0, 1)), min_size=1, max_size=14)
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@quick
@given(moments, st.randoms(use_true_random=False), st.booleans())
def test_presses_are_judged_in_their_order_however_late_they_come(
    store: Store, told: list[tuple[int, int]], random: Any, restarted: bool
) -> None:
    tablet = next(numbers)  # one of its own for each example, in the same database
    sent = [press(tablet + n, seconds, score, device=f"exit-{tablet}") for n, (seconds, score) in enumerate(told)]
    arrived = random.sample(sent, len(sent))
    while arrived:
        some, arrived = arrived[: (size := random.randint(1, 4))], arrived[size:]
        store.responses.submit(some)
        if restarted:
            store.responses._suspicion.forget()
    wanted = suspected_presses(Given(one.id, one.answered_at, one.score or 0) for one in sent)
    found = flags(store)
    assert {one.id: found[one.id] for one in sent} == {one.id: wanted.get(one.id, "") for one in sent}
    assert not store.recount.mismatches()


@quick
@given(st.lists(st.tuples(st.integers(0, 80), st.integers(0, 4)), min_size=1, max_size=10), st.randoms())
def test_answers_of_a_customer_are_judged_in_their_order(
    store: Store, told: list[tuple[int, int]], random: Any
) -> None:
    customer = next(numbers)
    sent = [
        visit(customer + n, hours * 3600 + n * 60, score, person=customer.to_bytes(16, "little"))
        for n, (hours, score) in enumerate(told)
    ]
    for one in random.sample(sent, len(sent)):
        store.responses.submit([one])
    wanted = suspected_answers(Given(one.id, one.answered_at, one.score or 0) for one in sent)
    found = flags(store)
    assert {one.id: found[one.id] for one in sent} == {one.id: wanted.get(one.id, "") for one in sent}
    assert not store.recount.mismatches()


def test_a_press_of_another_tablet_or_question_is_another_press(store: Store) -> None:
    store.responses.submit([press(1, 0), press(2, 1, device="exit-2"), press(3, 2, scale="ces7")])
    assert set(flags(store).values()) == {""}


def test_phones_behind_one_address_are_not_one_visitor(store: Store) -> None:
    store.responses.submit([response(n, answered_at=T + n * 1000) for n in range(20)])
    assert set(flags(store).values()) == {""}


def test_what_an_import_brings_is_not_judged(store: Store) -> None:
    store.responses.submit([press(n, n, source="tablets-2025") for n in range(5)])
    assert set(flags(store).values()) == {""}


def test_a_changed_press_is_judged_anew_and_so_are_those_beside_it(store: Store) -> None:
    first, second, third = press(1, 0), press(2, 3), press(3, 6)
    store.responses.submit([first, second, third])
    assert flags(store) == {first.id: "", second.id: GAP, third.id: ""}

    store.responses.submit([press(1, 400, rev=2)])  # its clock was set right

    assert flags(store) == {first.id: "", second.id: "", third.id: GAP}
    assert not store.recount.mismatches()


def test_a_persons_word_stands_above_the_rules(store: Store) -> None:
    first, second = press(1, 0), press(2, 3)
    store.responses.submit([first, second])

    assert store.flags.remove([second.id], GAP, "") == (1, [])
    assert store.flags.add([first.id], "staff", "") == (1, [])
    store.responses.submit([press(1, 0, rev=2), press(2, 3, rev=2), press(3, 4)])

    found = flags(store)
    assert (found[first.id], found[second.id], found[press(3, 4).id]) == ("staff", "", GAP)
    assert not store.recount.mismatches()
    store.flags.remove([first.id], None, "")
    assert flags(store)[first.id] == ""
    assert not store.recount.mismatches()


def test_a_response_counts_when_no_reason_is_left(store: Store) -> None:
    one = press(1, 0, flags=("closed", "robot"))
    store.responses.submit([one])

    def counted() -> list[Any]:
        query = "SELECT flagged, c3 FROM day_count WHERE dimension = '' AND c3 > 0"
        return [tuple(row) for row in store.db.conn.execute(query)]

    store.flags.remove([one.id], "closed", "")
    assert counted() == [(1, 1)]
    store.flags.remove([one.id], "robot", "")
    assert counted() == [(0, 1)]


def test_flags_of_days_long_gone_move_the_running_counts(store: Store) -> None:
    store.responses.submit([press(n, n * 60) for n in range(9)])
    store.responses.submit([press(20, 40 * DAY, day=20260411)])
    store.running.close()
    store.flags.add([press(n, 0).id for n in range(5)], "staff", "")
    assert not store.recount.mismatches()


def test_an_erased_response_leaves_no_decision_behind(store: Store) -> None:
    one = press(1, 0)
    store.responses.submit([one])
    store.flags.add([one.id], "staff", "")
    store.erasure.erase("id", "x", "Anna", lambda: store.erasure.of_id(one.id))
    assert store.db.table("flag_decision").count == 0


def test_a_database_of_the_step_before_learns_of_decisions(tmp_path: Path, journey: Journey) -> None:
    from sqlite_utils import Database

    from otklik_collector.store.migrations import migrations

    with Database(tmp_path / "otklik.db") as db:
        migrations.apply(db, stop_before="m008_flags_that_people_decided_and_kiosks")
        db.execute("INSERT INTO series VALUES (1, 'till', 'smiley5', 'x', 1, '{}')")
        row = (press(1, 0).id, 1, 1, 3, "", "kiosk", "", T, T, 20260302, 10, "", None, "[]", "", "", "exit-1")
        marks = ", ".join("?" * 22)
        db.execute(f"INSERT INTO response VALUES ({marks})", (*row, None, None, None, "", None))
        db.conn.commit()
    with open_store(tmp_path / "otklik.db") as store:
        store.series.use(journey)
        store.recount.repair()
        store.responses.submit([press(2, 3, wording="x")])
        assert flags(store) == {press(1, 0).id: "", press(2, 3).id: GAP}


def test_looking_beside_a_press_reads_by_an_index(store: Store) -> None:
    plans = {
        "response_device": "SELECT id FROM response WHERE device = 'a' AND device <> '' AND series = 1"
        " AND answered_at <= 5 ORDER BY answered_at DESC LIMIT 9",
        "response_person": "SELECT id FROM response WHERE substr(person, 1, 1) = x'00' AND person = x'00'"
        " AND series = 1 AND day IN (1, 2, 3)",
    }
    for index, query in plans.items():
        plan = " ".join(str(row[3]) for row in store.db.conn.execute(f"EXPLAIN QUERY PLAN {query}"))
        assert f"INDEX {index} (" in plan
        assert "TEMP B-TREE" not in plan


def test_more_presses_than_customers_are_flagged_and_follow_a_corrected_number(store: Store) -> None:
    day = [press(n, n * 60, place="omsk" if n % 2 else "centre") for n in range(8)]
    store.responses.submit(day)

    def told(counted: dict[tuple[str, str, int], int]) -> list[int]:
        store.passes.put(counted)
        store.responses.judge_passes((point, on) for point, _place, on in counted)
        assert not store.recount.mismatches()
        return [n for n, one in enumerate(day) if flags(store)[one.id] == "passes"]

    assert told({("till", "omsk", 20260302): 2}) == [5, 7]
    assert told({("till", "", 20260302): 3}) == [5, 6, 7]  # what is told without a place is for the other places
    assert told({("returns", "", 20260302): 0}) == [5, 6, 7]
    late = press(9, 30, place="omsk", received_at=T + 3 * DAY * 1000)
    store.responses.submit([late])
    assert [n for n, one in enumerate(day) if flags(store)[one.id] == "passes"] == [3, 5, 6, 7]
    store.responses.submit([press(7, 420, place="omsk", rev=2)])
    store.flags.remove([day[5].id], "passes", "")
    assert told({("till", "omsk", 20260302): 2}) == [3, 6, 7]
    assert told({("till", "omsk", 20260302): 9}) == [6]


# ---- through the door


JOURNEY_HOURS = 'name = { ru = "Касса", en = "Till" }'


@pytest.fixture
def open_by_day(small_journey: Path) -> Path:
    """The till is open from eight to ten, and Omsk from eight to noon."""
    text = small_journey.read_text(encoding="utf-8")
    text = text.replace(JOURNEY_HOURS, f'{JOURNEY_HOURS}\nhours = "Mo-Su 08:00-22:00"')
    text = text.replace('name = "Omsk"', 'name = "Omsk"\nhours = "Mo-Su 08:00-12:00"')
    small_journey.write_text(text, encoding="utf-8")
    return small_journey


@pytest.mark.parametrize(
    ("place", "hour", "hours"),
    [("", 21, True), ("", 22, False), ("centre", 21, True), ("omsk", 11, True), ("omsk", 12, False)],
)
def test_a_place_has_its_own_hours(open_by_day: Path, place: str, hour: int, hours: bool) -> None:
    found = read_journey(open_by_day).hours("till", place)
    assert is_closed(found, datetime(2026, 3, 2, hour, tzinfo=UTC)) != hours


def test_suspected_responses_are_listed_and_counted_again(serve: Serve, otklik: Otklik) -> None:
    collector = serve()
    day = datetime.now(UTC)
    at = int(day.timestamp() * 1000) - 60_000
    kiosk = [answer(score=1, device="exit-1", channel="kiosk", at=at + n * 1000, sent=at + 60_000) for n in range(3)]
    collector.post(kiosk)
    robot = answer()
    assert collector.post(robot, User_Agent="Mozilla/5.0 (compatible; bingbot/2.0)").status == 201
    again = [answer("till", "ces7", score, customer="Anna 4711") for score in (2, 6)]
    for one in again:
        assert collector.post(one).status == 201
    quick = answer(seq=2, gap=120)
    collector.post(quick)

    found = otklik("flag", "list", "--db", collector.db, "--json").json()

    told = {one["id"]: one["flags"] for one in found}
    assert told == {
        kiosk[1]["id"]: ["gap"], kiosk[2]["id"]: ["gap"], robot["id"]: ["robot"], again[0]["id"]: ["replaced"],
        quick["id"]: ["fast"],
    }  # fmt: skip
    listed = otklik("flag", "list", "--db", collector.db, "--reason", "gap")
    assert kiosk[1]["id"] in listed.out
    assert robot["id"] not in listed.out
    assert "2  gap  pressed within 5 seconds" in listed.err
    gone = otklik("flag", "remove", "--id", kiosk[1]["id"], "--db", collector.db)
    assert (gone.status, gone.err) == (0, "no longer flagged so: 1\n")
    collector.post({**kiosk[1], "rev": 2})
    assert otklik("flag", "add", "--id", kiosk[0]["id"], "--reason", "staff", "--db", collector.db).status == 0
    days = ("--from", "2020-01-01", "--to", "2100-01-01")
    assert otklik("flag", "remove", "--reason", "robot", *days, "--db", collector.db).status == 0
    told = {one["id"]: one["flags"] for one in otklik("flag", "list", "--db", collector.db, "--json").json()}
    assert told == {
        kiosk[0]["id"]: ["staff"], kiosk[2]["id"]: ["gap"], again[0]["id"]: ["replaced"], quick["id"]: ["fast"],
    }  # fmt: skip
    assert otklik("verify", "--db", collector.db).status == 0
    series = otklik("map", "--format", "json", "--db", collector.db, "--journey", collector.journey).json()["series"]
    assert {one["scale"]: one["flagged"] for one in series if one["touchpoint"] == "till"} == {"smiley5": 3, "ces7": 1}
    audit = otklik("audit", "--db", collector.db)
    assert "flagged responses" in audit.out
    assert "took flags back" in audit.out


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("add", "--id", "7", "--reason", "staff"), 2, "“7” is no id"),
        (("add", "--id", str(make_uuid7()), "--reason", "Our staff"), 2, "“Our staff” is no word"),
        (("add", "--id", str(make_uuid7()), "--reason", "staff"), 1, "no response has the id"),
        (("remove", "--reason", "gap"), 1, "--from and --to"),
        (("remove", "--id", str(make_uuid7()), "--from", "2026-01-01"), 1, "not both"),
    ],
)
@pytest.mark.usefixtures("store")
def test_a_wrong_wish_is_refused(otklik: Otklik, words: tuple[str, ...], status: int, said: str) -> None:
    found = otklik("flag", *words)
    assert found.status == status
    assert said in found.err
