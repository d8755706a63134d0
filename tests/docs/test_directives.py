"""The manual shows every directive: its lines, and a picture of what they make."""

from __future__ import annotations

import re

import pytest
from conftest import TOP
from pictures import EXAMPLE, LANGUAGES, SHARPNESS, manual
from PIL import Image

from otklik_site import directives

STATIC = TOP / "docs/static"
# All of them together, so that a copy of the project stays small.
HEAVIEST = 300_000


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_directive_has_its_lines_and_a_picture_in_the_manual(lang: str) -> None:
    shown: set[str] = set()
    for found in EXAMPLE.finditer(manual(lang).read_text(encoding="utf-8")):
        source, name, size = found[1], found[3], found[4]
        shown |= set(re.findall(r"^/// ([\w-]+)", source, re.MULTILINE))
        with Image.open(STATIC / f"directive-{name}.{lang}.webp") as picture:
            width, height = (side // SHARPNESS for side in picture.size)
        assert size == f"{{width={width} height={height}}}", f"{name}: take the pictures anew with tests/pictures.py"
    assert shown == set(directives.RULES), "docs/*/directives.md, then tests/pictures.py"


def test_pictures_are_light_and_none_is_left_over() -> None:
    files = {file.name for file in STATIC.glob("directive-*")}
    named = {
        f"directive-{found[3]}.{lang}.webp"
        for lang in LANGUAGES
        for found in EXAMPLE.finditer(manual(lang).read_text(encoding="utf-8"))
    }
    assert files == named
    assert sum((STATIC / name).stat().st_size for name in files) < HEAVIEST
