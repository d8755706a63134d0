"""The page of variants: every scale, form and state at once, for every eye, width, language and way of reading."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.widget.shop import STRICT, Shop
from browser.widget.variants import STATES, open_variants
from playwright.sync_api import Browser, BrowserContext, Page, expect

from otklik_widget.scales import SCALES, option_names, texts

# A clock that stands would do the same, but axe waits for it too.
NO_REST = "{ const later = setTimeout; window.setTimeout = (go, ms) => (ms == 2500 ? 0 : later(go, ms)) }"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    server = open_variants(tmp_path_factory.mktemp("variants"))
    yield server.shop
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def opened(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture(scope="module", params=["ru", "en"])
def page(request: pytest.FixtureRequest, opened: BrowserContext, shop: Shop) -> Iterator[Page]:
    """The page in one language with all its states reached; what is chosen stays chosen."""
    shop.policy = STRICT
    page = opened.new_page()
    page.add_init_script(NO_REST)
    page.goto(f"{shop.origin}/{request.param}")
    said = texts(request.param)["widget"]
    for state, word in (("chosen", "sending"), ("thanked", "thanks"), ("kept", "kept"), ("refused", "refused")):
        expect(page.locator(f"[data-state={state}]").get_by_role("status")).to_have_text(said[word])
    yield page
    page.close()


def language(page: Page) -> str:
    return page.url[-2:]


@pytest.mark.parametrize(
    ("width", "look"), [*((width, look) for width in (320, 390, 1280) for look in ("light", "dark")), (390, "forced")]
)
def test_axe_finds_nothing_in_any_scale_or_state(page: Page, width: int, look: str) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(
        color_scheme="dark" if look == "dark" else "light", forced_colors="active" if look == "forced" else "none"
    )
    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_every_scale_reads_as_one_question_with_named_choices(page: Page) -> None:
    page.emulate_media(forced_colors="none")
    for scale in SCALES:
        place = page.get_by_role("region", name=scale, exact=True)
        names = [name.replace(" - ", " – ") for name in option_names(scale, language(page))]
        radios = [f"  - radio {quoted(name)}" for name in names]
        if names:
            wanted = "\n".join(["- group:", *radios])
            expect(place.get_by_role("group").first).to_match_aria_snapshot(wanted)
            assert place.get_by_role("group").first.get_by_role("radio").count() == len(names)
        else:
            expect(place.get_by_role("textbox").first).to_be_visible()
        assert place.get_by_role("status").count() == 1


def quoted(name: str) -> str:
    return '"' + name.replace('"', '\\"') + '"'


def test_after_the_score_comes_the_open_question_with_its_reasons_and_consent(page: Page) -> None:
    said = texts(language(page))
    asked = page.locator("[data-state=asked]")
    more = asked.get_by_role("group", name=said["widget"]["more"])

    expect(more.get_by_role("checkbox")).to_have_count(3 + 1)
    expect(more.get_by_role("textbox", name=said["widget"]["more"])).to_have_accessible_description(
        said["widget"]["hint"]
    )
    expect(more.get_by_role("textbox", name=said["form"]["contact"])).to_be_visible()
    expect(more.get_by_role("checkbox").last).not_to_be_checked()
    expect(page.locator("[data-state=thanked]").get_by_role("textbox")).to_have_count(0)


@pytest.mark.parametrize("height", [256, 900])
def test_at_four_hundred_percent_nothing_is_cut_off(page: Page, height: int) -> None:
    page.set_viewport_size({"width": 320, "height": height})
    wide = page.evaluate("""() => [...document.querySelectorAll("otklik-ask")].flatMap((ask) =>
        [...ask.shadowRoot.querySelectorAll("label, textarea, legend, p, button")]
          .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
          .map((one) => one.outerHTML.slice(0, 80)))""")

    assert wide == []


def test_nothing_moves(page: Page) -> None:
    page.emulate_media(reduced_motion="no-preference")

    assert page.evaluate("document.getAnimations().length") == 0
    moving = page.evaluate("""() => [...document.querySelectorAll("otklik-ask")].flatMap((ask) =>
        [...ask.shadowRoot.querySelectorAll("*")].filter((one) => parseFloat(getComputedStyle(one).transitionDuration)))
        .length""")
    assert moving == 0


def test_the_page_has_every_scale_and_every_state(page: Page) -> None:
    shown = page.locator("otklik-ask").evaluate_all("(all) => all.map((ask) => ask.getAttribute('scale'))")

    assert shown == [*SCALES, *["smiley5"] * len(STATES)]
    assert re.search(r"/(ru|en)$", page.url)
