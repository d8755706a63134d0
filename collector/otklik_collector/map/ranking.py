"""What to fix first, and where more people must be asked before anybody can tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from otklik_collector.map.pace import days_until
from otklik_collector.map.series import AskMore, FixFirst, Series
from otklik_collector.map.statistics import responses_until_solid
from otklik_widget.intervals import ENOUGH

TOP = 3


def ranked(rows: Sequence[Series]) -> list[Series]:
    """The same rows with ranks by harm, 1 the greatest; of a touchpoint the wording asked now, else its newest."""
    newest: dict[str, Series] = {}
    for row in rows:
        if row.ranks and row.responses >= ENOUGH and not row.withheld:
            before = newest.get(row.touchpoint)
            if not before or (row.current, row.wording) > (before.current, before.wording):
                newest[row.touchpoint] = row
    ranks = {id(row): rank for rank, row in enumerate(sorted(newest.values(), key=_order), 1)}
    return [replace(row, rank=ranks[id(row)]) if id(row) in ranks else row for row in rows]


def _order(row: Series) -> tuple[float, float, float, str]:
    """Most harm first; of equal harm the surer one, then the busier one, then by key."""
    # Rounded: what a float adds at its end must not break a tie.
    return -round(row.harm.per_month or 0, 6), -round(row.harm.low or 0, 6), -row.passes.per_month, row.touchpoint


def in_order(rows: Iterable[Series]) -> list[Series]:
    """The ranked ones, by rank."""
    return sorted((row for row in rows if row.rank), key=lambda row: row.rank or 0)


def fix_first(rows: Iterable[Series]) -> Iterator[FixFirst]:
    for row in in_order(rows)[:TOP]:
        if row.rank and row.harm.per_month:
            yield FixFirst(row.touchpoint, row.scale, row.rank, row.harm)


def ask_more(rows: Sequence[Series], days: int) -> Iterator[AskMore]:
    """Series that are not surely known and whose upper harm would enter the top three; the greatest first.

    `days` are those in which the responses came.
    """
    top = in_order(rows)[:TOP]
    bar = (top[-1].harm.per_month or 0) if len(top) == TOP else None
    found = []
    for row in rows:
        known = (row.responses >= ENOUGH and row.state == "solid") or row.withheld
        if known or not row.ranks or not row.current:
            continue
        if bar is None or (row.at_most or 0) > bar:
            found.append((row.at_most or 0, row))
    for _upper, row in sorted(found, key=lambda pair: (-pair[0], pair[1].touchpoint)):
        # Below the minimum the raw share must not be guessed from how many more are needed.
        share = row.unhappy.share if row.unhappy else row.believed.mean
        needed = responses_until_solid(share, row.responses)
        yield AskMore(row.touchpoint, row.scale, row.responses, needed, days_until(needed, row.responses, days))
