"""The console's page of flags: how much is left out and why, and people's last word, whatever was answered."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from conftest import Otklik, response
from managers import Console

from otklik_collector.drawing import today_of
from otklik_collector.response import day_number
from otklik_collector.store import open_store
from otklik_widget.contract import make_uuid7
from otklik_widget.journey import Journey

PAGE = "/console/misuse"


@pytest.fixture
def guarded(console: Console, journey: Journey) -> Console:
    """Yesterday at the till in the centre 30 counted and 6 were flagged, in Omsk 20 counted and 1 was flagged."""
    console.let_in("Anna")
    console.let_in("Vera", "manager", "omsk")
    console.let_in("Boris", "viewer")
    day = today_of(journey) - timedelta(days=1)
    at = int(datetime(day.year, day.month, day.day, 15, tzinfo=ZoneInfo("Europe/Moscow")).timestamp() * 1000)

    def rows(number: int, place: str, flags: tuple[str, ...] = ()) -> list[object]:
        return [
            response(
                id=make_uuid7().bytes, place=place, flags=flags, score=0 if flags else 4, day=day_number(day), hour=15,
                answered_at=at + one * 60_000, device="exit-1", channel="kiosk", source="test",
            )
            for one in range(number)
        ]  # fmt: skip

    with open_store(console.db) as store:
        store.series.use(journey)
        found = (
            rows(30, "centre") + rows(6, "centre", ("closed",)) + rows(20, "omsk") + rows(1, "omsk", ("gap", "robot"))
        )
        store.responses.submit(found)  # type: ignore[arg-type]
    return console


def left_out(console: Console) -> dict[str, int]:
    with open_store(console.db) as store:
        return dict(store.db.conn.execute("SELECT place, sum(flags <> '') FROM response GROUP BY place").fetchall())


def test_a_manager_sees_how_much_is_left_out_and_the_score_beside(guarded: Console) -> None:
    text = guarded.signed_in().ask(PAGE).text
    assert "Flagged and left out: 7 of 57 responses, 12.3 of 100" in text
    assert "More than 10 of 100" in text
    assert "pressed outside opening hours" in text
    row = re.search(r"<tr><th scope=\"row\">Till, .*?</tr>", text)
    assert row
    counted, whole = re.findall(r"<td>(.*?)</td>", row[0])
    assert counted != whole
    assert "exit-1" in text
    assert "Centre" in text


def test_a_score_that_would_tell_what_one_person_answered_is_not_shown_beside(guarded: Console) -> None:
    text = guarded.signed_in().ask(f"{PAGE}?place=omsk").text
    row = re.search(r"<tr><th scope=\"row\">Till, .*?</tr>", text)
    assert row
    assert re.findall(r"<td>(.*?)</td>", row[0])[1] == "–"


def test_what_is_ticked_counts_again_and_no_rule_is_asked(guarded: Console, otklik: Otklik) -> None:
    anna = guarded.signed_in()
    ids = re.findall(r'name="id" value="([0-9a-f-]+)"', anna.ask(PAGE).text)
    assert len(ids) == 7
    reply = anna.send(PAGE, f"{PAGE}/counted", id=ids[:7:2])
    assert reply.status == 303
    assert "Responses changed: 4" in anna.ask(reply.headers["location"]).text
    assert sum(left_out(guarded).values()) == 3
    assert ("Anna", "flags-removed", "") in guarded.deeds()
    assert otklik("verify", "--db", guarded.db).status == 0


def test_a_whole_reason_counts_again(guarded: Console) -> None:
    anna = guarded.signed_in()
    assert "Count all of this reason again (6)" in anna.ask(f"{PAGE}?reason=closed").text
    assert anna.send(PAGE, f"{PAGE}/counted?reason=closed", all="closed").status == 303
    assert left_out(guarded) == {"centre": 0, "omsk": 1}


def test_a_manager_of_one_place_reaches_no_other(guarded: Console) -> None:
    with open_store(guarded.db) as store:
        (foreign,) = store.db.conn.execute("SELECT id FROM response WHERE place = 'centre' AND flags <> ''").fetchone()
    vera = guarded.signed_in("Vera")
    text = vera.ask(PAGE).text
    assert "Flagged and left out: 1 of 21" in text
    assert "Centre" not in text
    assert vera.ask(f"{PAGE}?place=centre").status == 403
    vera.send(PAGE, f"{PAGE}/counted", id=str(UUID(bytes=foreign)))
    assert vera.send(PAGE, f"{PAGE}/counted?place=centre", all="closed").status == 403
    assert left_out(guarded)["centre"] == 6
    refused = vera.send(PAGE, f"{PAGE}/left-out", place="centre", reason="staff", **hours_of_yesterday())
    assert refused.status == 422
    assert vera.send(PAGE, f"{PAGE}/left-out", reason="staff", **hours_of_yesterday()).status == 303
    assert left_out(guarded) == {"centre": 6, "omsk": 21}


def hours_of_yesterday() -> dict[str, object]:
    day = datetime.now(ZoneInfo("Europe/Moscow")).date() - timedelta(days=1)
    return {"since": f"{day}T09:00", "until": f"{day}T23:00"}


def test_what_was_given_in_a_time_is_left_out_and_taken_back(guarded: Console) -> None:
    anna = guarded.signed_in()
    wanted = {"touchpoint": "till", "place": "centre", "device": "exit-1", "reason": "training", **hours_of_yesterday()}
    assert anna.send(PAGE, f"{PAGE}/left-out", **wanted).status == 303
    assert left_out(guarded) == {"centre": 36, "omsk": 1}
    assert anna.send(PAGE, f"{PAGE}/counted", all="training").status == 303
    assert left_out(guarded) == {"centre": 6, "omsk": 1}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reason": "Our staff"}, "a word of small letters"),
        ({"since": "yesterday"}, "a day and a time"),
        ({"since": "0001-01-01T00:00", "until": "0001-01-01T01:00"}, "a day and a time"),
        ({"since": "9999-12-31T22:00", "until": "9999-12-31T23:59"}, "a day and a time"),
        ({"until": "2020-01-01T00:00"}, "later than the beginning"),
        ({"touchpoint": "nowhere"}, "Nothing was left out"),
        ({"place": "mars"}, "choose a place"),
    ],
)
def test_a_wrong_form_is_named_and_keeps_what_was_typed(guarded: Console, wrong: dict[str, str], said: str) -> None:
    sent = {"reason": "staff", "device": "exit-77", **hours_of_yesterday(), **wrong}
    reply = guarded.signed_in().send(PAGE, f"{PAGE}/left-out", **sent)
    assert reply.status == 422
    assert said in reply.text
    assert "exit-77" in reply.text


def test_viewers_and_strangers_do_not_open_it(guarded: Console) -> None:
    boris = guarded.signed_in("Boris")
    assert boris.ask(PAGE).status == 403
    assert boris.send("/console/map", f"{PAGE}/counted", all="closed").status == 403
    assert guarded.visitor().ask(PAGE).status == 303
