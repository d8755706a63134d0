"""Customers' pages wear the company's logo and colours, and lead to where one writes to us."""

from __future__ import annotations

from pathlib import Path

import flask
import pytest
from conftest import SMALL_JOURNEY

from otklik_collector.app import create_app
from otklik_collector.door import Door
from otklik_collector.proxies import Proxies
from otklik_widget import embed
from otklik_widget.journey_file import read_journey

LOOKS = '[company]\nlogo = "sign.svg"\ncolours = { main = "#1f5d4c", accent = "#a1421f" }'


def app(folder: Path, looks: str = LOOKS) -> flask.Flask:
    (folder / "sign.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 10"/>')
    file = folder / "journey.toml"
    file.write_text(SMALL_JOURNEY.replace("[company]", looks), encoding="utf-8")
    journey = read_journey(file)
    door = Door(journey, frozenset(), dict, b"secret")
    return create_app(journey, folder / "otklik.db", door, Proxies(()), lambda _response: None)


@pytest.mark.parametrize("page", ["/q/till", "/q/till?lang=ru", "/q/till/thanks", "/q/nowhere"])
def test_customers_pages_wear_the_companys_logo(tmp_path: Path, page: str) -> None:
    client = app(tmp_path).test_client()
    shown = client.get(page).text
    address = shown.split('class="logo" src="')[1].split('"')[0]
    assert 'alt="" width="120" height="40"' in shown
    reply = client.get(address)
    assert reply.mimetype == "image/svg+xml"
    assert reply.data == (tmp_path / "sign.svg").read_bytes()
    assert "sandbox" in reply.headers["Content-Security-Policy"]  # opened by itself it can do nothing
    assert "immutable" in reply.headers["Cache-Control"]  # its address changes with its bytes


def test_the_companys_colours_stand_after_ours(tmp_path: Path) -> None:
    style = app(tmp_path).test_client().get("/q/question.css").text
    assert style.rindex("--accent: #a1421f") > style.rindex("--accent: #124e96")


def test_without_looks_of_its_own_a_company_gets_ours(tmp_path: Path) -> None:
    client = app(tmp_path, "[company]").test_client()
    assert client.get("/q/company.image").status_code == 404
    assert "company.image" not in client.get("/q/till").text
    assert "--panel:" not in client.get("/q/question.css").text


def test_every_question_leads_to_where_one_writes_to_us(tmp_path: Path) -> None:
    client = app(tmp_path).test_client()
    page = client.get("/q/till?place=omsk&channel=qr&lang=en").text
    assert 'href="/q/write?scale=message&amp;place=omsk&amp;channel=qr&amp;lang=en"' in page
    assert "Write to us: a complaint, praise or an idea" in page
    assert "Напишите нам: жалоба, похвала или идея" in client.get("/q/returns?lang=ru").text
    assert 'class="o-write"' not in client.get("/q/write").text  # there one is
    answer = {"score": "1", "comment": "A long queue.", "place": "omsk", "lang": "en"}
    thanks = client.post("/q/till", data=answer).location
    assert 'href="/q/write?scale=message&amp;place=omsk&amp;lang=en"' in client.get(thanks).text
    written = client.post("/q/write", data={"scale": "message", "comment": "A long queue."}).location
    assert 'class="o-write"' not in client.get(written).text


def test_where_nobody_asks_for_messages_nothing_leads_there(tmp_path: Path) -> None:
    file = tmp_path / "journey.toml"
    file.write_text(SMALL_JOURNEY.replace('ask = ["message"]', 'ask = ["nps"]'), encoding="utf-8")
    assert embed.write_to_us(read_journey(file), "en", touchpoint="till") == ""
