"""People of the console: roles and places, who lets whom in, and the log of what they did."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from conftest import Collector, Otklik, Ran, Serve, answer
from managers import FIRST, OTHER, SECRET, Console, Visitor

from otklik_collector.store import open_store
from otklik_collector.store.people import LastAdmin


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


def test_a_viewer_of_a_place_sees_its_map_and_nothing_of_the_others(serve: Serve, otklik: Otklik) -> None:
    collector = serve()
    for place, score, times in (("centre", 4, 7), ("omsk", 0, 29)):
        for _n in range(times):
            assert collector.post(answer(place=place, score=score)).status == 201
    let_in(otklik, collector, "Anna", "--role", "admin")
    let_in(otklik, collector, "Boris", "--place", "centre")
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


def let_in(otklik: Otklik, collector: Collector, name: str, *words: str) -> None:
    where = ("--db", collector.db, "--journey", collector.journey)
    assert otklik("user", "add", name, *words, "--password-stdin", *where, typed=f"{SECRET}\n").status == 0


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


def test_commands_let_people_in_and_out(otklik: Otklik, console: Console, tmp_path: Path) -> None:
    def user(*words: str, password: str = "") -> Ran:
        return otklik("user", *words, "--db", console.db, "--journey", tmp_path / "journey.toml", typed=password)

    assert "Nobody can sign in yet" in user("list").err
    assert "first one must be an administrator" in user("add", "Boris", "--place", "omsk", "--password-stdin").err
    assert "at least 10" in user("add", "Anna", "--password-stdin", password="short\n").err
    assert "--password-stdin" in user("add", "Anna", password=SECRET).err
    assert user("add", "Anna", "--password-stdin", password=f"{SECRET}\n").status == 0
    assert "already somebody" in user("add", "ANNA", "--password-stdin", password=f"{SECRET}\n").err
    assert "Did you mean “omsk”" in user("add", "B", "--place", "omks", "--password-stdin").err
    assert user("add", "Boris", "--place", "omsk", "--password-stdin", password=f"{SECRET}\n").status == 0
    assert user("list").out.splitlines() == [
        "Anna  administrator  the whole company  0 sessions",
        "Boris  viewer  omsk  0 sessions",
    ]
    boris = console.visitor()
    console.clock.now = time.time()
    assert boris.sign_in("Boris").status == 303
    assert user("sessions", "Boris").out.startswith("Boris  20")
    assert user("passwd", "boris", "--password-stdin", password=f"{OTHER}\n").status == 0
    assert boris.ask("/console/map").status == 303
    assert boris.sign_in("Boris", OTHER).status == 303
    assert "1 session ended" in user("sessions", "--end").err
    assert boris.ask("/console/map").status == 303
    assert "last administrator" in user("remove", "Anna").err
    assert "Did you mean “Boris”" in user("remove", "Bors").err
    assert user("remove", "Boris").status == 0
    assert user("remove", "Anna").status == 0
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
