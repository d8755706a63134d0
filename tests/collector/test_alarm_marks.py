"""What rang is marked on a touchpoint's line: also in weeks nobody listened to, and in parts of the customers."""

from __future__ import annotations

import re
from datetime import date, timedelta

from managers import Console, answered

from otklik_collector.charts.line import Mark, Stretch, line
from otklik_collector.console.alarm_marks import _first
from otklik_collector.drawing import today_of
from otklik_collector.map.ringing import Day, Told, lasting
from otklik_collector.store import open_store
from otklik_collector.store.alarms import Alarm, New
from otklik_widget.journey import Journey

MONDAY = date(2026, 3, 2)


def told(shares: list[int]) -> tuple[list[Day], list[Told]]:
    """Days of 20 responses, the first so many of each unhappy."""
    days = [Day(MONDAY + timedelta(days=number), bad, 20) for number, bad in enumerate(shares)]
    answers = [Told(number * 1000 + place, day.day, place % 20 < day.unhappy)
               for number, day in enumerate(days) for place in range(20)]  # fmt: skip
    return days, answers


def test_a_change_of_weeks_ago_is_found_by_the_weeks_before_it() -> None:
    days, answers = told([2] * 120 + [6] * 20)
    found = lasting(days, answers)

    assert found[0].side == "worse"
    assert days[120].day <= found[0].day <= days[124].day
    assert not lasting(*told([2] * 140))
    assert not lasting([], [])


def alarm(day: int, side: str = "worse", id: int = 0) -> Alarm:
    when = MONDAY + timedelta(days=day)
    return Alarm(id, "till", "smiley5", "", "cusum", side, when, when, 0, 40, 20, 0.1, False, 0, None)


def test_trouble_that_goes_on_is_marked_where_it_began() -> None:
    found = _first([alarm(0), alarm(5), alarm(5, "better"), alarm(17), alarm(40), alarm(40, id=7)])

    assert [(one.day - MONDAY).days for one in found] == [0, 5, 40]
    assert found[-1].id == 7  # what was kept goes before what is drawn anew


def test_marks_of_one_week_stand_side_by_side() -> None:
    drawn = line([Stretch("1 Mar", 40, 0.2, 0.1, 0.3)] * 2, 0.1, [Mark(0, "A"), Mark(1, "B"), Mark(1, "C", alarm=True)])

    assert ">2, 3</text>" in str(drawn.picture)
    assert str(drawn.picture).count('class="alarm"') == 2
    assert list(drawn.marks) == ["A", "B", "C"]


def page(console: Console, query: str = "") -> str:
    text = console.signed_in().ask(f"/console/touchpoint/till?{query}").text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", text))


def test_the_line_marks_what_rang_before_anybody_listened(shop: Console, journey: Journey) -> None:
    for days_ago in range(30, 110, 4):
        answered(shop, journey, *[0] * 2, *[4] * 18, days_ago=days_ago, segment="host")
    for days_ago in range(10, 20, 2):
        answered(shop, journey, *[0] * 12, *[4] * 8, days_ago=days_ago, segment="host", place="omsk")

    assert re.search(r"more unhappy than usual: \d+ of \d+ since", page(shop))
    # Counts of a part's days could be subtracted from the whole, so of a part it is only said that it rang.
    assert re.search(r": more unhappy than usual since", page(shop, "segment=host"))
    assert "more unhappy than usual" not in page(shop, "segment=guest")


def test_the_whole_line_leads_to_the_places_where_it_rang(shop: Console, journey: Journey) -> None:
    answered(shop, journey, *[4] * 40, place="omsk")
    answered(shop, journey, *[4] * 40, place="centre")
    rang = alarm(0)._replace(day=today_of(journey) - timedelta(days=3), since=today_of(journey) - timedelta(days=4))
    with open_store(shop.db) as store:
        series = next(one for one in store.series.all() if one.touchpoint == "till")
        store.alarms.put([New(series, "omsk", rang, False)], 1)  # type: ignore[arg-type]
        store.db.conn.commit()

    assert re.search(r"Alarms at single places: Omsk \(", page(shop))
    assert "Alarms at single places" not in page(shop, "place=omsk")
    boris = shop.signed_in("Boris")
    assert "Omsk" not in boris.ask("/console/touchpoint/till").text
