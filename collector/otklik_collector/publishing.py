"""Publishes the report of a period, says later what changed since, and judges what the company changed."""

from __future__ import annotations

from datetime import date

from otklik_collector.drawing import before, draw
from otklik_collector.map.comparison import compare
from otklik_collector.map.document import as_json
from otklik_collector.map.effects import Effect, Moved, changed_since, effect, windows
from otklik_collector.map.problem_map import Filters
from otklik_collector.map.series import Period
from otklik_collector.map.slices import Slice
from otklik_collector.store import Store
from otklik_collector.store.changes import Change
from otklik_collector.store.snapshots import Snapshot
from otklik_widget.journey import Journey
from otklik_widget.scales import SCALES


def publish(store: Store, journey: Journey, period: Period, place: str, who: str) -> Snapshot:
    """The stored report of a period and place ("": all); published before, it stays as it was."""
    return store.snapshots.publish(period, place, _document(store, journey, period, place), who)


def moved_since(store: Store, journey: Journey, snapshot: Snapshot) -> list[Moved]:
    """What the report would show otherwise today."""
    return changed_since(snapshot.document, _document(store, journey, snapshot.period, snapshot.place))


def effect_of(store: Store, journey: Journey, change: Change, today: date, limited: bool = False) -> Effect | None:
    """What a change did to its touchpoint's main question in its place.

    None where there is nothing to compare: the whole company, a touchpoint without a score, what cannot be changed.
    """
    touchpoint = journey.touchpoints.get(change.touchpoint)
    if touchpoint is None or SCALES[touchpoint.main].kind is None or change.lasting:
        return None
    earlier, later = windows(change.day)
    cut = Slice(touchpoint.key, touchpoint.main, earlier, place=change.place or None)
    with store.reading():
        slices = [store.slices.counts(cut.over(period), limited) for period in (earlier, later)]
    return effect(compare(*slices), change.day, today)


def _document(store: Store, journey: Journey, period: Period, place: str) -> dict[str, object]:
    lang = journey.company.languages[0]
    return as_json(draw(store, journey, period, before(period), Filters(place=place or None), lang), public=True)
