"""The same site as a careful newcomer writes it from the manuals of Flask, Python-Markdown and Frozen-Flask.

    python tests/benchmarks/naive/app.py CONTENT OUT

Each page shows what Otklik's shows: navigation with the place in it, languages, the way here, contents, neighbours, the
question, and in its head what search engines and social networks read. Lists that all pages share are made once. It
checks nothing, has no search and no preview, and makes everything anew each time.
"""

from __future__ import annotations

import json
import posixpath
import re
import sys
from pathlib import Path
from typing import Any

import markdown
import yaml
from flask import Flask, Response, render_template
from flask_frozen import Freezer

CONTENT, OUT = map(Path, sys.argv[1:3])
BASE = "https://tea.example"
COMPANY = {"ru": "Чайная Анны", "en": "Anna's Tea"}

app = Flask(__name__)
app.config.update(FREEZER_DESTINATION=str(OUT.resolve()))
freezer = Freezer(app)

Page = dict[str, Any]
pages: dict[str, Page] = {}
for file in sorted(CONTENT.rglob("*.md")):
    _fence, head, text = file.read_text(encoding="utf-8").split("---\n", 2)
    name = file.relative_to(CONTENT).with_suffix("").as_posix()
    url = name.removesuffix("index").rstrip("/")
    pages[url] = {**yaml.safe_load(head), "url": url, "name": name, "lang": url[:2], "text": text}

menu: dict[str, list[Page]] = {}
for page in sorted((page for page in pages.values() if "nav" in page), key=lambda page: int(page["nav"])):
    menu.setdefault(page["lang"], []).append(page)
dated = sorted((page for page in pages.values() if "date" in page), key=lambda page: (str(page["date"]), page["url"]))
neighbours: dict[str, dict[str, Page]] = {}
newest: dict[str, Page] = {}
for page in dated:
    folder = posixpath.dirname(page["name"])
    if folder in newest:
        neighbours.setdefault(page["url"], {})["before"] = newest[folder]
        neighbours.setdefault(newest[folder]["url"], {})["after"] = page
    newest[folder] = page


def above(page: Page) -> list[Page]:
    """The pages above a page, home first."""
    parts = page["url"].split("/")
    return [pages["/".join(parts[:depth])] for depth in range(1, len(parts))]


def json_ld(page: Page) -> str:
    """What search engines read."""
    way = [*above(page), page]
    items = [
        {"@type": "ListItem", "position": number, "name": one["title"], "item": f"{BASE}/{one['url']}/"}
        for number, one in enumerate(way, 1)
    ]
    graph: list[dict[str, Any]] = [{"@type": "BreadcrumbList", "itemListElement": items}]
    if "date" in page:
        company = {"@type": "Organization", "name": COMPANY[page["lang"]], "url": f"{BASE}/"}
        graph.append(
            {
                "@type": "Article", "headline": page["title"], "description": page["description"],
                "datePublished": str(page["date"]), "author": company, "publisher": company,
            }
        )  # fmt: skip
    return json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False).replace("<", "\\u003c")


def links(html: str, page: Page) -> str:
    """The HTML with links to files led to the pages' addresses."""
    here = posixpath.dirname(page["name"])

    def lead(found: re.Match[str]) -> str:
        return f'href="/{posixpath.normpath(posixpath.join(here, found[1])).removesuffix("index").rstrip("/")}/"'

    return re.sub(r'href="([^":]+)\.md"', lead, html)


@app.route("/<path:url>/")
def show(url: str) -> str:
    page = pages[url]
    converter: Any = markdown.Markdown(extensions=["extra", "toc", "sane_lists"])
    body = links(converter.convert(page["text"]), page)
    contents = [token for token in converter.toc_tokens if token["level"] == 2]
    pairs = {lang: pages[lang + url[2:]] for lang in COMPANY if lang + url[2:] in pages}
    return render_template(
        "page.html", page=page, body=body, contents=contents if len(contents) > 2 else [], menu=menu[page["lang"]],
        above=above(page), pairs=pairs, beside=neighbours.get(url, {}), json_ld=json_ld(page), base=BASE,
        company=COMPANY[page["lang"]],
    )  # fmt: skip


@app.route("/sitemap.xml")
def sitemap() -> Response:
    return Response(render_template("sitemap.xml", pages=pages.values(), base=BASE), mimetype="application/xml")


@app.route("/<lang>/feed.xml")
def feed(lang: str) -> Response:
    found = [page for page in reversed(dated) if page["lang"] == lang][:20]
    text = render_template("feed.xml", pages=found, base=BASE, lang=lang, company=COMPANY[lang])
    return Response(text, mimetype="application/xml")


@freezer.register_generator  # type: ignore[untyped-decorator]  # Frozen-Flask brings no types
def addresses() -> Any:
    for url in pages:
        yield "show", {"url": url}
    for lang in COMPANY:
        yield "feed", {"lang": lang}


freezer.freeze()
