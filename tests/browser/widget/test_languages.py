"""A language that the script does not hold: from an attribute, from the touchpoint's own script, from right to left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from otklik_widget import scales
from otklik_widget.journey import Journey
from otklik_widget.journey_file import read_journey

if TYPE_CHECKING:
    from browser.widget.shop import Shop

ARABIC = {
    "nps": {"question": "ما احتمال أن توصي بنا لصديق؟", "low": "غير محتمل", "high": "محتمل جدا"},
    "smiley3": {"question": "كيف كان الأمر؟", "options": ["سيئ", "عادي", "جيد"]},
}
SAID = {
    "send": "إرسال",
    "change": "تغيير",
    "thanks": "شكرا. تم قبول ردك.",
    "more": "ما الذي أثر في تقييمك؟",
    "close": "إغلاق",
}


JOURNEY = """
[company]
name = "Three Porches"
languages = ["en", "ar"]
[[stage]]
key = "buy"
name = "Buys"
[[stage.touchpoint]]
key = "delivery"
name = "Delivery"
"""


def arabic(folder: Path) -> Journey:
    """A shop that speaks English and, from a file of its own, Arabic."""
    english = scales.texts("en")
    texts = {**english, "scale": {**english["scale"], **ARABIC}, "widget": {**english["widget"], **SAID}}
    (folder / "texts").mkdir()
    (folder / "texts/ar.json").write_text(json.dumps(texts), encoding="utf-8")
    (folder / "arabic.toml").write_text(JOURNEY, encoding="utf-8")
    return read_journey(folder / "arabic.toml")


@pytest.mark.parametrize("how", ["element", "script", "card"])
@pytest.mark.parametrize("scale", ["nps", "smiley3"])
def test_a_third_language_asks_and_thanks(page: Page, shop: Shop, tmp_path: Path, scale: str, how: str) -> None:
    shop.journey = arabic(tmp_path)
    more = "&view=corner" if how == "card" else ""
    if how == "element":
        address = shop.asking(scale, lang="ar", point="delivery")
    else:
        address = shop.page(f'<script src="/ask.js?point=delivery&scale={scale}{more}"></script>', lang="ar")
    page.goto(address)
    expect(page.get_by_role("radio")).to_have_count(11 if scale == "nps" else 3)
    last = page.get_by_role("radio").last
    expect(last).to_have_accessible_name("10 – محتمل جدا" if scale == "nps" else "جيد")
    boxes = [radio.bounding_box() for radio in (page.get_by_role("radio").first, last)]
    assert boxes[0]
    assert boxes[1]
    assert boxes[0]["x"] > boxes[1]["x"], "the first stands on the right, though the page does not say so"
    last.check()
    page.get_by_role("button", name="إرسال", exact=True).click()
    expect(page.get_by_role("status")).to_have_text(SAID["thanks"])
    expect(page.get_by_role("textbox", name=SAID["more"])).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()

    assert shop.wait_for(1)[0]["lang"] == "ar"


def test_an_element_by_hand_may_bring_its_language(page: Page, shop: Shop) -> None:
    said = [
        "Не әсер етті?",
        "Нені жақсарту?",
        "Телефонсыз",
        "Жіберу",
        "Күтіңіз",
        "Өзгерту",
        "Рахмет",
        "Кейін",
        "Жоқ",
    ]
    texts = json.dumps({"kk": "#Нашар#Жақсы\n" + "#".join(said)}, ensure_ascii=False)
    attributes = f"scale='helpful' lang='kk' question='Пайдалы ма?' texts='{texts}'"
    page.goto(
        shop.page(
            f"<otklik-ask point='checkout' {attributes}></otklik-ask>"
            "<otklik-ask point='delivery' lang='ru'></otklik-ask><script src='/ask.js'></script>"
        )
    )
    kazakh = page.locator("otklik-ask").first
    kazakh.get_by_role("radio", name="Жақсы").check()
    kazakh.get_by_role("button", name="Жіберу", exact=True).click()
    expect(kazakh.get_by_role("status")).to_have_text("Рахмет")
    expect(page.locator("otklik-ask").last.get_by_role("radio", name="Отлично")).to_be_visible()

    assert (shop.wait_for(1)[0]["score"], shop.responses[0]["lang"]) == (1, "kk")


def test_a_question_says_which_language_it_speaks_on_a_page_of_another(page: Page, shop: Shop) -> None:
    page.goto(shop.page('<otklik-ask point="checkout"></otklik-ask><script src="/ask.js"></script>', lang="fr"))

    expect(page.locator("otklik-ask form")).to_have_attribute("lang", "en")
