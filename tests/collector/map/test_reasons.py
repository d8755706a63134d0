"""Reasons that customers ticked, and shares compared many at once."""

from __future__ import annotations

import pytest

from otklik_collector.map.reasons import Ticked, reasons, reasons_by_touchpoint
from otklik_collector.map.shares import Pair, share_changes
from otklik_widget.intervals import wilson


def test_a_reason_tells_how_many_of_the_unhappy_tick_it_and_between_which_bounds() -> None:
    waiting, prices = reasons(Ticked(100, 40, {"waiting": (50, 20), "prices": (10, 10)}), Ticked())
    assert (waiting.key, waiting.ticks, waiting.share, waiting.unhappy_share) == ("waiting", 50, 0.5, 0.5)
    assert waiting.of_unhappy == wilson(20, 40)
    assert prices.unhappy_share == 0.25
    assert waiting.change.direction == "none"


@pytest.mark.parametrize(
    ("now", "told"), [(Ticked(4, 4, {"waiting": (4, 4)}), 0), (Ticked(5, 5, {"waiting": (1, 1)}), 1)]
)
def test_nothing_is_told_of_fewer_than_five(now: Ticked, told: int) -> None:
    assert len(reasons(now, Ticked(100, 10, {"waiting": (9, 1)}))) == told


def test_the_share_of_fewer_than_five_unhappy_is_not_told() -> None:
    (found,) = reasons(Ticked(100, 4, {"waiting": (9, 4)}), Ticked(100, 10, {"waiting": (9, 1)}))
    assert (found.unhappy_share, found.of_unhappy) == (None, None)


def test_the_reasons_of_all_touchpoints_are_judged_together() -> None:
    alone = Ticked(200, 20, {"waiting": (44, 9)})
    before = Ticked(200, 20, {"waiting": (30, 9)})
    quiet = Ticked(200, 20, {f"reason-{number}": (20, 2) for number in range(30)})
    assert reasons(alone, before)[0].change.direction in ("more", "unclear")
    together = reasons_by_touchpoint({"till": alone, "shelf": quiet}, {"till": before, "shelf": quiet})
    assert together["till"][0].change.direction == "unclear"
    assert len(together["shelf"]) == 30


def test_a_change_is_named_only_where_it_is_sure_and_matters() -> None:
    sure, small, few, none = share_changes(
        [Pair(60, 100, 20, 100), Pair(10_200, 100_000, 10_000, 100_000), Pair(4, 4, 0, 4), Pair(10, 100, 10, 100)]
    )
    assert (sure.direction, small.direction, few.direction, none.direction) == ("more", "unclear", "none", "unclear")
    assert sure.low is not None
    assert sure.high is not None
    assert 0 < sure.low < 0.4 < sure.high
    assert share_changes([]) == []
