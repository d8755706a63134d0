"""The console's frame and its touchpoint page: periods, filters, links that lead nowhere, what few may not tell."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from managers import Console, answered

from otklik_collector.cases import NewCase
from otklik_collector.console.asked import asked_of
from otklik_collector.console.periods import KINDS, after, before, period_of
from otklik_collector.drawing import today_of
from otklik_collector.map.series import Period
from otklik_collector.store import open_store
from otklik_collector.store.changes import Change
from otklik_widget.journey import Journey


@pytest.mark.parametrize(
    ("kind", "start", "end"),
    [
        ("day", "2026-03-04", "2026-03-05"),
        ("week", "2026-03-02", "2026-03-09"),
        ("month", "2026-03-01", "2026-04-01"),
        ("quarter", "2026-01-01", "2026-04-01"),
        ("28", "2026-02-05", "2026-03-05"),
    ],
)
def test_a_period_is_cut_as_the_calendar_cuts_it(kind: str, start: str, end: str) -> None:
    found = period_of(kind, date(2026, 3, 4))

    assert found == Period(date.fromisoformat(start), date.fromisoformat(end))
    assert after(kind, before(kind, found)) == found
    assert before(kind, found).end == found.start


def test_every_period_has_one_before_and_one_after_to_the_ends_of_the_calendar(journey: Journey) -> None:
    for kind in KINDS:
        for day in ("1970-01-08", "2200-06-30"):
            asked = asked_of(journey, None, {"period": kind, "on": day}, date(2026, 3, 4))
            assert asked.earlier() != asked.later()
            assert all(asked.of_kind(other) for other in KINDS)


def test_the_address_is_the_view_and_the_links_around_keep_its_filters(shop: Console) -> None:
    page = shop.signed_in().ask("/console/map?period=month&on=2026-02-14&place=omsk&channel=kiosk").text

    assert "period=month&amp;on=2026-01-31&amp;place=omsk&amp;channel=kiosk" in page
    assert "period=month&amp;on=2026-03-31&amp;place=omsk&amp;channel=kiosk" in page
    assert "period=week&amp;on=2026-03-01&amp;place=omsk&amp;channel=kiosk" in page
    assert '<option value="omsk" selected>' in page
    assert "lang=ru" in page


@pytest.mark.parametrize("page", ["map", "touchpoint/till"])
@pytest.mark.parametrize(
    ("asked", "status", "said", "back"),
    [
        ("from=2026-03-01&to=2026-02-01&place=omsk", 400, "before it begins", "?place=omsk"),
        ("from=tomorrow", 400, "“tomorrow” is no date", ""),
        ("period=month&on=2026-02-30", 400, "“2026-02-30” is no date", ""),
        ("period=fortnight", 400, "“fortnight” is no period", ""),
        ("place=centra", 400, "it may have gone since the link was saved. Did you mean “centre”?", ""),
        ("segment=vip&channel=fax&place=omsk", 400, "no segment “vip”", "?place=omsk"),
        ("segment=vip&channel=fax", 400, "no channel “fax”", ""),
        ("on=9999-12-31", 400, "is no date", ""),
    ],
)  # fmt: skip
def test_a_link_that_leads_nowhere_says_why_and_offers_the_way_back(
    shop: Console, page: str, asked: str, status: int, said: str, back: str
) -> None:
    anna = shop.signed_in()
    reply = anna.ask(f"/console/{page}?{asked}")

    assert reply.status == status
    assert said in reply.text
    way = re.findall(r'class="button" href="([^"]+)"', reply.text)[0]
    assert way == f"/console/{page}{back}"
    assert anna.ask(way).status == 200


def test_a_touchpoint_or_scale_that_is_gone_says_so(shop: Console) -> None:
    anna = shop.signed_in()

    gone = anna.ask("/console/touchpoint/tills")
    assert (gone.status, "Did you mean “till”?" in gone.text) == (404, True)
    assert "Nothing is asked on the scale “nps”" in anna.ask("/console/touchpoint/till?scale=nps").text
    assert anna.ask("/console/touchpoint/till?scale=ces7").status == 200
    assert "asks for no score" in anna.ask("/console/touchpoint/write").text


def test_what_left_the_journey_is_still_shown_where_it_was_answered(shop: Console, journey: Journey) -> None:
    answered(shop, journey, *[3] * 6)
    with open_store(shop.db) as store:
        store.db.execute("UPDATE series SET touchpoint = 'old-till'")

    page = shop.signed_in().ask("/console/touchpoint/old-till")
    assert page.status == 200
    assert "No longer in the journey" in page.text


def test_a_place_that_is_not_the_persons_is_refused_everywhere(shop: Console, journey: Journey) -> None:
    answered(shop, journey, *[0] * 9, place="omsk", comment="Omsk was cold")
    answered(shop, journey, *[4] * 7, place="centre", comment="The centre was warm", reasons=("courtesy",))
    boris = shop.signed_in("Boris")

    refused = boris.ask("/console/touchpoint/till?place=omsk")
    assert (refused.status, "not among yours" in refused.text) == (403, True)
    page = boris.ask("/console/touchpoint/till").text
    assert "The centre was warm" in page
    assert "0 of 100 unhappy" in page
    assert "Courtesy" in page
    assert not re.search(r"Omsk|\b(9|16) responses", page)


def test_fewer_than_five_responses_show_how_many_and_nothing_else(shop: Console, journey: Journey) -> None:
    answered(shop, journey, 0, 0, 4, 4, reasons=("waiting",))
    page = shop.signed_in().ask("/console/touchpoint/till").text

    assert "4 of 30 responses" in page
    assert "Fewer than 5 answered" in page
    for hidden in ("How they answered", "Reasons they ticked", "When it hurts", "of 100 unhappy"):
        assert hidden not in page
    assert "too few to tell" in page


def test_the_touchpoint_tells_how_it_is_since_when_and_why(shop: Console, journey: Journey) -> None:
    answered(shop, journey, *[0] * 12, *[4] * 18, reasons=("waiting",), days_ago=1)
    answered(shop, journey, *[0] * 3, *[4] * 27, days_ago=30)
    page = shop.signed_in().ask("/console/touchpoint/till").text

    assert "40 of 100 unhappy: " in page
    assert "etractors a month" in page
    assert "10 (3 to 26)" in page  # a month ago, in the table behind the line
    assert "more often than before: +100.0" in page
    assert "Unhappy of 100: 40 (25 to 58) in the last week shown" in page
    assert re.search(r"\d+ of \d+ responses; at this pace enough on \d", page)
    assert "style=" not in page
    assert "<script" not in page


def test_a_question_in_other_words_breaks_the_line(shop: Console, journey: Journey) -> None:
    answered(shop, journey, *[4] * 10, days_ago=20)
    with open_store(shop.db) as store:
        store.db.execute("UPDATE series SET wording = 'earlier'")
    answered(shop, journey, *[4] * 10, days_ago=2)

    page = shop.signed_in().ask("/console/touchpoint/till").text
    assert "the question was asked in other words from here on" in page


def test_what_was_changed_is_marked_on_the_line_and_stands_on_the_card(shop: Console, journey: Journey) -> None:
    answered(shop, journey, *[4] * 9, days_ago=3)
    day = today_of(journey) - timedelta(days=9)
    with open_store(shop.db) as store:
        store.changes.add(Change(day, "till", {"en": "A second till", "ru": "Вторая касса"}), "Anna")
        store.changes.add(Change(day, "till", {"en": "New lamps"}, place="omsk"), "Anna")

    assert "A second till</li>" in shop.signed_in().ask("/console/touchpoint/till").text
    assert "New lamps" in shop.signed_in().ask("/console/map").text
    for page in ("map?place=centre", "touchpoint/till?place=centre"):
        seen = shop.signed_in("Boris").ask(f"/console/{page}").text
        assert ("A second till" in seen, "New lamps" in seen) == (True, False)


def test_a_day_that_chance_does_not_explain_is_marked_as_an_alarm(shop: Console, journey: Journey) -> None:
    for days_ago in range(10, 30):
        answered(shop, journey, 0, *[4] * 9, days_ago=days_ago)
    answered(shop, journey, *[0] * 8, 4, 4, days_ago=2)

    page = shop.signed_in().ask("/console/touchpoint/till").text
    assert "8 of 10 unhappy in one day, far more than usual" in page
    assert 'class="alarm"' in page


def test_a_card_tells_what_the_unhappy_tick_most_from_five_of_them_on(shop: Console, journey: Journey) -> None:
    answered(shop, journey, *[0] * 4, 4, 4, reasons=("waiting",))
    assert "why:" not in shop.signed_in().ask("/console/map").text
    answered(shop, journey, 0, reasons=("waiting", "courtesy"))
    assert "why: Waiting time" in shop.signed_in().ask("/console/map").text


def test_who_waits_for_a_reply_is_told_where_they_complained(shop: Console, journey: Journey) -> None:
    answered(shop, journey, 0, place="omsk", contact=("anna@shop.example", "v1"))
    with open_store(shop.db) as store:
        known = store.db.execute("SELECT id FROM response").fetchone()[0]
        store.cases.open_by_hand(NewCase(known, opened_at=0, due_at=1, owner="shop"), "Anna")

    anna = shop.signed_in()
    assert "1 case waits</a>, <strong>overdue: 1" in anna.ask("/console/touchpoint/till").text
    assert "case waits" not in shop.signed_in("Boris").ask("/console/touchpoint/till").text


def test_comments_are_masked_for_who_only_looks(shop: Console, journey: Journey) -> None:
    answered(shop, journey, 4, comment="Позвоните Анне: +7 913 555-01-02 <b>", place="centre")
    shop.let_in("Vera", "manager", "centre")

    seen = shop.signed_in("Boris").ask("/console/touchpoint/till").text
    assert "555-01-02" not in seen
    assert "Names, phones and addresses are hidden" in seen
    plain = shop.signed_in("Vera").ask("/console/touchpoint/till").text
    assert "+7 913 555-01-02 &lt;b&gt;" in plain
    # One response is too few for a score, also beside its words, but not for who answers it.
    assert ("Excellent" in seen, "Excellent" in plain) == (False, True)


def test_nobody_answered_in_a_slice_is_told_with_the_way_back(shop: Console, journey: Journey) -> None:
    answered(shop, journey, *[4] * 9, place="omsk")
    anna = shop.signed_in()

    for page in ("map", "touchpoint/till"):
        assert "Nobody answered in this slice" in anna.ask(f"/console/{page}?place=centre").text
    assert "Nobody answered" not in anna.ask("/console/map?place=omsk").text


@pytest.mark.parametrize(
    ("role", "seen", "unseen"),
    [("viewer", ["Map"], ["People", "Audit log"]), ("admin", ["Map", "People", "Audit log"], [])],
)
def test_the_navigation_leads_only_where_a_person_may_go(
    shop: Console, role: str, seen: list[str], unseen: list[str]
) -> None:
    shop.let_in("Vera", role)
    page = shop.signed_in("Vera").ask("/console/account").text
    names = re.findall(r'<li><a href="[^"]+"[^>]*>([^<]+)</a></li>', page.split("</nav>")[0])

    assert set(seen) <= set(names)
    assert not set(unseen) & set(names)
    for path in re.findall(r'<li><a href="([^"]+)"', page.split("</nav>")[0]):
        assert shop.signed_in("Vera").ask(path).status == 200


def test_a_period_long_before_the_first_response_is_no_beginning(shop: Console, journey: Journey) -> None:
    anna, long_ago = shop.signed_in(), "/console/map?from=2020-01-01&to=2020-02-01"
    assert "No responses yet: three steps" in anna.ask(long_ago).text

    answered(shop, journey, 4)
    page = anna.ask(long_ago).text
    assert "No responses yet" not in page
    assert "Nobody answered in this slice" in page
