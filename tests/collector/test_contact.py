"""A contact: asked for only where the company wants it, kept only with a consent, and apart from the response."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from conftest import Serve, answer

AGREE = """
[contact]
agree = { ru = "Согласен, чтобы мне ответили", en = "I agree to be answered" }
link = "/consent"
"""


def contacts(db: Path) -> list[tuple[str, str]]:
    conn = sqlite3.connect(db)
    found = conn.execute("SELECT value, consent FROM contact").fetchall()
    conn.close()
    return found


def test_nobody_is_asked_for_a_contact_unless_the_journey_has_a_consent(serve: Serve) -> None:
    assert 'name="contact"' not in serve().ask("/q/till").text


@pytest.mark.parametrize(
    ("form", "status", "kept"),
    [
        ("contact=anna%40shop.example&consent=ab12cd34+page", 303, [("anna@shop.example", "ab12cd34 page")]),
        ("contact=anna%40shop.example", 422, []),
        ("contact=&consent=ab12cd34+page", 303, []),
        ("contact=" + "x" * 201 + "&consent=ab12cd34+page", 422, []),
    ],
)
def test_a_contact_on_the_page_needs_its_consent(
    serve: Serve, small_journey: Path, form: str, status: int, kept: list[tuple[str, str]]
) -> None:
    small_journey.write_text(small_journey.read_text(encoding="utf-8") + AGREE, encoding="utf-8")
    collector = serve()
    page = collector.ask("/q/till?lang=en").text
    assert 'name="consent"' in page
    assert "I agree to be answered" in page
    assert "checked" not in page

    assert collector.ask("/q/till", f"score=1&lang=en&{form}", Origin=collector.url).status == status
    assert contacts(collector.db) == kept


def test_a_card_is_asked_for_in_the_scripts_address(serve: Serve) -> None:
    collector = serve()

    assert "otklik-card" in collector.ask("/ask.js?point=till&view=corner").text
    assert "otklik-card" not in collector.ask("/ask.js?point=till").text
    assert collector.post(answer()).status == 201
