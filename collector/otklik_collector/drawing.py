"""Draws the map of a period from the store: what the command, the console and the demo share."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from otklik_collector.map.harm import Linked
from otklik_collector.map.problem_map import Filters, Period, ProblemMap, SeriesCounts, problem_map
from otklik_collector.store import Store
from otklik_collector.words import _
from otklik_widget.contract import CHANNELS
from otklik_widget.faults import Fault, Faults, nearest
from otklik_widget.journey import Journey

WINDOW_DAYS = 28
"""Whole weeks: a window with five Mondays against four would compare weekdays, not periods."""


def today_of(journey: Journey) -> date:
    """Today in the company's own zone."""
    return datetime.now(ZoneInfo(journey.company.zone)).date()


def window(end: date, days: int = WINDOW_DAYS) -> Period:
    """The period of so many days before `end`."""
    return Period(end - timedelta(days=days), end)


def chosen_period(start: date | None, end: date | None, today: date) -> Period:
    """The period asked for; what is left out makes it four weeks, today included. Raises `Faults` where it is empty."""
    if start is None:
        found = window(end or today + timedelta(days=1))
    else:
        found = Period(start, end or max(today, start) + timedelta(days=1))
    if found.start >= found.end:
        said = _("the period ends (%(end)s) before it begins (%(start)s); the end itself is not part of it",
                 start=found.start.isoformat(), end=found.end.isoformat())  # fmt: skip
        raise Faults([Fault("--to", None, said)])
    return found


def before(period: Period) -> Period:
    """The period of the same length that ends where this one begins."""
    return window(period.start, period.days)


def checked_filters(journey: Journey, filters: Filters) -> Filters:
    """The filters; raises `Faults` for a place, segment or channel that does not exist."""
    known = {
        "place": list(journey.place_keys),
        "segment": [*journey.company.segments, "other"],
        "channel": list(CHANNELS),
    }
    faults = []
    for name, values in known.items():
        value = getattr(filters, name)
        if value is not None and value not in values:
            said = _(
                "there is no “%(value)s”; known: %(known)s.", value=value, known=", ".join(values) or _("none at all")
            )
            faults.append(Fault(f"--{name}", None, said + nearest(value, values)))
    if faults:
        raise Faults(faults)
    return filters


_remembered: dict[tuple[object, ...], tuple[float, Mapping[str, Linked]]] = {}
_remembering = threading.Lock()
REMEMBERED, SECONDS = 32, 600.0
"""So many readings of linked answers are kept, and so long: an erasure must not be remembered for ever."""


def _linked(store: Store, journey: Journey, end: date, counts: Sequence[SeriesCounts]) -> Mapping[str, Linked]:
    """How people of each touchpoint recommend the company; read again when somebody new has told.

    It costs as much as all the rest of the map, and hardly changes with a single response.
    """
    if journey.outcome is None:
        return {}
    told = tuple((one.responses, one.responses_before) for one in counts if one.touchpoint == journey.outcome.key)
    key = (store.path.absolute(), end, told)
    known = _remembered.get(key)
    if known is None or time.monotonic() - known[0] > SECONDS:
        known = time.monotonic(), store.linked.of(journey, end)
        with _remembering:
            while len(_remembered) >= REMEMBERED:
                del _remembered[next(iter(_remembered))]
            _remembered[key] = known
    return known[1]


def draw(
    store: Store,
    journey: Journey,
    period: Period,
    against: Period,
    filters: Filters,
    lang: str,
    limited: bool = False,
) -> ProblemMap:
    """The map of a period, read in one moment of the database.

    `limited`: for somebody who may see this place alone; everybody else could subtract it from the whole.
    """
    store.running.close(seconds=0.5)
    with store.reading():
        counts = store.counts.of(journey, period, against, filters, limited)
        linked = _linked(store, journey, period.end, counts)
        repeated = None if filters.narrow or filters.per_person else store.counts.repeated_share(period)
        passes = store.passes.of(period, filters.place)
        shown = _shown(store, journey, period, filters)
        ever = store.counts.ever()
    found = problem_map(journey, counts, period, against, filters, lang, repeated, passes, linked, shown)
    return replace(found, ever=ever)


def _shown(store: Store, journey: Journey, period: Period, filters: Filters) -> Mapping[tuple[str, str], int]:
    """How often each question was shown, where as much is known of those who answered it: of all, or of a page's."""
    if filters.place or filters.segment or filters.per_person or filters.channel not in (None, "web"):
        return {}
    return store.told.shown(journey, period)
