"""A question that comes by itself: at its moment, beside the page, seldom, and easy to send away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.widget.shop import STRICT, visit_still
from playwright.sync_api import Page, expect

from otklik_widget.journey import Contact, Text

if TYPE_CHECKING:
    from browser.widget.shop import Shop
    from playwright.sync_api import BrowserContext, ConsoleMessage

TALL = "<div style='height: 3000px'>Goods</div><button id='buy'>Buy</button>"


def card(shop: Shop, settings: str = "view=corner", *, body: str = "<p>Goods</p>", lang: str = "en") -> str:
    """The address of a page with a card at the checkout."""
    return shop.page(f'{body}<script async src="/ask.js?point=checkout&{settings}"></script>', lang=lang)


def question(page: Page) -> list[str]:
    return page.locator("otklik-card form").all_inner_texts()


def offer_to_answer(shop: Shop) -> None:
    agree = Text({"ru": "Согласен, чтобы мне ответили", "en": "I agree to be answered"})
    shop.journey = replace(shop.journey, contact=Contact(agree, Text({"en": "https://shop.example/consent"})))


@pytest.mark.parametrize("view", ["corner", "strip"])
def test_a_card_comes_after_the_page_and_leaves_most_of_it_free(page: Page, shop: Shop, view: str) -> None:
    page.goto(card(shop, f"view={view}"))
    asked = page.get_by_role("form", name="How was the till?")
    expect(asked).to_be_visible()

    box, window = asked.bounding_box(), page.viewport_size
    assert box
    assert window
    assert box["y"] + box["height"] == window["height"]
    assert box["height"] <= window["height"] * 0.6
    assert page.evaluate("document.activeElement === document.body"), "it takes no focus"
    page.get_by_role("heading", name="Shop").click()


def test_a_card_is_answered_like_any_question(page: Page, shop: Shop) -> None:
    shop.policy = STRICT
    page.goto(card(shop, "view=corner&place=vokzal&key=k1"))
    page.get_by_role("radio", name="Bad", exact=True).check()
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("textbox", name="What influenced").fill("Slow")
    page.get_by_role("button", name="Send", exact=True).click()
    first, second = shop.wait_for(2)

    assert (first["point"], first["score"], first["place"], first["key"]) == ("checkout", 1, "vokzal", "k1")
    assert (second["rev"], second["comment"], second["id"]) == (2, "Slow", first["id"])
    assert shop.shown == [{"point": "checkout", "scale": "smiley5", "place": "vokzal", "key": "k1"}]


def test_a_closed_card_does_not_come_again_and_says_why_when_asked(page: Page, shop: Shop) -> None:
    said: list[str] = []
    page.goto(card(shop))
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("form")).to_have_count(0)
    assert shop.responses == []

    def listen(message: ConsoleMessage) -> None:
        said.append(message.text)

    page.on("console", listen)
    page.goto(card(shop) + "?second=1#otklik")
    page.wait_for_timeout(1500)
    assert question(page) == []
    assert any("again" in text for text in said)


def test_a_card_of_another_point_waits_a_week(page: Page, shop: Shop) -> None:
    page.goto(card(shop))
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Send", exact=True).click()
    shop.wait_for(1)
    other = shop.page('<script async src="/ask.js?point=delivery&view=corner"></script>', path="/other")
    page.goto(other)
    page.wait_for_timeout(1500)
    assert question(page) == []

    page.evaluate("for (const name of ['', 'checkout']) localStorage['otklik:' + name] -= 8 * 864e5")
    page.reload()
    expect(page.get_by_role("radio")).to_have_count(7)
    page.goto(card(shop))
    page.wait_for_timeout(1500)
    assert question(page) == [], "the checkout itself waits for 90 days"


def test_how_seldom_may_be_set(page: Page, shop: Shop) -> None:
    page.goto(card(shop, "again=1"))
    page.get_by_role("button", name="Close").click()
    page.evaluate("for (const name of ['', 'checkout']) localStorage['otklik:' + name] -= 2 * 864e5")
    page.goto(card(shop, "again=1") + "?again")

    expect(page.get_by_role("radio")).to_have_count(5)


@pytest.mark.parametrize(
    ("when", "deed"),
    [
        ("scroll 1", "scrollTo(0, 2000)"),
        ("click %23buy", "document.querySelector('#buy').click()"),
        ("bought", "document.dispatchEvent(new Event('bought'))"),
    ],
)
def test_a_card_waits_for_its_moment(page: Page, shop: Shop, when: str, deed: str) -> None:
    page.goto(card(shop, f"when={when}", body=TALL))
    page.wait_for_function("document.querySelector('otklik-card')")
    page.evaluate("scrollTo(0, 10); document.querySelector('h1').click(); dispatchEvent(new Event('other'))")
    page.wait_for_timeout(300)
    assert question(page) == []

    page.evaluate(deed)
    expect(page.get_by_role("radio")).to_have_count(5)
    page.evaluate(deed)
    expect(page.get_by_role("radio")).to_have_count(5)


def test_a_card_waits_so_many_seconds(page: Page, shop: Shop) -> None:
    visit_still(page, card(shop, "when=time 120"))
    page.clock.run_for(59_000)
    assert question(page) == []

    page.clock.run_for(62_000)
    expect(page.get_by_role("radio")).to_have_count(5)


@pytest.mark.parametrize(("url", "count"), [("/till", 1), ("/(cart|till)$", 1), ("/cart", 0), ("[", 0)])
def test_a_card_keeps_to_its_pages(page: Page, shop: Shop, url: str, count: int) -> None:
    page.goto(card(shop, f"view=corner&url={url}"))
    page.wait_for_timeout(1500)

    assert len(question(page)) == count


def test_a_share_of_visits_is_asked_and_the_response_says_which(page: Page, shop: Shop) -> None:
    page.add_init_script("Math.random = () => Number(location.search.slice(1))")
    page.goto(card(shop, "share=0.25") + "?0.26")
    page.wait_for_timeout(1500)
    assert question(page) == []

    page.goto(card(shop, "share=0.25") + "?0.24")
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Send", exact=True).click()
    assert shop.wait_for(1)[0]["rate"] == 0.25


def test_a_card_and_a_question_in_its_place_get_along(page: Page, shop: Shop) -> None:
    page.goto(
        shop.page(
            '<otklik-ask point="delivery" scale="nps"></otklik-ask><script async src="/ask.js"></script>'
            '<script async src="/ask.js?point=checkout&view=strip"></script>'
        )
    )

    expect(page.locator("otklik-card").get_by_role("radio")).to_have_count(5)
    expect(page.locator("otklik-ask").get_by_role("radio")).to_have_count(11)


def test_a_card_stays_usable_at_four_hundred_percent(page: Page, shop: Shop) -> None:
    page.set_viewport_size({"width": 320, "height": 256})
    page.goto(card(shop))
    asked = page.get_by_role("form")
    expect(asked).to_be_visible()
    box = asked.bounding_box()

    assert box
    assert box["height"] <= 256 * 0.6
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Close").click()
    expect(asked).to_be_hidden()


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize(("lang", "look"), [("ru", "light"), ("en", "dark")])
def test_axe_finds_nothing_in_a_card(page: Page, shop: Shop, width: int, lang: str, look: str) -> None:
    offer_to_answer(shop)
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(card(shop, lang=lang, body="<style>:root { color-scheme: light dark }</style>" if look == "dark" else ""))
    expect(page.get_by_role("form")).to_be_visible()
    before = Axe().run(page)
    page.get_by_role("radio").nth(1).check()
    page.get_by_role("button", name="Отправить" if lang == "ru" else "Send", exact=True).click()
    expect(page.get_by_role("textbox").first).to_be_visible()
    after = Axe().run(page)

    assert before.violations_count == 0, before.generate_report()
    assert after.violations_count == 0, after.generate_report()


def test_a_contact_is_kept_only_with_a_consent_of_its_own(context: BrowserContext, shop: Shop) -> None:
    page = context.new_page()
    offer_to_answer(shop)
    page.goto(shop.asking("message"))
    page.get_by_role("textbox", name="Complain").fill("Call me back")
    consent = page.get_by_role("checkbox", name="I agree to be answered")
    expect(consent).not_to_be_checked()
    expect(page.get_by_role("link")).to_have_attribute("href", "https://shop.example/consent")
    page.get_by_role("textbox", name="May we answer you?").fill("anna@shop.example")
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_timeout(300)
    assert shop.responses == [], "a contact without its consent is not sent"

    consent.check()
    page.get_by_role("button", name="Send", exact=True).click()
    (response,) = shop.wait_for(1)
    assert shop.journey.contact
    version = f"{shop.journey.contact.version} widget"
    assert response["contact"] == {"value": "anna@shop.example", "consent": version}


def test_who_leaves_no_contact_agrees_to_nothing(page: Page, shop: Shop) -> None:
    offer_to_answer(shop)
    page.goto(shop.asking("message"))
    page.get_by_role("textbox", name="Complain").fill("More tills")
    contact = page.get_by_role("textbox", name="May we answer you?")
    contact.fill("anna@shop.example")
    contact.fill("")
    page.get_by_role("button", name="Send", exact=True).click()

    assert "contact" not in shop.wait_for(1)[0]
