"""Sections, tags, offers with their days, contacts: what a site shows of its pages, and when."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from otklik_site import cli

if TYPE_CHECKING:
    from conftest import Company


@pytest.fixture
def november(monkeypatch: pytest.MonkeyPatch) -> None:
    """Today is 20 November 2026."""
    monkeypatch.setattr(cli, "_today", lambda: date(2026, 11, 20))


def titles(html: str) -> list[str]:
    return re.findall(r"<h[23]><a href=\"[^\"]*\">([^<]+)</a>", html)


def test_a_section_lists_the_pages_below_it_newest_first_in_parts(company: Company) -> None:
    company.page("en/club/index.md", "Club", "Welcome.", kind="section", per_page="2")
    for day in range(1, 6):
        company.page(f"en/club/{day}.md", f"Article {day}", kind="article", date=f"2026-03-0{day}")
    company.page("en/tea.md", "Tea leaves")

    company.build()

    assert titles(company.html("en/club")) == ["Article 5", "Article 4"]
    assert "Welcome." in company.html("en/club")
    second = company.html("en/club/page-2")
    assert titles(second) == ["Article 3", "Article 2"]
    assert "<title>Club, page 2 · Anna&#39;s Tea</title>" in second
    assert "Welcome." not in second
    assert re.findall(r'rel="(prev|next)" href|href="([^"]*)" rel="(prev|next)"', second)
    assert titles(company.html("en/club/page-3")) == ["Article 1"]
    assert "page-2" in company.html("sitemap.xml")


def test_an_empty_section_says_so_and_a_short_one_has_no_further_parts(company: Company) -> None:
    company.page("en/news/index.md", "News", kind="section")
    company.build()
    assert "There is nothing here yet." in company.html("en/news")
    assert "en/news/page-2/index.html" not in company.published()


@pytest.mark.parametrize(("order", "found"), [("title", ["A", "B", "C"]), ("nav", ["C", "B", "A"])])
def test_a_section_keeps_the_order_it_is_given(company: Company, order: str, found: list[str]) -> None:
    company.page("en/club/index.md", "Club", kind="section", order=order)
    for nav, title in enumerate("CB"):
        company.page(f"en/club/{title}.md", title, nav=str(nav))
    company.page("en/club/a.md", "A")
    company.build()
    assert titles(company.html("en/club")) == found


def test_each_tag_has_a_page_and_each_page_leads_to_its_tags(company: Company) -> None:
    company.page("ru/one.md", "Один", tags="[Зелёный чай, Скидки]")
    company.page("ru/two.md", "Два", "[чай](/ru/tags/zelyonyy-chay/)", tags="[зелёный чай]")

    company.build()

    assert titles(company.html("ru/tags/zelyonyy-chay")) == ["Два", "Один"]
    assert "<title>Метка: Зелёный чай · Чайная Анны</title>" in company.html("ru/tags/zelyonyy-chay")
    assert '<a rel="tag" href="../../ru/tags/skidki/">Скидки</a>' in company.html("ru/one")


def test_a_page_whose_address_the_site_needs_is_named(company: Company) -> None:
    company.page("ru/one.md", "Один", tags="[Чай]")
    company.page("ru/tags/chay.md", "Чай разный")
    (fault,) = company.faults()
    assert fault.startswith("content/ru/tags/chay.md")
    assert "the site makes a page with this address, /ru/tags/chay/, by itself" in fault


@pytest.mark.usefixtures("november")
def test_an_offer_says_when_it_is_and_goes_below_when_it_is_over(company: Company) -> None:
    company.page("en/offers/index.md", "Offers", kind="section")
    company.page("en/offers/now.md", "Now", kind="offer", starts="2026-11-01", until="2026-11-20")
    company.page("en/offers/past.md", "Past", kind="offer", starts="2026-10-01", until="2026-11-19")
    company.page("en/offers/soon.md", "Soon", kind="offer", starts="2026-12-01")

    company.build()

    html = company.html("en/offers")
    assert titles(html) == ["Soon", "Now", "Past"]
    assert html.index("It is over") < html.index("Past")
    assert "From November 1, 2026 to November 20, 2026" in company.html("en/offers/now")
    assert "It is over" in company.html("en/offers/past")
    assert "Since December 1, 2026" in company.html("en/offers/soon")
    assert "It has not begun yet" in company.html("en/offers/soon")


@pytest.mark.usefixtures("november")
def test_a_page_comes_on_its_day_and_goes_on_its_day(company: Company) -> None:
    company.page("en/soon.md", "Soon", publish="2026-11-21", moved_from="[/en/early/]")
    company.page("en/gone.md", "Gone", expire="2026-11-19")
    company.page("en/there.md", "There", "[wait](soon.md) and [gone](gone.md) [here](/en/soon/)", publish="2026-11-20")

    company.build()

    assert not [path for path in company.published() if re.match("en/(soon|gone|early)/", path)]
    # Links wait for their page; a build that fails overnight would keep the old page on the site.
    assert "<a>wait</a> and <a>gone</a> <a>here</a>" in company.html("en/there")


@pytest.mark.usefixtures("november")
def test_the_build_says_on_which_day_the_site_changes_by_itself(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.page("en/soon.md", "Soon", publish="2027-01-05")
    company.page("en/offer.md", "Offer", kind="offer", starts="2026-11-01", until="2026-12-24")
    for day, due in (("2026-11-20", "2026-12-25"), ("2026-12-25", "2027-01-05")):
        monkeypatch.setattr(cli, "_today", lambda day=day: date.fromisoformat(day))

        assert f"next build due at {due}" in company.build()
        assert (company.folder / "public/.otklik-due").read_text(encoding="utf-8") == f"{due}\n"
    monkeypatch.setattr(cli, "_today", lambda: date(2027, 1, 5))
    assert "next build due" not in company.build()
    assert not (company.folder / "public/.otklik-due").exists()


@pytest.mark.usefixtures("november")
@pytest.mark.parametrize(
    ("argument", "found"),
    [
        ("kind=news", ["New", "Newer"]),
        ("kind=news limit=1 order=newest", ["Newer"]),
        ("folder=news order=title", ["New", "Newer"]),
        ("tag=green-tea", ["Newer"]),
        ("kind=offer", ["On"]),
    ],
)
def test_an_author_puts_a_list_anywhere(company: Company, argument: str, found: list[str]) -> None:
    company.page("en/news/new.md", "New", kind="news", date="2026-03-01")
    company.page("en/news/newer.md", "Newer", kind="news", date="2026-04-01", tags="[Green tea]")
    company.page("en/on.md", "On", kind="offer", starts="2026-11-01")
    company.page("en/over.md", "Over", kind="offer", starts="2026-10-01", until="2026-10-31")
    company.page("en/list.md", "List", f"/// list | {argument}\n///")

    company.build()

    html = company.html("en/list")
    assert sorted(titles(html)) == sorted(found)
    assert 'href="../../en/' in html or not found


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        ("kind=new", "Did you mean “news”?"),
        ("order=oldest", "“order” is “oldest”, but must be one of newest, title, nav."),
        ("folder=nowhere", "there are no pages in the folder “nowhere”"),
        ("tag=cofee", "no page has the tag “cofee”. Did you mean “Coffee”?"),
        ("limit=0", "“limit” must be a whole number from 1 to 1000"),
    ],
)
def test_a_list_that_cannot_be_meant_is_named_with_its_line(company: Company, argument: str, says: str) -> None:
    company.page("en/tea.md", "Tea leaves", tags="[Coffee]")
    company.page("en/list.md", "List", f"/// list | {argument}\n///")
    (fault,) = company.faults()
    assert fault.startswith("content/en/list.md:5: ")
    assert says in fault


def test_contacts_show_a_number_that_telephones_take(company: Company) -> None:
    company.page(
        "ru/contacts.md", "Контакты", kind="contacts", phone="8 800 000-00-00", phone_hours="с 9 до 21",
        email="hello@example.com",
    )  # fmt: skip
    company.build()
    html = company.html("ru/contacts")
    assert '<a class="phone" href="tel:+78000000000">8 800 000-00-00</a>' in html
    assert "с 9 до 21" in html
    assert '"contactPoint":{"@type":"ContactPoint","contactType":"customer service","telephone":"+78000000000"' in html


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"kind": "contacts", "phone": "call us"}, "must be a telephone number like 8 800 000-00-00"),
        ({"kind": "contacts"}, "“phone” is missing"),
        ({"kind": "contacts", "phone": "112 00 00", "email": "hello"}, "must be an e-mail address"),
        ({"kind": "offer", "starts": "2026-03-02", "until": "2026-03-01"}, "“until” is before “starts”"),
        ({"publish": "2026-03-02", "expire": "2026-03-01"}, "“expire” is before “publish”"),
        ({"kind": "section", "per_page": "0"}, "“per_page” must be 1 or more"),
        ({"per_page": "5"}, "belongs to pages of kind section"),
    ],
)
def test_keys_that_cannot_be_are_named(company: Company, keys: dict[str, str], says: str) -> None:
    company.page("en/tea.md", "Tea leaves", **keys)
    (fault,) = company.faults()
    assert says in fault
