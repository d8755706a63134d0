"""The week in one letter: what it says, to whom, and that it comes once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from conftest import Otklik, response
from letters import Office, anna
from managers import Clock, Console

from otklik_collector.digest import digest, due_monday
from otklik_collector.log import Log
from otklik_collector.mail.postman import Postman
from otklik_collector.mail.writing import Writing
from otklik_collector.response import Response, day_number
from otklik_collector.store import Store, open_store
from otklik_collector.store.subscriptions import Subscription
from otklik_widget.contract import make_uuid7
from otklik_widget.journey import Journey
from otklik_widget.words import speaking

MONDAY = date(2026, 11, 16)
NINE = datetime(2026, 11, 16, 9, tzinfo=ZoneInfo("Europe/Moscow")).timestamp()
DAY = 24 * 3600.0


def weeks(store: Store, *scores: int, day: date = MONDAY - timedelta(days=3), **more: Any) -> None:
    """Responses at the till on the Friday before."""
    start = int(datetime.combine(day, datetime.min.time(), UTC).timestamp() * 1000) + 36_000_000
    rows: list[Response] = [
        response(
            id=make_uuid7(start + number).bytes, score=score, answered_at=start + number, received_at=start + number,
            day=day_number(day), **more,
        )
        for number, score in enumerate(scores)
    ]  # fmt: skip
    store.responses.submit(rows)


@pytest.mark.parametrize(
    ("day", "clock", "sent"),
    [
        (16, "07:59", None), (16, "08:00", MONDAY), (17, "03:00", MONDAY), (19, "07:59", MONDAY),
        (19, "08:00", None), (22, "23:00", None),
    ],
)  # fmt: skip
def test_a_week_is_sent_on_monday_from_its_hour_and_until_thursday_where_nothing_ran(
    day: int, clock: str, sent: date | None
) -> None:
    now = datetime.fromisoformat(f"2026-11-{day}T{clock}:00+03:00").timestamp()

    assert due_monday(now, "Europe/Moscow", 8) == sent


def test_a_week_comes_once_even_over_restarts(store: Store, journey: Journey, office: Office) -> None:
    anna(store, digest=True)
    clock = Clock(NINE - 2 * 3600)

    for moment in (NINE - 2 * 3600, NINE, NINE + 60, NINE + DAY, NINE + 7 * DAY):
        clock.now = moment
        Postman(store.path, Writing(journey, ""), office.settings, Log(), clock).round(store)

    subjects = [str(letter["Subject"]) for letter in office.letters]
    assert len(subjects) == 2
    assert len(set(subjects)) == 2
    assert "9" in subjects[0]


def test_who_reads_the_centre_is_told_nothing_of_the_whole(store: Store, journey: Journey) -> None:
    boris = store.people.add("Boris", "", "viewer", ("centre",), NINE)
    weeks(store, *[0] * 40, place="omsk")
    weeks(store, *[4] * 40, place="centre", day=MONDAY - timedelta(days=4))

    found = digest(store, journey, boris, MONDAY, "en", NINE)

    assert [part.place for part in found.sections] == ["centre"]
    assert found.sections[0].responses == 40
    text = Writing(journey, "").digest(store, boris, MONDAY, "en", NINE)
    assert text
    assert "Omsk" not in text.text + text.html


def test_what_customers_said_is_quoted_with_praise_and_without_their_names(store: Store, journey: Journey) -> None:
    weeks(store, 0, comment="Анна Петрова, +7 921 555-35-35: ждала час")
    weeks(store, 4, comment="Спасибо, всё быстро", day=MONDAY - timedelta(days=2))
    weeks(store, 0, comment="<script>alert(1)</script>", day=MONDAY - timedelta(days=1))
    weeks(store, 0, comment="давно прошло", day=MONDAY - timedelta(days=12))
    weeks(store, *[4] * 5)

    with speaking("ru"):
        found = Writing(journey, "").digest(store, None, MONDAY, "ru", NINE)

    assert found
    for said in (found.text, found.html):
        assert "ждала час" in said
        assert "Спасибо, всё быстро" in said
        assert "Петрова" not in said
        assert "921" not in said
        assert "давно прошло" not in said
    assert "<script>" not in found.html


def test_no_single_answer_is_quoted_where_fewer_than_five_answered(store: Store, journey: Journey) -> None:
    weeks(store, 0, comment="ждала час", place="omsk")
    weeks(store, *[4] * 3, comment="всё быстро", place="omsk", day=MONDAY - timedelta(days=2))
    weeks(store, *[2] * 40, place="centre")
    weeks(store, 1, touchpoint="returns", scale="ces7", comment="деньги не вернули", day=MONDAY - timedelta(days=1))
    olga = store.people.add("Olga", "", "viewer", ("omsk",), NINE)

    of_omsk, of_all = (digest(store, journey, one, MONDAY, "ru", NINE).sections[0] for one in (olga, None))

    assert not [*of_omsk.blamed, *of_omsk.praised]
    assert [line.key for line in (*of_all.blamed, *of_all.praised)] == ["till"] * 3


def test_no_single_answer_on_a_second_scale_is_quoted_beside_a_score_that_is_shown(
    store: Store, journey: Journey
) -> None:
    weeks(store, *[4] * 40)
    weeks(store, 1, scale="ces7", comment="ничего не понял", day=MONDAY - timedelta(days=2))

    section = digest(store, journey, None, MONDAY, "ru", NINE).sections[0]

    assert not [*section.blamed, *section.praised]


def test_where_nothing_surely_changed_it_says_so(store: Store, journey: Journey) -> None:
    weeks(store, *[0, 4] * 20)

    found = Writing(journey, "").digest(store, None, MONDAY, "en", NINE)

    assert found
    assert "Nothing that chance could not explain." in found.text
    assert "Fix first\n* Till" in found.text


def test_what_is_erased_while_a_letter_waits_is_not_in_it(store: Store, journey: Journey, office: Office) -> None:
    anna(store, digest=True)
    weeks(store, 0, comment="ждала час")
    office.answer = "451 later"
    clock = Clock(NINE)
    postman = Postman(store.path, Writing(journey, ""), office.settings, Log(), clock)
    postman.round(store)
    store.db.conn.execute("DELETE FROM comment")
    office.answer = "250 OK"
    clock.now += 3600

    postman.round(store)

    assert "ждала час" not in bytes(office.letters[0]).decode()
    columns = {name for table in ("letter", "alarm") for name in store.db.table(table).columns_dict}
    assert not columns & {"body", "text", "html"}


def test_the_console_shows_the_week_of_ones_own_places(shop: Console) -> None:
    assert "What surely changed" in shop.signed_in("Anna").ask("/console/digest").text
    assert "Что точно изменилось" in shop.signed_in("Boris").ask("/console/digest?lang=ru").text


def test_the_command_prints_the_week_and_sends_it_once(
    otklik: Otklik, office: Office, tmp_path: Path, small_journey: Path
) -> None:
    with open_store(tmp_path / "otklik.db", create=True) as store:
        person = store.people.add("Anna", "", "admin", (), NINE)
        store.subscriptions.put(Subscription(person.id, "anna@shop.example", "ru"), NINE, "Anna")
    server = {
        "OTKLIK_SMTP_HOST": "127.0.0.1", "OTKLIK_SMTP_PORT": str(office.port), "OTKLIK_SMTP_TLS": "none",
        "OTKLIK_MAIL_FROM": "otklik@shop.example",
    }  # fmt: skip
    journey = ("--journey", small_journey)

    assert "What surely changed" in otklik("digest", "--preview", *journey).out
    assert "<h1>" in otklik("digest", "--preview", "--user", "anna", "--format", "html", *journey).out
    assert otklik("digest", "--preview", "--user", "ana", *journey).status == 1
    assert otklik("digest", "--send", *journey).status == 1
    first, second = (otklik("digest", "--send", *journey, **server) for _time in range(2))
    log = otklik("mail", "log")

    assert first.status == 0, first.err
    assert "sent already" in second.err
    assert len(office.letters) == 1
    assert "Anna" in log.out
