"""Which pages something on the site leads to, and which of them ask their readers something."""

from __future__ import annotations

import posixpath
import re
from html import unescape
from typing import TYPE_CHECKING
from unicodedata import normalize
from urllib.parse import unquote

from otklik_site import lists
from otklik_widget.faults import Faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from otklik_site.pages import Page
    from otklik_site.website import Website

_LINK = re.compile(r"<a\b[^>]*>")
_HREF = re.compile(r"""\shref\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|#|$")


def leads(page: Page, texts: Iterable[str]) -> tuple[str, ...]:
    """Where a page's texts lead besides itself: files of the content folder, and addresses after a slash."""
    folder = posixpath.dirname(f"{page.lang}/{page.name}")
    found = set()
    for html in texts:
        if "<a" not in html:
            continue
        for link in _LINK.finditer(html):
            match = _HREF.search(link[0])
            if not match:
                continue
            written = unescape(match[1] if match[1] is not None else match[2])
            if _ELSEWHERE.match(written):
                continue
            path = unquote(written.partition("#")[0].partition("?")[0])
            absolute = path.startswith("/")
            found.add(f"/{path.strip('/')}" if absolute else posixpath.normpath(posixpath.join(folder, path)))
    return tuple(sorted({normalize("NFC", one) for one in found}.difference(_names(page))))


def is_silent(website: Website, page: Page) -> bool:
    """Should a page ask its readers something, and does not? Terms and consents rightly ask nothing."""
    return page.kind != "legal" and not website.bodies.asks(page.url) and not website.question_at_end(page)


def orphans(website: Website) -> Iterator[Page]:
    """The pages that nothing leads to; home pages are where everybody begins."""
    reached = _listed(website)
    led: set[str] = set()
    for page in website.content.pages:
        led.update(website.bodies.leads(page.url))
        for settings in website.bodies.lists(page.url):
            reached |= _chosen(website, page, settings)
    for page in website.content.pages:
        if page.url not in reached and not page.is_home and led.isdisjoint(_names(page)):
            yield page


def _names(page: Page) -> tuple[str, ...]:
    """What links to a page may call it: its file, its address, and an index page its folder."""
    file = f"{page.lang}/{page.name}.md"
    file = file if file.isascii() else normalize("NFC", file)
    address = f"/{page.url.rstrip('/')}"
    return (file, address, posixpath.dirname(file)) if page.is_index else (file, address)


def _chosen(website: Website, page: Page, settings: str) -> set[str]:
    """The addresses of a list that an author put into a page."""
    try:
        return {other.url for other in website.chosen(page, settings)} - {page.url}
    except Faults:
        return set()  # told where the page is made


def _listed(website: Website) -> set[str]:
    """The addresses that navigation and lists lead to."""
    found: set[str] = set()
    for lang in website.languages:
        listing = website.listing(lang)
        found |= {page.url for page in (*listing.navigation, *listing.footer, *listing.programs_in_front)}
        found |= {page.url for page in listing.articles[:3]}
        for page in listing.articles:
            beside = listing.beside(page)
            found |= {other.url for other in (beside.before, beside.after) if other}
    for page in website.pages:
        if page.kind in (lists.SECTION, lists.TAG):
            found |= {item.url for item in (*website.listed(page), *website.over(page))}
    return found
