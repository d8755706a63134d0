"""The script as it is served: how heavy it is, and what the collector writes into it."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from otklik_widget import assets, embed, packing
from otklik_widget.journey import Journey
from otklik_widget.journey_file import read_journey
from otklik_widget.scales import SCALES

if TYPE_CHECKING:
    from pathlib import Path

JOURNEY = """
[company]
name = "Three Porches"
languages = ["ru", "en", "kk"]
[[stage]]
key = "buy"
name = "Buys"
[[stage.touchpoint]]
key = "checkout"
name = "Checkout"
ask = ["ces7", "nps"]
question = { ru = "Касса?", en = "</script>\u2028<!--", kk = "Касса ма?" }
reasons = ["waiting"]
[[stage.touchpoint]]
key = "page"
name = "Page"
[contact]
agree = { ru = "Согласен, чтобы мне ответили", en = "I agree to be answered", kk = "Келісемін" }
link = "https://shop.example/consent"
[reason.waiting]
ru = "Ожидание"
en = "</script>"
kk = "Күту"
"""


@pytest.fixture
def journey(tmp_path: Path) -> Journey:
    file = tmp_path / "journey.toml"
    file.write_text(JOURNEY, encoding="utf-8")
    return read_journey(file)


def written(script: str) -> dict[str, str]:
    """The attributes that stand in a configured script, where the plain one has its placeholder."""
    start = assets.script().index(embed.POINT)
    found: dict[str, dict[str, str]] = json.JSONDecoder().raw_decode(script, start)[0]
    return found["own"]


def weight(script: str) -> int:
    return len(gzip.compress(script.encode(), 9))


def decoded(literal: str) -> str:
    """What a browser makes of a packed text, read again in Python."""
    lines, end = json.JSONDecoder().raw_decode(literal)
    if not literal[end:]:
        return str(lines)
    shift = int(literal[end:].split("+")[1].rstrip(")"))
    return "".join(chr(ord(letter) + shift) if "@" <= letter <= "\x7f" else letter for letter in lines)


def test_the_script_weighs_less_than_4096_bytes() -> None:
    assert weight(assets.script()) < 4096


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize("scale", list(SCALES))
def test_a_card_weighs_less_than_4096_bytes_as_it_is_served(journey: Journey, scale: str, lang: str) -> None:
    assert weight(embed.configured_script(journey, point="checkout", scale=scale, lang=lang, card=True)) < 4096


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_all_scales_are_in_it_in_both_languages(lang: str) -> None:
    said = json.loads((assets.HERE / f"texts/{lang}.json").read_text(encoding="utf-8"))
    lines = decoded(packing.literal(packing.packed(said))).split("\n")

    assert (assets.HERE / "ask.js").read_text(encoding="utf-8").count(f'"{" ".join(SCALES)}"') == 1
    for scale, line in zip(SCALES, lines, strict=False):
        question, *words = line.split("#")
        own = said["scale"][scale]
        assert question.replace("*", "{touchpoint}") == own["question"]
        assert words == own.get("options", [own[end] for end in ("low", "high") if end in own])
    assert lines[-1].split("#") == [said["widget"][name] for name in packing.SAID]
    assert {*packing.SAID, packing.CLOSE} == set(said["widget"])


@pytest.mark.parametrize("text", ["Касса", "Till", "Касса @ Till", "Ёлка, я", "Кү", "[-] Ь", ""])
def test_a_packed_text_is_the_same_text(text: str) -> None:
    assert decoded(packing.literal(text)) == text


def test_a_text_with_a_mark_of_the_packing_is_refused() -> None:
    said = json.loads((assets.HERE / "texts/en.json").read_text(encoding="utf-8"))
    said["widget"]["send"] = "Send #1"

    with pytest.raises(ValueError, match="Send #1"):
        packing.packed(said)


def test_the_languages_say_the_same_things() -> None:
    def keys(value: object) -> object:
        return {key: keys(inner) for key, inner in value.items()} if isinstance(value, dict) else type(value)

    ru, en = (json.loads((assets.HERE / f"texts/{lang}.json").read_text(encoding="utf-8")) for lang in ("ru", "en"))
    assert keys(ru) == keys(en)


def test_the_placeholder_survives_once() -> None:
    assert assets.script().count(embed.POINT) == 1
    assert "@TEXTS@" not in assets.script()
    assert assets.card().count(embed.TEXTS) == assets.card().count(embed.POINT) == 1


def test_without_a_point_the_script_is_the_plain_one(journey: Journey) -> None:
    assert embed.configured_script(journey, point="") == assets.script()


def test_a_point_brings_its_words_in_every_language(journey: Journey) -> None:
    own = written(embed.configured_script(journey, point="checkout", lang="ru", key="k1"))

    assert own["question-kk"] == "Касса ма?"
    assert json.loads(own["reasons-ru"]) == {"waiting": "Ожидание"}
    assert {name: own[name] for name in ("point", "scale", "lang", "key", "wording")} == {
        "point": "checkout",
        "scale": "ces7",
        "lang": "ru",
        "key": "k1",
        "wording": journey.wording("checkout", "ces7"),
    }


def test_what_a_point_has_not_is_left_out(journey: Journey) -> None:
    own = written(embed.configured_script(journey, point="page", scale="nps"))

    assert set(own) == {
        *("point", "scale", "wording", "question-ru", "question-en", "question-kk"),
        *("contact-ru", "contact-en", "contact-kk"),
    }
    assert own["scale"] == "nps"


def test_no_word_of_the_journey_can_break_out_of_the_script(journey: Journey) -> None:
    script = embed.configured_script(journey, point="checkout")

    assert "</script" not in script
    assert "<!--" not in script
    assert "\u2028" not in script
    assert written(script)["question-en"] == "</script>\u2028<!--"
    assert json.loads(written(script)["reasons-en"]) == {"waiting": "</script>"}
