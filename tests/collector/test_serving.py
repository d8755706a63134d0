"""otklik serve: one collector a database, no acknowledged response lost, clear words where it cannot begin."""

from __future__ import annotations

import json
import socket
import sqlite3
import threading
import time
from pathlib import Path

import pytest
from conftest import TOP, Collector, Otklik, Serve, answer, until

from otklik_widget import assets

SUITE = TOP.parent / "shared/data/hostile/JSONTestSuite/test_parsing"


def test_a_second_collector_on_the_same_database_is_refused(serve: Serve, otklik: Otklik) -> None:
    first = serve()

    second = otklik("serve", "--port", "0", "--db", first.db, "--journey", first.journey)

    assert second.status == 1
    assert str(first.process.pid) in second.err
    assert first.post(answer()).status == 201


def test_a_port_in_use_is_named(serve: Serve, otklik: Otklik, tmp_path: Path) -> None:
    port = serve().url.rpartition(":")[2]

    second = otklik("serve", "--port", port, "--db", tmp_path / "other.db", "--journey", tmp_path / "journey.toml")

    assert second.status == 1
    assert f"127.0.0.1:{port}" in second.err
    assert not (tmp_path / "other.db").exists()


def test_a_port_that_another_program_shares_is_in_use_too(otklik: Otklik, small_journey: Path) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        found = otklik("serve", "--port", other.getsockname()[1], "--journey", small_journey)
    assert found.status == 1
    assert "port is in use" in found.err


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda db: db.write_text("no database at all, but long enough to be one", encoding="utf-8"), "not an SQLite"),
        (lambda db: _sql(db, "CREATE TABLE kitchen (pot)"), "another program"),
        (lambda db: db.mkdir(), "cannot stand here"),
    ],
)
def test_a_file_that_is_no_database_of_ours_is_left_alone(
    otklik: Otklik, small_journey: Path, tmp_path: Path, make: object, said: str
) -> None:
    db = tmp_path / "strange.db"
    make(db)  # type: ignore[operator]
    before = db.read_bytes() if db.is_file() else None

    for words in (("serve", "--port", "0"), ("map",), ("verify",), ("key", "add", "x")):
        found = otklik(*words, "--db", db, "--journey", small_journey)
        assert found.status == 1, words
        assert said in found.err, words
    assert before is None or db.read_bytes() == before


def test_a_database_from_a_newer_version_is_refused_unchanged(
    otklik: Otklik, small_journey: Path, tmp_path: Path
) -> None:
    db = tmp_path / "new.db"
    otklik("key", "add", "x", "--db", db)
    _sql(db, "INSERT INTO _sqlite_migrations VALUES (99, 'otklik', 'm999_the_future', '2030-01-01')")

    found = otklik("serve", "--port", "0", "--db", db, "--journey", small_journey)

    assert found.status == 1
    assert "m999_the_future" in found.err


def _sql(db: Path, statement: str) -> None:
    connection = sqlite3.connect(db)
    connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize("words", [("map",), ("verify",), ("key", "list"), ("key", "revoke", "x")])
def test_a_missing_database_is_named_and_not_made(otklik: Otklik, small_journey: Path, words: tuple[str, ...]) -> None:
    found = otklik(*words, "--db", "nowhere.db", "--journey", small_journey)
    assert (found.status, found.err.startswith("nowhere.db: there is no such database")) == (1, True)
    assert not (small_journey.parent / "nowhere.db").exists()


def test_a_database_address_is_refused_with_a_sentence(otklik: Otklik, small_journey: Path) -> None:
    found = otklik("serve", "--db", "postgresql://localhost/otklik", "--journey", small_journey)
    assert found.status == 1
    assert "not supported yet" in found.err


def test_no_acknowledged_response_is_lost_when_the_collector_is_killed(serve: Serve, otklik: Otklik) -> None:
    collector = serve()
    acknowledged: list[str] = []
    sent: list[str] = []

    def visitor() -> None:
        while True:
            response = answer()
            sent.append(response["id"])
            try:
                if collector.post(response).status == 201:
                    acknowledged.append(response["id"])
            except OSError:
                return

    visitors = [threading.Thread(target=visitor) for _n in range(8)]
    for one in visitors:
        one.start()
    until(lambda: len(acknowledged) > 100)
    collector.kill()
    for one in visitors:
        one.join()

    db = sqlite3.connect(collector.db)
    stored = {bytes(row[0]).hex() for row in db.execute("SELECT id FROM response")}
    db.close()
    print(f"sent {len(sent)}, acknowledged {len(acknowledged)}, stored {len(stored)}")
    assert {id.replace("-", "") for id in acknowledged} <= stored <= {id.replace("-", "") for id in sent}
    assert otklik("verify", "--db", collector.db).status == 0

    again = serve(db=collector.db)
    for id in sent:  # clients that heard nothing send again: nothing is counted twice
        assert again.post({**answer(), "id": id}).status in (200, 201)
    assert f"{len(set(sent))} responses" in otklik("verify", "--db", collector.db).out


def test_a_foreign_lock_makes_clients_wait_and_nothing_is_lost(serve: Serve, otklik: Otklik) -> None:
    collector = serve()
    response = answer()
    lock = sqlite3.connect(collector.db, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    try:
        refused = collector.post(response)
    finally:
        lock.execute("ROLLBACK")
        lock.close()

    assert refused.status == 503
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.headers["access-control-expose-headers"] == "Retry-After"
    assert collector.post(response).status == 201
    assert otklik("verify", "--db", collector.db).status == 0


def test_half_sent_bodies_do_not_hold_up_anybody(serve: Serve) -> None:
    collector = serve()
    host, _colon, port = collector.url.removeprefix("http://").rpartition(":")
    slow = []
    try:
        for _n in range(200):
            one = socket.create_connection((host, int(port)))
            one.sendall(b"POST /responses HTTP/1.1\r\nHost: x\r\nContent-Length: 200\r\n\r\n{")
            slow.append(one)
        began = time.monotonic()
        assert all(collector.post(answer()).status == 201 for _n in range(20))
        assert time.monotonic() - began < 10
    finally:
        for one in slow:
            one.close()


def test_responses_that_wait_are_stored_before_the_collector_stops(serve: Serve, otklik: Otklik) -> None:
    collector = serve()
    for _n in range(5):
        collector.post(answer())
    collector.process.terminate()
    assert collector.process.wait(20) == 0
    assert "5 responses" in otklik("verify", "--db", collector.db).out


def test_a_wrong_count_is_found_and_rebuilt(serve: Serve, otklik: Otklik) -> None:
    collector = serve()
    collector.post(answer(place="centre", reasons=["waiting"]))
    collector.process.terminate()
    collector.process.wait(20)
    _sql(collector.db, "UPDATE day_count SET c3 = c3 + 1 WHERE dimension = 'place'")
    _sql(collector.db, "DELETE FROM hour_count")

    found = otklik("verify", "--db", collector.db, "--json")
    assert found.status == 1
    assert {mismatch["table"] for mismatch in found.json()["mismatches"]} == {"day_count", "hour_count"}
    assert otklik("verify", "--db", collector.db, "--repair").status == 0
    assert otklik("verify", "--db", collector.db).status == 0


@pytest.mark.skipif(not SUITE.is_dir(), reason="the suite's files are not here; they are never part of us")
def test_hostile_json_is_refused_and_never_breaks_the_collector(serve: Serve) -> None:
    collector = serve()
    for file in sorted(SUITE.glob("*.json")):
        status = collector.post(file.read_bytes()).status
        assert 400 <= status < 500, f"{file.name}: {status}"
        nested = b'{"id": ' + file.read_bytes() + b"}"
        assert 400 <= collector.post(nested).status < 500, file.name
        assert 400 <= collector.post(b"[" + file.read_bytes() + b"]").status < 500, file.name
    assert collector.post(answer()).status == 201


def test_hostile_words_are_kept_as_they_are(serve: Serve) -> None:
    suite = SUITE.parent.parent / "blns.json"
    words = (
        json.loads(suite.read_text(encoding="utf-8")) if suite.exists() else ["'; DROP TABLE response; --", "\u202e"]
    )
    collector = serve()
    comments = [text[:2000] for text in words if text.strip()]
    for start in range(0, len(comments), 25):
        reply = collector.post([answer(comment=comment) for comment in comments[start : start + 25]])
        assert reply.status == 201
        assert {result["status"] for result in reply.json()["results"]} == {201}
    db = sqlite3.connect(collector.db)
    kept = {row[0] for row in db.execute("SELECT text FROM comment")}
    db.close()
    assert kept == {comment.strip().replace("\x00", "\ufffd") for comment in comments}


def test_paths_that_blockers_hide_are_not_used() -> None:
    from otklik_collector.app import create_app
    from otklik_widget.contract import hidden_by_blockers

    del create_app
    for path in ("/responses", "/shown", "/ask.js", "/q/till", "/q/till/thanks", "/q/question.css", "/i/x", "/kiosk/x"):
        assert not hidden_by_blockers(path)
    assert hidden_by_blockers("/api/Statistics")


def test_a_page_that_names_an_older_script_still_asks(serve: Serve) -> None:
    collector = serve()
    now, old = collector.ask(f"/{assets.script_name()}"), collector.ask("/ask.0123456789.js")

    assert now.text == old.text == assets.script()
    assert "immutable" in now.headers["cache-control"]
    assert old.headers["cache-control"] == "public, max-age=300"
    assert collector.ask("/ask.nothing.js").status == 404


def test_health_is_told_without_a_key(serve: Serve) -> None:
    collector = serve()
    assert (collector.ask("/healthz").status, collector.ask("/readyz").status) == (200, 200)


def test_the_built_site_is_served_and_nothing_beside_it(serve: Serve, tmp_path: Path) -> None:
    site = tmp_path / "public"
    (site / "ru").mkdir(parents=True)
    (site / ".otklik").write_text("marker", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    for name, text in (
        ("index.html", "home"),
        ("ru/index.html", "дом"),
        ("404.html", "lost"),
        ("ask.0123456789.js", "1"),
    ):
        (site / name).write_text(text, encoding="utf-8")
    collector: Collector = serve("--site", site)

    home = collector.ask("/")
    assert (home.status, home.text, home.headers["content-type"]) == (200, "home", "text/html; charset=utf-8")
    assert collector.ask("/", If_None_Match=home.headers["etag"]).status == 304
    moved = collector.ask("/ru?x=1")
    assert (moved.status, moved.headers["location"]) == (308, "/ru/?x=1")
    assert collector.ask("/ru/").text == "дом"
    assert (collector.ask("/nowhere/").status, collector.ask("/nowhere/").text) == (404, "lost")
    for path in (
        "/.otklik",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/%5c..%5csecret.txt",
        "/a%00b",
    ):
        assert collector.ask(path).status == 404, path
    assert collector.ask("/", method="POST", body=b"x").status == 405


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via", "X-Forwarded-Proto", "CF-Connecting-IP"]
)
@pytest.mark.parametrize("proxies", ["", "127.0.0.1,10.0.0.0/8"])
def test_the_console_is_not_seen_through_a_proxy(header: str, proxies: str) -> None:
    from otklik_collector.proxies import Proxies

    found = Proxies(tuple(part for part in proxies.split(",") if part))
    headers = {header.lower(): "10.0.0.7"}
    assert not found.at_this_machine("127.0.0.1:5000", headers.get)
    assert found.at_this_machine("127.0.0.1:5000", {}.get)
    assert not found.at_this_machine("203.0.113.9:5000", {}.get)


def test_who_the_visitor_is_is_believed_of_trusted_proxies_only() -> None:
    from otklik_collector.proxies import Proxies

    named = {"x-forwarded-for": "203.0.113.9, 198.51.100.7"}
    assert Proxies().visitor("10.0.0.1:80", named.get) == "10.0.0.1"
    assert Proxies(("10.0.0.0/8",)).visitor("10.0.0.1:80", named.get) == "198.51.100.7"
    assert Proxies(("10.0.0.0/8", "198.51.100.0/24")).visitor("10.0.0.1:80", named.get) == "203.0.113.9"


def test_the_console_names_this_machine_only(serve: Serve) -> None:
    collector = serve()
    assert collector.ask("/console/map").status == 200
    assert collector.ask("/console/map", X_Forwarded_For="127.0.0.1").status == 403
    assert collector.ask("/console/map", Host="evil.example").status == 403


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("from=0001-01-01", 400),
        ("to=9999-12-31", 400),
        ("from=x", 400),
        ("place=nowhere", 400),
        ("from=2026-01-01", 200),
    ],
)
def test_dates_outside_the_calendar_are_refused(serve: Serve, otklik: Otklik, query: str, status: int) -> None:
    collector = serve()
    assert collector.ask(f"/console/map?{query}").status == status
    name, _equals, value = query.partition("=")
    found = otklik("map", f"--{name}", value, "--db", collector.db, "--journey", collector.journey)
    assert found.status == {400: 1 if name == "place" else 2, 200: 0}[status]


def test_odd_addresses_are_not_found_and_nothing_worse(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "public/index.html").write_text("home", encoding="utf-8")
    (tmp_path / "public/a%20b.txt").write_text("percent", encoding="utf-8")
    (tmp_path / "public/точка").mkdir()
    (tmp_path / "public/точка/index.html").write_text("point", encoding="utf-8")
    collector = serve()
    for path in ("/" + "x" * 300, "/" + "a/" * 1000, "//ru", "/q/" + "x" * 300):
        assert collector.ask(path).status == 404, path[:20]
    assert collector.ask("/a%2520b.txt").text == "percent"
    moved = collector.ask("/%D1%82%D0%BE%D1%87%D0%BA%D0%B0")
    assert (moved.status, moved.headers["location"]) == (308, "/%D1%82%D0%BE%D1%87%D0%BA%D0%B0/")
    assert collector.ask(moved.headers["location"]).text == "point"


def test_a_link_to_a_database_is_the_same_database(serve: Serve, otklik: Otklik, tmp_path: Path) -> None:
    collector = serve()
    (tmp_path / "link.db").symlink_to(collector.db)
    found = otklik("serve", "--port", "0", "--db", "link.db", "--journey", collector.journey)
    assert (found.status, "another collector" in found.err) == (1, True)


def test_a_map_is_written_to_a_device_and_never_over_it(otklik: Otklik, small_journey: Path, tmp_path: Path) -> None:
    import os

    otklik("key", "add", "x")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    assert otklik("map", "--journey", small_journey, "--out", "pipe", "--format", "json").status == 0
    reader.join(10)
    assert read[0].startswith("{")
    assert pipe.is_fifo()
    assert otklik("map", "--journey", small_journey, "--out", tmp_path).status == 1
    assert otklik("map", "--journey", small_journey, "--out", "map.txt").status == 0
    assert {file.name for file in tmp_path.iterdir()} >= {"map.txt"}
    assert not [file for file in tmp_path.iterdir() if file.name.startswith("tmp")]


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://Shop.Example/", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("http://shop.example:8080", "http://shop.example:8080"),
        ("https://магазин.рф", "https://xn--80aairftm.xn--p1ai"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://shop example", None),
        ("https://*.shop.example", None),
        ("https://anna@shop.example", None),
        ("https://shop.example\\x", None),
        ("ftp://shop.example", None),
        ("null", None),
    ],
)
def test_an_origin_is_what_browsers_send(written: str, origin: str | None) -> None:
    from otklik_collector.door import origin_of

    assert origin_of(written) == origin


def test_a_copied_address_never_joins_two_customers(serve: Serve, otklik: Otklik) -> None:
    from otklik_widget.contract import make_uuid7

    collector = serve()
    old = make_uuid7(int(time.time() * 1000) - 20 * 24 * 3600 * 1000)
    future = make_uuid7(int(time.time() * 1000) + 3600 * 1000)
    for id in (old, old, future, future):
        assert collector.ask("/q/till", f"score=3&id={id}", Origin=collector.url).status == 303
    assert "4 responses" in otklik("verify", "--db", collector.db).out
    fresh = make_uuid7(int(time.time() * 1000) - 1000)
    for score in (1, 2):
        assert collector.ask("/q/till", f"score={score}&id={fresh}", Origin=collector.url).status == 303
    assert "5 responses" in otklik("verify", "--db", collector.db).out


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ("score=3", 303),
        ("score=0&scale=nps", 303),
        ("score=11&scale=nps", 422),
        ("score=-1&scale=nps", 422),
        ("score=ten", 422),
        ("score=", 422),
        ("score=" + "9" * 5000, 422),
        ("score=3&scale=unknown", 422),
        ("scale=message&score=1&comment=Hello", 303),
        ("scale=message&score=1", 422),
        ("score=3&comment=" + "x" * 2001, 422),
        ("score=3&comment=" + "x" * 1990 + "%0D%0A" * 10, 303),
    ],
)
def test_a_plain_form_is_taken_or_shown_again_with_its_faults(serve: Serve, form: str, status: int) -> None:
    collector = serve()
    assert collector.ask("/q/till", form, Origin="https://stranger.example").status == 403
    reply = collector.ask("/q/till", form, Origin=collector.url)
    assert reply.status == status
    assert reply.headers["content-security-policy"].startswith("default-src 'none'")
