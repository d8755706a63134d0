"""People hear of a tablet that fell silent while its shop is open: once, in one letter, and only of their places."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SMALL_JOURNEY
from letters import Office, anna
from managers import Clock

from otklik_collector.beats import Beat, Beats
from otklik_collector.kiosk_watch import KioskWatch
from otklik_collector.log import Log
from otklik_collector.mail.postman import Postman
from otklik_collector.mail.writing import Writing
from otklik_collector.store import Store
from otklik_collector.store.outbox import SILENT
from otklik_collector.store.subscriptions import Subscription
from otklik_widget.journey import Journey
from otklik_widget.journey_file import read_journey

MINUTE = 60.0
NOON = 1_795_078_800.0  # 19 November 2026 in Moscow, 12:00


class Shop:
    """Three tablets, of which two stand in the centre; a clock; and the thread's own steps, taken by hand."""

    def __init__(self, store: Store, journey: Journey) -> None:
        self.store, self.clock = store, Clock(NOON)
        self.beats = Beats(self.clock)
        self.watch = KioskWatch(store.path, journey, self.beats, Log(), mail=True, now=self.clock)
        for device, place in (("hall", "centre"), ("exit", "centre"), ("omsk-1", "omsk")):
            store.devices.add(device, f"Tablet {device}", place, ("till",), "")

    def beat(self, *devices: str) -> None:
        for device in devices:
            self.beats.hear(device, Beat(at=int(self.clock() * 1000), queue=3))

    def later(self, minutes: float, *alive: str) -> list[str]:
        """So many minutes later, in which these spoke: whom people are told of."""
        self.clock.now += minutes * MINUTE
        self.beat(*alive)
        self.watch.keep(self.store)
        return [one.device for one in self.watch.tell(self.store)]


@pytest.fixture
def shop(store: Store, tmp_path: Path) -> Shop:
    """Open from 10 to 22 in the centre; in Omsk nobody wrote the hours down."""
    file = tmp_path / "hours.toml"
    text = SMALL_JOURNEY.replace('name = "Centre"', 'name = "Centre"\nhours = "Mo-Su 10:00-22:00"')
    file.write_text(text, encoding="utf-8")
    found = Shop(store, read_journey(file))
    found.beat("hall", "exit", "omsk-1")
    return found


def test_a_silent_kiosk_is_told_once_and_again_after_it_came_back_a_day_later(shop: Shop) -> None:
    assert shop.later(14, "hall", "omsk-1") == []
    assert shop.later(2, "hall", "omsk-1") == ["exit"]
    assert shop.later(60, "hall", "omsk-1") == []
    assert shop.later(1, "hall", "exit", "omsk-1") == []
    assert shop.later(60, "hall", "omsk-1") == []  # the same day
    assert shop.later(24 * 60, "hall", "omsk-1") == ["exit"]
    assert shop.later(24 * 60, "hall", "omsk-1") == []  # it never came back


def test_a_kiosk_that_is_switched_off_for_the_night_rings_nothing(shop: Shop) -> None:
    shop.later(9 * 60 + 55, "hall", "exit", "omsk-1")  # 21:55
    assert shop.later(6 * 60, "omsk-1") == []
    assert shop.later(6 * 60 + 9, "omsk-1") == []  # 10:04
    assert shop.later(7, "omsk-1", "hall") == ["exit"]


def test_after_a_pause_of_the_collector_itself_nobody_was_silent(shop: Shop, store: Store, journey: Journey) -> None:
    shop.watch.keep(store)
    shop.clock.now += 60 * MINUTE
    again = KioskWatch(store.path, journey, Beats(shop.clock), Log(), now=shop.clock)
    assert again.tell(store) == []
    shop.clock.now += 16 * MINUTE
    assert {one.device for one in again.tell(store)} == {"hall", "exit", "omsk-1"}


def test_nobody_waits_for_a_kiosk_out_of_use(shop: Shop, store: Store) -> None:
    store.devices.retire("hall", "")
    store.devices.revoke("exit", "")
    assert shop.later(20) == ["omsk-1"]


Letters = Callable[[], list[str]]


@pytest.fixture
def letters(shop: Shop, store: Store, office: Office, tmp_path: Path) -> Letters:
    """Has the postman go round; what came, as text."""
    writing = Writing(read_journey(tmp_path / "hours.toml"), "https://otklik.shop.example")
    postman = Postman(store.path, writing, office.settings, Log(), shop.clock)

    def come() -> list[str]:
        office.letters.clear()
        postman.round(store)
        return sorted(f"{letter['To']} {letter['Subject']}\n{next(letter.iter_parts()).get_content()}"
                      for letter in office.letters)  # fmt: skip

    return come


def test_one_letter_tells_of_all_that_fell_silent_in_the_readers_places(
    shop: Shop, store: Store, letters: Letters
) -> None:
    anna(store, quiet_from=0, quiet_until=0)
    boris = store.people.add("Boris", "", "viewer", ("omsk",), NOON)
    store.subscriptions.put(Subscription(boris.id, "boris@shop.example", "ru", quiet_from=0, quiet_until=0), NOON, "B")
    assert shop.later(16, "hall") == ["exit", "omsk-1"]

    to_anna, to_boris = letters()

    assert to_anna.startswith("anna@shop.example Silent kiosks: Tablet exit, Centre; Tablet omsk-1, Omsk")
    assert "https://otklik.shop.example/console/kiosks/at/exit?lang=en" in to_anna
    assert "last heard: 19 Nov, 12:00" in to_anna.replace("\u202f", " ")
    assert "Планшеты молчат: Tablet omsk-1" in to_boris
    assert "exit" not in to_boris


def test_a_letter_that_waited_tells_of_none_that_spoke_again(shop: Shop, store: Store, letters: Letters) -> None:
    anna(store, quiet_from=0, quiet_until=0)
    assert shop.later(16, "hall", "omsk-1") == ["exit"]
    shop.later(1, "exit")
    assert letters() == []
    assert store.letters.waiting() == 0


def test_webhooks_of_its_touchpoints_are_told(shop: Shop, store: Store) -> None:
    for touchpoints in ((), ("till",), ("returns",)):
        store.webhooks.add("https://crm.example/", NOON, touchpoints=touchpoints)
    shop.later(16, "hall", "omsk-1")

    told = store.outbox.newest(10)

    assert [(one.kind, one.webhook) for one in sorted(told, key=lambda one: one.webhook)] == [(SILENT, 1), (SILENT, 2)]
    body = json.loads(told[0].body)
    assert (body["device"], body["place"], body["queue"], body["points"]) == ("exit", "centre", 3, ["till"])
    assert body["since"].startswith("2026-11-19T09:00:00")
