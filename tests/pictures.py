"""Takes the pictures of the manual's page of directives anew: `.venv/bin/python tests/pictures.py`, with Chromium.

Names of pictures after it take only these: `tests/pictures.py note faq`.

Each picture shows what the lines above it in the manual make of the demo company, so the two cannot part.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from hosted import served
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, FloatRect, ViewportSize, sync_playwright

TOP = Path(__file__).resolve().parent.parent
LANGUAGES = ("en", "ru")
# A fence with the source, and the picture that follows it, with its size.
EXAMPLE = re.compile(
    r"```markdown\n(.*?)```\n\n(!\[[^\]]*\]\(/directive-([\w-]+)\.\w\w\.webp\))(\{[^}]*\})?\n", re.DOTALL
)
SHARPNESS = 2
AROUND = 16
# Of what would be long, so much tells enough.
PARTS = {"calculator": "form.calculator"}
COLOURS = 40
# What the examples need besides the demo's own pages.
FILES = {
    "data/en/prices.csv": "Tea,Price,From\nOolong,₽450,China\nAssam,₽280,India\nIvan chay,₽190,Suzdal\n",
    "data/ru/prices.csv": "Чай,Цена,Откуда\nУлун,450 ₽,Китай\nАссам,280 ₽,Индия\nИван-чай,190 ₽,Суздаль\n",
    "snippets/en/hours.md": "We are open **from 8 to 22**, on holidays too. The pick-up points close at 21.\n",
    "snippets/ru/hours.md": "Мы открыты **с 8 до 22**, и в праздники тоже. Пункты выдачи работают до 21.\n",
}


def manual(lang: str) -> Path:
    return TOP / "docs" / lang / "directives.md"


def examples(lang: str) -> dict[str, str]:
    """The manual's sources by the names of their pictures."""
    return {found[3]: found[1] for found in EXAMPLE.finditer(manual(lang).read_text(encoding="utf-8"))}


def company(folder: Path) -> Path:
    """The demo company with a page for each example."""
    content = folder / "content"
    shutil.copytree(TOP / "content", content)
    files = dict(FILES)
    for lang in LANGUAGES:
        for name, source in examples(lang).items():
            # The pages stand beside those that the examples lead to.
            head = f"---\ntitle: Example {name} {lang}\ndescription: Example {name} {lang}.\nhelpful: false\n---\n\n"
            files[f"{lang}/example-{name}.md"] = head + source
    for path, text in files.items():
        file = content / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return content


def take(browser: Browser, address: str, lang: str, name: str) -> Image.Image:
    """What the page shows between its heading and its end."""
    size: ViewportSize = {"width": 620, "height": 900}
    with browser.new_context(viewport=size, device_scale_factor=SHARPNESS) as context:
        page = context.new_page()
        page.goto(f"{address}/{lang}/example-{name}/", wait_until="networkidle")
        if name == "faq":
            page.locator("summary").first.click()
        made = page.evaluate(
            """(shown) => {
              const boxes = [...document.querySelectorAll(shown)]
                .filter(one => !one.matches('nav, h1, .text')).map(one => one.getBoundingClientRect())
                .filter(box => box.height);
              const top = Math.min(...boxes.map(box => box.top)), bottom = Math.max(...boxes.map(box => box.bottom));
              return [boxes[0].left, top + scrollY, Math.max(...boxes.map(box => box.right)), bottom + scrollY];
            }""",
            PARTS.get(name, "main > *, main .text > *"),
        )
        left, top, right, bottom = made
        clip: FloatRect = {
            "x": left - AROUND, "y": top - AROUND,
            "width": right - left + 2 * AROUND, "height": bottom - top + 2 * AROUND,
        }  # fmt: skip
        taken = Image.open(BytesIO(page.screenshot(full_page=True, clip=clip)))
    # So few colours weigh a third less, and are all that letters and lines need.
    few = taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).convert("RGB")
    edge = ImageDraw.Draw(few)
    edge.rectangle((0, 0, few.width - 1, few.height - 1), outline="#d5d0c4", width=SHARPNESS)
    return few


def write(lang: str, taken: dict[str, Image.Image]) -> None:
    """Keeps the pictures, and their sizes in the manual."""
    for name, image in taken.items():
        image.save(TOP / f"docs/static/directive-{name}.{lang}.webp", lossless=True, quality=100, method=6)

    def sized(found: re.Match[str]) -> str:
        if found[3] not in taken:
            return found[0]
        width, height = (side // SHARPNESS for side in taken[found[3]].size)
        return f"```markdown\n{found[1]}```\n\n{found[2]}{{width={width} height={height}}}\n"

    text = manual(lang).read_text(encoding="utf-8")
    manual(lang).write_text(EXAMPLE.sub(sized, text), encoding="utf-8")


def main(wanted: Sequence[str]) -> int:
    with TemporaryDirectory() as made, sync_playwright() as playwright:
        folder = Path(made)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for address in served(company(folder), folder / "public"):
            for lang in LANGUAGES:
                names = [name for name in examples(lang) if not wanted or name in wanted]
                write(lang, {name: take(browser, address, lang, name) for name in names})
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
