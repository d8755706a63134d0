"""How soon a save is told to the browser that waits for it, and when the page shows it: body, title, snippet.

    python tests/benchmarks/site_preview.py --pages 10000 --times 10

The preview runs as its users start it; what is measured begins when the file is written and closed. The browser's part,
drawing the page, is not in it. The best and the middle one of several saves are told: others may use the machine.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from site_corpus import write_corpus

OTKLIK = Path(sys.executable).with_name("otklik")
PAGE = "part-01/note-00001"


class Browser:
    """Shows one page and waits for the next save, as the preview's script does."""

    def __init__(self, port: int, path: str) -> None:
        self.port = port
        self.path = path
        self.version = 0

    def get(self, path: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", path)
        said = connection.getresponse().read().decode()
        connection.close()
        return said

    def show(self) -> str:
        html = self.get(self.path)
        found = re.search(r'data-version="(\d+)"', html)
        assert found, html[:2000]
        self.version = int(found[1])
        return html

    def after(self, save: Callable[[str], None], mark: str) -> tuple[float, float]:
        """Seconds from a save until the browser is told, and until it has the page that shows it."""
        heard: list[float] = []
        begun = threading.Event()

        def wait() -> None:
            since = self.version
            while not heard:
                version = json.loads(self.get(f"/.otklik/changed?since={since}"))["version"]
                if version != since and begun.is_set():  # else it tells of the save before
                    heard.append(time.perf_counter())
                since = version

        waiting = threading.Thread(target=wait)
        waiting.start()
        time.sleep(0.3)  # the browser waits already when somebody saves
        begun.set()
        save(mark)
        saved = time.perf_counter()
        waiting.join()
        while mark not in self.show():
            time.sleep(0.005)
        return heard[0] - saved, time.perf_counter() - saved


def measure(name: str, browser: Browser, times: int, save: Callable[[str], None]) -> None:
    told, shown = [], []
    for number in range(times):
        browser.show()
        time.sleep(1.5)  # what the last save left to be looked at is over
        for results, seconds in zip((told, shown), browser.after(save, f"saved{number}{name[:2]}"), strict=True):
            results.append(seconds * 1000)
    best = [f"{min(found):.0f} / {statistics.median(found):.0f}" for found in (told, shown)]
    print(f"| {name} | {best[0]} | {best[1]} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=10)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write_corpus(folder, asked.pages)
        page = folder / f"content/en/{PAGE}.md"
        snippet = folder / "content/snippets/en/hours.md"
        snippet.parent.mkdir(parents=True)
        snippet.write_text("Open from nine.\n", encoding="utf-8")
        page.write_text(page.read_text(encoding="utf-8") + "\n/// snippet | hours\n///\n", encoding="utf-8")
        subprocess.run([OTKLIK, "build"], cwd=folder, check=True, capture_output=True)
        begun = time.perf_counter()
        preview = subprocess.Popen([OTKLIK, "preview", "--port", "0"], cwd=folder, stderr=subprocess.PIPE, text=True)
        try:
            assert preview.stderr
            line = next(line for line in preview.stderr if "http://" in line)
            port = re.search(r":(\d+)/", line)
            assert port, line
            print(
                f"{asked.pages} pages, ready after {time.perf_counter() - begun:.1f} s, load {os.getloadavg()[0]:.1f}\n"
            )
            print("| ms, best / middle | told | shown |\n| --- | ---: | ---: |")
            browser = Browser(int(port[1]), f"/en/{PAGE}/")
            text = page.read_text(encoding="utf-8")

            def body(mark: str) -> None:
                page.write_text(f"{text}\nAnd {mark}.\n", encoding="utf-8")

            def title(mark: str) -> None:
                page.write_text(text.replace("title: ", f"title: {mark} ", 1), encoding="utf-8")

            def shared(mark: str) -> None:
                snippet.write_text(f"Open from nine, {mark}.\n", encoding="utf-8")

            measure("body", browser, asked.times, body)
            measure("title", browser, asked.times, title)
            measure("snippet", browser, asked.times, shared)
            print(f"\nload at the end {os.getloadavg()[0]:.1f}")
        finally:
            preview.send_signal(signal.SIGINT)
            preview.wait()


if __name__ == "__main__":
    main()
