"""The starter's and the demo's sites in a real browser: accessible, within a strict policy, usable without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from hosted import served
from playwright.sync_api import Browser

from otklik_widget import assets
from otklik_widget.cli import main

PAGES = ["/", "/404.html"] + [
    f"/{lang}/{page}" for lang in ("ru", "en") for page in ("", "programs/points/", "articles/why-we-ask/", "contacts/")
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The starter company, built and served."""
    folder: Path = tmp_path_factory.mktemp("axe") / "shop"
    assert main(["new", str(folder), "--lang", "en"]) == 0
    yield from served(folder / "content", folder / "public")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo company, built and served."""
    yield from served(assets.demo_content(), tmp_path_factory.mktemp("demo") / "public")


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


@pytest.mark.parametrize(("lang", "scheme", "width"), [("ru", "light", 320), ("en", "dark", 1280)])
def test_the_demos_home_programs_and_articles_are_accessible(
    demo: str, browser: Browser, lang: str, scheme: str, width: int
) -> None:
    size = {"width": width, "height": 800}
    with browser.new_context(color_scheme="dark" if scheme == "dark" else "light", viewport=size) as context:  # type: ignore[arg-type]
        page = context.new_page()
        programs = sorted(file.stem for file in (assets.demo_content() / lang / "programs").glob("[!i]*.md"))
        for path in (
            "",
            "programs/",
            *(f"programs/{name}/" for name in programs),
            "club/nps-without-mistakes/",
            "club/loyalty-ladder/",
            "help/shops/",
            "club/members-and-others/",
            "complain-or-praise/",
            "offers/",
            "contacts/",
            "you-said/",
            "terms/",
        ):
            page.goto(f"{demo}/{lang}/{path}", wait_until="load")
            found = Axe().run(page)
            assert found.violations_count == 0, f"{lang}/{path}\n{found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize(
    ("path", "typed", "said"),
    [
        ("ru/programs/keys/", "1999", ["95 баллов", "95 ₽"]),
        ("en/programs/keys/", "", ["–", "–"]),
        ("en/programs/morning/", "0.58", ["₽0.56", "₽0.02"]),
        ("en/programs/morning/", "20000", ["₽19,500", "₽500"]),
        ("ru/programs/month/", "499", ["0 ₽", "499 ₽"]),
        ("en/programs/growing/", "59999.99", ["5%", "₽4,750"]),
        ("en/programs/growing/", "9999", ["0%", "₽5,000"]),
    ],
)
def test_a_calculator_reckons_as_the_table_does(
    demo: str, browser: Browser, path: str, typed: str, said: list[str]
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{demo}/{path}")
        page.locator(".calculator input").fill(typed)
        assert [text.replace("\xa0", " ") for text in page.locator(".calculator output").all_inner_texts()] == said


def test_the_clubs_calculators_reckon_within_the_policy_and_print_what_was_typed(demo: str, browser: Browser) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{demo}/ru/club/retention-calculators/")
        page.get_by_label("Покупателей в начале").fill("1 500")
        page.get_by_label("Покупателей в конце").fill("1420")
        page.get_by_label("Из них новых").fill("250")
        kept = page.get_by_role("form", name="Сколько покупателей остаётся")
        assert [text.replace("\xa0", " ") for text in kept.locator("dd").all_inner_texts()] == ["78 %", "22 %"]
        page.emulate_media(media="print")
        assert kept.is_visible()
        assert not page.get_by_role("form", name="Повторные покупки и средний чек").is_visible()
        assert said == []


def test_without_scripts_a_program_keeps_its_examples_and_shows_no_calculator(demo: str, browser: Browser) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{demo}/en/programs/morning/")
        assert not page.locator(".calculator").is_visible()
        assert page.get_by_role("cell", name="₽950").is_visible()


def test_the_keyboard_comes_to_the_text_first(demo: str, browser: Browser) -> None:
    with browser.new_context(viewport={"width": 390, "height": 800}) as context:
        page = context.new_page()
        page.goto(f"{demo}/en/programs/keys/")
        page.keyboard.press("Tab")
        box = page.get_by_role("link", name="Skip to the text").bounding_box()
        assert box
        assert box["y"] >= 0
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_on_paper_an_article_tells_where_its_links_lead_and_asks_nothing(demo: str, browser: Browser) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{demo}/en/club/nps-without-mistakes/")
        page.emulate_media(media="print")
        page.evaluate("document.querySelector('article p a, article p').insertAdjacentHTML('afterend', "
                      "'<a href=https://tea.example/x>x</a>')")  # fmt: skip
        told = "getComputedStyle(document.querySelector('article a[href^=http]'), '::after').content"
        assert "https://tea.example/x" in page.evaluate(told)
        assert not page.locator("otklik-ask").last.is_visible()
        assert not page.get_by_role("navigation").first.is_visible()


def test_a_table_on_a_phone_breaks_no_code_inside_a_word(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "content/en").mkdir(parents=True)
    (tmp_path / "content/journey.toml").write_text(
        '[company]\nname = "Tea"\nlanguages = ["en"]\n[[stage]]\nkey = "a"\nname = "A"\n'
        '[[stage.touchpoint]]\nkey = "site"\nname = "Site"\nask = ["helpful"]\n',
        encoding="utf-8",
    )
    table = "| Key | Meaning |\n|---|---|\n| `nav_title` | What stands there and `OTKLIK_TRUSTED_PROXIES` |\n"
    page_text = f"---\ntitle: Tea\ndescription: Tea.\n---\n{table}"
    (tmp_path / "content/en/index.md").write_text(page_text, encoding="utf-8")
    for address in served(tmp_path / "content", tmp_path / "public"):
        with browser.new_context(viewport={"width": 320, "height": 800}) as context:
            page = context.new_page()
            page.goto(f"{address}/en/")
            lines = "[...document.querySelectorAll('td code')].map(code => code.getClientRects().length)"
            assert page.evaluate(lines) == [1, 1]
            assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_without_scripts_the_menu_opens_and_the_question_is_a_form(address: str, browser: Browser) -> None:
    with browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800}) as context:
        page = context.new_page()
        page.goto(f"{address}/en/")
        menu = page.get_by_role("navigation", name="Sections")
        assert not menu.is_visible()
        page.get_by_role("button", name="Menu").click()
        menu.get_by_role("link", name="Points").click()
        assert page.url == f"{address}/en/programs/points/"
        form = page.locator("form.o-ask")
        assert form.get_attribute("action") == "/q/website"
        assert form.get_by_role("radio", name="Yes").is_visible()
        page.get_by_role("link", name="Русский").click()
        assert page.url == f"{address}/ru/programs/points/"


@pytest.mark.parametrize(
    ("lang", "typed", "first"),
    [
        ("ru", "розыгрышами", "Собери подъезд"),
        ("ru", "вернуть товар", "Возврат и обмен"),
        ("ru", "сгора", "Когда сгорают баллы"),
        ("en", "loyalties", "The loyalty loop"),
        ("en", "returning", "Returns and exchange"),
    ],
)
def test_the_search_finds_a_page_by_any_form_of_its_words(
    demo: str, browser: Browser, lang: str, typed: str, first: str
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{demo}/{lang}/search/?q={typed}")
        page.locator(".found li").first.wait_for()
        assert first in page.locator(".found a").first.inner_text()
        assert page.get_by_role("status").first.inner_text()


def test_the_search_is_accessible_and_says_when_nothing_was_found(demo: str, browser: Browser) -> None:
    with browser.new_context(viewport={"width": 320, "height": 800}, color_scheme="dark") as context:
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{demo}/en/")
        page.get_by_role("link", name="Search").click()
        page.get_by_role("searchbox").fill("returns")
        page.locator(".found li").first.wait_for()
        assert Axe().run(page).violations_count == 0
        for word in ("kassata", "constructor", "__proto__"):
            page.get_by_role("searchbox").fill("returns")
            page.locator(".found li").first.wait_for()
            page.get_by_role("searchbox").fill(word)
            page.get_by_text("Nothing was found").wait_for()
        assert page.locator(".found li").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert said == []
