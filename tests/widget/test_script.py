"""The script as it is served: how heavy it is, and what the collector writes into it."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from otklik_widget import assets, embed, generate
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


def test_the_script_weighs_less_than_4096_bytes() -> None:
    assert len(gzip.compress(assets.script().encode(), 9)) < 4096


def test_both_languages_and_all_scales_are_in_it() -> None:
    texts = generate.widget_texts(assets.HERE)
    assert set(texts) == {"ru", "en"}
    for said in texts.values():
        assert isinstance(said, dict)
        assert set(said["scale"]) == set(SCALES)
        for one in (*(scale["question"] for scale in said["scale"].values()), said["thanks"], said["kept"]):
            assert one in assets.script()


def test_the_languages_say_the_same_things() -> None:
    def keys(value: object) -> object:
        return {key: keys(inner) for key, inner in value.items()} if isinstance(value, dict) else type(value)

    ru, en = (json.loads((assets.HERE / f"texts/{lang}.json").read_text(encoding="utf-8")) for lang in ("ru", "en"))
    assert keys(ru) == keys(en)


def test_the_placeholder_survives_once() -> None:
    assert assets.script().count(embed.POINT) == 1
    assert "@TEXTS@" not in assets.script()


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

    assert set(own) == {"point", "scale", "wording", "question-ru", "question-en", "question-kk"}
    assert own["scale"] == "nps"


def test_no_word_of_the_journey_can_break_out_of_the_script(journey: Journey) -> None:
    script = embed.configured_script(journey, point="checkout")

    assert "</script" not in script
    assert "<!--" not in script
    assert "\u2028" not in script
    assert written(script)["question-en"] == "</script>\u2028<!--"
    assert json.loads(written(script)["reasons-en"]) == {"waiting": "</script>"}
