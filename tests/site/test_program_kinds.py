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
    "paid": "fee: 1490\nfee_for: a year\nbenefits: [Free delivery]\n",
    "value": "percent: 1\npaid_in: Each month\ncauses:\n  - {name: Trees, what: Saplings}\n",
    "coalition": "unit: {one: point, other: points}\npoint_value: 1\npartners:\n"
    "  - {name: Tail, what: Pets, rate: 3, per: 100}\n  - {name: Pharmacy, what: Pills}\n",
    "referral": "referral: {you: 300, friend: 200, after: The first purchase, limit: 5}\n",
    "game": "starts: 2096-03-01\nuntil: 2096-05-31\norganiser: Anna\nodds: 30\nrules: One *each*.\n"
    "prizes:\n  - {what: Cake, count: 3, worth: 900}\n  - {what: Tea, count: 30}\n",
    "club": "who: Hosts\nbenefits: [Tools are ours]\n",
    "privilege": "who: Parents\nbenefits: [A till of your own]\n",
    "business": "who: Cafés\nbenefits: [A tasting]\nmanager: Anna\n"
    "orders:\n  - {from: 60000, percent: 8, days: 30, parts: 3}\n",
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
        ("paid", "", "₽1,490 for a year gives Free delivery", "Free delivery"),
        ("paid", "saves: 199\nunit: {one: delivery, other: deliveries}\n",
         "₽1,490 for a year gives 8 deliveries pay for it", "16 deliveries ₽3,184 ₽1,694"),
        ("paid", "saves: 199\nunit: {one: delivery, other: deliveries}\n",
         "8 deliveries pay for it", "4 deliveries ₽796 −₽694 8 deliveries ₽1,592 ₽102"),
        ("value", "", "₽1,000 give to the cause ₽10", "₽10,000 ₽100"),
        ("value", "adds: 2\n", "₽1,000 give to the cause ₽30", "₽10,000 ₽200 ₽300"),
        ("coalition", "", "₽1,000 give 30 points = ₽30", "Tail Pets 3 points for every ₽100 30 points ₽30"),
        ("referral", "", "1 friend brings ₽300", "5 friends ₽1,500 ₽1,000 10 friends ₽1,500 ₽1,000"),
        ("referral", "unit: {one: point, other: points}\npoint_value: 0.5\n",
         "1 friend brings 300 points = ₽150", "3 friends 900 points = ₽450"),
        ("game", "", "10 take part of them 3 win", "Cake 3 ₽900 Tea 30"),
        ("club", "", "Free of charge gives Tools are ours", "Tools are ours"),
        ("club", "fee: 500\nmeetings:\n  - {what: Bread, date: 2096-10-14}\n",
         "₽500 gives 1 meeting", "Bread October 14, 2096"),
        ("privilege", "waits:\n  - {where: Till, usual: 9, yours: 1}\n", "9 minutes becomes 1 minute",
         "Till 9 minutes 1 minute 8 minutes"),
        ("privilege", "", "Parents get A till of your own", "A till of your own"),
        ("business", "", "from ₽60,000 gives 30 days to pay", "₽60,000 8% ₽55,200 within 30 days 3 × ₽18,400"),
        ("stamps", "price: 150\n", "5 coffees give the sixth is free", "24 coffees 4 ₽3,000 ₽600"),
    ],
)  # fmt: skip
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
        ("cashback", "paid_in: Within a week\n", "", ":1: “paid_in” is missing: when and how the money comes"),
        ("paid", "fee: 1490\n", "", ":1: “fee” is missing: what membership costs"),
        ("paid", "fee_for: a year", "fee_for: a year\nsaves: 199", ":9: “saves” needs “unit”"),
        ("value", "percent: 1\n", "", ":1: what is given? Write “percent”"),
        ("coalition", "point_value: 1\n", "", ":1: “point_value” is missing"),
        ("coalition", "rate: 3, ", "", ":10: “per” stands here without “rate”"),
        ("referral", "you: 300, ", "", ":7: “you” is missing: what the one who recommends gets"),
        ("referral", "referral: {you: 300", "unit: {one: a, other: b}\nreferral: {you: 300",
         "“point_value” is missing"),
        ("referral", "{you: 300, friend: 200, after: The first purchase, limit: 5}", "300",
         ":7: must be written as keys"),
        ("game", "organiser: Anna\n", "", ":1: “organiser” is missing"),
        ("game", "starts: 2096-03-01\n", "", ":1: “starts” is missing"),
        ("game", "until: 2096-05-31\n", "", ":1: “until” is missing"),
        ("game", "odds: 30\n", "", ":1: “odds” is missing"),
        ("game", "rules: One *each*.\n", "", ":1: “rules” is missing"),
        ("game", "prizes:\n  - {what: Cake, count: 3, worth: 900}\n  - {what: Tea, count: 30}\n", "",
         ":1: “prizes” is missing"),
        ("game", "count: 30}", "count: 0}", ":14: “count” must be 1 or more"),
        ("club", "who: Hosts\n", "", ":1: “who” is missing"),
        ("privilege", "who: Parents", "who: Parents\nwaits:\n  - {where: Till, usual: 2, yours: 2}",
         ":9: members wait here as long as others"),
        ("business", "manager: Anna\n", "", ":1: “manager” is missing"),
        ("business", "  - {from: 60000", "  - {from: 70000}\n  - {from: 60000", ":12: “from” is 60000, not above"),
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


def test_a_game_that_few_win_and_a_meeting_that_is_over_are_warnings(company: Company) -> None:
    page(company, "game", old="odds: 30", new="odds: 24.9")
    assert "offer.md:10: only 24.9 of 100 win; customers lose heart below 25" in company.build()

    page(company, "game", old="odds: 30", new="odds: 25")
    assert "customers lose heart" not in company.build()

    page(company, "club", "meetings:\n  - {what: Bread, date: 2020-10-14}\n")
    assert "offer.md:9: the meeting of 2020-10-14 is over; take it out" in company.build()


def test_minutes_friends_and_days_are_counted_as_russians_count(company: Company) -> None:
    page(company, "privilege", "waits:\n  - {where: Касса, usual: 21, yours: 2}\n", lang="ru")
    company.build()
    assert "Касса 21 минута 2 минуты 19 минут" in said(company, "ru")

    page(company, "referral", lang="ru")
    company.build()
    assert "3 друга 900 ₽ 600 ₽ 5 друзей" in said(company, "ru")


def test_a_tier_that_is_bought_says_its_price(company: Company) -> None:
    tiers = "tiers:\n  - {name: Guest, benefits: [Tea]}\n  - {name: Host, price: 990, benefits: [Cakes]}\n"
    company.write("content/en/offer.md", HEAD.format(kind="tiers") + tiers + "---\nText.\n")
    company.build()

    assert "Tier Price What it gives Guest Tea Host ₽990 Cakes" in said(company)


@pytest.mark.parametrize("kind", ["game", "paid", "stamps"])
def test_search_engines_hear_only_of_programs_whose_benefit_they_have_a_word_for(company: Company, kind: str) -> None:
    page(company, kind)
    company.build()
    assert "MemberProgram" not in company.html("en/offer")


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
