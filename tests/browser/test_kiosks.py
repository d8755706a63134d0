"""From the console to the tablet and back: a manager adds a kiosk, its code pairs a tablet, and its press is seen."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import Serve, until
from playwright.sync_api import Browser, Page, expect

SECRET = "кот спит на полке"


@pytest.mark.parametrize(
    ("lang", "scheme", "width"),
    [("ru", "light", 320), pytest.param("en", "dark", 1280, marks=pytest.mark.slow)],
)
def test_a_manager_makes_a_kiosk_and_sees_its_first_press(
    browser: Browser, serve: Serve, lang: str, scheme: Any, width: int
) -> None:
    collector = serve()
    assert collector.process.stderr
    collector.process.stderr.readline()
    settings: Any = {"locale": lang, "color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    with browser.new_context(**settings) as manager, browser.new_context(locale=lang, has_touch=True) as shop:
        page, tablet = manager.new_page(), shop.new_page()
        page.goto(collector.process.stderr.readline().strip())
        page.locator("#name").fill("Anna")
        for field in ("#password", "#again"):
            page.locator(field).fill(SECRET)
        page.locator("main button").click()
        page.goto(f"{collector.url}/console/kiosks?lang={lang}")
        accessible(page)
        page.locator("main a.button").click()
        page.locator("main form button").click()
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.locator("fieldset[aria-invalid]")).to_have_count(1)
        accessible(page)
        page.locator("#place").select_option("omsk")
        page.locator("#name").fill("У лифта")
        page.locator("input[value=till]").check()
        page.locator("#pin").fill("2580")
        page.locator("main form button").click()
        code = page.locator("code.code").inner_text()
        expect(page.locator("svg.qr")).to_be_visible()
        accessible(page)

        tablet.goto(f"{collector.url}/kiosk/pair#{code}")
        tablet.locator("main button").tap()
        expect(tablet.locator(".tile").first).to_be_visible(timeout=20_000)
        tablet.locator(".tile").first.tap()
        tablet.evaluate("dispatchEvent(new Event('online'))")
        kiosk = f"{collector.url}/console/kiosks/at/omsk-1?lang={lang}"
        until(lambda: page.goto(kiosk) and page.get_by_text(NEVER_CAME[lang]).count(), 20)
        for summary in page.locator("main summary").all():
            summary.click()
        accessible(page)
        page.locator("#to").select_option("centre")
        page.locator("button[value=move]").click()
        expect(page.get_by_role("status")).to_be_visible()
        page.locator("summary").last.click()
        page.locator("button[value=revoke]").click()
        page.goto(f"{collector.url}/console/kiosks?lang={lang}")
        expect(page.locator(".kiosks > li")).to_have_count(1)
        accessible(page)
        tablet.locator(".tile").first.tap()
        expect(tablet.locator(".tile").first).to_be_hidden(timeout=20_000)  # the tablet says that it was revoked


NEVER_CAME = {"en": "1; never came, in a week: 0", "ru": "1; не дошло за неделю: 0"}


def accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
