"""Every kind of program: its page reckons from its terms, and terms that cannot be right are refused."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Company

HEAD = "---\ntitle: Offer\ndescription: One sentence.\nkind: {kind}\nname: Offer\neffective: 2026-03-01\n"
FORMS = "{one: coffee, other: coffees}"
# Each kind with the terms that it needs, and nothing more.
TERMS = {
    "fixed-discount": "percent: 5\n",
    "cumulative-discount": "counted_over: 1 y\nlevels:\n  - {from: 0, percent: 3}\n  - {from: 30000, percent: 7.5}\n",
    "cashback": "percent: 5\npaid_in: Within a week\n",
    "stamps": f"unit: {FORMS}\nevery: 6\nreward: the sixth is free\n",
}


def page(company: Company, kind: str, more: str = "", lang: str = "en", old: str = "", new: str = "") -> None:
    terms = HEAD.format(kind=kind) + TERMS[kind]
    assert old in terms
    company.write(f"content/{lang}/offer.md", terms.replace(old, new) + more + "---\nText.\n")


def said(company: Company, lang: str = "en") -> str:
    html = company.html(f"{lang}/offer").partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).replace("\xa0", " ").split())


@pytest.mark.parametrize(
    ("kind", "more", "value", "example"),
    [
        ("fixed-discount", "", "₽1,000 becomes ₽950", "₽10,000 ₽9,500 ₽500"),
        ("fixed-discount", "at_most: 300\n", "₽1,000 becomes ₽950", "₽10,000 ₽9,700 ₽300"),
        ("fixed-discount", "purchase: 20\ncurrency: EUR\n", "€20 becomes €19", "€200 €190 €10"),
        ("cumulative-discount", "", "₽30,000 of purchases give 7.5% off", "from ₽30,000 7.5% ₽925 ₽75"),
        ("cashback", "from_sum: 800\n", "₽1,000 brings ₽50 back", "₽500 ₽0 ₽500"),
        ("cashback", "purchase: 33.33\n", "₽33.33 brings ₽1.66 back", "₽333.30 ₽16.66 ₽316.64"),
        ("stamps", "price: 150\n", "5 coffees give the sixth is free", "24 coffees 4 ₽3,000 ₽600"),
    ],
)
def test_a_kind_says_its_value_in_one_line_and_in_examples(
    company: Company, kind: str, more: str, value: str, example: str
) -> None:
    page(company, kind, more)
    company.build()

    assert value in said(company)
    assert example in said(company)
    assert 'id="program-steps"' in company.html("en/offer")


@pytest.mark.parametrize("kind", list(TERMS))
def test_a_kind_needs_no_more_than_the_manual_says(company: Company, kind: str) -> None:
    page(company, kind)
    company.build()

    assert "In force from March 1, 2026" in said(company)


def test_russian_pages_write_money_and_shares_as_russians_do(company: Company) -> None:
    page(company, "fixed-discount", lang="ru")
    company.build()

    assert "1 000 ₽ превращается в 950 ₽" in said(company, "ru")
    assert "Скидка 5 %" in said(company, "ru")


@pytest.mark.parametrize(
    ("kind", "old", "new", "fault"),
    [
        ("fixed-discount", "percent: 5\n", "", ":1: “percent” is missing"),
        ("fixed-discount", "percent: 5", "percent: 0", ":7: “percent” is “0”, but must be more than zero"),
        ("fixed-discount", "percent: 5", "percent: 500", ":7: “percent” is “500”, but must be a share from 0 to 100"),
        ("fixed-discount", "percent: 5", "percent: 5\nevery: 6",
         ":8: “every” belongs to pages of kind stamps; this page's kind is fixed-discount"),
        ("cumulative-discount", "from: 30000", "from: 0", ":10: “from” is 0, not above the level before it"),
        ("cumulative-discount", "percent: 7.5", "percent: 2", ":10: “percent” is 2, not above the level before it"),
        ("cumulative-discount", "{from: 0, percent: 3}", "{percent: 3}", ":9: “from” is missing"),
        ("cashback", "paid_in: Within a week\n", "", ":1: “paid_in” is missing: when and how the money comes back"),
        ("stamps", "every: 6", "every: 1", ":8: “every” must be 2 or more"),
        ("stamps", "every: 6", "every: 2.5", ":8: “every” is “2.5”, but must be a whole number"),
        ("stamps", f"unit: {FORMS}\n", "", ":1: “unit” is missing"),
        ("stamps", "every: 6", "every: 6\nstarts: 2026-05-01\nuntil: 2026-04-30", ":10: “until” is before “starts”"),
        ("stamps", "every: 6", "every: 6\nreturns: Bring [it](nowhere.md)", "the link “nowhere.md” leads nowhere"),
    ],
)  # fmt: skip
def test_terms_that_cannot_be_right_are_refused(company: Company, kind: str, old: str, new: str, fault: str) -> None:
    page(company, kind, old=old, new=new)

    found = [line for line in company.faults() if fault in line]
    assert len(found) == 1, company.said
    assert found[0].startswith("content/en/offer.md:")


def test_a_program_that_is_over_is_a_warning(company: Company) -> None:
    page(company, "cashback", "until: 2020-01-01\n")

    assert "offer.md:9: “until” was 2020-01-01: the program is over" in company.build()


def test_earlier_versions_of_the_terms_stay_readable(company: Company) -> None:
    page(
        company,
        "stamps",
        'version: "2"\nhistory:\n  - {version: "1", from: 2025-03-01, what: Every eighth was free.}\n',
    )
    company.build()

    assert "version 2 What changed in the terms Version 1, from March 1, 2025 Every eighth was free." in said(company)


def test_search_engines_learn_that_members_pay_less(company: Company) -> None:
    page(company, "cumulative-discount")
    company.build()

    html = company.html("en/offer")
    assert '"name":"7.5%","hasTierRequirement":{"@type":"MonetaryAmount","value":30000.0' in html
    assert '"hasTierBenefit":["https://schema.org/TierBenefitLoyaltyPrice"]' in html
