"""Two slices beside each other: which place, period, channel, segment or touchpoint differs beyond chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

import flask

from otklik_collector import change_words
from otklik_collector.charts import funnel as funnels
from otklik_collector.charts.bars import Forest, Span
from otklik_collector.charts.drawing import Chart
from otklik_collector.console.asked import Misled, own_places
from otklik_collector.console.gate import Gate, Language, signed_in
from otklik_collector.console.values import written_day
from otklik_collector.drawing import before, today_of, window
from otklik_collector.map import figures
from otklik_collector.map.beside import Beside, beside
from otklik_collector.map.funnel import Funnel, funnel
from otklik_collector.map.posterior import Verdict
from otklik_collector.map.series import Period
from otklik_collector.map.slices import Slice, SliceCounts
from otklik_collector.words import _
from otklik_widget.contract import CHANNELS
from otklik_widget.faults import nearest
from otklik_widget.journey import Journey, Touchpoint
from otklik_widget.scales import SCALES

SIDES = ("a", "b")
PARTS = ("place", "segment", "channel")
TONES: Mapping[str, Verdict] = {"better": "surely_fine", "worse": "surely_hurts", "stable": "within_goal"}
FUNNEL_PLACES = 3
"""Of two places the comparison says more than a funnel."""


@dataclass(frozen=True)
class Side:
    """What one side asks for, as the form shows it; no touchpoint: all of them."""

    period: Period
    touchpoint: str = ""
    place: str = ""
    segment: str = ""
    channel: str = ""

    def slice(self, touchpoint: Touchpoint) -> Slice:
        parts = {name: getattr(self, name) or None for name in PARTS}
        return Slice(touchpoint.key, touchpoint.main, self.period, **parts)


class ComparePage:
    def __init__(self, gate: Gate, journey: Journey, language: Language) -> None:
        self._gate = gate
        self._journey = journey
        self._language = language

    def add(self, pages: flask.Blueprint) -> None:
        self._gate.roles["console.compare"] = "viewer"
        pages.add_url_rule("/compare", "compare", self.compare)

    def compare(self) -> str:
        args, lang = flask.request.args, self._language()
        asked = any(args.get(f"{side}_{name}") for side in SIDES for name in ("touchpoint", "from", "to", *PARTS))
        a, b = self._sides(args, today_of(self._journey))
        rows = self._rows(a, b) if asked else []
        shown = a.touchpoint or self._first(b.period)
        shops, chart = self._funnel(shown, b.period) if len(self._places()) >= FUNNEL_PLACES else (None, None)
        return flask.render_template(
            "compare.html", asked=asked, sides=dict(zip(SIDES, (a, b), strict=True)), rows=rows,
            forest=Forest.of([span for one in rows if (span := _span(one))], 0.0), span=_span,
            few=[one for one in rows if one.comparison.unhappy is None], words=change_words, said=_said,
            places=self._places(), whole=signed_in().whole, segments=self._segments(), name=self._name,
            channels={channel: figures.channel_name(channel) for channel in CHANNELS}, side_words=self._side_words,
            shops=shops, chart=chart, ready=self._ready(), lang=lang,
            scored=self._scored.values(), funnel_of=shown, funnel_period=figures.period(b.period),
        )  # fmt: skip

    def _first(self, period: Period) -> str:
        """The touchpoint whose places are shown where none is chosen: the one most people answered at."""
        found = self._gate.store().slices.busiest("place", period, list(self._places()))
        return next((key for key, _place, _n in found if key in self._scored), next(iter(self._scored), ""))

    @property
    def _scored(self) -> Mapping[str, Touchpoint]:
        points = self._journey.touchpoints
        return {key: one for key, one in points.items() if SCALES[one.main].kind}

    def _segments(self) -> tuple[str, ...]:
        named = self._journey.company.segments
        return (*named, "other") if named else ()

    def _places(self) -> dict[str, str]:
        mine, lang = own_places(self._journey, signed_in()), self._language()
        return {one.key: one.name.say(lang) for one in self._journey.places if mine is None or one.key in mine}

    def _sides(self, args: Mapping[str, str], today: date) -> tuple[Side, Side]:
        """Both sides as the address names them; what it leaves out is the other side's, or four weeks."""
        wrong: dict[str, str] = {}
        now = window(today + timedelta(days=1))
        a_period = self._period(args, "a", wrong)
        b_period = self._period(args, "b", wrong) or a_period or now
        periods = {"a": a_period or b_period, "b": b_period}
        touchpoints = {side: args.get(f"{side}_touchpoint", "") for side in SIDES}
        either = touchpoints["a"] or touchpoints["b"]
        mine = own_places(self._journey, signed_in())
        sides = []
        for side in SIDES:
            parts = {name: args.get(f"{side}_{name}", "") for name in PARTS}
            self._check(side, touchpoints[side], parts, wrong)
            parts["place"] = parts["place"] or (mine[0] if mine else "")
            sides.append(Side(periods[side], touchpoints[side] or either, **parts))
        if wrong:
            rest = {name: value for name, value in args.items() if name not in wrong and value}
            raise Misled(_("This link does not lead anywhere."), list(dict.fromkeys(wrong.values())), urlencode(rest))
        return sides[0], sides[1]

    def _check(self, side: str, touchpoint: str, parts: Mapping[str, str], wrong: dict[str, str]) -> None:
        known = {"place": list(self._places()), "segment": list(self._segments()), "channel": list(CHANNELS)}
        for name, value in parts.items():
            if value and value not in known[name]:
                said = _("There is no “%(value)s” here, or it is not yours.", value=value[:64])
                wrong[f"{side}_{name}"] = said + nearest(value, known[name])
        if touchpoint and touchpoint not in self._scored:
            said = _("There is no touchpoint “%(key)s”.", key=touchpoint[:64])
            wrong[f"{side}_touchpoint"] = said + nearest(touchpoint, self._scored)

    def _period(self, args: Mapping[str, str], side: str, wrong: dict[str, str]) -> Period | None:
        written = {name: args.get(f"{side}_{name}", "") for name in ("from", "to")}
        if not any(written.values()):
            return None
        days = {name: written_day(value) for name, value in written.items()}
        for name, value in written.items():
            if days[name] is None:
                wrong[f"{side}_{name}"] = _("“%(value)s” is no date like 2026-11-21", value=value[:20])
        start, end = days["from"], days["to"]
        if start is None or end is None:
            return None
        if start >= end:
            said = _("the period ends (%(end)s) before it begins (%(start)s); the end itself is not part of it",
                     start=start.isoformat(), end=end.isoformat())  # fmt: skip
            wrong[f"{side}_from"] = wrong[f"{side}_to"] = said
            return None
        return Period(start, end)

    def _rows(self, a: Side, b: Side) -> list[Beside]:
        """Each touchpoint that both sides have, or the two that are named; what differs for sure first."""
        store, limited = self._gate.store(), not signed_in().whole
        points = self._journey.touchpoints
        every = [(one, one) for one in self._scored.values()]
        pairs = [(points[a.touchpoint], points[b.touchpoint])] if a.touchpoint else every

        def counts(side: Side, touchpoint: Touchpoint) -> SliceCounts:
            return store.slices.counts(side.slice(touchpoint), limited)

        with store.reading():
            return beside([(counts(a, first), counts(b, second)) for first, second in pairs])

    def _funnel(self, touchpoint: str, period: Period) -> tuple[Funnel | None, Chart | None]:
        """The places beside each other at one touchpoint; who is limited sees their own beside each other."""
        point = self._journey.touchpoints.get(touchpoint)
        if point is None:
            return None, None
        counted, others = self._gate.store().slices.places(Slice(point.key, point.main, period))
        names = self._places()
        asked = [key for key in names if not point.places or key in point.places]
        if signed_in().whole:
            others += sum(n for key, (_bad, n) in counted.items() if key not in asked)
        else:
            others = 0
        shops = funnel({key: counted.get(key, (0, 0)) for key in asked}, others)
        if shops.expected is None:
            return shops, None
        drawn = funnels.funnel(
            [funnels.Place(names[one.key], one.responses, one.share, one.far)
             for one in shops.shops if one.share is not None],
            shops.expected,
            [funnels.Limit(one.responses, one.low, one.high, one.far_low, one.far_high) for one in shops.limits],
        )  # fmt: skip
        return shops, drawn if any(one.share is not None for one in shops.shops) else None

    def _name(self, key: str) -> str:
        return self._journey.touchpoints[key].name.say(self._language())

    def _side_words(self, side: Side) -> str:
        """A side as one reads it: touchpoint, place, segment, channel, days."""
        place = self._places().get(side.place)
        parts = figures.filter_words(place, side.segment, side.channel)
        named = [self._name(side.touchpoint)] if side.touchpoint else []
        return "; ".join([*named, *parts, figures.period(side.period)])

    def _ready(self) -> list[tuple[str, str]]:
        """Comparisons to begin with: each with its name and query."""
        period, places = window(today_of(self._journey) + timedelta(days=1)), list(self._places().items())
        now, past = (
            {"from": one.start.isoformat(), "to": one.end.isoformat()} for one in (period, before(period))
        )  # fmt: skip
        found: list[tuple[str, dict[str, str], dict[str, str]]] = [
            (_("these four weeks against the four before"), past, now)
        ]
        if len(places) > 1:
            (one, one_name), (other, other_name) = places[:2]
            said = _("two places: %(first)s and %(second)s", first=one_name, second=other_name)
            found.append((said, {**now, "place": one}, {**now, "place": other}))
        busiest = self._gate.store().slices.busiest("channel", period, CHANNELS) if signed_in().whole else []
        if len(channels := list(dict.fromkeys(channel for _key, channel, _n in busiest))[:2]) == 2:
            first, second = (figures.channel_name(channel) for channel in channels)
            said = _("two channels: %(first)s and %(second)s", first=first, second=second)
            found.append((said, {**now, "channel": channels[0]}, {**now, "channel": channels[1]}))
        if named := self._journey.company.segments:
            said = _("the segment “%(name)s” against everybody else", name=named[0])
            found.append((said, now, {**now, "segment": named[0]}))
        return [(said, self._query(first, second)) for said, first, second in found]

    def _query(self, a: Mapping[str, str], b: Mapping[str, str]) -> str:
        sides = {
            f"{side}_{name}": value for side, one in zip(SIDES, (a, b), strict=True) for name, value in one.items()
        }
        return urlencode({**sides, "lang": self._language()})


def _span(one: Beside) -> Span | None:
    """The difference in points with its interval, for the picture."""
    moved = one.comparison.unhappy
    key = one.comparison.second.slice.touchpoint
    return Span.of_change(key, moved, TONES.get(one.word or "")) if moved else None


def _said(one: Beside) -> str:
    """The word that a difference deserves; a tie is said to be one."""
    words = {
        "better": _("fewer unhappy, beyond chance"),
        "worse": _("more unhappy, beyond chance"),
        "stable": _("equal within 5 points"),
        "unclear": _("a tie: it may be chance"),
    }
    return words[one.word] if one.word else ""
