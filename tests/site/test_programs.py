"""Program pages: what customers read is computed from the terms, in their language's own habits."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape
from typing import TYPE_CHECKING

import pytest

from otklik_site import formats
from otklik_site.program_checks import is_simple

if TYPE_CHECKING:
    from conftest import Company

TERMS = """---
title: {title}
description: About {title}.
kind: points
name: Keys
effective: 2026-03-01
version: 1.10
unit: {unit}
point_value: {value}
earn:
  - what: Tea
    rate: 5
    per: 100
  - what: Birthday
    rate: 1
    note: Once
  - what: Smiles
spend:
  - what: Cakes
    max_share: 30
    min: 21
    except: gift cards
join: Tell [us](index.md) your number.
expiry: After *12 months*.
faq:
  - q: When do they come?
    a: At once, see [home](index.md).
---
Text.
"""
RU = "{one: балл, few: балла, many: баллов}"
EN = "{one: point, many: points}"


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).replace("\xa0", " ").split())


def test_the_value_of_points_is_one_line_in_russian(company: Company) -> None:
    company.write("content/ru/keys.md", TERMS.format(title="Баллы", unit=RU, value=1))
    company.build()

    said = text_of(company.html("ru/keys"))
    assert "1 000 ₽ дают 50 баллов = 50 ₽" in said
    assert "5 баллов за каждые 100 ₽" in said
    assert "1 балл = 1 ₽ . Баллами можно оплатить до 30 % покупки." in said.replace("₽.", "₽ .")
    assert "500 ₽ 25 баллов 25 ₽" in said
    assert "Cakes до 30 % от 21 gift cards" in said
    assert "Действует с 1 марта 2026 г., редакция 1.10" in said


def test_the_value_of_points_is_one_line_in_english(company: Company) -> None:
    company.write("content/en/keys.md", TERMS.format(title="Points", unit=EN, value="0.5"))
    company.build()

    html = company.html("en/keys")
    said = text_of(html)
    assert "₽1,000 give 50 points = ₽25" in said
    assert "1 point = ₽0.50" in said
    assert "Birthday 1 point Once" in said
    assert "In force from March 1, 2026, version 1.10" in said
    assert "<summary>When do they come?</summary>" in html
    assert 'Tell <a href="../../en/">us</a> your number.' in html
    assert '"@type":"MemberProgram","name":"Keys"' in html


def test_tiers_show_what_each_needs_and_gives(company: Company) -> None:
    tiers = (
        "tiers:\n  - {name: Guest, from: 0, multiplier: 1, benefits: [Tea]}\n"
        "  - {name: Host, from: 30000, multiplier: 1.4, benefits: [Tea, Cakes]}\n"
    )
    terms = TERMS.format(title="Tiers", unit=EN, value=1).replace("kind: points", "kind: tiers")
    company.write("content/en/tiers.md", terms.replace("earn:\n", tiers + "earn:\n"))
    company.build()

    said = text_of(company.html("en/tiers"))
    assert "Guest from the first purchase ×1 50 points Tea" in said
    assert "Host from ₽30,000 ×1.4 70 points Tea Cakes" in said
    assert '"hasTierRequirement":{"@type":"MonetaryAmount","value":30000.0' in company.html("en/tiers")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("point_value: 1\n", "", ":1: “point_value” is missing: how much money one point is worth"),
        ("point_value: 1\n", "point_value: 0\n", ":9: “point_value” is “0”, but must be more than zero"),
        ("point_value: 1\n", "point_value: 0,5\n", ":9: “point_value” is “0,5”, but must be a number, like 0.5 or 100"),
        ("name: Keys\n", "", ":1: “name” is missing"),
        (EN, "{one: point}", ":8: “unit” lacks the forms many"),
        ("unit: " + EN + "\n", "", ":1: “unit” is missing"),
        ("    rate: 5\n", "", ":11: “per” stands here without “rate”"),
        ("    rate: 5\n", "    rat: 5\n", ":12: unknown key “rat”. Did you mean “rate”?"),
        ("max_share: 30", "max_share: 130", ":20: “max_share” is “130”, but must be a share from 0 to 100"),
        ("kind: points", "kind: tiers", ":1: “tiers” is missing"),
        ("kind: points", "kind: points\ncurrency: XYZ", ":5: “currency” is “XYZ”, but must be a currency code"),
        ("kind: points", "kind: points\ntouchpoints: [chekout]", ":5: the journey has no touchpoint “chekout”"),
        ("    a: At", "    b: At", ":27: unknown key “b”"),
        ("join: Tell [us](index.md)", "join: Tell [us](idx.md)", ":23: the link “idx.md” leads nowhere"),
        ("earn:\n", "tiers:\n  - {name: A, from: 9, benefits: [x]}\n  - {name: B, from: 9, benefits: [y]}\nearn:\n",
         ":12: this tier begins at 9, not above the one before it"),
    ],
)  # fmt: skip
def test_terms_that_cannot_be_right_are_faults(company: Company, before: str, after: str, said: str) -> None:
    terms = TERMS.format(title="Points", unit=EN, value=1)
    assert before in terms
    company.write("content/en/keys.md", terms.replace(before, after))

    assert f"content/en/keys.md{said}" in "\n".join(company.faults())


def test_russian_needs_three_forms_of_a_unit(company: Company) -> None:
    company.write("content/ru/keys.md", TERMS.format(title="Баллы", unit="{one: балл, many: баллов}", value=1))

    assert company.faults() == [
        "content/ru/keys.md:8: “unit” lacks the forms few; this page's language needs one, few, many [program]"
    ]


def test_terms_due_for_review_and_odd_values_are_warnings(company: Company) -> None:
    terms = TERMS.format(title="Points", unit=EN, value="0.07")
    company.write("content/en/keys.md", terms.replace("version:", "review_on: 2020-01-01\nversion:"))

    said = company.build()
    assert "keys.md:7: “review_on” was 2020-01-01: are these terms still right?" in said
    assert "keys.md:10: a point worth 0.07 is hard to reckon with" in said


@pytest.mark.parametrize(
    ("value", "simple"),
    [("1", True), ("0.5", True), ("0.10", True), ("20", True), ("0.07", False), ("14", False), ("0.25", False)],
)
def test_a_point_should_be_worth_a_round_sum(value: str, simple: bool) -> None:
    assert is_simple(Decimal(value)) is simple


@pytest.mark.parametrize(
    ("number", "said"),
    [("1", "1 балл"), ("2", "2 балла"), ("5", "5 баллов"), ("21", "21 балл"), ("1.5", "1,5 балла"),
     ("1000", "1 000 баллов"), ("60.0", "60 баллов"), ("1.00", "1 балл")],
)  # fmt: skip
def test_points_are_counted_as_russians_count(number: str, said: str) -> None:
    forms = {"one": "балл", "few": "балла", "many": "баллов"}

    assert formats.counted(Decimal(number), forms, "ru").replace("\xa0", " ") == said


@pytest.mark.parametrize(
    ("lang", "sum_", "currency", "said"),
    [
        ("ru", "1000", "RUB", "1 000 ₽"), ("ru", "0.5", "RUB", "0,50 ₽"), ("en", "1000", "RUB", "₽1,000"),
        ("en", "9.99", "EUR", "€9.99"), ("ru", "5", "USD", "5 $"), ("xx", "5", "USD", "$5"),
    ],
)  # fmt: skip
def test_money_is_written_without_empty_kopecks(lang: str, sum_: str, currency: str, said: str) -> None:
    assert formats.money(Decimal(sum_), currency, lang, ("ru", "en")).replace("\xa0", " ") == said
