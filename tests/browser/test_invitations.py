"""A mail with a link for each score: a robot that follows all of them is counted nowhere, a person needs one tap."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from invited import Shop, shop_of
from letters import free_port
from playwright.sync_api import Browser, expect
from screens import accessible
from werkzeug.serving import make_server

from otklik_widget.journey_file import read_journey


@dataclass
class Open:
    shop: Shop
    url: str


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, demo_journey: Path) -> Iterator[Open]:
    """The demo company's collector on a real port."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with shop_of(read_journey(demo_journey), tmp_path_factory.mktemp("invited") / "otklik.db", url) as shop:
        server = make_server("127.0.0.1", port, shop.app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Open(shop, url)
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def mail(opened: Open) -> Open:
    opened.shop.before = set(opened.shop.ids())
    return opened


def test_a_robot_that_follows_every_link_and_waits_is_counted_nowhere(mail: Open, browser: Browser) -> None:
    link = mail.shop.link("checkout", base=mail.url, customer="4711")
    followed: set[str] = set()
    with browser.new_context() as context:
        page = context.new_page()
        page.clock.install()
        page.set_content("".join(f'<a href="{link}?score={score}">{score}</a>' for score in range(5)))
        every = "[...document.querySelectorAll('a[href]')].map(one => one.href)"
        waiting = page.evaluate(every)
        while waiting and len(followed) < 15:
            address = waiting.pop()
            if address in followed or "/i/" not in address:
                continue
            followed.add(address)
            page.goto(address)
            page.clock.run_for(10_000)
            waiting += page.evaluate(every)
    assert len(followed) > 5
    assert any("/more?" in address for address in followed)  # what nobody sees
    assert mail.shop.responses() == []


def test_a_person_needs_one_tap(mail: Open, browser: Browser) -> None:
    link = mail.shop.link("checkout", base=mail.url, customer="4711", language="ru")
    with browser.new_context(viewport={"width": 390, "height": 640}, has_touch=True) as context:
        page = context.new_page()
        page.goto(f"{link}?score=4")
        send = page.get_by_role("button", name="Отправить")
        expect(send).to_be_in_viewport(ratio=1)
        mail.shop.now[0] += 3
        send.tap()
        expect(page.get_by_role("heading", name="Спасибо")).to_be_visible()
        (answer,) = mail.shop.responses()
        assert (answer.score, answer.channel, answer.flags) == (4, "email", ())
        page.get_by_role("link", name="Изменить ответ").tap()
        page.get_by_role("radio", name="Плохо", exact=True).tap()
        mail.shop.now[0] += 3
        page.get_by_role("button", name="Отправить").tap()
        expect(page.get_by_role("heading", name="Спасибо")).to_be_visible()
    assert [answer.score for answer in mail.shop.responses()] == [1]


@pytest.mark.parametrize(
    ("lang", "width", "scheme"), [("ru", 320, "light"), ("en", 390, "dark"), ("ru", 1280, "light")]
)
def test_whoever_was_invited_can_read_it(mail: Open, browser: Browser, lang: str, width: int, scheme: str) -> None:
    link = mail.shop.link("checkout", base=mail.url, place="sadovaya", language=lang)
    mail.shop.press(link.removeprefix(mail.url), 2, after=60)
    with browser.new_context(
        viewport={"width": width, "height": 700},
        color_scheme="dark" if scheme == "dark" else "light",
        locale=lang,
    ) as context:
        page = context.new_page()
        for address in (f"{link}?score=3", f"{link}/thanks?lang={lang}&score=2", f"{link}x?lang={lang}"):
            page.goto(address)
            accessible(page)
