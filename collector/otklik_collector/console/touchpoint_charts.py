"""A touchpoint in time: twelve weeks with what happened in them, and the hours of the week that hurt."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date

from babel.dates import format_date, get_day_names

from otklik_collector.charts import grid as grids
from otklik_collector.charts import line as lines
from otklik_collector.charts.drawing import Chart
from otklik_collector.charts.line import Mark, Stretch
from otklik_collector.console.alarm_marks import Happening, rang
from otklik_collector.console.asked import Asked
from otklik_collector.map.line import line
from otklik_collector.map.periods import last_weeks
from otklik_collector.map.posterior import Verdict
from otklik_collector.map.series import Period
from otklik_collector.map.slices import Slice
from otklik_collector.map.week_grid import WeekGrid
from otklik_collector.store import Store
from otklik_collector.words import _
from otklik_widget.journey import Text

WEEKS = 12
TONES: tuple[tuple[int, Verdict], ...] = ((10, "surely_hurts"), (3, "hurts"), (-3, "unclear"), (-10, "within_goal"))
"""From so many points above a touchpoint's own share on an hour has this tone; below them all it is the best one."""


def weeks(store: Store, cut: Slice, asked: Asked, goal: float, tomorrow: date, lang: str) -> Chart:
    """The twelve weeks before the end of the period, with changes, alarms and questions in other words marked."""
    stretches_asked = last_weeks(min(asked.period.end, tomorrow), WEEKS)
    wide = cut.over(Period(stretches_asked[0].start, stretches_asked[-1].end))
    days = store.slices.days(wide)
    withheld = store.slices.withheld(wide, asked.places is not None)
    stretches: list[Stretch] = []
    starts: list[date] = []
    marks: list[Mark] = []
    before = None
    for point in line(wide, days, stretches_asked, withheld).points:
        broken = before is not None and point.wording != before
        name = format_date(point.period.start, "dd.MM" if lang == "ru" else "d MMM", locale=lang)
        weak = point.state == "preliminary"
        stretches.append(Stretch(name, point.responses, point.share, point.low, point.high, weak, broken))
        if broken:
            said = _("%(week)s: the question was asked in other words from here on", week=name)
            marks.append(Mark(len(stretches) - 1, said))
        before = point.wording
        starts.append(point.period.start)
    happened = [
        *_changed(store, wide, asked, lang),
        *([] if withheld else rang(store, wide, asked.period.start)),
    ]
    for day, said, alarm in sorted(happened):
        text = f"{format_date(day, 'd MMMM', locale=lang)}: {said}"
        marks.append(Mark(bisect_right(starts, day) - 1, text, alarm))
    return lines.line(stretches, goal, sorted(marks, key=lambda mark: mark.stretch))


def _changed(store: Store, cut: Slice, asked: Asked, lang: str) -> Iterator[Happening]:
    """What was changed at the touchpoint in these weeks, where the person may know of it."""
    places = (asked.filters.place,) if asked.filters.place else asked.places
    for change in store.changes.newest(places, cut.touchpoint, since=cut.period.start):
        if change.day < cut.period.end:
            yield change.day, Text(change.words).say(lang), False


def hours(found: WeekGrid, lang: str) -> Chart | None:
    """The week by hours; tones tell how far each is from the touchpoint's own share. None where few answered."""
    if found.average is None or all(cell.share is None for cell in found.cells):
        return None
    cells = {}
    for cell in found.cells:
        tone: Verdict | None = None
        if cell.share is not None:
            away = 100 * (cell.share - found.average)
            tone = next((tone for least, tone in TONES if away >= least), "surely_fine")
        cells[cell.weekday, cell.start] = grids.Cell(cell.responses, cell.share, tone)
    names = get_day_names("abbreviated", locale=lang)
    columns = {
        cell.start: f"{cell.start}–{cell.end}" if found.by == "part" else f"{cell.start}:00" for cell in found.cells
    }
    return grids.week_grid(cells, [names[day] for day in range(7)], dict(sorted(columns.items())))
