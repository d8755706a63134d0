"""One collector for all tests of the kiosk; each test has a tablet, a device and a line of its own."""

from __future__ import annotations

import itertools
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from browser.kiosk.line import Line, open_line
from conftest import clean_environment, until
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from otklik_collector.store import open_store

JOURNEY = """
[company]
name = { ru = "Три крылечка", en = "Three Porches" }
languages = ["ru", "en"]
zone = "Europe/Moscow"
[[place]]
key = "sadovaya"
name = "Sadovaya"
[[place]]
key = "night"
name = "Night"
hours = "Mo-Su 08:00-22:00"
[[stage]]
key = "buy"
name = { ru = "Покупает", en = "Buys" }
[[stage.touchpoint]]
key = "checkout"
name = { ru = "Касса", en = "Checkout" }
reasons = ["waiting", "courtesy", "price", "choice", "order", "clean"]
[[stage.touchpoint]]
key = "hall"
name = { ru = "Зал", en = "Hall" }
ask = ["smiley4"]
[[stage.touchpoint]]
key = "way"
name = { ru = "Вход", en = "Entrance" }
ask = ["ces7"]
[[stage.touchpoint]]
key = "whole"
name = { ru = "Магазин", en = "Shop" }
ask = ["nps"]
[[stage.touchpoint]]
key = "write"
name = { ru = "Напишите нам", en = "Write to us" }
ask = ["message"]
[reason.waiting]
ru = "Время ожидания"
en = "Waiting time"
[reason.courtesy]
ru = "Вежливость"
en = "Courtesy"
[reason.price]
ru = "Цены"
en = "Prices"
[reason.choice]
ru = "Ассортимент"
en = "Choice"
[reason.order]
ru = "Консультант"
en = "Consultant"
[reason.clean]
ru = "Чистота"
en = "Cleanliness"
"""
TABLET: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "has_touch": True, "locale": "ru-RU"}
KEYED = """([device, key]) => new Promise((done) => {
    const put = () => {
        const request = indexedDB.open("otklik-kiosk");
        request.onsuccess = () => {
            const db = request.result;
            if (!db.objectStoreNames.contains("state")) { db.close(); return setTimeout(put, 20); }
            const change = db.transaction("state", "readwrite");
            change.objectStore("state").put(key, "key/" + device);
            change.oncomplete = () => { db.close(); done(); };
        };
    };
    put();
})"""


@dataclass
class House:
    """The collector that the tablets of all tests send to."""

    port: int
    db: Path

    def stored(self, device: str) -> list[dict[str, Any]]:
        """What is stored of a device, in the order of its numbers."""
        with closing(sqlite3.connect(self.db)) as connection:
            connection.row_factory = sqlite3.Row
            rows = connection.execute(
                "SELECT r.*, s.touchpoint, s.scale FROM response AS r JOIN series AS s ON s.id = r.series"
                " WHERE device = ? ORDER BY seq",
                (device,),
            )
            return [dict(row) for row in rows]


@dataclass
class Kiosk:
    """A tablet: its page, its line, and what the collector holds of it."""

    device: str
    key: str
    page: Page
    line: Line
    house: House

    @property
    def address(self) -> str:
        return f"{self.line.origin}/kiosk/{self.device}"

    def stored(self, count: int) -> list[dict[str, Any]]:
        """What is stored, once there are so many."""
        until(lambda: len(self.house.stored(self.device)) >= count, 15)
        found = self.house.stored(self.device)
        assert len(found) == count
        return found

    def waiting(self, store: str = "queue") -> int:
        """How many answers the tablet still holds."""
        return int(self.page.evaluate(COUNT, store))

    def face(self, n: int) -> None:
        self.page.locator(".tile").nth(n).tap()

    def open(self) -> None:
        """Opens the app and waits until it asks, and until it could start without a line."""
        self.page.goto(self.address)
        expect(self.page.locator(".tile, textarea").first).to_be_visible()
        # Under a strict policy Playwright's own waiting is refused, as anybody's eval is.
        until(lambda: self.page.evaluate("!!navigator.serviceWorker.controller"))


COUNT = """(store) => new Promise((done) => {
    const request = indexedDB.open("otklik-kiosk");
    request.onsuccess = () => {
        const db = request.result;
        const count = db.transaction(store).objectStore(store).count();
        count.onsuccess = () => { db.close(); done(count.result); };
    };
})"""
MakeKiosk = Callable[..., Kiosk]
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("kiosks")
    journey, db = folder / "journey.toml", folder / "otklik.db"
    journey.write_text(JOURNEY, encoding="utf-8")
    command = [sys.executable, "-m", "otklik_widget.cli", "serve", "--port", "0"]
    command += ["--db", str(db), "--journey", str(journey), "--site", str(folder / "none")]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**clean_environment(), "OTKLIK_LANG": "en"},
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stderr
    found = re.search(r"http://\S+:(\d+)", process.stderr.readline())
    assert found
    yield House(int(found.group(1)), db)
    process.terminate()
    process.communicate(timeout=20)


@pytest.fixture
def line(house: House) -> Iterator[Line]:
    server = open_line(house.port)
    yield server.line
    server.shutdown()
    server.server_close()


def device_of(house: House, points: tuple[str, ...], place: str) -> tuple[str, str]:
    """A new device and its key."""
    device = f"tablet-{next(_numbers)}"
    with open_store(house.db) as store:
        return device, store.devices.add(device, f"By the door {device}", place, points, "test")


def pair(page: Page, line: Line, device: str, key: str) -> None:
    """Puts the key where pairing puts it."""
    page.goto(f"{line.origin}/kiosk/pair")
    expect(page.locator("h1")).to_be_visible()
    page.evaluate(KEYED, [device, key])


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A tablet's browser; nothing that the app does may end in its console."""
    context = browser.new_context(**TABLET)
    context.set_default_timeout(8000)
    said: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # The browser itself notes a refused or broken request there; no page can prevent it.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            said.append(message.text)

    context.on("console", listen)
    context.on("weberror", lambda error: said.append(str(error.error)))
    yield context
    context.close()
    assert said == []


@pytest.fixture
def kiosk(context: BrowserContext, house: House, line: Line) -> MakeKiosk:
    """Makes a tablet that asks at these touchpoints, paired and open."""

    def make(*points: str, place: str = "sadovaya", opened: bool = True) -> Kiosk:
        device, key = device_of(house, points or ("checkout",), place)
        made = Kiosk(device, key, context.new_page(), line, house)
        pair(made.page, line, device, key)
        if opened:
            made.open()
        return made

    return make
