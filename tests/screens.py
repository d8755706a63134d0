"""What every screen must keep to, whoever reads it."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    small = "[...document.querySelectorAll('button, input, select, summary')].filter(one => one.type != 'hidden')"
    boxes = f"{small}.map(one => one.getBoundingClientRect()).filter(box => box.height && box.height < 22)"
    assert page.evaluate(boxes) == [], page.url
