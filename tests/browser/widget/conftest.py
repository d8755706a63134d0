"""A real browser and a real server for the widget."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.widget.shop import Shop, open_shop
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

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
    """A visitor's browser: its storage begins empty, and nothing the widget does may end in its console."""
    context = browser.new_context(viewport={"width": 390, "height": 700}, locale="en-GB")
    context.set_default_timeout(8000)
    said: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # The browser itself notes a refused or broken request there; no page can prevent it.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            said.append(message.text)

    context.on("console", listen)
    context.on("weberror", lambda error: said.append(str(error.error)))
    yield context
    context.close()
    assert said == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
