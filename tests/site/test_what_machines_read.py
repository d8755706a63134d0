"""What search engines and feed readers take from a site is whole, and agrees with itself."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from otklik_widget import assets
from otklik_widget.cli import main

if TYPE_CHECKING:
    from conftest import Company

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
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
        if url == f"{BASE}/":
            continue  # the choice of a language is nothing to share
        told = {meta["property"]: meta["content"] for meta in attributes(html, "meta") if "property" in meta}
        assert told["og:url"] == url
        assert all(told[f"og:{name}"] for name in ("type", "title", "description", "site_name", "locale"))


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
