"""What customers see: equal faces, screens that come and go, languages, and a tablet that keeps to its hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from conftest import until
from playwright.sync_api import Page, expect
from screens import accessible

if TYPE_CHECKING:
    from browser.kiosk.tablet import Kiosk, MakeKiosk

ALL = ("checkout", "hall", "way", "whole", "write")
RU, EN = "Как вас сегодня обслужили?", "How did we serve you today?"
WHY = "Что больше всего повлияло на оценку?"


def accessible_still(page: Page) -> None:
    """Judges a screen whose clock stands: axe gets the browser's own timers, the app keeps the still ones."""
    page.evaluate("window.stillTimeout = setTimeout; window.setTimeout = __pwClock.builtins.setTimeout; 0")
    accessible(page)
    page.evaluate("window.setTimeout = stillTimeout; 0")


def boxes(tablet: Kiosk) -> list[dict[str, float]]:
    found: list[dict[str, float]] = tablet.page.evaluate(
        "[...document.querySelectorAll('.tile')].map(one => one.getBoundingClientRect().toJSON())"
    )
    return found


def test_all_faces_are_equal_targets_in_every_language_and_both_ways_round(kiosk: MakeKiosk) -> None:
    tablet = kiosk(*ALL, clock=True)
    page = tablet.page
    tablet.still()
    for count in (5, 4, 7, 11):
        expect(page.locator(".tile")).to_have_count(count)
        for width, height in ((1280, 800), (800, 1280), (768, 1024), (1024, 600)):
            page.set_viewport_size({"width": width, "height": height})
            for lang in ("English", "Русский"):
                tablet.tap(lang)
                found = boxes(tablet)
                for side in ("width", "height"):
                    sizes = [box[side] for box in found]
                    assert max(sizes) - min(sizes) <= 1, (count, width, lang)
                assert min(box["height"] for box in found) >= 140
                if width < height and count < 7:
                    assert min(box["width"] for box in found) >= 140
                overflows = "[...document.querySelectorAll('.tile')].some(one => one.scrollWidth > one.offsetWidth)"
                assert not page.evaluate(overflows), (count, width, lang)
        font = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.tile')).fontSize)")
        assert font >= 24
        tablet.face(0)
        expect(page.locator("body[data-view=ask]")).to_have_count(0)
        page.clock.run_for(7100)


def test_reasons_thanks_and_the_question_come_in_turn_and_the_faces_never_move(kiosk: MakeKiosk) -> None:
    tablet = kiosk(clock=True)
    page = tablet.page
    tablet.still()
    before = boxes(tablet)
    tablet.face(0)
    expect(tablet.heading).to_have_text(WHY)
    expect(page.get_by_role("status")).to_have_text("Спасибо!")
    assert boxes(tablet) == before
    page.clock.run_for(6500)
    expect(tablet.heading).to_have_text(WHY)
    # The next one in the queue: a new answer, and less time for its reasons.
    tablet.face(4)
    expect(page.locator(".tile").nth(4)).to_have_attribute("aria-pressed", "true")
    page.clock.run_for(4900)
    expect(tablet.heading).to_have_text(WHY)
    tablet.tap("Вежливость")
    page.clock.run_for(4900)
    expect(tablet.heading).to_have_text(WHY)
    page.clock.run_for(200)
    expect(tablet.heading).to_have_text("Спасибо!")
    assert boxes(tablet) == before
    page.clock.run_for(2600)
    expect(tablet.heading).to_have_text(RU)
    expect(page.locator("[aria-pressed=true]")).to_have_count(0)
    until(lambda: [(row["score"], row["rev"]) for row in tablet.stored(2)] == [(0, 1), (4, 2)])


def test_several_questions_come_in_turn_and_whoever_leaves_leaves_the_first_to_the_next(kiosk: MakeKiosk) -> None:
    tablet = kiosk("hall", "whole", "write", clock=True)
    page = tablet.page
    tablet.still()
    tablet.face(3)
    expect(tablet.heading).to_have_text("Спасибо!")
    page.clock.run_for(1100)
    expect(page.locator(".tile")).to_have_count(11)
    expect(page.get_by_role("button", name="10 – Обязательно порекомендую")).to_be_visible()
    page.clock.run_for(15_100)
    expect(page.locator(".tile")).to_have_count(4)

    tablet.face(0)
    expect(tablet.heading).to_have_text("Спасибо!")
    page.clock.run_for(1100)
    tablet.face(10)
    expect(tablet.heading).to_have_text("Спасибо!")
    page.clock.run_for(1100)
    text = page.get_by_role("textbox", name="Пожаловаться, похвалить, предложить")
    text.fill("Касса закрыта")
    page.clock.run_for(59_000)
    expect(text).to_have_value("Касса закрыта")
    tablet.tap("Отправить")
    expect(tablet.heading).to_have_text("Спасибо!")
    rows = tablet.stored(4)
    assert [(row["scale"], row["score"]) for row in rows] == [
        ("smiley4", 3),
        ("smiley4", 0),
        ("nps", 10),
        ("message", None),
    ]
    assert tablet.line.items[-1]["comment"] == "Касса закрыта"


def test_what_was_left_unsent_nobody_else_reads(kiosk: MakeKiosk) -> None:
    tablet = kiosk("write", clock=True)
    tablet.still()
    text = tablet.page.get_by_role("textbox")
    text.fill("Мой номер 8 900")
    tablet.page.clock.run_for(61_000)
    expect(text).to_have_value("")
    assert tablet.waiting() == 0
    assert tablet.house.stored(tablet.device) == []


def test_the_language_goes_back_when_nobody_is_there(kiosk: MakeKiosk) -> None:
    tablet = kiosk(clock=True)
    page = tablet.page
    tablet.still()
    company = page.locator(".company")
    expect(company).to_contain_text("Компания-пример")
    tablet.tap("English")
    expect(tablet.heading).to_have_text(EN)
    expect(company).to_contain_text("Sample company: invented")
    assert page.evaluate("document.documentElement.lang") == "en"
    tablet.face(2)
    expect(page.get_by_role("button", name="Courtesy")).to_be_visible()
    tablet.tap("Courtesy")
    tablet.tap("Русский")
    expect(page.get_by_role("button", name="Вежливость")).to_have_attribute("aria-pressed", "true")
    tablet.tap("English")
    page.clock.run_for(7800)
    expect(tablet.heading).to_have_text(EN)
    page.clock.run_for(15_000)
    expect(tablet.heading).to_have_text(RU)
    assert {item["lang"] for item in tablet.line.items} == {"en"}


def test_outside_opening_hours_the_screen_is_quiet_and_still_answers(kiosk: MakeKiosk) -> None:
    tablet = kiosk("hall", place="night", clock="2027-03-02T18:50:00Z")
    page = tablet.page
    page.clock.pause_at("2027-03-02T18:58:30Z")  # 21:58:30 in Moscow
    page.clock.run_for(61_000)
    expect(page.locator("body.closed")).to_have_count(0)
    page.clock.run_for(61_000)
    expect(page.locator("body.closed")).to_have_count(1)
    expect(page.get_by_text("Сейчас закрыто")).to_be_visible()
    accessible_still(page)
    tablet.face(1)
    tablet.stored(1)


SIDES: list[Any] = [
    pytest.param("Русский", {"width": 800, "height": 1280}, None, id="ru-upright"),
    pytest.param("English", {"width": 1024, "height": 600}, "active", id="en-forced-colours", marks=pytest.mark.slow),
    pytest.param("English", {"width": 768, "height": 1024}, None, id="en-upright", marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("lang", "size", "forced"), SIDES)
def test_every_screen_is_accessible(kiosk: MakeKiosk, lang: str, size: Any, forced: Any) -> None:
    tablet = kiosk("checkout", "whole", "write", clock=True, pin="1234")
    page = tablet.page
    tablet.still()
    page.set_viewport_size(size)
    page.emulate_media(forced_colors=forced)
    if lang == "English":
        tablet.tap(lang)
    accessible_still(page)
    tablet.face(1)
    page.locator(".reasons button").first.tap()
    accessible_still(page)
    page.locator(".end button").tap()
    expect(page.locator(".tile")).to_have_count(11)
    accessible_still(page)
    tablet.face(9)
    expect(page.locator("body[data-view=thanks]")).to_have_count(1)
    page.clock.run_for(1100)
    expect(page.get_by_role("textbox")).to_be_visible()
    accessible_still(page)
    page.locator(".end button").first.tap()
    expect(page.locator("body[data-view=thanks]")).to_have_count(1)
    accessible_still(page)
    page.locator(".staff").tap()
    accessible_still(page)
    for digit in "1234":
        tablet.tap(digit)
    page.locator(".digits button").last.tap()
    expect(page.locator(".menu")).to_be_visible()
    accessible_still(page)
    page.locator(".menu button").nth(1).tap()
    expect(page.locator("body[data-view=left]")).to_have_count(1)
    accessible_still(page)
    page.locator(".menu button").first.tap()
    page.goto(f"{tablet.line.origin}/kiosk/pair#ABCD-EFGH")
    expect(page.get_by_role("textbox")).to_have_value("ABCD-EFGH")
    accessible_still(page)
