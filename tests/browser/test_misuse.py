"""The page of flags in a real browser: a manager counts a response again and leaves a training out, on any screen."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import TOP, Serve, answer
from managers import SECRET, hashed
from playwright.sync_api import Browser, expect
from screens import accessible

from otklik_collector.store import open_store


@pytest.mark.parametrize(("lang", "scheme", "width"), [("ru", "light", 320), ("en", "dark", 1280)])
def test_a_manager_has_the_last_word_about_flags(
    browser: Browser, serve: Serve, tmp_path: Path, lang: str, scheme: Any, width: int
) -> None:
    db = tmp_path / "otklik.db"
    with open_store(db, create=True) as store:
        store.people.add("Vera", hashed(SECRET), "manager", ["sadovaya"], time.time())
    collector = serve(db=db, journey=TOP / "content/journey.toml")
    sent = [answer("entrance", "smiley4", 3, place="sadovaya", website="x" * (number < 2)) for number in range(8)]
    assert collector.post(sent).status == 201
    settings: Any = {"locale": lang, "color_scheme": scheme, "viewport": {"width": width, "height": 700}}
    complaints: list[str] = []
    with browser.new_context(**settings) as context:
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if "status of 4" not in said.text else None)
        page.goto(f"{collector.url}/console/misuse?lang={lang}")
        page.locator("#name").fill("Vera")
        page.locator("#password").fill(SECRET)
        page.locator("main button").click()
        expect(page.locator("input[name=id]")).to_have_count(2)
        accessible(page)
        page.locator("input[name=id]").first.check()
        page.locator("#list button").click()
        expect(page.get_by_role("status")).to_be_visible()
        expect(page.locator("input[name=id]")).to_have_count(1)
        page.locator("a[href*='reason=honeypot']").click()
        expect(page.locator("button[name=all]")).to_be_visible()
        accessible(page)
        page.locator("#reason").fill("Our staff")
        now = datetime.now(UTC)
        page.locator("#since").fill(f"{now - timedelta(days=1):%Y-%m-%dT%H:%M}")
        page.locator("#until").fill(f"{now + timedelta(days=1):%Y-%m-%dT%H:%M}")
        page.locator("main form button").last.click()
        expect(page.locator("[aria-invalid]")).to_have_count(1)
        accessible(page)
        page.locator("#reason").fill("training")
        page.locator("main form button").last.click()
        expect(page.locator("input[name=id]")).to_have_count(8)
    assert complaints == []
