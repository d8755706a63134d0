"""A company's logo and colours are taken where they can be read and do no harm, and refused with a reason elsewhere."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from conftest import SMALL_JOURNEY, TOP
from hypothesis import given
from hypothesis import strategies as st

from otklik_widget.colours import GROUNDS, INKS, TEXT, Colours, contrast, readable, tokens
from otklik_widget.faults import Faults
from otklik_widget.journey import Company
from otklik_widget.journey_file import read_journey
from otklik_widget.logo import LOGO_BYTES

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40">{}</svg>'
colour = st.binary(min_size=3, max_size=3).map(lambda channels: "#" + channels.hex())


def png(width: int = 30, height: int = 10) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x7f" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def company(folder: Path, line: str, logo: str | bytes | None = None, name: str = "logo.svg") -> Company:
    """The company of a journey whose [company] begins with this line, on line 3."""
    if logo is not None:
        (folder / name).write_bytes(logo if isinstance(logo, bytes) else logo.encode())
    file = folder / "journey.toml"
    file.write_text(SMALL_JOURNEY.replace("[company]\n", f"[company]\n{line}\n"), encoding="utf-8")
    return read_journey(file).company


def refused(folder: Path, line: str, logo: str | bytes | None = None) -> list[str]:
    with pytest.raises(Faults) as found:
        company(folder, line, logo)
    assert [fault.line for fault in found.value.faults] == [3] * len(found.value.faults)
    return [fault.text for fault in found.value.faults]


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#abcdef", "#abcdef") == 1


@given(colour)
def test_of_every_colour_there_is_a_shade_that_can_be_read(found: str) -> None:
    for grounds in GROUNDS.values():
        shade = readable(found, grounds)
        assert min(contrast(shade, ground) for ground in grounds) >= TEXT
        assert readable(shade, grounds) == shade


@given(colour, colour)
def test_whatever_a_button_says_can_be_read(main: str, accent: str) -> None:
    taken = Colours(
        readable(main, INKS[:1]), readable(accent, GROUNDS["light"]), main, readable(accent, GROUNDS["dark"])
    )
    light, dark = taken.shades()["light"], taken.shades()["dark"]
    assert contrast(light.panel, light.on_panel) >= TEXT
    assert contrast(light.accent, light.on_accent) >= TEXT
    assert contrast(dark.accent, dark.on_accent) >= TEXT
    assert contrast(light.tint, "#14202b") >= TEXT  # what stands on a tile under the pointer
    assert contrast(dark.tint, "#eceae4") >= TEXT


def test_the_grounds_are_those_of_the_pages() -> None:
    for style in ("collector/otklik_collector/static/question.css", "site/otklik_site/static/site.css"):
        light, dark = Path(TOP, style).read_text(encoding="utf-8").split("@media (prefers-color-scheme: dark)")[:2]
        assert f"--paper: {GROUNDS['light'][0]}; --card: #fff;" in light
        assert "--paper: {}; --card: {};".format(*GROUNDS["dark"]) in dark


def test_two_colours_become_the_pages_own(tmp_path: Path) -> None:
    found = company(tmp_path, 'colours = { main = "#FC0", accent = "#124e96" }').colours
    assert found
    assert found.main == "#ffcc00"
    assert found.shades()["light"].on_panel == "#14202b"
    assert "--panel: #ffcc00; --on-panel: #14202b; --accent: #124e96; --on-accent: #ffffff;" in tokens(found)
    dark = found.shades()["dark"].accent
    assert dark != "#124e96"
    assert (
        f"@media (prefers-color-scheme: dark) {{ :root {{ --panel: #ffcc00; --on-panel: #14202b; --accent: {dark};"
        in (tokens(found))
    )


def test_dark_colours_may_be_chosen(tmp_path: Path) -> None:
    found = company(tmp_path, 'colours = { main = "#124e96", accent = "#124e96", dark = { accent = "#9cf" } }').colours
    assert found
    assert (found.dark_main, found.dark_accent) == ("#124e96", "#99ccff")


def test_without_colours_the_pages_keep_ours(tmp_path: Path) -> None:
    assert company(tmp_path, "").colours is None
    assert tokens(None) == ""


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('{ main = "#124e96", accent = "#ffcc00" }',
         "“accent” #ffcc00 cannot be read on our pages: its contrast with their ground #f6f4ef is 1.38, and 4.5 is"
         " needed. The nearest readable shade is “#896c00”"),
        ('{ main = "#7b7b7b", accent = "#124e96" }',
         "on “main” #7b7b7b neither white nor dark letters can be read: the contrast is 4.29 at best, and 4.5 is"
         " needed. The nearest readable shade is “#767676”"),
        ('{ main = "#124e96", accent = "#124e96", dark = { accent = "#124e96" } }',
         "“accent” #124e96 cannot be read on our pages: its contrast with their ground #1b222b is 1.95, and 4.5 is"
         " needed. The nearest readable shade is “#"),
        ('{ main = "blue", accent = "#12345" }', "“main” is “blue”, but a colour is written like “#124e96”"),
        ('{ main = "#124e96" }', "“accent” is missing here"),
        ('{ main = "#124e96", acent = "#124e96" }', "unknown key “acent”. Did you mean “accent”?"),
        ('{ main = 7, accent = "#124e96" }', "“main” must be a text in quotes"),
        ('"#124e96"', "“colours” must be a table"),
    ],
)  # fmt: skip
def test_a_colour_that_could_not_be_read_is_refused_with_one_that_can(tmp_path: Path, written: str, said: str) -> None:
    assert any(text.startswith(said) for text in refused(tmp_path, f"colours = {written}"))


def test_a_logo_is_a_drawing_or_a_png(tmp_path: Path) -> None:
    drawn = company(tmp_path, 'logo = "logo.svg"', SVG.format('<path d="M0 0h9" style="fill:url(#a)"/>')).logo
    assert drawn
    assert (drawn.media, drawn.wide(20), len(drawn.version)) == ("image/svg+xml", 60, 8)
    assert drawn.uri.startswith("data:image/svg+xml;base64,")
    painted = company(tmp_path, 'logo = "logo.svg"', png()).logo
    assert painted
    assert (painted.media, painted.wide(20)) == ("image/png", 60)
    assert painted.version != drawn.version


def test_what_drawing_programs_write_is_taken(tmp_path: Path) -> None:
    written = (
        '\ufeff<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<!-- made by hand -->\n'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="30mm" height="10mm">'
        '<style>.a{fill:#123}</style><g xmlns:i="http://www.inkscape.org/namespaces/inkscape" i:name="C:\\logo"/>'
        '<defs><path id="p" d="M0 0h9"/></defs><use xlink:href="#p" class="a"/></svg>'
    )
    found = company(tmp_path, 'logo = "logo.svg"', written).logo
    assert found
    assert found.wide(10) == 30


@pytest.mark.parametrize(
    ("logo", "said"),
    [
        (SVG.format("<script>alert(1)</script>"), "it holds <script>, and a logo may only draw"),
        (SVG.format("<foreignObject/>"), "it holds <foreignObject>"),
        (SVG.format('<set attributeName="href" to="javascript:alert(1)"/>'), "it holds <set>"),
        (SVG.format('<path onload="alert(1)"/>'), "it holds a script in “onload”"),
        (
            SVG.format('<image href="https://elsewhere.example/a.png"/>'),
            "it asks for “https://elsewhere.example/a.png”",
        ),
        (SVG.format('<image href="data:image/svg+xml,x"/>'), "it asks for “data:image/svg+xml,x”"),
        (SVG.format('<rect fill="url(//elsewhere.example)"/>'), "it asks for “url(//elsewhere.example)”"),
        (SVG.format("<style>@import '//elsewhere.example'</style>"), "it asks for “@import"),
        (SVG.format("<style>a{b:\\75rl(//elsewhere.example)}</style>"), "it asks for"),
        (SVG.format('<rect style="fill:u\\72l(//elsewhere.example)"/>'), "it asks for"),
        (SVG.format("<rect style=\"fill:image-set('//elsewhere.example' 1x)\"/>"), "it asks for"),
        (
            SVG.format('<form xmlns="http://www.w3.org/1999/xhtml" action="https://elsewhere.example"/>'),
            "it holds <form>, and a logo may only draw",
        ),
        ('<!DOCTYPE svg [<!ENTITY a "aa">]>' + SVG.format("&a;"), "it holds <!DOCTYPE"),
        ('<?xml-stylesheet href="//elsewhere.example"?>' + SVG.format(""), "it holds <!DOCTYPE or <?…?>"),
        ('<?xml version="1.0" encoding="UTF-7"?>' + SVG.format(""), "its first line names another encoding than UTF-8"),
        ('<svg xmlns="http://www.w3.org/2000/svg"/>', "its size is not known; give <svg> a viewBox"),
        ('<svg viewBox="0 0 9 9"/>', "it does not begin with <svg xmlns"),
        ("<html></html>", "it does not begin with <svg xmlns"),
        (b"GIF89a\xff", "it is neither an SVG in UTF-8 nor a PNG"),
        ("hello", "it is neither an SVG nor a PNG"),
        (png(5000, 1), "it must be from 1 to 4096 pixels wide and high"),
        (png()[:40], "this PNG is broken off"),
        (b" " * (LOGO_BYTES + 1), "is larger than 64 KB"),
    ],
)
def test_a_logo_that_does_more_than_draw_is_refused(tmp_path: Path, logo: str | bytes, said: str) -> None:
    (text,) = refused(tmp_path, 'logo = "logo.svg"', logo)
    assert said in text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gone.svg", "the logo “gone.svg” cannot be read: there is no such file or folder"),
        ("../logo.svg", "“logo” names a file beside this one"),
        ("/etc/passwd", "“logo” names a file beside this one"),
        ("a\\\\b.svg", "“logo” names a file beside this one"),
        (".", "cannot be read: this is a folder, not a file"),
    ],
)
def test_a_logo_stands_beside_its_journey(tmp_path: Path, name: str, said: str) -> None:
    (text,) = refused(tmp_path, f'logo = "{name}"')
    assert said in text
