"""Steps of Python-Markdown that are left out where they would find nothing: no page may differ by that."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from otklik_site import markdown_text
from otklik_site.markdown_text import Renderer

ROOT = Path(__file__).resolve().parent.parent.parent
# Beginnings, ends and middles of all that Markdown and our directives know; joined at random they are mostly nonsense.
PIECES = (
    "чай", "Tea and more", "two  \n", "*", "**", "_", "`", "``", "\\", "\\*", "\\[TOC]", "[", "]", "](page.md)",
    "](a b)", "![cup](cup.png)", "[tea][t]", "[t]: page.md", "[t]: page.md \"Tea\"", "[^1]", "[^1]: A note", "[^2]:",
    "<", ">", "&", "&amp;", "&#124;", "<https://tea.example>", "<anna@tea.example>", "<b>", "</b>",
    "<div markdown=\"1\">", "</div>", "<!-- no", "-->", "<br>", "# Tea", "## Tea {#hot}", "### Tea #", "Tea\n---",
    "Tea\n===", "---", "* * *", "- ", "- cup", "* cup", "+ cup", "1. one", "3. three", "    ", "    code", "\tcode",
    "  ", ": what it is", "Word\n: means", "| a | b |", "|---|:-:|", "| a | b |\n|---|--:|\n| 1 | 2 |", "> quoted",
    ">> twice", "```", "```python", "~~~", "[TOC]", "{.red}", "{: .red}", "{#here}", "/// note", "/// note | Mind",
    "///", "//// faq | Why?", "////", "\x02", "\x03", "\r", "\x0212\x03", "30 % and – more — so", "wzxhzdk:0",
    "\x02klzzwxh:0000\x03", "{", "}", "|", ":", "^", "!",
)  # fmt: skip


@pytest.fixture(scope="module")
def renderers() -> tuple[Renderer, Renderer]:
    """One as it is, and one that leaves nothing out."""
    with pytest.MonkeyPatch.context() as patch:
        quick = renderer()
        patch.setattr(markdown_text, "make_quick", lambda _md: None)
        return quick, renderer()


def renderer() -> Renderer:
    return Renderer(lambda ask: f"<p>{ask.touchpoint}</p>", lambda name, argument: f"<p>{name} {argument}</p>")


def nonsense(seed: int) -> str:
    chosen = random.Random(seed)
    pieces = chosen.choices(chosen.sample(PIECES, chosen.randint(2, 12)), k=chosen.randint(1, 24))
    return "".join(piece + chosen.choice(["", " ", "\n", "\n", "\n\n", "\n    "]) for piece in pieces)


@pytest.mark.parametrize("folder", ["content", "docs"])
def test_real_pages_are_what_they_would_be_if_no_step_were_left_out(
    folder: str, renderers: tuple[Renderer, Renderer]
) -> None:
    quick, whole = renderers
    for file in sorted((ROOT / folder).glob("??/**/*.md")):
        text = file.read_text(encoding="utf-8").split("\n---\n", 1)[1]

        assert quick.html(text) == whole.html(text), file
        assert quick.outline() == whole.outline(), file


def test_any_other_text_is_too(renderers: tuple[Renderer, Renderer]) -> None:
    quick, whole = renderers
    for seed in range(500):
        text = nonsense(seed)

        assert quick.html(text) == whole.html(text), (seed, text)
        assert quick.outline() == whole.outline(), (seed, text)
