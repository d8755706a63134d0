"""A customer answers: by hand, from the keyboard, by waiting, by leaving."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from browser.widget.shop import visit_still
from playwright.sync_api import Page, expect

from otklik_widget.contract import FIELDS, uuid7_bytes
from otklik_widget.scales import SCALES, option_names

if TYPE_CHECKING:
    from browser.widget.shop import Shop
    from playwright.sync_api import BrowserContext, Locator


def send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()


def status(page: Page) -> Locator:
    return page.get_by_role("status")


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize("scale", [key for key in SCALES if key != "message"])
def test_every_score_of_every_scale_can_be_pressed(page: Page, shop: Shop, scale: str, lang: str) -> None:
    page.goto(shop.asking(scale, lang=lang))
    radios = page.get_by_role("radio")

    expect(radios).to_have_count(len(SCALES[scale].scores))
    for n, name in enumerate(option_names(scale, lang)):
        expect(radios.nth(n)).to_have_accessible_name(name.replace(" - ", " – "))
        expect(radios.nth(n)).to_have_value(str(SCALES[scale].scores[n]))
    radios.last.check()
    page.get_by_role("button", name="Отправить" if lang == "ru" else "Send", exact=True).click()

    (response,) = shop.wait_for(1)
    assert (response["scale"], response["score"], response["lang"]) == (scale, SCALES[scale].high, lang)


def test_the_worst_score_is_sent_too(page: Page, shop: Shop) -> None:
    page.goto(shop.asking("nps"))
    page.get_by_role("radio").first.check()
    send(page)

    assert shop.wait_for(1)[0]["score"] == 0


def test_a_response_says_what_the_contract_asks_for_and_nothing_empty(page: Page, shop: Shop) -> None:
    page.goto(shop.asking("ces7") + "?card=4111")
    page.get_by_role("radio").nth(5).check()
    send(page)
    (response,) = shop.wait_for(1)

    response.pop("reply")
    assert uuid7_bytes(str(response["id"]))
    assert abs(int(str(response["id"]).replace("-", "")[:12], 16) - response["at"]) < 10_000
    assert 0 <= response["sent"] - response["at"] < 10_000
    assert {key: value for key, value in response.items() if key not in ("id", "at", "sent")} == {
        "rev": 1,
        "point": "checkout",
        "scale": "ces7",
        "score": 6,
        "wording": shop.journey.wording("checkout", "ces7"),
        "lang": "en",
        "channel": "web",
        "page": "/till",
    }
    assert set(response) <= set(FIELDS)
    headers = next(headers for path, headers in shop.requests if path == "/responses")
    assert headers["Content-Type"].startswith("text/plain")
    assert "Cookie" not in headers


def test_what_the_page_knows_travels_along(page: Page, shop: Shop) -> None:
    attributes = 'place="vokzal" segment="host" customer="c-7" key="k1" wording="00c0ffee"'
    page.goto(
        shop.page(f'<otklik-ask point="checkout" kind="nps" {attributes}></otklik-ask><script src="/ask.js"></script>')
    )
    page.get_by_role("radio").nth(3).check()
    send(page)
    (response,) = shop.wait_for(1)

    assert {name: response[name] for name in ("scale", "place", "segment", "customer", "key", "wording")} == {
        "scale": "nps", "place": "vokzal", "segment": "host", "customer": "c-7", "key": "k1", "wording": "00c0ffee",
    }  # fmt: skip
    assert shop.shown == [{"point": "checkout", "scale": "nps", "place": "vokzal", "key": "k1"}]


def test_the_comment_is_a_revision_of_the_same_response(page: Page, shop: Shop) -> None:
    page.goto(shop.asking("smiley5"))
    page.get_by_role("radio", name="Bad", exact=True).check()
    send(page)
    expect(status(page)).to_have_text("Thank you. Your response is accepted.")
    expect(status(page)).to_be_focused()
    page.get_by_role("checkbox", name="Waiting time").check()
    page.get_by_role("textbox").fill("Two tills were shut")
    send(page)
    first, second = shop.wait_for(2)

    assert (first["rev"], second["rev"]) == (1, 2)
    assert (first["id"], first["score"], first["at"]) == (second["id"], second["score"], second["at"])
    assert "reasons" not in first
    assert (second["reasons"], second["comment"]) == (["waiting"], "Two tills were shut")
    expect(page.get_by_role("radio")).to_have_count(0)
    expect(status(page)).to_be_focused()
    expect(status(page)).to_have_text("Thank you. Your response is accepted.")


def test_a_keyboard_is_enough_and_its_arrows_send_nothing(page: Page, shop: Shop) -> None:
    visit_still(page, shop.asking("nps"))
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    page.clock.run_for(2000)

    assert shop.responses == []
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Change")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert shop.wait_for(1)[0]["score"] == 7
    expect(status(page)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("checkbox").first).to_be_focused()


def test_enter_without_a_choice_sends_nothing(page: Page, shop: Shop) -> None:
    page.goto(shop.asking("ces7"))
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")

    assert shop.wait_for(1)[0]["score"] == 2


def test_resting_sends_and_says_so_before(page: Page, shop: Shop) -> None:
    visit_still(page, shop.asking("ces7"))
    radio = page.get_by_role("radio").nth(4)
    radio.focus()
    page.keyboard.press("Space")
    expect(status(page)).to_have_text("Sending…")
    page.clock.run_for(2400)
    assert shop.responses == []

    page.clock.run_for(200)
    assert shop.wait_for(1)[0]["score"] == 5
    # Somebody who is still choosing keeps the keyboard where it is, and a new choice replaces the old one.
    expect(radio).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.clock.run_for(2600)
    first, second = shop.wait_for(2)
    assert (second["id"], second["rev"], second["score"]) == (first["id"], 2, 6)


def test_change_gives_all_the_time_somebody_needs(page: Page, shop: Shop) -> None:
    visit_still(page, shop.asking("ces7"))
    page.get_by_role("radio").nth(4).check()
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_role("radio").nth(4)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.clock.run_for(60_000)
    assert shop.responses == []

    send(page)
    assert shop.wait_for(1)[0]["score"] == 4


def test_leaving_the_page_sends_the_score_that_was_chosen(page: Page, shop: Shop) -> None:
    elsewhere = shop.page("<p>Elsewhere</p>", path="/elsewhere")
    page.goto(shop.asking("nps"))
    page.get_by_role("radio").nth(9).check()
    page.goto(elsewhere)

    assert shop.wait_for(1)[0]["score"] == 9


def test_a_page_of_one_document_that_takes_the_question_away_loses_no_score(page: Page, shop: Shop) -> None:
    page.goto(shop.asking("nps"))
    page.get_by_role("radio").nth(2).check()
    page.evaluate("const ask = document.querySelector('otklik-ask'); ask.remove(); document.body.append(ask)")

    assert shop.wait_for(1)[0]["score"] == 2
    expect(page.get_by_role("radio").nth(2)).to_be_checked()


def test_a_comment_that_is_being_written_is_never_sent_unasked(page: Page, shop: Shop) -> None:
    page.goto(shop.asking("nps"))
    page.get_by_role("radio").nth(2).check()
    send(page)
    page.get_by_role("textbox").fill("I am not sure whether to say th")
    page.get_by_role("radio").nth(3).check()
    page.goto(shop.page("<p>Elsewhere</p>", path="/elsewhere"))

    assert "comment" not in shop.wait_for(2)[1]


def test_a_complaint_needs_words_and_no_score(page: Page, shop: Shop) -> None:
    page.goto(shop.asking("message", lang="ru"))
    button = page.get_by_role("button", name="Отправить", exact=True)
    button.click()
    expect(page.get_by_role("textbox")).to_be_focused()
    page.get_by_role("textbox").fill("Верните старую кассу")
    button.click()
    (response,) = shop.wait_for(1)

    assert "score" not in response
    assert response["comment"] == "Верните старую кассу"
    expect(status(page)).to_have_text("Спасибо. Ваш ответ принят.")


def test_the_page_hears_of_a_response_once_and_of_its_end(page: Page, shop: Shop) -> None:
    page.goto(shop.asking("nps"))
    page.evaluate("""heard = []; for (const name of ["otklik-response", "otklik-close"])
        document.addEventListener(name, (event) => heard.push([name, event.detail]))""")
    page.get_by_role("radio").nth(8).check()
    send(page)
    shop.wait_for(1)
    page.get_by_role("textbox").fill("Fine")
    send(page)
    shop.wait_for(2)

    heard = [(name, detail["point"], detail["scale"], detail["score"]) for name, detail in page.evaluate("heard")]
    assert heard == [("otklik-response", "checkout", "nps", 8), ("otklik-close", "checkout", "nps", 8)]


def test_a_finger_is_enough(context: BrowserContext, shop: Shop) -> None:
    browser = context.browser
    assert browser
    phone = browser.new_context(has_touch=True, viewport={"width": 320, "height": 640})
    page = phone.new_page()
    page.goto(shop.asking("nps"))
    page.get_by_role("radio").nth(10).tap()
    page.get_by_role("button", name="Send", exact=True).tap()

    assert shop.wait_for(1)[0]["score"] == 10
    phone.close()


def test_a_question_is_counted_once_when_it_comes_into_sight(page: Page, shop: Shop) -> None:
    asked = shop.asking("nps")
    shop.pages["/till"] = shop.pages["/till"].replace("<h1>", "<h1 style='margin-bottom:2000px'>")
    page.goto(asked)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert shop.shown == []

    with page.expect_response(re.compile("/shown$")):
        page.get_by_role("radio").first.scroll_into_view_if_needed()
    page.mouse.wheel(0, -2000)
    page.mouse.wheel(0, 2000)
    assert shop.shown == [{"point": "checkout", "scale": "nps"}]
