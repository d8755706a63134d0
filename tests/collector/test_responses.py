"""POST /responses: what is kept, what is refused, and what the reply says."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from conftest import Collector, Otklik, Serve, answer, until


@pytest.fixture
def collector(serve: Serve) -> Collector:
    return serve()


def counts(otklik: Otklik, collector: Collector, *words: object) -> dict[str, dict[str, Any]]:
    """The map's series of today by "touchpoint scale"."""
    found = otklik("map", "--format", "json", "--db", collector.db, "--journey", collector.journey, *words).json()
    for series in found["series"]:
        series["counts"] = {score: n for score, n in series["counts"].items() if n}
    return {f"{series['touchpoint']} {series['scale']}": series for series in found["series"]}


def test_a_response_is_kept_and_counted_once_however_often_it_is_sent(collector: Collector, otklik: Otklik) -> None:
    sent = answer(score=1)

    first, again = collector.post(sent), collector.post(sent)

    assert (first.status, first.json()) == (201, {"id": sent["id"], "rev": 1, "status": "stored"})
    assert (again.status, again.json()) == (200, {"id": sent["id"], "rev": 1, "status": "known"})
    assert counts(otklik, collector)["till smiley5"]["counts"] == {"1": 1}
    assert otklik("verify", "--db", collector.db).status == 0


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 3, 1), (3, 2, 1)])
def test_the_highest_revision_stays_in_whatever_order_they_arrive(
    collector: Collector, otklik: Otklik, order: tuple[int, ...]
) -> None:
    sent = answer()
    scores = {1: 0, 2: 2, 3: 4}

    replies = [collector.post({**sent, "rev": rev, "score": scores[rev]}) for rev in order]

    highest = 0
    for rev, reply in zip(order, replies, strict=True):
        assert reply.status == (201 if rev > highest else 200)
        highest = max(highest, rev)
    assert counts(otklik, collector)["till smiley5"]["counts"] == {"4": 1}
    assert otklik("verify", "--db", collector.db).status == 0


def test_a_revision_may_move_a_response_to_another_touchpoint_and_place(collector: Collector, otklik: Otklik) -> None:
    sent = answer(place="centre", segment="host")
    collector.post(sent)

    collector.post({**sent, "rev": 2, "point": "returns", "scale": "ces7", "score": 1, "place": "omsk"})

    found = counts(otklik, collector)
    assert found["till smiley5"]["responses"] == 0
    assert found["returns ces7"]["counts"] == {"1": 1}
    assert counts(otklik, collector, "--place", "centre")["returns ces7"]["responses"] == 0
    assert counts(otklik, collector, "--place", "omsk", "--segment", "host")["returns ces7"]["responses"] == 1
    assert otklik("verify", "--db", collector.db).status == 0


def test_each_item_of_a_list_is_judged_by_itself(collector: Collector) -> None:
    good, other = answer(), answer(score=9)

    reply = collector.post([good, other, 7, good])

    assert reply.status == 201
    assert [result["status"] for result in reply.json()["results"]] == [201, 422, 422, 200]
    assert reply.json()["results"][1]["errors"][0]["field"] == "score"
    assert collector.post([good]).status == 200
    assert collector.post([other]).status == 422


@pytest.mark.parametrize("responses", [[], [answer() for _n in range(51)]])
def test_a_list_holds_1_to_50_responses(collector: Collector, responses: list[Any]) -> None:
    assert collector.post(responses).status == 422


def test_every_fault_of_a_response_is_named(collector: Collector) -> None:
    reply = collector.post({"id": "no", "pont": "till", "scale": "smiley5", "score": 7.5, "comment": "x" * 2001})

    assert reply.status == 422
    assert reply.headers["content-type"] == "application/problem+json"
    assert {error["field"] for error in reply.json()["errors"]} == {"id", "pont", "point", "score", "comment"}
    assert all(set(error) == {"field", "value", "rule"} for error in reply.json()["errors"])


NPS = {"point": "whole", "scale": "nps"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"score": 11, **NPS}, "score"),
        ({"score": -1, **NPS}, "score"),
        ({"score": True}, "score"),
        ({"score": "3"}, "score"),
        ({"score": None}, "score"),
        ({"score": 3.0}, "score"),
        ({"score": 10**30}, "score"),
        ({"point": "tlil"}, "point"),
        ({"scale": "smiley6"}, "scale"),
        ({"place": "nowhere"}, "place"),
        ({"channel": "import"}, "channel"),
        ({"channel": "telepathy"}, "channel"),
        ({"id": "01928374-1234-4123-8123-123456789abc"}, "id"),
        ({"id": 7}, "id"),
        ({"rev": 0}, "rev"),
        ({"rate": 0}, "rate"),
        ({"token": "made-up"}, "token"),
        ({"surprise": 1}, "surprise"),
        ({"contact": {"value": "anna@example.org"}}, "contact"),
        ({"reasons": ["Not a key!"]}, "reasons"),
    ],
)
def test_a_wrong_field_is_refused_by_name(collector: Collector, changes: dict[str, Any], field: str) -> None:
    reply = collector.post({**answer(), **changes})

    assert reply.status == 422
    assert [error["field"] for error in reply.json()["errors"]] == [field]


def test_a_field_may_not_stand_twice(collector: Collector) -> None:
    body = json.dumps(answer(score=0))[:-1] + ', "score": 4}'

    reply = collector.post(body)

    assert reply.status == 422
    assert reply.json()["errors"][0]["field"] == "score"


def test_a_message_needs_words_and_no_score(collector: Collector) -> None:
    assert collector.post(answer("write", "message", None, comment="The lamp is out")).status == 201
    assert collector.post(answer("write", "message", None, comment="  ")).status == 422
    assert collector.post(answer("write", "message", 3, comment="The lamp is out")).status == 422


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"score": NaN}', 400),
        (b'{"score": Infinity}', 400),
        (b'"text"', 422),
        (b"null", 422),
        (b"[" * 5000, 400),
        (b'{"id":' * 1000, 422),
        (b'{"comment": "' + b"x" * 9000 + b'"}', 413),
        (b"[" + b" " * 70_000 + b"]", 413),
    ],
)
def test_what_is_no_response_is_refused_and_breaks_nothing(collector: Collector, body: bytes, status: int) -> None:
    assert collector.post(body).status in (status, 400)
    assert collector.post(answer()).status == 201


def test_every_reply_may_be_read_by_the_page_that_sent_it(collector: Collector) -> None:
    for reply in (
        collector.post(answer()),
        collector.post("{"),
        collector.post(answer(), origin="https://stranger.example"),
        collector.ask("/responses", method="OPTIONS"),
        collector.ask("/responses"),
        collector.post({"point": "till", "scale": "smiley5"}, "/shown"),
    ):
        assert reply.headers["access-control-allow-origin"] == "*"
        assert reply.headers["access-control-expose-headers"] == "Retry-After"
        assert "access-control-allow-credentials" not in reply.headers
        assert "set-cookie" not in reply.headers


def test_strangers_need_a_key_that_lists_them(collector: Collector, otklik: Otklik) -> None:
    made = otklik("key", "add", "shop", "--origin", "https://shop.example", "--rate", "0", "--db", collector.db)
    key = made.out.split()[-1]

    def status(origin: str | None, key: str = "") -> int:
        return collector.post({**answer(), **({"key": key} if key else {})}, origin=origin).status

    until(lambda: status(None, key) == 201)
    assert status("own") == 201
    assert status(collector.url.replace("127.0.0.1", "localhost")) == 201
    assert status(None) == 403
    assert status(None, key) == 201
    assert status("https://shop.example") == 403
    assert status("https://shop.example", key) == 201
    assert status("https://shop.example:8443", key) == 403
    assert status("https://evil.example", key) == 403
    assert status("null", key) == 403
    assert status("https://shop.example", "site-made-up") == 403

    assert otklik("key", "revoke", "shop", "--db", collector.db).status == 0
    until(lambda: status("https://shop.example", key) == 403)


def test_a_visitor_may_send_only_so_many_in_a_minute(collector: Collector, otklik: Otklik) -> None:
    key = otklik("key", "add", "page", "--rate", "3", "--db", collector.db).out.split()[-1]

    replies = [collector.post(answer(key=key), origin=None) for _n in range(5)]

    assert [reply.status for reply in replies] == [201, 201, 201, 429, 429]
    assert 1 <= int(replies[-1].headers["retry-after"]) <= 60


def test_a_late_response_counts_on_the_day_it_was_given(collector: Collector, otklik: Otklik) -> None:
    now = int(time.time() * 1000)
    days = 24 * 3600 * 1000
    # The tablet's clock is a year behind; it tells so by `sent`.
    behind = 365 * days

    collector.post(answer(score=0, at=now - 3 * days - behind, sent=now - behind))
    collector.post(answer(score=1, at=now - 40 * days, sent=now))
    collector.post(answer(score=2, at=now + days, sent=now))

    today = counts(otklik, collector, "--from", time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86400)))
    assert today["till smiley5"]["responses"] == 0
    assert today["till smiley5"]["flagged"] == 2
    assert counts(otklik, collector)["till smiley5"]["counts"] == {"0": 1}
    assert counts(otklik, collector, "--include-flagged")["till smiley5"]["counts"] == {"0": 1, "1": 1, "2": 1}


def test_the_day_is_the_places_own(collector: Collector) -> None:
    import sqlite3
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    # Just before midnight in Moscow it is already tomorrow in Omsk.
    moment = datetime.now(ZoneInfo("Europe/Moscow")).replace(hour=23, minute=30)
    at = int(moment.timestamp() * 1000) - 24 * 3600 * 1000
    sent = int(datetime.now(UTC).timestamp() * 1000)

    collector.post(answer(at=at, sent=sent, place="centre"))
    collector.post(answer(at=at, sent=sent, place="omsk"))

    with sqlite3.connect(collector.db) as db:
        rows = db.execute("SELECT place, day, hour FROM response ORDER BY place").fetchall()
    db.close()
    (_centre, day, hour), (_omsk, next_day, next_hour) = rows
    assert (hour, next_hour) == (23, 2)
    assert next_day > day


def test_who_fills_in_the_trap_is_flagged_and_not_refused(collector: Collector, otklik: Otklik) -> None:
    assert collector.post(answer(website="https://spam.example")).status == 201
    found = counts(otklik, collector)["till smiley5"]
    assert (found["responses"], found["flagged"]) == (0, 1)


def test_a_contact_stands_apart_from_the_response(collector: Collector) -> None:
    import sqlite3

    contact = {"value": "anna@example.org", "consent": "contact-1"}
    assert collector.post(answer(contact=contact, comment="Please call")).status == 201
    db = sqlite3.connect(collector.db)
    columns = {row[1] for row in db.execute("PRAGMA table_info(response)")}
    assert db.execute("SELECT value, consent FROM contact").fetchall() == [("anna@example.org", "contact-1")]
    assert not columns & {"contact", "comment", "ip", "address", "customer"}
    db.close()


def test_a_customers_key_is_kept_nowhere(collector: Collector) -> None:
    collector.post(answer(customer="card-4417-1234"))
    collector.process.terminate()
    collector.process.wait(10)
    assert b"card-4417" not in collector.db.read_bytes()


def test_questions_shown_are_counted(collector: Collector) -> None:
    import sqlite3

    shown = {"point": "till", "scale": "smiley5", "place": "centre"}
    assert collector.post(shown, "/shown").status == 204
    assert collector.post([shown, {"point": "till", "scale": "ces7"}], "/shown").status == 204
    assert collector.post({"point": "tlil", "scale": "smiley5"}, "/shown").status == 422
    db = sqlite3.connect(collector.db)
    rows = db.execute("SELECT scale, place, shown FROM shown_count ORDER BY scale").fetchall()
    assert rows == [("ces7", "", 1), ("smiley5", "centre", 2)]
    db.close()


def test_the_same_id_at_the_same_moment_is_stored_once(collector: Collector, otklik: Otklik) -> None:
    from concurrent.futures import ThreadPoolExecutor

    sent = answer()
    with ThreadPoolExecutor(8) as clients:
        statuses = sorted(reply.status for reply in clients.map(lambda _n: collector.post(sent), range(16)))
    assert statuses == [200] * 15 + [201]
    assert counts(otklik, collector)["till smiley5"]["responses"] == 1


def test_the_contract_and_the_door_know_the_same_fields() -> None:
    from otklik_collector.incoming import Incoming
    from otklik_widget.contract import FIELDS

    assert set(Incoming.__struct_fields__) == set(FIELDS)
