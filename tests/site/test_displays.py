"""What one page shows of another: a program's tiers, and what a program or an offer gives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Company

POINTS = """---
title: Keys
description: Points for purchases.
kind: points
name: Keys
effective: 2026-03-01
unit: {one: point, other: points}
point_value: 1
earn: [{what: Purchases, rate: 5, per: 100}]
---
"""
TIERS = """---
title: Guest, Host
description: Two tiers.
kind: tiers
name: Tiers
effective: 2026-03-01
tiers:
  - {name: Guest, from: 0, benefits: [Tea]}
  - {name: Host, from: 9000, benefits: [Cakes]}
---
"""


def text_of(html: str) -> str:
    body = html.partition("<h1>")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("\xa0", " ").split())


def test_a_page_shows_what_a_program_gives_and_follows_its_terms(company: Company) -> None:
    company.write("content/en/programs/keys.md", POINTS)
    company.page("en/help/points.md", "Help", "/// offer | ../programs/keys.md\n///")
    company.build()
    html = company.html("en/help/points")
    assert '<a href="../../../en/programs/keys/">Keys</a>' in html
    assert "₽1,000 give 50 points = ₽50 Points for purchases." in text_of(html)

    company.write("content/en/programs/keys.md", POINTS.replace("rate: 5", "rate: 7"))
    company.build()
    assert "₽1,000 give 70 points = ₽70" in text_of(company.html("en/help/points"))


def test_a_page_shows_the_tiers_of_a_program_as_the_programs_own_page_does(company: Company) -> None:
    company.write("content/en/tiers.md", TIERS)
    company.page("en/help.md", "Help", "Before.\n\n/// tiers | tiers.md\n///\n\nAfter.")
    company.build()
    table = re.search(r"<table>.*?</table>", company.html("en/help"), re.DOTALL)
    assert table
    assert table[0] in company.html("en/tiers")
    assert "Host from ₽9,000 Cakes" in text_of(table[0].join(("<h1>", "</main>")))


def test_an_offer_is_shown_with_its_days_and_not_before_it_is_published(company: Company) -> None:
    company.page("en/jars.md", "Jars", kind="offer", starts="2026-02-01", until="2026-02-28")
    company.page("en/later.md", "Later", kind="offer", starts="2026-02-01", publish="2999-01-01")
    company.page("en/help.md", "Help", "/// offer | jars.md\n///\n\n/// offer | later.md\n///")
    company.build()
    said = text_of(company.html("en/help"))
    assert "Jars From February 1, 2026 to February 28, 2026 About Jars." in said
    assert "Later" not in said


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("/// offer | tee.md\n///", ":5: the link “tee.md” leads nowhere: there is no file"),
        ("Text.\n\n/// offer | tea.md\n///", ":7: “/// offer” shows a program or an offer; “tea.md” is of the kind"),
        ("/// tiers | keys.md\n///", ":5: “/// tiers” shows the tiers of a program; “keys.md” has none"),
        ("/// tiers | keys.md limit=3\n///", ":5: “/// tiers” takes the file of one page"),
    ],
)  # fmt: skip
def test_a_page_that_cannot_be_shown_is_named_with_its_line(company: Company, body: str, says: str) -> None:
    company.write("content/en/keys.md", POINTS)
    company.page("en/tea.md", "Tea leaves")
    company.page("en/help.md", "Help", body)
    (fault,) = company.faults()
    assert f"content/en/help.md{says}" in fault
    assert fault.endswith("[directive]"), "a code, so that --lenient can let it pass"
