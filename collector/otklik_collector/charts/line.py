"""A line over time with its band: unhappy of 100 in each stretch, the goal, and marks of what happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from otklik_collector.charts.drawing import INNER, Chart, element, path, percent, picture, top_of, words
from otklik_collector.map import figures
from otklik_collector.words import _

HEIGHT = 200


@dataclass(frozen=True)
class Stretch:
    """One point of the line: shares 0..1, None where too few answered; `weak`: fewer than 30 did.

    `broken`: something else is asked from here on, so no line leads here.
    """

    name: str
    responses: int
    share: float | None = None
    low: float | None = None
    high: float | None = None
    weak: bool = False
    broken: bool = False


@dataclass(frozen=True)
class Mark:
    """Something that happened in a stretch, by its number from 0."""

    stretch: int
    text: str
    alarm: bool = False


def line(stretches: Sequence[Stretch], goal: float, marks: Sequence[Mark] = ()) -> Chart:
    """The chart; its first stretch is the oldest."""
    shown = [one for one in stretches if one.share is not None]
    top = top_of([*(100 * (one.high or 0) for one in shown), 100 * goal])
    inside = [*_frame(stretches, top)]
    inside.append(element("svg", _lines(stretches, top), **INNER))
    y = percent(100 - 10_000 * goal / top)
    inside.append(element("line", x1="0", x2="100%", y1=y, y2=y, class_="goal"))
    for place, numbers in _marked(marks).items():
        x = percent(_x(place, len(stretches)))
        kind = "alarm" if any(marks[number - 1].alarm for number in numbers) else "mark"
        inside.append(element("line", x1=x, x2=x, y1="0", y2="100%", class_=kind))
        inside.append(words(", ".join(map(str, numbers)), x, 0, "middle", kind, dy="-.35em"))
    inside += _dots(stretches, top)
    return Chart(
        picture("line", HEIGHT, inside),
        _summary(stretches),
        [_("Week"), _("Responses"), _("Unhappy of 100")],
        [[one.name, figures.number(one.responses), said(one)] for one in stretches],
        [mark.text for mark in marks],
    )


def _marked(marks: Sequence[Mark]) -> dict[int, list[int]]:
    """By stretch the numbers of its marks, from 1: several of them share one line."""
    found: dict[int, list[int]] = {}
    for number, mark in enumerate(marks, 1):
        found.setdefault(mark.stretch, []).append(number)
    return found


def said(one: Stretch) -> str:
    """The share with its interval, or why there is none."""
    if one.share is None or one.low is None or one.high is None:
        return _("too few to tell") if one.responses else ""
    return f"{figures.of_100(one.share)} ({figures.between(one.low, one.high)})"


def _x(number: float, count: int) -> float:
    return 100 * (number + 0.5) / count


def _frame(stretches: Sequence[Stretch], top: float) -> Iterator[Markup]:
    for part in (0.0, 0.5, 1.0):
        y = percent(100 - 100 * part)
        yield element("line", x1="0", x2="100%", y1=y, y2=y, class_="grid")
        yield words(figures.plain(top * part), "0", y, "end", dx="-.5em", dy=".35em")
    for number, one in enumerate(stretches):
        x = percent(_x(number, len(stretches)))
        # On a phone only every third name fits.
        yield words(
            one.name, x, "100%", "middle", "" if (len(stretches) - 1 - number) % 3 == 0 else "minor", dy="1.4em"
        )


def _runs(stretches: Sequence[Stretch]) -> Iterator[list[int]]:
    """Numbers of neighbours that one line may join."""
    run: list[int] = []
    for number, one in enumerate(stretches):
        if run and (one.share is None or one.broken):
            yield run
            run = []
        if one.share is not None:
            run.append(number)
    if run:
        yield run


def _lines(stretches: Sequence[Stretch], top: float) -> Iterator[Markup]:
    def point(number: int, share: float | None) -> tuple[float, float]:
        return _x(number, len(stretches)), 100 - 10_000 * (share or 0) / top

    for run in _runs(stretches):
        if len(run) == 1:
            one = stretches[run[0]]
            whisker = path([point(run[0], one.low), point(run[0], one.high)])
            yield element("path", d=whisker, class_="whisker", vector__effect="non-scaling-stroke")
            continue
        low = [point(number, stretches[number].low) for number in run]
        high = [point(number, stretches[number].high) for number in reversed(run)]
        yield element("path", d=path([*low, *high]) + "Z", class_="band")
        value = [point(number, stretches[number].share) for number in run]
        yield element("path", d=path(value), class_="value", vector__effect="non-scaling-stroke")


def _dots(stretches: Sequence[Stretch], top: float) -> Iterator[Markup]:
    for number, one in enumerate(stretches):
        if one.share is not None:
            x, y = percent(_x(number, len(stretches))), percent(100 - 10_000 * one.share / top)
            yield element("circle", cx=x, cy=y, r=4, class_="weak" if one.weak else "dot")


def _summary(stretches: Sequence[Stretch]) -> str:
    shown = [one for one in stretches if one.share is not None]
    if not shown:
        return _("Not one of these weeks has 5 responses yet.")
    worst = max(shown, key=lambda one: one.share or 0)
    return _(
        "Unhappy of 100: %(last)s in the last week shown, %(worst)s in the worst one (%(when)s).",
        last=said(shown[-1]), worst=said(worst), when=worst.name,
    )  # fmt: skip
