"""The widget's texts in few bytes: a line for each scale and a last one for the widget itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from otklik_widget.scales import SCALES

# What the widget itself says, in the order in which ask.js takes it apart.
SAID = ("more", "improve", "hint", "send", "sending", "change", "thanks", "kept", "refused")
CLOSE = "close"
"""Said by a card only, after all the others."""
# Cyrillic letters take two bytes, of which the first hardly says anything: moved into one byte each, the whole
# script is 180 bytes smaller after gzip, the decoder included.
SHIFT = 0x410 - 0x40
_MOVED = range(0x410, 0x450)


def packed(texts: Mapping[str, Any], *, only: str = "") -> str:
    """All lines of one language, from the parts `scale` and `widget` of its texts/*.json.

    `only`: no more than one scale's words, without its question.
    """
    lines = []
    for key in SCALES:
        if only not in ("", key):
            continue
        said = texts["scale"][key]
        question = "" if only else said["question"].replace("{touchpoint}", "*")
        ends = [said["low"], said["high"]] if "low" in said else []
        lines.append([question, *said.get("options", ends)])
    lines.append([texts["widget"][name] for name in (*SAID, *((CLOSE,) if only else ()))])
    for text in (text for line in lines for text in line):
        if set("#\n") & set(text):
            raise ValueError(f"{text!r} holds a mark that stands between texts")
    return "\n".join("#".join(line) for line in lines)


def for_kiosk(texts: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, str]:
    """A tablet's words in one language; its own part comes from `ours` where a company left it out."""
    shared = {name: texts["widget"][name] for name in ("more", "improve", "hint", "send")}
    return {"language": texts["language"], **shared, **(texts.get("kiosk") or ours["kiosk"])}


def literal(lines: str) -> str:
    """A JavaScript expression that gives these lines back."""
    taken = {chr(code - SHIFT) for code in _MOVED}
    if taken & set(lines) or not any(ord(letter) in _MOVED for letter in lines):
        return json.dumps(lines, ensure_ascii=False)
    moved = "".join(chr(ord(letter) - SHIFT) if ord(letter) in _MOVED else letter for letter in lines)
    decoder = f".replace(/[@-\\x7f]/g,c=>String.fromCharCode(c.charCodeAt()+{SHIFT}))"
    return json.dumps(moved, ensure_ascii=False) + decoder
