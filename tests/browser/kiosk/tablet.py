"""A tablet of a test, the house it stands in, and the collector that it sends to."""

from __future__ import annotations

import itertools
import json
import re
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from browser.kiosk.line import Line
from conftest import clean_environment, until
from playwright.sync_api import Locator, Page, expect

from otklik_collector.store import open_store
from otklik_collector.store.devices import Wanted, hash_pin

JOURNEY = """
[company]
name = { ru = "Три крылечка", en = "Three Porches" }
languages = ["ru", "en"]
zone = "Europe/Moscow"
sample = true
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

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=20) as reply:
                return bool(reply.status == 200)
        except OSError:
            return False

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
    moved: bool = False
    """Is its clock moved by the test?"""

    @property
    def address(self) -> str:
        return f"{self.line.origin}/kiosk/{self.device}"

    def stored(self, count: int) -> list[dict[str, Any]]:
        """What is stored, once there are so many."""
        patience = time.monotonic() + 8

        def there() -> bool:
            # A request that was under way while the clock jumped ends after it; the next try waits by that clock.
            nonlocal patience
            if self.moved and time.monotonic() > patience:
                self.page.clock.run_for(601_000)
                patience = time.monotonic() + 8
            return len(self.house.stored(self.device)) >= count

        until(there)
        found = self.house.stored(self.device)
        assert len(found) == count
        return found

    def waiting(self, store: str = "queue") -> int:
        """How many answers the tablet still holds."""
        return int(self.page.evaluate(COUNT, store))

    @property
    def heading(self) -> Locator:
        return self.page.get_by_role("heading")

    def face(self, n: int) -> None:
        self.page.locator(".tile").nth(n).tap()

    def tap(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).tap()

    def still(self) -> None:
        """From now on the tablet's clock stands; only `page.clock.run_for` moves it."""
        self.moved = True
        self.page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))

    def change(self, *points: str, **more: Any) -> None:
        """Changes the device's record, as the console does."""
        with open_store(self.house.db) as store:
            found = store.devices.all()[self.device]
            wanted = Wanted(self.device, found.name, found.place, points or found.points, **more)
            assert store.devices.change(wanted, "test")
        time.sleep(1.1)  # a running collector looks at its kiosks once a second

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


@contextmanager
def open_house(folder: Path, asked: str = JOURNEY) -> Iterator[House]:
    """A collector of the tablets' shop, in this folder, ready to be asked."""
    journey, db = folder / "journey.toml", folder / "otklik.db"
    journey.write_text(asked, encoding="utf-8")
    command = [sys.executable, "-m", "otklik_widget.cli", "serve", "--port", "0", "--db", str(db)]
    command += ["--journey", str(journey), "--site", str(folder / "none")]
    environ = {**clean_environment(), "OTKLIK_LANG": "en"}
    process = subprocess.Popen(command, cwd=folder, env=environ, stderr=subprocess.PIPE, encoding="utf-8")
    assert process.stderr
    found = re.search(r"http://\S+:(\d+)", process.stderr.readline())
    assert found
    house = House(int(found.group(1)), db)
    until(house.ready)
    try:
        yield house
    finally:
        process.terminate()
        process.communicate(timeout=60)


def device_of(house: House, points: tuple[str, ...], place: str, pin: str = "") -> tuple[str, str]:
    """A new device and its key, got by a code: so a running collector knows it at once."""
    device = f"tablet-{next(_numbers)}"
    origin = f"http://127.0.0.1:{house.port}"
    with open_store(house.db) as store:
        wanted = Wanted(device, f"By the door {device}", place, points, pin_hash=pin and hash_pin(pin))
        store.devices.add_all([wanted], "test")
        (made,) = store.pairing.make([device], "test", time.time())
    body = json.dumps({"code": made.code}).encode()
    request = urllib.request.Request(f"{origin}/kiosk/pair", body, {"Origin": origin})
    with urllib.request.urlopen(request, timeout=20) as reply:
        return device, str(json.load(reply)["key"])


def pair(page: Page, line: Line, device: str, key: str) -> None:
    """Puts the key where pairing puts it."""
    page.goto(f"{line.origin}/kiosk/pair")
    expect(page.locator("h1")).to_be_visible()
    page.evaluate(KEYED, [device, key])
