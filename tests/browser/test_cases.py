"""Cases in a real browser: managers answer on any screen, customers follow on a phone, and everybody can read it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from conftest import TOP, Serve, answer
from managers import SECRET, hashed
from playwright.sync_api import Browser, expect
from screens import accessible

from otklik_collector.store import open_store

CONTACT = {"value": "+7 900 000-00-01", "consent": "reply-1"}


@pytest.mark.parametrize(("lang", "scheme", "width"), [("ru", "light", 320), ("en", "dark", 1280)])
def test_a_manager_answers_and_the_customer_reads_it(
    browser: Browser, serve: Serve, tmp_path: Path, lang: str, scheme: Any, width: int
) -> None:
    db = tmp_path / "otklik.db"
    with open_store(db, create=True) as store:
        store.people.add("Vera", hashed(SECRET), "admin", [], time.time())
    collector = serve(db=db, journey=TOP / "content/journey.toml")
    collector.post(answer("entrance", "smiley4", 0, place="sadovaya", comment="Скользко на входе", contact=CONTACT))
    settings: Any = {"locale": lang, "color_scheme": scheme, "viewport": {"width": width, "height": 700}}
    complaints: list[str] = []
    with browser.new_context(**settings) as context:
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if "status of 4" not in said.text else None)
        page.goto(f"{collector.url}/q/letters?lang={lang}")
        page.locator("textarea").fill("Никто не перезвонил")
        page.locator(".o-send").click()
        accessible(page)
        own = page.locator('a[href*="/c/"]').get_attribute("href")
        assert own
        page.goto(f"{own}?lang={lang}")
        accessible(page)

        page.goto(f"{collector.url}/console/cases?lang={lang}")
        page.locator("#name").fill("Vera")
        page.locator("#password").fill(SECRET)
        page.locator("main button").click()
        expect(page.locator(".cases li")).to_have_count(2)
        accessible(page)
        page.locator(".cases h2 a").first.click()
        for summary in page.locator("main summary").all():
            summary.click()
        accessible(page)
        page.locator("button[value=contact]").click()
        expect(page.locator(".contact")).to_have_text(CONTACT["value"])
        accessible(page)
        page.goto(f"{collector.url}/console/cases/2?lang={lang}")
        page.locator("#text-answer").fill("Мы перезвоним сегодня")
        page.locator("button[value=answer]").click()
        expect(page.get_by_role("status")).to_be_visible()
        accessible(page)
        page.goto(f"{collector.url}/console/cases/new?lang={lang}")
        page.locator("#text").fill("Час в очереди")
        page.locator("#contact").fill("8 900")
        page.locator("main form button").last.click()
        expect(page.locator("[aria-invalid]")).to_have_count(1)
        accessible(page)
        page.goto(f"{collector.url}/console/cases?state=gone&lang={lang}")
        accessible(page)

        page.goto(f"{own}?lang={lang}")
        expect(page.locator("blockquote")).to_have_text("Мы перезвоним сегодня")
        accessible(page)
        page.locator("button[value=no]").click()
        expect(page.locator("form")).to_have_count(0)
        accessible(page)
    assert complaints == []
