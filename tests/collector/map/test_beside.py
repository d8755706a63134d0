"""Shops beside each other, those who stay silent, known mixes, and what the relation goes with."""

from __future__ import annotations

import random
from math import comb
from statistics import stdev
from typing import Any

import pytest

from otklik_collector.map import drivers
from otklik_collector.map.drivers import key_drivers, shares
from otklik_collector.map.funnel import funnel, limits
from otklik_collector.map.posterior import shrunk_nps
from otklik_collector.map.scores import nps_groups
from otklik_collector.map.silence import response_rate, silence
from otklik_collector.map.weighting import effective, weighted_nps, weighted_share, weights

from .test_statistics import VECTORS


def test_three_shops_differ_and_the_rest_are_equal() -> None:
    shops = {f"shop-{number}": (10, 100) for number in range(12)}
    shops |= {"omsk": (45, 150), "quiet": (2, 7), "tiny": (3, 4), "second": (1, 6), "vokzal": (1, 200)}
    found = funnel(shops)

    assert {shop.key: shop.stands for shop in found.outside} == {"omsk": "worse", "vokzal": "better"}
    told = {shop.key: shop for shop in found.shops}
    # Three of four is no score; and the next smallest is hidden, or it could be computed.
    assert (told["tiny"].share, told["second"].share, told["quiet"].share) == (None, None, pytest.approx(2 / 7))
    assert told["quiet"].stands == "inside"


def test_the_limits_of_a_small_shop_are_exact() -> None:
    found = limits(10, 0.1)
    chances = [comb(10, bad) * 0.1**bad * 0.9 ** (10 - bad) for bad in range(11)]

    # By chance alone, 4 or more of ten are unhappy in 1.3 of 100 shops: outside the inner limits.
    assert sum(chances[4:]) == pytest.approx(0.0128, abs=1e-4)
    assert 0.2 < found.high < 0.4
    assert (found.low, found.far_low) == (0, 0)
    assert found.high < found.far_high < 0.6


def test_the_funnel_narrows_toward_the_expected_share() -> None:
    found = funnel({"a": (100, 1000), "b": (50, 500)})
    widths = [one.far_high - one.far_low for one in found.limits if one.responses >= 20]

    assert found.expected == pytest.approx(0.1)
    assert widths == sorted(widths, reverse=True)
    assert all(one.far_low <= one.low <= 0.1 <= one.high <= one.far_high for one in found.limits if one.responses > 30)
    assert [shop.stands for shop in found.shops] == ["inside", "inside"]


def test_the_expected_share_does_not_tell_what_two_without_a_shop_answered() -> None:
    found = funnel({"a": (100, 1000), "b": (50, 500), "c": (9, 9)}, others=2)

    assert found.expected == pytest.approx(0.1)
    assert [shop.share is None for shop in found.shops] == [False, False, True]
    assert funnel({"a": (3, 9)}, others=2).expected is None


def test_a_company_nobody_answered_has_no_funnel() -> None:
    found = funnel({"a": (0, 0)})

    assert (found.expected, found.limits, found.shops[0].share) == (None, (), None)


def test_the_silent_might_be_worse() -> None:
    rate = response_rate(100, 1000)

    assert rate is not None
    assert rate.value == pytest.approx(0.1)
    assert rate.low < 0.1 < rate.high
    found = silence(20, rate)
    assert found is not None
    assert found.cautious == pytest.approx(0.1 * 0.2 + 0.9 * 0.3)
    assert (found.best, found.worst) == (pytest.approx(0.02), pytest.approx(0.92))


def test_a_response_rate_is_told_only_where_it_is_known() -> None:
    assert response_rate(4, 4) is None
    assert response_rate(30, 20) is None  # more answered than were asked
    few = response_rate(4, 100)
    assert few is not None
    assert few.value == 0.04
    assert silence(1, few) is None


@pytest.mark.parametrize("case", VECTORS["weighted_nps"])
def test_weights_make_a_sample_smaller(case: dict[str, Any]) -> None:
    found = weighted_nps(
        (weight, nps_groups({score: 1})) for score, weight in zip(case["values"], case["weights"], strict=True)
    )

    assert found is not None
    assert found.effective == pytest.approx(case["n_eff"], abs=1e-6)
    assert found.value == pytest.approx(case["nps"], abs=1e-6)
    assert [found.low, found.high] == pytest.approx(case["interval95"], abs=1e-6)


def test_weights_follow_a_known_mix_within_bounds() -> None:
    found = weights({"web": 50, "till": 50, "phone": 10}, {"web": 90, "till": 10, "phone": 0})

    assert found == {"web": pytest.approx(50 / 110 * 100 / 90), "till": 3.0}
    assert effective([]) == 0
    assert weighted_nps([]) is None
    assert weighted_share([]) is None
    with pytest.raises(ValueError, match="customer"):
        weights({"web": 0}, {"web": 10})


def test_equal_weights_change_nothing() -> None:
    found = weighted_share([(1.0, (3, 40)), (1.0, (9, 60))])

    assert found is not None
    assert (found.value, found.effective, found.responses) == (pytest.approx(0.12), pytest.approx(100), 100)
    assert (found.low, found.high) == pytest.approx((0.0700, 0.1981), abs=1e-4)


@pytest.mark.parametrize("case", VECTORS["nps_shrinkage"])
def test_an_nps_is_pulled_toward_its_parent(case: dict[str, Any]) -> None:
    assert shrunk_nps(case["nps"], case["n"], case["parent_nps"], case["K"]) == pytest.approx(case["shrunk"], abs=1e-9)


def matrix_of(columns: list[list[float]]) -> list[list[float]]:
    return [[drivers._correlation(*drivers._sums(one, other)) for other in columns] for one in columns]


@pytest.mark.parametrize("case", VECTORS["lmg"])
def test_what_the_relation_goes_with_is_shared_fairly(case: dict[str, Any]) -> None:
    columns = [[float(value) for value in case[name]] for name in ("y", "a", "b", "c")]
    found = shares(matrix_of(columns))

    assert found == pytest.approx([case["lmg_a"], case["lmg_b"], case["lmg_c"]], abs=1e-8)
    assert sum(found) == pytest.approx(case["r2"], abs=1e-8)
    # The approximation for many drivers explains as much and keeps the order.
    quick = drivers._johnson(matrix_of(columns))
    assert sum(quick) == pytest.approx(case["r2"], abs=1e-6)
    assert quick == sorted(quick, reverse=True)
    assert quick == pytest.approx(found, abs=0.05)


def people(number: int) -> list[tuple[float, dict[str, float]]]:
    draw = random.Random(2)
    found = []
    for _ in range(number):
        till, page = draw.randrange(5) * 25.0, draw.randrange(5) * 25.0
        ratings = {"till": till, "page": page} | ({"rare": 50.0} if draw.random() < 0.1 else {})
        found.append((min(100.0, max(0.0, 0.8 * till + 0.1 * page + draw.gauss(5, 10))), ratings))
    return found


def test_the_till_matters_more_than_the_page() -> None:
    found = key_drivers(people(300), draws=40)

    assert found is not None
    assert [driver.touchpoint for driver in found.drivers] == ["till", "page"]
    assert found.left_out == ("rare",)
    till = found.drivers[0]
    assert till.low <= till.part <= till.high
    assert found.explained == pytest.approx(sum(driver.part for driver in found.drivers))


def test_too_few_people_tell_no_drivers() -> None:
    assert key_drivers(people(99)) is None
    assert key_drivers([]) is None


def test_lots_of_people_draw_the_ranges_that_people_draw() -> None:
    answers = people(900)
    told: list[tuple[int, int]] = []
    found = key_drivers(answers, draws=60, tell=lambda done, total: told.append((done, total)))

    assert found is not None
    assert told == [(done, 60) for done in range(1, 61)]
    draw = random.Random(3)
    kept = ["page", "rare", "till"]
    alone = []
    for _draw in range(60):
        lots = drivers._Lots(draw.choices(answers, k=len(answers)), kept, draw)
        alone.append(drivers.shares(lots.correlations(range(lots.number))))
    for place, touchpoint in ((0, "page"), (2, "till")):
        one = next(driver for driver in found.drivers if driver.touchpoint == touchpoint)
        spread = stdev(parts[place] for parts in alone)
        assert 2 < (one.high - one.low) / spread < 6  # four standard deviations and its own chance
