"""What becomes of answers given in a real browser while the line, the storage or the clock is bad: each is stored once.

python tests/benchmarks/exactly_once.py [--responses 1000]     prints the table of docs/performance.md
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import shutil
import sqlite3
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from benchmarks import faults
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from otklik_collector.store import open_store
from otklik_widget.scales import SCALES

ASKED = [scale for scale in SCALES if scale != "message"]
"""One page asks them all: what is measured is sending, not opening pages."""
STILL = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
WAITING = "Object.keys(localStorage).filter((key) => key.startsWith('otklik-ask')).length"


class Given(NamedTuple):
    """What a customer did, and what therefore must be stored once."""

    page: str
    scale: str
    score: int
    comment: str


@dataclass
class Line:
    """The way between browser and collector; shares of the responses that something happens to."""

    busy: float = 0
    cut: float = 0
    slow: float = 0
    portal: float = 0
    chance: random.Random = field(default_factory=lambda: random.Random(5))
    harmed: int = 0
    came: int = 0

    def heal(self) -> None:
        self.busy = self.cut = self.slow = self.portal = 0


class Wire(ThreadingHTTPServer):
    """Serves the shop's pages and hands on to the collector what the line lets through."""

    daemon_threads = True
    collector: int
    line: Line


class Hand(BaseHTTPRequestHandler):
    """Where one request goes over the line."""

    protocol_version = "HTTP/1.1"
    server: Wire

    def do_GET(self) -> None:
        if self.path.startswith("/visit"):
            asked = "".join(f'<otklik-ask point="till" scale="{scale}"></otklik-ask>' for scale in ASKED)
            page = f'<!doctype html><html lang="en"><title>Shop</title>{asked}<script src="/ask.js"></script>'
            self._say(200, page.encode(), "text/html")
        else:
            self._hand_on(None)

    def do_POST(self) -> None:
        line, body = self.server.line, self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != "/responses":
            self._hand_on(body)
            return
        line.came += 1
        luck = line.chance.random()
        time.sleep(line.slow * line.chance.random())
        if luck < line.busy:
            line.harmed += 1
            self._say(503, b"", "text/plain", ("Retry-After", "1"))
        elif luck < line.busy + line.portal:
            line.harmed += 1
            self._say(200, b"<title>Free Wi-Fi</title>", "text/html")
        elif luck < line.busy + line.portal + line.cut:
            line.harmed += 1
            self._ask(body)
            self.close_connection = True
        else:
            self._hand_on(body, line.slow * line.chance.random())

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:  # the tab was closed in the middle
            self.close_connection = True

    def _ask(self, body: bytes | None) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.collector, timeout=15)
        try:
            headers = {name: self.headers[name] for name in ("Origin", "Content-Type") if name in self.headers}
            connection.request(self.command, self.path, body, headers)
            reply = connection.getresponse()
            return reply, reply.read()
        finally:
            connection.close()

    def _hand_on(self, body: bytes | None, late: float = 0) -> None:
        reply, said = self._ask(body)
        time.sleep(late)
        self._say(reply.status, said, reply.headers.get("Content-Type", ""))

    def _say(self, status: int, body: bytes, kind: str, *more: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), *more):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Nothing: what came stands in the database."""


@dataclass
class Street:
    """A shop, its line and the browsers of its customers; `given` is what they did."""

    browser: Browser
    wire: Wire
    db: Path
    given: list[Given] = field(default_factory=list)
    visits: int = 0

    @property
    def line(self) -> Line:
        return self.wire.line

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.wire.server_port}"

    @contextmanager
    def visitor(self) -> Iterator[BrowserContext]:
        context = self.browser.new_context(locale="en-GB")
        context.set_default_timeout(20_000)
        yield context
        context.close()

    def open(self, context: BrowserContext, *, clock: timedelta | None = None) -> Page:
        self.visits += 1
        page = context.new_page()
        if clock is not None:
            page.clock.install(time=datetime.now(UTC) + clock)
        page.goto(f"{self.origin}/visit/{self.visits}")
        page.get_by_role("radio").first.wait_for()
        return page

    def answer(self, page: Page, number: int, *, leaving: bool = False) -> None:
        """A customer's presses at one question; every third one writes something too. `leaving`: without Send."""
        page.bring_to_front()
        path, scale = page.evaluate("location.pathname"), ASKED[number % len(ASKED)]
        asked = page.locator("otklik-ask").nth(number % len(ASKED))
        score = SCALES[scale].scores[number % len(SCALES[scale].scores)]
        comment = f"{path} {scale}" if number % 3 == 0 and not leaving else ""
        press(asked, score - SCALES[scale].low, comment, leaving)
        self.given.append(Given(path, scale, score, comment))

    def deliver(self, context: BrowserContext) -> None:
        """The line is good again, and the customer opens one more page of the shop."""
        self.line.heal()
        page = self.open(context)
        page.wait_for_function(f"{WAITING} === 0", timeout=60_000)
        page.close()

    def stored(self) -> list[Given]:
        base = sqlite3.connect(f"file:{self.db}?mode=ro", uri=True)
        rows = base.execute(
            "SELECT r.page, s.scale, r.score, coalesce(c.text, '') FROM response r JOIN series s ON s.id = r.series"
            " LEFT JOIN comment c ON c.response = r.id"
        ).fetchall()
        base.close()
        return [Given(*row) for row in rows]

    def settle(self, seconds: float = 60) -> list[Given]:
        """What is stored once all that was given is there, or as it stands when it never comes."""
        end = time.monotonic() + seconds
        while Counter(self.given) - Counter(self.stored()) and time.monotonic() < end:
            time.sleep(0.05)
        return self.stored()


def press(asked: Locator, option: int, comment: str, leaving: bool) -> None:
    asked.get_by_role("radio").nth(option).check()
    if leaving:
        return
    send = asked.get_by_role("button", name="Send", exact=True)
    send.click()
    if comment and asked.get_by_role("textbox").is_visible():  # hidden once a response is refused for good
        asked.get_by_role("textbox").fill(comment)
        send.click()


def in_visits(street: Street, count: int, *, clock: timedelta | None = None, leaving: bool = False) -> None:
    """One customer, a new tab for each ten answers, closed with the last press; then one more visit."""
    with street.visitor() as context:
        for first in range(0, count, len(ASKED)):
            page = street.open(context, clock=clock)
            for number in range(first, min(first + len(ASKED), count)):
                street.answer(page, number, leaving=leaving)
            page.close(run_before_unload=False) if not leaving else leave(page)
        street.deliver(context)


def leave(page: Page) -> None:
    """Goes elsewhere, as customers do; a tab that is closed by force tells its page nothing."""
    page.goto("about:blank")
    page.close()


def quiet(street: Street, count: int) -> None:
    in_visits(street, count)


def busy(street: Street, count: int) -> None:
    street.line.busy = 0.4
    in_visits(street, count)


def lost_replies(street: Street, count: int) -> None:
    street.line.cut = 0.4
    in_visits(street, count)


def slow(street: Street, count: int) -> None:
    street.line.slow = 2
    in_visits(street, count)


def strange_replies(street: Street, count: int) -> None:
    """Something between answers 200 with a page of its own: free Wi-Fi, a host of pages, a wall against robots."""
    street.line.portal = 0.4
    in_visits(street, count)


def left(street: Street, count: int) -> None:
    street.line.busy = 0.4
    in_visits(street, count, leaving=True)


def offline(street: Street, count: int) -> None:
    with street.visitor() as context:
        for first in range(0, count, len(ASKED)):
            page = street.open(context)
            context.set_offline(True)
            for number in range(first, min(first + len(ASKED), count)):
                street.answer(page, number)
            page.close()
            context.set_offline(False)
        street.deliver(context)


def two_tabs(street: Street, count: int) -> None:
    street.line.busy, street.line.cut = 0.3, 0.3
    with street.visitor() as context:
        for first in range(0, count, 2 * len(ASKED)):
            tabs = [street.open(context) for _tab in range(2)]
            for number in range(first, min(first + 2 * len(ASKED), count)):
                street.answer(tabs[number % 2], number // 2)
            for tab in tabs:
                tab.close()
        street.deliver(context)


def without_storage(street: Street, count: int, prepare: str = "", at_once: str = "") -> None:
    """Nothing can be kept beyond the page: it stays open until everything is delivered."""
    with street.visitor() as context:
        context.add_init_script(prepare)
        for first in range(0, count, len(ASKED)):
            street.line.busy, street.line.cut = 0.3, 0.2
            page = street.open(context)
            if at_once:
                page.evaluate(at_once)
            for number in range(first, min(first + len(ASKED), count)):
                street.answer(page, number)
            street.line.heal()
            street.settle()
            page.close()


def private(street: Street, count: int) -> None:
    without_storage(
        street,
        count,
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})",
    )


def full(street: Street, count: int) -> None:
    without_storage(
        street,
        count,
        at_once="for (let size = 5 << 20; size; size >>= 1)"
        " try { for (;;) localStorage['full' + localStorage.length] = 'x'.repeat(size) } catch {}",
    )


def wrong_clock(street: Street, count: int) -> None:
    """Three days behind, three days ahead, and a device that has forgotten what year it is."""
    behind = datetime(1970, 1, 2, tzinfo=UTC) - datetime.now(UTC)
    for clock in (timedelta(days=-3), timedelta(days=3), behind):
        street.line.busy = 0.3
        in_visits(street, count // 3, clock=clock)


CASES: dict[str, Callable[[Street, int], None]] = {
    "a good line": quiet,
    "503 for 40 %": busy,
    "40 % stored, but the reply lost": lost_replies,
    "up to 4 s on the way, tab closed at once": slow,
    "a stranger answers 40 % with a page and 200": strange_replies,
    "left without Send, 503 for 40 %": left,
    "offline, tab closed, new tab": offline,
    "two tabs, 503 and lost replies for 60 %": two_tabs,
    "storage forbidden, 503 and lost replies for 50 %": private,
    "storage full, 503 and lost replies for 50 %": full,
    "clock 3 days behind, 3 ahead, in 1970": wrong_clock,
}


@dataclass
class Found:
    """What a case did to the answers."""

    given: int
    stored: int
    lost: int
    doubled: int
    came: int
    harmed: int

    @property
    def well(self) -> bool:
        return self.given == self.stored and not self.lost and not self.doubled


@contextmanager
def open_street(folder: Path, browser: Browser) -> Iterator[Street]:
    """A collector, a line to it and a browser; afterwards the database is recounted."""
    wire = Wire(("127.0.0.1", 0), Hand)
    wire.line = Line()
    shop = faults.Shop(folder, {"OTKLIK_BASE_URL": f"http://127.0.0.1:{wire.server_port}"})
    shop.start()
    wire.collector = shop.port
    threading.Thread(target=wire.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield Street(browser, wire, shop.db)
    finally:
        wire.shutdown()
        wire.server_close()
        shop.stop()
    with open_store(shop.db) as store:
        assert store.recount.mismatches() == []


def run(street: Street, case: Callable[[Street, int], None], count: int) -> Found:
    """Lets customers answer so often under a case and compares what they gave with what is stored."""
    before, street.given, line = Counter(street.stored()), [], street.line
    line.came = line.harmed = 0
    case(street, count)
    line.heal()
    stored, given = Counter(street.settle()) - before, Counter(street.given)
    lost, more = given - stored, stored - given
    return Found(given.total(), stored.total(), lost.total(), more.total(), line.came, line.harmed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--responses", type=int, default=1000)
    parser.add_argument("--case", default="", help="a part of the name of the only case to run")
    args = parser.parse_args()
    path = os.environ.get("OTKLIK_BROWSER") or shutil.which("chromium")
    each, failed = -(-args.responses // len(CASES)), False
    print("| | given | requests | refused or broken | stored | lost | doubled |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=path, args=STILL)
        with open_street(Path(folder), browser) as street:
            for name, case in CASES.items():
                if args.case not in name:
                    continue
                found = run(street, case, each)
                failed |= not found.well
                print(
                    f"| {name} | {found.given} | {found.came} | {found.harmed} | {found.stored} | {found.lost}"
                    f" | {found.doubled} |",
                    flush=True,
                )
        browser.close()
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
