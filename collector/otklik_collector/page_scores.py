"""How helpful each page of a site was, before and since its last change: what `otklik report` asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from otklik_collector.map.shares import Pair, share_changes
from otklik_collector.map.suppression import hidden_parts
from otklik_collector.response import day_number, day_of
from otklik_collector.store.database import open_to_read
from otklik_collector.store.page_answers import PageDay
from otklik_widget.intervals import SHOWN, wilson
from otklik_widget.page_scores import Change, Find, Helpful, PageScores, Share, Verdict

MONTH = 30
OFTEN = 3
WINDOW = 28
"""Days that "No" a month is reckoned over at least, as a change is judged: one loud day is no month."""
_WORDS: Mapping[str, Verdict] = {"more": "better", "less": "worse"}


def scores(db: Path, find: Find, changed: Mapping[str, date], today: date) -> PageScores:
    """The scores of a database, which is only read, beside a running collector too."""
    with open_to_read(db) as store:
        return judge(store.page_answers.by_day(), find, changed, today)


@dataclass
class _Part:
    """Answers of one page before or since its last change, asked in one wording."""

    yes: int = 0
    no: int = 0
    comments: int = 0
    first: int = 99999999

    @property
    def n(self) -> int:
        return self.yes + self.no

    @property
    def share(self) -> Share:
        interval = wilson(self.yes, self.n)
        assert interval
        return Share(self.n, self.yes / self.n, interval.low, interval.high)


@dataclass
class _Asked:
    """A page in one wording; other wordings are another question, so their answers are never added up."""

    turn: int
    last: int = 0
    before: _Part = field(default_factory=_Part)
    since: _Part = field(default_factory=_Part)

    def add(self, answer: PageDay) -> None:
        part = self.since if answer.day >= self.turn else self.before
        part.yes += answer.yes
        part.no += answer.no
        part.comments += answer.comments
        part.first = min(part.first, answer.day)
        self.last = max(self.last, answer.day)


def judge(answers: Iterable[PageDay], find: Find, changed: Mapping[str, date], today: date) -> PageScores:
    """The scores of answers; a page's last change counts from its day on, like every change of the company."""
    by_address: dict[tuple[str, str], _Asked | None] = {}
    by_page: dict[str, dict[str, _Asked]] = {}
    without_page = 0
    elsewhere: Counter[str] = Counter()
    for answer in answers:
        address = answer.page, answer.wording
        if address not in by_address:
            page = find(answer.page)
            asked = None
            if page is not None:
                turn = day_number(changed[page]) if page in changed else 0
                asked = by_page.setdefault(page, {}).setdefault(answer.wording, _Asked(turn))
            by_address[address] = asked
        found = by_address[address]
        if found:
            found.add(answer)
        elif answer.page:
            elsewhere[answer.page] += answer.no + answer.yes
        else:
            without_page += answer.no + answer.yes
    asked_now = {page: max(wordings.values(), key=lambda one: one.last) for page, wordings in by_page.items()}
    often = tuple((page, n) for page, n in elsewhere.most_common(OFTEN) if n >= SHOWN)
    return PageScores(_compared(asked_now, today), without_page, elsewhere.total(), often)


def _compared(asked: Mapping[str, _Asked], today: date) -> dict[str, Helpful]:
    """Every page's scores, with all changes judged together: of many, some look like one by chance."""
    found = {page: _helpful(one, today) for page, one in asked.items()}
    both = [page for page, one in found.items() if one.before and one.since]
    pairs = [Pair(asked[page].since.yes, asked[page].since.n, asked[page].before.yes, asked[page].before.n)
             for page in both]  # fmt: skip
    for page, change in zip(both, share_changes(pairs), strict=True):
        assert change.difference is not None
        assert change.low is not None
        assert change.high is not None
        verdict = _WORDS.get(change.direction, "unclear")
        found[page] = replace(found[page], change=Change(verdict, change.difference, change.low, change.high))
    return found


def _helpful(asked: _Asked, today: date) -> Helpful:
    before, since = asked.before, asked.since
    whole = _Part(
        before.yes + since.yes, before.no + since.no, before.comments + since.comments, min(before.first, since.first)
    )
    if whole.n < SHOWN:
        return Helpful()
    # Both parts stand beside the whole: a hidden one must not follow from the other two.
    hidden = hidden_parts({"before": before.n, "since": since.n}) if before.n else {"before", "since"}
    found = Helpful(
        all=whole.share,
        before=None if "before" in hidden else before.share,
        since=None if "since" in hidden or not since.n else since.share,
    )
    if before.n and since.n < SHOWN:
        return found  # mended lately: nobody knows yet how the page as it is now does
    part = since if found.since else whole
    days = (today - day_of(max(part.first, asked.turn))).days + 1
    return replace(found, unhelped=part.no * MONTH / max(WINDOW, days), comments=part.comments)
