"""Three hundred tablets: what a heartbeat costs, what the writer of responses sees of it, how long the page takes.

python tests/benchmarks/kiosks.py
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parent))

from company import PUT, journey_of

from otklik_collector.beats import Beat, Beats
from otklik_collector.kiosk_look import KioskLook
from otklik_collector.response import day_number
from otklik_collector.store import Store, open_store
from otklik_collector.store.responses import COLUMNS
from otklik_widget.contract import make_uuid7

TABLETS, A_DAY, DAYS, ROUNDS = 300, 200, 8, 10


def fill(store: Store, keys: dict[str, str]) -> None:
    """Eight days of presses of every tablet, one each seven minutes."""
    store.db.conn.execute("PRAGMA synchronous = OFF")
    store.db.conn.execute("BEGIN")
    series = store.series.id_of("point-0", "smiley5", "")
    now = datetime.now(ZoneInfo("Europe/Moscow"))
    for number, device in enumerate(keys):
        rows = []
        for press in range(A_DAY * DAYS):
            at = now - timedelta(minutes=7.2 * press)
            moment = int(at.timestamp() * 1000)
            row = dict.fromkeys(COLUMNS, "") | {
                "id": make_uuid7(moment, number.to_bytes(4, "big") + press.to_bytes(6, "big")).bytes, "rev": 1,
                "series": series, "score": press % 5, "place": f"place-{number % 20}", "channel": "kiosk",
                "answered_at": moment, "received_at": moment, "day": day_number(at), "hour": at.hour,
                "device": device, "seq": A_DAY * DAYS - press, "gap": 250_000, "rate": None, "site_key": None,
                "person": None, "reasons": "[]",
            }  # fmt: skip
            rows.append([row[name] for name in COLUMNS])
        store.db.conn.executemany(PUT, rows)
    store.db.conn.execute("COMMIT")


def beats(port: int, keys: dict[str, str], seconds: list[float]) -> None:
    """One round of a tablet each, over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for device, key in keys.items():
        told = {
            "key": key,
            "at": int(time.time() * 1000),
            "seq": A_DAY * DAYS,
            "battery": {"level": 1, "charging": True},
        }
        began = time.perf_counter()
        connection.request("POST", f"/kiosk/{device}/beat", json.dumps(told))
        reply = connection.getresponse()
        reply.read()
        assert reply.status == 200, reply.status
        seconds.append(time.perf_counter() - began)
    connection.close()


def wait_for(port: int) -> None:
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()


def cpu(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        journey, db = journey_of(Path(folder), 40), Path(folder) / "otklik.db"
        with open_store(db, create=True) as store:
            store.series.use(journey)
            names = [f"tablet-{number:03}" for number in range(TABLETS)]
            keys = {
                name: store.devices.add(name, name, f"place-{number % 20}", ("point-0",), "")
                for number, name in enumerate(names)
            }
            fill(store, keys)
        command = [sys.executable, "-m", "otklik_widget.cli", "serve", "--port", "0", "--db", str(db)]
        process = subprocess.Popen(
            [*command, "--journey", str(journey_file(folder))], stderr=subprocess.PIPE, text=True
        )
        assert process.stderr
        port = int(process.stderr.readline().split("http://")[1].split()[0].rpartition(":")[2])
        Thread(target=process.stderr.read, daemon=True).start()
        wait_for(port)
        seconds: list[float] = []
        beats(port, keys, [])
        before, started = cpu(process.pid), time.perf_counter()
        for _round in range(ROUNDS):
            beats(port, keys, seconds)
        took, used = time.perf_counter() - started, cpu(process.pid) - before
        process.terminate()
        process.wait()
        seconds.sort()
        count = len(seconds)
        print(f"{count} heartbeats: {used / count * 1e6:.0f} µs of CPU each, {count / took:.0f}/s one after the other,")
        print(f"  median {seconds[count // 2] * 1000:.2f} ms, p99 {seconds[count * 99 // 100] * 1000:.2f} ms;")
        print(f"  {TABLETS} tablets a minute: {used / count * TABLETS / 60:.2%} of one core")
        with open_store(db) as store:
            store.series.use(journey)
            heard = Beats()
            began = time.perf_counter()
            for device in keys:
                heard.hear(device, Beat(at=int(time.time() * 1000), seq=A_DAY * DAYS))
            taken = heard.take()
            store.db.conn.execute("BEGIN IMMEDIATE")
            store.beats.put(taken)
            store.db.conn.execute("COMMIT")
            print(f"written down, {len(taken)} at once: {(time.perf_counter() - began) * 1000:.1f} ms")
            look, now = KioskLook(journey, heard), int(time.time() * 1000)
            for _again in range(2):
                began = time.perf_counter()
                found = look.at(store, store.devices.all().values(), now)
                print(f"{len(found)} kiosks judged: {(time.perf_counter() - began) * 1000:.0f} ms")
            began = time.perf_counter()
            look.silent(store, now)
            print(f"looked for silent ones: {(time.perf_counter() - began) * 1000:.1f} ms")


def journey_file(folder: str) -> Path:
    return Path(folder) / "journey.toml"


if __name__ == "__main__":
    main()
