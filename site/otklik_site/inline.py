"""Python-Markdown's inline patterns, tried only on texts that hold the sign they begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markdown.treeprocessors import InlineProcessor
from markdown.util import AtomicString

if TYPE_CHECKING:
    from markdown import Markdown

# What a text must hold for a pattern to match it; patterns that are not named here are always tried.
SIGNS = {
    "backtick": "`", "escape": "\\", "footnote": "[^", "reference": "[", "link": "[", "short_reference": "[",
    "image_link": "![", "image_reference": "![", "short_image_ref": "![", "autolink": "<", "automail": "<",
    "linebreak": "  \n", "html": "<", "entity": "&",
}  # fmt: skip


class QuickInline(InlineProcessor):
    """The same result for fewer tries: nearly every sentence holds none of the signs."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        registry: Any = md.inlinePatterns
        self._tries = [(pattern, SIGNS.get(_name(registry, pattern), "")) for pattern in registry]

    # It stands in for a private method: should a later version call it otherwise, only the gain is lost.
    def _InlineProcessor__handleInline(self, data: str, number: int = 0) -> str:  # noqa: N802
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


def _name(registry: Any, pattern: Any) -> str:
    return next((name for name in SIGNS if name in registry and registry[name] is pattern), "")


def make_quick(md: Markdown) -> None:
    """Replaces the converter's inline processor; call it when all extensions are there."""
    md.treeprocessors.register(QuickInline(md), "inline", 20)
