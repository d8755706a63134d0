"""Sessions of the console: when they end, and who can end them."""

from __future__ import annotations

import re

from managers import FIRST, OTHER, SECRET, Console, Visitor

from otklik_collector.store import open_store


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
