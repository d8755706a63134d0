"""A tablet becomes a kiosk by a code, and tells once a minute how it does."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Collector, Otklik, Reply, Serve, answer, until
from managers import Console
from tablets import post

from otklik_collector.beats import BEAT_BYTES, Beat, Beats, Heard
from otklik_collector.store import Store, open_store
from otklik_collector.store.devices import hash_pin, pin_of
from otklik_collector.store.pairing import LETTERS, SHEET_HOURS

AT = 1_795_000_000_000


def pair(console: Console, code: str, **headers: str) -> Reply:
    return post(console.url, "/kiosk/pair", {"code": code}, **{"Origin": console.url, **headers})


def pair_by(console: Console, code: str, mark: str) -> Reply:
    return post(console.url, "/kiosk/pair", {"code": code, "mark": mark}, Origin=console.url)


def until_refused(ask: Callable[[], Reply]) -> set[int]:
    """The replies before the first 429. On a busy machine some more get through, since the ceiling fills again."""
    found: list[int] = []
    while (status := ask().status) != 429:
        found.append(status)
        assert len(found) < 500
    assert len(found) >= 30
    return set(found)


@pytest.fixture
def code(console: Console) -> str:
    """A code of the kiosk at the exit."""
    with open_store(console.db) as store:
        store.devices.add("exit-1", "By the lift", "omsk", ("till",), "Anna")
        (made,) = store.pairing.make(["exit-1"], "Anna", console.clock())
    return made.code


def test_a_tablet_is_paired_by_a_code_and_its_responses_are_taken_at_once(
    otklik: Otklik, serve: Serve, small_journey: Path
) -> None:
    made = otklik("kiosk", "add", "exit-1", "--place", "omsk", "--point", "till", "--journey", small_journey)
    old = made.out.split()[-1]
    collector = serve()
    assert collector.post(answer(device="exit-1", key=old, channel="kiosk")).status == 201
    told = otklik("kiosk", "pair", "exit-1", "--journey", small_journey)
    code = told.out.split()[-1]
    assert re.fullmatch(f"[{LETTERS}]{{4}}-[{LETTERS}]{{4}}", code)
    assert "works once" in told.err

    paired = collector.post({"code": code.lower().replace("-", " ")}, "/kiosk/pair")

    assert (paired.status, paired.json()["device"], paired.json()["start"]) == (201, "exit-1", "/kiosk/exit-1")
    assert paired.headers["cache-control"] == "no-store"
    key = paired.json()["key"]
    assert collector.post(answer(device="exit-1", key=key, channel="kiosk")).status == 201
    refused = collector.post(answer(device="exit-1", key=old, channel="kiosk"))
    assert (refused.status, refused.json()["code"]) == (403, "device-key")
    beat = collector.post({"key": key, "at": int(time.time() * 1000) - 90_000, "queue": 3}, "/kiosk/exit-1/beat")
    assert (beat.status, set(beat.json())) == (200, {"now", "settings", "app"})
    collector.process.terminate()
    assert collector.process.wait(20) == 0
    with open_store(collector.db) as store:  # written down now and then, and at the end
        heard = store.beats.all()["exit-1"]
    assert heard.beat.queue == 3
    assert 89_000 < heard.offset < 100_000
    assert all(secret.encode() not in file.read_bytes()
               for file in collector.db.parent.glob("otklik.db*") for secret in (code, key))  # fmt: skip


@pytest.mark.parametrize("case", ["unknown", "used", "expired"])
def test_a_code_that_is_good_no_more_does_not_tell_why(console: Console, code: str, case: str) -> None:
    if case == "used":
        assert pair(console, code).status == 201
    if case == "expired":
        console.clock.now += 24 * 3600 + 1
    reply = pair(console, "ABCD-EFGH" if case == "unknown" else code)
    assert (reply.status, reply.json()["code"]) == (404, "pair-code")
    assert reply.json()["title"] == "No kiosk has this code: it is unknown, used, or expired"


def test_a_tablet_whose_reply_was_lost_asks_again_by_its_own_mark(console: Console, code: str) -> None:
    first = pair_by(console, code, "of this tablet")
    assert first.status == 201
    assert pair_by(console, code, "of another").status == pair_by(console, code, "").status == 404

    assert pair_by(console, code, "of this tablet").json() == first.json()
    console.clock.now += 601
    assert pair_by(console, code, "of this tablet").status == 404


def test_a_code_of_a_sheet_is_good_for_a_week(console: Console, code: str) -> None:
    with open_store(console.db) as store:
        (made,) = store.pairing.make(["exit-1"], "Anna", console.clock(), SHEET_HOURS)
        assert store.pairing.open(console.clock()) == {"exit-1": made.expires_at}
    console.clock.now += 7 * 24 * 3600 - 1
    assert pair(console, code).status == 404  # the new one took its place
    assert pair(console, made.code).status == 201


def test_a_kiosk_that_was_revoked_is_brought_back_by_a_new_code_only(console: Console, code: str) -> None:
    with open_store(console.db) as store:
        assert store.devices.revoke("exit-1", "Anna")
        assert pair(console, code).status == 404
        (made,) = store.pairing.make(["exit-1"], "Anna", console.clock())
        assert pair(console, made.code).status == 201
        assert store.devices.all()["exit-1"].revoked_at is None
    assert ("Anna", "kiosk-paired", "") in console.deeds()


@pytest.mark.parametrize("case", ["moved", "removed", "another place", "viewer"])
def test_a_code_ends_with_the_right_to_make_it(console: Console, code: str, case: str) -> None:
    with open_store(console.db) as store:
        store.people.add("Boss", "", "admin", (), console.clock())
        anna = store.people.add("Anna", "", "manager", ("omsk", "centre"), console.clock())
        store.people.change(anna.id, "manager", ("omsk",), console.clock(), "Boss")
        assert store.pairing.open(console.clock())
        if case == "moved":
            store.devices.move("exit-1", "centre", ("till",), "Boss")
        elif case == "removed":
            store.people.remove(anna.id, console.clock(), "Boss")
        else:
            role, place = ("viewer", "omsk") if case == "viewer" else ("manager", "centre")
            store.people.change(anna.id, role, (place,), console.clock(), "Boss")
    assert pair(console, code).status == 404


def test_codes_are_taken_from_our_own_page_only_and_not_by_the_thousand(console: Console, code: str) -> None:
    far = pair(console, code, Origin="https://far.example")
    assert (far.status, far.json()["code"]) == (403, "forbidden")
    assert post(console.url, "/kiosk/pair", {"code": code}).status == 403
    assert until_refused(lambda: pair(console, "ABCD-EFGH", **{"X-Forwarded-For": "192.0.2.7"})) == {404}
    assert pair(console, code, **{"X-Forwarded-For": "192.0.2.8"}).status == 201


@pytest.mark.parametrize(
    ("sent", "status", "code_of_it"),
    [(b"{", 400, "bad-json"), ({"kode": "x"}, 422, "bad-code"), ({"code": 7}, 422, "bad-code"), (b"\xff", 400, "")],
)
def test_a_pairing_that_is_not_as_agreed_is_told_so(
    console: Console, sent: object, status: int, code_of_it: str
) -> None:
    reply = post(console.url, "/kiosk/pair", sent, Origin=console.url)
    assert reply.status == status
    assert code_of_it in reply.json()["code"]


@pytest.fixture
def key(console: Console, code: str) -> str:
    return str(pair(console, code).json()["key"])


def beat(console: Console, **sent: object) -> Reply:
    return post(console.url, "/kiosk/exit-1/beat", {"at": AT, **sent})


def test_a_heartbeat_tells_the_tablet_the_time(console: Console, key: str) -> None:
    whole = {
        "key": key, "app": "a1", "settings": "s1", "queue": 2, "aside": 0, "oldest": AT - 5000, "last_press": AT - 900,
        "seq": 71, "persisted": None, "battery": {"level": 0.4, "charging": False}, "screen": "800x1280",
    }  # fmt: skip
    said = beat(console, **whole).json()
    given = console.visitor().ask("/kiosk/exit-1/settings", Authorization=f"Bearer {key}").json()
    assert said == {"now": int(console.clock() * 1000), "settings": given["version"], "app": given["app"]}
    del whole["key"]
    bearer = {"Authorization": f"Bearer {key}"}
    assert post(console.url, "/kiosk/exit-1/beat", {"at": AT, **whole}, **bearer).status == 200


def test_a_heartbeat_needs_the_kiosks_key(console: Console, key: str) -> None:
    assert beat(console, key="kiosk-of-a-stranger").json()["code"] == "device-key"
    nobody = post(console.url, "/kiosk/nobody/beat", {"at": AT, "key": key})
    assert (nobody.status, nobody.json()["code"]) == (403, "device-key")
    with open_store(console.db) as store:
        store.devices.revoke("exit-1", "Anna")
    until(lambda: beat(console, key=key).json().get("code") == "device-revoked", 5)


def test_every_fault_of_a_heartbeat_is_named(console: Console, key: str) -> None:
    reply = post(
        console.url, "/kiosk/exit-1/beat",
        {"key": key, "queue": -1, "mood": "well", "battery": {"level": 2, "charging": True}},
    )  # fmt: skip
    assert (reply.status, reply.json()["code"]) == (422, "bad-beat")
    assert {fault["field"] for fault in reply.json()["errors"]} == {"at", "queue", "mood", "battery"}
    assert post(console.url, "/kiosk/exit-1/beat", b"[]").status == 422
    twice = post(console.url, "/kiosk/exit-1/beat", b'{"at": 1, "queue": 0, "queue": 7}')
    said = [(fault["field"], fault["rule"]) for fault in twice.json()["errors"]]
    assert (twice.status, said) == (422, [("queue", "the field stands more than once")])
    assert post(console.url, "/kiosk/exit-1/beat", b"{").status == 400
    assert post(console.url, "/kiosk/exit-1/beat", b" " * (BEAT_BYTES + 1)).status == 413


def test_more_than_thirty_heartbeats_a_minute_wait(console: Console, key: str) -> None:
    assert until_refused(lambda: beat(console, key=key)) == {200}


def test_of_heartbeats_the_last_is_kept_and_a_failed_write_loses_none(store: Store) -> None:
    store.devices.add("exit-1", "", "centre", ("till",), "")
    beats = Beats(lambda: 1000.0)
    beats.hear("exit-1", Beat(at=1, key="secret", seq=1))
    taken = beats.take()
    beats.hear("exit-1", Beat(at=2, seq=2))
    beats.untake(taken)  # the disk refused: what came meanwhile is newer
    (one,) = beats.take()
    store.beats.put([one, Heard("gone", 5, Beat(at=1))])
    (kept,) = beats.newer(store.beats.all()).values()
    assert (kept.device, kept.heard_at, kept.beat.at, kept.beat.seq, kept.beat.key) == ("exit-1", 1_000_000, 2, 2, "")


def test_what_a_moved_kiosk_still_holds_belongs_to_the_old_place(otklik: Otklik, serve: Serve) -> None:
    """A tablet that was offline while it was moved, and then asks something else, loses nothing."""
    journey = "journey.toml"
    key = otklik("kiosk", "add", "exit-1", "--place", "centre", "--point", "till", "--journey", journey).out.split()[-1]
    collector = serve()
    before = int(time.time() * 1000) - 3600_000
    with open_store(collector.db) as store:
        store.devices.move("exit-1", "omsk", ("returns",), "Anna")

    def sent(**more: Any) -> dict[str, Any]:
        return answer(device="exit-1", key=key, channel="kiosk", **more)

    late = sent(at=before, sent=int(time.time() * 1000))
    now = answer("returns", "ces7", 5, device="exit-1", key=key, channel="kiosk")
    until(lambda: collector.post([now]).status in (200, 201))
    assert collector.post(late).status == 201
    assert _places(collector) == {"till": "centre", "returns": "omsk"}
    never = answer("write", "message", None, comment="x", device="exit-1", key=key)
    assert collector.post(never).json()["code"] == "device-point"


def _places(collector: Collector) -> dict[str, str]:
    with open_store(collector.db) as store:
        query = "SELECT s.touchpoint, r.place FROM response AS r JOIN series AS s ON s.id = r.series"
        return dict(store.db.conn.execute(query))


def test_a_pin_is_kept_as_a_salted_hash(store: Store) -> None:
    store.devices.add("exit-1", "", "centre", ("till",), "")
    assert pin_of(store.devices.all()["exit-1"]) is None
    one, other = hash_pin("2580"), hash_pin("2580")
    assert one != other
    assert "2580" not in one
    found = store.devices.all()["exit-1"]._replace(pin_hash=one)
    assert set(pin_of(found) or {}) == {"salt", "hash", "rounds"}
