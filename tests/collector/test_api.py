"""Programs read with a token: the map, series, responses, comments and health; each only what its token allows."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import Collector, Otklik, Reply, Serve, answer, response

from otklik_collector.store import Store

MARCH = "from=2026-03-01&to=2026-04-01"


@pytest.fixture
def filled(store: Store) -> Store:
    """March at the shop: 12 at the till in Centre, 3 in Omsk, one flagged, two with words."""
    rows = [response(number, place="centre", score=number % 5, day=20260302 + number % 4) for number in range(12)]
    rows += [response(20 + number, place="omsk", score=0, day=20260310) for number in range(3)]
    rows += [response(30, place="centre", flags=("burst",), channel="kiosk", segment="host")]
    words = "Анна с кассы нагрубила, звоните +7 916 123-45-67"
    rows += [
        response(40, touchpoint="write", scale="message", score=None, comment=words, contact=("a@b.example", "v1"))
    ]
    rows += [response(41, place="omsk", comment="Quick, thanks John", person=b"p" * 32)]
    store.responses.submit(rows)
    return store


@pytest.fixture
def api(filled: Store, serve: Serve) -> Callable[..., Reply]:
    """Asks the running collector: `api("map?from=…", "read:map", place="omsk")` with a token made for it."""
    collector = serve()
    made: dict[tuple[Any, ...], str] = {}

    def ask(path: str, *scopes: str, places: tuple[str, ...] = (), token: str | None = None) -> Reply:
        if token is None and scopes:
            if (scopes, places) not in made:
                made[scopes, places] = filled.tokens.add(f"t{len(made)}", scopes, places, None, time.time())
            token = made[scopes, places]
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return collector.ask(path if path.startswith("/") else f"/api/v1/{path}", **headers)

    ask.collector = collector  # type: ignore[attr-defined]
    return ask


def test_the_map_is_the_commands_map_without_small_counts(api: Any, otklik: Otklik, small_journey: Path) -> None:
    found = api(f"map?{MARCH}&lang=en", "read:map").json()
    printed = otklik(
        "map", "--from", "2026-03-01", "--to", "2026-04-01", "--format", "json", "--journey", small_journey
    ).json()

    assert found == printed  # no series of this map has between one and four responses
    assert found["series"][0]["responses"] == 16
    narrow = api(f"map?{MARCH}&lang=en&place=omsk", "read:map").json()["series"][0]
    assert narrow["responses"] == 4
    assert narrow["counts"] is None
    assert narrow["score"] is None


def test_series_by_day_and_week_hide_what_fewer_than_five_said(api: Any) -> None:
    days = api(f"series?{MARCH}&touchpoint=till&place=omsk", "read:map").json()["rows"]
    assert [(row["from"], row["to"], row["responses"], row["counts"]) for row in days] == [
        ("2026-03-02", "2026-03-03", 1, None),
        ("2026-03-10", "2026-03-11", 3, None),
    ]
    (first,) = api("series?from=2026-03-02&to=2026-03-09&by=week", "read:map").json()["rows"]
    assert (first["from"], first["to"]) == ("2026-03-02", "2026-03-09")
    assert (first["responses"], first["flagged"]) == (13, 1)
    assert first["counts"] == {"0": 3, "1": 3, "2": 2, "3": 3, "4": 2}
    assert first["score"]["kind"] == "index"
    # Of the whole month 13 and 3 would add up, and Centre's 12 would leave Omsk's one.
    month = api(f"series?{MARCH}&by=week", "read:map").json()["rows"]
    assert [(row["responses"], row["counts"]) for row in month] == [(13, None), (3, None)]
    week = "series?from=2026-03-02&to=2026-03-09&by=week&place=centre"
    assert api(week, "read:map").json()["rows"][0]["counts"] is None
    alone = api(week, "read:map", places=("centre",)).json()["rows"][0]
    assert (alone["responses"], alone["counts"]["0"]) == (12, 3)
    both = api(f"series?{MARCH}&segment=host&channel=kiosk&include_flagged=true", "read:map").json()["rows"]
    assert [(row["responses"], row["flagged"]) for row in both] == [(1, 1)]


def test_every_response_comes_once_however_small_the_pages(api: Any, filled: Store) -> None:
    seen: list[str] = []
    address = f"responses?{MARCH}&limit=3"
    pages = 0
    while address:
        page = api(address, "read:responses").json()
        seen += [one["id"] for one in page["responses"]]
        address, pages = page["next"], pages + 1
        if pages == 2:  # written meanwhile: before and behind where we stand
            filled.responses.submit([response(90, day=20260301), response(91, day=20260331)])
    assert len(seen) == len(set(seen)) == 19  # 18 that were there, and the one behind
    assert pages == 7


def test_a_response_is_told_with_its_reasons_and_without_words(api: Any) -> None:
    (one,) = api(f"responses?{MARCH}&flagged=true", "read:responses").json()["responses"]
    assert one["flags"] == ["burst"]
    assert one["answered_at"] == datetime.fromtimestamp(1_772_400_000, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert (one["day"], one["hour"], one["wording"]) == ("2026-03-02", 10, 1)
    assert not {"comment", "contact", "person"} & set(one)


FILTERED = [
    ("", 18), ("&touchpoint=till", 17), ("&scale=message", 1), ("&place=omsk", 4), ("&channel=kiosk", 1),
    ("&segment=host", 1), ("&flagged=false", 17), ("&from=2026-03-10", 3), ("&scale=nps", 0),
]  # fmt: skip


def test_responses_are_filtered(api: Any) -> None:
    for filters, number in FILTERED:
        period = MARCH if "from=" not in filters else "to=2026-04-01"
        assert len(api(f"responses?{period}{filters}&limit=1000", "read:responses").json()["responses"]) == number


def test_comments_hide_people_unless_contacts_may_be_read(api: Any) -> None:
    masked = api(f"comments?{MARCH}", "read:comments").json()["comments"]
    assert [one["comment"] for one in masked] == ["Quick, thanks •••", "••• с кассы нагрубила, звоните •••"]
    assert not {"contact", "person"} & set(masked[0])

    whole = api(f"comments?{MARCH}", "read:comments", "read:contacts").json()["comments"]
    assert whole[1]["comment"].startswith("Анна с кассы")
    assert (whole[1]["contact"], whole[1]["consent"]) == ("a@b.example", "v1")
    assert whole[0]["person"] == (b"p" * 32).hex()
    assert api(f"comments?{MARCH}&place=centre", "read:comments").json()["comments"] == []


def test_health_counts_what_the_collector_did(api: Any) -> None:
    collector: Collector = api.collector
    assert collector.post(answer()).status == 201
    assert collector.post(answer(score=9)).status == 422
    found = api("health", "read:health").json()
    assert found["stored"] == 1
    assert found["refused"] == [{"status": 422, "code": "bad-response", "number": 1}]
    assert found["queue"]["now"] == 0
    assert found["wal_bytes"] > 0


# --- who may ask ----------------------------------------------------------------------------------------------------


def problem(reply: Reply) -> tuple[int, str]:
    assert reply.headers["content-type"] == "application/problem+json"
    found = reply.json()
    assert found["status"] == reply.status
    return reply.status, found["code"]


def test_without_a_good_token_nothing_is_told(api: Any, filled: Store) -> None:
    addresses = ("map", "series", "responses", "comments", "exports/responses.csv", "health")
    for path in addresses:
        for token in (None, "otklik_guessed", "x" * 5000, "site-key"):
            reply = api(path, token=token)
            assert problem(reply) == (401, "token")
            assert reply.headers["www-authenticate"].startswith("Bearer")
    assert api("map", "read:map").status == 200
    filled.tokens.revoke("t0", time.time())
    assert problem(api("map", "read:map")) == (401, "token")


def test_a_scope_that_is_missing_is_named(api: Any) -> None:
    for path, scope in {
        "map": "read:map", "series": "read:map", "responses": "read:responses", "comments": "read:comments",
        "exports/responses.csv": "export", "health": "read:health",
    }.items():  # fmt: skip
        refused = api(path, "read:contacts")
        assert problem(refused) == (403, "scope")
        assert scope in refused.json()["title"]


def test_every_address_of_the_api_names_the_scope_it_needs(journey: Any, tmp_path: Path) -> None:
    import flask

    from otklik_collector.api.access import Access
    from otklik_collector.api.app import add_api
    from otklik_collector.numbers import Numbers

    seen: list[Access] = []
    original = Access.install
    Access.install = lambda self, pages: (seen.append(self), original(self, pages))[1]  # type: ignore[method-assign]
    try:
        app = flask.Flask("closed")
        add_api(app, journey, tmp_path / "otklik.db", Numbers(tmp_path / "otklik.db"), limit=0)
    finally:
        Access.install = original  # type: ignore[method-assign]
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")}
    assert endpoints == seen[0].open_to | set(seen[0].scopes)


def test_a_tokens_places_bound_everything_it_reads(api: Any) -> None:
    scopes = ("read:map", "read:responses", "read:comments", "export")
    omsk = ("omsk",)
    assert api(f"map?{MARCH}", *scopes, places=omsk).json()["filters"]["place"] == "omsk"
    assert api(f"series?{MARCH}", *scopes, places=omsk).json()["filters"]["place"] == "omsk"
    assert {one["place"] for one in api(f"responses?{MARCH}", *scopes, places=omsk).json()["responses"]} == {"omsk"}
    assert len(api(f"comments?{MARCH}", *scopes, places=omsk).json()["comments"]) == 1
    assert api(f"exports/responses.jsonl?{MARCH}", *scopes, places=omsk).body.count(b"\n") == 4
    for path in ("map", "series", "responses", "comments", "exports/responses.csv"):
        refused = api(f"{path}?place=centre", *scopes, places=omsk)
        assert problem(refused) == (403, "place")
        assert refused.json()["errors"] == [{"field": "place", "value": "centre", "rule": "this token reads omsk"}]
    both = ("omsk", "centre")
    assert problem(api("map", *scopes, places=both)) == (400, "bad-parameter")
    assert api("map?place=centre", *scopes, places=both).status == 200
    assert len(api(f"responses?{MARCH}", *scopes, places=both).json()["responses"]) == 17


WRONG: list[tuple[str, set[str]]] = [
    ("map?form=x&from=soon&channel=fax", {"form", "from", "channel"}),
    ("map?from=2026-03-02&to=2026-03-01", {"to"}),
    ("map?against_from=2026-03-02", {"against_to"}),
    ("map?place=mars", {"place"}),
    ("map?to=&from=2026-3-2", {"to", "from"}),
    ("series?by=month&touchpoint=nowhere", {"by", "touchpoint"}),
    ("series?from=2001-01-01", {"from"}),
    ("responses?limit=0", {"limit"}),
    ("responses?limit=1001&scale=stars&flagged=yes", {"limit", "scale", "flagged"}),
    ("responses?cursor=AAAA", {"cursor"}),
    ("responses?place=omsk&place=centre", {"place"}),
    ("exports/responses.xlsx?excel=true", {"excel"}),
    ("health?verbose=1", {"verbose"}),
]


def test_every_wrong_parameter_is_named_with_what_would_be_right(api: Any) -> None:
    for path, fields in WRONG:
        refused = api(path, "read:map", "read:responses", "export", "read:health")
        assert problem(refused) == (400, "bad-parameter")
        assert {one["field"] for one in refused.json()["errors"]} == fields
        assert all(one["rule"] for one in refused.json()["errors"])


def test_a_cursor_is_good_for_its_own_question_only(api: Any) -> None:
    following = api(f"responses?{MARCH}&limit=3", "read:responses").json()["next"]
    cursor = following.partition("cursor=")[2]
    for other in (f"responses?{MARCH}&place=omsk", "responses?from=2026-03-02&to=2026-04-01", f"comments?{MARCH}"):
        refused = api(f"{other}&cursor={cursor}", "read:responses", "read:comments")
        assert refused.json()["errors"][0]["field"] == "cursor"
    assert api(f"responses?cursor={cursor}", "read:responses").json()["responses"]


def test_an_address_or_method_that_is_not_there_is_a_problem_too(api: Any) -> None:
    assert problem(api("responses.xml")) == (404, "no-such-address")
    assert problem(api("/api/v1/")) == (404, "no-such-address")
    assert problem(api("exports/responses.pdf", "export")) == (404, "no-such-address")
    assert problem(api.collector.post({}, path="/api/v1/map")) == (405, "method")


def test_a_token_that_asks_too_often_waits(serve: Serve, otklik: Otklik, tmp_path: Path) -> None:
    (tmp_path / "otklik.toml").write_text("limit_api = 2\n", encoding="utf-8")
    token = otklik("token", "add", "busy", "--scope", "read:map").out.split()[-1]
    collector = serve()
    replies = [collector.ask("/api/v1/map", Authorization=f"Bearer {token}") for _time in range(3)]
    assert [reply.status for reply in replies] == [200, 200, 429]
    assert 1 <= int(replies[2].headers["retry-after"]) <= 30


# --- otklik token ---------------------------------------------------------------------------------------------------


def test_a_token_is_shown_once_and_kept_as_a_hash(otklik: Otklik, small_journey: Path, tmp_path: Path) -> None:
    made = otklik("token", "add", "crm", "--scope", "read:responses", "--place", "omsk", "--journey", small_journey)
    token = made.out.split()[-1]
    assert token.startswith("otklik_")
    files = b"".join(file.read_bytes() for file in tmp_path.glob("otklik.db*"))
    assert token.encode() not in files
    (listed,) = otklik("token", "list", "--json").json()
    assert (listed["name"], listed["scopes"], listed["places"]) == ("crm", ["read:responses"], ["omsk"])
    assert listed["live"] is True
    assert "omsk" in otklik("token", "list").out
    assert otklik("token", "revoke", "crm").status == 0
    assert otklik("token", "list", "--json").json()[0]["live"] is False
    deeds = otklik("audit", "--json").json()
    assert [deed["action"] for deed in deeds][:2] == ["token-revoked", "token-added"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "a", "--scope", "read:map", "--place", "mars"), "mars"),
        (("add", "a", "--scope", "read:map", "--expires", "2020-01-01"), "begun"),
        (("add", "", "--scope", "read:map"), "NAME"),
        (("revoke", "nobody"), "nobody"),
    ],
)
def test_a_wrong_token_is_refused_in_words(
    otklik: Otklik, small_journey: Path, words: tuple[str, ...], said: str
) -> None:
    otklik("token", "add", "first", "--scope", "export")
    for lang in ("en", "ru"):
        refused = otklik("token", *words, "--journey", small_journey, lang=lang)
        assert refused.status == 1
        if lang == "en":
            assert said in refused.err
    assert otklik("token", "add", "first", "--scope", "export").status == 1
    assert otklik("token", "add", "x").status == 2


def test_a_token_ends_on_its_day(store: Store) -> None:
    token = store.tokens.add("short", ["export"], [], 2_000_000, now=1000)
    assert store.tokens.find(token, 1999)
    assert store.tokens.find(token, 2000) is None
    assert store.tokens.find(token[:-1], 1500) is None


def test_a_database_of_the_step_before_learns_tokens(tmp_path: Path, journey: Any) -> None:
    import sqlite3

    from otklik_collector.store import open_store

    file = tmp_path / "old.db"
    with open_store(file, create=True) as store:
        store.series.use(journey)
        store.responses.submit([response(1)])
    with sqlite3.connect(file) as old:
        old.execute("DROP TABLE api_token")
        old.execute("DELETE FROM _sqlite_migrations WHERE name LIKE 'm007%'")
    old.close()
    with open_store(file) as store:
        assert store.tokens.all() == []
        assert store.tokens.add("crm", ["export"], [], None, 1.0)
        assert store.db.table("response").count == 1
