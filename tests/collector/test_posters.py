"""Posters are made by the command and in the console, for places of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import SMALL_JOURNEY
from managers import Console

from otklik_widget.cli import main


def test_the_command_makes_a_sheet_for_each_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "content").mkdir()
    (tmp_path / "content/journey.toml").write_text(SMALL_JOURNEY, encoding="utf-8")
    (tmp_path / "otklik.toml").write_text('collector_url = "https://ask.shop.example"\n')
    assert main(["poster", "till", "--place", "all", "--size", "a5", "--out", "till.html"]) == 0
    page = (tmp_path / "till.html").read_text(encoding="utf-8")
    assert page.count('<article class="sheet a5') == 2
    assert "ask.shop.example/q/till" in page
    assert "<script" not in page
    assert "http" not in page.replace("https://ask.shop.example", "").replace(
        "http://www.w3.org", ""
    )  # all in one file

    assert main(["poster", "tlil", "--language", "de"]) == 1
    assert main(["poster", "till", "--place", "omks", "--language", "ru,en,ru"]) == 1
    said = capsys.readouterr().err
    assert "Did you mean “till”?" in said
    assert said.count("it speaks ru, en.") == 2
    assert "Did you mean “omsk”?" in said


def test_the_console_shows_the_sheet_as_it_prints(shop: Console) -> None:
    anna = shop.signed_in()
    assert "/console/links/till/poster?place=omsk&amp;lang=en" in anna.ask("/console/links/till?place=omsk").text
    page = anna.ask("/console/links/till/poster?place=omsk&size=tent&language=ru&lang=en").text
    assert '<article class="sheet tent' in page
    assert "Наведите камеру телефона на код" in page
    assert "Point your phone" not in page
    assert f"{shop.url.partition('://')[2]}/q/till" in page
    assert "style=" not in page  # the console's policy allows none
    style = anna.ask("/console/poster.css")
    assert (style.status, "--panel: #124e96" in style.text) == (200, True)
    plain = anna.ask("/console/links/till/poster?size=huge&language=de").text
    assert '<article class="sheet a4' in plain


def test_nobody_prints_for_a_place_that_is_not_theirs(shop: Console) -> None:
    boris = shop.signed_in("Boris")
    for path in ("poster", "poster.pdf"):
        assert boris.ask(f"/console/links/till/{path}?place=omsk").status == 403
    assert "omsk" not in boris.ask("/console/links/till/poster").text.lower()
    assert shop.visitor().ask("/console/links/till/poster").status == 303
