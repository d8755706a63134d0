"""What a report tells of a site: nothing that stops a build, all that waits for its authors."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from otklik_site import cli

if TYPE_CHECKING:
    from conftest import Company

POINTS = """---
title: Points
description: Points.
kind: points
name: Leaves
effective: 2026-01-01
point_value: 1
unit: {one: leaf, many: leaves}
earn: [{what: Tea, rate: 1, per: 10}]
review_on: 2026-12-01
---
"""


@pytest.fixture
def site(company: Company, monkeypatch: pytest.MonkeyPatch) -> Company:
    """A site on 20 November 2026 with something of everything."""
    monkeypatch.setattr(cli, "_today", lambda: date(2026, 11, 20))
    company.write("content/en/points.md", POINTS)
    company.page("en/old.md", "Old", "[new](new.md)", updated="2025-11-19", nav="1")
    company.page("en/new.md", "New", "word " * 600, updated="2026-01-01", helpful="false")
    company.page("ru/new.md", "Новое", updated="2026-02-01", nav="2")
    company.page("en/alone.md", "Alone")
    company.build()
    return company


def rows(site: Company) -> dict[str, dict[str, Any]]:
    status = cli_json(site)
    assert status["version"] == 1
    assert status["as_of"] == "2026-11-20"
    return {row["url"]: row for row in status["pages"]}


def cli_json(site: Company) -> dict[str, Any]:
    assert site.run("report", "--json") == 0
    found: dict[str, Any] = json.loads(site.said)
    return found


def test_programs_can_read_every_page(site: Company) -> None:
    found = rows(site)
    assert {url for url, row in found.items() if row["stale"]} == {"/en/old/"}
    assert {url for url, row in found.items() if row["orphan"]} == {"/en/alone/"}
    assert {url for url, row in found.items() if row["without_question"]} == {"/en/new/"}
    assert {url for url, row in found.items() if row["review_due"]} == {"/en/points/"}
    assert found["/en/new/"]["behind"] == ["ru"]
    assert found["/ru/new/"]["behind"] == []
    assert found["/en/old/"]["missing"] == ["ru"]
    assert (found["/en/new/"]["words"], found["/en/new/"]["minutes"]) == (600, 3)
    assert found["/en/new/"]["bytes"] == len(site.published()["en/new/index.html"])
    assert not any("/search/" in url for url in found)


def test_people_read_what_waits_for_them_by_file(site: Company) -> None:
    assert site.run("report") == 0
    lines = site.said.splitlines()
    assert lines[lines.index("Programs to be reviewed (1)") + 1] == "  content/en/points.md: 2026-12-01"
    assert lines[lines.index("Not changed for 365 days (1)") + 1] == "  content/en/old.md: 2025-11-19"
    assert (
        lines[lines.index("Changed later in another language (1)") + 1]
        == "  content/en/new.md: 2026-01-01; ru: 2026-02-01"
    )
    assert lines[lines.index("Nothing leads to these pages (1)") + 1] == "  content/en/alone.md"
    assert "Longest: content/en/new.md, 3 min" in lines
    assert "4 pages tell no day (“updated”, “date”), so nobody knows how old they are" in lines


def test_what_is_in_order_is_told_too(site: Company) -> None:
    for file in ("en/old.md", "en/points.md", "en/new.md", "en/alone.md", "ru/new.md"):
        (site.folder / "content" / file).unlink()
    assert site.run("report") == 0
    assert site.said.splitlines()[1] == (
        "Nothing waits under: Programs to be reviewed; Not changed for 365 days; Not translated; "
        "Changed later in another language; Nothing leads to these pages; Pages without a question"
    )


def test_long_lists_are_cut_off_for_people_and_whole_for_programs(site: Company) -> None:
    for number in range(25):
        site.page(f"en/page-{number}.md", f"Page {number}")
    assert site.run("report") == 0
    lines = site.said.splitlines()
    heading = next(number for number, line in enumerate(lines) if line.startswith("Not translated ("))
    assert lines[heading] == "Not translated (28)"
    assert lines[heading + 21] == "  and 8 more: --json"
    assert len([row for row in rows(site).values() if row["missing"]]) == 28


def test_legal_pages_need_no_question(site: Company) -> None:
    site.page("en/terms.md", "Terms", kind="legal", helpful="false", effective="2026-01-01", version="1")
    assert not rows(site)["/en/terms/"]["without_question"]


def test_what_is_stale_is_for_the_author_to_say(site: Company) -> None:
    assert site.run("report", "--stale", "2000") == 0
    assert "Not changed for 2000 days (" not in site.said
    assert site.run("report", "--stale", "0") == 1
    assert "“--stale” must be a whole number" in site.said


def test_a_site_with_faults_has_no_report(site: Company) -> None:
    site.page("en/bad.md", "Bad", "[x](nowhere.md)")
    assert site.run("report") == 1
    assert "content/en/bad.md:5:" in site.said
