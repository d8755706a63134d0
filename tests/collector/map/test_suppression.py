"""No view, and no view taken from another, gives a number of fewer than five responses."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otklik_collector.map.suppression import Table, hidden_parts

NAMES = (("", "a", "b", "c"), ("", "x", "y"), ("", "k", "w"))


@pytest.mark.parametrize(
    ("parts", "others", "hidden"),
    [
        ({"a": 3, "b": 20, "c": 30}, 0, {"a", "b"}),  # c and the whole would give a away
        ({"a": 3, "b": 20, "c": 30}, 2, {"a"}),  # five nobody can tell apart
        ({"a": 20, "b": 30}, 4, {"a"}),  # four without a place would be what is left
        ({"a": 3, "b": 2, "c": 30}, 0, {"a", "b"}),
        ({"a": 3, "b": 0}, 0, {"a"}),
        ({"a": 9, "b": 9}, 0, set()),
    ],
)
def test_the_few_are_hidden_behind_the_next_smallest(parts: dict[str, int], others: int, hidden: set[str]) -> None:
    assert hidden_parts(parts, others) == hidden


def tables(width: int, least: int = 0) -> st.SearchStrategy[dict[tuple[str, ...], int]]:
    cells = list(product(*NAMES[:width]))
    return st.lists(st.integers(least, 12), min_size=len(cells), max_size=len(cells)).map(
        lambda ns: dict(zip(cells, ns, strict=True))
    )


def views(table: dict[tuple[str, ...], int], width: int) -> dict[tuple[str | None, ...], int]:
    """Every view that shows a score: a member or all (None) of each name; the same rule as the store's reader."""
    judged = Table(table)
    found = {}
    for view in product(*((None, *members[1:]) for members in NAMES[:width])):
        chosen = {at: member for at, member in enumerate(view) if member is not None}
        n = sum(count for cell, count in table.items() if all(cell[at] == member for at, member in chosen.items()))
        if n >= 5 and not (chosen and judged.withheld(chosen)):
            found[view] = n
    return found


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 3).flatmap(lambda width: st.tuples(st.just(width), tables(width))))
def test_no_two_views_give_away_fewer_than_five(drawn: tuple[int, dict[tuple[str, ...], int]]) -> None:
    width, table = drawn
    for one, other in combinations(views(table, width).items(), 2):
        for (view, n), (part, few) in ((one, other), (other, one)):
            if all(mine in (None, theirs) for mine, theirs in zip(view, part, strict=True)):
                assert not 0 < n - few < 5, (view, part)


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 3).flatmap(lambda width: st.tuples(st.just(width), tables(width))))
def test_no_whole_less_all_its_shown_parts_gives_away_fewer_than_five(
    drawn: tuple[int, dict[tuple[str, ...], int]],
) -> None:
    width, table = drawn
    shown = views(table, width)
    for view, n in shown.items():
        for at in (at for at in range(width) if view[at] is None):
            parts = [shown.get((*view[:at], member, *view[at + 1 :]), 0) for member in NAMES[at][1:]]
            assert not 0 < n - sum(parts) < 5, (view, at)


@settings(max_examples=80, deadline=None)
@given(tables(2, least=1))
def test_no_arithmetic_with_all_views_of_places_and_segments_gives_a_secret_away(
    table: dict[tuple[str, ...], int],
) -> None:
    cells = [cell for cell, n in table.items() if n]
    shown = [[Fraction(all(v in (None, c) for v, c in zip(view, cell, strict=True))) for cell in cells]
             for view in views(table, 2)]  # fmt: skip
    rank = _rank(shown)
    for members in product((None, *NAMES[0][1:]), (None, *NAMES[1][1:])):
        wanted = [Fraction(all(m in (None, c) for m, c in zip(members, cell, strict=True))) for cell in cells]
        n = sum(table[cell] for cell, inside in zip(cells, wanted, strict=True) if inside)
        if 0 < n < 5:
            assert _rank([*shown, wanted]) > rank, members


def _rank(rows: list[list[Fraction]]) -> int:
    left, rank = [list(row) for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in left[rank:] if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        left.insert(rank, pivot)
        for row in left[rank + 1 :]:
            if row[column]:
                factor = row[column] / pivot[column]
                row[:] = [one - factor * other for one, other in zip(row, pivot, strict=True)]
        rank += 1
    return rank
