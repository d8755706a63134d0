"""Two slices beside each other, in words that hold."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pytest

from otklik_collector.map import comparison
from otklik_collector.map.comparison import against_rest, compare, score_change, share_change, welch
from otklik_collector.map.series import Period
from otklik_collector.map.slices import Slice, SliceCounts
from otklik_widget.scales import SCALES

from .conftest import APRIL, MAY
from .test_statistics import VECTORS

TILL = Slice("till", "smiley5", MAY)


def slice_of(counts: dict[int, int], cut: Slice = TILL, **more: Any) -> SliceCounts:
    return SliceCounts(cut, more.pop("wording", 1), counts, **more)


@pytest.mark.parametrize("case", VECTORS["mean_difference_welch"])
def test_two_means_are_compared_as_welch_does(case: dict[str, Any]) -> None:
    before, after = (dict(enumerate(case[name])) for name in ("before_counts", "after_counts"))
    found = welch({float(value): n for value, n in before.items()}, {float(value): n for value, n in after.items()})

    assert found is not None
    assert found.p == pytest.approx(case["p"], abs=1e-6)
    # The interval is the test turned round: its end touches 0 at exactly that p.
    assert comparison.student_two_sided(case["t"], case["df"]) == pytest.approx(case["p"], abs=1e-6)
    assert found.low > 0


@pytest.mark.parametrize(
    ("free", "t"), [(1, 12.7062047364), (10, 2.2281388520), (184.175963671, 1.9729264), (1e6, 1.959966)]
)
def test_students_quantile_is_the_one_of_the_tables(free: float, t: float) -> None:
    assert comparison.student_quantile(0.975, free) == pytest.approx(t, abs=1e-5)


def test_two_unanimous_groups_prove_nothing() -> None:
    found = welch({0.0: 0, 4.0: 9}, {0.0: 9, 4.0: 0})

    assert found is not None
    assert (found.value, found.p, found.low) == (-4.0, 1.0, -math.inf)
    assert welch({1.0: 1}, {1.0: 5}) is None


@pytest.mark.parametrize(
    ("first", "second", "word"),
    [
        ((31, 100), (22, 100), "unclear"),
        ((310, 1000), (220, 1000), "better"),
        ((220, 1000), (310, 1000), "worse"),
        ((2200, 10_000), (2350, 10_000), "stable"),  # sure, but a point and a half matters to nobody
        ((100, 1000), (105, 1000), "stable"),
        ((10, 100), (10, 100), "unclear"),  # equal, but seven points either way are possible
    ],
)
def test_nothing_changed_is_said_only_where_it_is_known(
    first: tuple[int, int], second: tuple[int, int], word: str
) -> None:
    found = share_change(first, second)

    assert found is not None
    assert found.word == word


def test_low_effort_is_better() -> None:
    easy, hard = {1: 80, 2: 10, 5: 10}, {1: 10, 2: 10, 5: 80}

    assert score_change(SCALES["ces1"], hard, easy).word == "better"  # type: ignore[union-attr]
    assert score_change(SCALES["ces7"], {1: 80, 7: 20}, {1: 20, 7: 80}).word == "better"  # type: ignore[union-attr]
    nps = score_change(SCALES["nps"], {0: 20, 8: 30, 10: 50}, {0: 10, 8: 30, 10: 60})
    assert nps is not None
    assert (nps.raw, nps.word) == (pytest.approx(20), "unclear")


def test_the_later_period_is_held_against_the_earlier() -> None:
    found = compare(slice_of({0: 31, 4: 69}, TILL.over(APRIL)), slice_of({0: 8, 4: 92}))

    assert found.unhappy is not None
    assert found.unhappy.raw == pytest.approx(-0.23)
    assert (found.word, found.reasons) == ("better", ())
    assert found.score is not None
    assert found.score.raw == pytest.approx(23)


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (slice_of({0: 2, 4: 2}), "few"),
        (slice_of({0: 20, 4: 20}, withheld=True), "withheld"),
        (slice_of({0: 20, 4: 20}, wording=2), "wording"),
        (slice_of({1: 20, 7: 20}, Slice("till", "ces7", MAY)), "scale"),
        (slice_of({0: 20, 4: 20}, Slice("till", "smiley5", Period(date(2026, 4, 20), date(2026, 5, 3)))), "overlap"),
    ],
)
def test_what_cannot_be_compared_is_not_and_says_why(second: SliceCounts, reason: str) -> None:
    found = compare(slice_of({0: 20, 4: 80}, TILL.over(APRIL)), second)

    assert (found.unhappy, found.score, found.word) == (None, None, None)
    assert found.reasons == (reason,)


def test_few_responses_and_other_channels_get_numbers_but_no_word() -> None:
    before = slice_of({0: 200, 4: 200}, TILL.over(APRIL), channels={"kiosk": 400})

    assert compare(before, slice_of({4: 29})).word == "unclear"
    moved = compare(before, slice_of({4: 400}, channels={"kiosk": 100, "web": 300}))
    assert (moved.word, moved.reasons) == ("unclear", ("channels",))
    assert moved.unhappy is not None


def test_a_shop_is_held_against_the_others_without_itself() -> None:
    whole = slice_of({0: 40, 4: 160})
    shop = slice_of({0: 30, 4: 70}, Slice("till", "smiley5", MAY, place="omsk"))
    found = against_rest(whole, shop)

    assert found.first.counts == {0: 10, 4: 90}
    assert found.word == "worse"
    assert compare(whole, shop).reasons == ("overlap",)
    with pytest.raises(ValueError, match="no part"):
        against_rest(shop, whole)


@pytest.mark.parametrize(
    ("other", "apart"),
    [
        (Slice("till", "smiley5", APRIL), True),
        (Slice("page", "smiley5", MAY), True),
        (Slice("till", "smiley5", MAY, place="omsk"), False),
        (Slice("till", "smiley5", MAY, segment="guest"), False),
    ],
)
def test_slices_share_responses_or_not(other: Slice, apart: bool) -> None:
    assert TILL.apart(other) is apart
    assert Slice("till", "smiley5", MAY, place="omsk").apart(Slice("till", "smiley5", MAY, place="centre"))


def test_the_airports_nps_fell_for_sure() -> None:
    """San Francisco, May 2017 and May 2018: detractors, passives, promoters as published."""
    year = [Period(date(2017, 5, 1), date(2017, 6, 1)), Period(date(2018, 5, 1), date(2018, 6, 1))]
    groups = [{0: 342, 7: 968, 10: 1436}, {0: 447, 7: 935, 10: 1268}]
    found = compare(*(slice_of(each, Slice("airport", "nps", when)) for each, when in zip(groups, year, strict=True)))

    assert found.score is not None
    assert found.score.raw == pytest.approx(-8.858635, abs=1e-6)
    assert (found.score.low, found.score.high) == pytest.approx((-12.7, -5.0), abs=0.05)
    assert (found.score.word, found.word) == ("worse", "worse")


def test_two_unanimous_months_can_only_be_told_apart_by_the_width_of_the_scale() -> None:
    found = score_change(SCALES["csat5"], {5: 40}, {4: 40})

    assert found is not None
    assert (found.raw, found.low, found.high, found.word) == (-1, -4, 4, "unclear")
