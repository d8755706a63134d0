"""A funnel: how many answered against the share of unhappy, and how far chance alone would scatter them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from otklik_collector.charts.drawing import INNER, Chart, element, path, percent, picture, top_of, words
from otklik_collector.map import figures
from otklik_collector.words import _

HEIGHT = 280


@dataclass(frozen=True)
class Place:
    """A place in the funnel; `outside`: its share differs from the others by more than chance."""

    name: str
    responses: int
    share: float
    outside: bool


@dataclass(frozen=True)
class Limit:
    """Between these shares chance alone scatters places with so many responses: 95 % and 99.8 % of them."""

    responses: int
    low: float
    high: float
    lowest: float
    highest: float


def funnel(places: Sequence[Place], expected: float, limits: Sequence[Limit]) -> Chart:
    """The chart; limits in the order of their responses."""
    most = max([one.responses for one in places] + [one.responses for one in limits], default=1)
    top = top_of([*(100 * one.share for one in places), *(100 * one.high for one in limits), 100 * expected]) / 100

    def point(responses: int, share: float) -> tuple[float, float]:
        return 100 * responses / most, 100 - 100 * min(1.0, share / top)

    def curve(side: str, kind: str) -> Markup:
        points = path(point(one.responses, getattr(one, side)) for one in limits)
        return element("path", d=points, class_=kind, vector__effect="non-scaling-stroke")

    curves = [curve("low", "near"), curve("high", "near"), curve("lowest", "far"), curve("highest", "far")]
    y = percent(100 - 100 * expected / top)
    inside = [
        *_frame(top, most),
        element("svg", curves if limits else [], **INNER),
        element("line", x1=0, x2="100%", y1=y, y2=y, class_="goal"),
    ]
    for one in places:
        left, up = point(one.responses, one.share)
        inside.append(
            element("circle", cx=percent(left), cy=percent(up), r=5, class_="outside" if one.outside else "dot")
        )
        if one.outside:
            # Toward the middle, so that no name runs over an edge.
            anchor = "start" if left < 33 else "end" if left > 66 else "middle"
            inside.append(words(one.name, percent(left), percent(up), anchor, dy="-.8em"))
    return Chart(
        picture("funnel", HEIGHT, inside),
        _summary(places),
        [_("Place"), _("Responses"), _("Unhappy of 100"), _("Differs")],
        [
            [f"{number}. {one.name}", figures.number(one.responses), figures.of_100(one.share, 1),
             _("beyond chance") if one.outside else _("no more than by chance")]
            for number, one in enumerate(places, 1)
        ],
    )  # fmt: skip


def _frame(top: float, most: int) -> Iterator[Markup]:
    for part in (0.0, 0.5, 1.0):
        y = percent(100 - 100 * part)
        yield element("line", x1=0, x2="100%", y1=y, y2=y, class_="grid")
        yield words(figures.plain(100 * top * part), "0", y, "end", dx="-.5em", dy=".35em")
        yield words(figures.number(most * part), percent(100 * part), "100%", "middle", dy="1.4em")


def _summary(places: Sequence[Place]) -> str:
    outside = [one.name for one in places if one.outside]
    if not outside:
        return _("No place differs from the others by more than chance.")
    return _(
        "Beyond chance differ: %(names)s. The rest are equal as far as anybody can tell.", names=", ".join(outside)
    )
