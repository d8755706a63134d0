"""The whole way: a customer answers in a real browser, and the manager's map counts it, once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import Collector, Otklik, Serve
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response, Route, expect

from otklik_widget.scales import SCALES

STRICT = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self';"
    " require-trusted-types-for 'script'; trusted-types 'none'"
)
PHONE: dict[str, Any] = {"has_touch": True, "is_mobile": True, "viewport": {"width": 390, "height": 800}}
RETURNS = "/en/returns/"
Counts = dict[str, int]


@pytest.fixture
def collector(serve: Serve, public: Path, demo_journey: Path) -> Collector:
    """The demo company's collector and site on one origin; nobody has answered yet."""
    return serve("--site", public, journey=demo_journey)


@pytest.fixture
def counted(otklik: Otklik, collector: Collector) -> Callable[..., Counts]:
    """How often each score was given at a touchpoint, as `otklik map` counts it."""

    def count(touchpoint: str = "returns", scale: str = "ces7") -> Counts:
        ran = otklik("map", "--format", "json", "--db", collector.db, "--journey", collector.journey)
        assert ran.status == 0, ran.err
        (row,) = [one for one in ran.json()["series"] if (one["touchpoint"], one["scale"]) == (touchpoint, scale)]
        counts: Counts = {score: n for score, n in row["counts"].items() if n}
        assert row["responses"] + row["flagged"] == sum(counts.values())
        return counts

    return count


@contextmanager
def visitor(browser: Browser, **settings: Any) -> Iterator[tuple[Page, list[str]]]:
    """Somebody's browser, and everything it complains of."""
    with browser.new_context(**{"locale": "en", **settings}) as context:
        yield from _opened(context)


def _opened(context: BrowserContext) -> Iterator[tuple[Page, list[str]]]:
    page = context.new_page()
    complaints: list[str] = []

    def complain(message: ConsoleMessage) -> None:
        # The browser asks for it by itself where a page names no icon.
        if not message.location["url"].endswith("/favicon.ico"):
            complaints.append(f"{page.url}: {message.text}")

    page.on("console", complain)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    yield page, complaints
    assert context.cookies() == []


def is_stored(response: Response) -> bool:
    return response.url.endswith("/responses") and response.status == 201


def question(page: Page, touchpoint: str = "returns") -> Locator:
    return page.locator(f'otklik-ask[point="{touchpoint}"]')


def choose(page: Page, score: int) -> None:
    """Chooses a score in the plain form, where the tile is the radio button."""
    page.locator(f'input[name=score][value="{score}"]').check()


def test_an_answer_given_with_the_keyboard_alone_is_on_the_map(
    browser: Browser, collector: Collector, counted: Callable[..., Counts]
) -> None:
    with visitor(browser) as (page, complaints):
        page.goto(collector.url + RETURNS)
        expect(question(page).get_by_role("radio").first).to_be_visible()
        tab_to(page, "INPUT")
        for key in ("Space", "ArrowRight", "ArrowRight"):
            page.keyboard.press(key)
        tab_to(page, "BUTTON", "Send")
        with page.expect_response(is_stored):
            page.keyboard.press("Enter")
        expect(question(page).get_by_role("status")).to_have_text("Thank you. Your response is accepted.")

        page.goto(f"{collector.url}/console/map?lang=en")
        card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Returns and exchange"))
        expect(card).to_contain_text("1 of 30 responses")
    assert complaints == []
    assert counted() == {"3": 1}


def tab_to(page: Page, tag: str, text: str = "") -> None:
    """Presses Tab until the question at the returns desk holds the focus in such an element."""
    held = """([tag, text]) => {
        const host = document.activeElement, held = host.shadowRoot?.activeElement
        return host.getAttribute('point') == 'returns' && held?.tagName == tag && held.textContent.includes(text)
    }"""
    for _press in range(60):
        if page.evaluate(held, [tag, text]):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {tag} {text}")


def test_a_score_touched_counts_at_once_and_a_comment_is_its_second_revision(
    browser: Browser, collector: Collector, counted: Callable[..., Counts]
) -> None:
    with visitor(browser, **PHONE) as (page, complaints):
        page.goto(collector.url + RETURNS)
        asked = question(page)
        with page.expect_response(is_stored) as first:
            asked.get_by_role("radio", name="2").tap(force=True)
        assert counted() == {"2": 1}
        comment = asked.get_by_role("textbox", name="What influenced")
        comment.tap()
        comment.fill("Три бумаги ради одной кружки")
        with page.expect_response(is_stored) as second:
            asked.get_by_role("button", name="Send").tap()

    sent: list[Any] = [one.value.request.post_data_json for one in (first, second)]
    assert complaints == []
    assert [one["rev"] for one in sent] == [1, 2]
    assert sent[0]["id"] == sent[1]["id"]
    assert counted() == {"2": 1}
    assert comments(collector) == ["Три бумаги ради одной кружки"]


def comments(collector: Collector) -> list[str]:
    with closing(sqlite3.connect(f"file:{collector.db}?mode=ro", uri=True)) as db:
        return [text for (text,) in db.execute("SELECT text FROM comment")]


def test_without_scripts_the_form_in_the_page_counts_once_and_the_answer_can_be_changed(
    browser: Browser, collector: Collector, counted: Callable[..., Counts]
) -> None:
    with visitor(browser, java_script_enabled=False) as (page, complaints):
        statuses: list[int] = []
        page.on("response", lambda reply: statuses.append(reply.status) if reply.request.method == "POST" else None)
        page.goto(collector.url + RETURNS)
        asked = question(page)
        asked.get_by_label("2", exact=True).check()
        asked.get_by_label("Refund time").check()
        asked.get_by_role("button", name="Send").click()
        assert urlsplit(page.url).path == "/q/returns/thanks"
        expect(page.get_by_role("heading")).to_have_text("Thank you. Your answer is counted.")
        page.reload()
        assert counted() == {"2": 1}

        page.get_by_role("link", name="Change the answer").click()
        expect(page.get_by_label("2", exact=True)).to_be_checked()
        expect(page.get_by_label("Refund time")).to_be_checked()
        choose(page, 6)
        page.get_by_role("button", name="Send").click()
        assert statuses == [303, 303]
    assert complaints == []
    assert counted() == {"6": 1}


@pytest.mark.parametrize(
    ("lang", "asked", "send", "thanks"),
    [
        ("ru", "Легко ли вам было решить свой вопрос?", "Отправить", "Спасибо. Ваш ответ учтён."),
        ("en", "How easy was it to get this done?", "Send", "Thank you. Your answer is counted."),
    ],
)
def test_who_goes_back_and_answers_otherwise_is_still_counted_once(
    browser: Browser, collector: Collector, counted: Callable[..., Counts],
    lang: str, asked: str, send: str, thanks: str,
) -> None:  # fmt: skip
    with visitor(browser, java_script_enabled=False, locale=lang) as (page, complaints):
        page.goto(f"{collector.url}/q/returns")
        assert page.locator("html").get_attribute("lang") == lang
        expect(page.get_by_role("group", name=asked)).to_be_visible()
        choose(page, 1)
        page.locator("[name=comment]").fill("Долго")
        page.get_by_role("button", name=send).click()
        expect(page.get_by_role("heading")).to_have_text(thanks)
        page.go_back()
        choose(page, 7)
        page.get_by_role("button", name=send).click()
        expect(page.get_by_role("heading")).to_have_text(thanks)
    assert complaints == []
    assert counted() == {"7": 1}


def test_a_form_that_is_not_accepted_keeps_what_was_typed(
    browser: Browser, collector: Collector, counted: Callable[..., Counts]
) -> None:
    with visitor(browser) as (page, _complaints):
        page.goto(f"{collector.url}/q/returns?lang=ru")
        unguarded(page)
        page.locator("[name=comment]").fill("Дважды\nприезжала с чеком <и без>")
        page.get_by_label("Оформление").check()
        with page.expect_response(lambda reply: reply.request.method == "POST") as refused:
            page.get_by_role("button", name="Отправить").click()
        assert refused.value.status == 422
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.get_by_text("Выберите ответ")).to_be_visible()
        expect(page.locator("[name=comment]")).to_have_value("Дважды\nприезжала с чеком <и без>")
        expect(page.get_by_label("Оформление")).to_be_checked()
        assert counted() == {}

        choose(page, 3)
        page.get_by_role("button", name="Отправить").click()
        assert urlsplit(page.url).path == "/q/returns/thanks"
    assert counted() == {"3": 1}
    assert comments(collector) == ["Дважды\nприезжала с чеком <и без>"]


def unguarded(page: Page) -> None:
    """Lets the form go without an answer, as an old browser would."""
    page.evaluate("document.querySelectorAll('[required]').forEach(field => field.required = false)")


def test_an_answer_given_while_the_collector_is_down_is_counted_once_when_it_is_back(
    browser: Browser, serve: Serve, collector: Collector, counted: Callable[..., Counts], public: Path
) -> None:
    with browser.new_context(locale="en") as context:
        page = context.new_page()
        page.goto(collector.url + RETURNS)
        question(page).get_by_role("radio").first.wait_for()
        collector.process.terminate()
        assert collector.process.wait(20) == 0
        question(page).get_by_role("radio", name="4").check(force=True)
        question(page).get_by_role("button", name="Send").click()
        expect(question(page).get_by_role("status")).to_have_text("Thank you. We will send it later.")
        page.close()
        assert counted() == {}

        port = urlsplit(collector.url).port
        serve("--site", public, db=collector.db, journey=collector.journey, port=port)
        page = context.new_page()
        for _visit in range(2):
            with page.expect_response(is_stored) if not _visit else nothing():
                page.goto(collector.url + "/en/")
        page.wait_for_load_state("networkidle")
    assert counted() == {"4": 1}


@contextmanager
def nothing() -> Iterator[None]:
    yield


def test_the_site_and_its_questions_work_under_the_strictest_policy(
    browser: Browser, collector: Collector, counted: Callable[..., Counts]
) -> None:
    def strict(route: Route) -> None:
        if not route.request.is_navigation_request():
            route.continue_()
            return
        reply = route.fetch()
        route.fulfill(response=reply, headers={**reply.headers, "content-security-policy": STRICT})

    with visitor(browser) as (page, complaints):
        page.route("**/*", strict)
        for path in ("/", "/ru/", "/ru/programs/keys/", "/en/club/nps-without-mistakes/", "/q/checkout", RETURNS):
            page.goto(collector.url + path, wait_until="networkidle")
        question(page).get_by_role("radio", name="5").check(force=True)
        with page.expect_response(is_stored):
            question(page).get_by_role("button", name="Send").click()
        expect(question(page).get_by_role("status")).to_have_text("Thank you. Your response is accepted.")
    assert complaints == []
    assert counted() == {"5": 1}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_answer_every_question(browser: Browser, collector: Collector, scheme: str) -> None:
    with visitor(browser, color_scheme=scheme, viewport={"width": 320, "height": 640}) as (page, complaints):
        for lang in ("ru", "en"):
            for scale in SCALES:
                page.goto(f"{collector.url}/q/checkout?scale={scale}&lang={lang}")
                accessible(page)
                small = "[...document.querySelectorAll('label, button')].map(one => one.getBoundingClientRect())"
                assert page.evaluate(f"{small}.filter(one => Math.min(one.width, one.height) < 44)") == [], page.url
    assert complaints == []


def accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
    width = page.evaluate("innerWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


@pytest.mark.parametrize(("lang", "scheme", "width"), [("ru", "light", 320), ("en", "dark", 1280)])
def test_everybody_can_read_what_the_collector_says(
    browser: Browser, serve: Serve, demo_journey: Path, lang: str, scheme: str, width: int
) -> None:
    empty = serve("--site", "none", journey=demo_journey)
    settings = {"color_scheme": scheme, "viewport": {"width": width, "height": 700}, "locale": lang}
    with visitor(browser, **settings) as (page, _complaints):
        for path in ("/", "/console/map", "/q/nobody-knows", "/q/checkout/thanks", "/console/map?from=never"):
            page.goto(empty.url + path)
            assert page.locator("html").get_attribute("lang") == lang
            accessible(page)
        page.goto(f"{empty.url}/q/courier")
        unguarded(page)
        page.locator("button[type=submit]").click()
        expect(page.get_by_role("alert")).to_be_visible()
        accessible(page)
        choose(page, 5)
        accessible(page)
        page.locator("button[type=submit]").click()
        accessible(page)


@pytest.mark.parametrize(("lang", "scheme", "width"), [("ru", "light", 320), ("en", "dark", 1366)])
def test_everybody_can_read_the_map_of_a_year(
    browser: Browser, serve: Serve, demo_journey: Path, year: Path, lang: str, scheme: str, width: int
) -> None:
    busy = serve("--site", "none", journey=demo_journey, db=year)
    settings = {"color_scheme": scheme, "viewport": {"width": width, "height": 700}, "locale": lang}
    with visitor(browser, **settings) as (page, complaints):
        page.goto(f"{busy.url}/console/map")
        expect(page.locator(".fix li")).to_have_count(3)
        accessible(page)
    assert complaints == []


def test_a_manager_sees_the_three_worst_touchpoints_without_scrolling(
    browser: Browser, serve: Serve, demo_journey: Path, year: Path
) -> None:
    busy = serve("--site", "none", journey=demo_journey, db=year)
    with visitor(browser, viewport={"width": 1366, "height": 768}) as (page, _complaints):
        page.goto(f"{busy.url}/console/map?lang=ru")
        for worst in page.locator(".fix li").all():
            box = worst.bounding_box()
            assert box
            assert box["y"] + box["height"] <= 768
