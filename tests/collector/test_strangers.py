"""What strangers tried, and people of ours beyond their rights: each of these worked once."""

from __future__ import annotations

import json
import os
import re
import stat
import time
from datetime import date
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import pytest
from conftest import Serve, answer, response
from managers import Console

from otklik_collector.app import create_app
from otklik_collector.by_hand import Told, open_case
from otklik_collector.cases import CaseRule
from otklik_collector.console.throttle import FREE_FOR_A_NAME, Throttle
from otklik_collector.door import Door
from otklik_collector.map.series import Filters, Period
from otklik_collector.pages_of_site import BuiltSite
from otklik_collector.proxies import Proxies
from otklik_collector.response import Response
from otklik_collector.store import Store, open_store
from otklik_collector.store.cases import Wanted
from otklik_widget.contract import make_uuid7
from otklik_widget.faults import Faults
from otklik_widget.journey import Journey

T = 1_772_400_000_000
DAY = 20260302


def test_a_customers_link_opens_beside_a_built_site(serve: Serve, tmp_path: Path) -> None:
    site = tmp_path / "public"
    site.mkdir()
    (site / "index.html").write_text("<!doctype html><title>Ours</title>", encoding="utf-8")
    collector = serve("--site", site)
    collector.post(answer("write", "message", None, comment="Nobody called back"))
    with open_store(collector.db) as store:
        (case,) = store.cases.list(Wanted(), 0, 10)
    assert "Case No. 1" in collector.ask(f"/c/{case.token}?lang=en").text
    assert collector.ask(f"/c/{case.token}", "solved=maybe").status == 422


def test_presses_under_a_made_up_name_push_no_press_of_a_real_kiosk_out_of_the_count(store: Store) -> None:
    store.devices.add("exit-1", "", "centre", ("till",), "")
    honest = [pressed(n, n * 60 + 30, "exit-1") for n in range(4)]
    made_up = [pressed(10 + n, n * 60, f"tablet-{n}") for n in range(4)]
    store.responses.submit([*honest, *made_up])
    store.passes.put({("till", "centre", DAY): 5})
    store.responses.judge_passes([("till", DAY)])
    flagged = [row[0] for row in store.db.conn.execute("SELECT id FROM response WHERE flags = 'passes' ORDER BY id")]
    assert flagged == [one.id for one in made_up[1:]]
    assert not store.recount.mismatches()


def pressed(number: int, seconds: int, device: str) -> Response:
    at = T + seconds * 1000
    return response(number, device=device, place="centre", channel="kiosk", answered_at=at, received_at=at)


def told(**changes: str) -> Told:
    return Told(**{"touchpoint": "till", "text": "Waited an hour", "place": "centre", **changes})


def test_the_id_of_a_strangers_response_opens_no_case_of_it(store: Store, journey: Journey) -> None:
    of_omsk = response(1, place="omsk", comment="For Omsk alone")
    store.responses.submit([of_omsk])
    with pytest.raises(Faults):
        open_case(store, journey, CaseRule(journey), told(), of_omsk.id, "Anna", T)
    assert list(store.cases.list(Wanted("all"), T, 10)) == []


def test_a_form_that_is_sent_again_after_its_case_was_erased_leaves_nothing_behind(
    store: Store, journey: Journey
) -> None:
    id, rule = make_uuid7(T).bytes, CaseRule(journey)
    first = open_case(store, journey, rule, told(), id, "Anna", T)
    assert open_case(store, journey, rule, told(), id, "Anna", T).number == first.number
    assert store.erasure.erase("id", "x", "", lambda: store.erasure.of_id(id))
    with pytest.raises(Faults):
        open_case(store, journey, rule, told(), id, "Anna", T)
    for table in ("complaint_case", "case_note"):
        assert store.db.conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0


def test_half_a_letter_in_one_response_of_a_list_costs_only_that_one(serve: Serve) -> None:
    collector = serve()
    right, wrong = answer(), answer(comment="HALF")
    body = json.dumps([right, wrong]).replace("HALF", "\\ud83d")
    found = collector.post(body)
    assert found.status == 201
    assert [item["status"] for item in found.json()["results"]] == [201, 422]
    assert [item["id"] for item in found.json()["results"]] == [right["id"], wrong["id"]]


@pytest.mark.parametrize("body", ['[{"id":"\\ud800"},{}]', '[{"comment":"\\ud800"} , "\\udfff",\n1]'])
def test_a_list_of_half_letters_is_answered_item_by_item(serve: Serve, body: str) -> None:
    found = serve().post(body)
    assert found.status == 422
    assert {item["status"] for item in found.json()["results"]} == {422}


@pytest.mark.parametrize(
    "body", ['["\\ud800"', '["\\ud800",]', '["\\ud800"]]', '["\\ud800"}', '["\\ud800" 1]', "[" * 9000]
)
def test_a_list_that_is_broken_itself_is_refused_whole(serve: Serve, body: str) -> None:
    found = serve().post(body)
    assert (found.status, found.json()["code"]) == (400, "bad-json")


def flagged_and_not(store: Store) -> None:
    """Six that count at the till of each place; five flagged ones in the centre and two in Omsk."""
    for shift, (place, flagged) in enumerate((("centre", 5), ("omsk", 2))):
        store.responses.submit([response(100 * shift + n, place=place) for n in range(6)])
        more = [response(100 * shift + 50 + n, place=place, score=0, flags=("staff",)) for n in range(flagged)]
        store.responses.submit(more)


def test_few_flagged_responses_of_a_place_are_not_the_rest_of_the_others(store: Store, journey: Journey) -> None:
    flagged_and_not(store)
    period, before = Period(date(2026, 3, 1), date(2026, 4, 1)), Period(date(2026, 2, 1), date(2026, 3, 1))

    def told(limited: bool = False, **filters: object) -> bool:
        found = store.counts.of(journey, period, before, Filters(**filters), limited)  # type: ignore[arg-type]
        (till,) = (one for one in found if one.touchpoint == "till" and one.responses)
        return not till.withheld

    assert told()
    assert told(include_flagged=True)
    assert [told(place=place) for place in ("centre", "omsk")] == [True, True]
    assert [told(place=place, include_flagged=True) for place in ("centre", "omsk")] == [False, False]
    assert told(True, place="centre", include_flagged=True), "who may see one place alone has nothing to subtract"


def test_the_api_does_not_tell_them_either(store: Store, serve: Serve) -> None:
    flagged_and_not(store)
    token = store.tokens.add("crm", ("read:map",), (), None, time.time())
    collector = serve()
    asked = "/api/v1/series?from=2026-03-01&to=2026-04-01&touchpoint=till"

    def told(more: str) -> bool:
        (row,) = collector.ask(asked + more, Authorization=f"Bearer {token}").json()["rows"]
        return row["counts"] is not None

    assert told("&include_flagged=true")
    assert told("&place=centre")
    assert not told("&place=centre&include_flagged=true")
    assert not told("&place=omsk&include_flagged=true")


def test_nobody_else_on_the_machine_reads_a_new_database(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with open_store(tmp_path / "new.db", create=True) as made:
            made.db.conn.execute("SELECT 1")
            rights = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.glob("new.db*")}
    finally:
        os.umask(before)
    assert set(rights.values()) == {0o600}, rights


def test_who_guesses_at_a_name_without_end_does_not_keep_its_owner_out() -> None:
    now = [0.0]
    throttle = Throttle(lambda: now[0])
    assert throttle.wait("anna", "192.0.2.1") == 0
    throttle.forgive("anna", "192.0.2.1")
    for _second in range(2000):
        now[0] += 1
        throttle.wait("anna", "203.0.113.9")
    assert throttle.wait("anna", "203.0.113.9") > 1
    assert throttle.wait("anna", "198.51.100.4") > 1, "nor does he get further from other addresses"
    assert throttle.wait("anna", "192.0.2.1") == 0
    throttle.forgive("anna", "192.0.2.1")
    assert throttle.wait("anna", "203.0.113.9") > 1, "and what was right does not forgive what was wrong elsewhere"
    for _try in range(FREE_FOR_A_NAME):
        throttle.wait("anna", "192.0.2.1")
    assert throttle.wait("anna", "192.0.2.1") > 0, "guessing from the owner's own network waits as well"


@pytest.mark.parametrize(
    ("named", "visitor"),
    [
        ("198.51.100.7:50123", "198.51.100.7"),
        ("[2001:db8::7]:50123", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("198.51.100.7", "198.51.100.7"),
        ("10.0.0.9:1, 10.0.0.5", "10.0.0.9"),
        ("unknown", "unknown"),
    ],
)
def test_a_proxy_that_writes_ports_makes_no_new_visitor_of_each_connection(named: str, visitor: str) -> None:
    proxies = Proxies(("10.0.0.0/29",))
    assert proxies.visitor("10.0.0.1:40000", {"x-forwarded-for": named}.get) == visitor


def test_a_visitor_cannot_claim_to_have_seen_a_question_a_thousand_times(serve: Serve, tmp_path: Path) -> None:
    said = 'trusted_proxies = ["127.0.0.1"]\nlimit_visitor = 2\n'
    (tmp_path / "otklik.toml").write_text(said, encoding="utf-8")
    collector = serve()

    def saw(times: int, address: str) -> int:
        seen = {"point": "till", "scale": "smiley5"}
        return collector.post([seen] * times, "/shown", X_Forwarded_For=address).status

    assert [saw(10, "192.0.2.7") for _n in range(4)] == [204, 204, 429, 429]
    assert saw(10, "192.0.2.8") == 204
    assert collector.post(answer(), X_Forwarded_For="192.0.2.7").status == 201


def test_who_computes_the_id_of_an_imported_response_cannot_change_it_from_outside(store: Store, serve: Serve) -> None:
    imported = response(1, channel="import", source="crm-2026", score=4, comment="From the file")
    store.responses.submit([imported])
    collector = serve()
    sent = answer(score=0, comment="Not from the file") | {"id": str(UUID(bytes=imported.id)), "rev": 2**53}
    replies = [collector.post(sent).json(), collector.post([sent, answer()]).json()["results"][0]]
    assert [reply["rev"] for reply in replies] == [1, 1]
    found = store.responses.stored([imported.id])[imported.id]
    assert (found.score, found.comment, found.source) == (4, "From the file", "crm-2026")
    store.responses.submit([response(1, channel="import", source="crm-2026", score=3, rev=2)])
    assert store.responses.stored([imported.id])[imported.id].score == 3, "the import itself may correct it"
    assert not store.recount.mismatches()


def test_a_number_longer_than_any_case_or_person_is_not_there(shop: Console) -> None:
    anna = shop.signed_in()
    for number in (2**31, 2**63, 10**40):
        assert anna.ask(f"/console/cases/{number}").status == 404
        for path, deed in ((f"/console/cases/{number}", "note"), (f"/console/people/{number}", "end")):
            assert anna.send("/console/account", path, do=deed, text="x").status in (404, 405)


@pytest.mark.parametrize("where", ["/console/..//evil.example", "/console/../../q/till", "/console/%2e%2e/x"])
def test_nobody_is_led_out_of_the_console_after_sign_in(shop: Console, where: str) -> None:
    reply = shop.signed_in().ask(f"/console/sign-in?{urlencode({'next': where})}")
    assert reply.headers["location"].startswith("/console/map")


def test_a_built_site_hides_no_address_of_the_collector(journey: Journey, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><title>Ours</title>", encoding="utf-8")
    site = BuiltSite(tmp_path)
    door = Door(journey, frozenset(), dict, b"")
    app = create_app(journey, tmp_path / "otklik.db", door, Proxies(), lambda _response: None)
    hidden = [rule.rule for rule in app.url_map.iter_rules() if site.owns(re.sub(r"<[^>]*>", "x", rule.rule))]
    assert hidden == ["/"]
