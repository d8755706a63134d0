"""Terms and consents: which version holds since when, and what earlier ones said."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from otklik_site import cli

if TYPE_CHECKING:
    from conftest import Company

HISTORY = """history:
  - {version: "2", from: 2026-03-01, what: Points expired after six months.}
  - {version: "1", from: 2025-03-01, what: There were no tiers.}
"""


def write(company: Company, effective: str, more: str = "") -> None:
    head = f"title: Terms\ndescription: Our terms.\nkind: legal\neffective: {effective}\n"
    company.write("content/en/terms.md", f'---\n{head}version: "3"\n{more}---\nSee [what changed](#versions).\n')


def test_terms_say_which_version_holds_and_what_earlier_ones_said(company: Company) -> None:
    write(company, "2026-06-01", HISTORY)
    company.build()
    html = company.html("en/terms")
    assert "In force from June 1, 2026, version 3" in html
    assert html.index("Points expired after six months.") < html.index("There were no tiers.")
    assert (
        '<th scope="row">2</th><td data-head="In force from"><time datetime="2026-03-01">March 1, 2026</time></td>'
        in html
    )


def test_terms_that_do_not_hold_yet_say_so_until_their_day(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    write(company, "2027-01-01", HISTORY)
    monkeypatch.setattr(cli, "_today", lambda: date(2026, 12, 31))
    assert "next build due at 2027-01-01" in company.build()
    assert "Will be in force from January 1, 2027, version 3" in company.html("en/terms")
    monkeypatch.setattr(cli, "_today", lambda: date(2027, 1, 1))
    company.build()
    assert "In force from January 1, 2027, version 3" in company.html("en/terms")


@pytest.mark.parametrize(
    ("effective", "more", "says"),
    [
        ("2025-06-01", HISTORY, ":7: the earlier versions must stand newest first, all before “effective”"),
        ("2026-06-01", 'history: [{version: "1", from: 2025-01-01}]\n', "“what” is missing"),
    ],
)
def test_a_history_that_cannot_be_is_named(company: Company, effective: str, more: str, says: str) -> None:
    write(company, effective, more)
    faults = company.faults()
    assert says in faults[0]


def test_terms_without_a_day_or_a_version_are_refused(company: Company) -> None:
    company.page("en/terms.md", "Terms", kind="legal")
    faults = company.faults()
    assert ["effective" in fault or "version" in fault for fault in faults] == [True, True]
