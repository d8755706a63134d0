"""The starter company's site in a real browser: accessible, within a strict policy, usable without scripts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from otklik_widget.cli import main

POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'"
)
PAGES = ["/", "/404.html"] + [
    f"/{lang}/{page}" for lang in ("ru", "en") for page in ("", "programs/points/", "articles/why-we-ask/", "contacts/")
]


class Host(SimpleHTTPRequestHandler):
    """A static host with a strict policy; what the widget sends is taken and forgotten."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The starter company, built and served."""
    folder: Path = tmp_path_factory.mktemp("axe") / "shop"
    assert main(["new", str(folder), "--lang", "en"]) == 0
    public = folder / "public"
    assert main(["build", "--content", str(folder / "content"), "--out", str(public), "--lang", "en"]) == 0
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Host, directory=str(public))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 320)])
def test_pages_are_accessible_and_nothing_breaks_their_policy(
    address: str, browser: Browser, scheme: str, width: int
) -> None:
    size = {"width": width, "height": 800}
    with browser.new_context(color_scheme="dark" if scheme == "dark" else "light", viewport=size) as context:  # type: ignore[arg-type]
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
        page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
        for path in PAGES:
            page.goto(address + path, wait_until="load")
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert said == []
        assert context.cookies() == []


def test_without_scripts_the_menu_opens_and_the_question_is_a_form(address: str, browser: Browser) -> None:
    with browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800}) as context:
        page = context.new_page()
        page.goto(f"{address}/en/")
        menu = page.get_by_role("navigation", name="Sections")
        assert not menu.is_visible()
        page.get_by_role("button", name="Menu").click()
        menu.get_by_role("link", name="Points").click()
        assert page.url == f"{address}/en/programs/points/"
        form = page.locator("form")
        assert form.get_attribute("action") == "/q/website"
        assert form.get_by_role("radio", name="Yes").is_visible()
        page.get_by_role("link", name="Русский").click()
        assert page.url == f"{address}/ru/programs/points/"
