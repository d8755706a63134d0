"""What those who answered can't tell: the silent, customers of another mix, and what talking costs."""

from __future__ import annotations

import json
import re
from datetime import timedelta

from managers import Console, answered

from otklik_collector.drawing import before, draw, today_of, window
from otklik_collector.map.document import as_json
from otklik_collector.map.problem_map import Filters
from otklik_collector.response import Shown, day_number
from otklik_collector.store import open_store
from otklik_widget.journey import Journey

TILL = "/console/touchpoint/till"


def shown(console: Console, journey: Journey, times: int, scale: str = "smiley5", place: str = "") -> None:
    day = day_number(today_of(journey) - timedelta(days=1))
    with open_store(console.db) as store:
        store.responses.submit([], [Shown("till", scale, place, day, times)])


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page))


def test_a_manager_reads_how_many_were_silent_and_how_bad_it_may_be(shop: Console, journey: Journey) -> None:
    answered(shop, journey, *[0] * 20, *[4] * 80)
    answered(shop, journey, *[0] * 50, channel="kiosk")  # nobody counted who walked past the tablet
    shown(shop, journey, 1000)
    anna = shop.signed_in()

    page = words(anna.ask(TILL).text)
    assert "Of 100 who saw the question on a page 10 (8 to 12) answered (100 of 1,000)." in page
    assert "Of 100 who saw it 2 are unhappy if none of the silent are, 92 if all of them are, and 29 if" in page
    whole = anna.ask("/console/map?numbers=1").text
    assert "Of 100 who saw a question on a page 10 answered (100 of 1,000)" in whole
    assert "10 of 100 asked" in whole
    # Of a segment or of a tablet nobody knows how many were asked.
    assert "who saw the question" not in anna.ask(f"{TILL}?channel=kiosk").text


def test_the_silent_give_nobody_away(shop: Console, journey: Journey) -> None:
    answered(shop, journey, *[0] * 20, *[4] * 80, place="omsk")
    answered(shop, journey, 0, 0, 0, 4, place="centre")
    shown(shop, journey, 500, place="omsk")
    shown(shop, journey, 500, place="centre")
    anna = shop.signed_in()

    for place in ("centre", "omsk"):  # of the whole, each could be computed from the other
        page = words(anna.ask(f"{TILL}?place={place}").text)
        assert "Of 100 who saw the question on a page" in page
        assert "Of 100 who saw it" not in page


def test_the_document_tells_the_rate_of_each_question(shop: Console, journey: Journey) -> None:
    answered(shop, journey, *[4] * 30)
    answered(shop, journey, *[6] * 10, scale="ces7")
    shown(shop, journey, 120)
    shown(shop, journey, 5, scale="ces7")  # more answered than were asked
    period = window(today_of(journey) + timedelta(days=1))
    with open_store(shop.db) as store:
        found = [draw(store, journey, period, before(period), filters, "en")
                 for filters in (Filters(), Filters(channel="web"), Filters(place="omsk"))]  # fmt: skip
    for whole in found[:2]:
        rates = {one["scale"]: one["response_rate"] for one in as_json(whole)["series"] if one["touchpoint"] == "till"}
        assert (rates["smiley5"]["shown"], rates["smiley5"]["value"]) == (120, 0.25)
        assert rates["ces7"] is None
    assert all(one["response_rate"] is None for one in as_json(found[2])["series"])
    json.dumps(as_json(found[0]), allow_nan=False)


def test_answers_are_weighed_by_the_mix_that_a_manager_knows(shop: Console, journey: Journey) -> None:
    answered(shop, journey, *[0] * 10, *[4] * 90)
    answered(shop, journey, *[0] * 50, *[4] * 50, channel="paper")
    anna = shop.signed_in()

    page = words(anna.ask(TILL).text)
    assert "If your customers come in another mix" in page
    assert "In this mix" not in page
    page = words(anna.ask(f"{TILL}?mix_web=75&mix_paper=25").text)
    assert "In this mix 20 of 100 are unhappy" in page
    assert "as they answered 30. 200 responses tell as much as 160 of equal weight." in page


def test_a_mix_that_is_none_is_refused_beside_its_field(shop: Console, journey: Journey) -> None:
    answered(shop, journey, *[4] * 9)
    answered(shop, journey, *[4] * 9, channel="paper")
    anna = shop.signed_in()

    for written in ("many", "-1", "nan", "inf"):
        assert f"“{written}” is no part of the customers" in words(anna.ask(f"{TILL}?mix_web={written}").text)
    assert "Write how large a part of your customers" in words(anna.ask(f"{TILL}?mix_web=0").text)


def test_a_mix_gives_nobody_away(shop: Console, journey: Journey) -> None:
    answered(shop, journey, *[4] * 30)
    answered(shop, journey, *[0] * 6, channel="paper")
    answered(shop, journey, 0, channel="phone")  # could be computed if paper were told
    page = words(shop.signed_in().ask(f"{TILL}?mix_web=1&mix_paper=1").text)

    assert "In this mix 0 of 100 are unhappy" in page
    assert "30 responses tell as much as 30 of equal weight. Left out, since fewer than 5 could be" in page
    assert "computed: paper" in page


def test_an_nps_is_weighed_too(shop: Console, journey: Journey) -> None:
    answered(shop, journey, *[10] * 60, touchpoint="whole", scale="nps")
    answered(shop, journey, *[0] * 60, touchpoint="whole", scale="nps", channel="paper")

    page = words(shop.signed_in().ask("/console/touchpoint/whole?mix_web=3&mix_paper=1").text)
    assert "NPS in this mix: +50 (+" in page


def test_a_rule_of_thumb_shows_what_talking_may_cost(shop: Console, journey: Journey) -> None:
    answered(shop, journey, *[0] * 40, *[4] * 60)
    anna = shop.signed_in()

    page = words(anna.ask("/console/word-of-mouth").text)
    assert "costs 4.2 others, or between 0.6 and 5.0." in page
    assert "Till" in page
    bound = words(anna.ask("/console/word-of-mouth?told=3&referred=7").text)
    assert "costs 2.5 others, or between 0.4 and 3.3." in bound
    assert "about 7 (7 to 7)" in bound
    assert "/console/word-of-mouth?" in anna.ask("/console/map").text


def test_a_rule_that_is_none_says_why(shop: Console) -> None:
    anna = shop.signed_in()

    assert "“0” is no number above 0" in words(anna.ask("/console/word-of-mouth?needed=0").text)
    assert "“five” is no number from 0 on" in words(anna.ask("/console/word-of-mouth?told=five").text)


def test_who_sees_one_shop_sees_what_its_unhappy_cost(shop: Console, journey: Journey) -> None:
    answered(shop, journey, *[0] * 40, *[4] * 60, place="omsk")
    boris = shop.signed_in("Boris")

    assert "Nothing can be ranked yet" in boris.ask("/console/word-of-mouth").text
    assert boris.ask("/console/word-of-mouth?place=omsk").status == 403
