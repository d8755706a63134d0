"""Absolute addresses and what machines read: canonical links, alternates, JSON-LD, sitemap, robots.txt."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape, quoteattr

from otklik_site import shares
from otklik_widget.logo import SVG

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from otklik_site.pages import Page
    from otklik_site.programs import Program
    from otklik_site.website import Website
    from otklik_widget.logo import Logo
    from otklik_widget.settings import Settings

SCHEMA = "https://schema.org"
XML = '<?xml version="1.0" encoding="UTF-8"?>'
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
# Addresses in a site map, times the languages that each names.
MOST = 100_000


@dataclass(frozen=True)
class Alternate:
    """A page in another language: what `<link rel=alternate hreflang=…>` needs."""

    lang: str
    href: str


# The kinds that are told as articles, in the words of schema.org.
ARTICLES = {"article": "Article", "news": "NewsArticle"}
# The kinds whose members pay a lower price, in the words of schema.org.
DISCOUNTS = ("fixed-discount", "cumulative-discount")
POINTS = ("points", "coalition")
# Nobody becomes a member of these: there is no word of schema.org for them.
WITHOUT_MEMBERS = ("game", "referral", "value", "business")


def absolute(website: Website, url: str) -> str:
    """The full address of a page, or nothing without `base_url`: a relative one would mislead machines."""
    return f"{website.settings.base_url}/{url}" if website.settings.base_url else ""


def quoted(url: str) -> str:
    """An address as machines write it: a Cyrillic one of old times in percent signs."""
    return quote(url, safe="/~")


def local(settings: Settings) -> str:
    """Where `otklik serve` shows the site: what a site map names until `base_url` is set."""
    return f"http://127.0.0.1:{settings.port}"


def logo_name(logo: Logo | None) -> str:
    """The address of the company's logo; blockers hide files that are called so."""
    return f"company.{logo.version}{'.svg' if logo.media == SVG else '.png'}" if logo else ""


def root_path(website: Website) -> str:
    """Where the site's root is on its host: `/`, or `/shop/` for https://name.example/shop."""
    return urlsplit(website.settings.base_url).path.rstrip("/") + "/"


def alternates(website: Website, page: Page) -> list[Alternate]:
    """All languages of a page, itself too, and `x-default`: the chooser for homes, else the first one.

    Without `base_url` there are none: search engines take only full addresses and call relative ones a fault.
    """
    base = website.settings.base_url
    return _alternates(website, page, base) if base else []


def _alternates(website: Website, page: Page, base: str) -> list[Alternate]:
    found = [pair for lang in website.languages if (pair := website.pair(page, lang))]
    if len(found) < 2:
        return []
    default = "" if page.is_home else found[0].url
    return [
        *(Alternate(pair.lang, f"{base}/{pair.url}") for pair in found),
        Alternate("x-default", f"{base}/{default}"),
    ]


def json_ld(website: Website, page: Page) -> str:
    """What search engines read about a page, safe to stand inside a script element."""
    graph: list[Mapping[str, Any]] = []
    if page.kind in ARTICLES:
        graph.append(_article(website, page))
    if page.kind == "contacts":
        graph.append({**_organization(website, page.lang), "contactPoint": _contact(page)})
    if page.is_home or page.program:
        beside = [page] if page.program else [other for other in website.pages if other.lang == page.lang]
        shown = [other for other in beside if other.program and other.kind not in WITHOUT_MEMBERS]
        told = [_program(website, other) for other in shown]
        # Search engines want a benefit of every tier, and know words for points and prices alone.
        fitting = [program for program in told if all("hasTierBenefit" in tier for tier in program["hasTiers"])]
        graph.append(_organization(website, page.lang, fitting))
    above = website.above(page)
    if above and website.settings.base_url:
        graph.append(_breadcrumbs(website, [*above, page]))
    if not graph:
        return ""
    said = json.dumps({"@context": SCHEMA, "@graph": graph}, ensure_ascii=False, separators=(",", ":"))
    return said.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _organization(website: Website, lang: str, programs: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    return _filled(
        {
            "@type": "Organization",
            "name": website.journey.company.name.say(lang),
            "url": absolute(website, ""),
            "logo": absolute(website, logo_name(logo)) if (logo := website.journey.company.logo) else "",
            "hasMemberProgram": list(programs),
        }
    )


def _article(website: Website, page: Page) -> dict[str, Any]:
    company = _filled({**_organization(website, page.lang), "logo": ""})
    return _filled(
        {
            "@type": ARTICLES[page.kind],
            "headline": page.title,
            "description": page.description,
            "inLanguage": page.lang,
            "url": absolute(website, page.url),
            "image": absolute(website, picture.url) if (picture := shares.share(website, page)) else "",
            "datePublished": page.date.isoformat() if page.date else "",
            "dateModified": page.changed.isoformat() if page.changed else "",
            "author": company,
            "publisher": company,
        }
    )


def dial(phone: str) -> str:
    """A number as telephones take it; within Russia the 8 before ten digits stands for +7."""
    digits = "".join(sign for sign in phone if sign.isdigit())
    if phone.startswith("+"):
        return f"+{digits}"
    return f"+7{digits[1:]}" if len(digits) == 11 and digits[0] == "8" else digits


def _contact(page: Page) -> dict[str, Any]:
    return _filled(
        {
            "@type": "ContactPoint", "contactType": "customer service", "telephone": dial(page.phone),
            "email": page.email, "availableLanguage": page.lang,
        }
    )  # fmt: skip


def _program(website: Website, page: Page) -> dict[str, Any]:
    program = page.program
    assert program
    tiers = [_tier(program, tier.name, tier.since, tier.multiplier) for tier in program.tiers]
    tiers += [_tier(program, f"{level.percent.normalize():f}%", level.since, None) for level in program.levels]
    return _filled(
        {
            "@type": "MemberProgram",
            "name": program.name,
            "description": page.description,
            "url": absolute(website, page.url),
            # A program without tiers is one tier to search engines: they want at least one.
            "hasTiers": tiers or [_tier(program, program.name, None, None)],
        }
    )


def _tier(program: Program, name: str, since: Decimal | None, multiplier: Decimal | None) -> dict[str, Any]:
    tier: dict[str, Any] = {"@type": "MemberProgramTier", "name": name}
    if since:
        tier["hasTierRequirement"] = {
            "@type": "MonetaryAmount", "value": float(since), "currency": program.currency,
        }  # fmt: skip
    if program.base:
        points, money = program.base
        tier["membershipPointsEarned"] = {
            "@type": "QuantitativeValue", "value": float(points * (multiplier or Decimal(1)) / money),
        }  # fmt: skip
    if program.base or multiplier or program.kind in POINTS:
        tier["hasTierBenefit"] = [f"{SCHEMA}/TierBenefitLoyaltyPoints"]
    elif program.kind in DISCOUNTS:
        tier["hasTierBenefit"] = [f"{SCHEMA}/TierBenefitLoyaltyPrice"]
    return tier


def _breadcrumbs(website: Website, pages: Sequence[Page]) -> dict[str, Any]:
    items = [
        {"@type": "ListItem", "position": n, "name": page.short_title, "item": absolute(website, page.url)}
        for n, page in enumerate(pages, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}


def sitemaps(website: Website) -> dict[str, str]:
    """All pages with their languages as search engines read them, by file: one map, or of many pages a list of maps.

    See `local` for a site without `base_url`.
    """
    base = website.settings.base_url or local(website.settings)
    pages = sorted((page for page in website.pages if page.is_listed), key=lambda page: page.url)
    # A map may hold 50,000 addresses and 50 MB; each language more makes its lines longer.
    most = MOST // max(2, len(website.languages))
    if len(pages) <= most:
        return {"sitemap.xml": _sitemap(website, pages, base)}
    maps = {
        f"sitemap-{number}.xml": _sitemap(website, pages[start : start + most], base)
        for number, start in enumerate(range(0, len(pages), most), 1)
    }
    lines = [XML, f'<sitemapindex xmlns="{SITEMAP}">']
    lines += [f"<sitemap><loc>{escape(base)}/{name}</loc></sitemap>" for name in maps]
    return {"sitemap.xml": "\n".join([*lines, "</sitemapindex>", ""]), **maps}


def _sitemap(website: Website, pages: Sequence[Page], base: str) -> str:
    lines = [XML, f'<urlset xmlns="{SITEMAP}" xmlns:xhtml="http://www.w3.org/1999/xhtml">']
    for page in pages:
        lines.append(f"<url><loc>{escape(base)}/{escape(page.url)}</loc>")
        if page.changed:
            lines.append(f"<lastmod>{page.changed.isoformat()}</lastmod>")
        lines += [
            f'<xhtml:link rel="alternate" hreflang={quoteattr(other.lang)} href={quoteattr(other.href)}/>'
            for other in _alternates(website, page, base)
        ]
        lines.append("</url>")
    return "\n".join([*lines, "</urlset>", ""])


def robots(website: Website) -> str:
    """Robots may read all; the site map is named only where its addresses are the published ones."""
    where = absolute(website, "sitemap.xml")
    return "User-agent: *\nAllow: /\n" + (f"\nSitemap: {where}\n" if where else "")
