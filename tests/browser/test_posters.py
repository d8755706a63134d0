"""A poster fits its paper whatever is asked, and its code leads a camera to the question."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
import zxingcpp
from conftest import SMALL_JOURNEY
from PIL import Image
from playwright.sync_api import Browser, Page

from otklik_collector.browser import pdf
from otklik_collector.posters import SIZES, Poster, render_posters
from otklik_widget.journey import Journey
from otklik_widget.journey_file import read_journey

ADDRESS = "https://ask.shop.example"
LONG = (
    "Насколько вы довольны тем, как быстро и внимательно вам ответили, когда вы обратились к нам с вопросом о заказе?"
)
LOOKS = '[company]\nlogo = "sign.svg"\ncolours = { main = "#ffcc00", accent = "#a1421f" }'
SHEETS = [
    Poster("till", "omsk", "a4", ("ru", "en")), Poster("till", "", "a5", ("en",)),
    Poster("till", "omsk", "tent", ("ru", "en")),
    Poster("returns", "centre", "a4", ("ru", "en")), Poster("returns", "centre", "a5", ("ru", "en")),
    Poster("returns", "centre", "tent", ("ru",)), Poster("write", "", "a5", ("ru",)),
]  # fmt: skip


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Journey:
    folder = tmp_path_factory.mktemp("posters")
    (folder / "sign.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30"><rect width="90" height="30" fill="#444"/></svg>'
    )
    text = SMALL_JOURNEY.replace("[company]", LOOKS).replace(
        'ask = ["ces7"]', f'ask = ["ces7"]\nquestion = {{ ru = "{LONG}", en = "{LONG}" }}', 1
    )
    (folder / "journey.toml").write_text(text, encoding="utf-8")
    return read_journey(folder / "journey.toml")


@pytest.fixture(scope="module")
def page(journey: Journey, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Page:
    file: Path = tmp_path_factory.mktemp("sheets") / "sheets.html"
    file.write_text(render_posters(journey, SHEETS, ADDRESS, "ru"), encoding="utf-8")
    opened = browser.new_page(viewport={"width": 900, "height": 1200})
    opened.emulate_media(media="print")
    opened.goto(file.as_uri())
    return opened


def test_a_camera_reads_the_code_of_every_sheet(page: Page) -> None:
    for poster, sheet in zip(SHEETS, page.locator(".sheet").all(), strict=True):
        found = zxingcpp.read_barcodes(Image.open(io.BytesIO(sheet.screenshot())))
        place = f"place={poster.place}&" if poster.place else ""
        assert {one.text for one in found} == {f"{ADDRESS}/q/{poster.touchpoint}?{place}channel=qr"}
        assert len(found) == (2 if poster.size == "tent" else 1)


def test_nothing_is_wider_or_higher_than_its_paper(page: Page) -> None:
    over = """[...document.querySelectorAll('.sheet')].map(sheet => {
        const paper = sheet.getBoundingClientRect();
        return [...sheet.querySelectorAll('h1, p, .code svg')].filter(one => {
            const box = one.getBoundingClientRect();
            return box.left < paper.left || box.right > paper.right + 1
                || box.top < paper.top || box.bottom > paper.bottom;
        }).length + [...sheet.querySelectorAll('.side')].filter(one => one.scrollHeight > one.clientHeight + 1).length;
    })"""
    assert page.evaluate(over) == [0] * len(SHEETS)
    assert page.evaluate("Math.min(...[...document.querySelectorAll('.code svg')].map(one => one.clientHeight))") > 130


def test_each_sheet_is_one_page_of_its_own_paper(journey: Journey) -> None:
    posters = [Poster("returns", "omsk", size, ("ru", "en")) for size in SIZES]
    printed = pdf(render_posters(journey, posters, ADDRESS, "en"))
    papers = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert [(round(float(wide) / 72 * 25.4), round(float(high) / 72 * 25.4)) for wide, high in papers] == [
        (210, 297), (148, 210), (210, 297),
    ]  # fmt: skip


def test_each_language_speaks_and_a_tent_has_a_side_for_each(page: Page) -> None:
    first = page.locator(".sheet").nth(0)
    assert first.locator("h1").all_text_contents() == [
        first.locator("h1[lang=ru]").text_content(), first.locator("h1[lang=en]").text_content(),
    ]  # fmt: skip
    assert "Наведите камеру телефона на код" in first.inner_text()
    assert "Point your phone's camera at the code" in first.inner_text()
    tent = page.locator(".sheet").nth(2).locator(".side")
    assert [side.locator("h1").get_attribute("lang") for side in tent.all()] == ["en", "ru"]
    assert tent.nth(0).evaluate("one => getComputedStyle(one).rotate") == "180deg"
