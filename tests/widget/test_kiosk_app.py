"""The kiosk app as it is served: how heavy it is, and that it says everything in both languages."""

from __future__ import annotations

import gzip
import json
import re

from otklik_widget import assets, generate

PARTS = ("kiosk.js", "kiosk-worker.js", "kiosk.css")


def test_the_whole_app_weighs_less_than_12_kilobytes() -> None:
    assert sum(len(gzip.compress(assets.kiosk(part).encode(), 9)) for part in PARTS) < 12 * 1024


def test_every_word_the_app_uses_is_there_and_none_is_left_over() -> None:
    source = generate.kiosk(assets.HERE)
    said = json.loads((assets.HERE / "texts/en.json").read_text(encoding="utf-8"))["kiosk"]
    used = set(re.findall(r"words\(\)\.(\w+)", source))
    by_name = {"unpaired", "device-revoked", "device-key", "unknown", "often"}
    assert used - {"more", "improve", "hint", "send"} | by_name == set(said) | {"line"}


def test_no_word_of_ours_is_ever_written_as_html() -> None:
    source = generate.kiosk(assets.HERE)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", source)
