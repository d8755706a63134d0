"""Webhooks: who is told what, signed and at least once; no response waits for them, no private network is reached."""

from __future__ import annotations

import base64
import hmac
import ipaddress
import json
import re
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from conftest import TOP, Collector, Otklik, Serve, answer, response, until
from sqlite_utils import Database

from otklik_collector.log import Log
from otklik_collector.response import Shown
from otklik_collector.store import Store, open_store
from otklik_collector.store.migrations import migrations
from otklik_collector.store.webhooks import Webhook
from otklik_collector.webhooks.address import Refused, address_of, is_public, post
from otklik_collector.webhooks.sender import GIVE_UP_MS, REST_SECONDS, Sender

DAY = 24 * 3600.0


@dataclass
class Crm:
    """Another system at a real port: keeps what it is told and answers as it is set."""

    url: str = ""
    status: int = 200
    hangs: threading.Event | None = None
    headers: dict[str, str] = field(default_factory=dict)
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def bodies(self, kind: str = "response.") -> list[dict[str, Any]]:
        found = [json.loads(body) for _headers, body in self.heard]
        return [body["data"] for body in found if body["type"].startswith(kind)]

    def wait(self, number: int) -> None:
        until(lambda: len(self.heard) >= number, what=f"{number} messages; there are {len(self.heard)}")


@pytest.fixture
def crm() -> Iterator[Crm]:
    found = Crm()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
            if found.hangs:
                found.hangs.wait(20)
            self.send_response(found.status)
            for name, value in found.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_words: object) -> None:  # who was killed while we answered
            pass

    with Server(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        found.url = f"http://127.0.0.1:{server.server_port}/otklik?x=1"
        yield found
        if found.hangs:
            found.hangs.set()
        server.shutdown()


@pytest.fixture
def told(otklik: Otklik, serve: Serve, crm: Crm, small_journey: Path) -> Callable[..., Collector]:
    """A running collector with a webhook."""

    def start(*words: object) -> Collector:
        made = otklik("webhook", "add", crm.url, "--allow-private", "--journey", small_journey, *words)
        assert made.status == 0, made.err
        return serve()

    return start


def hook(store: Store, **wanted: Any) -> Webhook:
    return store.webhooks.add("http://127.0.0.1:9/", time.time(), private=True, **wanted)


def outbox(store: Store) -> list[tuple[str, str]]:
    """What was put down, oldest first."""
    return [(one.kind, one.response.hex() if one.response else one.body) for one in store.outbox.newest(99)[::-1]]


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_response_is_told_and_the_receiver_of_the_manual_knows_that_it_comes_from_us(
    lang: str, told: Callable[..., Collector], crm: Crm, otklik: Otklik
) -> None:
    collector = told()
    sent = answer(score=0, comment="Ждал час", customer="4711", reasons=["waiting"], place="omsk")
    assert collector.post(sent).status == 201
    crm.wait(1)
    ((headers, body),) = crm.heard
    said = json.loads(body)
    assert said["type"] == "response.stored"
    assert said["data"]["id"] == sent["id"]
    assert (said["data"]["touchpoint"], said["data"]["place"], said["data"]["score"]) == ("till", "omsk", 0)
    assert (said["data"]["low"], said["data"]["reasons"]) == (True, ["waiting"])
    assert "comment" not in said["data"]
    assert b"4711" not in body
    assert otklik("customer-hash", "4711").out == f"{said['data']['customer']}\t4711\n"

    with open_store(collector.db) as store:
        secret = store.webhooks.all()[0].secret
    (code,) = re.findall(r"```python\n(.*?)```", (TOP / f"docs/{lang}/webhooks.md").read_text("utf-8"), re.DOTALL)
    manual: dict[str, Any] = {}
    exec(code, manual)
    assert manual["is_ours"](secret, headers, body, time.time())
    assert not manual["is_ours"](secret, headers, body + b" ", time.time())
    assert not manual["is_ours"](secret, headers, body, time.time() + 600)
    assert not manual["is_ours"]("whsec_" + base64.b64encode(b"another").decode(), headers, body, time.time())


def test_words_and_contacts_go_only_where_they_were_asked_for(told: Callable[..., Collector], crm: Crm) -> None:
    collector = told("--with", "comment,contact")
    contact = {"value": "+7 900 000-00-00", "consent": "2026-1"}
    collector.post([answer(comment="Спасибо", contact=contact), answer()])
    crm.wait(2)
    assert sorted(((said["comment"], said["contact"]) for said in crm.bodies()), key=lambda pair: str(pair[0])) == [
        ("", None),
        ("Спасибо", contact),
    ]


@pytest.mark.parametrize(
    ("wanted", "heard"),
    [
        ({}, "abcd"),
        ({"only": ("low",)}, "a"),
        ({"only": ("comment",)}, "bd"),
        ({"only": ("low", "comment")}, "abd"),
        ({"touchpoints": ("returns", "write")}, "cd"),
        ({"touchpoints": ("returns",), "only": ("low",)}, ""),
    ],
)
def test_a_webhook_hears_what_it_was_made_for(store: Store, wanted: dict[str, Any], heard: str) -> None:
    hook(store, **wanted)
    store.responses.submit(
        [
            response(ord("a"), score=0),
            response(ord("b"), comment="words"),
            response(ord("c"), touchpoint="returns", scale="ces7", score=6),
            response(ord("d"), touchpoint="write", scale="message", score=None, comment="words"),
        ]
    )
    ids = {response(ord(letter)).id.hex(): letter for letter in "abcd"}
    assert "".join(sorted(ids[id] for _kind, id in outbox(store))) == heard


def test_who_heard_of_a_low_score_hears_that_it_is_low_no_more(store: Store) -> None:
    hook(store, only=("low",))
    store.responses.submit([response(1, score=0), response(2, score=4)])
    store.responses.submit([response(1, score=4, rev=2), response(2, score=3, rev=2)])
    id = response(1).id.hex()
    assert outbox(store) == [("response.stored", id), ("response.revised", id)]


def test_what_is_put_down_within_one_millisecond_is_told_in_that_order(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook(store)
    monkeypatch.setattr("time.time", lambda: 1_790_000_000.0)
    for place in range(3):
        store.responses.submit([response(1, score=4 - place, rev=1 + place), response(2 + place)])
    monkeypatch.setattr("time.time", lambda: 1_789_999_999.0)  # a clock set back
    store.responses.submit([response(9)])
    told = [response(letter).id.hex() for letter in (1, 2, 1, 3, 1, 4, 9)]
    assert [id for _kind, id in outbox(store)] == told
    (number,) = (hook.id for hook in store.webhooks.all())
    due = store.outbox.due(number, 1_790_000_000_000, 99)
    assert [one.response.hex() for one in due if one.response][1:] == told[:-1]


def test_known_responses_and_imported_ones_are_no_news(store: Store) -> None:
    hook(store)
    store.responses.submit([response(1), response(2, source="crm-2026")])
    store.responses.submit([response(1)])
    assert len(outbox(store)) == 1


def test_what_could_not_be_stored_is_told_to_nobody(store: Store) -> None:
    hook(store)
    never: Any = None
    with pytest.raises(sqlite3.IntegrityError):
        store.responses.submit([response(1)], [Shown("till", "smiley5", "", never)])
    assert outbox(store) == []


def test_an_erased_response_leaves_the_outbox_and_everybody_is_told_to_forget_it(
    told: Callable[..., Collector], crm: Crm, otklik: Otklik
) -> None:
    collector = told("--with", "comment")
    sent = answer(comment="Меня зовут Анна", customer="4711")
    collector.post(sent)
    crm.wait(1)
    erased = otklik("erase", "--customer", "4711", "--yes")
    assert "1 webhook message" in erased.out, erased.out + erased.err
    crm.wait(2)
    assert crm.bodies("responses.erased") == [{"ids": [sent["id"]]}]
    with open_store(collector.db) as store:
        until(lambda: not store.outbox.waiting(), what="nothing waiting")
        (left,) = store.outbox.newest(9)
    assert (left.kind, left.body, left.response) == ("responses.erased", "", None)


def test_what_waits_holds_no_words_of_customers(store: Store) -> None:
    hook(store, carries=("comment", "contact"))
    store.responses.submit([response(1, comment="Меня зовут Анна", contact=("anna@example.org", "1"))])
    (waiting,) = store.outbox.due(1, int(time.time() * 1000), 9)
    assert waiting.body == ""


class Clock:
    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


class sender:  # noqa: N801 - reads as what it gives: `with sender(store) as (…)`
    """A sender with a clock that a test may move."""

    def __init__(self, store: Store) -> None:
        self._path = store.path
        self._clock = Clock()

    def __enter__(self) -> tuple[Sender, Clock]:
        self._sender = Sender(self._path, Log(), self._clock)
        return self._sender, self._clock

    def __exit__(self, *_error: object) -> None:
        self._sender.stop()


def test_a_message_that_was_refused_comes_again_with_the_same_id_and_a_new_time(store: Store, crm: Crm) -> None:
    store.webhooks.add(crm.url, time.time(), private=True)
    crm.status = 500
    store.responses.submit([response(1)])
    with sender(store) as (_sender, clock):
        crm.wait(1)
        until(lambda: store.outbox.newest(1)[0].tries == 1)
        time.sleep(0.6)
        assert len(crm.heard) == 1, "it is tried again only after a while"
        crm.status = 204
        clock.now += 6
        crm.wait(2)
        until(lambda: store.outbox.newest(1)[0].due_at is None)
    (first, _body), (second, _again) = crm.heard
    assert first["webhook-id"] == second["webhook-id"] == store.outbox.newest(1)[0].uuid
    assert int(second["webhook-timestamp"]) >= int(first["webhook-timestamp"]) + 6
    assert first["webhook-signature"] != second["webhook-signature"]


def test_when_an_address_answers_again_nothing_waits_for_its_long_pause(store: Store, crm: Crm) -> None:
    store.webhooks.add(crm.url, time.time(), private=True)
    crm.status = 503
    store.responses.submit([response(number) for number in range(3)])
    with sender(store) as (_sender, clock):
        for tries in range(1, 6):
            until(lambda n=tries: all(one.tries >= n for one in store.outbox.newest(3)), what="another try")  # type: ignore[misc]
            clock.now += 2 * REST_SECONDS if tries < 5 else REST_SECONDS + 1
        crm.status = 200  # and half an hour is the pause of the three
        store.responses.submit([response(9)])
        until(lambda: not store.outbox.waiting(), what="nothing waiting")


def test_an_address_that_is_dead_for_three_days_is_paused_and_a_test_wakes_it(
    store: Store, crm: Crm, otklik: Otklik
) -> None:
    store.webhooks.add(crm.url, time.time(), private=True)
    crm.status = 500
    store.responses.submit([response(1)])
    with sender(store) as (telling, clock):
        crm.wait(1)
        until(lambda: store.outbox.newest(1)[0].tries == 1)
        assert (telling.waiting, telling.paused) == (1, 0)
        clock.now += GIVE_UP_MS / 1000 + 60
        until(lambda: store.webhooks.all()[0].paused_at is not None, what="a pause")
    store.responses.submit([response(2)])
    store.outbox.tell("responses.erased", {"ids": []})
    assert [one.kind for one in store.outbox.newest(9)] == ["responses.erased", "response.stored"]
    assert "paused since" in otklik("webhook", "list").out
    assert "given up" in otklik("webhook", "log").out
    assert [deed.action for deed in store.audit.newest(1)] == ["webhook-paused"]
    assert otklik("webhook", "test", 1).status == 1
    crm.status = 200
    assert otklik("webhook", "test", 1).status == 0
    assert "live" in otklik("webhook", "list").out
    with sender(store):
        until(lambda: not store.outbox.waiting(), what="nothing waiting")


def test_one_message_that_is_never_taken_does_not_pause_an_address_that_takes_the_others(
    store: Store, crm: Crm
) -> None:
    made = store.webhooks.add(crm.url, time.time(), private=True)
    crm.status = 500
    store.responses.submit([response(1)])
    with sender(store) as (_sender, clock):
        until(lambda: store.outbox.newest(1)[0].tries == 1)
        store.webhooks.answered(made.id, clock.now + 60)
        clock.now += GIVE_UP_MS / 1000 + 60
        until(lambda: store.outbox.newest(1)[0].due_at is None, what="given up")
    assert store.webhooks.all()[0].paused_at is None


def test_an_address_that_says_it_is_gone_is_paused_at_once(store: Store, crm: Crm) -> None:
    store.webhooks.add(crm.url, time.time(), private=True)
    crm.status = 410
    store.responses.submit([response(1)])
    with sender(store):
        until(lambda: store.webhooks.all()[0].paused_at is not None, what="a pause")


def test_an_address_that_never_answers_costs_no_response(told: Callable[..., Collector], crm: Crm) -> None:
    crm.hangs = threading.Event()
    collector = told()
    assert {collector.post([answer() for _one in range(50)]).status for _list in range(4)} == {201}
    crm.wait(4)
    time.sleep(0.3)
    assert len(crm.heard) == 4, "no more than four at a time"
    with open_store(collector.db) as store:
        assert store.outbox.waiting()[1].number == 200
    crm.hangs.set()
    crm.wait(200)
    assert len({headers["webhook-id"] for headers, _body in crm.heard}) == 200


def test_after_a_crash_everything_is_told_at_least_once_under_the_same_id(
    told: Callable[..., Collector], crm: Crm, serve: Serve
) -> None:
    crm.hangs = threading.Event()
    collector = told()
    collector.post([answer() for _one in range(6)])
    crm.wait(4)
    collector.kill()
    crm.hangs.set()
    serve()
    with open_store(collector.db) as store:
        until(lambda: not store.outbox.waiting(), what="nothing waiting")
        ids = {one.uuid for one in store.outbox.newest(9)}
    assert len(ids) == 6
    assert {headers["webhook-id"] for headers, _body in crm.heard} == ids


@pytest.mark.parametrize(
    ("number", "public"),
    [
        ("93.184.215.14", True), ("2606:2800:21f:cb07::1", True), ("127.0.0.1", False), ("10.1.2.3", False),
        ("172.16.0.1", False), ("192.168.1.1", False), ("169.254.169.254", False), ("100.64.0.1", False),
        ("100.100.100.200", False), ("0.0.0.0", False), ("255.255.255.255", False), ("224.0.0.1", False),
        ("192.0.0.192", False), ("168.63.129.16", False), ("::1", False), ("::", False), ("fe80::1", False),
        ("fd00:ec2::254", False), ("fec0::1", False), ("ff02::1", False), ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True), ("64:ff9b::7f00:1", False), ("64:ff9b::808:808", True), ("2002:7f00:1::", False),
        ("::127.0.0.1", False), ("2001:db8::1", False),
    ],
)  # fmt: skip
def test_only_numbers_of_the_open_internet_are_sent_to(number: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(number)) is public


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0"])
def test_no_way_of_writing_this_machine_is_sent_to(host: str, crm: Crm) -> None:
    address = address_of(crm.url.replace("127.0.0.1", host))
    with pytest.raises(Refused, match=r"private network|no such name"):
        post(address, {}, b"{}", private=False)
    assert crm.heard == []


def test_a_name_that_also_leads_home_is_refused_and_is_asked_for_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def lookup(host: str, port: int, *_more: object, **_named: object) -> list[Any]:
        asked.append(host)
        return [(2, 1, 6, "", (number, port)) for number in ("93.184.215.14", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with pytest.raises(Refused, match="private network"):
        post(address_of("http://crm.example/"), {}, b"{}", private=False)
    assert asked == ["crm.example"]


def test_a_redirect_is_not_followed(store: Store, crm: Crm, otklik: Otklik) -> None:
    crm.status, crm.headers = 302, {"Location": crm.url + "&again"}
    store.webhooks.add(crm.url, time.time(), private=True)
    ran = otklik("webhook", "test", 1)
    assert (ran.status, len(crm.heard)) == (1, 1)
    assert "redirects are not followed" in ran.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["ftp://crm.example/"], "URL: it must be an address"),
        (["https://"], "URL: it must be an address"),
        (["https://anna:secret@crm.example/"], "without a name and password"),
        (["https://crm.example/a b"], "URL: it must be an address"),
        (["https://crm.example/#x"], "what stands after “#”"),
        (["https://crm.example/", "--touchpoint", "tll"], "--touchpoint: there is no touchpoint “tll”. Did you mean"),
        (["http://crm.example/", "--with", "comment"], "--with: words of customers go to https addresses only"),
    ],
)
def test_a_webhook_that_can_not_be_is_refused_by_name(
    otklik: Otklik, small_journey: Path, words: list[str], told: str
) -> None:
    ran = otklik("webhook", "add", *words, "--journey", small_journey)
    assert ran.status == 1
    assert told in ran.err


def test_the_commands_list_test_log_and_remove(otklik: Otklik, small_journey: Path, crm: Crm) -> None:
    made = otklik("webhook", "add", crm.url, "--allow-private", "--only", "low", "--journey", small_journey)
    secret = made.out.split()[-1]
    assert secret.startswith("whsec_")
    listed = otklik("webhook", "list", "--json")
    assert secret not in listed.out
    assert [(row["id"], row["only"], row["waiting"]) for row in listed.json()] == [(1, ["low"], 0)]
    assert "took the test (200)" in otklik("webhook", "test", 1).out
    headers, body = crm.heard[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.digest(base64.b64decode(secret[6:]), signed, "sha256")
    assert headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()
    assert otklik("webhook", "log", 1, "--json").json() == []
    assert otklik("webhook", "remove", 1).status == 0
    assert otklik("webhook", "remove", 1).status == 1
    assert [deed["action"] for deed in otklik("audit", "--json").json()] == ["webhook-removed", "webhook-added"]


def test_a_ninth_webhook_is_refused(store: Store, otklik: Otklik, small_journey: Path) -> None:
    for _number in range(8):
        hook(store)
    ran = otklik("webhook", "add", "https://crm.example/", "--journey", small_journey)
    assert ran.status == 1
    assert "8 webhooks" in ran.err


def test_the_log_is_kept_for_a_month(store: Store) -> None:
    hook(store)
    store.responses.submit([response(1)])
    now = int(time.time() * 1000)
    store.outbox.prune(now + 29 * 24 * 3600 * 1000)
    assert len(outbox(store)) == 1
    store.outbox.prune(now + 31 * 24 * 3600 * 1000)
    assert outbox(store) == []


def test_a_database_without_webhooks_gets_them_and_keeps_its_responses(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    db = Database(path)
    migrations.apply(db, stop_before="m009_webhooks")
    db.execute("INSERT INTO series VALUES (1, 'till', 'smiley5', 'w', 1, '{}')")
    db.execute(
        "INSERT INTO response VALUES (?, 1, 1, 3, '', 'web', '', 0, 0, 20260302, 10, '', NULL, '[]', '', '', '',"
        " NULL, NULL, NULL, '', NULL)",
        (response(1).id,),
    )
    db.conn.commit()
    db.close()
    with open_store(path) as store:
        assert store.webhooks.all() == []
        assert list(store.responses.stored([response(1).id])) == [response(1).id]
        assert "webhook_delivery" in store.responses.parts()
