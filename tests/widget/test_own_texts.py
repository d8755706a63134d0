"""A third language, from a file of the company's own: in the journey, in the page, in the script."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import TOP

from otklik_widget import assets, embed, scales
from otklik_widget.faults import Faults
from otklik_widget.journey import Journey
from otklik_widget.journey_file import read_journey

JOURNEY = """
[company]
name = "Three Porches"
languages = ["en", "kk"]
[[stage]]
key = "buy"
name = "Buys"
[[stage.touchpoint]]
key = "checkout"
name = { en = "Checkout", kk = "Касса" }
ask = ["csat5", "smiley3"]
question = { smiley3 = { en = "How was the till?", kk = "Касса қалай болды?" } }
"""


def kazakh() -> dict[str, Any]:
    """Otklik's texts in a third language: a few sentences really said, the rest marked."""
    texts: dict[str, Any] = json.loads((assets.HERE / "texts/en.json").read_text(encoding="utf-8"))
    del texts["kiosk"]
    texts["language"] = "Қазақша"
    texts["scale"]["smiley3"]["options"] = ["Нашар", "Орташа", "Жақсы"]
    texts["scale"]["csat5"]["question"] = "Бағалаңыз: {touchpoint}"
    texts["widget"]["send"] = "Жіберу"
    return texts


Company = Callable[[Any], Journey]


@pytest.fixture
def company(tmp_path: Path) -> Company:
    def read(texts: Any) -> Journey:
        (tmp_path / "texts").mkdir(exist_ok=True)
        written = texts if isinstance(texts, str) else json.dumps(texts, ensure_ascii=False)
        (tmp_path / "texts/kk.json").write_text(written, encoding="utf-8")
        (tmp_path / "journey.toml").write_text(JOURNEY, encoding="utf-8")
        return read_journey(tmp_path / "journey.toml")

    return read


def test_the_page_and_its_plain_form_speak_the_third_language(company: Company) -> None:
    page = embed.element(company(kazakh()), "checkout", "smiley3", "kk")

    assert all(word in page for word in ("Касса қалай болды?", "Нашар", "Орташа", "Жақсы", "Жіберу"))
    assert "Жақсы#" not in embed.element(company(kazakh()), "checkout", "smiley3", "en")


def test_a_scales_own_question_is_worded_in_it_too(company: Company) -> None:
    journey = company(kazakh())

    assert journey.touchpoints["checkout"].question("csat5", "kk") == "Бағалаңыз: Касса"
    assert journey.touchpoints["checkout"].question("csat5", "en") == "Please rate: Checkout"
    assert journey.touchpoints["checkout"].question("smiley3", "kk") == "Касса қалай болды?"


@pytest.mark.parametrize("card", [False, True])
def test_the_script_of_a_touchpoint_brings_it_and_the_plain_one_does_not(company: Company, card: bool) -> None:
    journey = company(kazakh())

    assert "Жіберу" in embed.configured_script(journey, point="checkout", scale="smiley3", card=card)
    assert embed.configured_script(journey, point="") == assets.script()


def without(path: str) -> dict[str, Any]:
    texts = kazakh()
    *inner, last = path.split(".")
    part = texts
    for key in inner:
        part = part[key]
    del part[last]
    return texts


def with_send(text: object) -> dict[str, Any]:
    texts = kazakh()
    texts["widget"]["send"] = text
    return texts


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (without("widget.send"), "“widget.send” is missing here"),
        (without("scale.nps"), "“scale.nps” is missing here"),
        ({**kazakh(), "widgets": {}}, "unknown key “widgets”. Did you mean “widget”?"),
        (with_send("Жіберу #1"), "“widget.send” must be a text of one line without “#”"),
        (with_send(" "), "“widget.send” must be a text of one line without “#”"),
        (with_send(["Жіберу"]), "“widget.send” must be a text of one line without “#”"),
        ({**kazakh(), "form": "optional"}, "“form.” must be an object"),
        ([], "must be an object"),
        ("{", "this is no JSON"),
    ],
)
def test_a_file_that_misses_something_is_refused_with_its_name(company: Company, texts: Any, said: str) -> None:
    with pytest.raises(Faults) as refused:
        company(texts)

    assert said in str(refused.value)
    assert "texts/kk.json" in str(refused.value)


def test_faces_need_a_word_each(company: Company) -> None:
    texts = kazakh()
    texts["scale"]["smiley3"]["options"].pop()

    with pytest.raises(Faults, match="must be a list of 3 texts"):
        company(texts)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_manual_shows_the_whole_file(lang: str) -> None:
    page = (TOP / f"docs/{lang}/languages.md").read_text(encoding="utf-8")
    shown = json.loads(page.split("```json\n")[1].split("```")[0])

    assert shown == scales.texts(lang)
