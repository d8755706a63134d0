"""What stands beside a shared link: a picture that networks can show, with its size and its words."""

from __future__ import annotations

import json
import re
from html import unescape
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Company

BASE = "https://tea.example/shop"


@pytest.fixture
def published(company: Company) -> Company:
    company.write("otklik.toml", f'base_url = "{BASE}"\n')
    return company


def draw(file: Path, size: tuple[int, int], mode: str = "RGB", **more: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size).save(file, **more)


def told(company: Company, url: str) -> dict[str, str]:
    """What a page tells networks, by the name of each line."""
    found = re.findall(r'<meta (?:property|name)="((?:og|twitter):[\w:]+)" content="([^"]*)">', company.html(url))
    return {name: unescape(text) for name, text in found}


def test_a_page_shows_its_own_picture_and_the_others_that_of_the_site(published: Company) -> None:
    draw(published.folder / "content/static/share.png", (1300, 683))
    draw(published.folder / "content/ru/share.jpg", (1200, 630))
    draw(published.folder / "content/en/club/tea.jpg", (1500, 1000))
    published.page("en/club/tea.md", "Tea leaves", image="tea.jpg", image_alt="A cup of tea")
    published.page("en/club/cup.md", "Cup", image="../../static/share.png", image_alt="Our sign")
    published.build()

    tea, home, russian, cup = (told(published, url) for url in ("en/club/tea", "en", "ru", "en/club/cup"))

    assert re.fullmatch(rf"{BASE}/pictures/tea-[0-9a-f]{{10}}-share\.jpg", tea["og:image"])
    assert (tea["og:image:width"], tea["og:image:height"]) == ("1200", "800")
    assert (tea["og:image:alt"], tea["twitter:card"]) == ("A cup of tea", "summary_large_image")
    assert (home["og:image:width"], home["og:image:height"], home["og:image:alt"]) == ("1200", "630", "Anna's Tea")
    assert russian["og:image"] != home["og:image"] == cup["og:image"]
    assert cup["og:image:alt"] == "Our sign"
    made = published.published()
    for one in (tea, home, russian):
        with Image.open(BytesIO(made[one["og:image"].removeprefix(f"{BASE}/")])) as image:
            size = str(image.width), str(image.height)
            assert (image.format, *size) == ("JPEG", one["og:image:width"], one["og:image:height"])
            assert not image.getexif()
    assert len([path for path in made if path.endswith("-share.jpg")]) == 3


def test_transparent_pictures_and_all_forms_become_what_every_network_shows(published: Company) -> None:
    draw(published.folder / "content/static/share.webp", (700, 700), "RGBA")
    published.build()
    home = told(published, "en")
    assert home["twitter:card"] == "summary"
    with Image.open(BytesIO(published.published()[home["og:image"].removeprefix(f"{BASE}/")])) as image:
        assert image.convert("RGB").getpixel((9, 9)) == (255, 255, 255)


def test_after_every_change_of_pictures_a_build_is_what_one_from_nothing_is(published: Company) -> None:
    content = published.folder / "content"
    draw(content / "en/tea.png", (610, 320))
    published.page("en/tea.md", "Tea leaves", kind="article", date="2026-03-01", image="tea.png", image_alt="Tea")
    published.build()
    addresses = [told(published, "en/tea")["og:image"]]
    for change in (
        lambda: draw(content / "en/tea.png", (620, 326)),
        lambda: draw(content / "static/share.png", (640, 336)),
        lambda: draw(content / "ru/share.jpg", (650, 340)),
        lambda: published.page("en/tea.md", "Tea leaves", kind="article", date="2026-03-01"),
        (content / "static/share.png").unlink,
    ):
        change()
        published.build()
        made = published.published()
        assert published.run("build", "--no-cache") == 0
        assert published.published() == made
        addresses.append(told(published, "en/tea").get("og:image", ""))
    first, second, third, fourth, site, none = addresses
    assert len({first, second, site, none}) == 4
    assert second == third == fourth
    assert len([path for path in published.published() if path.endswith("-share.jpg")]) == 1


def test_an_article_tells_search_engines_its_picture(published: Company) -> None:
    draw(published.folder / "content/static/share.png", (640, 336))
    published.page("en/tea.md", "Tea leaves", kind="article", date="2026-03-01")
    published.build()
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', published.html("en/tea"))
    (article,) = [thing for thing in json.loads(text)["@graph"] if thing["@type"] == "Article"]
    assert article["image"] == told(published, "en/tea")["og:image"]


@pytest.mark.parametrize(("size", "shown"), [((300, 300), True), ((199, 300), False)])
def test_without_a_picture_a_logo_that_is_large_enough_stands_there(
    published: Company, size: tuple[int, int], shown: bool
) -> None:
    draw(published.folder / "content/logo.png", size)
    journey = published.folder / "content/journey.toml"
    journey.write_text(journey.read_text("utf-8").replace("[company]", '[company]\nlogo = "logo.png"'), "utf-8")
    published.build()
    home = told(published, "en")
    assert ("og:image" in home, "twitter:card" in home) == (shown, shown)
    assert not shown or home["og:image"].removeprefix(f"{BASE}/") in published.published()


def test_a_page_shares_no_picture_without_an_address(company: Company) -> None:
    draw(company.folder / "content/static/share.png", (640, 336))
    company.build()
    assert "og:image" not in told(company, "en")


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"image": "te.png", "image_alt": "Tea"}, "“te.png” is not there"),
        ({"image": "te.png", "image_alt": "Tea"}, "Did you mean “tea.png”?"),
        ({"image": "tea.png"}, "“image” needs “image_alt”"),
        ({"image_alt": "Tea"}, "there is no “image”"),
        ({"image": "sign.svg", "image_alt": "Our sign"}, "name a picture whose name ends in .jpg, .jpeg, .png"),
        ({"image": "https://tea.example/tea.png", "image_alt": "Tea"}, "is not there"),
        ({"image": "../../../etc/passwd.png", "image_alt": "Tea"}, "is not there"),
    ],
)
def test_a_picture_that_cannot_stand_there_is_named_with_its_line(
    company: Company, keys: dict[str, str], said: str
) -> None:
    draw(company.folder / "content/en/tea.png", (640, 336))
    company.write("content/en/sign.svg", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 16"/>')
    company.page("en/tea.md", "Tea leaves", **keys)
    (fault,) = company.faults()
    assert fault.startswith("content/en/tea.md:4: ")
    assert said in fault


def test_a_picture_that_is_too_small_is_a_warning(company: Company) -> None:
    draw(company.folder / "content/en/tea.png", (599, 400))
    draw(company.folder / "content/static/share.png", (1200, 300))
    company.page("en/tea.md", "Tea leaves", image="tea.png", image_alt="Tea")
    said = company.build()
    assert "warning: content/en/tea.md:4: this picture has 599 × 400 points" in said
    assert "warning: content/static/share.png: this picture has 1200 × 300 points" in said
