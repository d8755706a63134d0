"""The console is closed: addresses, forms, frames and caches, whatever anybody writes."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest
from managers import OTHER, SECRET, Console


def test_until_there_is_anybody_this_machine_sees_the_map_and_nobody_else_does(console: Console) -> None:
    assert console.visitor().ask("/console/map").status == 200
    assert console.visitor().ask("/console/people").status == 403
    assert console.visitor(X_Forwarded_For="203.0.113.9").ask("/console/map").status == 403
    assert console.visitor(Host="evil.example").ask("/console/map").status == 403
    assert console.visitor().ask("/console/sign-in").status == 403


@pytest.mark.parametrize("path", ["map", "people", "audit", "account", "nothing-here", ""])
def test_once_there_is_somebody_everybody_must_sign_in_at_this_machine_too(shop: Console, path: str) -> None:
    reply = shop.visitor().ask(f"/console/{path}")
    assert reply.status == 303
    assert reply.headers["location"].startswith("/console/sign-in?lang=en")


@pytest.mark.parametrize(
    "path",
    ["//console/people", "/console//people", "/./console/people", "/q/../console/people", "/console/people/",
     "/Console/people", "/%63onsole/people", "/console/%70eople", "/console/people;x", "/console/people%00",
     "/console/people?x=/console/sign-in"],
)  # fmt: skip
def test_no_way_of_writing_an_address_opens_a_page(shop: Console, path: str) -> None:
    reply = shop.visitor().ask(path)
    assert reply.status in (303, 308, 404), path
    assert "Boris" not in reply.text


HOSTILE = [
    "\0",
    "a" * 20_000,
    "'; DROP TABLE console_user; --",
    "\ud7ff\u202e",
    "<script>",
    "é" * 64,
    "%s%n",
    "\r\nSet-Cookie: x=y",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_in_every_field_are_refused_or_kept_as_words(shop: Console, text: str) -> None:
    anna = shop.signed_in()
    for path, values in (
        ("/console/people", {"name": text, "role": "viewer"}),
        ("/console/people", {"name": "Gleb", "role": text, "place": text}),
        ("/console/people/2", {"do": text}),
        ("/console/account/sessions", {"which": text}),
        ("/console/account/password", {"now": text, "password": text, "again": text}),
    ):
        reply = anna.send("/console/account", path, **values)
        assert reply.status in (200, 303, 403, 422), (path, reply.status)
        assert "<script>" not in reply.text
    for visitor in (
        shop.visitor(),
        shop.visitor(Cookie=f"otklik={text.encode('ascii', 'ignore').decode('ascii')[:99].strip()}x"),
    ):
        visitor.headers = {name: value.replace("\0", "").replace("\r\n", "") for name, value in visitor.headers.items()}
        assert visitor.sign_in(text, text, next=text).status in (403, 303)
        assert visitor.ask("/console/map").status == 303
    assert anna.ask("/console/people").status == 200


FORMS: list[tuple[str, dict[str, object]]] = [
    ("/console/sign-out", {}),
    ("/console/account/password", {"now": SECRET, "password": OTHER, "again": OTHER}),
    ("/console/account/sessions", {"which": "all"}),
    ("/console/people", {"name": "Mallory", "role": "admin"}),
    ("/console/people/2", {"do": "remove"}),
]


@pytest.mark.parametrize(("path", "values"), FORMS)
def test_a_form_from_another_site_does_nothing(shop: Console, path: str, values: dict[str, object]) -> None:
    anna, boris = shop.signed_in(), shop.signed_in("Boris")
    borrowed = re.search(r'name="form" value="(\w+)"', boris.ask("/console/account").text)
    own = re.search(r'name="form" value="(\w+)"', anna.ask("/console/account").text)
    assert borrowed
    assert own
    before = shop.deeds()
    for form in ({}, {"form": ""}, {"form": "é"}, {"form": borrowed.group(1)}):
        assert anna.ask(path, {**values, **form}).status == 403
    assert anna.ask(path, {**values, "form": own.group(1)}, Sec_Fetch_Site="cross-site").status == 403
    assert shop.deeds() == before
    assert anna.ask("/console/map").status == 200


def test_nobody_can_be_signed_in_as_somebody_else_by_a_foreign_form(shop: Console) -> None:
    reply = shop.visitor().ask("/console/sign-in", {"name": "Anna", "password": SECRET, "form": ""})
    assert reply.status == 403
    assert "too old" in reply.text


@pytest.mark.parametrize("path", ["sign-in", "map", "people", "audit", "account", "begin/x"])
def test_pages_of_the_console_are_closed_to_frames_scripts_and_caches(shop: Console, path: str) -> None:
    headers = shop.signed_in().ask(f"/console/{path}").headers
    policy = headers["content-security-policy"]
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]


def test_customers_get_no_cookie_and_may_show_questions_in_frames(shop: Console) -> None:
    visitor = shop.visitor()
    reply = visitor.ask("/q/till")
    assert visitor.set_cookies == []
    assert "frame-ancestors *" in reply.headers["content-security-policy"]


def test_while_another_program_holds_the_database_the_console_asks_to_try_again(shop: Console) -> None:
    anna = shop.signed_in()
    with closing(sqlite3.connect(shop.db, isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        assert anna.ask("/console/map").status == 200
        reply = anna.send("/console/people", "/console/people/2", do="remove")
        lock.execute("ROLLBACK")
    assert (reply.status, reply.headers["retry-after"]) == (503, "5")
    assert anna.send("/console/people", "/console/people/2", do="remove").status == 303
