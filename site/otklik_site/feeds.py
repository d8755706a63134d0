"""An Atom feed for each language: the newest dated pages, for readers and for whoever takes them over."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from otklik_site import addresses, redirects

if TYPE_CHECKING:
    import datetime as dt

    from otklik_site.pages import Page
    from otklik_site.website import Website

# So many pages stand in a feed: readers keep the older ones themselves.
NEWEST = 20


def url(lang: str) -> str:
    return f"{lang}/feed.xml"


def exists(website: Website, lang: str) -> bool:
    """Has a language a feed? Not without `base_url`: a feed's ids are its full addresses for ever."""
    return bool(website.settings.base_url) and website.listing(lang).is_dated


def feeds(website: Website) -> dict[str, str]:
    """The feeds by their addresses: one for every language that has dated pages."""
    return {url(lang): _feed(website, lang) for lang in website.languages if exists(website, lang)}


def _feed(website: Website, lang: str) -> str:
    found = website.listing(lang).dated[:NEWEST]
    company = website.journey.company.name.say(lang)
    home = website.home(lang)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(lang)}>',
        f"<title>{escape(company)}</title>",
        f"<subtitle>{escape(home.description)}</subtitle>",
        f"<id>{_address(website, home.url)}</id>",
        f'<link rel="alternate" type="text/html" href="{_address(website, home.url)}"/>',
        f'<link rel="self" type="application/atom+xml" href="{_address(website, url(lang))}"/>',
        f"<updated>{_moment(max(page.changed for page in found if page.changed))}</updated>",
        f"<author><name>{escape(company)}</name></author>",
        *(_entry(website, page) for page in found),
        "</feed>",
    ]
    return "\n".join([*lines, ""])


def _entry(website: Website, page: Page) -> str:
    assert page.date
    # A reader must not meet a renamed page as a new one: its first address stays its id.
    first = next(iter(redirects.old_urls(page)), page.url)
    about = page.summary or page.description
    return "\n".join(
        [
            "<entry>",
            f"<title>{escape(page.title)}</title>",
            f"<id>{_address(website, first)}</id>",
            f'<link rel="alternate" type="text/html" hreflang={quoteattr(page.lang)} '
            f'href="{_address(website, page.url)}"/>',
            f"<published>{_moment(page.date)}</published>",
            f"<updated>{_moment(max(page.changed or page.date, page.date))}</updated>",
            f'<summary type="text">{escape(about)}</summary>',
            "</entry>",
        ]
    )


def _address(website: Website, page: str) -> str:
    return escape(addresses.absolute(website, addresses.quoted(page)))


def _moment(day: dt.date) -> str:
    """Noon in Greenwich is the same day nearly everywhere; nobody writes the hour of an article."""
    return f"{day.isoformat()}T12:00:00Z"
