"""Signing in to the console: who may, with what password, and what the browser keeps."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
from managers import FIRST, SECRET, Console, hashed

from otklik_collector.app import create_app
from otklik_collector.console.passwords import password_fault
from otklik_collector.door import Door
from otklik_collector.proxies import Proxies
from otklik_collector.store import open_store
from otklik_widget.journey import Journey
from otklik_widget.words import speaking


def test_a_manager_signs_in_and_comes_to_the_page_asked_for(shop: Console) -> None:
    anna = shop.visitor()
    asked = anna.ask("/console/map?from=2026-10-01")
    reply = anna.sign_in("  anna ", next="/console/map?from=2026-10-01")
    assert "next=%2Fconsole%2Fmap%3Ffrom%3D2026-10-01" in asked.headers["location"]
    assert reply.headers["location"] == "/console/map?from=2026-10-01&lang=en"
    assert anna.ask("/console/map").status == 200


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example/console/", "/console/\\evil", "/q/till", "/console/sign-out"]
)
def test_sign_in_never_leads_to_another_site(shop: Console, wanted: str) -> None:
    assert shop.visitor().sign_in(next=wanted).headers["location"] == "/console/map?lang=en"


@pytest.mark.parametrize(
    ("name", "password"), [("Anna", "wrong"), ("Nobody", SECRET), ("", ""), ("Anna", ""), ("\0", "\0")]
)
def test_a_wrong_name_and_a_wrong_password_are_told_the_same(shop: Console, name: str, password: str) -> None:
    visitor = shop.visitor()
    reply = visitor.sign_in(name, password)
    assert (reply.status, "The name or the password is wrong." in reply.text) == (403, True)
    assert "otklik" not in visitor.cookies


def test_the_session_cookie_is_kept_from_scripts_other_sites_and_open_wires(shop: Console) -> None:
    plain, safe = shop.visitor(), shop.visitor(X_Forwarded_Proto="https", X_Forwarded_For="203.0.113.9")
    plain.sign_in()
    (cookie,) = plain.set_cookies
    assert re.fullmatch(r"otklik=[\w-]{43}; HttpOnly; Path=/console; SameSite=Lax", cookie)
    reply = safe.sign_in()
    (cookie,) = safe.set_cookies
    assert re.fullmatch(r"__Host-otklik=[\w-]{43}; Secure; HttpOnly; Path=/; SameSite=Lax", cookie)
    assert reply.headers["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in plain.ask("/console/map").headers


def test_the_address_in_the_settings_makes_the_cookie_safe_without_any_header(tmp_path: Path, journey: Journey) -> None:
    with open_store(tmp_path / "safe.db", create=True) as store:
        store.people.add("Anna", hashed(SECRET), "admin", (), FIRST)
        door = Door(journey, frozenset(), store.keys.live, store.person_secret())
        app = create_app(
            journey, tmp_path / "safe.db", door, Proxies(), lambda _response: None, address="https://ask.example"
        )
        browser = app.test_client()
        for host, marked in (("ask.example", True), ("127.0.0.1", False)):
            reply = browser.get("/console/sign-in", base_url=f"http://{host}")
            assert ("Secure" in reply.headers["Set-Cookie"]) is marked


def test_only_hashes_of_tokens_and_passwords_are_in_the_file(shop: Console) -> None:
    anna = shop.signed_in()
    with open_store(shop.db) as store:
        link = store.people.make_link(None, shop.clock())
        kept = store.people.password_of(1)
    written = b"".join(file.read_bytes() for file in shop.db.parent.glob("console.db*"))
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    for secret in (anna.cookies["otklik"], link, SECRET):
        assert secret.encode() not in written


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("короткий", "at least 10"),
        ("x" * 201, "at most 200"),
        ("аннааннаанна", "name must not"),
        ("1111111111", "one repeated letter"),
        ("three plain words", None),
        ("пароль из слов", None),
    ],
)
def test_a_new_password_is_long_and_not_the_name(password: str, said: str | None) -> None:
    with speaking("en"):
        fault = password_fault(password, "Анна")
    assert fault is None if said is None else said in (fault or "")


def test_a_crowd_at_the_door_leaves_threads_for_customers(shop: Console) -> None:
    statuses: list[int] = []

    def knock(number: int) -> None:
        statuses.append(shop.visitor(X_Forwarded_For=f"203.0.113.{number}").sign_in("Boris", "wrong wrong").status)

    crowd = [threading.Thread(target=knock, args=(number,)) for number in range(24)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert set(statuses) <= {403, 429, 503}
    # Tries at once are counted before they are judged: no more than the free ones and a few that waited long enough.
    assert statuses.count(403) <= 6
