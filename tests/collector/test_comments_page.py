"""The page of comments: what may be read by whom, found by what, and what is told of many at once."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from hostile import naughty
from managers import Console, answered

from otklik_collector.drawing import today_of
from otklik_collector.store import open_store
from otklik_widget.journey import Journey

NAMED = "Кассир Мария обещала перезвонить на +7 900 123-45-67"


def texts(page: str) -> list[str]:
    """The comments of the list, without themes' examples."""
    return re.findall(r"<li><blockquote>(.*?)</blockquote>", page, re.DOTALL)


@pytest.fixture
def told(shop: Console, journey: Journey) -> Console:
    """A shop whose customers wrote, in the centre and in Omsk."""
    answered(shop, journey, 0, comment="Огромная очередь", place="centre", reasons=("waiting",), lang="ru")
    answered(shop, journey, 4, comment="Kind people", place="omsk", channel="kiosk", lang="en", reasons=("courtesy",))
    answered(shop, journey, 2, comment=NAMED, place="centre", days_ago=3, segment="guest")
    answered(shop, journey, 6, touchpoint="returns", scale="ces7", comment="Returned in a minute", place="omsk")
    answered(shop, journey, 3, comment="", place="centre")
    answered(shop, journey, 3, comment="Last month", place="centre", days_ago=40)
    return shop


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["Returned in a minute", "Kind people", "Огромная очередь", NAMED]),
        ("answer=unhappy", ["Огромная очередь"]),
        ("answer=neutral", [NAMED]),
        ("answer=happy", ["Returned in a minute", "Kind people"]),
        ("answer=message", []),
        ("answer=smiley5:2", [NAMED]),
        ("touchpoint=returns", ["Returned in a minute"]),
        ("place=omsk", ["Returned in a minute", "Kind people"]),
        ("channel=kiosk", ["Kind people"]),
        ("segment=guest", [NAMED]),
        ("reason=waiting", ["Огромная очередь"]),
        ("in=en", ["Kind people"]),
        ("in=other", ["Returned in a minute", NAMED]),
        ("words=очередями", ["Огромная очередь"]),
        ("words=kind+people", ["Kind people"]),
        ("words=kind+queue", []),
        ('words="мария обещала"', [NAMED]),
        ("words=%F0%9F%98%80", []),
        ("answer=happy&place=omsk&channel=kiosk&words=people", ["Kind people"]),
        ("period=quarter&words=month", ["Last month"]),
    ],
)
def test_comments_are_read_by_what_is_asked_for(told: Console, asked: str, found: list[str]) -> None:
    page = told.signed_in().ask(f"/console/comments?{quote(asked, safe='=&%+:')}")
    assert (page.status, sorted(texts(page.text))) == (200, sorted(found))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("touchpoint=tills", "Did you mean “till”?"),
        ("answer=sad", "There is no “sad” here"),
        ("answer=smiley5:9", "There is no “smiley5:9” here"),
        ("reason=prices", "There is no “prices” here"),
        ("in=xx", "There is no “xx” here"),
        ("words=" + "x" * 81, "Search for 80 letters at most."),
        ("after=nowhere", "This page of the list does not exist."),
        ("from=2026-11-20&to=2026-11-01", "This link does not lead anywhere."),
        ("place=mars", "There is no place “mars”"),
    ],
)
def test_a_link_to_what_is_not_there_says_so_and_offers_the_way_back(told: Console, asked: str, said: str) -> None:
    reply = told.signed_in().ask(f"/console/comments?{asked}&channel=qr")
    assert reply.status == 400
    assert said in reply.text
    assert "channel=qr" in reply.text


def test_who_looks_after_a_place_reads_its_comments_only(told: Console) -> None:
    told.let_in("Vera", "manager", "centre")
    vera = told.signed_in("Vera")
    assert sorted(texts(vera.ask("/console/comments").text)) == sorted(["Огромная очередь", NAMED])
    assert vera.ask("/console/comments?place=omsk").status == 403
    assert texts(vera.ask("/console/comments?words=people").text) == []


def test_a_viewer_reads_no_names_and_finds_none(told: Console) -> None:
    boris = told.signed_in("Boris")
    page = boris.ask("/console/comments").text
    assert "Мария" not in page
    assert "123-45-67" not in page
    assert "•••" in page
    assert texts(boris.ask("/console/comments?words=" + quote("мария")).text) == []
    assert len(texts(boris.ask("/console/comments?words=" + quote("перезвонить")).text)) == 1
    assert "Open a case" not in page


def test_a_viewer_is_told_no_single_answer_where_fewer_than_five_answered(told: Console, journey: Journey) -> None:
    boris = told.signed_in("Boris")
    page = boris.ask("/console/comments").text
    assert len(texts(page)) == 2
    assert "5 faces); " not in page.replace("<a", "").split('id="list"')[1]
    assert texts(boris.ask("/console/comments?answer=unhappy").text) == []
    assert texts(boris.ask("/console/comments?answer=smiley5:0").text) == []
    answered(told, journey, *[4] * 9, place="centre")
    page = boris.ask("/console/comments").text
    assert page.split('id="list"')[1].count("(5 faces); ") == 2
    assert len(texts(boris.ask("/console/comments?answer=unhappy").text)) == 1

    answered(told, journey, 1, scale="ces7", place="centre", comment="A second question")
    assert "A second question" in texts(boris.ask("/console/comments").text)
    assert "A second question" not in texts(boris.ask("/console/comments?answer=unhappy").text)
    for page in (boris.ask("/console/comments").text, boris.ask("/console/touchpoint/till").text):
        beside = page.split("A second question</blockquote>")[-1].split("</li>")[0]
        assert "ease" not in beside.lower()


def test_long_lists_are_read_page_by_page_and_nothing_is_read_twice_or_left_out(
    shop: Console, journey: Journey
) -> None:
    for day in range(1, 4):
        for number in range(20):
            answered(shop, journey, number % 5, days_ago=day, comment=f"Comment {day}-{number}")
    anna, read, path = shop.signed_in(), [], "/console/comments?lang=en"
    while path:
        page = anna.ask(path).text
        read += texts(page)
        more = re.search(r'class="button" href="([^"]+)"', page)
        path = "/console/comments" + more[1].replace("&amp;", "&") if more else ""
        if len(read) == 20:
            answered(shop, journey, 4, days_ago=1, comment="Newer")
    assert sorted(read) == sorted(f"Comment {day}-{number}" for day in range(1, 4) for number in range(20))


def test_a_rare_word_is_looked_for_step_by_step(
    shop: Console, journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("otklik_collector.store.comments.LOOKED_AT", 5)
    monkeypatch.setattr("otklik_collector.store.comments.STEP", 5)
    answered(shop, journey, 1, days_ago=9, comment="A rare pearl")
    for number in range(10):
        answered(shop, journey, 4, days_ago=2, comment=f"Usual {number}")
    anna = shop.signed_in()
    page = anna.ask("/console/comments?words=pearl").text
    assert "None among those looked through so far." in page
    steps = 0
    while more := re.search(r'class="button" href="([^"]+)"', page):
        page, steps = anna.ask("/console/comments" + more[1].replace("&amp;", "&")).text, steps + 1
    assert texts(page) == ["A rare pearl"]
    assert 1 <= steps <= 4


def test_themes_are_counted_with_examples_and_lead_to_their_comments(shop: Console, journey: Journey) -> None:
    answered(shop, journey, *[0] * 9, comment="Долго ждали на кассе")
    answered(shop, journey, *[4] * 9, comment="Вежливый продавец Мария")
    anna = shop.signed_in()
    page = anna.ask("/console/comments").text
    assert "<summary>долго ждали на кассе: 9</summary>" in page
    assert "Мария" not in "".join(re.findall(r"<summary>(.*?)</summary>", page))
    assert "in 100 of 100 comments of the unhappy, in 0 of the happy" in page
    link = re.search(r'href="(\?[^"]*words=[^"]*)"', page)
    assert link
    assert len(texts(anna.ask("/console/comments" + link[1].replace("&amp;", "&")).text)) == 9


def test_reasons_stand_by_touchpoint_with_the_share_of_the_unhappy_and_its_interval(
    shop: Console, journey: Journey
) -> None:
    answered(shop, journey, *[0] * 20, reasons=("waiting",))
    answered(shop, journey, *[1] * 20, reasons=("courtesy",))
    answered(shop, journey, *[4] * 60)
    answered(shop, journey, *[4] * 100, days_ago=40)
    page = shop.signed_in().ask("/console/comments").text
    assert "50 (35 to 65)" in page
    page = shop.signed_in().ask("/console/comments?touchpoint=till").text
    assert "more often than before: +20.0 (+12.4 to +28.9)" in page
    assert "50 (35 to 65)" in shop.signed_in().ask("/console/touchpoint/till").text


def test_reasons_of_fewer_than_five_are_told_nowhere_and_cannot_be_subtracted(shop: Console, journey: Journey) -> None:
    answered(shop, journey, *[0] * 4, reasons=("waiting",), place="omsk")
    anna = shop.signed_in()
    assert "Reasons they ticked" not in anna.ask("/console/comments").text
    answered(shop, journey, *[0] * 40, reasons=("waiting",), place="centre")
    assert "Reasons they ticked" in anna.ask("/console/comments").text
    for place in ("centre", "omsk"):
        assert "Reasons they ticked" not in anna.ask(f"/console/comments?place={place}").text
        assert "Reasons they ticked" not in anna.ask(f"/console/comments?place={place}&touchpoint=till").text
        assert "Reasons they ticked" not in anna.ask(f"/console/touchpoint/till?place={place}").text


def test_a_manager_opens_a_case_from_a_comment_once(told: Console) -> None:
    told.let_in("Vera", "manager", "centre")
    vera = told.signed_in("Vera")
    page = vera.ask("/console/comments?answer=unhappy").text
    button = re.search(r'name="id" value="([^"]+)"', page)
    assert button
    for _time in range(2):
        sent = vera.send("/console/comments", "/console/comments", id=button[1])
        assert sent.status == 303
        assert sent.headers["location"].startswith("/console/cases/1?")
    assert "Огромная очередь" in vera.ask("/console/cases/1").text
    assert "Case No. 1" in vera.ask("/console/comments").text
    assert ("Vera", "case-opened", "#1") in told.deeds()
    assert len([deed for deed in told.deeds() if deed[1] == "case-opened"]) == 1


def test_nobody_opens_a_case_of_a_place_that_is_not_theirs(told: Console) -> None:
    told.let_in("Vera", "manager", "centre")
    page = told.signed_in().ask("/console/comments?place=omsk&channel=kiosk").text
    button = re.search(r'name="id" value="([^"]+)"', page)
    assert button
    assert told.signed_in("Vera").send("/console/comments", "/console/comments", id=button[1]).status == 404
    assert told.signed_in("Boris").send("/console/account", "/console/comments", id=button[1]).status == 403
    assert told.signed_in().send("/console/comments", "/console/comments", id="nothing").status == 404


def test_what_was_erased_is_read_nowhere(told: Console) -> None:
    with open_store(told.db) as store:
        wanted = store.db.execute("SELECT response FROM comment WHERE text = 'Kind people'").fetchone()[0]
        store.responses.remove([wanted])
    anna = told.signed_in()
    for asked in ("", "?words=kind", "?answer=happy", "?touchpoint=till"):
        assert "Kind" not in re.sub(r'value="[^"]*"|“[^”]*”', "", anna.ask(f"/console/comments{asked}").text)


def test_comments_of_flagged_responses_are_read_only_when_asked_for(shop: Console, journey: Journey) -> None:
    answered(shop, journey, 0, comment="Pressed by nobody", flags=("honeypot",))
    anna = shop.signed_in()
    assert texts(anna.ask("/console/comments").text) == []
    assert texts(anna.ask("/console/comments?include_flagged=1").text) == ["Pressed by nobody"]


def test_nobody_reads_comments_without_signing_in(shop: Console) -> None:
    assert shop.visitor().ask("/console/comments").status == 303


def test_hostile_comments_and_searches_stay_words(shop: Console, journey: Journey) -> None:
    words = [word for word in naughty() if word.strip() and len(word) <= 2000]
    for word in words:
        answered(shop, journey, 1, comment=word.replace("\x00", "\ufffd").encode("utf-8", "replace").decode())
    anna = shop.signed_in()
    page = anna.ask("/console/comments").text
    assert "<script" not in page.lower()
    for word in words[:60]:
        reply = anna.ask(f"/console/comments?words={quote(word[:80].encode('utf-8', 'replace'))}")
        assert reply.status in (200, 400)
        assert "<script" not in reply.text.lower()


def test_an_empty_period_says_so(shop: Console, journey: Journey) -> None:
    assert today_of(journey)
    anna = shop.signed_in()
    assert "Nobody wrote anything in this period." in anna.ask("/console/comments").text
    assert "No comment fits." in anna.ask("/console/comments?place=omsk").text
