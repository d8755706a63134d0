"""Reads one slice: its responses by day, by hour of the week, and whether it may be told at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlite_utils import Database

from otklik_collector.map.posterior import Counted
from otklik_collector.map.ringing import Told
from otklik_collector.map.series import Period
from otklik_collector.map.slices import DayCounts, Slice, SliceCounts, added
from otklik_collector.map.suppression import Table
from otklik_collector.map.week_grid import Moment
from otklik_collector.response import day_number, day_of
from otklik_collector.store.migrations import SCORES
from otklik_collector.store.running import COUNTS
from otklik_collector.store.series import Series, SeriesTable
from otklik_widget.contract import CHANNELS
from otklik_widget.intervals import SHOWN
from otklik_widget.scales import SCALES

_SUMS = ", ".join(f"sum({name})" for name in COUNTS)
_TOTAL = " + ".join(COUNTS)


class SliceReader:
    """Every question is bounded by a touchpoint, a scale and a period. Flagged responses are left out."""

    def __init__(self, db: Database, series: SeriesTable) -> None:
        self._conn = db.conn
        self._series = series

    def counts(self, cut: Slice, limited: bool = False) -> SliceCounts:
        """The counts of a slice in one wording; `limited`: the reader may see this place alone, never the whole."""
        days = self.days(cut)
        wording = cut.wording or max((one.wording for one in days), default=self.newest(cut))
        counts = added(one.counts for one in days if one.wording == wording)
        return SliceCounts(
            cut, wording, counts, self._flagged(cut, wording), self._channels(cut, wording),
            self.withheld(replace(cut, wording=wording), limited),
        )  # fmt: skip

    def days(self, cut: Slice) -> list[DayCounts]:
        """Each local day's counts in each wording, in order; days without responses are left out."""
        known = self._known(cut)
        found = []
        for day, number, *sums in self._day_rows(cut, known, 0):
            counts = {score: n for score, n in zip(SCORES, sums, strict=True) if n}
            if counts:
                found.append(DayCounts(day_of(day), known[number].version, counts))
        return found

    def told(self, cut: Slice, most: int) -> list[Told]:
        """The newest responses of a slice in one wording, so many at most, in the order of answering."""
        bad = sorted(SCALES[cut.scale].unhappy)
        days = [day_number(cut.period.start + timedelta(days=number)) for number in range(cut.period.days)]
        # Each day is named, so that the index leads to the series' own rows of it.
        rows = self._conn.execute(
            f"SELECT answered_at, id, day, score IN ({_marks(bad)}) FROM response WHERE day IN ({_marks(days)})"
            f" AND series IN ({_marks(self._known(cut))}) AND flags = '' AND score IS NOT NULL{_where(cut)}"
            " ORDER BY day DESC LIMIT ?",
            (*bad, *days, *self._known(cut), *cut.parts.values(), most),
        )
        return [Told(at, day_of(day), bool(unhappy)) for at, _id, day, unhappy in sorted(rows)]

    def hours(self, cut: Slice) -> dict[Moment, Counted]:
        """(unhappy, all) responses by local weekday and hour; those that came without a time are in none."""
        known = self._known(cut)
        if not cut.parts:
            rows = self._conn.execute(
                "SELECT day, hour, sum(unhappy), sum(responses) FROM hour_count WHERE day >= ? AND day < ?"
                f" AND series IN ({_marks(known)}) AND flagged = 0 GROUP BY day, hour",
                (*_ends(cut.period), *known),
            )
        else:
            bad = sorted(SCALES[cut.scale].unhappy)
            rows = self._conn.execute(
                f"SELECT day, hour, sum(score IN ({_marks(bad)})), count(*) FROM response WHERE day >= ? AND day < ?"
                f" AND series IN ({_marks(known)}) AND flags = '' AND score IS NOT NULL AND hour IS NOT NULL"
                f"{_where(cut)} GROUP BY day, hour",
                (*bad, *_ends(cut.period), *known, *cut.parts.values()),
            )
        found: dict[Moment, list[int]] = defaultdict(lambda: [0, 0])
        for day, hour, unhappy, n in rows:
            cell = found[day_of(day).weekday(), hour]
            cell[0] += unhappy
            cell[1] += n
        return {moment: (bad_, n) for moment, (bad_, n) in found.items()}

    def busiest(self, dimension: str, period: Period, members: Sequence[str]) -> list[tuple[str, str, int]]:
        """(touchpoint, member, responses) of a dimension like "place" in a period, the most responses first."""
        rows = self._conn.execute(
            f"SELECT series, member, sum({_TOTAL}) AS n FROM day_count WHERE dimension = ?"
            f" AND member IN ({_marks(members)}) AND day >= ? AND day < ? AND flagged = 0"
            " GROUP BY series, member HAVING n > 0 ORDER BY n DESC",
            (dimension, *members, *_ends(period)),
        )
        known = {one.id: one.touchpoint for one in self._series.all()}
        return [(known[series], member, n) for series, member, n in rows]

    def places(self, cut: Slice) -> tuple[dict[str, Counted], int]:
        """(unhappy, all) responses by place in the newest wording answered, and how many came from no place.

        Channel and segment of the slice are left aside: counts know places alone.
        """
        known = self._known(cut)
        bad = " + ".join(f"c{score}" for score in sorted(SCALES[cut.scale].unhappy))
        rows = self._conn.execute(
            f"SELECT series, dimension, member, sum({bad}), sum({_TOTAL}) FROM day_count"
            " WHERE dimension IN ('', 'place') AND day >= ? AND day < ?"
            f" AND series IN ({_marks(known)}) AND flagged = 0 GROUP BY series, dimension, member",
            (*_ends(cut.period), *known),
        ).fetchall()
        newest = max((known[row[0]].version for row in rows if row[4]), default=0)
        newest_rows = [row[1:] for row in rows if known[row[0]].version == newest]
        found = {member: (bad_, n) for dimension, member, bad_, n in newest_rows if dimension}
        whole = sum(n for dimension, _member, _bad, n in newest_rows if not dimension)
        return found, whole - sum(n for _bad, n in found.values())

    def withheld(self, cut: Slice, limited: bool = False) -> bool:
        """Could its score be used to compute that of fewer than five responses, by subtracting it from another view?"""
        names = [name for name in cut.parts if not (limited and name == "place")]
        if not names:
            return False
        known = self._known(cut)
        fixed = {"place": cut.parts["place"]} if limited and "place" in cut.parts else {}
        found: dict[int, dict[tuple[str, ...], int]] = {number: {} for number in known}
        if len(names) == 1 and not fixed:
            rows = self._conn.execute(
                f"SELECT series, dimension, member, sum({_TOTAL}) FROM day_count WHERE dimension IN ('', ?)"
                f" AND day >= ? AND day < ? AND series IN ({_marks(known)}) AND flagged = 0"
                " GROUP BY series, dimension, member ORDER BY dimension DESC",
                (names[0], *_ends(cut.period), *known),
            )
            for number, dimension, member, n in rows:  # the whole comes last
                found[number][member,] = n if dimension else n - sum(found[number].values())
        else:
            columns = ", ".join(names)
            rows = self._conn.execute(
                f"SELECT series, {columns}, count(*) FROM response WHERE day >= ? AND day < ?"
                f" AND series IN ({_marks(known)}) AND flags = '' AND score IS NOT NULL"
                f"{' AND place = ?' if fixed else ''} GROUP BY series, {columns}",
                (*_ends(cut.period), *known, *fixed.values()),
            )
            for number, *cell, n in rows:
                found[number][tuple(cell)] = n
        view = {at: cut.parts[name] for at, name in enumerate(names)}
        # A wording with fewer than five is hidden by itself and must not hide the others.
        return any(
            cells.get(tuple(view.values()), 0) >= SHOWN and Table(cells).withheld(view) for cells in found.values()
        )

    def _known(self, cut: Slice) -> Mapping[int, Series]:
        return {
            one.id: one
            for one in self._series.all()
            if (one.touchpoint, one.scale) == (cut.touchpoint, cut.scale) and cut.wording in (None, one.version)
        }

    def newest(self, cut: Slice) -> int:
        """The newest wording of a slice's question."""
        return max((one.version for one in self._known(cut).values()), default=1)

    def _day_rows(self, cut: Slice, known: Mapping[int, Series], flagged: int) -> Iterable[tuple[int, ...]]:
        parts = cut.parts
        if len(parts) < 2:
            dimension, member = next(iter(parts.items()), ("", ""))
            return self._conn.execute(
                f"SELECT day, series, {', '.join(COUNTS)} FROM day_count WHERE dimension = ? AND member = ?"
                f" AND day >= ? AND day < ? AND series IN ({_marks(known)}) AND flagged = ? ORDER BY day, series",
                (dimension, member, *_ends(cut.period), *known, flagged),
            )
        sums = ", ".join(f"sum(score = {score})" for score in SCORES)
        return self._conn.execute(
            f"SELECT day, series, {sums} FROM response WHERE day >= ? AND day < ? AND series IN ({_marks(known)})"
            f" AND (flags <> '') = ? AND score IS NOT NULL{_where(cut)} GROUP BY day, series ORDER BY day, series",
            (*_ends(cut.period), *known, flagged, *parts.values()),
        )

    def _flagged(self, cut: Slice, wording: int) -> int:
        known = {number: one for number, one in self._known(cut).items() if one.version == wording}
        return sum(sum(row[2:]) for row in self._day_rows(cut, known, 1))

    def _channels(self, cut: Slice, wording: int) -> dict[str, int]:
        """Responses by channel; of a part of the customers only the rows would know, so there it is empty."""
        if cut.parts:
            return {}
        known = [number for number, one in self._known(cut).items() if one.version == wording]
        rows = self._conn.execute(
            f"SELECT member, sum({_TOTAL}) AS n FROM day_count WHERE dimension = 'channel'"
            f" AND member IN ({_marks(CHANNELS)}) AND day >= ? AND day < ? AND series IN ({_marks(known)})"
            " AND flagged = 0 GROUP BY member HAVING n > 0",
            (*CHANNELS, *_ends(cut.period), *known),
        )
        return dict(rows.fetchall())


def _ends(period: Period) -> tuple[int, int]:
    return day_number(period.start), day_number(period.end)


def _marks(values: Mapping[int, object] | Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _where(cut: Slice) -> str:
    return "".join(f" AND {name} = ?" for name in cut.parts)
