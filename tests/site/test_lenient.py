"""Pages of other programs: named in plain words without --lenient, built with nothing lost with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Company

HUGO = """+++
title = "Oolong, half-green"
date = 2024-05-01T10:00:00+03:00
lastmod = 2025-02-03
draft = false
tags = ["green", "spring"]
aliases = ["/old/oolong/", "/en/hugo/", "/en/"]
weight = 10
[params]
  hero = "leaf.jpg"
+++
Leaves {{< figure src="leaf.jpg" title="A *leaf*" >}} and {{<youtube abc>}}.

`{{< shown >}}` stays code.

Of {{<gallery>}} and `{{< both >}}` each stays what it is.
"""
JEKYLL = """---
layout: post
Title: White tea
date: 2024-05-01 10:00:00 +0300
published: true
tags: tea, white
last_modified_at: 2024-06-01
image: {{ site.baseurl }}/a.png
---
{% include header.html %}

White leaves, *picked* [young](/2024/young.html).
"""
PELICAN = """Title: Black tea
Date: 2024-05-01 10:20
Category: Tea
Tags: tea, black
Summary: Strong.

Black leaves.
"""
MKDOCS = """# Green tea {#green}

Green leaves are *steamed*, see [home](index.md#top) and **more** of it.

## Brewing {: #brew .wide }

!!! note
    Not too hot.

/// tab | One
Water of 80 degrees.
///

/// details
Never closed.
"""


@pytest.fixture
def foreign(company: Company) -> Company:
    for name, text in (("hugo", HUGO), ("jekyll", JEKYLL), ("pelican", PELICAN), ("mkdocs", MKDOCS)):
        company.write(f"content/en/{name}.md", text)
    company.write("content/en/hidden.md", "---\ntitle: Secret tea\nstatus: draft\n---\nNot yet.\n")
    old, wide = "Наш чай из далёкой провинции.\r\n\r\nВкусный.\r\n", "---\r\ntitle: Широкий\r\n---\r\nТекст.\r\n"
    (company.folder / "content/ru/old.md").write_bytes(old.encode("cp1251"))
    (company.folder / "content/ru/wide.md").write_bytes(wide.encode("utf-16"))
    return company


def lenient(company: Company, *words: str) -> str:
    assert company.run("build", "--lenient", *words) == 0, company.said
    return company.said


def test_without_lenient_each_says_what_it_is_and_what_to_do(foreign: Company) -> None:
    faults = foreign.faults()

    for said in (
        "content/en/hugo.md:1: this page begins with TOML (+++), as Hugo's do; write it as YAML between lines of ---",
        "content/en/hugo.md:4: “lastmod” is written “updated” here [key-unknown]",
        'content/en/hugo.md:12: “{{< figure src="leaf.jpg" title="A *leaf*" >}}” belongs to another program',
        "content/en/jekyll.md:8: the front matter cannot be read here",
        "content/en/jekyll.md:5: “published” is not needed here",
        "content/en/jekyll.md:10: “{% include header.html %}” belongs to another program and stays text here",
        "content/en/pelican.md:1: this page begins like those of Pelican; put a line --- above and below these lines",
        "content/en/mkdocs.md:1: the page must begin with front matter: ",
        "content/en/mkdocs.md:10: unknown directive “/// tab”",
        "content/en/mkdocs.md:14: unknown directive “/// details”",
        "content/ru/old.md:1: not UTF-8 text (byte 0xCD; it looks like Windows-1251); save the file as UTF-8",
        "content/ru/wide.md:1: this page is written in UTF-16; save it as UTF-8",
    ):
        assert any(fault.startswith(said) for fault in faults), (said, faults)
    assert sum("--lenient" in fault for fault in faults) == 1
    assert "--lenient" in faults[-1]


def test_with_lenient_all_are_built_and_nothing_of_their_text_is_lost(foreign: Company) -> None:
    lenient(foreign)

    hugo = foreign.html("en/hugo")
    assert "<h1>Oolong, half-green</h1>" in hugo
    assert '{{&lt; figure src="leaf.jpg" title="A <em>leaf</em>" &gt;}} and {{&lt;youtube abc&gt;}}' in hugo
    assert "<code>{{&lt; shown &gt;}}</code>" in hugo
    assert "Of {{&lt;gallery&gt;}} and <code>{{&lt; both &gt;}}</code>" in hugo
    assert "February 3, 2025" in hugo
    assert foreign.html("old/oolong")
    jekyll = foreign.html("en/jekyll")
    assert "<h1>White tea</h1>" in jekyll
    assert "{% include header.html %}" in jekyll
    assert "<a>young</a>" in jekyll
    assert foreign.html("en/tags/white")
    assert 'content="White leaves, picked young."' in jekyll
    pelican = foreign.html("en/pelican")
    assert "<h1>Black tea</h1>" in pelican
    assert "Black leaves." in pelican
    mkdocs = foreign.html("en/mkdocs")
    assert mkdocs.count("Green tea</h1>") == 1
    assert 'content="Green leaves are steamed, see home and more of it."' in mkdocs
    assert 'id="brew"' in mkdocs
    for text in ("/// tab | One", "Water of 80 degrees.", "/// details", "Never closed.", "Not too hot."):
        assert text in mkdocs.replace("&#47;", "/")
    assert "<h1>Old</h1>" in foreign.html("ru/old")
    assert "Наш чай из далёкой провинции." in foreign.html("ru/old")
    assert "<h1>Широкий</h1>" in foreign.html("ru/wide")
    assert not (foreign.folder / "public/en/hidden").exists()


def test_a_lenient_build_with_a_cache_is_one_without(foreign: Company) -> None:
    first = lenient(foreign)
    foreign.page("en/index.md", "Tea", "[Green](mkdocs.md#brew) [gone](gone.md)")
    again = lenient(foreign)
    kept = foreign.published()
    fresh = lenient(foreign, "--no-cache")

    warnings = [[line for line in said.splitlines() if line.startswith("warning")] for said in (first, again, fresh)]
    assert foreign.published() == kept
    assert warnings[1] == warnings[2] != warnings[0]
    assert foreign.run("build") == 1
    assert foreign.published() == kept


def test_the_companys_own_faults_still_stop_a_lenient_build(company: Company) -> None:
    company.page("en/tea.md", "Oolong", "/// ask | checkuot\n///")
    company.page("en/call.md", "Call", kind="contacts")
    history = "\n- {version: '1', from: yesterday, what: First.}"
    company.page("en/terms.md", "Terms", kind="legal", effective="2026-01-01", version="2", history=history)
    company.page("en/чай.md", "Чай")
    company.page("en/chay.md", "Chay")

    assert company.run("check", "--lenient") == 1
    assert sorted(re.findall(r"\[([a-z-]+)\]$", company.said, re.MULTILINE)) == [
        "address-twice", "key-missing", "program", "touchpoint",
    ]  # fmt: skip
    company.write("otklik.toml", '[checks]\ntitle-twice = "error"\n')
    for name in ("чай", "chay", "call", "tea", "terms"):
        (company.folder / f"content/en/{name}.md").unlink()
    company.page("en/one.md", "Same")
    company.page("en/two.md", "Same")
    assert company.run("check", "--lenient") == 1
    assert company.said.count("[title-twice]") == 1


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("", "Some page"),
        ("---\n", "Some page"),
        ("---\nText after a line across.\n\nMore.", "Some page"),
        ("---\ntitle: Open\n\nText.", "Open"),
        ("---\n- a\n- b\n---\nText.", "Some page"),
        ("---\ntitle: Bad: colon\n---\nText.", "Bad: colon"),
        ("---\ntitle:\n---\n## Heading", "Heading"),
        ("---\ntitle: [a, b]\n---\nText.", "Some page"),
        ("+++\ntitle = broken\n+++\nText.", "broken"),
        ("+++\nno end", "Some page"),
        ("```\n# code\n```\n\nWhole title\n===========\n\nText.", "Whole title"),
        ("Note: this is text.\n\nMore.", "Some page"),
        ("---\ntitle: A\ntitle: B\n---\nText.", "A"),
        ("---\ntitle: T\nkind: post\nslug: Big_Slug\npublish: 2030-01-01 10:00\ndate: yesterday\n---\nText.", "T"),
        ("# **Bold** [link](x.md) `code` {#id}\n\nText.", "Bold link code"),
        ("{{% shortcode\nopen %}}\n\n{% raw", "Some page"),
        ("Text\x00 with \x0c control\x7f signs\x02wzxhzdk:0\x03.", "Some page"),
    ],
)
def test_whatever_a_page_lacks_is_taken_from_the_rest(company: Company, text: str, title: str) -> None:
    company.write("content/en/some_page.md", text)

    assert company.run("check", "--lenient", "--json") == 0, company.said
    from otklik_site.pages import PageFile, read_page

    page, _faults = read_page(PageFile("content/en/some_page.md", "some_page.md", "en", text.encode()[:16]))
    assert page.title == title
    assert page.description


def test_a_page_of_a_hundred_kilobytes_from_an_old_editor_is_built_whole(company: Company) -> None:
    lines = [f"Слово за словом номер {number}, *и ещё* много других слов о чае." for number in range(2000)]
    text = "Большая страница\n================\n\n" + "\n\n".join(lines)
    (company.folder / "content/ru/big.md").write_bytes(text.replace("\n", "\r\n").encode("cp1251"))

    lenient(company)
    html = company.html("ru/big")
    assert "<h1>Большая страница</h1>" in html
    assert html.count("<p>Слово за словом номер") == 2000
