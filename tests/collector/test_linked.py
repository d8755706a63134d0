"""Whom a bad moment turns away is measured where the same people told both."""

from __future__ import annotations

from datetime import date

import pytest
from conftest import Otklik, response

from otklik_collector.drawing import draw
from otklik_collector.map.harm import Linked
from otklik_collector.map.problem_map import Filters, Period
from otklik_collector.map.series import SeriesCounts
from otklik_collector.store import Store
from otklik_widget.contract import make_uuid7
from otklik_widget.journey import Journey

DAY = 86_400_000
BEGIN = 1_772_400_000_000
END = date(2026, 5, 1)
MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))


def said(store: Store, who: int, day: int, touchpoint: str, score: int, **more: object) -> None:
    at = BEGIN + day * DAY + who
    scale = {"till": "smiley5", "whole": "nps", "returns": "ces7"}[touchpoint]
    number = 20260302 + day if day < 30 else 20260401 + day - 30
    store.responses.submit(
        [
            response(
                touchpoint=touchpoint, scale=scale, score=score, id=make_uuid7(at, bytes([who, day]) * 5).bytes,
                answered_at=at, day=number, person=bytes([who]) * 16, **more,
            )
        ]
    )  # fmt: skip


def test_a_bad_moment_is_linked_with_what_the_same_person_says_within_a_month(store: Store, journey: Journey) -> None:
    said(store, 1, 0, "till", 0)
    said(store, 1, 5, "whole", 3)  # Anna was let down and says so
    said(store, 2, 0, "till", 4)
    said(store, 2, 5, "whole", 10)
    said(store, 3, 6, "till", 0)
    said(store, 3, 5, "whole", 0)  # said before, so not because of it
    said(store, 4, 0, "till", 0)
    said(store, 4, 31, "whole", 0)  # a month later other visits count more
    said(store, 5, 0, "till", 1, flags=("burst",))
    said(store, 5, 1, "whole", 0)

    assert store.linked.of(journey, END) == {"till": Linked(1, 1, 1, 0)}
    assert store.linked.of(journey, date(2026, 3, 1)) == {}


def test_the_next_recommendation_counts_and_every_touchpoint_before_it(store: Store, journey: Journey) -> None:
    said(store, 1, 0, "returns", 1)
    said(store, 1, 2, "till", 4)
    said(store, 1, 3, "whole", 2)
    said(store, 1, 9, "whole", 10)

    assert store.linked.of(journey, END) == {"returns": Linked(1, 1, 0, 0), "till": Linked(0, 0, 1, 1)}


def test_the_map_uses_what_is_measured(store: Store, journey: Journey) -> None:
    for who in range(120):
        said(store, who, 0, "till", 0 if who % 2 else 4)
        said(store, who, 3, "whole", 0 if who % 2 else 10)
    found = draw(store, journey, MARCH, Period(date(2026, 2, 1), date(2026, 3, 1)), Filters(), "en")
    till = found.find("till", "smiley5")

    assert till.impact.source == "measured"
    assert till.impact.value == pytest.approx(1.0, abs=0.01)
    assert till.harm.per_month == pytest.approx(1000 * 0.5, rel=0.02)


def held(store: Store, journey: Journey, filters: Filters, limited: bool = False) -> SeriesCounts:
    counts = store.counts.of(journey, MARCH, Period(date(2026, 2, 1), date(2026, 3, 1)), filters, limited)
    return next(one for one in counts if one.touchpoint == "till")


def test_the_map_of_a_part_withholds_what_would_give_few_away(store: Store, journey: Journey) -> None:
    store.responses.submit(
        [response(number, place="centre" if number < 3 else "omsk", segment="guest") for number in range(30)]
    )

    assert held(store, journey, Filters(place="omsk")).withheld
    assert held(store, journey, Filters(place="omsk", segment="guest")).withheld
    assert not held(store, journey, Filters(place="omsk"), limited=True).withheld
    assert not held(store, journey, Filters(segment="guest")).withheld
    assert not held(store, journey, Filters()).withheld


@pytest.mark.parametrize(("few", "withheld"), [(0, False), (3, True), (5, False)])
def test_two_counts_of_the_same_people_do_not_give_few_away(
    store: Store, journey: Journey, few: int, withheld: bool
) -> None:
    store.responses.submit([response(number) for number in range(30)])
    store.responses.submit([response(40 + number, flags=("burst",)) for number in range(few)])
    store.responses.submit([response(50 + number, person=b"a" * 16, source="paper") for number in range(few + 1)])

    assert held(store, journey, Filters(include_flagged=True)).withheld is withheld
    assert held(store, journey, Filters(per_person=True)).withheld is withheld


def test_what_is_measured_is_read_again_when_somebody_new_tells(store: Store, journey: Journey) -> None:
    february = Period(date(2026, 2, 1), date(2026, 3, 1))
    sources = []
    for who in range(3):
        said(store, who, 0, "till", 0)
        sources.append(draw(store, journey, MARCH, february, Filters(), "en").find("till", "smiley5").impact.source)
        said(store, who, 3, "whole", 0)
    for who in range(10, 15):
        said(store, who, 0, "till", 4)
    last = draw(store, journey, MARCH, february, Filters(), "en").find("till", "smiley5")

    assert sources == ["assumed", "partly", "partly"]
    assert last.impact.source == "partly"


def test_the_command_tells_what_the_recommendation_goes_with(store: Store, otklik: Otklik) -> None:
    few = otklik("drivers", "--to", "2026-05-01", "--journey", "journey.toml")
    assert (few.status, few.out) == (0, "")
    assert "0 people" in few.err
    for who in range(120):
        said(store, who, 0, "till", who % 5)
        said(store, who, 1, "returns", 1 + who % 7)
        said(store, who, 3, "whole", 2 * (who % 5))
    found = otklik("drivers", "--to", "2026-05-01", "--journey", "journey.toml", "--json").json()

    assert found["people"] == 120
    assert [driver["touchpoint"] for driver in found["drivers"]] == ["till", "returns"]
    assert found["explained"] == pytest.approx(1, abs=0.01)
    text = otklik("drivers", "--to", "2026-05-01", "--journey", "journey.toml").err
    assert "Till; correlation 1.00" in text
