"""Markdown to HTML: one converter, made once and used for every page, with our directives in it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from pymdownx.blocks import BlocksExtension
from pymdownx.blocks.block import Block

from otklik_site.directives import MADE, Ask, parse_ask
from otklik_site.enclosed import up_to
from otklik_site.quick import Contents, make_quick
from otklik_site.slugs import heading_id
from otklik_site.typography import tie_html
from otklik_site.words import _

AskHtml = Callable[[Ask], str]
MadeHtml = Callable[[str, str], str]
SECTIONS = "otklik-sections"
_BACK = "otklik-back-to-text"
_BACK_LINK = re.compile(rf'(title="([^"]*)")>{_BACK}')
_TABLE = re.compile(r"<table>(.*?)</table>", re.DOTALL)
_PRE = re.compile(r"<pre(?=[\s>])(?![^<>]*\stabindex=)")
_EMPTY_HEAD = re.compile(r"<thead>\s*<tr>(?:\s*<th[^>]*>\s*</th>)+\s*</tr>\s*</thead>\s*")
_EMPTY_CORNER = re.compile(r"(<thead>\s*<tr>\s*)<th[^>]*>\s*</th>")
_HEAD_CELL = re.compile(r"<th(?=[\s>])")
_FIRST_CELL = re.compile(r"<tr>\s*<td([^>]*)>(.*?)</td>", re.DOTALL)
_BACK_ICON = (
    '<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M13 13V9a3 3 0 0 0-3-3H3m4-4L3 6l4 4"/></svg>'
)


class _Directive(Block):  # type: ignore[misc]  # pymdownx brings no types
    ARGUMENT: bool | None = None


class _AskBlock(_Directive):
    NAME = "ask"

    def on_create(self, parent: ET.Element) -> ET.Element:
        element = ET.SubElement(parent, "div", {"class": "ask"})
        ask, _faults = parse_ask(self.argument or "")
        element.text = self.md.htmlStash.store(self.config["ask"](ask))
        return element


class _MadeBlock(_Directive):
    """What holds no text: its HTML is made from its argument."""

    def on_create(self, parent: ET.Element) -> ET.Element:
        element = ET.SubElement(parent, "div", {"class": f"made-{self.NAME}"})
        element.text = self.md.htmlStash.store(self.config["make"](self.NAME, self.argument or ""))
        return element


class _NoteBlock(_Directive):
    NAME = "note"

    def on_create(self, parent: ET.Element) -> ET.Element:
        element = ET.SubElement(parent, "div", {"class": "note", "role": "note"})
        if self.argument:
            ET.SubElement(element, "p", {"class": "note-title"}).text = self.argument
        return element


class _FaqBlock(_Directive):
    NAME = "faq"

    def on_create(self, parent: ET.Element) -> ET.Element:
        element = ET.SubElement(parent, "details")
        ET.SubElement(element, "summary").text = self.argument
        return element


class _CtaBlock(_Directive):
    NAME = "cta"

    def on_create(self, parent: ET.Element) -> ET.Element:
        return ET.SubElement(parent, "div", {"class": "cta"})


class _Directives(BlocksExtension):  # type: ignore[misc]  # pymdownx brings no types
    def __init__(self, ask: AskHtml, make: MadeHtml) -> None:
        super().__init__()
        self.ask = ask
        self.make = make

    # The names and types here are pymdownx's.
    def extendMarkdownBlocks(self, md: Markdown, block_mgr: Any) -> None:  # noqa: ARG002, N802
        block_mgr.register(_AskBlock, {"ask": self.ask})
        for block in (_NoteBlock, _FaqBlock, _CtaBlock):
            block_mgr.register(block, {})
        for name in MADE:
            block_mgr.register(type(f"_Made{name}", (_MadeBlock,), {"NAME": name}), {"make": self.make})


class _Sectioner(Treeprocessor):
    """Puts each second heading and what follows it into a <section>, where `wanted`."""

    wanted = False

    def run(self, root: ET.Element) -> None:
        if not self.wanted:
            return
        section = root
        for child in list(root):
            if child.tag == "h2":
                section = ET.SubElement(root, "section")
            elif child.get("class") == "footnote":
                section = root
            if section is not root:
                root.remove(child)
                section.append(child)


class _Sections(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is Python-Markdown's
        # After toc (5), which gives the headings their anchors.
        md.treeprocessors.register(_Sectioner(md), SECTIONS, 3)


@dataclass(frozen=True)
class Heading:
    """A second heading of a page: its anchor, and its text as HTML."""

    anchor: str
    text: str


class Renderer:
    """Turns Markdown into HTML; `ask` gives a question's, `make` that of a directive by its name and argument.

    Slow to make: one serves all.
    """

    def __init__(self, ask: AskHtml, make: MadeHtml) -> None:
        self._markdown = Markdown(
            output_format="html",
            extensions=[
                "attr_list", "tables", "footnotes", "def_list", "md_in_html", "sane_lists",
                "pymdownx.highlight", "pymdownx.superfences", Contents(slugify=heading_id),
                _Directives(ask, make), _Sections(),
            ],
            extension_configs={
                # A style attribute would break a strict Content-Security-Policy; see _tidy_table.
                "tables": {"use_align_attribute": True},
                "footnotes": {"BACKLINK_TEXT": _BACK},
                "pymdownx.highlight": {"use_pygments": False},
            },
        )  # fmt: skip
        make_quick(self._markdown)
        self._sectioner: Any = self._markdown.treeprocessors[SECTIONS]
        self._footnotes = next(e for e in self._markdown.registeredExtensions if "FootnoteExtension" in repr(e))

    def html(self, text: str, *, sections: bool = False) -> str:
        """The HTML of a text, spoken in the language that speaks now; `sections` as for a home page."""
        self._sectioner.wanted = sections
        self._footnotes.setConfig("BACKLINK_TITLE", _("Back to footnote {} in the text"))
        html = self._markdown.reset().convert(text)
        if _BACK in html:
            html = _BACK_LINK.sub(rf'\1 aria-label="\2">{_BACK_ICON}', html)
        if "<pre" in html:  # what scrolls sideways must be reached from the keyboard
            html = _PRE.sub('<pre tabindex="0"', html)
        if "<table>" in html:
            tables, rest = up_to(html, "</table>")
            html = _TABLE.sub(_tidy_table, tables) + rest
        return tie_html(html)

    def outline(self) -> tuple[Heading, ...]:
        """The second headings of the text that was rendered last."""
        tokens: list[dict[str, Any]] = getattr(self._markdown, "toc_tokens", [])
        return tuple(Heading(token["id"], token["name"]) for token in tokens if token["level"] == 2)

    def inline(self, text: str) -> str:
        """The same for a sentence: without the paragraph around it."""
        html = self.html(text)
        if html.startswith("<p>") and html.endswith("</p>") and html.count("<p>") == 1:
            return html[3:-4]
        return html


def _tidy_table(found: re.Match[str]) -> str:
    """A table that scrolls by itself on a phone; where its head is empty, the first column is the heads."""
    inner = re.sub(r' align="(\w+)"', r' class="\1"', found[1])
    inner, without_head = _EMPTY_HEAD.subn("", inner)
    inner, without_corner = _EMPTY_CORNER.subn(r"\1<td></td>", inner)
    if without_head or without_corner:
        head, body, rows = inner.partition("<tbody>")
        head = _HEAD_CELL.sub('<th scope="col"', head)
        rows, rest = up_to(rows, "</td>")
        inner = head + body + _FIRST_CELL.sub(r'<tr><th scope="row"\1>\2</th>', rows) + rest
    label = escape(_("Table"))
    stack = " stack" if "data-head=" in inner else ""
    return f'<div class="table{stack}" role="group" aria-label="{label}" tabindex="0"><table>{inner}</table></div>'
