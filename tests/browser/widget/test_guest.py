"""A guest on other people's pages: placed by its address, under strict rules, hostile styles, and twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser.widget.shop import STRICT, open_shop
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from browser.widget.shop import Shop
    from playwright.sync_api import Browser


def names(page: Page) -> set[str]:
    return set(page.evaluate("Object.getOwnPropertyNames(window)"))


@pytest.mark.parametrize("scale", ["nps", "smiley5", "message"])
def test_the_strictest_policy_is_kept(page: Page, shop: Shop, scale: str) -> None:
    shop.policy = STRICT
    page.add_init_script(
        "broken = []; addEventListener('securitypolicyviolation', (e) => broken.push(e.violatedDirective))"
    )
    page.goto(shop.asking(scale))
    if scale == "message":
        page.get_by_role("textbox").fill("More tills")
    else:
        page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("accepted")

    assert page.evaluate("broken") == []
    assert len(shop.wait_for(1)) == 1


def test_the_page_gets_no_new_name(page: Page, shop: Shop) -> None:
    page.goto(shop.page("<p>Empty</p>", path="/empty"))
    before = names(page)
    page.goto(shop.asking("nps"))
    expect(page.get_by_role("radio").first).to_be_visible()

    assert names(page) - before == set()


@pytest.mark.parametrize("address", ["/ask.js?point=delivery", "/ask.js?point=delivery&kind=nps&lang=ru&key=k1"])
def test_a_script_alone_places_its_question_where_it_stands(page: Page, shop: Shop, address: str) -> None:
    page.goto(shop.page(f'<div id="here"><script async src="{address}"></script></div><p>Below</p>'))
    plain = "kind" not in address
    question = "How easy was it to get this done?" if plain else "Насколько вероятно, что вы порекомендуете нас"
    expect(page.locator("#here > script + otklik-ask").get_by_role("group").first).to_contain_text(question)
    page.get_by_role("radio").last.check()
    page.get_by_role("button", name="Send" if plain else "Отправить", exact=True).click()
    (response,) = shop.wait_for(1)

    scale = "ces7" if plain else "nps"
    assert (response["point"], response["scale"], response.get("key")) == ("delivery", scale, None if plain else "k1")
    assert response["wording"] == shop.journey.wording("delivery", scale)


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_a_configured_script_brings_question_and_reasons_in_the_pages_language(
    page: Page, shop: Shop, lang: str
) -> None:
    page.goto(shop.page('<script src="/ask.js?point=checkout"></script>', lang=lang))
    question, reason = ("Как вам касса?", "Вежливость") if lang == "ru" else ("How was the till?", "Courtesy")

    expect(page.get_by_role("group", name=question)).to_be_visible()
    page.get_by_role("radio").first.check()
    page.get_by_role("button").last.click()
    expect(page.get_by_role("checkbox", name=reason)).to_be_visible()


def test_a_tag_manager_gets_its_question_at_the_end_of_the_page(page: Page, shop: Shop) -> None:
    page.goto(shop.page("<p>Text</p>"))
    page.evaluate("""const tag = document.createElement("script");
        tag.src = "/ask.js?point=checkout"; document.head.append(tag); tag.remove()""")

    expect(page.locator("body > otklik-ask:last-child").get_by_role("radio")).to_have_count(5)


def test_a_script_in_the_head_waits_for_the_page(page: Page, shop: Shop) -> None:
    page.goto(shop.page("<p>Text</p>", head='<script src="/ask.js?point=checkout"></script>'))

    expect(page.locator("body > otklik-ask:last-child").get_by_role("radio")).to_have_count(5)


def test_loaded_twice_it_asks_once(page: Page, shop: Shop) -> None:
    tag = '<script src="/ask.js?point=checkout"></script>'
    page.goto(shop.page(tag + tag))
    expect(page.locator("otklik-ask")).to_have_count(1)
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("accepted")

    assert len(shop.responses) == 1
    assert len(shop.shown) == 1


def test_two_scripts_of_two_points_ask_both(page: Page, shop: Shop) -> None:
    tags = (f'<script src="/ask.js?point={point}"></script>' for point in ("checkout", "delivery"))
    page.goto(shop.page("".join(tags)))

    expect(page.get_by_role("radio")).to_have_count(5 + 7)


def test_an_element_of_the_page_takes_the_scripts_texts(page: Page, shop: Shop) -> None:
    ask = '<otklik-ask point="delivery"></otklik-ask>'
    page.goto(shop.page(f'<p>Before</p>{ask}<p>After</p><script src="/ask.js?point=delivery"></script>'))

    expect(page.locator("otklik-ask")).to_have_count(1)
    expect(page.locator("p + otklik-ask").get_by_role("radio")).to_have_count(7)


def test_a_script_of_another_origin_sends_to_its_own(page: Page, shop: Shop) -> None:
    other = open_shop(shop.journey)
    try:
        page.goto(shop.page(f'<script src="{other.shop.origin}/ask.js?point=checkout&key=k1"></script>'))
        page.get_by_role("radio").first.check()
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.get_by_role("status")).to_contain_text("accepted")

        assert other.shop.wait_for(1)[0]["key"] == "k1"
        assert shop.responses == []
        # A preflight would be one more journey for every response.
        assert [path for path, _ in other.shop.requests if path == "/responses"] == ["/responses"]
    finally:
        other.shutdown()
        other.server_close()


@pytest.mark.parametrize("attributes", ['point="checkout" scale="npss"', 'point="checkout" reasons="{"', 'scale="nps"'])
def test_what_can_not_be_asked_leaves_the_plain_form_in_sight(page: Page, shop: Shop, attributes: str) -> None:
    page.goto(
        shop.page(
            f'<otklik-ask {attributes}><form><button>Plain</button></form></otklik-ask><script src="/ask.js"></script>'
        )
    )

    expect(page.get_by_role("button", name="Plain")).to_be_visible()


def test_a_browser_that_is_too_old_shows_the_plain_form_and_no_error(page: Page, shop: Shop) -> None:
    page.add_init_script("CSSStyleSheet = function () { throw new TypeError('Illegal constructor') }")
    page.goto(shop.asking("smiley5"))

    expect(page.locator("otklik-ask > form").get_by_role("radio")).to_have_count(5)


def test_without_scripts_there_is_the_plain_form(browser: Browser, shop: Shop) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(shop.asking("smiley5"))

    expect(page.get_by_role("radio")).to_have_count(5)
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    context.close()


def test_a_hostile_style_sheet_breaks_nothing(page: Page, shop: Shop) -> None:
    hostile = "<style>* { all: unset !important } input, label { display: none !important }</style>"
    page.goto(shop.asking("nps", head=hostile))
    boxes = [radio.bounding_box() for radio in page.get_by_role("radio").all()]

    assert len(boxes) == 11
    assert all(box and box["width"] >= 24 and box["height"] >= 44 for box in boxes)
    assert len({box["y"] for box in boxes if box}) == 1
    page.get_by_role("radio").nth(4).click()
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()


@pytest.mark.parametrize(("width", "rows"), [(288, [11]), (360, [11]), (280, [6, 5])])
def test_eleven_scores_stand_in_one_row_until_fingers_would_miss(
    page: Page, shop: Shop, width: int, rows: list[int]
) -> None:
    page.goto(shop.asking("nps", head=f"<style>main {{ width: {width}px }}</style>"))
    expect(page.get_by_role("radio")).to_have_count(11)
    boxes = [box for radio in page.get_by_role("radio").all() if (box := radio.bounding_box())]
    tops = sorted({box["y"] for box in boxes})

    assert [sum(box["y"] == top for box in boxes) for top in tops] == rows
    assert all(box["width"] >= 24 and box["height"] >= 44 for box in boxes)


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize("width", [320, 390, 900])
def test_all_faces_are_equal_targets(page: Page, shop: Shop, lang: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(shop.asking("smiley5", lang=lang))
    expect(page.get_by_role("radio")).to_have_count(5)
    boxes = [box for radio in page.get_by_role("radio").all() if (box := radio.bounding_box())]

    for side in ("width", "height"):
        assert max(box[side] for box in boxes) - min(box[side] for box in boxes) < 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_is_not_printed(page: Page, shop: Shop) -> None:
    page.goto(shop.asking("nps"))
    expect(page.get_by_role("radio")).to_have_count(11)
    page.emulate_media(media="print")

    expect(page.get_by_role("radio")).to_have_count(0)


def test_a_row_of_boxes_does_not_squeeze_it_away(page: Page, shop: Shop) -> None:
    page.goto(shop.asking("nps", head="<style>main { display: flex; flex-wrap: wrap }</style>"))
    expect(page.get_by_role("radio")).to_have_count(11)

    box = page.locator("otklik-ask").bounding_box()
    assert box
    assert box["width"] >= 200


FRAMED = (
    '<iframe {} srcdoc="<!doctype html><html lang=en><title>Framed</title>'
    "<script src='ORIGIN/ask.js?point=checkout&amp;key=k1'></script>\"></iframe>"
)


@pytest.mark.parametrize("sandbox", ["", 'sandbox="allow-scripts allow-forms"'])
def test_in_a_frame_it_asks_and_sends_even_from_a_sandbox(page: Page, shop: Shop, sandbox: str) -> None:
    page.goto(shop.page(FRAMED.format(sandbox).replace("ORIGIN", shop.origin)))
    frame = page.frame_locator("iframe")
    frame.get_by_role("radio").first.check()
    frame.get_by_role("button", name="Send", exact=True).click()
    expect(frame.get_by_role("status")).to_contain_text("accepted")

    assert shop.wait_for(1)[0]["key"] == "k1"
    headers = next(headers for path, headers in shop.requests if path == "/responses")
    assert headers["Origin"] == ("null" if sandbox else shop.origin)


def test_a_page_of_one_document_may_go_and_come_back(page: Page, shop: Shop) -> None:
    page.goto(shop.page('<script src="/ask.js"></script>'))
    for place, score in (("one", 1), ("two", 2)):
        page.evaluate(
            """(place) => { history.pushState({}, "", "/" + place); document.querySelector("otklik-ask")?.remove();
            const ask = document.createElement("otklik-ask");
            ask.setAttribute("point", "checkout"); ask.setAttribute("scale", "nps");
            document.querySelector("main").append(ask) }""",
            place,
        )
        page.get_by_role("radio").nth(score).check()
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.get_by_role("status")).to_contain_text("accepted")
    page.go_back()

    assert [(one["page"], one["score"]) for one in shop.wait_for(2)] == [("/one", 1), ("/two", 2)]


HOSTILE = """
* { all: revert !important; position: absolute !important; font-size: 0 !important; opacity: .01 !important }
otklik-ask::part(option) { color: inherit }
html { line-height: 0; letter-spacing: 2em; text-transform: uppercase; direction: ltr; visibility: visible }
button, input { pointer-events: none !important; display: none !important }
"""


def test_a_policy_of_trusted_types_with_a_default_that_throws_is_no_matter(page: Page, shop: Shop) -> None:
    shop.policy = "require-trusted-types-for 'script'; trusted-types default"
    shop.files["/default.js"] = (
        "const no = () => { throw new TypeError('no') };"
        "trustedTypes.createPolicy('default', {createHTML: no, createScript: no, createScriptURL: no})"
    )
    page.goto(shop.asking("smiley5", head='<script src="/default.js"></script>'))
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("accepted")


def test_styles_that_hide_every_input_of_the_page_do_not_reach_the_question(page: Page, shop: Shop) -> None:
    page.goto(shop.asking("ces7", head=f"<style>{HOSTILE}</style>"))
    radio = page.get_by_role("radio").nth(3)
    radio.dispatch_event("click")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()
    assert radio.evaluate("(one) => getComputedStyle(one).pointerEvents") == "auto"
    assert radio.evaluate("(one) => getComputedStyle(one).display") != "none"
