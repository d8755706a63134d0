"""Reads what the map is drawn from: counts by series of a period and of the one before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlite_utils import Database

from otklik_collector.map.problem_map import Filters, Period, SeriesCounts
from otklik_collector.response import day_number
from otklik_collector.store.migrations import SCORES
from otklik_collector.store.series import SeriesTable
from otklik_collector.store.tally import DIMENSIONS
from otklik_widget.journey import Journey

_SUMS = ", ".join(f"sum(c{score})" for score in SCORES)


@dataclass
class _Counts:
    scores: dict[int, int] = field(default_factory=dict)
    flagged: int = 0
    channels: dict[str, int] = field(default_factory=dict)


class CountReader:
    def __init__(self, db: Database, series: SeriesTable) -> None:
        self._conn = db.conn
        self._series = series

    def of(self, journey: Journey, period: Period, against: Period, filters: Filters) -> list[SeriesCounts]:
        """The counts of every series that the database knows, in the period and before."""
        now, before = self._read(period, filters), self._read(against, filters)
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

    def _from_roll_ups(self, period: Period, dimension: str, member: str) -> Iterable[tuple[int, ...]]:
        return self._conn.execute(
            f"SELECT series, flagged, {_SUMS} FROM day_count"
            " WHERE dimension = ? AND member = ? AND day >= ? AND day < ? GROUP BY series, flagged",
            (dimension, member, day_number(period.start), day_number(period.end)),
        )

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
        total = " + ".join(f"c{score}" for score in SCORES)
        return self._conn.execute(
            f"SELECT series, member, sum({total}) FROM day_count"
            " WHERE dimension = 'channel' AND day >= ? AND day < ? AND flagged = 0 GROUP BY series, member",
            (day_number(period.start), day_number(period.end)),
        )

    def repeated_share(self, period: Period) -> float | None:
        """The share of responses by people who answered the same touchpoint before in the period; None without any."""
        days = (day_number(period.start), day_number(period.end))
        total = " + ".join(f"c{score}" for score in SCORES)
        responses = self._conn.execute(
            f"SELECT sum({total}) FROM day_count"
            " WHERE dimension = '' AND member = '' AND day >= ? AND day < ? AND flagged = 0",
            days,
        ).fetchone()[0]
        repeated = self._conn.execute(
            "SELECT coalesce(sum(answers - 1), 0) FROM (SELECT count(*) AS answers FROM response"
            " WHERE day >= ? AND day < ? AND person IS NOT NULL AND flags = '' AND score IS NOT NULL"
            " GROUP BY series, person)",
            days,
        ).fetchone()[0]
        return repeated / responses if responses else None

    def bounds(self) -> tuple[int, int] | None:
        """The first and the last day number with a response, or None before there is one."""
        first, last = self._conn.execute("SELECT min(day), max(day) FROM day_count WHERE dimension = ''").fetchone()
        return (first, last) if first is not None else None
