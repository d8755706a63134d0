"""Old addresses of renamed pages: where each leads, as pages and as lists for web servers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from otklik_site.words import _
from otklik_widget.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from otklik_site.pages import Content, Page

KEY = "moved_from"
NETLIFY, APACHE, NGINX = "_redirects", ".htaccess", "redirects.map"
# What would mean something else in a server's list, in an address or in a file's name.
_UNSAFE = re.compile(r"""[\s"'`\\?#%$;{}<>|*:\x00-\x1f]""")
# Netlify leaves an address that a file has, such as our small page, only by "301!"; Cloudflare Pages skips such a line
# and takes the next.
_CODES = ("301!", "301")
_PLAIN = "/!&'()+,;=@~"
# File systems hold names of 255 bytes.
LONGEST = 200


def old_urls(page: Page) -> list[str]:
    """The page's old addresses as the site writes its own: `/ru/old` and `ru/old/` are `ru/old/`."""
    return [_url(written) for written in page.moved_from]


def _url(written: str) -> str:
    url = written.lstrip("/")
    return url if not url or url.endswith("/") or "." in url.rpartition("/")[2] else f"{url}/"


def faults(content: Content, made: Sequence[str]) -> Iterator[Fault]:
    """Old addresses that no file can hold, that still are somebody's, or that two pages claim."""
    for page, _url, said in _judged(content, made):
        if said:
            yield Fault(page.where, page.lines.get(KEY), said, "redirect")


def redirects(content: Content, made: Sequence[str]) -> dict[str, Page]:
    """Where each old address leads, in the order of addresses; one that is at fault leads nowhere."""
    return dict(sorted((url, page) for page, url, said in _judged(content, made) if not said))


def _judged(content: Content, made: Sequence[str]) -> Iterator[tuple[Page, str, str]]:
    """Each old address with its page, and what is wrong with it."""
    pages = {page.url: page for page in (*content.pages, *content.made)}
    claimed: dict[str, Page] = {}
    for page in content.pages:
        for written, url in zip(page.moved_from, old_urls(page), strict=True):
            said = _wrong(written, url, page)
            if not said and url in pages:
                said = _("the page %(other)s has the address “%(old)s” now, so nobody can be led away from it",
                         old=written, other=pages[url].where)  # fmt: skip
            elif not said and (url.rstrip("/") in content.files or url.rstrip("/") in made):
                said = _("the site has a file with the address “%(old)s”", old=written)
            elif not said and url.rstrip("/") in claimed:
                said = _("%(other)s says too that it moved from “%(old)s”; only one page can be found there",
                         old=written, other=claimed[url.rstrip("/")].where)  # fmt: skip
            yield page, url, said
            claimed.setdefault(url.rstrip("/"), page)


def _wrong(written: str, url: str, page: Page) -> str:
    if _UNSAFE.search(written) or "//" in written or not url.strip("/"):
        return _("“%(old)s” is no old address; write it like /ru/bonus/, without the host, spaces or signs like ? # %%",
                 old=written)  # fmt: skip
    parts = url.strip("/").split("/")
    if any(part.startswith(".") for part in parts):
        return _("“%(old)s” is no old address: no part of it may begin with a dot", old=written)
    if any(len(part.encode()) > LONGEST for part in parts):
        return _("“%(old)s” is too long for a file's name", old=f"{written[:40]}…")
    if url == page.url:
        return _("“%(old)s” is the page's own address: it would lead to itself for ever", old=written)
    return ""


def lists(found: Mapping[str, Page], root: str) -> dict[str, str]:
    """The redirects for Netlify, Apache and nginx by file name; `root` is the site's place on its host."""
    if not found:
        return {}
    pairs = [(f"{root}{old}", f"{root}{page.url}") for old, page in found.items()]
    netlify = [f"{quote(old, _PLAIN)} {quote(new, _PLAIN)} {code}" for old, new in pairs for code in _CODES]
    apache = [f"RedirectMatch 301 ^{re.escape(old.rstrip('/'))}/?$ {new}" for old, new in pairs]
    nginx = [f'"{old}" "{new}";' for pair in pairs for old, new in _with_and_without(*pair)]
    return {
        NETLIFY: "\n".join([*netlify, ""]),
        APACHE: "\n".join([*apache, ""]),
        NGINX: "\n".join([*nginx, ""]),
    }


def _with_and_without(old: str, new: str) -> Iterator[tuple[str, str]]:
    yield old, new
    if old.endswith("/"):
        yield old.rstrip("/"), new
