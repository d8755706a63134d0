"""Alarms: what rings at a touchpoint, that it stays as it rang, who is told of it, and how often."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from conftest import response
from managers import Console

from otklik_collector.alarm_words import sentence
from otklik_collector.log import Log
from otklik_collector.map.alarms import LIMIT, limit
from otklik_collector.map.posterior import Pool
from otklik_collector.map.ringing import Day, Rang, Told, ringing
from otklik_collector.response import Response, day_number
from otklik_collector.store import Store
from otklik_collector.store.subscriptions import Subscription
from otklik_collector.watching import Watch, awake
from otklik_widget.contract import make_uuid7
from otklik_widget.journey import Journey

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()


def days_back(*unhappy: int, a_day: int = 10, usual: int = 1) -> list[Day]:
    """Days until today: the last ones with so many unhappy, those before as usual."""
    numbers = [usual] * (130 - len(unhappy)) + list(unhappy)
    return [Day(TODAY - timedelta(days=129 - place), bad, a_day) for place, bad in enumerate(numbers)]


def answers(days: Sequence[Day]) -> list[Told]:
    """Their responses one after another, the unhappy ones spread over the day."""
    found = []
    for one in days:
        bad = {round((number + 0.5) * one.responses / one.unhappy) for number in range(one.unhappy)}
        start = int(datetime.combine(one.day, datetime.min.time(), UTC).timestamp() * 1000)
        found += [Told(start + number, one.day, number in bad) for number in range(one.responses)]
    return [one for one in found if one.day >= date(2026, 10, 19)]


def rang(days: list[Day], told: list[Told] | None = None) -> list[Rang]:
    return ringing(days, answers(days) if told is None else told, TODAY, lambda _monday: Pool.of(()))


def test_nothing_rings_while_everything_is_as_usual() -> None:
    assert rang(days_back()) == []


def test_a_lasting_change_rings_and_says_since_when_it_is() -> None:
    found = rang(days_back(3, 3, 3, 3, 3, 3))

    assert [(one.kind, one.side) for one in found[:1]] == [("cusum", "worse")]
    assert found[0].since >= date(2026, 11, 14)
    assert found[0].unhappy / found[0].responses > 0.2
    assert found[0].usual == pytest.approx(0.1, abs=0.02)


def test_one_bad_day_rings_as_a_shock() -> None:
    found = rang(days_back(8, 1))

    assert ("shock", TODAY - timedelta(days=1), 8, 10) in [
        (one.kind, one.day, one.unhappy, one.responses) for one in found
    ]


def test_a_day_that_still_runs_must_be_ten_times_as_strange() -> None:
    """It is looked at again and again, and each look could ring by chance."""
    yesterday, today = rang(days_back(6, 1), []), rang(days_back(1, 6), [])

    assert [one.kind for one in yesterday] == ["shock"]
    assert today == []


def test_nobody_knows_what_is_usual_before_50_responses() -> None:
    few = days_back(8, 8, 8)[-12:]

    assert rang(few) == []


def test_what_rang_more_than_a_week_ago_is_history() -> None:
    assert not [one for one in rang(days_back(9, *[1] * 12)) if one.day < TODAY - timedelta(days=7)]


def test_a_chart_goes_on_after_the_answer_that_rang_it() -> None:
    days = days_back(3, 3, 3, 3, 3, 3)
    first = next(one for one in rang(days) if one.kind == "cusum")

    after = ringing(days, answers(days), TODAY, lambda _monday: Pool.of(()), lambda _side: first.at)

    assert all(one.at > first.at for one in after if one.kind == "cusum")


def test_a_busy_touchpoint_rings_by_chance_no_more_often_than_every_quarter() -> None:
    assert limit(10) == LIMIT
    chance, a_day, days = random.Random(4), 300, 364
    told = [
        Told(day * 1000 + number, date(2025, 1, 6) + timedelta(days=day), chance.random() < 0.2)
        for day in range(days)
        for number in range(a_day)
    ]
    from otklik_collector.map.ringing import _changes, _monday

    usual: dict[date, float | None] = {_monday(one.day): 0.2 for one in told}
    assert len(_changes(told, usual, "worse", LIMIT, 0)) > 30
    assert len(_changes(told, usual, "worse", limit(a_day), 0)) <= 6


def months(scores: Sequence[int] = (3, 4, 3, 4, 3, 4, 3, 3, 4, 0), **more: object) -> Iterator[Response]:
    """Thirteen weeks at the till, ten a day, of whom one was unhappy."""
    for back in range(100, 0, -1):
        yield from on(TODAY - timedelta(days=back), *scores, **more)


def on(day: date, *scores: int, **more: object) -> Iterator[Response]:
    start = int(datetime.combine(day, datetime.min.time(), UTC).timestamp() * 1000) + 36_000_000
    for number, score in enumerate(scores):
        at = start + 60_000 * number
        yield response(
            id=make_uuid7(at).bytes, score=score, answered_at=at, received_at=at, day=day_number(day), **more
        )


@pytest.fixture
def watch(store: Store, journey: Journey) -> Watch:
    return Watch(store.path, journey, Log(), mail=True, now=lambda: NOW)


def test_a_watch_keeps_what_rings_and_says_it_once(store: Store, watch: Watch) -> None:
    store.responses.submit(list(months()))
    assert watch.look(store) == []
    store.responses.submit(list(on(TODAY, *[0] * 9)))

    found = watch.look(store)

    assert {one.kind for one in found} == {"cusum", "shock"}
    assert all((one.touchpoint, one.place, one.side) == ("till", "", "worse") for one in found)
    assert watch.look(store) == []
    assert len(store.alarms.newest(None, 10)) == len(found)


def test_an_alarm_that_rang_is_not_taken_back_by_late_or_erased_responses(
    store: Store, watch: Watch, journey: Journey
) -> None:
    store.responses.submit([*months(), *on(TODAY, *[0] * 9)])
    rang = watch.look(store)
    store.responses.submit(list(on(TODAY, *[4] * 30)))

    again = Watch(store.path, journey, Log(), now=lambda: NOW).look(store)

    assert rang
    assert not [one for one in again if one.side == "worse"]
    assert {one.id for one in rang} <= {one.id for one in store.alarms.newest(None, 10)}


def test_flagged_responses_ring_nothing(store: Store, watch: Watch) -> None:
    store.responses.submit([*months(), *on(TODAY, *[0] * 9, flags=("staff",))])

    assert watch.look(store) == []


def test_a_place_rings_for_itself(store: Store, watch: Watch, journey: Journey) -> None:
    place = next(iter(journey.place_keys))
    store.responses.submit([*months(), *months(place=place), *on(TODAY, *[0] * 9, place=place)])

    assert {one.place for one in watch.look(store)} >= {place}


def test_webhooks_are_told_of_worsening_once_a_day_and_only_of_their_touchpoints(store: Store, watch: Watch) -> None:
    store.webhooks.add("http://127.0.0.1:9/", NOW, private=True, touchpoints=("till",))
    store.webhooks.add("http://127.0.0.1:9/", NOW, private=True, touchpoints=("courier",))
    store.responses.submit([*months(), *on(TODAY, *[0] * 9)])

    watch.look(store)

    told = [one.webhook for one in store.outbox.newest(999) if one.kind == "alarm"]
    assert told == [1]


def test_who_wants_alarms_gets_one_letter_a_day_and_touchpoint_of_their_own_places(store: Store, watch: Watch) -> None:
    anna = store.people.add("Anna", "", "admin", (), NOW)
    boris = store.people.add("Boris", "", "viewer", ("centre",), NOW)
    for person in (anna, boris):
        store.subscriptions.put(Subscription(person.id, "a@shop.example", "en"), NOW, person.name)
    store.responses.submit([*months(), *on(TODAY, *[0] * 9)])
    watch.look(store)
    store.responses.submit(list(on(TODAY, *[0] * 30)))
    watch.look(store)

    assert [one.person for one in store.letters.newest(9)] == [anna.id]


@pytest.mark.parametrize(
    ("hour", "quiet", "until"),
    [(12, (21, 8), 12), (22, (21, 8), 32), (3, (21, 8), 8), (8, (21, 8), 8), (14, (13, 15), 15), (5, (0, 0), 5)],
)
def test_in_quiet_hours_a_letter_waits_until_they_end(hour: int, quiet: tuple[int, int], until: int) -> None:
    midnight = datetime(2026, 11, 20, tzinfo=UTC).timestamp()
    wanted = Subscription(1, "a@shop.example", "en", quiet_from=quiet[0], quiet_until=quiet[1])

    assert awake(wanted, midnight + hour * 3600, "UTC") == midnight + until * 3600


def test_the_console_lists_alarms_of_ones_own_places(shop: Console, journey: Journey) -> None:
    from otklik_collector.store import open_store

    with open_store(shop.db) as store:
        store.series.use(journey)
        store.responses.submit([*months(), *on(TODAY, *[0] * 9)])
        found = Watch(shop.db, journey, Log(), now=lambda: NOW).look(store)

    anna, boris = shop.signed_in("Anna"), shop.signed_in("Boris")

    assert sentence(found[0]) in anna.ask("/console/alarms").text
    assert "Nothing rang" in boris.ask("/console/alarms").text
    assert "9 из 9" in anna.ask("/console/alarms?lang=ru").text
