"""Python-Markdown's steps, taken only for texts that hold a sign of what they look for. The result is the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from markdown.extensions.toc import TocExtension, TocTreeprocessor
from markdown.preprocessors import NormalizeWhitespace
from markdown.treeprocessors import InlineProcessor
from markdown.util import ETX, STX, AtomicString

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from markdown import Markdown

# What a text must hold for an inline pattern to match it; patterns that are not named here are always tried.
SIGNS = {
    "backtick": "`", "escape": "\\", "footnote": "[^", "reference": "[", "link": "[", "short_reference": "[",
    "image_link": "![", "image_reference": "![", "short_image_ref": "![", "autolink": "<", "automail": "<",
    "linebreak": "  \n", "html": "<", "entity": "&",
}  # fmt: skip
# The same for a block and the processors of blocks.
BLOCKS = {
    "indent": "    ", "defindent": "    ", "code": "    ", "table": "|", "hashheader": "#", "setextheader": "\n",
    "deflist": ":", "quote": ">", "footnote": "[^", "reference": "]:",
}  # fmt: skip
# For a whole page and processors that remember something from one block to the next.
OF_PAGES = {"blocks": "///", "markdown_block": "<"}
# For a whole page and all else: one of these signs must stand somewhere in it.
BEFORE = {"fenced_code_block": ("```", "~~~"), "html_block": ("<", "&")}
ON_TREES = {"footnote-duplicate": ("[^",), "attr_list": ("{",), "unescape": ("\\",)}
# A text without any of these is as it should be.
ODD = (STX, ETX, "\r", "\t", " \n")
CONTENTS = "[TOC]"


class _Inline(InlineProcessor):
    """Tries only the patterns whose sign stands in the page, and in the very sentence."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self._all = _named(md.inlinePatterns, SIGNS)
        self._tries = self._all

    def look_at(self, page: str) -> None:
        self._tries = [(pattern, sign) for pattern, sign in self._all if sign in page]

    # It stands in for a private method and calls another: the tests tell should a later version name them otherwise.
    def _InlineProcessor__handleInline(self, data: str, number: int = 0) -> str:  # noqa: N802 - the name is theirs
        if isinstance(data, AtomicString):
            return data
        start = 0
        apply: Any = vars(InlineProcessor)["_InlineProcessor__applyPattern"]
        while number < len(self._tries):
            pattern, sign = self._tries[number]
            if sign in data:
                data, matched, start = apply(self, pattern, data, number, start)
                if matched:
                    continue
            start = 0
            number += 1
        return data


class _Blocks:
    """Asks only the processors of blocks whose sign stands in the page, and in the very block."""

    def __init__(self, md: Markdown) -> None:
        registry: Any = md.parser.blockprocessors
        self._all = _named(registry, {**BLOCKS, **OF_PAGES})
        self._of_pages = {id(registry[name]) for name in OF_PAGES if name in registry}
        self._tries = self._all

    def look_at(self, page: str) -> None:
        self._tries = [
            (processor, "" if id(processor) in self._of_pages else sign)
            for processor, sign in self._all
            if sign in page
        ]

    def parse(self, parent: Element, blocks: list[str]) -> None:
        while blocks:
            block = blocks[0]
            for processor, sign in self._tries:
                if sign in block and processor.test(parent, block):
                    if processor.run(parent, blocks) is not False:
                        break
                    block = blocks[0]


class _Step:
    """Stands before a processor of whole pages and lets those through that it has nothing to do for."""

    def __init__(self, processor: Any, signs: Sequence[str]) -> None:
        self._run = processor.run
        self._signs = signs
        self._wanted = True
        processor.run = self.run

    def look_at(self, page: str) -> None:
        self._wanted = any(sign in page for sign in self._signs)

    def run(self, given: Any) -> Any:
        return self._run(given) if self._wanted else given


class _Contents(TocTreeprocessor):
    """Makes a list of contents only for pages that show one; the anchors, and what they are called, for all."""

    def look_at(self, page: str) -> None:
        self.marker = CONTENTS if CONTENTS in page else ""

    def build_toc_div(self, toc_list: list[Any]) -> Element:
        return super().build_toc_div(toc_list) if self.marker else Element("div")


class Contents(TocExtension):
    TreeProcessorClass = _Contents


class _Normal(NormalizeWhitespace):
    """The first step: it leaves most pages as they are, and shows them to all others."""

    def __init__(self, md: Markdown, others: Iterable[Any]) -> None:
        super().__init__(md)
        self._others = tuple(others)

    def run(self, lines: list[str]) -> list[str]:
        page = "\n".join(lines)
        if page.endswith(" ") or any(sign in page for sign in ODD):
            lines = super().run(lines)
            page = "\n".join(lines)
        else:
            lines = [*lines, "", ""]
        for other in self._others:
            other.look_at(page)
        return lines


def _named(registry: Any, signs: dict[str, str]) -> list[tuple[Any, str]]:
    """Everything registered, in order, each with its sign; nothing is the sign of what is always tried."""
    names = {id(registry[name]): name for name in signs if name in registry}
    return [(one, signs.get(names.get(id(one), ""), "")) for one in registry]


def make_quick(md: Markdown) -> None:
    """Puts the quick steps into a converter; call it when all extensions are there."""
    before: Any = md.preprocessors
    on_trees: Any = md.treeprocessors
    parser: Any = md.parser
    inline, blocks = _Inline(md), _Blocks(md)
    on_trees.register(inline, "inline", 20)
    parser.parseBlocks = blocks.parse
    steps = [_Step(before[name], signs) for name, signs in BEFORE.items() if name in before]
    steps += [_Step(on_trees[name], signs) for name, signs in ON_TREES.items() if name in on_trees]
    contents = [one for one in on_trees if isinstance(one, _Contents)]
    before.register(_Normal(md, [inline, blocks, *steps, *contents]), "normalize_whitespace", 30)
    # It is asked for every element of every page, and a list is looked through to its end for each <a> or <em>.
    elements: Any = set(md.block_level_elements)
    md.block_level_elements = elements
