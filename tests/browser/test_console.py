"""The console in a real browser: everybody can sign in, look after people, and read every page."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import Serve, answer
from playwright.sync_api import Browser, Page, expect

SECRET = "кот спит на полке"


@pytest.mark.parametrize(("lang", "scheme", "width"), [("ru", "light", 320), ("en", "dark", 1280)])
def test_everybody_can_sign_in_and_look_after_people(
    browser: Browser, serve: Serve, lang: str, scheme: Any, width: int
) -> None:
    collector = serve()
    assert collector.process.stderr
    collector.process.stderr.readline()
    link = collector.process.stderr.readline().strip()
    for number in range(40):
        sent = answer(score=number % 5, reasons=["waiting"], comment="Stood there for ages", place="centre")
        assert collector.post(sent).status == 201
    complaints: list[str] = []
    settings: Any = {"locale": lang, "color_scheme": scheme, "viewport": {"width": width, "height": 700}}
    with browser.new_context(**settings, java_script_enabled=True) as context:
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if "status of 4" not in said.text else None)
        page.goto(link)
        accessible(page)
        page.locator("#name").fill("Anna")
        choose_password(page, "short")
        expect(page.locator("[aria-invalid]")).to_have_count(1)
        accessible(page)
        choose_password(page, SECRET)
        expect(page).to_have_url(f"{collector.url}/console/map?lang={lang}")
        accessible(page)

        open_menu(page)
        page.locator('.who a[href^="/console/people"]').click()
        add = page.locator("form[aria-labelledby=add]")
        add.locator("#name").fill("Vera")
        add.get_by_role("checkbox").first.check()
        add.get_by_role("button").click()
        handed = page.locator("code").inner_text()
        accessible(page)
        page.goto(f"{collector.url}/console/people")
        for summary in page.locator("main summary").all():
            summary.click()
        accessible(page)
        for path in ("account", "audit", "nothing", "links", "links/till?place=centre", "enter", "settings",
                     "alarms", "digest", "account/mail", "map?place=nowhere", "map?numbers=1", "touchpoint/till",
                     "touchpoint/write", "comments", "comments?touchpoint=till&words=ages",
                     "comments?words=nowhere",
                     "compare", "compare?a_place=centre&b_place=omsk", "compare?a_channel=web", "changes", "export",
                     "sheet", "reports", "kiosks"):  # fmt: skip
            page.goto(f"{collector.url}/console/{path}")
            for summary in page.locator("main summary").all():
                summary.click()
            accessible(page)
        page.goto(f"{collector.url}/console/account")
        open_menu(page)
        page.locator(".who button").click()
        expect(page).to_have_url(f"{collector.url}/console/sign-in?lang={lang}")

    with browser.new_context(**settings, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(handed)
        choose_password(page, SECRET)
        expect(page).to_have_url(f"{collector.url}/console/map?lang={lang}")
        page.goto(f"{collector.url}/console/people")
        expect(page.locator("h1")).to_be_visible()
        assert page.locator("html").get_attribute("lang") == lang

    with browser.new_context(**settings) as context:
        page = context.new_page()
        page.goto(f"{collector.url}/console/map")
        page.locator("#name").fill("Anna")
        page.locator("#password").fill("wrong")
        page.locator("main button").click()
        expect(page.get_by_role("alert")).to_be_visible()
        accessible(page)
        page.locator("#password").fill(SECRET)
        page.locator("main button").click()
        expect(page).to_have_url(f"{collector.url}/console/map?lang={lang}")
    assert complaints == []


def open_menu(page: Page) -> None:
    """On a phone the ways are folded up; elsewhere they stand open."""
    if (menu := page.locator(".who > summary")).is_visible():
        menu.click()


def choose_password(page: Page, password: str) -> None:
    page.locator("#password").fill(password)
    page.locator("#again").fill(password)
    page.locator("main button").click()


def accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    small = "[...document.querySelectorAll('button, input, select, summary')].filter(one => one.type != 'hidden')"
    if not page.url.split("?")[0].endswith("/map"):
        boxes = f"{small}.map(one => one.getBoundingClientRect()).filter(box => box.height && box.height < 22)"
        assert page.evaluate(boxes) == [], page.url
