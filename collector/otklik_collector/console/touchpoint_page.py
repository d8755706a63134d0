"""One touchpoint: is it really bad, since when, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

import flask
from babel.dates import format_date

from otklik_collector.charts.bars import bar
from otklik_collector.console.alarm_marks import elsewhere
from otklik_collector.console.asked import Asked, Misled, asked_of
from otklik_collector.console.cases import waiting_by_touchpoint
from otklik_collector.console.doubts import mix_of, mixed, silent
from otklik_collector.console.frame import picker
from otklik_collector.console.gate import Gate, Language
from otklik_collector.console.map_page import drawn
from otklik_collector.console.spoken import Spoken
from otklik_collector.console.told_reasons import change_words, unhappy_words
from otklik_collector.console.touchpoint_charts import WEEKS, hours, weeks
from otklik_collector.drawing import today_of
from otklik_collector.map import figures, sentences
from otklik_collector.map.pace import Enough, enough
from otklik_collector.map.reasons import Ticked, reasons
from otklik_collector.map.series import ProblemMap, Series
from otklik_collector.map.slices import Slice
from otklik_collector.map.suppression import tellable
from otklik_collector.map.week_grid import week_grid
from otklik_collector.masking import masked
from otklik_collector.store.comments import Wanted
from otklik_collector.store.told import MOST
from otklik_collector.words import _
from otklik_widget.faults import nearest
from otklik_widget.intervals import SHOWN
from otklik_widget.journey import Hours, Journey, Touchpoint
from otklik_widget.scales import SCALES, option_names

COMMENTS = 10


@dataclass(frozen=True)
class Answer:
    """One row of the distribution: what was answered, by how many, and how it counts."""

    name: str
    number: int
    part: float
    share: float
    kind: str


class TouchpointPage:
    def __init__(self, gate: Gate, journey: Journey, language: Language) -> None:
        self._gate = gate
        self._journey = journey
        self._language = language
        self._spoken = Spoken(journey, language)

    def add(self, pages: flask.Blueprint) -> None:
        pages.add_url_rule("/touchpoint/<key>", "touchpoint", self.touchpoint)

    def touchpoint(self, key: str) -> str:
        lang = self._language()
        today = today_of(self._journey)
        asked = asked_of(self._journey, flask.g.person, flask.request.args, today)
        found = drawn(self._gate.store(), self._journey, asked, lang)
        rows = [row for row in found.series if row.touchpoint == key]
        touchpoint = self._journey.touchpoints.get(key)
        if not rows and touchpoint is None:
            raise Misled(
                _("There is no touchpoint “%(key)s”.", key=key[:64]) + nearest(key, self._journey.touchpoints),
                [_("It may have been renamed or taken out since the link was saved; nobody answered there then.")],
                status=404,
            )
        scale = self._scale(rows, touchpoint)
        row = found.find(key, scale) if scale else None
        return flask.render_template(
            "touchpoint.html", asked=asked, touchpoint=touchpoint, key=key, row=row, rows=rows, figures=figures,
            picker=picker(self._journey, asked, lang), query=asked.query(),
            **(self._numbers(row, found, asked, today, lang) if row else {}),
            **self._words(key, asked, rows),
        )  # fmt: skip

    def _scale(self, rows: list[Series], touchpoint: Touchpoint | None) -> str:
        """The scale asked for in the address, else the main question's; empty where only messages are taken."""
        wanted = flask.request.args.get("scale", "")
        known = list(dict.fromkeys(row.scale for row in rows))
        if wanted and wanted not in known:
            rest = {name: value for name, value in flask.request.args.items() if name != "scale"}
            raise Misled(_("Nothing is asked on the scale “%(scale)s” here.", scale=wanted[:16]), [], urlencode(rest))
        main = touchpoint.main if touchpoint and touchpoint.main in known else ""
        return wanted or main or (known[0] if known else "")

    def _numbers(self, row: Series, found: ProblemMap, asked: Asked, today: date, lang: str) -> dict[str, object]:
        store = self._gate.store()
        cut = Slice(row.touchpoint, row.scale, asked.period, **{
            name: getattr(asked.filters, name) for name in ("place", "segment", "channel")
        })  # fmt: skip
        limited = asked.places is not None
        grid = week_grid(store.slices.hours(cut), self._hours(row.touchpoint), store.slices.withheld(cut, limited))
        return {
            "weeks": weeks(store, cut, asked, row.goal, _tomorrow(today), lang),
            "elsewhere": self._elsewhere(cut, asked, lang),
            "grid": hours(grid, lang),
            "grid_average": grid.average,
            "answers": _answers(row, lang),
            "enough": self._enough(row, asked, today),
            "silent": silent(store, self._journey, cut, asked),
            "mix": mixed(store, cut, row, mix_of(flask.request.args), limited),
            "harm": sentences.harm(row) if row.harm.per_month and row.unhappy else "",
            "scale_names": {
                one.scale: figures.scale_name(one.scale) for one in found.series if one.touchpoint == row.touchpoint
            },
            "date": lambda day: format_date(day, "d MMMM", locale=lang),
        }

    def _hours(self, key: str) -> Hours | None:
        touchpoint = self._journey.touchpoints.get(key)
        return touchpoint.hours if touchpoint else None

    def _enough(self, row: Series, asked: Asked, today: date) -> Enough | None:
        """When there will be enough responses; nothing where there are, or where the period is over."""
        if row.state == "solid" or row.retired or asked.period.end <= today:
            return None
        bad = row.unhappy.count if row.unhappy else 0
        return enough(bad, row.responses, row.believed, (_tomorrow(today) - asked.period.start).days, today)

    def _elsewhere(self, cut: Slice, asked: Asked, lang: str) -> list[tuple[str, str, str]]:
        """Places where an alarm rang in these weeks: key, name and day, for who looks at all of them."""
        rang = elsewhere(self._gate.store(), cut, self._journey.place_keys, WEEKS) if asked.places is None else {}
        return [(key, self._journey.place_keys[key].name.say(lang), day) for key, day in rang.items()]

    def _words(self, key: str, asked: Asked, rows: list[Series]) -> dict[str, object]:
        """Reasons and comments: what is read from rows."""
        store, filters = self._gate.store(), asked.filters
        may = tellable(rows)
        now = store.told.reasons(key, asked.period, filters) if key in may.now or not rows else Ticked()
        past = store.told.reasons(key, asked.against, filters) if key in may.before or not rows else Ticked()
        person = flask.g.person
        plain = person is not None and person.may("manager")
        wanted = Wanted(asked.period, filters, key, scored=None if plain or not rows else may.answers)
        comments = store.comments.page(wanted, COMMENTS).comments
        return {
            "reasons": reasons(now, past), "change_words": change_words, "unhappy_words": unhappy_words,
            "newest": figures.number(MOST) if now.newest else "", "reason_name": self._spoken.reason,
            "comments": [one if plain else one._replace(text=masked(one.text)) for one in comments],
            "masked": not plain, "tells": wanted.tells, "score_name": self._spoken.score,
            "place_name": self._spoken.place,
            "cases": waiting_by_touchpoint(self._gate, asked.places, filters.place).get(key),
            "bar": bar,
        }  # fmt: skip


def _answers(row: Series, lang: str) -> list[Answer]:
    """The distribution from the worst answer to the best; nothing below the minimum."""
    if row.responses < SHOWN or not row.unhappy:
        return []
    scale = SCALES[row.scale]
    names = dict(zip(scale.scores, option_names(row.scale, lang), strict=True))
    most = max(row.counts.values())
    return [
        Answer(
            names[score],
            row.counts[score],
            row.counts[score] / most,
            row.counts[score] / row.responses,
            scale.classify(score),
        )
        for score in scale.worst_first
    ]


def _tomorrow(today: date) -> date:
    return today + timedelta(days=1)
