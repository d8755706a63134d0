"""Pictures and attachments: browsers know their size before they come, and fetch no more than they need."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from otklik_site import pictures

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Company


def draw(file: Path, size: tuple[int, int] = (1000, 500), form: str = "JPEG", **more: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", size, "#124e96")
    image.paste((246, 244, 239), (0, 0, size[0] // 2, size[1]))
    image.save(file, form, **more)


def turned(side: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = side
    return exif


def test_a_photo_tells_its_size_and_comes_smaller_where_that_is_enough(company: Company) -> None:
    draw(company.folder / "content/en/img/desk.jpg")
    company.page("en/tea.md", "Tea leaves", "![The desk](img/desk.jpg)\n\n![The desk again](img/desk.jpg)")

    company.build()

    html = company.html("en/tea")
    first, second = re.findall(r"<picture>(.*?)</picture>", html)
    assert 'width="1000" height="500"' in first
    assert "loading=" not in first
    assert 'loading="lazy"' in second
    found = re.findall(r'([^ "]+\.webp) (\d+)w', first)
    assert [int(width) for _url, width in found] == [480, 960, 1000]
    published = company.published()
    for url, width in found:
        with Image.open(BytesIO(published[url.removeprefix("../../")])) as image:
            assert (image.format, image.width, image.height) == ("WEBP", int(width), int(width) // 2)
    assert published["en/img/desk.jpg"] == (company.folder / "content/en/img/desk.jpg").read_bytes()


def test_a_photo_that_was_turned_is_told_as_it_is_seen(company: Company) -> None:
    draw(company.folder / "content/en/desk.jpg", exif=turned(6))
    company.page("en/tea.md", "Tea leaves", "![The desk](desk.jpg)")
    company.build()
    assert 'width="500" height="1000"' in company.html("en/tea")
    (small,) = [body for path, body in company.published().items() if path.endswith("-480.webp")]
    with Image.open(BytesIO(small)) as image:
        assert image.size == (480, 960)


@pytest.mark.parametrize(
    ("svg", "size"),
    [
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 16"/>', 'width="32" height="16"'),
        ('<svg viewBox="0 0 9 9" width="64px" height="48"/>', 'width="64" height="48"'),
        ("<svg/>", ""),
    ],
)
def test_a_drawing_keeps_its_own_file(company: Company, svg: str, size: str) -> None:
    company.write("content/en/sign.svg", svg)
    company.page("en/tea.md", "Tea leaves", "![Our sign](sign.svg)")
    company.build()
    (image,) = re.findall(r"<img[^>]*>", company.html("en/tea"))
    assert size in image
    assert ("width" in image) == bool(size)


def test_smaller_versions_are_made_once(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    draw(company.folder / "content/en/desk.png", (600, 300), "PNG")
    company.build()
    before = company.published()
    assert len([path for path in before if path.endswith(".webp")]) == 2

    monkeypatch.setattr(pictures, "_made", lambda *_: pytest.fail("made again"))
    company.build()
    assert company.published() == before


def test_a_damaged_cache_is_not_believed(company: Company) -> None:
    draw(company.folder / "content/en/desk.png", (600, 300), "PNG")
    company.build()
    before = company.published()
    for kept in (company.folder / ".otklik-cache").rglob("*.webp"):
        kept.write_bytes(kept.read_bytes()[:-9])
    company.build()
    assert company.published() == before


@pytest.mark.parametrize("name", ["desk.jpg", "desk.png", "desk.svg", "desk.webp"])
def test_a_picture_that_is_none_is_named(company: Company, name: str) -> None:
    company.write(f"content/en/{name}", "<html>not found</html>")
    (fault,) = company.faults()
    assert fault == f"content/en/{name}: this file has a picture's name, but holds none that can be read [image-broken]"


def test_a_picture_too_large_to_open_is_named(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS", 1_000_000)
    draw(company.folder / "content/en/wall.png", (2000, 1000), "PNG")
    (fault,) = company.faults()
    assert "this picture has 2000 × 1000 points; make it smaller than 1 million" in fault


def test_a_photo_that_tells_where_it_was_taken_is_a_warning(company: Company) -> None:
    exif = turned(1)
    exif[0x8825] = {1: "N", 2: (55.0, 45.0, 0.0)}
    draw(company.folder / "content/en/home.jpg", exif=exif)
    assert "warning: content/en/home.jpg: this picture tells where it was taken" in company.build()


def test_an_authors_own_choice_of_pictures_stays(company: Company) -> None:
    draw(company.folder / "content/en/desk.jpg")
    own = '<picture><source srcset="x.webp"><img src="desk.jpg" alt="The desk" width="10" height="5"></picture>'
    company.page("en/tea.md", "Tea leaves", own)
    company.build()
    html = company.html("en/tea")
    assert html.count("<picture>") == 1
    assert 'width="10" height="5"' in html
    assert 'width="1000"' not in html


@pytest.mark.parametrize(
    ("lang", "small", "large"), [("en", "(PDF, 12 KB)", "1.5 MB"), ("ru", "(PDF, 12 КБ)", "1,5 МБ")]
)
def test_a_link_to_a_file_says_what_comes_and_how_much(company: Company, lang: str, small: str, large: str) -> None:
    company.write(f"content/{lang}/price.pdf", "x" * 12_000)
    company.write("content/static/all.zip", "x" * 1_500_000)
    company.page(f"{lang}/tea.md", "Tea leaves", "[Prices](price.pdf), [all](/all.zip), [out](https://a.example/b.pdf)")
    company.build()
    html = company.html(f"{lang}/tea")
    assert f'<a href="../../{lang}/price.pdf">Prices</a> <span class="file">{small}</span>' in html
    assert large in html
    assert 'b.pdf">out</a> <span' not in html
