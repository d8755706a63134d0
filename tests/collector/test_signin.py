"""Who may open the console: signing in and out, roles and places, links, sessions, guessing, the audit log."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from conftest import Collector, Otklik, Serve, answer, clean_environment
from managers import FIRST, OTHER, SECRET, Clock, Console, Visitor
from sqlite_utils import Database

from otklik_collector.app import create_app
from otklik_collector.console.passwords import hash_password, password_fault
from otklik_collector.console.throttle import LONGEST_WAIT, Throttle, network_of
from otklik_collector.door import Door
from otklik_collector.proxies import Proxies
from otklik_collector.store import open_store
from otklik_collector.store.migrations import migrations
from otklik_collector.store.people import LastAdmin
from otklik_widget.journey import Journey
from otklik_widget.words import speaking


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
        store.people.add("Anna", hash_password(SECRET), "admin", (), FIRST)
        door = Door(journey, frozenset(), store.keys.live, store.person_secret())
        app = create_app(
            journey, tmp_path / "safe.db", door, Proxies(), lambda _response: None, address="https://ask.example"
        )
        browser = app.test_client()
        for host, marked in (("ask.example", True), ("127.0.0.1", False)):
            reply = browser.get("/console/sign-in", base_url=f"http://{host}")
            assert ("Secure" in reply.headers["Set-Cookie"]) is marked


def test_a_session_planted_in_the_browser_before_sign_in_is_worth_nothing(shop: Console) -> None:
    planted = "a" * 43
    victim = shop.visitor()
    victim.cookies["otklik"] = planted
    victim.sign_in()
    assert victim.cookies["otklik"] != planted
    thief = shop.visitor()
    thief.cookies["otklik"] = planted
    assert thief.ask("/console/map").status == 303


def test_signing_in_anew_ends_what_the_browser_had_before(shop: Console) -> None:
    anna = shop.signed_in()
    before = dict(anna.cookies)
    fresh = shop.visitor()
    form = re.search(r'name="form" value="(\w+)"', fresh.ask("/console/sign-in").text)
    assert form
    fresh.cookies["otklik"] = before["otklik"]
    assert fresh.ask("/console/sign-in", {"form": form.group(1), "name": "Anna", "password": SECRET}).status == 303
    assert Visitor(shop.url, cookies=before).ask("/console/map").status == 303


def test_only_hashes_of_tokens_and_passwords_are_in_the_file(shop: Console) -> None:
    anna = shop.signed_in()
    with open_store(shop.db) as store:
        link = store.people.make_link(None, shop.clock())
        kept = store.people.password_of(1)
    written = b"".join(file.read_bytes() for file in shop.db.parent.glob("console.db*"))
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    for secret in (anna.cookies["otklik"], link, SECRET):
        assert secret.encode() not in written


def test_a_session_ends_after_twelve_idle_hours_and_after_fourteen_days(shop: Console) -> None:
    idle, busy = shop.signed_in(), shop.signed_in()
    for hour in range(1, 14 * 24):
        shop.clock.now = FIRST + hour * 3600
        assert busy.ask("/console/account").status == 200, hour
        if hour == 12:
            assert idle.ask("/console/map").status == 303
    shop.clock.now = FIRST + 14 * 24 * 3600
    assert busy.ask("/console/map").status == 303


def test_signing_out_ends_the_session_here_and_in_the_store(shop: Console) -> None:
    anna = shop.signed_in()
    before = dict(anna.cookies)
    assert anna.send("/console/account", "/console/sign-out").status == 303
    assert "otklik" not in anna.cookies
    assert Visitor(shop.url, cookies=before).ask("/console/map").status == 303


def test_somebody_can_end_one_session_all_others_or_all(shop: Console) -> None:
    here, there, elsewhere = shop.signed_in(), shop.signed_in(), shop.signed_in()
    handles = re.findall(r'name="which" value="([0-9a-f]{16})"', here.ask("/console/account").text)
    assert len(handles) == 2
    here.send("/console/account", "/console/account/sessions", which=handles[0])
    assert sorted(one.ask("/console/map").status for one in (there, elsewhere)) == [200, 303]
    here.send("/console/account", "/console/account/sessions", which="others")
    assert [one.ask("/console/map").status for one in (here, there, elsewhere)] == [200, 303, 303]
    here.send("/console/account", "/console/account/sessions", which="all")
    assert here.ask("/console/map").status == 303


def test_nobody_ends_the_session_of_somebody_else(shop: Console) -> None:
    anna, boris = shop.signed_in(), shop.signed_in("Boris")
    with open_store(shop.db) as store:
        (annas,) = store.sessions.live(shop.clock(), 1)
    boris.send("/console/account", "/console/account/sessions", which=annas.handle)
    assert anna.ask("/console/map").status == 200


def test_a_changed_password_ends_all_other_sessions(shop: Console) -> None:
    here, there = shop.signed_in(), shop.signed_in()
    before = here.cookies["otklik"]
    wrong = here.send("/console/account", "/console/account/password", now="x", password=OTHER, again=OTHER)
    assert (wrong.status, "This is not your present password." in wrong.text) == (422, True)
    differs = here.send("/console/account", "/console/account/password", now=SECRET, password=OTHER, again=SECRET)
    assert (differs.status, "differ" in differs.text) == (422, True)
    done = here.send("/console/account", "/console/account/password", now=SECRET, password=OTHER, again=OTHER)
    assert done.headers["location"] == "/console/account?done=password&lang=en"
    assert here.ask("/console/map").status == 200
    assert here.cookies["otklik"] != before
    assert there.ask("/console/map").status == 303
    assert (shop.visitor().sign_in("Anna", SECRET).status, shop.visitor().sign_in("Anna", OTHER).status) == (403, 303)


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


def test_guessing_at_one_name_waits_longer_and_longer_and_tells_no_names(shop: Console) -> None:
    for name in ("Anna", "Nobody"):
        statuses, waits = [], []
        for number in range(12):
            thief = shop.visitor(X_Forwarded_For=f"203.0.113.{number}")
            reply = thief.sign_in(name, "wrong wrong")
            statuses.append(reply.status)
            if reply.status == 429:
                waits.append(int(reply.headers["retry-after"]))
                shop.clock.now += waits[-1]
        assert statuses == [403] * 5 + [429, 403, 429, 403, 429, 403, 429]
        assert waits == sorted(waits)
        assert waits[-1] > waits[0]
    assert ("", "guessing", "Anna") in shop.deeds()
    assert ("", "guessing", "") in shop.deeds()


def test_the_right_password_waits_too_and_then_clears_the_name(shop: Console) -> None:
    for _n in range(5):
        shop.visitor().sign_in("Anna", "wrong wrong")
    assert shop.visitor().sign_in().status == 429
    shop.clock.now += 2
    assert shop.visitor().sign_in().status == 303
    assert shop.visitor().sign_in("Anna", "wrong wrong").status == 403


def test_one_address_cannot_try_a_password_on_everybody() -> None:
    clock = Clock(0)
    throttle = Throttle(clock)
    waits = [throttle.wait(f"name {number}", "203.0.113.9") for number in range(21)]
    assert waits[:20] == [0] * 20
    assert waits[20] > 0
    assert throttle.wait("name 21", "203.0.113.10") == 0
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff")
    assert network_of("2001:db8::1") != network_of("2001:db8:0:1::1")
    assert network_of("::ffff:203.0.113.9") == "203.0.113.9"


def test_no_wait_locks_somebody_out_for_long_and_a_day_forgives() -> None:
    clock = Clock(0)
    throttle = Throttle(clock)
    for _n in range(60):
        wait = throttle.wait("anna", "203.0.113.9")
        assert wait <= LONGEST_WAIT + 1
        clock.now += wait
    clock.now += 25 * 3600
    assert [throttle.wait("anna", "203.0.113.9") for _n in range(4)] == [0] * 4


def test_right_passwords_on_one_name_do_not_buy_tries_on_others() -> None:
    throttle = Throttle(Clock(0))
    tries = 0
    while throttle.wait(f"victim {tries}", "203.0.113.9") == 0 and tries < 100:
        tries += 1
        if throttle.wait("mallory", "203.0.113.9") == 0:
            throttle.forgive("mallory", "203.0.113.9")
    assert tries <= 20


def test_memory_of_guesses_is_bounded_and_keeps_the_name_under_attack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("otklik_collector.console.throttle.MOST_REMEMBERED", 100)
    clock = Clock(0)
    throttle = Throttle(clock)
    for _n in range(8):
        clock.now += throttle.wait("anna", "203.0.113.1")
    for number in range(1000):
        throttle.wait(f"name {number}", f"198.51.100.{number % 250}")
    assert len(throttle._tries) <= 101
    assert throttle.wrong("anna", "203.0.113.1") >= 5


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("viewer", "map", 200),
        ("viewer", "account", 200),
        ("viewer", "people", 403),
        ("viewer", "audit", 403),
        ("manager", "map", 200),
        ("manager", "people", 403),
        ("manager", "audit", 403),
        ("admin", "people", 200),
        ("admin", "audit", 200),
    ],
)
def test_each_role_opens_its_pages(shop: Console, role: str, path: str, status: int) -> None:
    shop.let_in("Vera", role)
    assert shop.signed_in("Vera").ask(f"/console/{path}").status == status


def test_a_viewer_of_a_place_sees_its_map_and_nothing_of_the_others(serve: Serve) -> None:
    collector = serve()
    for place, score, times in (("centre", 4, 7), ("omsk", 0, 29)):
        for _n in range(times):
            assert collector.post(answer(place=place, score=score)).status == 201
    let_in(collector, "Anna", "--role", "admin")
    let_in(collector, "Boris", "--place", "centre")
    anna, boris = Visitor(collector.url), Visitor(collector.url)
    assert (anna.sign_in().status, boris.sign_in("Boris").status) == (303, 303)

    assert "36 responses" in anna.ask("/console/map").text
    seen = boris.ask("/console/map?from=2020-01-01").text
    assert "7 responses" in seen
    assert not re.search(r"\b(29|36) (responses|of)|web [0-9]|\bOmsk\b", seen)
    assert boris.ask("/console/map?place=omsk").status == 403
    assert boris.ask("/console/map?place=centre").status == 200
    assert boris.ask("/console/map?place=").status == 200
    assert '<option value="">' not in re.findall(r'<select id="place".*?</select>', seen)[0]


def let_in(collector: Collector, name: str, *words: str) -> None:
    command = [sys.executable, "-m", "otklik_widget.cli", "user", "add", name, *words, "--password-stdin"]
    command += ["--db", str(collector.db), "--journey", str(collector.journey)]
    subprocess.run(
        command, input=f"{SECRET}\n", encoding="utf-8", check=True, capture_output=True, env=clean_environment()
    )


def test_places_that_left_the_journey_show_nothing(shop: Console) -> None:
    shop.let_in("Vera", "viewer", "closed-shop")
    vera = shop.signed_in("Vera")
    assert vera.ask("/console/map").status == 403
    assert vera.ask("/console/account").status == 200


def test_an_administrator_lets_somebody_in_who_chooses_the_password(shop: Console) -> None:
    anna = shop.signed_in()
    page = anna.send("/console/people", "/console/people", name="Vera", role="manager", place=["omsk"])
    link = re.search(r"<code>http://127[^/]+(/console/begin/[\w-]{43})</code>", page.text)
    assert link
    vera = shop.visitor()
    assert "Vera" in vera.ask(link.group(1)).text
    weak = vera.send(link.group(1), link.group(1), password="vera-vera-vera", again="vera-vera-vera")
    assert (weak.status, "name must not be part" in weak.text) == (422, True)
    assert vera.send(link.group(1), link.group(1), password=OTHER, again=OTHER).status == 303
    assert vera.ask("/console/map").status == 200
    assert vera.ask("/console/people").status == 403
    assert shop.visitor().ask(link.group(1)).status == 410
    assert shop.visitor().send(link.group(1), link.group(1), password=SECRET, again=SECRET).status == 410
    deeds = shop.deeds()
    assert ("Anna", "person-added", "Vera") in deeds
    assert ("Vera", "link-used", "Vera") in deeds


def test_a_new_link_takes_the_place_of_the_one_before(shop: Console) -> None:
    anna = shop.signed_in()
    first, second = (
        re.findall(r"/console/begin/[\w-]{43}", anna.send("/console/people", "/console/people/2", do="link").text)[0]
        for _time in range(2)
    )
    assert shop.visitor().ask(first).status == 410
    assert shop.visitor().ask(second).status == 200
    shop.clock.now += 24 * 3600
    assert shop.visitor().ask(second).status == 410


def test_rights_taken_away_and_people_removed_are_out_at_once(shop: Console) -> None:
    shop.let_in("Vera")
    anna, boris, vera = shop.signed_in(), shop.signed_in("Boris"), shop.signed_in("Vera")
    assert anna.send("/console/people", "/console/people/3", do="change", role="viewer", place="omsk").status == 303
    assert vera.ask("/console/people").status == 403
    assert vera.ask("/console/map?place=centre").status == 403
    assert anna.send("/console/people", "/console/people/3", do="end").status == 303
    assert vera.ask("/console/map").status == 303
    assert anna.send("/console/people", "/console/people/2", do="remove").status == 303
    assert boris.ask("/console/map").status == 303
    assert shop.visitor().sign_in("Boris").status == 403


def test_an_administrator_of_one_place_stays_within_it(shop: Console) -> None:
    shop.let_in("Vera", "admin", "centre")
    vera = shop.signed_in("Vera")
    page = vera.ask("/console/people").text
    assert "Boris" in page
    assert "Anna" not in page
    assert "Omsk" not in page
    assert vera.ask("/console/audit").status == 403
    for values in (
        {"name": "Gleb", "role": "admin"},
        {"name": "Gleb", "role": "viewer", "place": "omsk"},
        {"name": "Gleb", "role": "viewer", "place": ["centre", "omsk"]},
        {"name": "Gleb", "role": "owner", "place": "centre"},
        {"name": "Gleb", "role": "viewer", "place": "nowhere"},
    ):
        assert vera.send("/console/people", "/console/people", **values).status == 403, values
    assert vera.send("/console/people", "/console/people/1", do="remove").status == 404
    assert vera.send("/console/people", "/console/people/2", do="change", role="viewer").status == 403
    assert vera.send("/console/people", "/console/people", name="Gleb", role="viewer", place="centre").status == 200


def test_nobody_changes_their_own_rights_and_the_last_administrator_stays(shop: Console) -> None:
    anna = shop.signed_in()
    for wanted in ("change", "remove", "link", "end"):
        assert anna.send("/console/people", "/console/people/1", do=wanted, role="admin").status == 403
    with open_store(shop.db) as store:
        with pytest.raises(LastAdmin):
            store.people.remove(1, FIRST)
        with pytest.raises(LastAdmin):
            store.people.change(1, "admin", ["centre"], FIRST, "")
        assert len(store.people.all()) == 2


def test_the_link_of_the_first_start_makes_one_administrator_once(serve: Serve, otklik: Otklik) -> None:
    collector = serve()
    assert collector.process.stderr
    collector.process.stderr.readline()
    link = collector.process.stderr.readline().strip().removeprefix(collector.url)
    assert re.fullmatch(r"/console/begin/[\w-]{43}", link)

    anna, second = Visitor(collector.url), Visitor(collector.url)
    assert anna.ask(link).status == 200
    assert anna.ask(link).status == 200  # a scanner that opens it does not use it up
    second.ask(link)
    assert anna.send(link, link, name="Anna", password="short", again="short").status == 422
    assert anna.send(link, link, name="Anna", password=SECRET, again=SECRET).status == 303
    assert anna.ask("/console/people").status == 200
    assert second.ask(link).status == 410
    assert second.send(link, link, name="Mallory", password=SECRET, again=SECRET).status == 410
    assert Visitor(collector.url).ask("/console/map").status == 303
    assert "Mallory" not in otklik("user", "list", "--db", collector.db).out


def test_the_link_of_the_first_start_is_void_once_somebody_was_let_in(console: Console) -> None:
    with open_store(console.db) as store:
        token = store.people.make_link(None, console.clock())
    assert console.visitor().ask(f"/console/begin/{token}").status == 200
    console.let_in("Anna")
    assert console.visitor().ask(f"/console/begin/{token}").status == 410
    assert console.visitor().ask("/console/begin/nonsense").status == 410


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


def test_commands_let_people_in_and_out(otklik: Otklik, console: Console, tmp_path: Path) -> None:
    def user(*words: str, password: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "otklik_widget.cli", "user", *words, "--db", str(console.db)]
        return subprocess.run(
            [*command, "--journey", str(tmp_path / "journey.toml")], cwd=tmp_path, input=password, encoding="utf-8",
            capture_output=True, check=False, env=clean_environment(),
        )  # fmt: skip

    assert "Nobody can sign in yet" in user("list").stderr
    assert "first one must be an administrator" in user("add", "Boris", "--place", "omsk", "--password-stdin").stderr
    assert "at least 10" in user("add", "Anna", "--password-stdin", password="short\n").stderr
    assert "--password-stdin" in user("add", "Anna", password=SECRET).stderr
    assert user("add", "Anna", "--password-stdin", password=f"{SECRET}\n").returncode == 0
    assert "already somebody" in user("add", "ANNA", "--password-stdin", password=f"{SECRET}\n").stderr
    assert "Did you mean “omsk”" in user("add", "B", "--place", "omks", "--password-stdin").stderr
    assert user("add", "Boris", "--place", "omsk", "--password-stdin", password=f"{SECRET}\n").returncode == 0
    assert user("list").stdout.splitlines() == [
        "Anna  administrator  the whole company  0 sessions",
        "Boris  viewer  omsk  0 sessions",
    ]
    boris = console.visitor()
    console.clock.now = time.time()
    assert boris.sign_in("Boris").status == 303
    assert user("sessions", "Boris").stdout.startswith("Boris  20")
    assert user("passwd", "boris", "--password-stdin", password=f"{OTHER}\n").returncode == 0
    assert boris.ask("/console/map").status == 303
    assert boris.sign_in("Boris", OTHER).status == 303
    assert "1 session ended" in user("sessions", "--end").stderr
    assert boris.ask("/console/map").status == 303
    assert "last administrator" in user("remove", "Anna").stderr
    assert "Did you mean “Boris”" in user("remove", "Bors").stderr
    assert user("remove", "Boris").returncode == 0
    assert user("remove", "Anna").returncode == 0
    told = otklik("audit", "--db", console.db, "--json").json()
    assert [(deed["action"], deed["about"]) for deed in told][:2] == [
        ("person-removed", "Anna"),
        ("person-removed", "Boris"),
    ]
    assert "command line  removed a person  Boris" in otklik("audit", "--db", console.db, "--user", "boris").out


def test_the_audit_log_tells_who_did_what(shop: Console) -> None:
    anna = shop.signed_in()
    anna.send("/console/people", "/console/people/2", do="change", role="manager", place=["centre", "omsk"])
    page = anna.ask("/console/audit").text
    assert "changed rights" in page
    assert "manager, Centre, Omsk" in page
    assert shop.deeds()[:2] == [("Anna", "person-changed", "Boris"), ("Anna", "signed-in", "")]


def test_names_are_shown_as_words_and_never_as_code(shop: Console) -> None:
    shop.let_in("<b>&\"'Vera", "admin")
    vera = shop.signed_in("<b>&\"'Vera")
    for path in ("map", "people", "audit", "account"):
        page = vera.ask(f"/console/{path}").text
        assert "<b>&" not in page
        assert "&lt;b&gt;&amp;" in page


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


def test_a_database_from_before_sign_in_keeps_its_rows(tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        db = Database(connection)
        migrations.apply(db, stop_before="m003_people_who_sign_in")
        db.table("site_key").insert({"key": "site-x", "name": "x", "origins": "[]", "rate": 1, "created_at": 1})
        assert "console_user" not in db.table_names()
    with open_store(file) as store:
        assert list(store.keys.live()) == ["site-x"]
        assert not store.people.anybody()
        assert store.audit.newest(10) == []


def test_a_link_pressed_by_two_at_once_makes_one_administrator(console: Console) -> None:
    with open_store(console.db) as store:
        token = store.people.make_link(None, console.clock())
    made: list[bool] = []

    def press(name: str) -> None:
        with open_store(console.db) as store:
            made.append(store.people.use_link(token, name, "hash", console.clock()) is not None)

    both = [threading.Thread(target=press, args=(name,)) for name in ("Anna", "Mallory")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(made) == [False, True]
    with open_store(console.db) as store:
        assert len(store.people.all()) == 1


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


def test_while_another_program_holds_the_database_the_console_asks_to_try_again(shop: Console) -> None:
    anna = shop.signed_in()
    with closing(sqlite3.connect(shop.db, isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        assert anna.ask("/console/map").status == 200
        reply = anna.send("/console/people", "/console/people/2", do="remove")
        lock.execute("ROLLBACK")
    assert (reply.status, reply.headers["retry-after"]) == (503, "5")
    assert anna.send("/console/people", "/console/people/2", do="remove").status == 303
