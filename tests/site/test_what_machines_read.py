"""What search engines and feed readers take from a site is whole, and agrees with itself."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from otklik_site import addresses
from otklik_widget import assets
from otklik_widget.cli import main

if TYPE_CHECKING:
    from conftest import Company

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
IN_ORDER = [f"{{{SITEMAP['s']}}}loc", f"{{{SITEMAP['s']}}}lastmod", f"{{{SITEMAP['x']}}}link"]
BASE = "https://tri-krylechka.example"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo company's site, published at the address of its settings."""
    public = tmp_path_factory.mktemp("machines") / "public"
    patch = pytest.MonkeyPatch()
    patch.setenv("OTKLIK_BASE_URL", BASE)
    assert main(["build", "--content", str(assets.demo_content()), "--out", str(public), "--lang", "en"]) == 0
    patch.undo()
    return public


def pages(public: Path) -> dict[str, str]:
    """Every page's HTML by its published address, without the 404 and the pages that lead on."""
    found = {
        f"{BASE}/{file.parent.relative_to(public).as_posix()}/".replace("/./", "/"): file.read_text(encoding="utf-8")
        for file in public.rglob("index.html")
    }
    return {url: html for url, html in found.items() if "noindex" not in html}


def attributes(html: str, tag: str, **wanted: str) -> list[dict[str, str]]:
    """The attributes of every such element."""
    found = [dict(re.findall(r'([\w:-]+)="([^"]*)"', inner)) for inner in re.findall(rf"<{tag}\b([^>]*)>", html)]
    return [one for one in found if all(one.get(name) == value for name, value in wanted.items())]


def test_every_page_names_its_own_address_and_its_languages_name_each_other(demo: Path) -> None:
    alternates = {}
    for url, html in pages(demo).items():
        assert [link["href"] for link in attributes(html, "link", rel="canonical")] == [url]
        links = [link for link in attributes(html, "link", rel="alternate") if "hreflang" in link]
        alternates[url] = {link["hreflang"]: link["href"] for link in links}
    for url, found in alternates.items():
        if "/tags/" in url:
            assert not found  # a tag is a word: it has no other language
            continue
        assert {"ru", "en", "x-default"} == set(found)
        assert url in found.values()
        for other in found.values():
            assert alternates[other] == found, f"{other} does not answer {url}"


def test_the_sitemap_lists_exactly_the_pages_with_the_languages_they_name(demo: Path) -> None:
    tree = ET.fromstring((demo / "sitemap.xml").read_text(encoding="utf-8"))
    assert tree.tag == f"{{{SITEMAP['s']}}}urlset"
    listed = {}
    for url in tree.findall("s:url", SITEMAP):
        assert [child.tag.rpartition("}")[2] for child in url][:1] == ["loc"]
        listed[url.findtext("s:loc", namespaces=SITEMAP)] = {
            link.get("hreflang"): link.get("href") for link in url.findall("x:link", SITEMAP)
        }
    told = pages(demo)
    assert set(listed) == set(told) - {f"{BASE}/"}
    for address, languages in listed.items():
        links = attributes(told[str(address)], "link", rel="alternate")
        assert languages == {link["hreflang"]: link["href"] for link in links if "hreflang" in link}


def test_a_shared_link_shows_title_description_and_address(demo: Path) -> None:
    for url, html in pages(demo).items():
        told = {meta["property"]: meta["content"] for meta in attributes(html, "meta") if "property" in meta}
        assert told["og:url"] == url
        assert all(told[f"og:{name}"] for name in ("type", "title", "description", "site_name", "locale"))
        assert (demo / told["og:image"].removeprefix(f"{BASE}/")).is_file()


def graph(html: str) -> list[dict[str, Any]]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    if not found:
        return []
    said: dict[str, Any] = json.loads(found[1])
    assert said["@context"] == "https://schema.org"
    return list(said["@graph"])


def test_what_search_engines_must_know_of_programs_and_articles_is_there(demo: Path) -> None:
    seen = set()
    for url, html in pages(demo).items():
        for thing in graph(html):
            seen.add(thing["@type"])
            if thing["@type"] == "Article":
                assert thing["headline"]
                assert thing["url"] == url
                assert datetime.fromisoformat(thing["datePublished"])
            if thing["@type"] == "BreadcrumbList":
                items = thing["itemListElement"]
                assert [item["position"] for item in items] == list(range(1, len(items) + 1))
                assert items[-1]["item"] == url
                assert all(item["item"] in pages(demo) for item in items)
            for program in thing.get("hasMemberProgram", []):
                seen.add(program["@type"])
                assert program["name"]
                assert program["description"]
                assert program["hasTiers"]
                for tier in program["hasTiers"]:
                    assert tier["@type"] == "MemberProgramTier"
                    assert tier["name"]
                    assert set(tier["hasTierBenefit"]) <= {
                        f"https://schema.org/TierBenefitLoyalty{word}" for word in ("Points", "Price")
                    }
    assert seen == {"Article", "BreadcrumbList", "Organization", "MemberProgram"}


def test_the_sitemap_keeps_the_rules_of_its_protocol(demo: Path) -> None:
    """sitemaps.org: at most 50,000 addresses in 50 MB, each once, whole, escaped, below the map's own folder."""
    file = demo / "sitemap.xml"
    assert file.stat().st_size < 50_000_000
    tree = ET.fromstring(file.read_bytes())
    assert 0 < len(tree) <= 50_000
    addresses = []
    for url in tree:
        assert [child.tag for child in url] == sorted((child.tag for child in url), key=IN_ORDER.index)
        address, changed = (url.findtext(f"s:{name}", namespaces=SITEMAP) for name in ("loc", "lastmod"))
        assert address
        assert re.fullmatch(rf"{re.escape(BASE)}/[a-z0-9/-]*", address)
        assert len(address) < 2048
        assert changed is None or date.fromisoformat(changed)
        addresses.append(address)
        languages = [str(link.get("hreflang")) for link in url.findall("x:link", SITEMAP)]
        assert len(set(languages)) == len(languages)
        assert all(re.fullmatch("x-default|[a-z]{2,3}(-[A-Za-z0-9]+)*", lang) for lang in languages)
    assert len(set(addresses)) == len(addresses)
    assert (demo / "robots.txt").read_text(encoding="utf-8").splitlines() == [
        "User-agent: *", "Allow: /", "", f"Sitemap: {BASE}/sitemap.xml",
    ]  # fmt: skip


def test_more_pages_than_a_sitemap_may_hold_get_a_list_of_sitemaps(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "MOST", 4)
    company.write("otklik.toml", 'base_url = "https://tea.example"\n')
    company.page("ru/oolong.md", "Улун")
    company.build()
    index = ET.fromstring(company.html("sitemap.xml"))
    assert index.tag == f"{{{SITEMAP['s']}}}sitemapindex"
    maps = [str(one.text) for one in index.findall("s:sitemap/s:loc", SITEMAP)]
    assert maps == ["https://tea.example/sitemap-1.xml", "https://tea.example/sitemap-2.xml"]
    parts = [ET.fromstring(company.html(one.rpartition("/")[2])).findall("s:url/s:loc", SITEMAP) for one in maps]
    assert [[str(loc.text) for loc in part] for part in parts] == [
        ["https://tea.example/en/", "https://tea.example/ru/"], ["https://tea.example/ru/oolong/"],
    ]  # fmt: skip
    assert "Sitemap: https://tea.example/sitemap.xml" in company.html("robots.txt")


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_a_feed_holds_nothing_that_its_standard_does_not_know(demo: Path, lang: str) -> None:
    """RFC 4287: elements once where it says so, ids that are addresses, times of RFC 3339, one alternate a language."""
    feed = ET.fromstring((demo / lang / "feed.xml").read_bytes())
    once = {"id", "title", "subtitle", "updated", "published", "summary"}
    entries = feed.findall(f"{ATOM}entry")
    for element, known in ((feed, once | {"author", "link", "entry"}), *((one, once | {"link"}) for one in entries)):
        names = [child.tag.removeprefix(ATOM) for child in element]
        assert set(names) <= known
        assert all(names.count(name) <= 1 for name in once)
        assert str(element.findtext(f"{ATOM}id")).startswith(f"{BASE}/")
        for name in {"updated", "published"} & set(names):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", element.findtext(f"{ATOM}{name}") or "")
        links = [(link.get("rel"), link.get("type"), link.get("hreflang")) for link in element.findall(f"{ATOM}link")]
        assert len(set(links)) == len(links)
        assert all(str(link.get("href")).startswith(BASE) for link in element.findall(f"{ATOM}link"))
    times = [str(entry.findtext(f"{ATOM}updated")) for entry in entries]
    assert feed.findtext(f"{ATOM}updated") == max(times)
    assert len(entries) <= 20
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == lang


def test_a_shared_company_is_one_thing_with_its_sign(demo: Path) -> None:
    (home,) = [thing for thing in graph(pages(demo)[f"{BASE}/en/"]) if thing["@type"] == "Organization"]
    assert home["url"] == f"{BASE}/"
    assert (demo / home["logo"].removeprefix(f"{BASE}/")).is_file()


def test_the_page_that_is_not_there_helps_on_and_is_found_by_nobody(demo: Path) -> None:
    html = (demo / "404.html").read_text(encoding="utf-8")
    assert attributes(html, "meta", name="robots", content="noindex")
    for lang in ("ru", "en"):
        assert f'action="/{lang}/search/"' in html
        assert f'href="/{lang}/"' in html
    assert not [link for link in attributes(html, "a") if link["href"].startswith(".")]  # it stands at any address


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_each_language_has_a_feed_as_its_standard_wants_it(demo: Path, lang: str) -> None:
    feed = ET.fromstring((demo / lang / "feed.xml").read_text(encoding="utf-8"))
    assert feed.tag == f"{ATOM}feed"
    for element in (feed, *feed.findall(f"{ATOM}entry")):  # RFC 4287, 4.1.1 and 4.1.2
        for name in ("id", "title", "updated"):
            (found,) = element.findall(f"{ATOM}{name}")
            assert found.text
        assert datetime.fromisoformat(element.findtext(f"{ATOM}updated") or "").tzinfo
        assert [link for link in element.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    (itself,) = [link for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert itself.get("href") == f"{BASE}/{lang}/feed.xml"
    entries = feed.findall(f"{ATOM}entry")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert ids
    assert len(set(ids)) == len(ids)
    published = [entry.findtext(f"{ATOM}published") or "" for entry in entries]
    assert published == sorted(published, reverse=True)
    told = pages(demo)
    for entry in entries:
        (link,) = entry.findall(f"{ATOM}link")
        assert f'lang="{lang}"' in told[str(link.get("href"))]


def test_every_page_of_a_language_leads_to_its_feed(demo: Path) -> None:
    for url, html in pages(demo).items():
        found = attributes(html, "link", type="application/atom+xml")
        assert len(found) == (0 if url == f"{BASE}/" else 1), url


def test_a_renamed_article_is_no_new_one_to_feed_readers(company: Company) -> None:
    company.write("otklik.toml", 'base_url = "https://tea.example"\n')
    company.page("ru/oolong.md", "Улун", kind="article", date="2026-03-01", moved_from="[/ru/first/, /ru/second/]")
    company.build()
    entry = ET.fromstring(company.html("ru/feed.xml")).find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}id") == "https://tea.example/ru/first/"
    assert [link.get("href") for link in entry.findall(f"{ATOM}link")] == ["https://tea.example/ru/oolong/"]


def test_without_an_address_there_is_no_feed_because_its_ids_would_change(company: Company) -> None:
    company.page("ru/oolong.md", "Улун", kind="article", date="2026-03-01")
    company.build()
    assert "ru/feed.xml" not in company.published()
    assert "atom+xml" not in company.html("ru")
