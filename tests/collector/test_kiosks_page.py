"""Managers see which tablet fell silent, first, and none of places that are not theirs; and look after them."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from conftest import SMALL_JOURNEY, Reply, response
from managers import Console, Visitor
from tablets import post

from otklik_collector.beats import Beat, Heard
from otklik_collector.store import open_store
from otklik_collector.store.devices import Device
from otklik_collector.store.transaction import transaction
from otklik_widget.contract import make_uuid7
from otklik_widget.journey import Journey


@pytest.fixture
def small_journey(tmp_path: Path) -> Path:
    """The corner shop, with hours in the centre."""
    file = tmp_path / "journey.toml"
    text = SMALL_JOURNEY.replace('name = "Centre"', 'name = "Centre"\nhours = "Mo-Su 10:00-22:00"')
    file.write_text(text, encoding="utf-8")
    return file


def kiosks(shop: Console, *names: str, place: str = "centre") -> None:
    with open_store(shop.db) as store:
        for name in names:
            store.devices.add(name, f"Tablet {name}", place, ("till",), "Anna")


def tells(shop: Console, device: str, minutes_ago: float = 0, **beat: object) -> None:
    """The tablet told something so many minutes ago."""
    at = int((shop.clock() - minutes_ago * 60) * 1000)
    with open_store(shop.db) as store, transaction(store.db.conn):
        store.beats.put([Heard(device, at, Beat(**{"at": at, **beat}))])


def pressed(shop: Console, journey: Journey, device: str, *seqs: int, minutes_ago: float = 5, **more: object) -> None:
    at = int((shop.clock() - minutes_ago * 60) * 1000)
    with open_store(shop.db) as store:
        store.series.use(journey)
        store.responses.submit([
            response(id=make_uuid7(at + seq).bytes, device=device, seq=seq, channel="kiosk", place="centre",
                     answered_at=at + seq * 20_000, **more) for seq in seqs
        ])  # fmt: skip


def kiosk(shop: Console, device: str) -> Device:
    with open_store(shop.db) as store:
        return store.devices.all()[device]


def text(reply: Reply) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", reply.text)))


def do(visitor: Visitor, device: str, what: str, **values: object) -> Reply:
    page = f"/console/kiosks/at/{device}"
    return visitor.send(page, page, do=what, **values)


def test_without_kiosks_the_page_says_how_to_make_one(shop: Console) -> None:
    page = shop.signed_in().ask("/console/kiosks").text
    assert "/console/kiosks/add" in page
    assert "otklik kiosk import" in page
    assert "A manager can add one." in shop.signed_in("Boris").ask("/console/kiosks").text


def test_the_silent_stand_first_and_the_revoked_last(shop: Console, journey: Journey) -> None:
    kiosks(shop, "a-well", "b-gone", "c-silent", "d-low", "e-new", "f-out")
    anna = shop.signed_in()
    shop.clock.now += 200  # since the collector listens
    for device, minutes in (("a-well", 0.5), ("b-gone", 9), ("c-silent", 3.0), ("d-low", 1.5), ("f-out", 99)):
        tells(shop, device, minutes, battery={"level": 0.1, "charging": False} if device == "d-low" else None)
    with open_store(shop.db) as store:
        store.devices.revoke("b-gone", "Anna")
        store.devices.retire("f-out", "Anna")
    pressed(shop, journey, "a-well", 1)

    page = text(anna.ask("/console/kiosks"))

    names = re.findall(r"Tablet ([a-f]-[a-z]+)", page)
    assert names == ["c-silent", "d-low", "e-new", "a-well", "f-out", "b-gone"]
    assert "Silent: 1. To look at: 1. working: 1; without a tablet: 1" in page
    assert "silent for 3 minutes" in page
    assert "battery at 10 %, not charging" in page
    assert "No kiosk is silent" not in page


def test_who_sees_one_place_sees_and_touches_its_kiosks_only(shop: Console) -> None:
    kiosks(shop, "here")
    kiosks(shop, "there", place="omsk")
    shop.let_in("Vera", "manager", "centre")
    boris, vera = shop.signed_in("Boris"), shop.signed_in("Vera")

    assert "Tablet here" in boris.ask("/console/kiosks").text
    assert "Tablet there" not in boris.ask("/console/kiosks").text
    assert boris.ask("/console/kiosks?place=omsk").status == 403
    assert vera.ask("/console/kiosks/at/there").status == 404
    assert vera.send("/console/kiosks/at/here", "/console/kiosks/at/there", do="revoke").status == 404
    assert vera.send("/console/kiosks/add", "/console/kiosks/add", place="omsk", point="till").status == 422
    assert do(vera, "here", "move", to="omsk").status == 422
    assert kiosk(shop, "here").place == "centre"
    sheet = vera.send("/console/kiosks", "/console/kiosks/sheet")
    assert "Tablet here" in sheet.text
    assert "Tablet there" not in sheet.text


def test_a_viewer_reads_and_changes_nothing(shop: Console) -> None:
    kiosks(shop, "here")
    boris = shop.signed_in("Boris")
    page = boris.ask("/console/kiosks/at/here")
    assert page.status == 200
    assert "<form method" not in page.text.partition("<main>")[2]
    assert boris.ask("/console/kiosks/add").status == 403
    for path in ("/console/kiosks/add", "/console/kiosks/sheet", "/console/kiosks/at/here"):
        assert boris.send("/console/account", path, do="revoke").status == 403
    assert kiosk(shop, "here").revoked_at is None


def test_a_manager_adds_a_kiosk_and_a_tablet_is_paired_by_its_code(shop: Console) -> None:
    anna = shop.signed_in()

    made = anna.send(
        "/console/kiosks/add", "/console/kiosks/add", place="omsk", name="By the lift", point=["till", "returns"],
        first="ru", offered=["ru"], pin="2580",
    )  # fmt: skip

    assert made.status == 200
    found = kiosk(shop, "omsk-1")
    assert (found.name, found.place, found.points, found.lang, found.languages, found.reasons) == (
        "By the lift", "omsk", ("till", "returns"), "ru", ("ru",), False
    )  # fmt: skip
    assert found.pin_hash
    assert "2580" not in found.pin_hash
    code = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}", made.text)[0]
    assert "<svg" in made.text
    assert code not in anna.ask("/console/kiosks/at/omsk-1").text
    paired = post(shop.url, "/kiosk/pair", {"code": code}, Origin=shop.url)
    assert (paired.status, paired.json()["device"]) == (201, "omsk-1")
    assert ("Anna", "kiosk-added", "") in shop.deeds()
    again = anna.send("/console/kiosks/add", "/console/kiosks/add", place="omsk", name="At the exit", point="till")
    assert again.status == 200
    assert kiosk(shop, "omsk-2").name == "At the exit"


def test_what_is_wrong_in_the_form_is_told_at_its_field(shop: Console) -> None:
    kiosks(shop, "here")
    wrong = {"device": "Hall 1", "place": "nowhere", "first": "en", "offered": "ru", "pin": "12"}
    page = shop.signed_in().send("/console/kiosks/add", "/console/kiosks/add", name="x" * 101, **wrong)
    assert page.status == 422
    for field in ("device", "place", "name", "points", "lang", "pin"):
        assert f'id="{field}-said" class="wrong"' in page.text, field
    for name in ("here", "pair"):
        page = shop.signed_in().send(
            "/console/kiosks/add", "/console/kiosks/add", device=name, place="centre", point="till"
        )
        assert page.status == 422
        assert "device-said" in page.text


def test_questions_language_and_pin_are_changed_and_the_name(shop: Console) -> None:
    kiosks(shop, "here")
    anna = shop.signed_in()

    def settle(**more: object) -> Reply:
        return do(anna, "here", "change", **{"name": "Hall", "point": "returns", "reasons": "1", **more})

    assert settle(first="en", pin="123456").status == 303
    found = kiosk(shop, "here")
    assert (found.name, found.points, found.lang, found.reasons) == ("Hall", ("returns",), "en", True)
    pin = found.pin_hash
    assert settle().status == 303
    assert kiosk(shop, "here").pin_hash == pin  # left empty: it stays
    assert settle(**{"no-pin": "1"}).status == 303
    assert kiosk(shop, "here").pin_hash == ""
    assert settle(name="", pin="x").status == 422
    assert settle(point="nothing").status == 422
    assert do(anna, "here", "nonsense").status == 422
    assert [deed for deed in shop.deeds() if deed[1] == "kiosk-changed"] == [("Anna", "kiosk-changed", "")] * 3


def test_a_kiosk_is_moved_retired_revoked_and_brought_back(shop: Console) -> None:
    kiosks(shop, "here")
    anna = shop.signed_in()
    assert do(anna, "here", "move", to="omsk").status == 303
    assert (kiosk(shop, "here").place, kiosk(shop, "here").points) == ("omsk", ("till",))
    assert do(anna, "here", "move", to="omsk", there="nothing").status == 422
    assert do(anna, "here", "move", to="omsk", there="returns").status == 303
    assert kiosk(shop, "here").points == ("returns",)
    assert "Before: Centre." in text(anna.ask("/console/kiosks/at/here"))
    assert do(anna, "here", "retire").status == 303
    assert kiosk(shop, "here").retired_at
    assert do(anna, "here", "revoke").status == 303
    assert "revoked" in text(anna.ask("/console/kiosks"))
    code = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}", do(anna, "here", "code").text)[0]
    assert post(shop.url, "/kiosk/pair", {"code": code}, Origin=shop.url).status == 201
    back = kiosk(shop, "here")
    assert (back.retired_at, back.revoked_at, back.place) == (None, None, "omsk")


def test_all_that_a_tablet_told_stands_on_its_page(shop: Console, journey: Journey) -> None:
    kiosks(shop, "here")
    at = int(shop.clock() * 1000)
    told = {"queue": 2, "aside": 1, "seq": 9, "app": "v7", "screen": "800x1280", "persisted": True}
    tells(shop, "here", 0.5, at=at - 30_000 - 600_000, oldest=at - 3_600_000, **told)
    pressed(shop, journey, "here", 1, 2, 3, 5)

    page = text(shop.signed_in().ask("/console/kiosks/at/here"))

    assert "look at it" in page
    assert "presses that never came, in a week: 2" in page
    assert "its clock is 10 minutes behind" in page
    assert "responses that wait for over 10 minutes: 2" in page
    assert "responses that were refused and stay on the tablet: 1" in page
    assert "Version and screen v7; 800x1280" in page
    assert "Battery the browser does not tell" in page


def test_one_face_and_presses_after_hours_are_told_without_saying_which(shop: Console, journey: Journey) -> None:
    kiosks(shop, "here")
    tells(shop, "here")
    day = {"minutes_ago": 10 * 24 * 60, "day": 20261108}
    pressed(shop, journey, "here", *range(1, 31), score=4, **day)
    pressed(shop, journey, "here", *range(31, 71), score=1, **day)
    pressed(shop, journey, "here", *range(71, 96), score=4, minutes_ago=180, day=20261118)
    pressed(shop, journey, "here", *range(96, 101), score=4, minutes_ago=900, day=20261117, flags=("closed",))

    page = text(shop.signed_in().ask("/console/kiosks"))

    assert "one face only, in the last 25 presses of a day" in page
    assert "presses of the last day outside opening hours: 5" in page


def test_many_kiosks_stand_on_several_pages(shop: Console) -> None:
    kiosks(shop, *(f"k-{number:03}" for number in range(100)))
    anna = shop.signed_in()
    pages = [anna.ask(f"/console/kiosks?page={number}") for number in range(3)]
    assert [len(re.findall("Tablet k-", page.text)) for page in pages] == [40, 40, 20]
    assert all(len(page.body) < 50_000 for page in pages)
    assert "page=1" in pages[0].text
    assert "More kiosks" not in pages[2].text


@pytest.mark.parametrize("path", ["/console/kiosks/at/nobody", "/console/kiosks/at/%00", "/console/kiosks?page=x"])
def test_an_address_that_leads_nowhere_is_told_so(shop: Console, path: str) -> None:
    assert shop.signed_in().ask(path).status in (200, 404)
