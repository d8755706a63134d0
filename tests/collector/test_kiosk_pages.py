"""The kiosk app's addresses: a page and files without secrets, and settings for who shows the tablet's key."""

from __future__ import annotations

import re

import pytest
import segno
from conftest import Reply, until
from managers import Console

from otklik_collector.kiosk_pages import KioskSettings
from otklik_collector.store import open_store
from otklik_collector.store.devices import Device, Wanted, hash_pin
from otklik_widget import assets
from otklik_widget.contract import hidden_by_blockers
from otklik_widget.journey import Journey

BASE = "https://ask.example"


def device(*points: str, **more: object) -> Device:
    return Device("exit-1", "By the lift", "omsk", points or ("till",), b"", 0)._replace(**more)  # type: ignore[arg-type]


@pytest.fixture
def key(console: Console) -> str:
    """The key of the kiosk at the exit in Omsk."""
    with open_store(console.db) as store:
        return store.devices.add("exit-1", "By the lift", "omsk", ("till",), "Anna")


def settings(console: Console, key: str, **headers: str) -> Reply:
    return console.visitor().ask("/kiosk/exit-1/settings", Authorization=f"Bearer {key}", **headers)


def test_the_page_is_the_same_for_every_name_and_holds_no_secret(console: Console, key: str) -> None:
    page = console.visitor().ask("/kiosk/exit-1")
    assert page.status == 200
    assert page.body == console.visitor().ask("/kiosk/no-such-tablet").body == console.visitor().ask("/kiosk/pair").body
    assert key not in page.text
    assert "exit-1" not in page.text
    policy = page.headers["content-security-policy"]
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy
    assert console.visitor().ask("/kiosk").headers["location"] == "/kiosk/pair"
    assert console.visitor().ask("/kiosk/UPPER").status == 404


def test_the_files_never_change_under_their_names_and_blockers_let_them_pass(console: Console) -> None:
    page = console.visitor().ask("/kiosk/exit-1").text
    files = re.findall(r'(?:href|src)="(/kiosk/[^"]+)"', page)
    worker = console.visitor().ask("/kiosk/worker.js")
    assert worker.headers["service-worker-allowed"] == "/kiosk/"
    assert worker.headers["cache-control"] == "no-cache"
    for file in files:
        found = console.visitor().ask(file)
        assert found.status == 200, file
        assert not hidden_by_blockers(file)
        assert f'"{file}"' in worker.text, "kept for the time without a network"
        assert ("immutable" in found.headers["cache-control"]) == (assets.kiosk_app() in file)
    assert console.visitor().ask("/kiosk/app.0123456789.js").status == 404


def test_a_tablet_gets_its_settings_for_its_key_and_once(console: Console, key: str) -> None:
    reply = settings(console, key)
    found = reply.json()

    assert (found["device"], found["place"], found["zone"], found["lang"]) == ("exit-1", "omsk", "Asia/Omsk", "ru")
    assert found["now"] == int(console.clock() * 1000)
    (question,) = found["questions"]
    assert (question["point"], question["scale"], question["low"]) == ("till", "smiley5", 0)
    assert [label["en"] for label in question["labels"]] == ["Very bad", "Bad", "OK", "Good", "Excellent"]
    assert [reason["key"] for reason in question["reasons"]] == ["waiting", "courtesy"]
    assert found["sample"] is None, "this company is not called a sample"
    assert question["link"] == f"{console.url}/q/till?place=omsk&channel=qr"
    console.clock.now += 60
    assert settings(console, key, If_None_Match=reply.headers["etag"]).status == 304
    assert key not in reply.text


@pytest.mark.parametrize("name", ["exit-1", "nobody"])
def test_without_the_key_there_are_no_settings(console: Console, key: str, name: str) -> None:
    for shown in (f"{key}x", ""):
        reply = console.visitor().ask(f"/kiosk/{name}/settings", Authorization=f"Bearer {shown}")
        assert (reply.status // 100, reply.json()["code"]) == (4, "device-key")


def test_a_revoked_tablet_is_told_so(console: Console, key: str) -> None:
    with open_store(console.db) as store:
        store.devices.revoke("exit-1", "Anna")
    reply = settings(console, key)
    assert (reply.status, reply.json()["code"]) == (403, "device-revoked")


def test_changed_settings_have_another_version(console: Console, key: str) -> None:
    before = settings(console, key).json()
    with open_store(console.db) as store:
        wanted = Wanted("exit-1", "By the lift", "omsk", ("whole", "write"), "en", ("en",), False, hash_pin("1234"))
        store.devices.change(wanted, "Anna")

    def changed() -> bool:
        return bool(settings(console, key).json()["version"] != before["version"])

    until(changed)
    after = settings(console, key).json()
    assert [question["scale"] for question in after["questions"]] == ["nps", "message"]
    assert (after["languages"], after["lang"], after["pin"]["rounds"]) == (["en"], "en", 100_000)
    assert after["questions"][0]["ends"][1]["en"] == "Extremely likely"
    assert (after["questions"][1]["labels"], after["questions"][1]["ends"]) == ([], None)


def test_what_left_the_journey_is_asked_no_more_and_a_retired_tablet_asks_nothing(journey: Journey) -> None:
    kiosks = KioskSettings(journey)
    some = kiosks.document(device("gone", "till"), BASE)
    assert [question["point"] for question in some["questions"]] == ["till"]
    assert kiosks.document(device(retired_at=1), BASE)["questions"] == []


def test_only_what_a_tablet_may_show_changes_its_version(journey: Journey) -> None:
    kiosks = KioskSettings(journey)
    version = kiosks.version(device(), BASE)
    assert kiosks.version(device(key_hash=b"x", paired_at=5, changed_at=7), BASE) == version
    others = [device(name="Exit"), device(reasons=False), device(lang="en"), device("returns"), device(place="centre")]
    assert version not in {kiosks.version(one, BASE) for one in others}
    assert kiosks.version(device(), "https://other.example") != version


def test_the_qr_code_is_one_path_in_a_square_with_its_quiet_zone(journey: Journey) -> None:
    (question,) = KioskSettings(journey).document(device(), BASE)["questions"]
    rows = segno.make(question["link"], error="m", micro=False).matrix
    size = question["qr"]["size"]
    assert size == len(rows) + 4
    drawn = [[0] * size for _row in range(size)]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", question["qr"]["path"]):
        drawn[int(y)][int(x) : int(x) + int(width)] = [1] * int(width)
    assert [row[2:-2] for row in drawn[2:-2]] == [list(row) for row in rows]
