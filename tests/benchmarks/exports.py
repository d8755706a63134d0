"""How fast a million responses leave the collector in each form, and how much memory that takes.

python tests/benchmarks/exports.py [--rows 1000000] [--folder DIR]
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from company import DAYS, LAST, fill, journey_of

COMMENTED = 5
"""One response in so many carries a comment."""


def add_comments(db: Path) -> None:
    """Comments on a fifth of the responses: some with people in them, so that masking has work."""
    from otklik_collector.store import open_store

    with open_store(db) as store:
        conn = store.db.conn
        conn.execute("PRAGMA synchronous = OFF")
        said = "Ждал двадцать минут, Елена на кассе не спешила. Позвоните: +7 916 123-45-67"
        conn.execute(
            "INSERT INTO comment SELECT id, ? FROM response WHERE unicode(substr(hex(id), 30, 1)) % ? = 0",
            (said, COMMENTED),
        )


def memory_mb(pid: int) -> float:
    """What a process holds itself; pages of the database file that the system keeps are not its own."""
    found = re.search(r"RssAnon:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found.group(1)) / 1024


class Watch:
    """The most memory a process had, looked at ten times a second."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.most = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_why: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(0.1):
            with suppress(OSError):
                self.most = max(self.most, memory_mb(self._pid))


def otklik(*words: str) -> list[str]:
    return [sys.executable, "-m", "otklik_widget.cli", *words]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        journey = journey_of(folder)
        db = folder / f"export-{args.rows}.db"
        if not db.exists():
            fill(db, journey, args.rows)
            add_comments(db)
        made = subprocess.run(
            otklik("token", "add", f"bench-{time.time()}", "--scope", "export", "--scope", "read:comments",
                   "--journey", str(folder / "journey.toml"), "--db", str(db)),
            capture_output=True, encoding="utf-8", check=True,
        )  # fmt: skip
        token = made.stdout.split()[-1]
        command = otklik("serve", "--port", "0", "--journey", str(folder / "journey.toml"), "--db", str(db))
        server = subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8", cwd=folder)
        assert server.stderr
        found = re.search(r"http://\S+:\d+", server.stderr.readline())
        assert found
        drain = threading.Thread(target=server.stderr.read, daemon=True)
        drain.start()
        try:
            measure(found.group(), token, server.pid, db, folder)
        finally:
            server.terminate()
            server.wait()


def measure(url: str, token: str, pid: int, db: Path, folder: Path) -> None:
    for _attempt in range(100):
        with suppress(OSError):
            urllib.request.urlopen(f"{url}/readyz").read()
            break
        time.sleep(0.1)
    print(f"empty: {memory_mb(pid):.0f} MB")
    print("\n| form | rows/s | seconds | first byte s | MB of file | MB of the server at most |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    first = LAST.toordinal() - DAYS
    start = LAST.fromordinal(first).isoformat()
    for form in ("csv", "jsonl", "xlsx"):
        address = f"{url}/api/v1/exports/responses.{form}?from={start}&to=2027-01-01"
        request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
        begun = time.perf_counter()
        size = 0
        with Watch(pid) as watch, urllib.request.urlopen(request, timeout=900) as reply:
            rows = int(reply.headers["Otklik-Responses"])
            first_byte = time.perf_counter() - begun
            while part := reply.read(1 << 20):
                size += len(part)
        seconds = time.perf_counter() - begun
        print(f"| {form} | {rows / seconds:,.0f} | {seconds:.0f} | {first_byte:.0f} | {size / 1e6:,.0f} |"
              f" {watch.most:.0f} |", flush=True)  # fmt: skip
    begun = time.perf_counter()
    out = folder / "command.csv"
    subprocess.run(
        otklik("export", "--from", start, "--to", "2027-01-01", "--format", "csv", "--out", str(out), "--db", str(db),
               "--journey", str(folder / "journey.toml")),
        check=True, capture_output=True,
    )  # fmt: skip
    with out.open("rb") as file:
        rows = sum(1 for _line in file) - 1
    print(f"otklik export --format csv: {rows / (time.perf_counter() - begun):,.0f} rows/s")
    print(json.dumps({"wal_bytes": db.with_name(db.name + "-wal").stat().st_size}))


if __name__ == "__main__":
    main()
