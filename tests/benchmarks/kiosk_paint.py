"""How long after a finger leaves a face the screen has changed: Chromium's own Event Timing, processor throttled.

python tests/benchmarks/kiosk_paint.py [--throttle 4] [--presses 30]
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from browser.kiosk.line import open_line
from browser.kiosk.tablet import TABLET, device_of, open_house, pair

OBSERVE = """{ window.painted = []; new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (entry.name == "pointerup") painted.push(entry.duration);
}).observe({type: "event", durationThreshold: 16}); } 0"""
# Event Timing names nothing below 16 ms: such presses are counted as 16.
LEAST = 16


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--throttle", type=float, default=4)
    parser.add_argument("--presses", type=int, default=30)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kiosk-paint-") as name, open_house(Path(name)) as house:
        server = open_line(house.port)
        device, key = device_of(house, ("checkout",), "sadovaya")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("OTKLIK_BROWSER") or shutil.which("chromium"), args=["--no-sandbox"]
            )
            page = browser.new_context(**TABLET).new_page()
            pair(page, server.line, device, key)
            page.goto(f"{server.line.origin}/kiosk/{device}")
            page.locator(".tile").first.wait_for()
            page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": args.throttle})
            page.evaluate(OBSERVE)
            for number in range(args.presses):
                page.locator(".tile").nth(number % 5).tap()
                time.sleep(0.3)
            painted = [float(each) for each in page.evaluate("painted")]
            browser.close()
        server.shutdown()
    painted += [LEAST] * (args.presses - len(painted))
    painted.sort()
    print(
        f"{len(painted)} presses, processor {args.throttle:g} times slower: press to paint "
        f"{statistics.median(painted):.0f} ms in the middle, {painted[int(len(painted) * 0.95)]:.0f} ms at 95 %, "
        f"{painted[-1]:.0f} ms at most"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
