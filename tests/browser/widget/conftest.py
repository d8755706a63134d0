"""A real browser and a real server for the widget."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.quiet import quiet
from browser.widget.shop import Shop, open_shop
from playwright.sync_api import Browser, BrowserContext, Page

from otklik_widget.journey_file import read_journey

JOURNEY = """
[company]
name = "Three Porches"
languages = ["ru", "en"]
[[stage]]
key = "buy"
name = { ru = "Покупает", en = "Buys" }
[[stage.touchpoint]]
key = "checkout"
name = { ru = "Касса", en = "Checkout" }
ask = ["smiley5", "ces7"]
question = { ru = "Как вам касса?", en = "How was the till?" }
reasons = ["waiting", "courtesy"]
[[stage.touchpoint]]
key = "delivery"
name = { ru = "Доставка", en = "Delivery" }
ask = ["ces7"]
[reason.waiting]
ru = "Время ожидания"
en = "Waiting time"
[reason.courtesy]
ru = "Вежливость"
en = "Courtesy"
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    file = tmp_path / "journey.toml"
    file.write_text(JOURNEY, encoding="utf-8")
    server = open_shop(read_journey(file))
    yield server.shop
    server.shutdown()
    server.server_close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor's browser; nothing the widget does may end in its console."""
    with quiet(browser, viewport={"width": 390, "height": 700}, locale="en-GB") as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
