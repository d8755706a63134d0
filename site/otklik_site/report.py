"""otklik report: what of a site waits for its authors. Nothing here is a fault; all of it deserves a look."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from otklik_site import helpfulness, reach, search
from otklik_site.attachments import weight
from otklik_site.helpfulness import TOLD, more
from otklik_site.words import _
from otklik_widget.words import language

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from otklik_site.pages import Page
    from otklik_site.website import Website
    from otklik_widget.page_scores import Helpful, PageScores

# So many words people read in a minute, in either language about.
PER_MINUTE = 200
# So long before its day a program's review is told.
SOON = timedelta(days=30)


@dataclass(frozen=True)
class Row:
    """A page as its author should see it; `bytes` is None until it is built."""

    page: Page
    words: int
    bytes: int | None
    missing: tuple[str, ...] = ()
    # Its other languages that were changed later, with the days of that.
    behind: Mapping[str, date] = field(default_factory=dict)
    review: str = ""
    marks: frozenset[str] = field(default_factory=frozenset)
    helpful: Helpful | None = None

    @property
    def minutes(self) -> int:
        return _minutes(self.words)

    def plain(self) -> dict[str, Any]:
        """The row for programs."""
        page = self.page
        return {
            "file": page.where, "url": f"/{page.url}", "language": page.lang, "title": page.title, "kind": page.kind,
            "changed": page.changed.isoformat() if page.changed else None, "words": self.words,
            "minutes": self.minutes, "bytes": self.bytes, "missing": list(self.missing),
            "behind": list(self.behind), "review_on": self.review or None,
            "helpful": helpfulness.plain(self.helpful),
            **{mark: mark in self.marks for mark in MARKS},
        }  # fmt: skip


def _minutes(words: int) -> int:
    return max(1, round(words / PER_MINUTE))


STALE, ALONE, SILENT, REVIEW = "stale", "orphan", "without_question", "review_due"
MARKS = (STALE, ALONE, SILENT, REVIEW)


@dataclass(frozen=True)
class Report:
    """A site with what waits in it; `scores` is None where there is no database `db`."""

    rows: list[Row]
    scores: PageScores | None
    db: Path
    stale_days: int

    def plain(self) -> dict[str, Any]:
        """The report for programs: those pages first that are to be mended first, then in the order of addresses."""
        about: dict[str, Any] | None = None
        if self.scores:
            about = {
                "database": str(self.db), "without_page": self.scores.without_page,
                "elsewhere": self.scores.elsewhere, "often": dict(self.scores.often),
            }  # fmt: skip
        rows = sorted(self.rows, key=lambda row: -helpfulness.urgency(row.helpful))
        return {"helpful": about, "pages": [row.plain() for row in rows]}

    def told(self) -> Iterator[str]:
        """The report for people, line by line."""
        answered = [(row.page, row.helpful) for row in self.rows if row.helpful]
        answered.sort(key=lambda one: -helpfulness.urgency(one[1]))
        yield from helpfulness.told(answered, self.scores, self.db)
        yield from _told(self.rows, self.stale_days)


def report(website: Website, out: Path, db: Path, stale_days: int) -> Report:
    """Every page that somebody wrote, in the order of addresses."""
    alone = {page.url for page in reach.orphans(website)}
    scores = helpfulness.scores(website, db)
    rows = [
        replace(_row(website, page, out, alone, stale_days), helpful=scores.pages.get(page.url) if scores else None)
        for page in sorted(website.pages, key=lambda page: page.url)
        if not page.made
    ]
    return Report(rows, scores, db, stale_days)


def _row(website: Website, page: Page, out: Path, alone: set[str], stale_days: int) -> Row:
    today = website.today
    others = {lang: website.pair(page, lang) for lang in website.languages if lang != page.lang}
    behind = {
        lang: other.changed
        for lang, other in others.items()
        if other and other.changed and other.changed > (page.changed or other.changed)
    }
    due = page.program.review_on if page.program else None
    marks = set()
    if page.changed and today - page.changed > timedelta(days=stale_days):
        marks.add(STALE)
    if page.url in alone:
        marks.add(ALONE)
    if reach.is_silent(website, page):
        marks.add(SILENT)
    if due and due - SOON <= today:
        marks.add(REVIEW)
    file = out / page.url / "index.html"
    return Row(
        page, len(search.words(search.text_of(website.bodies[page.url].html))),
        file.stat().st_size if file.is_file() else None, tuple(lang for lang, other in others.items() if not other),
        behind, due.isoformat() if due else "", frozenset(marks),
    )  # fmt: skip


def _told(rows: Sequence[Row], stale_days: int) -> Iterator[str]:
    reviews = sorted((row for row in rows if REVIEW in row.marks), key=lambda row: row.review)
    stale = sorted((row for row in rows if STALE in row.marks), key=lambda row: str(row.page.changed))
    parts: Mapping[str, list[str]] = {
        _("Programs to be reviewed"): [f"{row.page.where}: {row.review}" for row in reviews],
        _.plural("Not changed for %(n)d day", "Not changed for %(n)d days", stale_days): [
            f"{row.page.where}: {row.page.changed}" for row in stale
        ],
        _("Not translated"): [f"{row.page.where}: {', '.join(row.missing)}" for row in rows if row.missing],
        _("Changed later in another language"): [
            f"{row.page.where}: {row.page.changed}; {', '.join(f'{lang}: {day}' for lang, day in row.behind.items())}"
            for row in rows
            if row.behind
        ],
        _("Nothing leads to these pages"): [row.page.where for row in rows if ALONE in row.marks],
        _("Pages without a question"): [row.page.where for row in rows if SILENT in row.marks],
    }
    for name, found in parts.items():
        if found:
            yield f"{name} ({len(found)})"
            yield from (f"  {line}" for line in found[:TOLD])
            yield from more(len(found) - TOLD)
    if fine := [name for name, found in parts.items() if not found]:
        yield _("Nothing waits under: %(headings)s", headings="; ".join(fine))
    if undated := sum(1 for row in rows if not row.page.changed):
        yield _.plural("%(n)d page tells no day (“updated”, “date”), so nobody knows how old it is",
                       "%(n)d pages tell no day (“updated”, “date”), so nobody knows how old they are",
                       undated)  # fmt: skip
    yield from _sizes(rows)


def _sizes(rows: Sequence[Row]) -> Iterator[str]:
    longest = max(rows, key=lambda row: row.words)
    minutes = _minutes(sum(row.words for row in rows))
    yield _.plural("%(n)d page, %(minutes)s min to read all", "%(n)d pages, %(minutes)s min to read all",
                   len(rows), minutes=minutes)  # fmt: skip
    yield _("Longest: %(file)s, %(minutes)s min", file=longest.page.where, minutes=longest.minutes)
    largest = max(rows, key=lambda row: row.bytes or 0)
    if largest.bytes:
        size = weight(largest.bytes, language())
        yield _("Largest: %(file)s, %(size)s without pictures", file=largest.page.where, size=size)
    else:
        yield _("Sizes are told after “otklik build”")
