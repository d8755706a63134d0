"""Rows with a bar each: how the answers are spread, and a forest of values with their intervals on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from otklik_collector.charts.drawing import element, percent, picture, top_of
from otklik_collector.map.comparison import Change
from otklik_collector.map.posterior import Verdict

ROW = 20


def bar(part: float, kind: str) -> Markup:
    """A bar as long as its part (0..1) of the whole width; `kind` gives its tone: unhappy, neutral, happy."""
    return picture(f"bar {kind}", ROW, [element("rect", x=0, y=3, width=percent(100 * part), height=ROW - 6)])


@dataclass(frozen=True)
class Span:
    """A value with its interval, in any one unit; its tone by what it means."""

    name: str
    value: float
    low: float
    high: float
    verdict: Verdict | None = None

    @classmethod
    def of_change(cls, name: str, change: Change, verdict: Verdict | None) -> Span:
        """The change of a share, in points of 100."""
        return cls(name, 100 * change.raw, 100 * change.low, 100 * change.high, verdict)


@dataclass(frozen=True)
class Forest:
    """Values one below the other on a common scale from `bottom` to `top`; `mark` is where the line stands."""

    spans: Sequence[Span]
    bottom: float
    top: float
    mark: float

    @classmethod
    def of(cls, spans: Sequence[Span], mark: float, *, bottom: float | None = None) -> Forest:
        """On a scale that all fit; with a bottom of None it reaches as far below 0 as above."""
        ends = [abs(end) for span in spans for end in (span.low, span.high)]
        top = top_of([*ends, abs(mark)])
        return cls(spans, -top if bottom is None else bottom, top, mark)

    def row(self, span: Span) -> Markup:
        """The picture of one row: interval, value, and the common line."""
        low, value, mark = (percent(self._at(end)) for end in (span.low, span.value, self.mark))
        wide = percent(max(0.5, self._at(span.high) - self._at(span.low)))
        middle = ROW / 2
        inside = [
            element("line", x1=0, x2="100%", y1=middle, y2=middle, class_="grid"),
            element("line", x1=mark, x2=mark, y1=0, y2=ROW, class_="goal"),
            element("rect", x=low, y=middle - 4, width=wide, height=8, class_="range"),
            element("line", x1=value, x2=value, y1=middle - 7, y2=middle + 7, class_="value"),
        ]
        return picture(f"forest v-{span.verdict or 'unclear'}", ROW, inside)

    def _at(self, value: float) -> float:
        return 100 * (value - self.bottom) / ((self.top - self.bottom) or 1)
