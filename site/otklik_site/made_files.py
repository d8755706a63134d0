"""The files of a site that nobody wrote: styles and scripts, whose names change with them; feeds, site map, lists."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from otklik_site import addresses, feeds, redirects, search, theme
from otklik_site.addresses import logo_name
from otklik_widget import assets
from otklik_widget.colours import tokens

if TYPE_CHECKING:
    from otklik_site.website import Website
    from otklik_widget.colours import Colours

Made = Mapping[str, tuple[bytes, str]]
"""By address, each with its media type."""
STATIC = Path(__file__).resolve().parent / "static"
# Sheets of which a page has those that it needs, beside “site”, which all have; scripts likewise.
APART = ("apart", "program")
SCRIPTS = ("calculator", "reckoner", "search")


def looks(website: Website) -> Made:
    """The files that pages look by and work with, whatever pages there are."""
    company, folder = website.journey.company, website.sources.folder
    ask = assets.script()
    sheets = {"site": _style(company.colours, *theme.style(folder, STATIC / "site.css"))}
    sheets |= {name: _style(None, theme.apart(folder, STATIC / f"{name}.css"), "") for name in APART}
    found: dict[str, tuple[str | bytes, str]] = {
        "icon.svg": ((STATIC / "icon.svg").read_bytes(), "image/svg+xml"),
        "ask.js": (ask, "text/javascript"),
        assets.script_name(): (ask, "text/javascript"),
    }
    found |= {_named(name, sheet, "css"): (sheet, "text/css") for name, sheet in sheets.items()}
    found |= {script_name(name): (_script(name), "text/javascript") for name in SCRIPTS}
    if company.logo:
        found[logo_name(company.logo)] = (company.logo.data, company.logo.media)
    return _encoded(found)


def made(website: Website) -> Made:
    """The files that are made from the whole site, with those of its looks."""
    found: dict[str, tuple[str, str]] = {"robots.txt": (addresses.robots(website), "text/plain")}
    found |= {url: (text, "application/atom+xml") for url, text in feeds.feeds(website).items()}
    found |= {url: (text, "application/xml") for url, text in addresses.sitemaps(website).items()}
    found |= {url: (text, "application/json") for url, text in search.files(website).items()}
    moved = redirects.lists(website.redirects, addresses.root_path(website))
    found |= {name: (text, "text/plain") for name, text in moved.items()}
    return {**looks(website), **_encoded(found)}


def sheet_name(name: str, made: Iterable[str]) -> str:
    """The address of a style sheet, `site.<hash>.css`, among the files that are made."""
    sheet = re.compile(rf"{name}\.[0-9a-f]{{10}}\.css")
    return next(one for one in made if sheet.fullmatch(one))


@lru_cache(maxsize=len(SCRIPTS))
def script_name(name: str) -> str:
    """The address of one of our `SCRIPTS`, `search.<hash>.js`."""
    return _named(name, _script(name), "js")


def _named(name: str, text: str, kind: str) -> str:
    """A name that changes with the text, so that the file may be cached for ever."""
    return f"{name}.{hashlib.sha256(text.encode()).hexdigest()[:10]}.{kind}"


@lru_cache(maxsize=4)
def _style(colours: Colours | None, sheet: str, more: str) -> str:
    """The style sheet with the company's colours, and with what it adds, minified."""
    import minify

    # On paper all is black: the style sheet's own rules for print stay the last word.
    own = f"@media screen {{ {tokens(colours)} }}" if colours else ""
    return str(minify.string("text/css", sheet + own + more))


@lru_cache(maxsize=len(SCRIPTS))
def _script(name: str) -> str:
    import minify

    return str(minify.string("application/javascript", (STATIC / f"{name}.js").read_text(encoding="utf-8")))


def _encoded(files: Mapping[str, tuple[str | bytes, str]]) -> Made:
    return {url: (body.encode() if isinstance(body, str) else body, kind) for url, (body, kind) in files.items()}
