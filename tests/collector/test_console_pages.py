"""Where questions are asked, calls and paper cards entered by staff, and the settings as they hold now."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta

import pytest
from managers import Console, answered

from otklik_collector.store import open_store
from otklik_widget.journey import Journey


@pytest.fixture
def staff(shop: Console) -> Console:
    """Vera looks after the shop in the centre."""
    shop.let_in("Vera", "manager", "centre")
    return shop


def test_links_begin_with_three_steps_and_then_tell_the_last_response(shop: Console, journey: Journey) -> None:
    anna = shop.signed_in()
    assert "Nobody was asked yet: three steps" in anna.ask("/console/links").text

    answered(shop, journey, 4, days_ago=60)
    answered(shop, journey, 3, touchpoint="returns", scale="ces7")
    answered(shop, journey, 0, touchpoint="write", scale="message", comment="Thanks")
    page = anna.ask("/console/links").text
    assert "three steps" not in page
    assert page.count("last response: ") == 3
    assert page.count("silent for over 4 weeks") == 1
    assert page.count("no response yet") == 1


def test_a_manager_of_a_place_sees_when_that_place_answered_last(staff: Console, journey: Journey) -> None:
    answered(staff, journey, 4, place="omsk")
    assert "last response:" not in staff.signed_in("Vera").ask("/console/links").text
    answered(staff, journey, 4, place="centre")
    assert staff.signed_in("Vera").ask("/console/links").text.count("last response") == 1


def test_each_way_to_ask_leads_to_the_question_with_its_channel_and_place(shop: Console) -> None:
    with open_store(shop.db) as store:
        key = store.keys.add("Web shop", ("https://shop.example",), 30)
    anna = shop.signed_in()
    page = anna.ask("/console/links/till?place=omsk").text

    assert f"&lt;script async src=&#34;{shop.url}/ask.js?point=till&#34;" in page
    assert f"point=till&amp;amp;key={key}" in page
    assert "https://shop.example" in page
    for channel in ("qr", "kiosk", "email", "sms"):
        assert f"/q/till?place=omsk&amp;channel={channel}" in page.replace("&amp;amp;", "&amp;")
    assert anna.ask("/q/till?place=omsk&channel=qr").status == 200


def test_the_qr_code_is_a_picture_that_prints(shop: Console) -> None:
    reply = shop.signed_in().ask("/console/links/till.svg?place=omsk&download=1")

    assert reply.headers["content-type"].startswith("image/svg+xml")
    assert reply.headers["content-disposition"] == 'attachment; filename="till-omsk.svg"'
    assert ET.fromstring(reply.text).tag.endswith("svg")


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("links/tills", 404, "Did you mean “till”?"),
        ("links/till?place=mars", 400, "does not exist in the place “mars”"),
        ("links/till.svg?place=mars", 400, "does not exist in the place “mars”"),
        ("reports/99999999999999999999999", 404, "There is no such page here"),
        ("enter?point=tills", 404, "There is no touchpoint “tills”"),
    ],
)
def test_a_link_to_what_is_gone_says_so(shop: Console, path: str, status: int, said: str) -> None:
    reply = shop.signed_in().ask(f"/console/{path}")
    assert (reply.status, said in reply.text) == (status, True)


def test_a_manager_asks_only_for_their_own_places(staff: Console) -> None:
    vera = staff.signed_in("Vera")

    assert vera.ask("/console/links/till?place=omsk").status == 403
    assert "place=centre" in vera.ask("/console/links/till").text
    assert "omsk" not in vera.ask("/console/links/till").text.lower()
    assert vera.ask("/console/enter?place=omsk").status == 403
    assert (
        vera.send("/console/enter", "/console/enter", point="till", score=4, channel="phone", place="omsk").status
        == 403
    )


def test_a_call_is_stored_as_every_response_is_and_the_log_tells_who_entered_it(staff: Console) -> None:
    vera = staff.signed_in("Vera")
    sent = vera.send(
        "/console/enter", "/console/enter", point="till", scale="smiley5", score=1, channel="phone",
        reasons="waiting", comment="Stood there for ages",
    )  # fmt: skip

    assert sent.status == 303
    assert "Stored. The next one" in vera.ask(sent.headers["location"]).text
    with open_store(staff.db) as store:
        row = store.db.execute("SELECT score, place, channel, flags, reasons FROM response").fetchone()
        assert row == (1, "centre", "phone", "", '["waiting"]')
        assert store.recount.mismatches() == []
    assert ("Vera", "response-entered", "till") in staff.deeds()
    assert "entered a response" in staff.signed_in().ask("/console/audit").text


def test_the_same_card_sent_twice_counts_once(staff: Console) -> None:
    vera = staff.signed_in("Vera")
    page = vera.ask("/console/enter").text
    id = re.findall(r'name="id" value="([^"]+)"', page)[0]
    for _time in range(2):
        assert vera.send("/console/enter", "/console/enter", id=id, score=1, channel="paper").status == 303
    with open_store(staff.db) as store:
        assert store.db.execute("SELECT count(*) FROM response").fetchone() == (1,)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"score": "9"}, "Please choose an answer."),
        ({"score": ""}, "Please choose an answer."),
        ({"score": "٣"}, "Please choose an answer."),
        ({"score": "3", "channel": "web"}, "Nothing was stored yet"),
        ({"score": "3", "at": "yesterday"}, "“yesterday” is no date and time"),
        ({"score": "3", "at": "2001-01-01T10:00"}, "in the last 35 days"),
        ({"score": "3", "at": "9999-12-31T23:59"}, "in the last 35 days"),
        ({"score": "3", "comment": "x" * 2001}, "in 2000 letters at most"),
        ({"scale": "message", "point": "write", "comment": " "}, "Please write something"),
    ],
)
def test_a_card_that_is_not_right_says_where_and_keeps_what_was_written(
    staff: Console, values: dict[str, object], said: str
) -> None:
    reply = staff.signed_in("Vera").send(
        "/console/enter", "/console/enter", **{"point": "till", "channel": "paper", **values}
    )

    assert (reply.status, said in reply.text) == (422, True)
    with open_store(staff.db) as store:
        assert store.db.execute("SELECT count(*) FROM response").fetchone() == (0,)


def test_a_card_of_yesterday_counts_yesterday_on_the_clock_of_its_place(shop: Console, journey: Journey) -> None:
    today = datetime.fromtimestamp(shop.clock(), tz=journey.zone("till", "omsk"))
    yesterday = (today - timedelta(days=1)).replace(hour=23, minute=30)
    sent = shop.signed_in().send(
        "/console/enter", "/console/enter", point="till", score=2, channel="paper", place="omsk",
        at=yesterday.strftime("%Y-%m-%dT%H:%M"),
    )  # fmt: skip

    assert sent.status == 303
    with open_store(shop.db) as store:
        day, hour = store.db.execute("SELECT day, hour FROM response").fetchone()
    assert (day, hour) == (int(yesterday.strftime("%Y%m%d")), 23)


def test_the_settings_name_what_holds_and_the_file_it_stands_in(shop: Console) -> None:
    with open_store(shop.db) as store:
        store.keys.add("Web shop", ("https://shop.example",), 30)
    page = shop.signed_in().ask("/console/settings").text

    for said in (
        "at most 10 unhappy of 100",
        "journey.toml",
        "otklik.toml",
        "365 days",
        "Web shop",
        "https://shop.example",
    ):
        assert said in page
    assert "<input" not in page.split("<main>")[1]


@pytest.mark.parametrize(
    ("role", "places", "enter", "settings"),
    [("viewer", (), 403, 403), ("manager", (), 200, 403), ("admin", (), 200, 200), ("admin", ("centre",), 200, 403)],
)
def test_each_role_opens_its_screens(
    shop: Console, role: str, places: tuple[str, ...], enter: int, settings: int
) -> None:
    shop.let_in("Nina", role, *places)
    nina = shop.signed_in("Nina")

    assert (nina.ask("/console/enter").status, nina.ask("/console/settings").status) == (enter, settings)
    assert nina.ask("/console/links").status == 200
