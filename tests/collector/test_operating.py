"""Whoever operates a collector is told what it does, whether it can take responses, and what to mend."""

from __future__ import annotations

import io
import json
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import Collector, Otklik, Serve, answer

from otklik_collector.log import Log, Reporter
from otklik_collector.numbers import Numbers
from otklik_collector.readiness import PROBE_SECONDS, Found, Readiness, obstacles


def test_what_was_stored_changed_and_refused_is_counted(tmp_path: Path) -> None:
    numbers = Numbers(tmp_path / "otklik.db", clock=lambda: 1_772_400_000.0)
    numbers.queued(7)
    numbers.queued(2)
    numbers.committed({"stored": 3, "revised": 1, "known": 2}, 0.004)
    numbers.committed({"stored": 1}, 1.5)
    numbers.refused(422, "bad-response")
    numbers.refused(422, "bad-response")
    numbers.refused(403, "forbidden")
    numbers.failed("disk I/O error")
    numbers.add_backlog("webhooks", lambda: 12)

    assert numbers.snapshot() == {
        "started_at": 1_772_400_000_000,
        "stored": 4, "revised": 1, "known": 2,
        "refused": [
            {"status": 403, "code": "forbidden", "number": 1}, {"status": 422, "code": "bad-response", "number": 2},
        ],
        "queue": {"now": 2, "most": 7, "limit": 0},
        "commits": {
            "number": 2, "slow": 1, "last_at": 1_772_400_000_000, "last_ms": 1500.0, "mean_ms": 752.0,
            "slowest_ms": 1500.0, "last_batch": 1, "largest_batch": 6,
        },
        "failures": {"number": 1, "last_at": 1_772_400_000_000, "last": "disk I/O error"},
        "wal_bytes": 0,
        "backlog": {"webhooks": 12},
    }  # fmt: skip


def test_no_refusal_is_forgotten_when_many_come_at_once(tmp_path: Path) -> None:
    numbers = Numbers(tmp_path / "otklik.db")

    def refuse() -> None:
        for _time in range(2000):
            numbers.refused(429, "too-many")

    threads = [threading.Thread(target=refuse) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert numbers.refusals() == {(429, "too-many"): 8000}


def _state(collector: Collector, status: int, seconds: float) -> Any:
    """What /readyz says once it has this status; it comes within so many seconds."""
    for _attempt in range(int(seconds * 5)):
        found = collector.ask("/readyz")
        if found.status == status:
            return found.json() if status != 200 else None
        time.sleep(0.2)
    raise AssertionError(found.text)


GOOD = Found(at=100.0, refusal="", newer=(), free_mb=5000)


@pytest.mark.parametrize(
    ("found", "alive", "waiting", "now", "wrong"),
    [
        (GOOD, True, 9_999, 101.0, []),
        (GOOD, False, 0, 101.0, ["writer"]),
        (GOOD, True, 10_000, 101.0, ["queue"]),
        (GOOD, True, 0, 140.0, ["probe"]),
        (GOOD._replace(refusal="database is locked"), True, 0, 101.0, ["database"]),
        (GOOD._replace(newer=("m999_the_future",)), True, 0, 101.0, ["version"]),
        (GOOD._replace(free_mb=199), True, 0, 101.0, ["disk"]),
        (GOOD._replace(free_mb=0, refusal="disk full"), False, 0, 101.0, ["writer", "database", "disk"]),
    ],
)
def test_each_obstacle_is_named(
    tmp_path: Path, found: Found, alive: bool, waiting: int, now: float, wrong: list[str]
) -> None:
    numbers = Numbers(tmp_path / "otklik.db")
    numbers.may_wait = 10_000
    numbers.queued(waiting)

    assert [one.field for one in obstacles(found, numbers, alive, 200, now)] == wrong


def test_a_collector_with_too_little_disk_says_so_and_still_lives(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "otklik.toml").write_text("disk_floor_mb = 9999999\n", encoding="utf-8")
    collector = serve(ready=False)

    ready = collector.ask("/readyz")

    assert (collector.ask("/healthz").status, ready.status) == (200, 503)
    assert ready.headers["content-type"] == "application/problem+json"
    assert ready.headers["retry-after"] == "10"
    (error,) = ready.json()["errors"]
    assert error["field"] == "disk"
    assert "disk_floor_mb" in error["rule"]
    assert collector.post(answer()).status == 201  # low is not full


def test_a_refusing_database_is_seen_and_seen_to_take_again(serve: Serve) -> None:
    collector = serve()
    with closing(sqlite3.connect(collector.db, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert _state(collector, 503, seconds=PROBE_SECONDS + 5)["errors"][0]["field"] == "database"
        other.execute("ROLLBACK")
    assert _state(collector, 200, seconds=PROBE_SECONDS + 5) is None


def test_a_disk_that_took_nothing_is_found_to_take_again_without_a_customer(tmp_path: Path, otklik: Otklik) -> None:
    otklik("key", "add", "shop")
    db = tmp_path / "otklik.db"
    numbers = Numbers(db)
    numbers.failed("database or disk is full")

    readiness = Readiness(db, numbers, lambda: True, 0, Reporter(Log(), numbers))
    readiness.stop()

    assert not numbers.failing
    assert readiness.problem() is None


def said_by(collector: Collector) -> str:
    """All that the collector says from now to its end."""
    collector.process.terminate()
    assert collector.process.stderr
    said = collector.process.stderr.read()
    assert collector.process.wait(20) == 0
    return said


@pytest.mark.parametrize("form", ["text", "json"])
def test_nothing_that_a_visitor_sent_is_in_the_log(serve: Serve, tmp_path: Path, form: str) -> None:
    (tmp_path / "otklik.toml").write_text('trusted_proxies = ["127.0.0.1"]\n', encoding="utf-8")
    collector = serve("--log", form, "--log-requests")
    every = {
        "place": "centre", "reasons": ["waiting"], "comment": "zq-comment", "lang": "zq-lang", "channel": "web",
        "contact": {"value": "zq-contact", "consent": "zq-consent"}, "segment": "zq-segment",
        "customer": "zq-customer", "page": "zq-page", "device": "zq-device", "website": "zq-website",
    }  # fmt: skip
    sent = {
        "User-Agent": "zq-agent", "Referer": "https://zq-referer.example/", "X-Forwarded-For": "203.0.113.77",
        "Cookie": "otklik=zq-cookie", "Authorization": "Bearer zq-token",
    }  # fmt: skip
    assert collector.post(answer(**every), **sent).status == 201
    for name in (*every, "id", "rev", "key", "point", "scale", "score", "wording", "token", "zq-unknown"):
        assert 400 <= collector.post(answer() | {name: "zq-bad"}, origin="https://zq-origin.example").status < 500
        assert 400 <= collector.post([answer() | {name: {"zq-deep": ["zq-deep"]}}]).status < 500
    collector.post('{"zq-broken', path="/shown")
    for path in (
        "/zq-path", "/q/zq-point", "/q/till?zq-name=zq-query", "/i/zq-token", "/ask.js?point=zq-point",
        "/console/begin/zq-link", "/console/map?place=zq-place&lang=zq-lang", "/api/v1/zq-api", "/q/%00zq-",
    ):  # fmt: skip
        collector.ask(path, **sent)
    collector.post("score=3&comment=zq-form&id=zq-id&place=zq-place", path="/q/till", **sent)
    collector.post("name=zq-name&password=zq-password", path="/console/sign-in", **sent)
    collector.ask("/zq-method", method="ZQ-METHOD")

    said = said_by(collector)

    assert "zq-" not in said.lower()
    assert "203.0.113" not in said
    assert "/q/<touchpoint>" in said
    if form == "json":
        lines = [json.loads(line) for line in said.splitlines()]
        assert {"request", "refused", "stopped"} <= {line["event"] for line in lines}
        assert [line for line in lines if not {"at", "level", "event", "text"} <= set(line)] == []
        refused = [one for line in lines if line["event"] == "refused" for one in line["refused"]]
        assert sum(one["number"] for one in refused if one["code"] == "forbidden") == 20


def test_a_mistake_of_ours_is_told_by_kind_and_place_only() -> None:
    stream = io.StringIO()
    log = Log("json", stream)
    try:
        int("a comment of Anna's")
    except ValueError as error:
        log.broke(error)

    line = json.loads(stream.getvalue())
    assert (line["event"], line["level"], line["kind"]) == ("error", "error", "ValueError")
    assert line["places"][-1].startswith("test_operating.py:")
    assert "Anna" not in stream.getvalue()


def test_refusals_and_slow_commits_are_summed_up_and_troubles_told_at_once(tmp_path: Path) -> None:
    stream = io.StringIO()
    numbers = Numbers(tmp_path / "otklik.db")
    reporter = Reporter(Log("json", stream), numbers)
    now = time.monotonic()

    def told() -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in stream.getvalue().splitlines()]
        stream.seek(0)
        stream.truncate()
        return lines

    for _number in range(500):
        numbers.refused(422, "bad-response")
    numbers.committed({"stored": 1}, 2.5)
    reporter.report(now + 5)
    assert told() == []
    numbers.failed("disk I/O error")
    numbers.failed("disk I/O error")
    reporter.report(now + 10)
    assert [(line["event"], line["why"]) for line in told()] == [("storage-refuses", "disk I/O error")]
    numbers.failed("disk I/O error")
    reporter.report(now + 15)
    assert told() == []
    numbers.committed({"stored": 1}, 0.01)
    reporter.report(now + 20)
    assert [(line["event"], line["failures"], line["seconds"]) for line in told()] == [("storage-takes-again", 3, 10)]
    reporter.report(now + 61)
    refused, slow = told()
    assert refused["refused"] == [{"status": 422, "code": "bad-response", "number": 500}]
    assert (slow["event"], slow["number"], slow["slowest_ms"]) == ("slow-commits", 1, 2500)
    reporter.report(now + 200)
    assert told() == []


def test_a_closed_error_stream_stops_nobody() -> None:
    stream = io.StringIO()
    stream.close()

    Log("text", stream).say("stopped", "nobody reads this")


def test_what_is_done_on_the_command_line_is_in_the_audit_log(
    otklik: Otklik, tmp_path: Path, small_journey: Path
) -> None:
    (tmp_path / "till.csv").write_text("date,touchpoint,place,passes\n2026-03-02,till,centre,120\n", encoding="utf-8")
    (tmp_path / "old.csv").write_text("date,score\n2026-03-02,4\n2026-03-03,2\n", encoding="utf-8")
    (tmp_path / "old.toml").write_text(
        '[row]\nanswered_at = { column = "date", format = "%Y-%m-%d", zone = "Europe/Moscow" }\nsource = "old"\n'
        '[[response]]\ncolumn = "score"\ntouchpoint = "till"\nscale = "smiley5"\n',
        encoding="utf-8",
    )
    journey = ("--journey", small_journey)
    for words in (
        ("key", "add", "shop", "--origin", "https://shop.example"),
        ("key", "revoke", "shop"),
        ("passes", "till.csv", *journey),
        ("import", "old.csv", "--mapping", "old.toml", *journey),
        ("backup", "copies"),
    ):
        assert otklik(*words).status == 0, words
    copy = next((tmp_path / "copies").iterdir())
    assert otklik("restore", copy, "--yes").status == 0

    deeds = otklik("audit", "--json").json()

    assert [(deed["action"], deed["about"], deed["detail"]) for deed in reversed(deeds)] == [
        ("key-added", "shop", "https://shop.example"),
        ("key-revoked", "shop", ""),
        ("passes-brought", "till.csv", "1"),
        ("imported", "old.csv", "2"),
        ("restored", copy.name, "2"),
    ]
    assert {deed["who"] for deed in deeds} == {""}
    assert "put a copy of the database back" in otklik("audit").out
    kept = next(tmp_path.glob("otklik.db.before-restore-*"))
    assert otklik("audit", "--db", kept, "--limit", "1", "--json").json()[0]["action"] == "copied"
