"""What cannot be taken is refused by a page in the reader's language; programs get a problem."""

from __future__ import annotations

import pytest
from conftest import Collector, Serve
from managers import SECRET, Visitor, hashed

from otklik_collector.store import open_store

LONG = "x" * 40_000


@pytest.fixture
def collector(serve: Serve) -> Collector:
    found = serve()
    with open_store(found.db) as store:
        store.people.add("Anna", hashed(SECRET), "admin", (), 0)
    return found


def test_a_form_that_is_too_long_or_missing_is_refused_by_a_page_of_the_console(collector: Collector) -> None:
    anna = Visitor(collector.url)
    assert anna.sign_in().status == 303
    unknown = Visitor(collector.url)
    asked = {
        "This address opens only": (anna.ask("/console/people/1"), 405),
        "Этот адрес открывается только": (anna.ask("/console/people/1?lang=ru"), 405),
        "What you sent is too long": (anna.ask("/console/changes", {"text": LONG}), 413),
        "Отправленное слишком длинно": (anna.ask("/console/changes?lang=ru", {"text": LONG}), 413),
        "There is no such page here": (anna.ask("/console/nowhere"), 404),
        "Go back, shorten it": (unknown.ask("/console/sign-in", {"name": LONG}), 413),
    }
    for words, (reply, status) in asked.items():
        assert (reply.status, words in reply.text) == (status, True), (words, reply.text)
        assert '<link rel="stylesheet" href="/console/console.css">' in reply.text
        assert "script-src" not in reply.headers["content-security-policy"]
    assert "/console/people" in asked["This address opens only"][0].text, "the way on, for who is signed in"
    assert anna.ask("/console/people/1").headers["allow"] == "OPTIONS, POST"


def test_who_is_not_signed_in_is_not_told_what_there_is(collector: Collector) -> None:
    visitor = Visitor(collector.url)

    for path, form in (("/console/people/1", None), ("/console/changes", {"text": LONG}), ("/console/nowhere", None)):
        assert visitor.ask(path, form).status == 303, path
    assert visitor.ask("/console/changes", {"text": LONG}, Sec_Fetch_Site="cross-site").status == 403


def test_a_customer_reads_a_page_and_a_program_a_problem(collector: Collector) -> None:
    visitor = Visitor(collector.url)

    customer, program = visitor.ask("/q/till", {"comment": LONG}), visitor.ask("/api/v1/map", {"comment": LONG})

    assert customer.status == 413
    assert "shorten it" in customer.text
    assert visitor.ask("/q/till/thanks", {}).status == 405
    assert (program.status, program.headers["content-type"]) == (413, "application/problem+json")
    assert visitor.ask("/kiosk/pair", {"code": LONG}).json()["code"] == "too-large"
    assert (visitor.ask("/api/v1/map", {}).status, visitor.ask("/api/v1/map", {}).json()["code"]) == (405, "method")
