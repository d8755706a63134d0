"""The page as a browser shows it: readable for everybody, on a phone, in the dark, and on one sheet of paper."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from otklik_collector.map.page import render_html, stylesheet
from otklik_collector.map.picture import render_svg
from otklik_collector.map.problem_map import Filters, problem_map
from otklik_collector.map.series import SeriesCounts
from otklik_widget.journey import Journey
from otklik_widget.journey_file import read_journey
from otklik_widget.scales import SCALES

from .conftest import APRIL, MAY, counted

POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'"
CONTENT = Path(__file__).resolve().parents[3] / "content"
ORIGIN = "https://console.example"


def opened(
    browser: Browser,
    journey: Journey,
    series: list[SeriesCounts],
    lang: str,
    width: int = 1366,
    scheme: Literal["light", "dark"] = "light",
) -> tuple[Page, list[str]]:
    """The console's page under its own content policy, and everything the browser complained of."""
    found = problem_map(journey, series, MAY, APRIL, Filters(), lang, 0.08)
    html = render_html(found, journey, lang, standalone=False)
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    page.route(
        "**/*",
        lambda route: route.fulfill(
            status=200,
            body=stylesheet() if route.request.url.endswith(".css") else html,
            content_type="text/css" if route.request.url.endswith(".css") else "text/html; charset=utf-8",
            headers={"content-security-policy": POLICY},
        ),
    )
    page.goto(f"{ORIGIN}/console/map")
    return page, complaints


@pytest.mark.parametrize(
    ("lang", "width", "scheme"),
    [("ru", 1366, "light"), ("ru", 320, "dark"), ("en", 390, "light"), ("en", 1366, "dark"), ("ru", 1800, "light")],
)
def test_everybody_can_read_the_map(
    browser: Browser, journey: Journey, may: list[SeriesCounts], lang: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    page, complaints = opened(browser, journey, [*may, counted("kiosk-3", "csat5", {1: 9})], lang, width, scheme)

    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    page.close()


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_everybody_can_read_the_map_before_there_is_data(browser: Browser, journey: Journey, lang: str) -> None:
    page, complaints = opened(browser, journey, [], lang, 390)

    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    page.close()


def test_a_map_of_eighteen_touchpoints_prints_on_one_sheet_of_a4(browser: Browser) -> None:
    journey = read_journey(CONTENT / "journey.toml")
    asked = [
        (one.key, one.main, SCALES[one.main].worst_first)
        for one in journey.touchpoints.values()
        if SCALES[one.main].kind
    ]
    series = [counted(key, scale, {scores[0]: 30, scores[-1]: 270}, flagged=60) for key, scale, scores in asked]
    page, _complaints = opened(browser, journey, series, "ru")
    printed = page.pdf(prefer_css_page_size=True)
    page.close()

    assert len(series) >= 18
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1
    size = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", printed)
    assert size is not None
    assert [round(float(edge)) for edge in size.groups()] == [842, 595]


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_words_stay_inside_their_cards_in_the_picture(
    browser: Browser, journey: Journey, may: list[SeriesCounts], lang: str
) -> None:
    page = browser.new_page()
    page.set_content(render_svg(problem_map(journey, may, MAY, APRIL, Filters(), lang), journey, lang))
    overflowing = page.evaluate(
        """() => [...document.querySelectorAll('svg > g[transform]')].flatMap(card => {
            const edge = card.querySelector('rect').getBoundingClientRect()
            return [...card.querySelectorAll('text')].filter(text => {
                const words = text.getBoundingClientRect()
                return words.right > edge.right || words.bottom > edge.bottom
            }).map(text => text.textContent)
        })"""
    )
    page.close()

    assert overflowing == []
