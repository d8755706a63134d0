"""How much may come in a minute, and kiosks that answer for themselves with a key."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import Collector, Otklik, Serve, answer, until

from otklik_collector.ceilings import Ceiling, visitor_of
from otklik_collector.store import open_store

PROXIES = 'trusted_proxies = ["127.0.0.1"]\n'


class Clock:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_ceiling_fills_again_evenly() -> None:
    clock = Clock()
    ceiling = Ceiling(clock=clock)
    assert [ceiling.seconds_to_wait("till", 2) for _n in range(3)] == [0, 0, 31]
    assert ceiling.seconds_to_wait("other", 2) == 0
    clock.now = 31
    assert [ceiling.seconds_to_wait("till", 2) for _n in range(2)] == [0, 29]
    assert ceiling.seconds_to_wait("till", 0) == 0


def test_a_visitor_is_remembered_as_a_hash_for_a_day() -> None:
    clock = Clock()
    ceiling = Ceiling(hashed=True, clock=clock)
    ceiling.seconds_to_wait("192.0.2.7", 1)
    (before,) = ceiling._used
    assert isinstance(before, bytes)
    clock.now = 86401
    assert ceiling.seconds_to_wait("192.0.2.7", 1) == 0
    (after,) = ceiling._used
    assert after != before


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:ffff::1", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.7", "192.0.2.8", False),
        ("::ffff:192.0.2.7", "::ffff:192.0.2.8", False),
        ("nonsense:", "nonsense", False),
    ],
)
def test_a_household_with_a_network_of_addresses_is_one_visitor(one: str, other: str, same: bool) -> None:
    assert (visitor_of(one) == visitor_of(other)) == same


def settings(tmp_path: Path, text: str) -> None:
    (tmp_path / "otklik.toml").write_text(PROXIES + text, encoding="utf-8")


def send(collector: Collector, address: str, sent: Any = None, **headers: str) -> Any:
    return collector.post(sent or answer(), X_Forwarded_For=address, **headers)


def test_a_visitor_may_send_so_many_a_minute_and_a_neighbour_too(serve: Serve, tmp_path: Path) -> None:
    settings(tmp_path, "limit_visitor = 2\n")
    collector = serve()

    replies = [send(collector, "192.0.2.7") for _n in range(3)]

    assert [reply.status for reply in replies] == [201, 201, 429]
    assert replies[2].json()["code"] == "too-many"
    assert 25 <= int(replies[2].headers["retry-after"]) <= 31
    assert send(collector, "192.0.2.8").status == 201
    form = collector.ask("/q/till", "scale=smiley5&score=3", X_Forwarded_For="192.0.2.7", Origin=collector.url)
    assert form.status == 429
    # Not a visitor, but a program of this machine, or a proxy that nobody named.
    assert [collector.post(answer()).status for _n in range(4)] == [201] * 4


def test_items_of_a_list_meet_the_ceiling_one_by_one(serve: Serve, tmp_path: Path) -> None:
    settings(tmp_path, "limit_touchpoint = 2\n")
    collector = serve()
    items = [answer(), answer(), answer(), answer("whole", "nps", 9)]

    reply = send(collector, "192.0.2.7", items)

    assert reply.status == 201
    assert [item["status"] for item in reply.json()["results"]] == [201, 201, 429, 201]
    assert reply.json()["results"][2]["code"] == "too-many"
    assert int(reply.headers["retry-after"]) > 20
    alone = send(collector, "192.0.2.9", [items[2]])
    assert alone.status == 429  # 422 would mean: never again
    assert int(alone.headers["retry-after"]) > 20


def test_a_device_has_a_ceiling(serve: Serve, tmp_path: Path) -> None:
    settings(tmp_path, "limit_device = 1\n")
    collector = serve()
    replies = [collector.post(answer(device=device)).status for device in ("exit-1", "exit-1", "exit-2")]
    assert replies == [201, 429, 201]


def test_a_limit_that_is_no_number_is_named(otklik: Otklik, tmp_path: Path, small_journey: Path) -> None:
    (tmp_path / "otklik.toml").write_text('limit_visitor = "many"\nlimit_device = -1\n', encoding="utf-8")
    found = otklik("map", "--journey", small_journey)
    assert found.status == 1
    assert "otklik.toml:1: “limit_visitor” must be a number a minute" in found.err
    assert "otklik.toml:2: “limit_device”" in found.err
    (tmp_path / "otklik.toml").unlink()
    assert "“limit_touchpoint” must" in otklik("map", "--journey", small_journey, OTKLIK_LIMIT_TOUCHPOINT="x").err


# ---- kiosks


@pytest.fixture
def kiosk(otklik: Otklik, small_journey: Path) -> str:
    """The key of a kiosk at the exit in Omsk."""
    found = otklik("kiosk", "add", "exit-1", "--place", "omsk", "--point", "till", "--journey", small_journey)
    assert found.status == 0, found.err
    return found.out.split()[-1]


def stored(collector: Collector) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(collector.db)) as connection:
        return connection.execute("SELECT device, place FROM response ORDER BY id").fetchall()


def test_a_kiosk_shows_its_key_and_answers_for_its_place(kiosk: str, serve: Serve) -> None:
    collector = serve()
    sent = answer(device="exit-1", channel="kiosk", place="centre")

    assert collector.post(sent).json()["code"] == "device-key"
    assert collector.post({**sent, "key": "kiosk-of-a-stranger"}).status == 403
    assert collector.post({**sent, "key": kiosk}, origin=None).status == 201
    assert (
        collector.post(answer(device="exit-1"), origin="https://far.example", Authorization=f"Bearer {kiosk}").status
        == 201
    )

    assert stored(collector) == [("exit-1", "omsk")] * 2


def test_a_kiosk_asks_only_where_it_was_made_for(kiosk: str, serve: Serve) -> None:
    collector = serve()
    elsewhere = answer("returns", "ces7", 6, device="exit-1", key=kiosk)

    refused = collector.post(elsewhere)
    listed = collector.post([elsewhere, answer(device="exit-1", key=kiosk)])

    assert (refused.status, refused.json()["code"]) == (403, "device-point")
    assert [item.get("code") for item in listed.json()["results"]] == ["device-point", None]
    assert stored(collector) == [("exit-1", "omsk")]


def test_a_kiosk_that_was_offline_brings_all_at_once(kiosk: str, serve: Serve, tmp_path: Path) -> None:
    settings(tmp_path, "limit_visitor = 2\nlimit_touchpoint = 2\n")
    collector = serve()
    items = [answer(device="exit-1", key=kiosk) for _n in range(20)]
    assert {item["status"] for item in send(collector, "192.0.2.7", items).json()["results"]} == {201}


def test_a_revoked_kiosk_is_told_so_and_may_begin_anew(
    kiosk: str, serve: Serve, otklik: Otklik, small_journey: Path
) -> None:
    assert otklik("kiosk", "revoke", "exit-1").status == 0
    collector = serve()
    sent = answer(device="exit-1", key=kiosk)

    refused = collector.post(sent)
    listed = collector.post([sent, answer()])

    assert (refused.status, refused.json()["code"]) == (403, "device-revoked")
    assert [item.get("code") for item in listed.json()["results"]] == ["device-revoked", None]
    again = ("kiosk", "add", "exit-1", "--place", "centre", "--point", "till", "--journey", small_journey)
    key = otklik(*again).out.split()[-1]
    assert otklik(*again).status == 1
    with open_store(collector.db) as store:
        assert store.devices.all()["exit-1"].revoked_at is None
    until(lambda: collector.post({**sent, "key": key}).status == 201)  # known within a second
    assert collector.post(answer(device="exit-1", key=kiosk)).json()["code"] == "device-key"


def test_a_name_that_is_no_kiosks_is_a_label(kiosk: str, serve: Serve) -> None:
    assert kiosk
    collector = serve()
    assert collector.post(answer(device="somebodys-tablet", place="centre")).status == 201
    assert collector.post(answer(device="somebodys-tablet"), origin="https://far.example").status == 403
    assert stored(collector) == [("somebodys-tablet", "centre")]


def test_the_key_of_a_kiosk_is_kept_nowhere(kiosk: str, otklik: Otklik, tmp_path: Path) -> None:
    assert all(kiosk.encode() not in file.read_bytes() for file in tmp_path.glob("otklik.db*"))
    assert otklik("kiosk", "rename", "exit-1", "By the lift").status == 0
    (found,) = otklik("kiosk", "list", "--json").json()
    assert (found["device"], found["name"], found["place"], found["points"]) == (
        "exit-1",
        "By the lift",
        "omsk",
        ["till"],
    )
    assert "key" not in json.dumps(found)
    assert "exit-1  live  omsk  till  By the lift" in otklik("kiosk", "list").out
    assert "added a kiosk" in otklik("audit").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "Exit 1", "--place", "omks", "--point", "tlil"), ("“Exit 1” is no key", "“omsk”", "“till”")),
        (("add", "exit-1", "--point", "till"), ("say where it stands: centre, omsk",)),
        (("add", "exit-1", "--place", "omsk", "--point", "till", "--name", " "), ("1 to 100 letters",)),
    ],
)
def test_a_wrong_kiosk_is_refused_with_all_its_faults(
    otklik: Otklik, small_journey: Path, words: tuple[str, ...], said: tuple[str, ...]
) -> None:
    found = otklik("kiosk", *words, "--journey", small_journey)
    assert found.status == 1
    for one in said:
        assert one in found.err


@pytest.mark.usefixtures("kiosk")
@pytest.mark.parametrize("words", [("revoke", "exit-2"), ("rename", "exit-2", "Lift"), ("rename", "exit-1", "")])
def test_a_kiosk_that_is_not_there_is_not_changed(otklik: Otklik, words: tuple[str, ...]) -> None:
    found = otklik("kiosk", *words)
    assert found.status == 1
    assert "exit-1" in found.err or "letters" in found.err
