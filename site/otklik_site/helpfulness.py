"""Was a page helpful? What its readers said, as the collector's database tells it: the first part of a report."""

from __future__ import annotations

import re
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any
from unicodedata import normalize
from urllib.parse import quote, unquote, urlsplit

from otklik_site.words import _
from otklik_widget.page_scores import GROUP, PageScores

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from otklik_site.pages import Page
    from otklik_site.website import Website
    from otklik_widget.page_scores import Change, Helpful, Score, Share

# So many pages of a kind are told to people; programs get all of them.
TOLD = 20
_WHOLE = re.compile(r"https?://([^/?#]*)", re.IGNORECASE)


class Addresses:
    """Which page an address means that a browser sent: with the host or without, in any of its spellings."""

    def __init__(self, pages: Mapping[str, str], base_url: str) -> None:
        """`pages`: each page by every address that it has or had, below the root."""
        self._host, self._root = urlsplit(base_url).netloc.lower(), _bare(urlsplit(base_url).path)
        self._pages = {_bare(address): page for address, page in pages.items()}

    def page(self, sent: str) -> str | None:
        """The page's own address, or None where the site has no such page."""
        whole = _WHOLE.match(sent)
        if whole and self._host and whole[1].lower() != self._host:
            return None
        path = _bare(unquote(re.split("[?#]", sent[whole.end() if whole else 0 :], maxsplit=1)[0]))
        # Where the site is published below a folder, `otklik serve` still shows it at the root.
        inside = path.removeprefix(self._root) if f"{path}/".startswith(f"{self._root}/") else path
        return self._pages.get(_bare(inside)) or self._pages.get(path)


def _bare(address: str) -> str:
    """An address to compare with: `ru/old` for /ru//Old/index.html."""
    path = re.sub("/+", "/", f"/{normalize('NFC', address).lower()}")
    return path.removesuffix("/index.html").strip("/")


def scores(website: Website, db: Path) -> PageScores | None:
    """What the pages' readers said; None where there is no database. Raises `Faults` where it cannot be read."""
    if not db.exists():
        return None
    changed = {page.url: page.changed for page in website.pages if page.changed and page.changed <= website.today}
    known = {old: page.url for old, page in website.redirects.items()}
    # Further parts of a list are the page that somebody wrote.
    known |= {page.url: page.first or page.url for page in website.pages}
    find = Addresses(known, website.settings.base_url).page
    for entry in entry_points(group=GROUP):
        score: Score = entry.load()
        return score(db, find, changed, website.today)
    return None


def plain(helpful: Helpful | None) -> dict[str, Any] | None:
    """The scores of a page for programs; None where fewer than five responses are kept."""
    if helpful is None or helpful.all is None:
        return None
    return {
        **vars(helpful.all),
        "before": vars(helpful.before) if helpful.before else None,
        "since": vars(helpful.since) if helpful.since else None,
        "change": vars(helpful.change) if helpful.change else None,
        "unhelped_per_month": helpful.unhelped,
        "comments": helpful.comments,
    }


def urgency(helpful: Helpful | None) -> float:
    """How soon a page is to be mended: the more readers a month it sends away, the sooner."""
    return -1.0 if helpful is None or helpful.unhelped is None else helpful.unhelped


def told(pages: Sequence[tuple[Page, Helpful]], scores: PageScores | None, db: Path) -> Iterator[str]:
    """What people read of it, the page to be mended first on top."""
    if scores is None:
        said = _("“Was this page helpful?” is told where the collector's database is at hand; there is no %(file)s "
                 "(--db names another)", file=db)  # fmt: skip
        yield said
        return
    shown = [(page, helpful) for page, helpful in pages if helpful.all]
    if shown:
        yield _("Was this page helpful? First the pages that send away the most readers") + f" ({len(shown)})"
    for page, helpful in shown[:TOLD]:
        yield from (f"  {line}" for line in _page(page, helpful))
    yield from more(len(shown) - TOLD)
    if few := len(pages) - len(shown):
        yield _.plural("%(n)d page has fewer than 5 responses, which is too few to tell",
                       "%(n)d pages have fewer than 5 responses each, which is too few to tell", few)  # fmt: skip
    if not pages:
        yield _("Nobody has answered “was this page helpful?” on a page of this site yet")
    if scores.without_page:
        yield _.plural("%(n)d response tells no page: it came by a link, from a file or from a form on another host",
                       "%(n)d responses tell no page: they came by a link, from a file or from a form on another host",
                       scores.without_page)  # fmt: skip
    if scores.elsewhere:
        yield _.plural("%(n)d response came from an address that is no page of this site",
                       "%(n)d responses came from addresses that are no pages of this site",
                       scores.elsewhere)  # fmt: skip
    # Anybody may send any address: in percent signs none can pass for a line of ours.
    yield from (f"  {quote(address, safe='/%~')[:80]}: {n}" for address, n in scores.often)


def more(pages: int) -> Iterator[str]:
    """The line below a list that is cut off."""
    if pages > 0:
        yield "  " + _("and %(n)s more: --json", n=pages)


def _page(page: Page, helpful: Helpful) -> Iterator[str]:
    assert helpful.all
    line = f"{page.where}: " + _share(helpful.since or helpful.all)
    if helpful.since:
        line += " " + _("since %(day)s", day=page.changed)
    if helpful.unhelped:
        line += "; " + _("“No” a month: %(n)s", n=_few(helpful.unhelped))
    if helpful.comments:
        line += "; " + _.plural("%(n)d comment beside “No”", "%(n)d comments beside “No”", helpful.comments)
    yield line
    if helpful.unhelped is None:
        yield "  " + _("changed on %(day)s: fewer than 5 responses since then", day=page.changed)
    if helpful.before and helpful.change:
        yield "  " + _("before: %(share)s; %(verdict)s", share=_share(helpful.before), verdict=_verdict(helpful.change))


def _share(share: Share) -> str:
    value, low, high = (_of_100(part) for part in (share.value, share.low, share.high))
    return _.plural("helpful to %(value)d of 100 (%(low)d to %(high)d; %(n)d response)",
                    "helpful to %(value)d of 100 (%(low)d to %(high)d; %(n)d responses)",
                    share.responses, value=value, low=low, high=high)  # fmt: skip


def _verdict(change: Change) -> str:
    words: Mapping[str, str] = {
        "better": _("surely better"), "worse": _("surely worse"), "unclear": _("no clear change"),
    }  # fmt: skip
    return words[change.verdict]


def _of_100(share: float) -> int:
    return int(share * 100 + 0.5)


def _few(number: float) -> str:
    return _("less than 1") if number < 1 else f"{number:.0f}"
