"""What a build makes of a company's pages."""

from __future__ import annotations

import gzip
import re
import xml.etree.ElementTree as ET
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest

from otklik_site import cli
from otklik_widget import assets

if TYPE_CHECKING:
    from conftest import Company

BASE = 'base_url = "https://tea.example/anna"\n'


def test_a_new_company_builds_at_once(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    assert company.run("new", "shop") == 0
    assert "otklik serve" in company.said
    monkeypatch.chdir(company.folder / "shop")

    assert company.run("build") == 0, company.said
    assert "8 pages, languages: ru, en" in company.said
    public = company.folder / "shop/public"
    for url in ("", "ru", "en", "ru/programs/points", "en/articles/why-we-ask", "ru/contacts"):
        assert (public / url / "index.html").is_file()


def test_a_second_build_changes_no_byte_and_touches_no_file(company: Company) -> None:
    company.page("ru/bonus.md", "Бонусы", "## Как\n\n/// ask | checkout\n///")
    company.build()
    before = company.published()
    dates = {path: (company.folder / "public" / path).stat().st_mtime_ns for path in before}

    company.build()

    assert company.published() == before
    assert {path: (company.folder / "public" / path).stat().st_mtime_ns for path in before} == dates


def test_the_same_pages_give_the_same_site_wherever_it_is_built(company: Company) -> None:
    company.build()
    assert company.run("build", "--out", "elsewhere/site") == 0
    elsewhere = company.folder / "elsewhere/site"

    assert {path: (elsewhere / path).read_bytes() for path in company.published()} == company.published()


def test_a_build_with_faults_leaves_the_published_site_as_it_was(company: Company) -> None:
    company.build()
    before = company.published()
    company.page("ru/bonus.md", "Бонусы", "[нет](nowhere.md)")
    company.page("ru/new.md", "Новости")

    assert company.faults() != []
    assert company.published() == before
    assert [item.name for item in company.folder.iterdir() if item.name.startswith(".")] == [".otklik-cache"]


def test_check_names_the_same_faults_and_writes_nothing(company: Company) -> None:
    company.page("ru/bonus.md", "Бонусы", "[нет](nowhere.md)")

    assert company.run("check") == 1
    assert "bonus.md:5:" in company.said
    company.page("ru/bonus.md", "Бонусы", "Чай.")
    assert company.run("check") == 0
    assert "3 pages, no faults" in company.said
    assert not (company.folder / "public").exists()


def test_machines_find_canonical_addresses_and_both_languages(company: Company) -> None:
    company.write("otklik.toml", BASE)
    company.page("ru/club/tea.md", "Чай улун")
    company.page("en/club/tea.md", "Oolong tea")

    company.build()

    html = company.html("en/club/tea")
    assert '<link rel="canonical" href="https://tea.example/anna/en/club/tea/">' in html
    assert '<link rel="alternate" hreflang="ru" href="https://tea.example/anna/ru/club/tea/">' in html
    assert '<link rel="alternate" hreflang="en" href="https://tea.example/anna/en/club/tea/">' in html
    assert '<link rel="alternate" hreflang="x-default" href="https://tea.example/anna/ru/club/tea/">' in html
    assert '<link rel="alternate" hreflang="x-default" href="https://tea.example/anna/">' in company.html("en")
    assert '<link rel="alternate" hreflang="x-default" href="https://tea.example/anna/">' in company.html("")


def test_an_option_says_where_this_build_is_published(company: Company) -> None:
    company.write("otklik.toml", BASE)

    assert company.run("build", "--base-url", "https://test.example/") == 0
    assert '<link rel="canonical" href="https://test.example/en/">' in company.html("en")
    assert company.run("build", "--base-url", "test.example") == 1
    assert "--base-url: “base_url” must be an address like https://shop.example" in company.said


def test_the_sitemap_holds_every_page_with_its_languages(company: Company) -> None:
    company.write("otklik.toml", BASE)
    company.page("ru/tea.md", "Чай улун", updated="2026-03-01")

    company.build()

    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    urls = ET.fromstring(company.html("sitemap.xml")).findall("s:url", names)
    found = {url.findtext("s:loc", namespaces=names): url for url in urls}
    assert set(found) == {f"https://tea.example/anna/{page}/" for page in ("ru", "en", "ru/tea")}
    languages = [link.get("hreflang") for link in found["https://tea.example/anna/ru/"].findall("x:link", names)]
    assert languages == ["ru", "en", "x-default"]
    assert found["https://tea.example/anna/ru/tea/"].findtext("s:lastmod", namespaces=names) == "2026-03-01"
    assert "Sitemap: https://tea.example/anna/sitemap.xml" in company.html("robots.txt")


def test_without_an_address_the_site_works_and_the_build_says_what_is_missing(company: Company) -> None:
    said = company.build()

    assert "warning: “base_url” is not set" in said
    html = company.html("ru")
    assert 'rel="canonical"' not in html
    # Search engines take only full addresses of other languages, and call relative ones a fault.
    assert 'rel="alternate"' not in html
    assert "<loc>http://127.0.0.1:8000/ru/</loc>" in company.html("sitemap.xml")
    assert "Sitemap:" not in company.html("robots.txt")


def test_every_link_of_a_site_leads_to_a_file_of_it(company: Company) -> None:
    company.write("content/ru/img/чайник.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    company.write("content/static/price.pdf", "%PDF")
    body = (
        "## Раздел\n\n[домой](../index.md) [раздел](tea.md#razdel) [сюда](#razdel) [цены](/price.pdf) [en](/en/)\n"
        "[цены](../../static/price.pdf) [папка](../) [почта](mailto:anna@tea.example) ![Чайник](../img/чайник.svg)"
    )
    company.page("ru/club/tea.md", "Чай улун", body, nav="5")
    company.page("ru/club/index.md", "Клуб")
    company.build()
    public = company.folder / "public"

    checked = 0
    for file in public.rglob("*.html"):
        if file.name == "404.html":
            continue
        here = "https://site.example/" + file.relative_to(public).as_posix()
        for target in re.findall(r'(?:href|src)="([^"]+)"', file.read_text(encoding="utf-8")):
            parts = urlsplit(urljoin(here, target.split("#")[0]))
            if parts.netloc == "site.example":
                there = public / parts.path.lstrip("/")
                assert (there / "index.html" if parts.path.endswith("/") else there).is_file(), (file, target)
                checked += 1
    assert checked > 30


def test_pages_work_below_any_address(company: Company) -> None:
    company.write("otklik.toml", BASE)
    company.build()

    assert 'href="../en/"' in company.html("ru")
    # A missing page is shown at any depth, so only it names the folder on the host.
    assert 'href="/anna/ru/"' in company.html("404.html")


def test_a_draft_is_left_out_and_cannot_be_linked_to(company: Company) -> None:
    company.page("ru/plan.md", "План", draft="true")
    company.build()
    assert not (company.folder / "public/ru/plan").exists()

    company.page("ru/tea.md", "Чай улун", "[план](plan.md)")
    assert "leads to a draft" in company.faults()[0]


def test_a_page_comes_and_goes_on_its_days_and_links_to_it_wait(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.page("en/spring.md", "Spring tea", publish="2026-03-01", expire="2026-05-31")
    company.page("en/tea.md", "Oolong", "[spring tea](spring.md), [again](/en/spring/)")
    for day, there in (("2026-02-28", False), ("2026-03-01", True), ("2026-05-31", True), ("2026-06-01", False)):
        monkeypatch.setattr(cli, "_today", lambda day=day: date.fromisoformat(day))
        company.build()

        assert (company.folder / "public/en/spring").exists() == there, day
        html = company.html("en/tea")
        assert ('<a href="../../en/spring/">spring tea</a>' in html) == there
        assert ("<a>spring tea</a>, <a>again</a>" in html) != there


def test_a_page_missing_in_one_language_is_told_and_the_switch_leads_home(company: Company) -> None:
    company.page("ru/tea.md", "Чай улун")

    said = company.build()

    assert "ru/tea.md: this page is missing in: en" in said
    assert re.search(r'<a href="\.\./\.\./en/" hreflang="en" lang="en">English</a>', company.html("ru/tea"))


def test_every_page_asks_whether_it_was_helpful(company: Company) -> None:
    company.page("ru/tea.md", "Чай улун")
    company.page("ru/quiet.md", "Тихо", helpful="false")
    company.build()

    html = company.html("ru/tea")
    assert '<otklik-ask point="website" scale="helpful" lang="ru"' in html
    assert html.count(assets.script_name()) == 1
    assert f'<script async src="../../{assets.script_name()}"></script>' in html
    assert "otklik-ask" not in company.html("ru/quiet")
    assert assets.script_name() not in company.html("ru/quiet")


def test_every_page_leads_to_where_one_writes_to_us(company: Company) -> None:
    company.write("otklik.toml", 'collector_url = "https://otklik.tea.example"\n')
    company.page("en/tea.md", "Oolong", touchpoint="checkout")
    company.build()
    assert "o-write" not in company.html("en/tea")

    journey = company.folder / "content/journey.toml"
    written = '[[stage.touchpoint]]\nkey = "write"\nname = { ru = "Почта", en = "Mail" }\nask = ["message"]\n'
    journey.write_text(journey.read_text(encoding="utf-8") + written, encoding="utf-8")
    company.build()
    assert 'href="https://otklik.tea.example/q/write?scale=message&amp;lang=en"' in company.html("en/tea")
    assert 'href="https://otklik.tea.example/q/write?scale=message&amp;lang=ru"' in company.html("ru")


def test_without_a_touchpoint_that_asks_it_nothing_is_asked_and_the_build_says_so(company: Company) -> None:
    journey = company.folder / "content/journey.toml"
    journey.write_text(journey.read_text(encoding="utf-8").replace('["helpful"]', '["ces5"]'), encoding="utf-8")

    assert "no touchpoint of the journey asks the scale “helpful”" in company.build()
    assert "otklik-ask" not in company.html("ru")


def test_a_question_stands_where_its_directive_stands(company: Company) -> None:
    company.write("otklik.toml", 'collector_url = "https://otklik.tea.example"\nsite_key = "k1"\n')
    company.page("en/tea.md", "Oolong", "Before.\n\n/// ask | checkout scale=ces7\n///\n\nAfter.")
    company.build()

    html = company.html("en/tea")
    assert html.index("Before.") < html.index('point="checkout" scale="ces7"') < html.index("After.")
    assert 'collector="https://otklik.tea.example"' in html
    assert 'action="https://otklik.tea.example/q/checkout"' in html


def test_pages_hold_nothing_that_a_strict_policy_refuses(company: Company) -> None:
    table = "| a | b |\n|---|--:|\n| 1 | 2 |\n\n```toml\nname = 1\n```\n\nNote[^1].\n\n[^1]: Here."
    company.page("en/tea.md", "Oolong", table, kind="article")
    company.build()

    html = company.html("en/tea")
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?! async src| type=\"application/ld\+json\")", html)
    assert 'class="right"' in html


@pytest.mark.parametrize("head", ["| | |", "| | Price |"])
def test_a_table_with_an_empty_corner_has_its_heads_in_the_first_column(company: Company, head: str) -> None:
    company.page("en/tea.md", "Oolong", f"{head}\n|---|---|\n| Small | 1 |\n| Large | 2 |\n")
    company.build()

    html = company.html("en/tea")
    assert re.findall(r'<th scope="row">(\w+)</th>', html) == ["Small", "Large"]
    assert "<th></th>" not in html


def test_a_sample_company_says_so_on_every_page(company: Company) -> None:
    journey = company.folder / "content/journey.toml"
    text = journey.read_text(encoding="utf-8").replace("[company]", "[company]\nsample = true")
    journey.write_text(text, encoding="utf-8")
    company.build()

    for path, body in company.published().items():
        if path.endswith(".html"):
            html = body.decode()
            assert "Вымышленная компания" in html or "An invented company" in html, path
    assert "Вымышленная компания" in company.html("ru")
    assert "An invented company" in company.html("en")


def test_cyrillic_names_become_latin_addresses_and_anchors(company: Company) -> None:
    company.page("ru/клуб/Зелёный чай.md", "Зелёный чай", "## Как заваривать?\n\n## Как заваривать?")
    company.build()

    html = company.html("ru/klub/zelyonyy-chay")
    assert '<h2 id="kak-zavarivat">' in html
    assert '<h2 id="kak-zavarivat_1">' in html


def test_a_companys_own_icon_replaces_ours(company: Company) -> None:
    company.write("content/static/icon.svg", "<svg xmlns='http://www.w3.org/2000/svg' id='anna'/>")
    company.build()

    assert "anna" in company.html("icon.svg")


def test_search_engines_read_articles_breadcrumbs_and_programs(company: Company) -> None:
    company.write("otklik.toml", BASE)
    company.page("en/club/index.md", "Club")
    company.page("en/club/tea.md", "Oolong & <b>", kind="article", date="2026-03-01")
    company.build()

    html = company.html("en/club/tea")
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert len(found) == 1
    assert '"@type":"Article"' in found[0]
    assert '"datePublished":"2026-03-01"' in found[0]
    assert '"@type":"BreadcrumbList"' in found[0]
    assert "Oolong \\u0026 \\u003cb\\u003e" in found[0]


def test_a_home_page_shows_programs_newest_articles_and_its_own_text(company: Company) -> None:
    top = Path(__file__).resolve().parents[2]
    assert company.run("build", "--content", str(top / "content"), "--out", "public") == 0, company.said

    html = company.html("en")
    assert html.count("<h1>") == 1
    hero, _sign, rest = html.partition("<h2>Programs</h2>")
    assert "Join Keys in a minute</a>" in hero
    assert re.search(r'<p class="value"><span>₽1,000</span>.*?<span>50\xa0points</span>', hero, re.DOTALL)
    headings = re.findall(r"<h[23][^>]*>(?:<a[^>]*>)?([^<]+)", rest)
    # The offers in its list come and go on their days.
    assert [heading for heading in headings if heading != "The second tool at two thirds"] == [
        "Keys\xa0— points for your purchases", "Tiers\xa0— Guest, Neighbour, Host",
        "Cheaper now", "When something goes wrong", "Why we ask",
        "New articles", "The price of a detractor", "Members and others", "Retention calculators",
    ]  # fmt: skip


def test_a_home_page_without_programs_and_articles_is_just_its_text(company: Company) -> None:
    company.write("content/en/index.md", "---\ntitle: Tea\ndescription: Tea.\n---\nFirst.\n\n## More\n\nLast.\n")
    company.build()

    html = company.html("en")
    assert html.index("<p>First.</p>") < html.index('<h2 id="more">') < html.index("<p>Last.</p>")
    assert 'class="cards"' not in html
    assert 'class="offer"' not in html


def test_a_long_page_lists_its_headings(company: Company) -> None:
    company.page("en/long.md", "Long", "## One & two\n\n### Deeper\n\n## `Three`\n\n## Four")
    company.page("en/short.md", "Short", "## One\n\n## Two")
    company.build()

    html = company.html("en/long")
    listed = re.findall(r'<li><a href="#([\w-]+)">([^<]+)</a></li>', html)
    assert listed == [("one-two", "One &amp; two"), ("three", "Three"), ("four", "Four")]
    assert "On this page" not in company.html("en/short")


def test_articles_of_a_folder_lead_to_the_one_before_and_the_one_after(company: Company) -> None:
    for day, name in enumerate(("green", "black", "white"), 1):
        company.page(f"en/club/{name}.md", f"{name} tea", kind="article", date=f"2026-03-0{day}")
    company.page("en/news/shop.md", "A shop", kind="article", date="2026-03-02")
    company.build()

    beside = dict(re.findall(r'<a rel="(\w+)" href="([^"]+)">', company.html("en/club/black")))
    assert beside == {"prev": "../../../en/club/green/", "next": "../../../en/club/white/"}
    assert 'rel="prev"' not in company.html("en/club/green")
    assert 'rel="next"' not in company.html("en/club/white")
    assert 'class="beside"' not in company.html("en/news/shop")


def test_pages_with_a_place_in_the_footer_stand_there_and_not_in_the_navigation(company: Company) -> None:
    company.page("en/privacy.md", "Privacy", footer="20")
    company.page("en/cookies.md", "Cookies", footer="10")
    company.build()

    html = company.html("en")
    top, _sign, bottom = html.partition("<footer")
    assert "Privacy" not in top
    assert bottom.index("Cookies</a>") < bottom.index("Privacy</a>")


def test_lines_never_break_before_a_dash_or_inside_a_price(company: Company) -> None:
    company.page(
        "ru/tea.md",
        "Чай — это 5 %",
        "За 100 ₽ — чай, 30 % скидки, 1 250 000 чашек за 5 000 ₽, 10 1000. `5 % 5 000`\n\n```\na — 5 %\n```",
    )
    company.build()

    html = company.html("ru/tea")
    assert "<h1>Чай\xa0— это 5\xa0%</h1>" in html
    assert "За 100\xa0₽\xa0— чай, 30\xa0% скидки, 1\xa0250\xa0000 чашек за 5\xa0000\xa0₽, 10 1000." in html
    assert "<code>5 % 5 000</code>" in html
    assert "a — 5 %" in html


def test_a_companys_own_icon_stands_beside_its_name(company: Company) -> None:
    company.build()
    assert 'src="../icon.svg"' not in company.html("en")

    company.write("content/static/icon.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    company.build()
    assert '<img src="../icon.svg" alt=""' in company.html("en")


def test_open_graph_names_language_and_country(company: Company) -> None:
    company.page("ru/tea.md", "Чай улун")
    company.build()

    assert 'og:locale" content="ru_RU"' in company.html("ru")
    assert 'og:locale:alternate" content="en_US"' in company.html("ru")
    # It would promise a page that is not there.
    assert "og:locale:alternate" not in company.html("ru/tea")


def test_the_demo_company_has_an_address_of_its_own(company: Company) -> None:
    top = Path(__file__).resolve().parents[2]
    assert company.run("build", "--content", str(top / "content"), "--out", "public") == 0

    assert "warning:" not in company.said
    assert '<link rel="canonical" href="https://tri-krylechka.example/ru/">' in company.html("ru")


def test_a_page_weighs_less_than_30_kilobytes_and_15_of_them_with_style_and_script_packed(company: Company) -> None:
    top = Path(__file__).resolve().parents[2]
    assert company.run("build", "--content", str(top / "content"), "--out", "demo") == 0, company.said
    demo = company.folder / "demo"

    for file in demo.rglob("*.html"):
        assert file.stat().st_size < 30_000, file
        named = re.findall(
            r'(?:href|src)="[./]*((?:site|apart|program|ask)\.\w+\.(?:css|js))"', file.read_text(encoding="utf-8")
        )
        parts = [file, *(demo / name for name in named)]
        assert sum(len(gzip.compress(part.read_bytes())) for part in parts) < 15_000, file
        assert any(part.name.startswith("site.") for part in parts), file
