"""What must hold between pages, and between pages and the journey; how much each weighs stands in `codes`."""

from __future__ import annotations

import re
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING

from otklik_site import addresses, output, pictures, program_checks, questions, reach, redirects, shares
from otklik_site.typography import running
from otklik_site.words import _
from otklik_widget.faults import Fault, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from otklik_site.directives import Scan
    from otklik_site.pages import Content, Page
    from otklik_site.website import Website
    from otklik_widget.journey import Journey

# Addresses that every site has; a file of the company with such a name would be lost.
MADE = ("index.html", "404.html", "robots.txt", "sitemap.xml", "ask.js", output.MARKER, output.DUE, redirects.NGINX)


def faults(content: Content, journey: Journey | None) -> Iterator[Fault]:
    """What is wrong with the pages together."""
    pages = [*content.pages, *content.unshown]
    yield from _addresses(pages, content.files)
    yield from _titles(pages)
    yield from _descriptions(pages)
    yield from redirects.faults(content, MADE)
    yield from shares.faults(content)
    yield from pictures.faults_in(content.files)
    if journey:
        for page in pages:
            yield from _touchpoints(page, journey)
    for page in content.pages:
        if page.program:
            texts = [*page.program.prose().values(), *(item.answer for item in page.program.faq)]
            if any(line.lstrip().startswith("///") for text in texts for line in text.split("\n")):
                said = _("a directive (///) stands in the front matter; it belongs below it, into the page's text")
                yield Fault(page.where, 1, said, "directive")


def of_site(website: Website) -> Iterator[Fault]:
    """What is wrong with the site as a whole, as the journey and the settings want it."""
    content, journey, settings = website.content, website.journey, website.settings
    if not settings.base_url:
        said = _(
            "“base_url” is not set in otklik.toml; set it before you publish: until then pages name no canonical "
            "address, and sitemap.xml names %(local)s",
            local=addresses.local(settings),
        )
        yield Fault("", None, said, "base-url")
    if any(questions.HELPFUL in point.ask for point in journey.touchpoints.values()):
        yield from _silent(website)
    else:
        said = _("no touchpoint of the journey asks the scale “helpful”, so no page asks “was this page helpful?”")
        yield Fault("", None, said, "helpful-missing")
    said = _("no text, list or navigation leads to this page; link to it from another one")
    yield from (Fault(page.where, None, said, "orphan") for page in reach.orphans(website))
    yield from shares.warnings(content)
    by_name: dict[str, dict[str, Page]] = {}
    for page in content.pages:
        by_name.setdefault(page.name, {})[page.lang] = page
    paired = [pages for _name, pages in sorted(by_name.items())]
    for pages in paired:
        missing = [lang for lang in journey.company.languages if lang not in pages]
        if missing:
            one = next(iter(pages.values()))
            said = _("this page is missing in: %(languages)s", languages=", ".join(missing))
            yield Fault(one.where, None, said, "translation-missing")
    yield from _untranslated(paired)
    for page in content.pages:
        if page.program:
            yield from program_checks.advice(page.program, page.lines, page.where, website.today)


def _untranslated(paired: Iterable[Mapping[str, Page]]) -> Iterator[Fault]:
    """Pages that are their own pair: the same text under another language's name."""
    for pages in paired:
        if len(pages) < 2:
            continue
        first: dict[bytes, Page] = {}
        for page in pages.values():
            other = first.setdefault(page.digest, page)
            if other is not page:
                said = _("this page is word for word that of %(other)s; translate it", other=other.where)
                yield Fault(page.where, None, said, "translation-same")


def _silent(website: Website) -> Iterator[Fault]:
    for page in website.content.pages:
        if reach.is_silent(website, page):
            said = _("this page asks its readers nothing; ask a question in it, or take “helpful: false” out")
            yield Fault(page.where, page.lines.get("helpful"), said, "question-missing")


def headings(page: Page, scanned: Scan) -> Iterator[Fault]:
    """Headings begin with ## and go down one step at a time: screen readers jump by them."""
    for level, line in scanned.headings:
        if level == 1:
            said = _("the title is the page's only first heading; begin the text's headings with ##")
            yield Fault(page.where, line, said, "heading-first")
    steps = [(1, 0), *((level, line) for level, line in scanned.headings if level > 1)]
    for (above, _line), (level, line) in pairwise(steps):
        if level > above + 1:
            said = _("this heading is %(found)s, but after %(above)s comes %(wanted)s at most",
                     found="#" * level, above="#" * above, wanted="#" * (above + 1))  # fmt: skip
            yield Fault(page.where, line, said, "heading-order")


def shortcodes(page: Page, scanned: Scan) -> Iterator[Fault]:
    """What only other programs understand."""
    for found, line in scanned.shortcodes:
        said = _("“%(shortcode)s” belongs to another program and stays text here; write what it stood for, or a "
                 "directive like /// note", shortcode=found[:60])  # fmt: skip
        yield Fault(page.where, line, said, "shortcode")


def ids(page: Page, found: Iterable[str]) -> Iterator[Fault]:
    """An anchor that stands twice on a page leads to the wrong place."""
    seen: set[str] = set()
    for anchor in found:
        if anchor in seen:
            mark = f"#{anchor}}}"
            line = [n for n, text in enumerate(page.text.split("\n"), 1) if mark in text or f'id="{anchor}"' in text]
            said = _("the anchor “%(anchor)s” stands on this page twice", anchor=anchor)
            yield Fault(page.where, line[-1] if line else page.body_line, said, "anchor-twice")
        seen.add(anchor)


_UNSOLVED = re.compile(r"\[[^\[\]<>]+\]\[[^\[\]<>]*\]|\[\^[^\[\]<>\s]+\](?!:)")


def references(page: Page, html: str) -> Iterator[Fault]:
    """Links and footnotes by name whose name is given nowhere: Markdown leaves them as text."""
    if "][" not in html and "[^" not in html:
        return
    for found in _UNSOLVED.finditer(running(html)):
        line = next((n for n, text in enumerate(page.text.split("\n"), 1) if found[0] in text), page.body_line)
        said = _("“%(words)s” stays as it is: no line below says where it leads", words=unescape(found[0]))
        yield Fault(page.where, line, said, "reference")


# As starters mark what only the company itself knows.
_TO_FILL_IN = re.compile(r"(?<!`)\[(?:fill in|впишите): ?[^\[\]\n]*\]")


def unfilled(page: Page, html: str) -> Iterator[Fault]:
    """A warning where the page still has places that wait for the company's own words."""
    if not _TO_FILL_IN.search(html) or not _TO_FILL_IN.search(running(html)):
        return  # the first look is cheap, the second knows what is shown as code
    if found := list(_TO_FILL_IN.finditer(page.text)):
        said = _.plural("%(n)d place of this page waits for your words: %(first)s",
                        "%(n)d places of this page wait for your words, the first one: %(first)s",
                        len(found), first=found[0][0])  # fmt: skip
        yield Fault(page.where, page.text.count("\n", 0, found[0].start()) + 1, said, "fill-in")


def _addresses(pages: Iterable[Page], files: Mapping[str, Path]) -> Iterator[Fault]:
    seen: dict[str, Page] = {}
    for page in pages:
        if page.url in seen:
            said = _("this page has the address /%(url)s, and so has %(other)s; rename one of them",
                     url=page.url, other=seen[page.url].where)  # fmt: skip
            yield Fault(page.where, page.lines.get("slug"), said, "address-twice")
        seen.setdefault(page.url, page)
    folders = _folders(seen) | _folders(files)
    for url, file in files.items():
        if url in folders:
            said = _("the site has a folder with this file's address, /%(url)s/; rename the file", url=url)
            yield Fault(str(file), None, said, "address-taken")
        if any(sign in url for sign in "?#%\\"):
            said = _("a file's name may not hold ? # % or a backslash: addresses break at them; rename it")
            yield Fault(str(file), None, said, "file-name")
        page_url = url.removesuffix("index.html")
        if url in MADE or (page_url != url and page_url in seen):
            said = _("Otklik itself writes a file with this address; rename this one")
            yield Fault(str(file), None, said, "address-taken")


def _folders(urls: Iterable[str]) -> set[str]:
    """Every folder that the addresses lie in: `ru` and `ru/club` for `ru/club/nps.png`."""
    found: set[str] = set()
    for url in urls:
        folder = url.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def _titles(pages: Iterable[Page]) -> Iterator[Fault]:
    seen: dict[tuple[str, str], Page] = {}
    for page in pages:
        if "title" not in page.lines:
            continue  # nobody wrote it
        key = (page.lang, page.title.casefold())
        if key in seen:
            said = _("the title “%(title)s” is also that of %(other)s; every page needs its own",
                     title=page.title, other=seen[key].where)  # fmt: skip
            yield Fault(page.where, page.lines.get("title"), said, "title-twice")
        seen.setdefault(key, page)


def _descriptions(pages: Iterable[Page]) -> Iterator[Fault]:
    seen: dict[tuple[str, str], Page] = {}
    for page in pages:
        if "description" not in page.lines:
            continue
        first = seen.setdefault((page.lang, page.description.casefold()), page)
        if first is not page:
            said = _("the description is also that of %(other)s; search engines show both pages with the same words",
                     other=first.where)  # fmt: skip
            yield Fault(page.where, page.lines.get("description"), said, "description-twice")


def _touchpoints(page: Page, journey: Journey) -> Iterator[Fault]:
    named = {"touchpoint": [page.touchpoint] if page.touchpoint else []}
    named["helpful"] = [page.helpful] if page.helpful else []
    named["touchpoints"] = list(page.program.touchpoints) if page.program else []
    for key, touchpoints in named.items():
        for touchpoint in touchpoints:
            if touchpoint not in journey.touchpoints:
                said = questions.unknown_touchpoint(touchpoint, journey)
                yield Fault(page.where, page.lines.get(key), said, "touchpoint")
    point = journey.touchpoints.get(str(page.helpful))
    if point and questions.HELPFUL not in point.ask:
        asking = [key for key, other in journey.touchpoints.items() if questions.HELPFUL in other.ask]
        said = _("“%(touchpoint)s” does not ask the scale “helpful”.", touchpoint=point.key)
        said += nearest(point.key, asking) or _asking(asking)
        yield Fault(page.where, page.lines.get("helpful"), said, "touchpoint")


def _asking(touchpoints: list[str]) -> str:
    if not touchpoints:
        return ""
    return " " + _("These do: %(touchpoints)s.", touchpoints=", ".join(touchpoints))
