"""What the company changed, and any two slices beside each other: judged by tests, within a person's places."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from managers import Console, answered

from otklik_collector.drawing import today_of
from otklik_collector.store import open_store
from otklik_collector.store.changes import Change
from otklik_widget.cli import main
from otklik_widget.journey import Journey

COMPARE = "/console/compare?a_touchpoint=till"


@pytest.fixture
def staff(shop: Console) -> Console:
    """Vera looks after the shop in the centre."""
    shop.let_in("Vera", "manager", "centre")
    shop.let_in("Igor", "viewer")
    return shop


def note(console: Console, journey: Journey, days_ago: int, **more: object) -> int:
    day = today_of(journey) - timedelta(days=days_ago)
    words = {"ru": "Вторая касса", "en": "A second till"}
    with open_store(console.db) as store:
        return store.changes.add(Change(day, "till", words, **more), "Anna")  # type: ignore[arg-type]


def test_a_change_is_noted_with_its_effect_to_come(staff: Console, journey: Journey) -> None:
    anna, today = staff.signed_in("Anna"), today_of(journey).isoformat()
    sent = anna.send(
        "/console/changes", "/console/changes", day=today, touchpoint="till", public="1",
        **{"words-ru": "Вторая касса", "words-en": "A second till"},
    )  # fmt: skip

    assert sent.status == 303
    page = anna.ask(sent.headers["location"]).text
    assert "A second till" in page
    assert "too early: 28 days to go" in page
    assert ("Anna", "change-noted", "") in staff.deeds()


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [((60, 60), (10, 110), "surely better"), ((10, 110), (60, 60), "surely worse"), ((30, 90), (28, 92), "no clear")],
)
def test_what_became_of_a_change_is_said_in_a_word(
    staff: Console, journey: Journey, before: tuple[int, int], after: tuple[int, int], word: str
) -> None:
    answered(staff, journey, *[0] * before[0], *[4] * before[1], days_ago=40)
    answered(staff, journey, *[0] * after[0], *[4] * after[1], days_ago=20)
    note(staff, journey, 29)

    page = staff.signed_in("Igor").ask("/console/changes").text
    assert word in page
    assert "120 responses before, 120 after" in page


def test_a_change_with_four_answers_tells_no_number(staff: Console, journey: Journey) -> None:
    answered(staff, journey, *[0] * 40, days_ago=40)
    answered(staff, journey, 0, 0, 0, 4, days_ago=20)
    note(staff, journey, 29)
    page = staff.signed_in("Igor").ask("/console/changes").text

    assert "Fewer than 5 responses on one side" in page
    assert "unhappy of 100" not in page.replace("Fewer than", "")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"words-ru": "Касса"}, "told in every language"),
        ({"words-ru": "Касса", "words-en": "x" * 501}, "in 500 letters at most"),
        ({"words-ru": "Касса", "words-en": "Till", "day": "soon"}, "“soon” is no date"),
        ({"words-ru": "Касса", "words-en": "Till", "touchpoint": "tills"}, "no touchpoint “tills”"),
        ({"words-ru": "Касса", "words-en": "Till", "place": "mars"}, "choose a place of yours"),
    ],
)
def test_a_note_that_is_not_right_says_where_and_stores_nothing(
    staff: Console, values: dict[str, str], said: str
) -> None:
    asked = {"day": "2026-03-01", "touchpoint": "till", "public": "1", **values}
    reply = staff.signed_in("Anna").send("/console/changes", "/console/changes", **asked)

    assert (reply.status, said in reply.text) == (422, True)
    assert "Касса" in reply.text
    with open_store(staff.db) as store:
        assert store.changes.newest() == []


def test_a_note_is_corrected_and_taken_back(staff: Console, journey: Journey) -> None:
    number = note(staff, journey, 3)
    anna, path = staff.signed_in("Anna"), f"/console/changes/{number}"
    anna.send(path, path, day="2026-02-01", touchpoint="till", lasting="1", **{"words-en": "Steps stay"})
    assert "cannot be changed: customers are warned" in anna.ask("/console/changes?all=1").text
    anna.send(path, path, do="remove")
    with open_store(staff.db) as store:
        assert store.changes.newest() == []


def test_a_manager_of_one_place_notes_and_corrects_there_only(staff: Console, journey: Journey) -> None:
    everywhere, elsewhere = note(staff, journey, 3), note(staff, journey, 3, place="omsk")
    vera = staff.signed_in("Vera")

    assert vera.send("/console/changes", "/console/changes", day="2026-02-01", place="").status == 422
    assert vera.ask("/console/changes?place=omsk").status == 403
    assert vera.ask("/console/changes").text.count("A second till") == 1
    for number in (everywhere, elsewhere):
        assert vera.ask(f"/console/changes/{number}").status == 404
        assert vera.send("/console/changes", f"/console/changes/{number}", do="remove").status == 404
    assert staff.signed_in("Igor").send("/console/changes", "/console/changes", day="2026-02-01").status == 403


def test_who_is_limited_reads_the_effect_in_their_own_place(staff: Console, journey: Journey) -> None:
    answered(staff, journey, *[0] * 50, days_ago=40, place="omsk")
    answered(staff, journey, *[4] * 50, days_ago=20, place="omsk")
    note(staff, journey, 29)

    assert "surely better" in staff.signed_in("Igor").ask("/console/changes").text
    assert "surely better" not in staff.signed_in("Vera").ask("/console/changes").text


def test_the_site_gets_public_changes_and_no_others(staff: Console, journey: Journey, tmp_path: Path) -> None:
    answered(staff, journey, *[0] * 60, *[4] * 60, days_ago=40)
    answered(staff, journey, *[0] * 10, *[4] * 110, days_ago=20)
    note(staff, journey, 29, public=True)
    note(staff, journey, 3)
    note(staff, journey, -3, public=True)
    (tmp_path / "content").mkdir()
    (tmp_path / "content/journey.toml").write_text((staff.db.parent / "journey.toml").read_text("utf-8"), "utf-8")
    out = tmp_path / "content/data/changes.json"
    place = ["--db", str(staff.db), "--content", str(tmp_path / "content")]

    assert main(["changes", *place, "--out", str(out)]) == 0
    (told,) = json.loads(out.read_text("utf-8"))["changes"]
    assert told["text"] == {"ru": "Вторая касса", "en": "A second till"}
    assert (told["effect"], told["lasting"], told["place"]) == ("worked", False, None)
    assert [path.name for path in out.parent.iterdir()] == ["changes.json"]


def test_the_empty_page_offers_comparisons_to_begin_with(staff: Console) -> None:
    page = staff.signed_in("Anna").ask("/console/compare").text

    assert "Pick two to compare" in page
    assert "these four weeks against the four before" in page


@pytest.mark.parametrize(
    ("centre", "omsk", "word"),
    [
        ((10, 110), (60, 60), "more unhappy, beyond chance"),
        ((60, 60), (10, 110), "fewer unhappy, beyond chance"),
        ((30, 90), (36, 84), "a tie: it may be chance"),
        ((10, 990), (10, 990), "equal within 5 points"),
        ((5, 15), (15, 5), "no word yet"),
        ((1, 3), (60, 60), "Fewer than 5 responses on one side"),
    ],
)
def test_two_places_are_compared_and_a_tie_is_said_to_be_one(
    staff: Console, journey: Journey, centre: tuple[int, int], omsk: tuple[int, int], word: str
) -> None:
    for place, (bad, good) in {"centre": centre, "omsk": omsk}.items():
        answered(staff, journey, *[0] * bad, *[4] * good, place=place)

    assert word in staff.signed_in("Igor").ask(f"{COMPARE}&a_place=centre&b_place=omsk").text


def test_a_part_is_compared_with_the_rest_of_its_whole(staff: Console, journey: Journey) -> None:
    answered(staff, journey, *[0] * 60, *[4] * 60, place="omsk")
    answered(staff, journey, *[0] * 10, *[4] * 110, place="centre")
    page = staff.signed_in("Igor").ask(f"{COMPARE}&b_place=omsk").text

    assert "compared with the rest" in page
    assert page.count("120 responses") == 2


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("a_place=mars", 400, "“mars”"),
        ("a_touchpoint=tills", 400, "Did you mean “till”?"),
        ("a_touchpoint=write", 400, "“write”"),
        ("a_from=2026-03-01&a_to=2026-02-01", 400, "ends (2026-02-01) before it begins"),
        ("a_from=soon", 400, "“soon” is no date"),
        ("b_channel=owl", 400, "“owl”"),
        ("a_touchpoint=till&b_from=2020-01-01&b_to=2020-02-01", 200, "Nothing can be compared here."),
        ("a_touchpoint=till&b_touchpoint=returns", 200, "Different scales"),
    ],
)
def test_a_comparison_that_cannot_be_made_says_why(staff: Console, query: str, status: int, said: str) -> None:
    reply = staff.signed_in("Igor").ask(f"/console/compare?{query}")
    assert (reply.status, said in reply.text) == (status, True)


def test_a_manager_of_one_place_compares_nothing_of_another(staff: Console, journey: Journey) -> None:
    answered(staff, journey, *[0] * 37, *[4] * 60, place="omsk")
    vera = staff.signed_in("Vera")

    assert vera.ask(f"{COMPARE}&b_place=omsk").status == 400
    shown = re.sub(r'value="[0-9a-f]{32,}"', "", vera.ask(f"{COMPARE}&b_channel=web").text)  # the form's guard
    assert "97" not in shown
