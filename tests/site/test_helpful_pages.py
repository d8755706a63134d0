"""What `otklik report` tells of “was this page helpful?”: from answers that came as browsers send them."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from otklik_collector.store import open_store
from otklik_site.helpfulness import Addresses, told
from otklik_widget.contract import make_uuid7
from otklik_widget.page_scores import PageScores

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Company

DAY_MS = 24 * 3600_000
CHANGED = str((datetime.now(UTC) - timedelta(days=5)).date())


def answers(page: str, yes: int, no: int, days_ago: int = 1, comment: str = "") -> list[dict[str, Any]]:
    """Responses as the widget sends them from an address."""
    now = int(time.time() * 1000)
    said = [
        {
            "point": "website",
            "scale": "helpful",
            "score": score,
            "page": page,
            "at": now - days_ago * DAY_MS,
            "sent": now,
        }
        for score in [1] * yes + [0] * no
    ]
    if comment:
        said[-1]["comment"] = comment
    return [{"id": str(make_uuid7()), **one} for one in said]


@pytest.fixture
def shop(company: Company) -> Company:
    """Published below a folder; returns changed five days ago, and was called otherwise before."""
    company.write("otklik.toml", 'base_url = "https://tea.example/shop"\n')
    company.page("en/returns.md", "Returns", updated=CHANGED, moved_from="[/en/bring-back/]")
    company.page("en/prices.md", "Prices")
    company.page("en/quiet.md", "Quiet")
    company.page("ru/prices.md", "Цены", slug="tseny", moved_from="[/ru/цены/]")
    return company


def found(company: Company) -> dict[str, Any]:
    assert company.run("report", "--json") == 0, company.said
    document: dict[str, Any] = json.loads(company.said)
    return document


def test_answers_that_came_over_http_are_told_beside_a_running_collector(
    shop: Company, serve: Callable[..., Any]
) -> None:
    collector = serve(journey=shop.folder / "content/journey.toml")
    for some in (
        answers("/shop/en/returns/", 10, 30, days_ago=9),
        answers("/shop/en/bring-back/", 2, 6, days_ago=9),
        answers("/shop/en/returns/", 28, 8, comment="And without the receipt?"),
        answers("/shop/en/returns/index.html", 4, 0),
        answers("/shop/en/prices/", 4, 20),
        answers("/en/prices", 1, 0),
        answers("/shop/ru/%D1%86%D0%B5%D0%BD%D1%8B/?from=mail#end", 5, 0),
        answers("/shop/en/quiet/", 2, 2),
        answers("/shop/en/", 5, 1),
        answers("/blog/", 1, 0), answers("", 0, 2),
    ):  # fmt: skip
        assert collector.post(some).status == 201

    form = "scale=helpful&score=0&lang=en"
    for page in ("/shop/en/prices/?a=b", "/q/website"):
        assert collector.ask("/q/website", form, Origin=collector.url, Referer=collector.url + page).status == 303
    assert collector.ask("/q/website", form, Referer="https://other.example/shop/en/prices/").status == 303

    document = found(shop)

    assert document["helpful"] == {"database": "otklik.db", "without_page": 4, "elsewhere": 1, "often": {}}
    assert [row["url"] for row in document["pages"]][:3] == ["/en/prices/", "/en/returns/", "/en/"]
    pages = {row["url"]: row["helpful"] for row in document["pages"]}
    returns = pages["/en/returns/"]
    assert (returns["responses"], returns["before"]["responses"], returns["since"]["responses"]) == (88, 48, 40)
    assert (returns["before"]["value"], returns["since"]["value"]) == (0.25, 0.8)
    assert returns["change"]["verdict"] == "better"
    assert returns["comments"] == 1
    assert pages["/en/prices/"]["responses"] == 26
    assert pages["/ru/tseny/"]["value"] == 1.0
    assert pages["/en/quiet/"] is None

    assert shop.run("report") == 0
    lines = shop.said.splitlines()
    first = lines.index("Was this page helpful? First the pages that send away the most readers (4)")
    assert lines[first + 1 : first + 4] == [
        "  content/en/prices.md: helpful to 19 of 100 (9 to 38; 26 responses); “No” a month: 22",
        f"  content/en/returns.md: helpful to 80 of 100 (65 to 90; 40 responses) since {CHANGED};"
        " “No” a month: 9; 1 comment beside “No”",
        "    before: helpful to 25 of 100 (15 to 39; 48 responses); surely better",
    ]
    assert "1 page has fewer than 5 responses, which is too few to tell" in lines
    assert "4 responses tell no page: they came by a link, from a file or from a form on another host" in lines
    assert collector.post(answers("/shop/en/", 1, 0)).status == 201


@pytest.mark.parametrize(
    ("sent", "url"),
    [
        ("/shop/en/prices/", "en/prices/"), ("/en/prices/", "en/prices/"), ("/shop/en/prices", "en/prices/"),
        ("/shop//EN/Prices//index.html", "en/prices/"), ("/shop/en/pricesindex.html", None),
        ("https://tea.example/shop/en/prices/?a=/en/quiet/#b", "en/prices/"),
        ("https://other.example/shop/en/prices/", None), ("/shop/ru/цены", "ru/tseny/"),
        ("/shop/ru/%d1%86%D0%B5%D0%BD%D1%8B/", "ru/tseny/"), ("/shop/en/bring-back/", "en/returns/"),
        ("/shop/en/old.html", "en/quiet/"), ("/shop/en/older/", "en/quiet/"), ("/shop/en/", "en/"), ("/shop/", None),
        ("", None), ("/", None), ("%", None), ("http://[", None), ("/shop/%ff%00", None), ("x" * 2048, None),
    ],
)  # fmt: skip
def test_a_page_is_known_by_every_spelling_of_its_address(sent: str, url: str | None) -> None:
    known = {
        "en/": "en/", "en/prices/": "en/prices/", "en/bring-back/": "en/returns/", "ru/цены/": "ru/tseny/",
        "en/old.html": "en/quiet/", "en/older/index.html": "en/quiet/",
    }  # fmt: skip
    assert Addresses(known, "https://tea.example/shop").page(sent) == url


def test_without_a_database_a_line_says_so(shop: Company) -> None:
    assert shop.run("report", "--db", "none.db") == 0
    assert "there is no none.db (--db names another)" in shop.said
    assert not (shop.folder / "none.db").exists()
    assert found(shop)["helpful"] is None


def _newer(db: Path) -> None:
    open_store(db, create=True).close()
    with closing(sqlite3.connect(db, isolation_level=None)) as opened:
        opened.execute("INSERT INTO _sqlite_migrations VALUES (99, 'otklik', 'm999_the_future', '2030-01-01')")


def _damaged(db: Path) -> None:
    open_store(db, create=True).close()
    db.write_bytes(db.read_bytes()[:4096] + b"\xff" * 200_000)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_newer, "from a newer version of Otklik (m999_the_future)"),
        (_damaged, "the file is damaged: "),
        (lambda db: db.write_bytes(b"a letter to Anna, not a database" * 99), "not an SQLite database"),
        (lambda db: db.mkdir(), "a database cannot stand here"),
    ],
)
def test_a_database_that_cannot_be_read_is_named(shop: Company, make: Callable[[Path], object], said: str) -> None:
    db = shop.folder / "otklik.db"
    make(db)
    before = db.read_bytes() if db.is_file() else b""
    assert shop.run("report") == 1
    assert shop.said.startswith("otklik.db: ")
    assert said in shop.said
    assert not before or db.read_bytes() == before


def test_no_address_that_somebody_sent_can_pass_for_a_line_of_the_report(shop: Company) -> None:
    scores = PageScores({}, 0, 7, (("/x\nProgram\x1b[2J: 5", 7),))
    assert list(told([], scores, shop.folder))[-1] == "  /x%0AProgram%1B%5B2J%3A%205: 7"


def test_a_site_without_answers_says_so(shop: Company) -> None:
    open_store(shop.folder / "otklik.db", create=True).close()
    assert shop.run("report") == 0
    assert "Nobody has answered “was this page helpful?” on a page of this site yet" in shop.said
