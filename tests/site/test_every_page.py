"""Every page of the demo company and of the manual in a real browser, on a host with a strict policy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import TOP
from hosted import served
from playwright.sync_api import Browser

Scheme = Literal["light", "dark"]
# Found by axe, but not looked for by itself: the least size of what is pressed (WCAG 2.2 AA).
LOOK_FOR = {"rules": {"target-size": {"enabled": True}}}
# Runs in each page before its own scripts.
LISTEN = "addEventListener('securitypolicyviolation', e => console.error('refused: ' + e.blockedURI))"


@pytest.fixture(scope="module", params=["content", "docs"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str]]]:
    """A site's address, and the paths of all its pages."""
    public: Path = tmp_path_factory.mktemp(request.param) / "public"
    for address in served(TOP / request.param, public):
        pages = sorted(file.relative_to(public).as_posix() for file in public.rglob("*.html"))
        yield address, [page.removesuffix("index.html") for page in pages]


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", get_args(Scheme))
def test_every_page_is_accessible_fits_its_window_and_keeps_to_its_policy(
    site: tuple[str, list[str]], browser: Browser, scheme: Scheme, width: int
) -> None:
    address, pages = site
    with browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800}) as context:
        context.add_init_script(LISTEN)
        page = context.new_page()
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(f"{page.url}: {message.text}"))
        page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
        for path in pages:
            page.goto(f"{address}/{path}", wait_until="load")
            found = Axe().run(page, options=LOOK_FOR)
            if found.violations_count:
                wrong.append(f"{path}\n{found.generate_report()}")
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wrong.append(f"{path} is wider than its window")
        assert not wrong, "\n".join(wrong)
        assert context.cookies() == []


@pytest.mark.slow
def test_every_page_can_be_read_and_left_without_scripts(site: tuple[str, list[str]], browser: Browser) -> None:
    address, pages = site
    with browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800}) as context:
        page = context.new_page()
        for path in pages:
            page.goto(f"{address}/{path}", wait_until="load")
            assert page.locator("h1").first.is_visible(), path
            assert page.locator("main a").count() + page.locator("header a").count() > 0, path
            for form in page.locator("form.o-ask").all():
                assert form.get_by_role("button").first.is_visible(), path
            assert not page.locator("form.calculator").or_(page.locator("form[data-index]")).first.is_visible(), path
