"""Responses a second that are on the disk when they are acknowledged: ours, the plain way, a peer, and the limits.

python tests/benchmarks/durable.py [--seconds 10] [--connections 64] [--isso /path/to/isso]     needs wrk
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from company import journey_of

HERE = Path(__file__).parent
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Load:
    """What wrk saw, and what the server's processes spent on it."""

    per_second: float
    p99_ms: float
    cpu_us: float
    memory_mb: float
    errors: int


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def family(pid: int) -> list[int]:
    """A process and its children."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):
            for child in (task / "children").read_text().split():
                found += family(int(child))
    return found


def cpu_seconds(pid: int) -> float:
    """Processor time that a process and its children have used so far."""
    total = 0
    for one in family(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def memory_mb(pid: int) -> float:
    """The most memory that each of them ever had, added up."""
    total = 0
    for one in family(pid):
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{one}/status").read_text())
        total += int(found[1]) if found else 0
    return total / 1024


@contextmanager
def running(command: list[str], port: int, folder: Path) -> Iterator[int]:
    """A server that answers on its port; yields its process id."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("OTKLIK_")}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=environ, stdout=log, stderr=log)
    try:
        for _attempt in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        else:
            raise RuntimeError((folder / "log").read_text())
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def wrk(url: str, pid: int, seconds: int, connections: int, script: str = "fresh.lua") -> Load:
    command = ["wrk", "-t1", f"-c{connections}", "-s", str(HERE / script), "--latency", "--timeout", "10s"]
    subprocess.run([*command, "-d2s", url], check=True, capture_output=True)  # warms up
    begun = cpu_seconds(pid)
    said = subprocess.run([*command, f"-d{seconds}s", url], check=True, capture_output=True, encoding="utf-8").stdout
    spent = cpu_seconds(pid) - begun
    number = re.search(r"(\d+) requests in", said)
    latency = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    assert number, said
    assert latency, said
    responses = int(number[1])
    errors = (int(refused[1]) if refused else 0) + (sum(map(int, broken.groups())) if broken else 0)
    p99 = float(latency[1]) * {"us": 0.001, "ms": 1, "s": 1000}[latency[2]]
    per_second = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert per_second
    good = (responses - errors) / responses
    return Load(float(per_second[1]) * good, p99, spent / responses * 1e6, memory_mb(pid), errors)


def ours(folder: Path, seconds: int, connections: int) -> Load:
    journey_of(folder)
    port = free_port()
    command = [sys.executable, "-m", "otklik_widget.cli", "serve", "--port", str(port), "--db", str(folder / "o.db")]
    with running([*command, "--journey", str(folder / "journey.toml")], port, folder) as pid:
        found = wrk(f"http://127.0.0.1:{port}/responses", pid, seconds, connections)
    verify = [sys.executable, "-m", "otklik_widget.cli", "verify", "--db", str(folder / "o.db")]
    checked = subprocess.run(verify, cwd=folder, capture_output=True, encoding="utf-8")
    assert checked.returncode == 0, checked.stdout
    print(f"verify: {checked.stdout.strip()}", flush=True)
    return found


def peer(kind: str, folder: Path, seconds: int, connections: int) -> Load:
    port = free_port()
    with running([sys.executable, str(HERE / "peers.py"), kind, str(port), str(folder)], port, folder) as pid:
        return wrk(f"http://127.0.0.1:{port}/responses", pid, seconds, connections)


def isso(program: str, folder: Path, seconds: int, connections: int) -> Load:
    """Isso, a comment server on SQLite that many run: one comment a request, its own limits and mail switched off."""
    port = free_port()
    config = f"[general]\ndbpath = {folder}/comments.db\nhost = http://127.0.0.1:{port}/\n[server]\n"
    config += f"listen = http://127.0.0.1:{port}/\n[guard]\nenabled = false\n"
    (folder / "isso.cfg").write_text(config)
    with running([program, "-c", str(folder / "isso.cfg"), "run"], port, folder) as pid:
        url = f"http://127.0.0.1:{port}/new?uri=%2Fcheckout"
        request = urllib.request.Request(url, b'{"text": "first", "title": "Checkout"}')
        request.add_header("Content-Type", "application/json")
        request.add_header("Origin", f"http://127.0.0.1:{port}")
        with urllib.request.urlopen(request) as reply:
            assert reply.status == 201
        return wrk(url, pid, seconds, connections, "comment.lua")


def batches(folder: Path, seconds: int, size: int = 100) -> float:
    """Rows a second of SQLite alone, so many in a flushed transaction: no HTTP, no checks, no counts."""
    db = sqlite3.connect(folder / "batches.db", isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE response (id BLOB PRIMARY KEY, a, b, c, d, e, f, g) WITHOUT ROWID")
    number, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < seconds:
        db.execute("BEGIN IMMEDIATE")
        rows = [(n.to_bytes(16, "big"), 1, 2, 3, "web", "place", "host", n) for n in range(number, number + size)]
        db.executemany("INSERT INTO response VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        db.execute("COMMIT")
        number += size
    taken = time.perf_counter() - begun
    db.close()
    return number / taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--isso", default=shutil.which("isso"), help="the program, from an environment of its own")
    args = parser.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("this needs wrk: apt-get install wrk")
    found: dict[str, Load] = {}
    for name, work in {
        "Flask + sqlite-utils, one insert a request": lambda folder: peer("naive", folder, args.seconds, 16),
        "otklik serve": lambda folder: ours(folder, args.seconds, args.connections),
        "Isso": lambda folder: isso(args.isso, folder, args.seconds, 4) if args.isso else None,
        "limit: WSGI that does nothing": lambda folder: peer("wsgi", folder, args.seconds, args.connections),
        "limit: RSGI that does nothing": lambda folder: peer("rsgi", folder, args.seconds, args.connections),
    }.items():
        with tempfile.TemporaryDirectory() as folder:
            load = work(Path(folder))
            if load is not None:
                found[name] = load
    with tempfile.TemporaryDirectory() as folder:
        rows = batches(Path(folder), args.seconds)
    plain = found["Flask + sqlite-utils, one insert a request"].per_second
    print("| | a second | times the plain way | CPU µs each | p99 ms | memory MB | errors |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, load in found.items():
        print(
            f"| {name} | {load.per_second:,.0f} | {load.per_second / plain:.1f} | {load.cpu_us:,.0f}"
            f" | {load.p99_ms:.1f} | {load.memory_mb:.0f} | {load.errors} |"
        )
    print(f"| limit: SQLite alone, 100 rows a flush | {rows:,.0f} | {rows / plain:.1f} | | | | |")


if __name__ == "__main__":
    main()
