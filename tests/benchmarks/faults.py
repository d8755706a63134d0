"""What becomes of responses when things break: each fault is real, each client keeps sending the same id until heard.

python tests/benchmarks/faults.py [--kills 20]     prints the table of docs/faults.md
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from otklik_collector.store import open_store
from otklik_widget.contract import make_uuid7

JOURNEY = """
[company]
name = "Corner shop"
languages = ["en"]
zone = "Europe/Moscow"
[[place]]
key = "centre"
name = "Centre"
[[stage]]
key = "buy"
name = "Buys"
[[stage.touchpoint]]
key = "till"
name = "Till"
"""
SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Fails while the file FLUSH_FAILS exists; else syncs and notes in FLUSH_LOG what is safe since when. */
static int synced(const char *name, int fd) {
    const char *fail = getenv("FLUSH_FAILS"), *log = getenv("FLUSH_LOG");
    if (fail && access(fail, F_OK) == 0) { errno = EIO; return -1; }
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int result = real(fd);
    if (log && result == 0) {
        char link[64], path[4096];
        struct stat found;
        struct timespec now;
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(link, path, sizeof path - 1);
        path[length > 0 ? length : 0] = 0;
        fstat(fd, &found);
        clock_gettime(CLOCK_MONOTONIC, &now);
        FILE *out = fopen(log, "a");
        if (out) {
            fprintf(out, "%lld %lld %s\n", now.tv_sec * 1000000000LL + now.tv_nsec, (long long)found.st_size, path);
            fclose(out);
        }
    }
    return result;
}
int fsync(int fd) { return synced("fsync", fd); }
int fdatasync(int fd) { return synced("fdatasync", fd); }
"""


class NotHere(Exception):  # noqa: N818 - it is no error of ours
    """This machine cannot show this fault; the text says why."""


@dataclass
class Found:
    """What a fault did to the responses."""

    acknowledged: int
    stored: int
    lost: int
    doubled: int
    roll_ups_exact: bool
    refused: int = 0
    note: str = ""

    @property
    def well(self) -> bool:
        return self.lost == 0 and self.doubled == 0 and self.roll_ups_exact


@dataclass
class Shop:
    """A collector that can be started and killed, its database, and what its customers were told."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)
    refused: int = 0
    process: subprocess.Popen[str] | None = None
    port: int = 0

    def __post_init__(self) -> None:
        self.db = self.folder / "otklik.db"
        self.journey = self.folder / "journey.toml"
        self.journey.write_text(JOURNEY, encoding="utf-8")

    def start(self) -> None:
        """Starts `otklik serve`, on the same port as before."""
        command = [sys.executable, "-m", "otklik_widget.cli", "serve", "--port", str(self.port)]
        command += ["--db", str(self.db), "--journey", str(self.journey)]
        environ = {name: value for name, value in os.environ.items() if not name.startswith("OTKLIK_")}
        environ |= {"OTKLIK_LANG": "en", **self.environ}
        log = (self.folder / "serve.log").open("a+", encoding="utf-8")
        with log:
            begin = log.seek(0, os.SEEK_END)
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=environ, stdout=log, stderr=log, encoding="utf-8"
            )
            for _attempt in range(600):
                log.seek(begin)
                found = re.search(r"http://[^:]+:(\d+)", log.read())
                if found:
                    self.port = int(found[1])
                    break
                time.sleep(0.02)
        for _attempt in range(300):
            with suppress(OSError):
                if self.ask("GET", "/readyz")[0] == 200:
                    return
            time.sleep(0.02)
        raise AssertionError((self.folder / "serve.log").read_text(encoding="utf-8"))

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(20)

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request(method, path, body, {"Origin": f"http://127.0.0.1:{self.port}"})
            reply = connection.getresponse()
            return reply.status, reply.read()
        finally:
            connection.close()

    def send(self, id: str) -> int:
        """One try of one response; 0 where nobody answered."""
        body = json.dumps({"id": id, "point": "till", "scale": "smiley5", "score": len(id) % 5, "place": "centre"})
        try:
            status, _reply = self.ask("POST", "/responses", body.encode())
        except (OSError, http.client.HTTPException):
            return 0
        if status in (200, 201):
            self.acknowledged.setdefault(id, time.monotonic_ns())
        else:
            self.refused += 1
        return status

    def customers(self, number: int, until: threading.Event) -> list[threading.Thread]:
        """Customers who answer again and again; each sends the same id until it is acknowledged."""

        def customer() -> None:
            while not until.is_set():
                id = str(make_uuid7())
                while self.send(id) not in (200, 201):
                    if until.is_set():
                        return
                    time.sleep(0.01)

        threads = [threading.Thread(target=customer, daemon=True) for _n in range(number)]
        for thread in threads:
            thread.start()
        return threads

    def found(self, note: str = "") -> Found:
        """Compares the file with what customers were told."""
        return compare(self.db, set(self.acknowledged), self.refused, note)


def compare(db: Path, acknowledged: set[str], refused: int = 0, note: str = "") -> Found:
    """Opens a database as the collector would after the fault and counts what is there."""
    with open_store(db) as store:
        stored = {bytes(row[0]).hex() for row in store.db.execute("SELECT id FROM response")}
        rows = store.recount.responses()
        counted = store.db.execute(
            "SELECT coalesce(sum(c0 + c1 + c2 + c3 + c4), 0) FROM day_count WHERE dimension = ''"
        ).fetchone()[0]
        exact = store.recount.mismatches() == [] and store.recount.broken() == []
    lost = sum(id.replace("-", "") not in stored for id in acknowledged)
    return Found(len(acknowledged), rows, lost, max(rows, counted) - len(stored), exact, refused, note)


@contextmanager
def open_shop(folder: Path, **environ: str) -> Iterator[Shop]:
    shop = Shop(folder, dict(environ))
    shop.start()
    try:
        yield shop
    finally:
        shop.stop(signal.SIGKILL)


def killed(folder: Path, kills: int = 20, customers: int = 8) -> Found:
    """`kill -9` under load, again and again on the same file."""
    done = threading.Event()
    with open_shop(folder) as shop:
        threads = shop.customers(customers, done)
        for _kill in range(kills):
            time.sleep(random.uniform(0.3, 0.8))
            shop.stop(signal.SIGKILL)
            shop.start()
        time.sleep(0.3)
        done.set()
        for thread in threads:
            thread.join()
        shop.stop()
        return shop.found(f"{kills} times")


def disk_full(folder: Path) -> Found:
    """A disk of 4 MB that fills up, and gets room again while the collector runs."""
    disk = folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        raise NotHere(f"mounting is not allowed: {mounted.stderr.decode().strip()}")
    try:
        with open_shop(disk, OTKLIK_DISK_FLOOR_MB="0") as shop:  # less than the floor would do from the start
            waiting = [str(make_uuid7()) for _n in range(40)]
            assert [shop.send(id) for id in waiting[:10]] == [201] * 10
            with suppress(OSError), (disk / "filler").open("wb", buffering=0) as filler:
                while True:
                    filler.write(bytes(4096))
            refusals = [shop.send(id) for id in waiting[10:]]
            assert 503 in refusals, refusals
            (disk / "filler").unlink()
            assert all(shop.send(id) in (200, 201) for id in waiting)
            shop.stop()
            return shop.found("503 while full, 201 after, same process")
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def foreign_lock(folder: Path) -> Found:
    """Another program holds the write lock for longer than the collector waits."""
    with open_shop(folder) as shop:
        lock = sqlite3.connect(shop.db, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        waiting = [str(make_uuid7()) for _n in range(5)]
        assert [shop.send(id) for id in waiting[:1]] == [503]
        lock.execute("ROLLBACK")
        lock.close()
        assert all(shop.send(id) in (200, 201) for id in waiting)
        shop.stop()
        return shop.found("503 while locked, 201 after, same process")


def sync_fails(folder: Path) -> Found:
    """The disk takes writes but not the flush: fdatasync fails with EIO for a while."""
    fail = folder / "fail"
    with open_shop(folder, LD_PRELOAD=str(shim(folder)), FLUSH_FAILS=str(fail)) as shop:
        waiting = [str(make_uuid7()) for _n in range(30)]
        assert [shop.send(id) for id in waiting[:10]] == [201] * 10
        fail.touch()
        refusals = {shop.send(id) for id in waiting[10:20]}
        assert refusals == {503}, refusals
        fail.unlink()
        assert all(shop.send(id) in (200, 201) for id in waiting)
        shop.stop()
        return shop.found("503 while the flush fails, 201 after, same process")


def long_reader(folder: Path, responses: int = 300) -> Found:
    """Somebody reads one moment of the database for a long time: nothing may be checkpointed meanwhile."""
    with open_shop(folder) as shop:
        shop.send(str(make_uuid7()))
        reader = sqlite3.connect(shop.db, isolation_level=None)
        reader.execute("BEGIN")
        before = reader.execute("SELECT count(*) FROM response").fetchone()[0]
        for _n in range(responses):
            assert shop.send(str(make_uuid7())) == 201
        assert reader.execute("SELECT count(*) FROM response").fetchone()[0] == before
        reader.close()
        shop.stop()
        return shop.found("the reader saw one moment")


def torn_log(folder: Path, cuts: int = 12) -> Found:
    """After a crash the end of the log is missing or garbled: it opens, and customers who send again complete it."""
    with open_shop(folder) as shop:
        ids = [str(make_uuid7()) for _n in range(40)]
        for id in ids:
            assert shop.send(id) == 201
        shop.stop(signal.SIGKILL)
        worst, log = Found(0, 0, 0, 0, True), shop.db.with_name("otklik.db-wal").read_bytes()
        for cut in range(cuts):
            copy = folder / f"torn-{cut}"
            copy.mkdir()
            shutil.copy(shop.db, copy / "otklik.db")
            at = len(log) * (cut + 1) // (cuts + 1)
            torn = log[:at] if cut % 2 else log[:at] + random.Random(cut).randbytes(200) + log[at + 200 :]
            (copy / "otklik.db-wal").write_bytes(torn)
            if cut == 0:
                (copy / "otklik.db-wal").write_bytes(b"\0" * len(log))
            again = Shop(copy)
            again.start()
            assert all(again.send(id) in (200, 201) for id in ids)
            again.stop()
            found = again.found()
            worst = Found(
                found.acknowledged, found.stored, max(worst.lost, found.lost), max(worst.doubled, found.doubled),
                worst.roll_ups_exact and found.roll_ups_exact,
            )  # fmt: skip
        worst.note = f"{cuts} torn copies; whole again once clients repeat"
        return worst


def power_cut(folder: Path, responses: int = 60) -> Found:
    """The power goes after any flush: only what was flushed is there, then garbage of what was not.

    A library between the collector and the system notes when how much of the log was flushed; for each of these
    moments the files are put together as the disk would have kept them.
    """
    log = folder / "flushed"
    with open_shop(folder, LD_PRELOAD=str(shim(folder)), FLUSH_LOG=str(log)) as shop:
        shutil.copy(shop.db, folder / "before.db")
        first_log = shop.db.with_name("otklik.db-wal")
        begun = time.monotonic_ns()  # the log of the start, longer than what follows, may have been cut off since
        shop.send(str(make_uuid7()))
        main = shop.db.read_bytes()
        for _n in range(responses):
            assert shop.send(str(make_uuid7())) == 201
        assert shop.db.read_bytes() == main, "a checkpoint came between: send fewer responses"
        written = first_log.read_bytes()
        shop.stop(signal.SIGKILL)
    flushes = [line.split(maxsplit=2) for line in log.read_text(encoding="utf-8").splitlines()]
    moments = [(int(at), int(size)) for at, size, path in flushes if path.endswith("-wal") and int(at) > begun]
    assert len(moments) >= responses
    worst = Found(len(shop.acknowledged), 0, 0, 0, True)
    told = sorted((at, id) for id, at in shop.acknowledged.items())
    for number, (_at, size) in enumerate(moments):
        until = moments[number + 1][0] if number + 1 < len(moments) else told[-1][0] + 1
        copy = folder / f"cut-{number}"
        copy.mkdir()
        (copy / "otklik.db").write_bytes(main)
        garbage = random.Random(number).randbytes(min(3000, len(written) - size))
        (copy / "otklik.db-wal").write_bytes(written[:size] + garbage)
        found = compare(copy / "otklik.db", {id for at, id in told if at < until})
        worst.lost += found.lost
        worst.doubled += found.doubled
        worst.stored = max(worst.stored, found.stored)
        worst.roll_ups_exact &= found.roll_ups_exact
        shutil.rmtree(copy)
    worst.note = f"at each of {len(moments)} flushes"
    return worst


def order_of_calls(folder: Path) -> Found:
    """The system's own record of one response: the log is written, flushed, and only then the reply goes out."""
    if not shutil.which("strace"):
        raise NotHere("strace is not installed")
    with open_shop(folder) as shop:
        assert shop.process
        record = folder / "calls"
        calls = "trace=pwrite64,fdatasync,fsync,sendto,sendmsg,write,writev"
        tracer = subprocess.Popen(
            ["strace", "-f", "-y", "-s", "40", "-e", calls, "-o", str(record), "-p", str(shop.process.pid)],
            stderr=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip
        assert tracer.stderr
        said = tracer.stderr.readline()
        if "attached" not in said:
            tracer.kill()
            tracer.wait()
            tracer.stderr.close()
            raise NotHere(f"tracing is not allowed: {said.strip()}")
        time.sleep(0.3)
        for _n in range(5):
            assert shop.send(str(make_uuid7())) == 201
        time.sleep(0.3)
        tracer.send_signal(signal.SIGINT)
        tracer.wait(10)
        tracer.stderr.close()
        seen = ""
        for line in record.read_text(encoding="utf-8", errors="replace").splitlines():
            if "otklik.db-wal" in line and "pwrite64" in line:
                seen += "w"
            elif "otklik.db-wal" in line and "sync" in line:
                seen += "f"
            elif "HTTP/1.1 201" in line:
                seen += "r"
        order = re.sub(r"(.)\1+", r"\1", seen)
        # A fresh log's header is flushed by itself, and a copy of the log into the file begins with a flush of its own.
        assert re.fullmatch("(f?(wf)+r){5}f?", order), seen
        shop.stop()
        return shop.found("write, fdatasync, reply; five of five")


def shim(folder: Path) -> Path:
    """A small library that stands before fsync and fdatasync; raises `NotHere` without a C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        raise NotHere("there is no C compiler for the library that makes the flush fail")
    source, library = folder / "flush.c", folder / "flush.so"
    source.write_text(SHIM, encoding="utf-8")
    made = subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl"], capture_output=True
    )
    if made.returncode:
        raise NotHere(f"the C compiler refuses: {made.stderr.decode().strip()}")
    return library


FAULTS: dict[str, Callable[[Path], Found]] = {
    "kill -9 under load": killed,
    "disk full": disk_full,
    "another program's write lock": foreign_lock,
    "the flush fails": sync_fails,
    "a long reader": long_reader,
    "torn end of the log": torn_log,
    "power cut": power_cut,
    "order of system calls": order_of_calls,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    args = parser.parse_args()
    print("| fault | acknowledged | refused | stored | acknowledged, lost | doubled | roll-ups | |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | --- | --- |")
    failed = False
    for name, make in FAULTS.items():
        with tempfile.TemporaryDirectory() as folder:
            try:
                found = killed(Path(folder), args.kills) if make is killed else make(Path(folder))
            except NotHere as why:
                print(f"| {name} | not shown here: {why} |")
                continue
            failed |= not found.well
            exact = "exact" if found.roll_ups_exact else "WRONG"
            print(
                f"| {name} | {found.acknowledged} | {found.refused} | {found.stored} | {found.lost} | {found.doubled}"
                f" | {exact} | {found.note} |",
                flush=True,
            )
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
