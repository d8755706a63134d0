"""Cases: who waits for a reply is seen, answered in time, and can say whether it is solved."""

from __future__ import annotations

import re
import sqlite3
import time
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import pytest
from conftest import Collector, Otklik, Serve, answer, response
from managers import FIRST, Console
from sqlite_utils import Database

from otklik_collector.cases import STATES, STEPS, CaseRule
from otklik_collector.store import Store, open_store
from otklik_collector.store.cases import Case, StepRefused, Wanted
from otklik_collector.store.migrations import migrations
from otklik_widget.contract import hidden_by_blockers
from otklik_widget.journey import Journey
from otklik_widget.settings import Settings

NOW = int(FIRST * 1000)
HOUR = 3_600_000
CONTACT = {"value": "+7 900 000-00-01", "consent": "reply-1"}


def waiting(db: Path, state: str = "waiting") -> list[Case]:
    with open_store(db) as store:
        assert store.recount.mismatches() == []
        return list(store.cases.list(Wanted(state), int(time.time() * 1000), 100))


@pytest.mark.parametrize(
    ("sent", "opens"),
    [
        (answer("write", "message", None, comment="Nobody called back"), True),
        (answer(score=0, contact=CONTACT), True),
        (answer(score=1, comment="Cold", contact=CONTACT), True),
        (answer(score=2, contact=CONTACT), False),
        (answer(score=0, comment="Cold"), False),
        (answer("write", "message", None, comment="Buy now", website="http://spam.example"), False),
    ],
)
def test_a_case_is_opened_for_those_who_wait_for_a_reply(serve: Serve, sent: dict[str, object], opens: bool) -> None:
    collector = serve()
    for _again in range(2):  # an outbox that has not heard our reply sends it again
        assert collector.post(sent).status in (200, 201)
    assert [case.touchpoint for case in waiting(collector.db)] == ([sent["point"]] if opens else [])


def test_a_contact_that_comes_with_a_revision_opens_the_case_once(serve: Serve) -> None:
    collector = serve()
    first = answer(score=0)
    collector.post(first)
    assert waiting(collector.db) == []
    for rev in (2, 3):
        assert collector.post({**first, "rev": rev, "comment": "Cold", "contact": CONTACT}).status == 201
    (case,) = waiting(collector.db)
    assert (case.number, case.comment, case.kind, case.state) == (1, "Cold", "complaint", "open")


def send_message(collector: Collector, text: str = "Nobody called back") -> str:
    """Sends a message as a plain form, as a browser without scripts does; the address of its thanks."""
    form = {"scale": "message", "comment": text, "lang": "en"}
    sent = collector.ask("/q/write", urlencode(form), Origin=collector.url)
    assert sent.status == 303
    return sent.headers["location"]


def test_a_customer_gets_a_number_a_promise_and_a_link_and_can_say_that_it_is_not_solved(
    serve: Serve, otklik: Otklik, small_journey: Path
) -> None:
    collector, journey = serve(), ("--journey", small_journey)
    thanks = collector.ask(send_message(collector)).text
    assert "It has the number 1. We answer by " in thanks
    link = re.search(rf'href="{collector.url}(/c/[A-Za-z0-9]{{22}})"', thanks)
    assert link
    path = link.group(1)
    assert not hidden_by_blockers(path)
    page = collector.ask(f"{path}?lang=en")
    assert "Case No. 1" in page.text
    assert "We have it and are working on it." in page.text
    assert "Nobody called back" not in page.text
    assert page.headers["referrer-policy"] == "same-origin"
    assert otklik("case", "answer", 1, "--note", "Called them", *journey).status == 0
    assert "We have answered. Is it solved?" in collector.ask(f"{path}?lang=en").text
    collector.ask(path)  # who only opens it says nothing
    assert waiting(collector.db) == []

    for _twice in range(2):
        assert collector.ask(path, "solved=no").status == 303
    assert "You said that it is not solved." in collector.ask(f"{path}?lang=en").text
    (case,) = waiting(collector.db)
    assert case.state == "reopened"
    assert case.due_at > case.promised_at

    otklik("case", "answer", 1, *journey)
    assert collector.ask(path, "solved=yes").status == 303
    assert "It is solved and closed." in collector.ask(f"{path}?lang=en").text
    steps = otklik("case", "show", 1, "--json", *journey).json()["history"]
    assert [(one["step"], one["who"]) for one in steps] == [
        ("opened", "*"), ("answered", ""), ("reopened", "*"), ("answered", ""), ("closed", "*"),
    ]  # fmt: skip


def test_who_left_no_contact_reads_the_answer_behind_the_link(
    serve: Serve, otklik: Otklik, small_journey: Path
) -> None:
    collector = serve()
    send_message(collector)
    path = f"/c/{waiting(collector.db)[0].token}?lang=en"
    words = ("case", "answer", 1, "--note", "Sorry. Call Anna Petrova, 8 900 000-00-01", "--journey", small_journey)
    assert otklik(*words, "--tell").status == 0
    page = collector.ask(path).text
    assert "Sorry. Call •••, •••" in page
    collector.ask(path, "solved=no")
    assert "Sorry" not in collector.ask(path).text
    otklik(*words)
    assert "Sorry" not in collector.ask(path).text, "a note for the colleagues alone"


def test_a_customer_who_asks_reads_the_notes_of_their_case(serve: Serve, otklik: Otklik, small_journey: Path) -> None:
    collector = serve()
    collector.post(answer(score=0, customer="anna", contact=CONTACT))
    otklik("case", "answer", 1, "--note", "Called twice", "--journey", small_journey)
    (one,) = otklik("person", "anna", "--json", "--journey", small_journey).json()["responses"]
    assert (one["case"]["number"], [line["text"] for line in one["case"]["history"]]) == (1, ["", "Called twice"])
    assert "Called twice" in otklik("person", "anna", "--journey", small_journey).out


def test_a_guessed_link_shows_nothing(serve: Serve) -> None:
    collector = serve()
    send_message(collector)
    for path in ("/c/1", "/c/" + "a" * 22, "/c/%00", "/c/'%20OR%201=1"):
        assert collector.ask(path).status == 404
        assert collector.ask(path, "solved=no").status == 404
    case = waiting(collector.db)[0]
    assert collector.ask(f"/c/{case.token}", "solved=maybe").status == 422
    assert waiting(collector.db)[0].state == "open"


def test_erasure_takes_the_case_with_its_response(serve: Serve, otklik: Otklik, small_journey: Path) -> None:
    collector = serve()
    one = answer(score=0, customer="anna", contact=CONTACT, comment="Cold")
    collector.post(one)
    otklik("case", "answer", 1, "--note", "WORDSABOUTANNA", "--journey", small_journey)

    act = otklik("erase", "--customer", "anna", "--yes", "--json").json()

    assert act["rows"] == {"case_note": 2, "comment": 1, "complaint_case": 1, "contact": 1, "response": 1}
    assert waiting(collector.db, "all") == []
    left = b"".join(file.read_bytes() for file in collector.db.parent.glob("otklik.db*"))
    assert b"WORDSABOUTANNA" not in left
    collector.post({**one, "rev": 2})
    assert waiting(collector.db, "all") == []
    assert collector.post(answer(score=0, contact=CONTACT)).status == 201
    assert [case.number for case in waiting(collector.db)] == [2], "a number is never given twice"


def test_notes_go_at_the_age_of_comments(store: Store, journey: Journey) -> None:
    store.open_cases(CaseRule(journey))
    store.responses.submit([response(1, score=0, contact=("anna@shop.example", "1"), comment="Cold")])
    store.cases.note(1, "Anna is angry", "Boris", NOW)

    store.erasure.expire({"comment": 30, "case_note": 30, "contact": 30}, "test")

    case = store.cases.find(1)
    assert case
    assert (case.comment, case.has_contact, list(store.cases.history(1))) == ("", False, [])


def test_an_import_opens_no_cases(small_journey: Path, otklik: Otklik, tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text("when,score,text\n2026-03-01,0,Cold coffee\n", encoding="utf-8")
    (tmp_path / "m.toml").write_text(
        '[row]\nanswered_at = { column = "when", format = "%Y-%m-%d", zone = "UTC" }\nchannel = "import"\n'
        'comment = "text"\n[[response]]\ntouchpoint = "till"\nscale = "smiley5"\ncolumn = "score"\n',
        encoding="utf-8",
    )
    done = otklik("import", "old.csv", "--mapping", "m.toml", "--journey", small_journey)
    assert done.status == 0, done.err
    assert waiting(tmp_path / "otklik.db") == []


def put(store: Store, number: int, **changes: object) -> bytes:
    """A response on the disk, received at the beginning of the tests' time."""
    made = response(number, **{"received_at": NOW, "answered_at": NOW, "day": 20261118, **changes})
    store.responses.submit([made])
    return made.id


@pytest.fixture
def desk(store: Store, journey: Journey) -> Store:
    """A store where responses open cases, with a promise of two hours."""
    store.open_cases(CaseRule(journey, Settings(answer_hours=2)))
    return store


def test_overdue_ones_come_first_then_claims_then_the_lowest_scores_then_who_waits_longest(desk: Store) -> None:
    contact = ("+7 900", "1")
    put(desk, 1, score=1, contact=contact)
    put(desk, 2, score=0, contact=contact, received_at=NOW + HOUR)
    put(desk, 3, score=0, contact=contact)
    put(desk, 4, score=1, contact=contact, received_at=NOW - 5 * HOUR)
    put(desk, 5, score=1, contact=contact, received_at=NOW + HOUR)
    put(desk, 6, touchpoint="write", scale="message", score=None, comment="Hello")
    claim = desk.cases.find(5)
    assert claim
    desk.cases.mark(claim, "complaint", True, NOW + 240 * HOUR, "Anna", NOW)

    found = desk.cases.list(Wanted(), NOW, 100)

    assert [case.number for case in found] == [4, 5, 3, 2, 1, 6]
    assert desk.cases.waiting(Wanted(), NOW) == (6, 1)
    assert desk.cases.waiting_by_touchpoint(Wanted(), NOW) == {"till": (5, 1), "write": (1, 0)}


def test_only_the_steps_of_the_table_may_be_taken(desk: Store) -> None:
    put(desk, 1, touchpoint="write", scale="message", score=None, comment="Hello")
    take = {
        "answer": lambda: desk.cases.answer(1, 0, "", "Anna", NOW),
        "close": lambda: desk.cases.close(1, "solved", "", "Anna", NOW),
        "reopen": lambda: desk.cases.reopen(1, NOW, "", "Anna", NOW),
    }
    seen = set()
    for step in (
        "reopen",
        "answer",
        "answer",
        "close",
        "answer",
        "close",
        "reopen",
        "reopen",
        "close",
        "reopen",
        "answer",
    ):
        case = desk.cases.find(1)
        assert case
        seen.add(case.state)
        lines = len(desk.cases.history(1))
        if step in case.steps:
            take[step]()
        else:
            with pytest.raises(StepRefused):
                take[step]()
        after = desk.cases.find(1)
        assert after
        assert after.state == STEPS[case.state].get(step, case.state)
        assert len(desk.cases.history(1)) == lines + (step in case.steps)
    assert seen == set(STATES)


def test_the_promise_is_kept_by_the_first_answer(desk: Store) -> None:
    for number in range(1, 8):
        put(desk, number, touchpoint="write", scale="message", score=None, comment="Hello")
    for number, hours in enumerate((1, 3, 2, 2, 6), 1):
        desk.cases.answer(number, hours, "", "Anna", NOW + hours * HOUR)
    assert desk.cases.kept(Wanted(), NOW, NOW + HOUR) == (5, 3, 2.0)
    desk.cases.reopen(1, NOW + 9 * HOUR, "", "Anna", NOW + 7 * HOUR)
    desk.cases.answer(1, 8, "", "Anna", NOW + 8 * HOUR)
    desk.cases.close(7, "nothing", "", "Anna", NOW + HOUR)

    assert desk.cases.kept(Wanted(), NOW, NOW + HOUR) == (5, 3, 2.0)
    assert desk.cases.kept(Wanted(), NOW, NOW + 9 * HOUR) == (6, 3, 2.0), "the sixth is over its time, unanswered"
    desk.cases.answer(6, 9, "", "Anna", NOW + 9 * HOUR)
    assert desk.cases.kept(Wanted(), NOW, NOW + 9 * HOUR) == (6, 3, 2.5)
    assert desk.cases.kept(Wanted(), NOW + HOUR, NOW + 9 * HOUR) == (0, 0, None)


def test_the_owner_and_the_deadline_come_from_the_touchpoint_or_its_place(tmp_path: Path) -> None:
    from otklik_widget.journey_file import read_journey

    file = tmp_path / "j.toml"
    file.write_text(
        '[company]\nname = "Shop"\nlanguages = ["en"]\nzone = "UTC"\n[[place]]\nkey = "omsk"\nname = "Omsk"\n'
        'zone = "Asia/Omsk"\nhours = "Mo-Su 10:00-16:00"\n[[stage]]\nkey = "buy"\nname = "Buys"\n'
        '[[stage.touchpoint]]\nkey = "till"\nname = "Till"\nowner = "shop"\n[[stage.touchpoint]]\nkey = "site"\n'
        'name = "Site"\nhours = "Mo-Su 00:00-24:00"\n',
        encoding="utf-8",
    )
    rule = CaseRule(read_journey(file), Settings(answer_hours=6, claim_days=0))
    six = 1_795_068_000_000  # 2026-11-19 06:00 UTC, noon in Omsk
    assert rule.case(response(received_at=six)).due_at == six + 6 * HOUR
    assert rule.case(response(received_at=six, place="omsk")).due_at == six + 24 * HOUR
    assert rule.case(response(received_at=six, place="omsk", touchpoint="site")).due_at == six + 6 * HOUR
    assert rule.case(response()).owner == "shop"
    assert rule.case(response(touchpoint="gone")).owner == ""
    assert rule.claim_due("till", "", six) is None


def test_cases_are_kept_on_the_command_line(serve: Serve, otklik: Otklik, small_journey: Path) -> None:
    journey = ("--journey", small_journey)
    collector = serve()
    told = ("--touchpoint", "till", "--place", "omsk", "--text", "Waited an hour", "--contact", "+7 900 000-00-02")
    added = otklik("case", "add", *told, "--kind", "complaint", *journey)
    assert added.status == 0, added.err
    assert "Case No. 1" in added.out
    assert "Waited an hour" in added.out
    assert "+7 900" not in added.out
    assert "+7 900 000-00-02" in otklik("case", "show", 1, "--contact", *journey).out
    stored = answer(score=4, comment="Please write to me")
    collector.post(stored)
    assert otklik("case", "add", "--response", stored["id"], *journey).status == 0
    assert otklik("case", "add", "--response", stored["id"], "--json", *journey).json()["number"] == 2
    assert [line.split()[0] for line in otklik("case", "list", *journey).out.splitlines()] == ["1", "2"]
    assert otklik("case", "close", 1, "--outcome", "solved", *journey).status == 0
    again = otklik("case", "answer", 1, *journey)
    assert (again.status, again.err) == (1, "1: this does not follow: the case is “closed”\n")
    assert otklik("case", "reopen", 1, *journey).status == 0
    listed = otklik("case", "list", "--json", *journey).json()
    assert [(case["number"], case["state"], case["overdue"]) for case in listed] == [
        (1, "reopened", False), (2, "open", False),
    ]  # fmt: skip
    wrong = otklik("case", "add", "--touchpoint", "tll", "--place", "mars", *journey)
    assert wrong.status == 1
    assert wrong.err.count("\n") == 3
    assert "Did you mean “till”?" in wrong.err
    assert all("  " in line for line in otklik("case", "show", 1, *journey).out.splitlines())
    assert "--touchpoint: name one of: " in otklik("case", "add", "--text", "Waited", *journey).err
    assert otklik("case", "show", 99, *journey).status == 1
    assert [case.state for case in waiting(collector.db)] == ["reopened", "open"]
    deeds = [deed for deed in otklik("audit", "--json").json() if deed["about"]]
    assert [(deed["action"], deed["about"]) for deed in reversed(deeds)] == [
        ("case-opened", "#1"), ("contact-shown", "#1"), ("case-opened", "#2"), ("case-closed", "#1"),
        ("case-reopened", "#1"),
    ]  # fmt: skip


@pytest.fixture
def shop(console: Console, journey: Journey) -> Console:
    """Anna governs, Vera answers in Omsk, Boris looks on there; two cases in Omsk and one of the centre."""
    console.let_in("Anna")
    console.let_in("Vera", "manager", "omsk")
    console.let_in("Boris", "viewer", "omsk")
    with open_store(console.db) as store:
        store.series.use(journey)
        store.open_cases(CaseRule(journey))
        put(
            store,
            1,
            place="omsk",
            score=0,
            comment="Call Anna Petrova, 8 900 000-00-01",
            contact=("8 900 000-00-01", "1"),
        )
        put(store, 2, place="centre", score=0, comment="Cold in the centre", contact=("8 900 000-00-02", "1"))
        put(store, 3, place="omsk", touchpoint="write", scale="message", score=None, comment="Hello")
    return console


def test_everybody_sees_the_cases_of_their_own_places_only(shop: Console) -> None:
    assert "Cold in the centre" in shop.signed_in("Anna").ask("/console/cases").text
    for name in ("Vera", "Boris"):
        visitor = shop.signed_in(name)
        page = visitor.ask("/console/cases?state=all").text
        assert "Cold in the centre" not in page
        assert "2 cases wait" in page
        assert visitor.ask("/console/cases/2").status == 404
        assert visitor.ask("/console/cases/999").status == 404
        assert visitor.ask("/console/cases?place=centre").status == 400
    vera = shop.signed_in("Vera")
    assert vera.send("/console/cases/1", "/console/cases/2", do="answer").status == 404
    assert vera.send("/console/cases/1", "/console/cases/2", do="contact").status == 404


def test_viewers_see_masked_words_and_no_contact(shop: Console) -> None:
    boris = shop.signed_in("Boris")
    for path in ("/console/cases", "/console/cases/1"):
        page = boris.ask(path).text
        assert "•••" in page
        assert "Petrova" not in page
        assert "000-00-01" not in page
    assert boris.send("/console/account", "/console/cases/1", do="contact").status == 403
    assert boris.send("/console/account", "/console/cases/1", do="answer").status == 403
    assert boris.ask("/console/cases/new").status == 403
    assert shop.deeds()[0][1] == "signed-in"


def test_who_answers_sees_the_contact_and_that_is_written_down(shop: Console) -> None:
    vera = shop.signed_in("Vera")
    page = vera.ask("/console/cases/1").text
    assert "Petrova" in page
    assert 'class="contact"' not in page
    assert ("Vera", "contact-shown", "#1") not in shop.deeds()
    assert (
        '<strong class="contact">8 900 000-00-01</strong>'
        in vera.send("/console/cases/1", "/console/cases/1", do="contact").text
    )
    assert shop.deeds()[0] == ("Vera", "contact-shown", "#1")
    assert vera.ask("/console/cases/1", {"do": "contact"}).status == 403, "a form without its guard"


def test_a_case_is_answered_noted_given_marked_and_closed_in_the_console(shop: Console) -> None:
    vera, page = shop.signed_in("Vera"), "/console/cases/1"
    steps: list[dict[str, object]] = [
        {"do": "note", "text": "Called, <b>no answer</b>"}, {"do": "assign", "owner": "Vera"},
        {"do": "mark", "kind": "complaint", "claim": "1"}, {"do": "answer", "text": "Called"},
        {"do": "close", "outcome": "solved"}, {"do": "reopen", "text": "Came again"},
    ]  # fmt: skip
    for values in steps:
        assert vera.send(page, page, **values).status == 303, values
    text = vera.ask(page).text
    assert "Called, &lt;b&gt;no answer&lt;/b&gt;" in text
    assert text.index("opened again") > text.index("closed: solved")
    assert "legal claim" in text
    assert "term up to and including November 28, 2026" in text
    assert "Vera" in vera.ask("/console/cases?owner=Vera&claim=1").text
    assert "No. 1" in vera.ask("/console/cases?owner=Vera&claim=1").text
    for values, status in (
        ({"do": "reopen"}, 409), ({"do": "close", "outcome": "lost"}, 422), ({"do": "note", "text": " "}, 422),
        ({"do": "assign", "owner": "Stranger"}, 422), ({"do": "mark", "kind": "x"}, 422), ({"do": ""}, 422),
        ({"do": "note", "text": "a" * 2001}, 422),
    ):  # fmt: skip
        assert vera.send(page, page, **values).status == status, values
    assert [action for _who, action, _about in shop.deeds()[:6]] == [
        "case-reopened", "case-closed", "case-answered", "case-marked", "case-assigned", "case-note",
    ]  # fmt: skip


def test_a_case_by_hand_is_opened_once_and_asks_for_consent(shop: Console, journey: Journey) -> None:
    vera = shop.signed_in("Vera")
    form = vera.ask("/console/cases/new").text
    id = re.search(r'name="id" value="([0-9a-f-]{36})"', form)
    assert id
    values = {
        "id": id.group(1), "touchpoint": "till", "place": "omsk", "channel": "phone", "text": "Waited an hour",
        "contact": "8 900 000-00-03",
    }  # fmt: skip
    refused = vera.send("/console/cases/new", "/console/cases/new", **values)
    assert refused.status == 422
    assert "only if the customer agreed" in refused.text
    assert "Waited an hour" in refused.text
    assert vera.send("/console/cases/new", "/console/cases/new", **{**values, "place": "centre"}).status == 422
    assert vera.send("/console/cases/new", "/console/cases/new", **{**values, "place": ""}).status == 422
    for _twice in range(2):
        done = vera.send("/console/cases/new", "/console/cases/new", **values, agreed="1")
        assert (done.status, done.headers["location"]) == (303, "/console/cases/4?lang=en")
    assert len([deed for deed in shop.deeds() if deed[1] == "case-opened"]) == 1
    with open_store(shop.db) as store:
        store.series.use(journey)
        strange = put(store, 9, place="centre", score=4)
    foreign = {**values, "id": str(UUID(bytes=strange)), "agreed": "1"}
    assert vera.send("/console/cases/new", "/console/cases/new", **foreign).status == 422
    with open_store(shop.db) as store:
        assert store.cases.of_response(strange) is None, "nobody opens a case of another place's response"


def test_when_all_are_answered_the_list_says_since_when(shop: Console) -> None:
    vera = shop.signed_in("Vera")
    for number in (1, 3):
        vera.send(f"/console/cases/{number}", f"/console/cases/{number}", do="answer")
    shop.clock.now += 2 * 3600
    page = vera.ask("/console/cases").text
    assert "All answered. Last: 2 hours ago." in page
    assert "In the last 90 days 2 of 2 were answered in time." in page
    assert "Half of them" not in page, "two answers are too few for a median"


def test_the_map_shows_how_many_cases_wait(shop: Console) -> None:
    anna = shop.signed_in("Anna")
    assert "2 cases wait" in anna.ask("/console/map?from=2026-11-01&to=2026-12-01").text
    shop.clock.now += 30 * 3600
    late = shop.signed_in("Anna").ask("/console/map?from=2026-11-01&to=2026-12-01&place=omsk").text
    assert "1 case waits</a>, <strong>overdue: 1</strong>" in late
    assert "touchpoint=till&amp;place=omsk" in late


@pytest.mark.parametrize("query", ["state=x", "place=mars", "owner=nobody", "touchpoint=gone"])
def test_a_link_that_no_longer_fits_says_so(shop: Console, query: str) -> None:
    reply = shop.signed_in("Anna").ask(f"/console/cases?{query}")
    assert reply.status == 400
    assert "This link does not lead anywhere." in reply.text
    assert shop.signed_in("Anna").ask("/console/cases?page=-1&state=all").status == 200


def test_a_database_of_the_step_before_keeps_its_responses_and_opens_no_case(tmp_path: Path, journey: Journey) -> None:
    file = tmp_path / "old.db"
    with open_store(file, create=True) as store:
        store.series.use(journey)
        put(store, 1, score=0, contact=("8 900", "1"))
    connection = sqlite3.connect(file)
    connection.executescript(
        "DROP TABLE complaint_case; DROP TABLE case_note; DELETE FROM _sqlite_migrations WHERE name LIKE 'm012%';"
    )
    connection.close()
    assert [step.name for step in migrations.pending(Database(sqlite3.connect(file)))] == [
        "m012_cases_of_customers_who_wait_for_a_reply"
    ]
    with open_store(file) as store:
        assert store.recount.responses() == 1
        assert store.cases.list(Wanted("all"), NOW, 10) == []
