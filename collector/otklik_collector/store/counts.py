"""Reads what the map is drawn from: counts by series of a period and of the one before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sqlite_utils import Database

from otklik_collector.map.problem_map import Filters, Period, SeriesCounts
from otklik_collector.map.suppression import Cell, Table
from otklik_collector.response import day_number
from otklik_collector.store.migrations import SCORES
from otklik_collector.store.running import COUNTS, RunningCounts
from otklik_collector.store.series import SeriesTable
from otklik_collector.store.tally import DIMENSIONS
from otklik_widget.contract import CHANNELS
from otklik_widget.intervals import SHOWN
from otklik_widget.journey import Journey

_SUMS = ", ".join(f"sum({name})" for name in COUNTS)
_TOTAL = " + ".join(COUNTS)
PEOPLE = 4096
"""Responses of known people that are looked at for repeats: at 5 % the share is then right to half a point."""
BUCKETS = 256
"""People fall into so many parts by the first byte of their hash."""


@dataclass
class _Counts:
    scores: dict[int, int] = field(default_factory=dict)
    flagged: int = 0
    channels: dict[str, int] = field(default_factory=dict)


class CountReader:
    def __init__(self, db: Database, series: SeriesTable, running: RunningCounts) -> None:
        self._conn = db.conn
        self._series = series
        self._running = running

    def of(
        self, journey: Journey, period: Period, against: Period, filters: Filters, limited: bool = False
    ) -> list[SeriesCounts]:
        """The counts of every series that the database knows, in the period and before.

        `limited`: the reader may see this place alone, so there is nothing to subtract it from.
        """
        now, before = self._read(period, filters), self._read(against, filters)
        held = [
            self._withheld(journey, when, filters, counts, limited)
            for when, counts in ((period, now), (against, before))
        ]
        counts = []
        for series in self._series.all():
            asked = journey.touchpoints.get(series.touchpoint)
            current = asked is not None and journey.wording(series.touchpoint, series.scale) == series.wording
            counts.append(
                SeriesCounts(
                    touchpoint=series.touchpoint,
                    scale=series.scale,
                    wording=series.wording,
                    current=current,
                    version=series.version,
                    counts=now[series.id].scores,
                    flagged=now[series.id].flagged,
                    counts_before=before[series.id].scores,
                    flagged_before=before[series.id].flagged,
                    channels=now[series.id].channels,
                    channels_before=before[series.id].channels,
                    withheld=series.id in held[0],
                    withheld_before=series.id in held[1],
                )
            )
        return counts

    def _read(self, period: Period, filters: Filters) -> Mapping[int, _Counts]:
        found: dict[int, _Counts] = defaultdict(_Counts)
        chosen = [(name, value) for name in DIMENSIONS if (value := getattr(filters, name)) is not None]
        if filters.per_person or len(chosen) > 1:
            rows = self._from_rows(period, chosen, filters.per_person)
        else:
            rows = self._from_roll_ups(period, *(chosen or [("", "")])[0])
        for series, flagged, *sums in rows:
            counts = found[series]
            if flagged:
                counts.flagged += sum(sums)
            if not flagged or filters.include_flagged:
                for score, number in zip(SCORES, sums, strict=True):
                    if number:
                        counts.scores[score] = counts.scores.get(score, 0) + number
        if not chosen and not filters.per_person:  # of a part, the channels are known only to the rows
            for series, channel, number in self._channels(period):
                found[series].channels[channel] = number
        return found

    def _withheld(
        self, journey: Journey, period: Period, filters: Filters, counts: Mapping[int, _Counts], limited: bool
    ) -> set[int]:
        """The series whose score would give away fewer than five responses when subtracted from another view."""
        found = set()
        if filters.include_flagged:
            found |= {series for series, each in counts.items() if 0 < each.flagged < SHOWN}
        if filters.per_person:
            everybody = self._read(period, replace(filters, per_person=False))
            found |= {
                series
                for series, each in everybody.items()
                if 0 < sum(each.scores.values()) - sum(counts[series].scores.values()) < SHOWN
            }
        names = [name for name in DIMENSIONS if getattr(filters, name) and not (limited and name == "place")]
        if names:
            chosen = {at: getattr(filters, name) for at, name in enumerate(names)}
            place = filters.place if limited else None
            # With the flagged ones beside: who takes those that count away has the flagged ones alone.
            for flags in ((0, 1), (1,)) if filters.include_flagged else ((0,),):
                for series, cells in self._cells(journey, period, names, place, flags).items():
                    if Table(cells).withheld(chosen):
                        found.add(series)
        return found

    def _cells(
        self, journey: Journey, period: Period, names: list[str], place: str | None, flags: tuple[int, ...]
    ) -> Mapping[int, dict[Cell, int]]:
        """Responses of each series by these names, of those flagged or not that `flags` names; "" where a response
        has none that can be asked for."""
        found: dict[int, dict[Cell, int]] = defaultdict(dict)
        chosen = f"({', '.join(map(str, flags))})"
        if len(names) == 1 and place is None:
            flagged = f" WHERE flagged IN {chosen}"
            members = {
                "place": tuple(journey.place_keys),
                "segment": (*journey.company.segments, "other"),
                "channel": CHANNELS,
            }[names[0]]
            parts, values = self._parts(period, "series, member, flagged", [_TOTAL], names[0], members)
            whole, more = self._parts(period, "series, member, flagged", [_TOTAL], "", ("",))
            for series, member, n in self._conn.execute(
                f"SELECT series, member, sum(c0) FROM ({parts}){flagged} GROUP BY series, member", values
            ):
                found[series][member,] = n
            for series, n in self._conn.execute(
                f"SELECT series, sum(c0) FROM ({whole}){flagged} GROUP BY series", more
            ):
                found[series]["",] = n - sum(found[series].values())
            return found
        columns = ", ".join(names)
        where = f" AND (flags <> '') IN {chosen}" + (" AND place = ?" if place else "")
        rows = self._conn.execute(
            f"SELECT series, {columns}, count(*) FROM response WHERE day >= ? AND day < ? AND score IS NOT NULL{where}"
            f" GROUP BY series, {columns}",
            (day_number(period.start), day_number(period.end), *([place] if place else [])),
        )
        for series, *cell, n in rows:
            found[series][tuple(cell)] = n
        return found

    def _from_roll_ups(self, period: Period, dimension: str, member: str) -> Iterable[tuple[int, ...]]:
        parts, values = self._parts(period, "series, flagged", COUNTS, dimension, (member,))
        return self._conn.execute(f"SELECT series, flagged, {_SUMS} FROM ({parts}) GROUP BY series, flagged", values)

    def _parts(
        self, period: Period, keys: str, sums: Iterable[str], dimension: str, members: tuple[str, ...]
    ) -> tuple[str, list[object]]:
        """The rows whose sum is the period: running counts of closing days, and the days beside them."""
        parts, values = [], []
        chosen = f"dimension = ? AND member IN ({', '.join('?' * len(members))})"
        for sign, start, end in self._running.spans(day_number(period.start), day_number(period.end)):
            numbers = ", ".join(f"({one}) * {sign} AS c{place}" for place, one in enumerate(sums))
            table, days = ("running_count", (end,)) if start is None else ("day_count", (start, end))
            when = "day = ?" if start is None else "day >= ? AND day < ?"
            parts.append(f"SELECT {keys}, {numbers} FROM {table} WHERE {when} AND {chosen}")
            values += [*days, dimension, *members]
        return " UNION ALL ".join(parts), values

    def _from_rows(self, period: Period, chosen: list[tuple[str, str]], per_person: bool) -> Iterable[tuple[int, ...]]:
        """Filters that no roll-up has: several at once, or only the last response of each person and touchpoint."""
        sums = ", ".join(f"sum(score = {score})" for score in SCORES)
        where = " AND ".join(["day >= ?", "day < ?", "score IS NOT NULL", *(f"{name} = ?" for name, _value in chosen)])
        last = ""
        if per_person:
            # A flagged response never stands for a person; without a person each response is its own.
            last = (
                ", row_number() OVER (PARTITION BY series, flags <> '', coalesce(person, id)"
                " ORDER BY answered_at DESC, id DESC) AS place_from_last"
            )
        return self._conn.execute(
            f"SELECT series, flagged, {sums} FROM"
            f" (SELECT series, flags <> '' AS flagged, score{last} FROM response WHERE {where})"
            f"{' WHERE place_from_last = 1' if per_person else ''} GROUP BY series, flagged",
            (day_number(period.start), day_number(period.end), *(value for _name, value in chosen)),
        )

    def _channels(self, period: Period) -> Iterable[tuple[int, str, int]]:
        parts, values = self._parts(period, "series, member, flagged", [_TOTAL], "channel", CHANNELS)
        return self._conn.execute(
            f"SELECT series, member, sum(c0) AS number FROM ({parts}) WHERE flagged = 0"
            " GROUP BY series, member HAVING number > 0",
            values,
        )

    def ever(self) -> bool:
        """Is there any response with a score, whenever it was given?"""
        return self._conn.execute("SELECT 1 FROM day_count LIMIT 1").fetchone() is not None

    def repeated_share(self, period: Period) -> float | None:
        """The share of responses by people who answered the same touchpoint before in the period; None without any.

        Counted where the period has up to 4,096 responses, else estimated from a part of the people as large.
        """
        parts, values = self._parts(period, "flagged", [_TOTAL], "", ("",))
        query = f"SELECT sum(c0) FROM ({parts}) WHERE flagged = 0"
        responses = self._conn.execute(query, values).fetchone()[0]
        if not responses:
            return None
        buckets = max(1, min(BUCKETS, BUCKETS * PEOPLE // responses))
        # Named by the index: the planner would rather read every response of the period.
        people = self._conn.execute(
            "SELECT series, person FROM response INDEXED BY response_person"
            f" WHERE person IS NOT NULL AND substr(person, 1, 1) IN ({', '.join('?' * buckets)})"
            " AND day >= ? AND day < ? AND flags = '' AND score IS NOT NULL",
            (*(bytes([bucket]) for bucket in range(buckets)), day_number(period.start), day_number(period.end)),
        ).fetchall()
        repeated = (len(people) - len(set(people))) * BUCKETS / buckets
        return float(repeated / responses)
