"""The Monday sheet of one shop: what it tells, to whom, and that it fits one page of paper."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import response
from managers import Console, answered

from otklik_collector.browser import pdf
from otklik_collector.cases import CaseRule, NewCase
from otklik_collector.drawing import today_of
from otklik_collector.sheet import render_sheet, sheet
from otklik_collector.store import open_store
from otklik_collector.store.changes import Change
from otklik_widget.cli import main
from otklik_widget.contract import make_uuid7
from otklik_widget.journey import Journey


@pytest.fixture
def staff(shop: Console, journey: Journey) -> Console:
    """Vera looks after the shop in the centre, where the till got worse and the returns are praised."""
    shop.let_in("Vera", "viewer", "centre")
    answered(shop, journey, *[0] * 10, *[4] * 190, place="centre", days_ago=40)
    answered(shop, journey, *[0] * 90, *[4] * 110, place="centre", days_ago=10)
    praise = {"touchpoint": "returns", "scale": "ces7", "place": "centre"}
    answered(shop, journey, 7, comment="Anna gave the money back at once, +7 912 345-67-89", **praise)  # type: ignore[arg-type]
    answered(shop, journey, 7, comment="Quick and friendly as always", **praise)  # type: ignore[arg-type]
    answered(shop, journey, 5, 5, 5, **praise)  # type: ignore[arg-type]
    answered(shop, journey, 0, comment="Never again", place="centre")
    answered(shop, journey, 4, comment="Elsewhere it was fine too", place="omsk")
    answered(shop, journey, *[4] * 5, place="omsk")
    return shop


def test_the_sheet_says_what_changed_for_sure_what_to_fix_and_what_was_praised(staff: Console) -> None:
    page = staff.signed_in("Vera").ask("/console/sheet").text

    assert re.search(r"surely worse: now 4\d of 100", page)
    assert "Quick and friendly as always" in page
    assert "Never again" not in page
    assert "345-67-89" not in page
    assert "Elsewhere" not in page
    assert "Nobody waits for an answer" in page


def test_nobody_is_praised_by_single_answers_where_fewer_than_five_answered(staff: Console, journey: Journey) -> None:
    answered(staff, journey, 7, 7, touchpoint="returns", scale="ces7", place="omsk", comment="They knew my name")
    answered(staff, journey, *[3] * 9, touchpoint="till", scale="smiley5", place="omsk")
    answered(staff, journey, 7, touchpoint="till", scale="ces7", place="omsk", comment="A second scale, one answer")

    page = staff.signed_in("Anna").ask("/console/sheet?place=omsk").text

    assert "They knew my name" not in page
    assert "A second scale, one answer" not in page
    assert "Elsewhere it was fine too" in page


def test_the_sheet_is_of_ones_own_places(staff: Console) -> None:
    vera = staff.signed_in("Vera")

    assert vera.ask("/console/sheet?place=omsk").status == 403
    assert vera.ask("/console/sheet?place=mars").status == 400
    assert "Elsewhere" in staff.signed_in("Anna").ask("/console/sheet?place=omsk").text


def test_who_waits_stands_on_the_sheet_without_their_words(staff: Console, journey: Journey) -> None:
    rule, id = CaseRule(journey), make_uuid7().bytes
    answered_row = response(id=id, touchpoint="write", scale="message", score=None, place="centre", comment="My secret")
    with open_store(staff.db) as store:
        store.series.use(journey)
        store.responses.submit([answered_row])
        store.cases.open([rule.case(answered_row)])
    page = staff.signed_in("Vera").ask("/console/sheet").text

    assert "1 case waits" in page
    assert "No. 1" in page
    assert "My secret" not in page


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_the_fullest_sheet_prints_on_one_page(console: Console, journey: Journey, lang: str) -> None:
    today = today_of(journey)
    scored = [("till", "smiley5", 0, 4), ("returns", "ces7", 1, 7)]
    for touchpoint, scale, worst, best in scored:
        for days_ago, bad in ((40, 10), (10, 90)):
            rows = [*[worst] * bad, *[best] * (200 - bad)]
            answered(console, journey, *rows, days_ago=days_ago, touchpoint=touchpoint, scale=scale, place="centre")
        long = "Everybody was kind, quick and helpful, " * 12
        answered(console, journey, best, touchpoint=touchpoint, scale=scale, place="centre", comment=long)
    with open_store(console.db) as store:
        store.series.use(journey)
        for number in range(6):
            words = {"ru": "Поставили вторую кассу " * 20, "en": "A second till was opened " * 20}
            store.changes.add(Change(today - timedelta(days=35 + number), "till", words), "Anna")
            row = response(
                id=make_uuid7().bytes, touchpoint="write", scale="message", score=None, place="centre", comment="Help"
            )
            store.responses.submit([row])
            store.cases.open([NewCase(**{**CaseRule(journey).case(row)._asdict(), "owner": "Regional service desk"})])
        made = sheet(store, journey, "centre", today, int(time.time() * 1000), lang)
    printed = pdf(render_sheet(made, journey, lang))

    assert (len(made.changed), len(made.noted), len(made.praised), len(made.cases)) == (2, 3, 2, 6)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    assert b"/MediaBox [0 0 594" in printed or b"/MediaBox [0 0 595" in printed


def test_the_command_writes_the_sheet_and_names_the_shops(
    staff: Console, small_journey: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "monday.html"
    place = ["--db", str(staff.db), "--journey", str(small_journey)]

    assert main(["sheet", *place, "--place", "centre", "--out", str(out)]) == 0
    assert "Quick and friendly" in out.read_text("utf-8")
    assert main(["sheet", *place]) == 1
    assert "name a shop; known: " in capsys.readouterr().err
    assert main(["sheet", *place, "--place", "centr"]) == 1
    assert "Did you mean “centre”?" in capsys.readouterr().err


def monday(journey: Journey, weeks_ago: int) -> str:
    today = today_of(journey)
    return (today - timedelta(days=today.weekday() + 7 * weeks_ago)).isoformat()


def test_a_published_week_stays_as_it_was_read_and_says_what_changed_since(staff: Console, journey: Journey) -> None:
    days = today_of(journey).weekday() + 3  # a day of the week before
    answered(staff, journey, *[0] * 20, *[4] * 20, place="omsk", days_ago=days)
    anna = staff.signed_in("Anna")
    sent = anna.send("/console/reports", "/console/reports", week=monday(journey, 1), place="omsk")
    assert sent.status == 303
    path = sent.headers["location"]
    assert "counted again today it would say the same" in anna.ask(path).text

    answered(staff, journey, *[4] * 10, place="omsk", days_ago=days)
    page = anna.ask(path).text
    assert "40 responses then, 50 now" in page
    assert "50.0 (35.2 to 64.8)" in page
    assert ("Anna", "report-published", "") in staff.deeds()
    assert staff.signed_in("Vera").ask(path).status == 404


def test_a_week_that_is_not_over_is_not_published_and_readers_publish_none(staff: Console, journey: Journey) -> None:
    anna, vera = staff.signed_in("Anna"), staff.signed_in("Vera")

    reply = anna.send("/console/reports", "/console/reports", week=monday(journey, 0))
    assert (reply.status, "is not over yet" in reply.text) == (422, True)
    assert anna.send("/console/reports", "/console/reports", week="soon").status == 422
    assert vera.send("/console/reports", "/console/reports", week=monday(journey, 1)).status == 403
    assert vera.ask("/console/reports?place=omsk").status == 403
    assert "No report was published yet" in vera.ask("/console/reports").text


def test_what_fewer_than_five_late_answers_changed_is_not_told(staff: Console, journey: Journey) -> None:
    days = today_of(journey).weekday() + 3
    answered(staff, journey, *[0] * 20, *[4] * 20, place="omsk", days_ago=days)
    anna = staff.signed_in("Anna")
    path = anna.send("/console/reports", "/console/reports", week=monday(journey, 1), place="omsk").headers["location"]
    answered(staff, journey, 0, 0, place="omsk", days_ago=days)
    page = anna.ask(path).text

    assert "fewer than 5 responses came, went or were changed" in page
    assert "42" not in page.split("As it was read")[0].split("Changed since")[1]
