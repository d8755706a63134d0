"""A renamed page is still found at its old address, by browsers and by web servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Company


def test_an_old_address_leads_on_without_scripts_and_search_engines_hear_the_new_one(company: Company) -> None:
    company.write("otklik.toml", 'base_url = "https://tea.example/anna"\n')
    company.page("ru/points.md", "Баллы", moved_from="[/ru/bonus/, ru/old/bonus.html, /ru/бонусы]")

    company.build()

    html = company.html("ru/bonus")
    assert '<meta http-equiv="refresh" content="0; url=../../ru/points/">' in html
    assert '<a href="../../ru/points/">Баллы</a>' in html
    assert '<link rel="canonical" href="https://tea.example/anna/ru/points/">' in html
    assert "noindex" in html
    assert "../../ru/points/" in company.html("ru/old/bonus.html")
    assert "../../ru/points/" in company.html("ru/бонусы")
    assert "bonus" not in company.html("sitemap.xml")


def test_web_servers_get_their_lists(company: Company) -> None:
    company.write("otklik.toml", 'base_url = "https://tea.example/anna"\n')
    company.page("ru/points.md", "Баллы", moved_from="[/ru/bonus, /ru/old.html, /ru/чай/]")

    company.build()

    assert company.html("_redirects").splitlines() == [
        "/anna/ru/bonus/ /anna/ru/points/ 301!",
        "/anna/ru/bonus/ /anna/ru/points/ 301",
        "/anna/ru/old.html /anna/ru/points/ 301!",
        "/anna/ru/old.html /anna/ru/points/ 301",
        "/anna/ru/%D1%87%D0%B0%D0%B9/ /anna/ru/points/ 301!",
        "/anna/ru/%D1%87%D0%B0%D0%B9/ /anna/ru/points/ 301",
    ]
    assert company.html(".htaccess").splitlines() == [
        "RedirectMatch 301 ^/anna/ru/bonus/?$ /anna/ru/points/",
        r"RedirectMatch 301 ^/anna/ru/old\.html/?$ /anna/ru/points/",
        "RedirectMatch 301 ^/anna/ru/чай/?$ /anna/ru/points/",
    ]
    assert company.html("redirects.map").splitlines() == [
        '"/anna/ru/bonus/" "/anna/ru/points/";',
        '"/anna/ru/bonus" "/anna/ru/points/";',
        '"/anna/ru/old.html" "/anna/ru/points/";',
        '"/anna/ru/чай/" "/anna/ru/points/";',
        '"/anna/ru/чай" "/anna/ru/points/";',
    ]


def test_without_renamed_pages_there_are_no_lists_and_a_companys_own_list_stays(company: Company) -> None:
    company.build()
    assert not {"_redirects", ".htaccess", "redirects.map"} & set(company.published())
    company.write("content/static/_redirects", "/a /b 301\n")
    company.page("ru/points.md", "Баллы", moved_from="[/ru/bonus/]")
    company.build()
    assert company.html("_redirects") == "/a /b 301\n"


@pytest.mark.parametrize(
    ("old", "says"),
    [
        ("/ru/points/", "is the page's own address: it would lead to itself for ever"),
        ("/ru/", "the page content/ru/index.md has the address “/ru/” now"),
        ("/list.pdf", "the site has a file with the address “/list.pdf”"),
        ("/sitemap.xml", "the site has a file with the address “/sitemap.xml”"),
        ("https://tea.example/bonus/", "is no old address; write it like /ru/bonus/"),
        ("/ru/a b/", "is no old address"),
        ("/ru/../../etc/", "no part of it may begin with a dot"),
        ("/", "is no old address"),
        ("/ru/" + "x" * 300, "is too long for a file's name"),
    ],
)
def test_an_old_address_that_cannot_be_is_named(company: Company, old: str, says: str) -> None:
    company.write("content/static/list.pdf", "x")
    company.page("ru/points.md", "Баллы", moved_from=f'["{old}"]')
    (fault,) = company.faults()
    assert fault.startswith("content/ru/points.md:4: ")
    assert says in fault


def test_two_pages_that_take_each_others_place_are_named_and_so_are_two_claims(company: Company) -> None:
    company.page("ru/one.md", "Один", moved_from="[/ru/two/, /ru/gone/]")
    company.page("ru/two.md", "Два", moved_from="[/ru/one/, /ru/gone]")

    faults = company.faults()

    assert len(faults) == 3
    assert "the page content/ru/two.md has the address “/ru/two/” now" in faults[0]
    assert "the page content/ru/one.md has the address “/ru/one/” now" in faults[1]
    assert "content/ru/one.md says too that it moved from “/ru/gone”" in faults[2]
