"""Front matter as other programs write it: what their pages say, as our keys, and what to write instead."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

import yaml

from otklik_site import schema
from otklik_site.words import _
from otklik_widget.toml_lines import key_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

TOML_FENCE = re.compile(r"\+\+\+[ \t]*")
_LINE = re.compile(r"([A-Za-z][\w-]*)[ \t]*[:=](?:[ \t]+(.*)|[ \t]*)")
# By one of these in the first line the header of Pelican and MultiMarkdown is told from a text that begins “Note: …”.
_HEADER = re.compile(r"(title|date|modified|category|tags|slug|authors?|summary|description|status|lang|template|layout"
                     r"|keywords|save_as|url|cover|image)[ \t]*:", re.IGNORECASE)  # fmt: skip
# Our keys for what other programs call otherwise.
NAMES = {
    "lastmod": "updated", "modified": "updated", "last_modified_at": "updated", "updated_at": "updated",
    "published_at": "date", "created": "date", "pubdate": "date", "publishdate": "publish", "publish_date": "publish",
    "expirydate": "expire", "unpublishdate": "expire", "aliases": "moved_from", "redirect_from": "moved_from",
    "alias": "moved_from", "excerpt": "summary", "subtitle": "summary", "linktitle": "nav_title", "tag": "tags",
}  # fmt: skip
# Which of their values mean that a page is not to be seen.
_HIDDEN = {"published": ("false", "no", "off"), "status": ("draft", "hidden", "private", "pending")}
_SHOWN = {"published": ("true", "yes", "on"), "status": ("published", "publish", "public")}


def by_lines(lines: Sequence[str], first: int) -> yaml.MappingNode:
    """What can be read of lines like `Title: Tea`, one by one; the first of them is line `first` of its file."""
    found: list[tuple[yaml.Node, yaml.Node]] = []
    for number, line in enumerate(lines, first):
        if match := _LINE.fullmatch(line.rstrip()):
            value = (match[2] or "").strip().strip("\"'")
            found.append((_scalar(match[1], number), _scalar(value, number)))
    return _mapping(found)


def header(lines: Sequence[str]) -> int:
    """So many lines at a page's top are a header like Pelican's, without lines of hyphens around them; 0: none."""
    if not lines or not _HEADER.match(lines[0]):
        return 0
    number = 1
    while number < len(lines) and lines[number].strip() and (_LINE.fullmatch(lines[number].rstrip())
                                                              or lines[number].startswith(" ")):  # fmt: skip
        number += 1
    return number if number == len(lines) or not lines[number].strip() else 0


def of_toml(text: str, first: int) -> yaml.MappingNode:
    """TOML as if it were YAML; raises `tomllib.TOMLDecodeError` or `ValueError` where it is none."""
    found = tomllib.loads(text)
    lines = key_lines(text)

    def node(value: Any, line: int) -> yaml.Node:
        if isinstance(value, dict):
            return _mapping([(_scalar(key, line), node(one, line)) for key, one in value.items()])
        if isinstance(value, list):
            return yaml.SequenceNode("tag:yaml.org,2002:seq", [node(one, line) for one in value], _mark(line))
        return _scalar(str(value).lower() if isinstance(value, bool) else str(value), line)

    pairs = []
    for key, value in found.items():
        line = first - 1 + lines.get((key,), 1)
        pairs.append((_scalar(key, line), node(value, line)))
    return _mapping(pairs)


def as_ours(node: yaml.MappingNode) -> tuple[yaml.MappingNode, list[tuple[int, str]]]:
    """The same with our keys' names where other programs have others, and a sentence for each, with its line."""
    said: list[tuple[int, str]] = []
    have = {key.value for key, _value in node.value if isinstance(key, yaml.ScalarNode)}
    pairs = []
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) and isinstance(key.value, str) else ""
        small = name.lower()
        ours = "" if name in schema.KEYS else NAMES.get(small, small if small in schema.KEYS else "")
        line = key.start_mark.line + 1
        if small in _HIDDEN and isinstance(value, yaml.ScalarNode):
            if "draft" not in have and value.value.strip().lower() in _HIDDEN[small]:
                said.append((line, _("“%(key)s” is written “%(ours)s” here", key=name, ours="draft: true")))
                pairs.append((_scalar("draft", line), _scalar("true", line)))
                have.add("draft")
                continue
            if value.value.strip().lower() in _SHOWN[small]:
                said.append((line, _("“%(key)s” is not needed here: every page without “draft: true” is published",
                                     key=name)))  # fmt: skip
                continue
        elif ours and ours not in have:
            said.append((line, _("“%(key)s” is written “%(ours)s” here", key=name, ours=ours)))
            have.add(ours)
            key = _scalar(ours, line)
        pairs.append((key, value))
    return _mapping(pairs), said


def small(node: yaml.MappingNode) -> yaml.MappingNode:
    """The same with keys in small letters."""
    return _mapping([(_scalar(key.value.lower(), key.start_mark.line + 1), value) for key, value in node.value])


def _mapping(pairs: Iterable[tuple[yaml.Node, yaml.Node]]) -> yaml.MappingNode:
    return yaml.MappingNode("tag:yaml.org,2002:map", list(pairs), _mark(1))


def _scalar(value: str, line: int) -> yaml.ScalarNode:
    return yaml.ScalarNode("tag:yaml.org,2002:str", value, _mark(line))


def _mark(line: int) -> yaml.Mark:
    return yaml.Mark("", 0, line - 1, 0, None, 0)


# What only other programs understand: {{< … >}}, {{% … %}}, {% … %}.
SHORTCODE = re.compile(r"\{\{[<%].*?(?:[>%]\}\}|$)|\{%.*?(?:%\}|$)")
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_CODE_OR_TAG = re.compile(rf"{_CODE.pattern}|\{{\{{<")


def as_text(line: str) -> str:
    """A line in which no shortcode is taken for HTML, or code for a shortcode."""
    return _CODE_OR_TAG.sub(lambda found: found[0] if found[1] else "{{&lt;", line)


def shortcodes(line: str) -> Iterator[str]:
    """The shortcodes of a line of text; those shown as code are none."""
    if "{%" in line or "{{<" in line or "{{%" in line:
        yield from (found[0] for found in SHORTCODE.finditer(_CODE.sub("", line)))
