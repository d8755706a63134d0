"""Taking away and handing on: files, saved views, and links with which anybody may read one map until a day."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import zipfile
from pathlib import Path

import pytest
from managers import Console, Visitor, answered
from sqlite_utils import Database

from otklik_collector.pages_of_site import BuiltSite
from otklik_collector.store import open_store
from otklik_collector.store.migrations import migrations
from otklik_widget.cli import main
from otklik_widget.journey import Journey

EXPORT = "/console/export"
DAY = 86_400


@pytest.fixture
def staff(shop: Console, journey: Journey) -> Console:
    """Vera looks after the shop in the centre, Igor reads only; customers answered in two places."""
    shop.let_in("Vera", "manager", "centre")
    shop.let_in("Igor", "viewer")
    for place in ("centre", "omsk"):
        answered(shop, journey, *[0] * 10, *[4] * 30, place=place, comment=f"Call me on +7 912 345-67-89 {place}")
    return shop


def linked(visitor: Visitor, query: str = "", days: int = 7) -> str:
    """Makes a link to read and returns its path."""
    reply = visitor.send(EXPORT, f"{EXPORT}/links", name="The board", query=query, days=days)
    assert reply.status == 200, reply.text
    found = re.search(r"(/v/[\w-]+)<", reply.text)
    assert found
    return found.group(1)


def exported(visitor: Visitor, **values: object) -> bytes:
    reply = visitor.send(EXPORT, f"{EXPORT}/responses", **values)
    assert reply.status == 200
    assert reply.headers["content-disposition"].startswith("attachment")
    return reply.body


def test_responses_are_taken_away_in_each_form_and_the_log_keeps_who_did_it(staff: Console) -> None:
    anna = staff.signed_in("Anna")

    assert exported(anna, form_of="csv").count(b"\n") == 81
    assert exported(anna, form_of="excel").startswith(b"\xef\xbb\xbfid;")
    assert len([json.loads(line) for line in exported(anna, form_of="jsonl").splitlines()]) == 80
    assert zipfile.ZipFile(io.BytesIO(exported(anna, form_of="xlsx"))).testzip() is None
    assert [who for who, action, _about in staff.deeds() if action == "exported"] == ["Anna"] * 4


def test_comments_leave_only_when_asked_for_and_without_the_people_in_them(staff: Console) -> None:
    anna = staff.signed_in("Anna")
    bare, told = exported(anna, form_of="csv"), exported(anna, form_of="csv", comments="1")

    assert b"Call" not in bare
    assert b"Call" in told
    assert b"345-67" not in told


def test_who_is_limited_takes_away_their_own_place_and_who_only_reads_takes_none(staff: Console) -> None:
    vera, igor = staff.signed_in("Vera"), staff.signed_in("Igor")

    assert b"omsk" not in exported(vera, form_of="csv")
    assert vera.send(EXPORT, f"{EXPORT}/responses", form_of="csv", place="omsk").status == 403
    assert igor.send(EXPORT, f"{EXPORT}/responses", form_of="csv").status == 403
    assert "Single responses" not in igor.ask(EXPORT).text


def test_the_map_is_taken_away_as_numbers_and_as_a_page(staff: Console) -> None:
    igor = staff.signed_in("Igor")

    assert json.loads(igor.ask(f"{EXPORT}/map.json").body)["series"][0]["responses"] == 80
    assert igor.ask(f"{EXPORT}/map.csv").text.startswith("touchpoint,")
    assert igor.ask(f"{EXPORT}/map.svg").text.startswith("<svg")
    page = igor.ask(f"{EXPORT}/map.html")
    assert page.headers["content-disposition"].endswith('.html"')
    assert "Call me" not in page.text
    assert igor.ask(f"{EXPORT}/map.docx").status == 404


def test_without_a_browser_the_page_says_what_to_do(staff: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTKLIK_BROWSER", "/nowhere/chromium")
    igor = staff.signed_in("Igor")

    assert "Print the page in your own browser" in igor.ask(EXPORT).text
    reply = igor.ask(f"{EXPORT}/map.pdf")
    assert (reply.status, "No Chromium was found" in reply.text) == (503, True)


def test_a_view_is_saved_under_a_name_and_follows_the_calendar(staff: Console) -> None:
    igor = staff.signed_in("Igor")
    address = "/console/map?period=month&on=2026-01-31&place=omsk"
    igor.send(EXPORT, f"{EXPORT}/views", name="Omsk by month", address=address)
    igor.send(EXPORT, f"{EXPORT}/views", name="January", address=address, exactly="1")
    page = igor.ask(EXPORT).text

    assert 'href="/console/map?period=month&amp;place=omsk&amp;lang=en">Omsk by month<' in page
    assert 'on=2026-01-31&amp;place=omsk&amp;lang=en">January<' in page
    assert "Omsk by month" not in staff.signed_in("Anna").ask(EXPORT).text


def test_a_shared_view_is_seen_by_those_whose_place_it_is(staff: Console) -> None:
    anna = staff.signed_in("Anna")
    for place in ("omsk", "centre"):
        anna.send(EXPORT, f"{EXPORT}/views", name=f"Week in {place}", address=f"/console/map?place={place}", shared="1")
    page = staff.signed_in("Vera").ask(EXPORT).text

    assert "Week in centre" in page
    assert "Week in omsk" not in page
    assert ("Anna", "view-shared", "") in staff.deeds()


def test_a_view_that_broke_says_why(staff: Console) -> None:
    with open_store(staff.db) as store:
        anna = store.people.named("Anna")
        assert anna
        store.handed.save(anna, "Old shop", "/console/map?place=omks", False, staff.clock())
        store.handed.save(anna, "Old till", "/console/touchpoint/tills", False, staff.clock())
    page = staff.signed_in("Anna").ask(EXPORT).text

    assert page.count("Leads nowhere any more.") == 2
    assert "Did you mean “omsk”?" in page
    assert "Did you mean “till”?" in page


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "//evil.example/console/map", "/console/account", "/console/", "javascript:alert(1)",
     "/console/map\\..\\x"],
)  # fmt: skip
def test_a_saved_view_leads_nowhere_but_to_the_console(staff: Console, address: str) -> None:
    reply = staff.signed_in("Anna").send(EXPORT, f"{EXPORT}/views", name="x", address=address)
    assert (reply.status, "no page of the console" in reply.text) == (422, True)
    assert 'href="/console/export' in reply.text


def test_a_view_is_taken_away_by_its_owner_and_a_shared_one_by_an_administrator(staff: Console) -> None:
    vera = staff.signed_in("Vera")
    vera.send(EXPORT, f"{EXPORT}/views", name="Mine", address="/console/map")
    vera.send(EXPORT, f"{EXPORT}/views", name="Ours", address="/console/map", shared="1")
    anna = staff.signed_in("Anna")
    for number in (1, 2):
        anna.send(EXPORT, f"{EXPORT}/views/{number}")
    page = vera.ask(EXPORT).text
    assert (">Mine<" in page, ">Ours<" in page) == (True, False)


def test_a_link_shows_one_map_to_anybody_without_comments(staff: Console) -> None:
    path = linked(staff.signed_in("Anna"))
    reply = staff.visitor().ask(path)

    assert reply.status == 200
    assert "25 of 100" in reply.text.replace("<b>", "").replace("</b>", "")
    assert "To read only, until" in reply.text
    assert "Call me" not in reply.text
    assert "/console/" not in reply.text
    assert reply.headers["x-robots-tag"] == "noindex, nofollow"
    assert reply.headers["cache-control"] == "no-store"
    assert "script" not in reply.headers["content-security-policy"]
    assert "problem map" in reply.text
    assert "карта проблем" in staff.visitor().ask(f"{path}?lang=ru").text


def test_a_link_ends_on_its_day_and_when_it_is_taken_back(staff: Console) -> None:
    anna = staff.signed_in("Anna")
    first, second = linked(anna), linked(anna, days=30)
    anna.send(EXPORT, f"{EXPORT}/links/2")
    assert staff.visitor().ask(second).status == 404
    assert staff.visitor().ask(first).status == 200
    staff.clock.now += 7 * DAY
    reply = staff.visitor().ask(first)

    assert (reply.status, "ended or was taken back" in reply.text) == (404, True)
    deeds = [(who, action) for who, action, _about in staff.deeds() if action.startswith("read-link")]
    assert sorted(deeds) == [("Anna", "read-link-made")] * 2 + [("Anna", "read-link-revoked")]


def test_a_link_never_shows_more_than_its_maker_may_see(staff: Console) -> None:
    vera = staff.signed_in("Vera")
    path = linked(vera)
    assert "40 responses" in staff.visitor().ask(path).text
    assert vera.send(EXPORT, f"{EXPORT}/links", name="x", query="place=omsk", days=7).status == 403
    with open_store(staff.db) as store:
        person = store.people.named("Vera")
        assert person
        store.people.change(person.id, "manager", ("omsk",), staff.clock(), "Anna")
        assert staff.visitor().ask(path).status == 404
        store.people.change(person.id, "viewer", ("centre",), staff.clock(), "Anna")
    assert staff.visitor().ask(path).status == 404


def test_with_its_maker_a_link_is_gone(staff: Console) -> None:
    path = linked(staff.signed_in("Vera"))
    with open_store(staff.db) as store:
        person = store.people.named("Vera")
        assert person
        store.people.remove(person.id, staff.clock())
    assert staff.visitor().ask(path).status == 404


def test_a_link_withholds_what_could_be_subtracted_from_the_whole(staff: Console, journey: Journey) -> None:
    answered(staff, journey, 0, 0, 0, 0, place="omsk", touchpoint="returns", scale="ces7")
    answered(staff, journey, *[1] * 20, place="centre", touchpoint="returns", scale="ces7")
    vera, said = staff.signed_in("Vera"), "100 of 100 unhappy"
    path = linked(vera)

    assert said in re.sub("</?b>", "", vera.ask("/console/map").text)
    assert said not in re.sub("</?b>", "", staff.visitor().ask(path).text)


def test_who_only_reads_makes_no_links(staff: Console) -> None:
    igor = staff.signed_in("Igor")
    assert igor.send(EXPORT, f"{EXPORT}/links", name="x", days=7).status == 403
    assert "Links to read" not in igor.ask(EXPORT).text


def test_the_link_is_kept_as_a_hash_alone(staff: Console) -> None:
    token = linked(staff.signed_in("Anna")).removeprefix("/v/")
    with sqlite3.connect(staff.db) as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert token not in dump


def test_a_database_of_the_step_before_learns_of_views_and_links(tmp_path: Path) -> None:
    file = tmp_path / "older.db"
    with sqlite3.connect(file) as connection:
        migrations.apply(Database(connection), stop_before="m016_saved_views_and_links_to_read")
    connection.close()
    with open_store(file) as store:
        anna = store.people.add("Anna", "", "admin", (), 0.0)
        store.handed.save(anna, "Map", "/console/map", False, 0.0)
        assert [view.name for view in store.handed.views(anna)] == ["Map"]
        assert store.handed.link("x", 0.0) is None


def test_beside_a_built_site_customers_and_readers_reach_their_links(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html>", "utf-8")
    site = BuiltSite(tmp_path)

    assert site.owns("/about/")
    assert not any(site.owns(path) for path in ("/v/token", "/c/token", "/console/export"))


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_the_map_for_a_meeting_prints_on_one_sheet_across(
    staff: Console, small_journey: Path, tmp_path: Path, lang: str
) -> None:
    out = tmp_path / "map.pdf"
    asked = ["map", "--db", str(staff.db), "--journey", str(small_journey), "--lang", lang, "--format", "pdf"]

    assert main([*asked, "--out", str(out)]) == 0
    printed = out.read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    assert b"/MediaBox [0 0 841" in printed
    assert main(asked) == 1
