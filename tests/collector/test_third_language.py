"""A company that speaks a language besides ours: what its question pages and tablets say around the question."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import SMALL_JOURNEY
from flask.testing import FlaskClient

from otklik_collector.app import create_app
from otklik_collector.door import Door
from otklik_collector.kiosk_pages import KioskSettings
from otklik_collector.posters import Poster, render_posters
from otklik_collector.proxies import Proxies
from otklik_collector.store.devices import Device
from otklik_widget import embed, scales
from otklik_widget.journey import Journey
from otklik_widget.journey_file import read_journey
from otklik_widget.packing import literal, packed

BASE = "https://ask.example"


def company(folder: Path, *, texts: bool = False, kiosk: bool = True, first: str = "ru") -> Journey:
    """The corner shop in Kazakh and one language of ours; with or without texts of its own."""
    other = {"ru": "en", "en": "ru"}[first]
    journey = SMALL_JOURNEY.replace('["ru", "en"]', f'["kk", "{first}"]')
    (folder / "journey.toml").write_text(re.sub(rf"\b{other} = ", "kk = ", journey), encoding="utf-8")
    if texts:
        said: dict[str, Any] = json.loads(json.dumps(scales.texts("en")))
        said["language"] = "Қазақша"
        said["scale"]["smiley5"]["options"][0] = "Өте нашар"
        said["form"]["write"] = "Бізге жазыңыз"
        said["kiosk"]["thanks"] = "Рахмет!"
        if not kiosk:
            del said["kiosk"]
        (folder / "texts").mkdir()
        (folder / "texts/kk.json").write_text(json.dumps(said), encoding="utf-8")
    return read_journey(folder / "journey.toml")


def client(journey: Journey, folder: Path) -> FlaskClient:
    door = Door(journey, frozenset(), dict, b"secret")
    return create_app(journey, folder / "otklik.db", door, Proxies(()), lambda _response: None).test_client()


def document(journey: Journey) -> dict[str, Any]:
    return KioskSettings(journey).document(Device("exit-1", "", "omsk", ("till",), b"", 0), BASE)


@pytest.mark.parametrize(
    ("first", "thanks", "send"),
    [("ru", "Спасибо. Ваш ответ учтён.", "Отправить"), ("en", "Thank you. Your answer is counted.", "Send")],
)
def test_what_nobody_translated_is_said_in_the_companys_other_language_alone(
    tmp_path: Path, first: str, thanks: str, send: str
) -> None:
    journey = company(tmp_path, first=first)
    visitor = client(journey, tmp_path)
    page = visitor.get("/q/till/thanks?lang=kk").text
    assert thanks in page
    assert f'<html lang="{first}">' in page
    assert f'<button class="o-send" type="submit">{send}</button>' in visitor.get("/q/till?lang=kk").text
    assert '<form class="o-ask" method="post" action="/q/till?answer" lang="kk">' in visitor.get("/q/till?lang=kk").text
    assert 'lang="kk" hreflang="kk">Қазақ тілі</a>' in visitor.get(f"/q/till?lang={first}").text
    # The script is told Russian; English is what it falls back to by itself.
    assert ("texts=" in embed.element(journey, "till", "smiley5", "kk")) == (first == "ru")
    card = embed.configured_script(journey, point="till", card=True)
    assert literal(packed(scales.texts(first), only="smiley5")) in card
    poster = render_posters(journey, [Poster("till", "", "a4", ("kk",))], BASE, "kk")
    assert {"ru": "Наведите", "en": "Point your"}[first] in poster


def test_texts_of_its_own_stand_in_a_frame_of_one_language(tmp_path: Path) -> None:
    page = client(company(tmp_path, texts=True), tmp_path).get("/q/till?lang=kk").text
    assert '<html lang="ru">' in page
    assert '<form class="o-ask" method="post" action="/q/till?answer" lang="kk">' in page
    assert "Өте нашар" in page
    assert "Бізге жазыңыз" in page
    assert 'aria-label="Язык"' in page


def test_a_tablets_settings_bring_the_words_that_the_app_has_not(tmp_path: Path) -> None:
    found = document(company(tmp_path, texts=True))
    assert set(found["texts"]) == {"kk"}
    assert found["texts"]["kk"]["thanks"] == "Рахмет!"
    assert set(found["texts"]["kk"]) == {"language", "more", "improve", "hint", "send", *scales.texts("en")["kiosk"]}
    (question,) = found["questions"]
    assert question["labels"][0] == {"kk": "Өте нашар", "ru": "Очень плохо"}
    write = question["write"]
    assert write["text"]["kk"] == "Бізге жазыңыз"
    assert write["link"] == f"{BASE}/q/write?scale=message&place=omsk&channel=qr"


@pytest.mark.parametrize("texts", [True, False])
def test_a_tablets_own_words_come_from_the_companys_other_language(tmp_path: Path, texts: bool) -> None:
    said = document(company(tmp_path, texts=texts, kiosk=False))["texts"]["kk"]
    assert said["thanks"] == scales.texts("ru")["kiosk"]["thanks"]
    assert said["more"] == scales.texts("en" if texts else "ru")["widget"]["more"]
    assert said["language"] == ("Қазақша" if texts else "Қазақ тілі")


def test_a_tablet_leads_to_where_one_writes_unless_it_asks_for_that(journey: Journey) -> None:
    asked = KioskSettings(journey).document(Device("exit-1", "", "", ("write", "till"), b"", 0), BASE)
    assert asked["texts"] == {}
    assert [bool(question["write"]) for question in asked["questions"]] == [False, True]
