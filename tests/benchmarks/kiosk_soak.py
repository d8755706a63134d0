"""A kiosk for three days without a network, in a real browser: nothing is lost, nothing counts twice.

python tests/benchmarks/kiosk_soak.py [--presses 10000] [--hours 72] [--restarts 6]     about ten minutes
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from browser.kiosk.line import LOST, PORTAL, Line, open_line
from browser.kiosk.tablet import COUNT, TABLET, House, device_of, open_house, pair

FACES = 5
REQUEST_SECONDS = 32
"""In simulated time requests follow each other a hundred times faster than their real limit of 30 s forgets them."""
# Presses one after the other, without a look at the clock in between; then until the screen has changed.
PRESS = """async (faces) => {
    const tick = () => new Promise((done) => {
        const channel = new MessageChannel();
        channel.port1.onmessage = done;
        channel.port2.postMessage(0);
    });
    for (const face of faces) document.querySelectorAll(".tile")[face].click();
    while (document.body.dataset.view == "ask") await tick();
}"""
REASON = "(n) => document.querySelectorAll('.reasons button')[n]?.click()"


@dataclass
class Soaked:
    """What was pressed, and what came of it; times in seconds, memory in bytes."""

    pressed: list[int] = field(default_factory=list)
    restarts: int = 0
    waited: int = 0
    drained_in: float = 0.0
    lists: int = 0
    growth: list[int] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0
    wrong: int = 0


def soak(
    start: Callable[[], Page],
    stop: Callable[[Page], None],
    line: Line,
    house: House,
    device: str,
    *,
    presses: int,
    hours: float,
    restarts: int,
    seed: int = 1,
    settle: float = 0,
    say: Callable[[str], None] = lambda _text: None,
) -> Soaked:
    """Presses for so many simulated hours without a line, with restarts, then online with faults until all is there."""
    chance, found = random.Random(seed), Soaked()
    clock = datetime.now(UTC) - timedelta(hours=hours)
    line.down = True
    page = _begin(start, clock)
    heap = _heap(page)
    for part in range(restarts + 1):
        share = presses * (part + 1) // (restarts + 1)
        while len(found.pressed) < share:
            # One in ten is a child at the screen; one in five says why.
            many = min(chance.randint(2, 8) if chance.random() < 0.1 else 1, share - len(found.pressed))
            faces = [chance.randrange(FACES) for _n in range(many)]
            page.evaluate(PRESS, faces)
            found.pressed += faces
            if chance.random() < 0.2:
                page.evaluate(REASON, chance.randrange(6))
            gap = chance.expovariate(1) * hours * 3600 / presses * 1.4
            page.clock.run_for(int(gap * 1000))
            clock += timedelta(seconds=gap)
        _until(lambda page=page: page.evaluate(COUNT, "queue") == len(found.pressed))
        time.sleep(settle)
        found.growth.append(_heap(page) - heap)
        say(f"{len(found.pressed)} presses, {clock:%d.%m. %H:%M}, memory {found.growth[-1] / 2**20:+.2f} MB")
        if part < restarts:
            stop(page)
            found.restarts += 1
            page = _begin(start, clock)
            heap = _heap(page)
    found.waited = page.evaluate(COUNT, "queue")
    page.clock.resume()
    line.faults.extend([503, LOST, 0, PORTAL, 0, LOST, 0, 500, 0, 0])
    line.sent.clear()
    line.down = False
    begun = time.monotonic()
    page.evaluate("dispatchEvent(new Event('online'))")
    _until(lambda: page.evaluate(COUNT, "queue") == 0, 300)
    found.drained_in = time.monotonic() - begun
    found.lists = len(line.sent)
    time.sleep(settle)
    found.growth.append(_heap(page) - heap)
    stop(page)
    _compare(found, house, device)
    return found


def _compare(found: Soaked, house: House, device: str) -> None:
    """By number: each press has one row with its own face."""
    rows = house.stored(device)
    times = Counter(row["seq"] for row in rows)
    found.lost = sum(number not in times for number in range(1, len(found.pressed) + 1))
    found.doubled = sum(count - 1 for count in times.values())
    found.wrong = sum(found.pressed[row["seq"] - 1] != row["score"] for row in rows)


def _begin(start: Callable[[], Page], clock: datetime) -> Page:
    page = start()
    page.clock.install(time=clock)
    page.reload()
    _until(lambda: page.evaluate("document.querySelectorAll('.tile').length") == FACES)
    page.clock.pause_at(clock + timedelta(seconds=20))
    return page


def _heap(page: Page) -> int:
    """Bytes in use after the rubbish is gone."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    size = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return int(size)


def _until(there: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not there():
        if time.monotonic() > end:
            raise TimeoutError("it never came to that")
        time.sleep(0.05)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presses", type=int, default=10_000)
    parser.add_argument("--hours", type=float, default=72)
    parser.add_argument("--restarts", type=int, default=6)
    args = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kiosk-soak-") as name, open_house(Path(name)) as house:
        folder, server = Path(name), open_line(house.port)
        device, key = device_of(house, ("checkout",), "sadovaya")
        with sync_playwright() as playwright:
            browser = os.environ.get("OTKLIK_BROWSER") or shutil.which("chromium")
            paired: list[BrowserContext] = []

            def start() -> Page:
                context = playwright.chromium.launch_persistent_context(
                    folder / "disk", executable_path=browser, args=["--no-sandbox"], **TABLET
                )
                page = context.new_page()
                if not paired:
                    server.line.down = False
                    pair(page, server.line, device, key)
                    page.goto(f"{server.line.origin}/kiosk/{device}")
                    _until(lambda: page.evaluate("document.querySelectorAll('.tile').length") == FACES)
                    _until(lambda: bool(page.evaluate("!!navigator.serviceWorker.controller")))
                    server.line.down = True
                paired.append(context)
                page.goto(f"{server.line.origin}/kiosk/{device}")
                return page

            found = soak(
                start, lambda page: page.context.close(), server.line, house, device,
                presses=args.presses, hours=args.hours, restarts=args.restarts, settle=REQUEST_SECONDS, say=print,
            )  # fmt: skip
        server.shutdown()
        command = [sys.executable, "-m", "otklik_widget.cli", "verify", "--db", str(house.db)]
        verified = subprocess.run([*command, "--journey", str(folder / "journey.toml")], check=False).returncode
    print(
        f"{len(found.pressed)} presses in {args.hours:g} simulated hours, {found.restarts} restarts, "
        f"{found.waited} waited\nlost {found.lost}, doubled {found.doubled}, with a wrong score {found.wrong}\n"
        f"drained in {found.drained_in:.1f} s by {found.lists} lists\n"
        f"memory at most {max(found.growth) / 2**20:+.2f} MB\nin {time.monotonic() - begun:.0f} s"
    )
    bad = found.lost or found.doubled or found.wrong or verified or found.drained_in > 60
    return 1 if bad or max(found.growth) > 5 * 2**20 else 0


if __name__ == "__main__":
    sys.exit(main())
