"""What all charts are drawn with: elements of SVG, and a plot whose lines stretch while its words keep their size.

A plot is as wide as the page lets it be. Points and words stand at percentages of it; lines are drawn in an inner
picture of 100 by 100 that is stretched, with pens that are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

# Where a scale of bars may end, in units of what it shows.
TOPS = (1, 2, 5, 10, 20, 30, 40, 50, 60, 80, 100)
INNER = {"viewBox": "0 0 100 100", "preserveAspectRatio": "none", "width": "100%", "height": "100%"}


@dataclass(frozen=True)
class Chart:
    """A picture; `summary` says what it shows, `columns` and `rows` are the same numbers, each row under its head.

    `marks` explain what stands numbered in the picture.
    """

    picture: Markup
    summary: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    marks: Sequence[str] = ()


def element(name: str, inside: Iterable[Markup] = (), **attributes: object) -> Markup:
    """An element of SVG; `class_` is its class, other names are written with hyphens."""
    said = "".join(
        f' {key.rstrip("_").replace("__", "-")}="{escape(value)}"' for key, value in attributes.items() if value != ""
    )
    return Markup("<{}{}>{}</{}>").format(Markup(name), Markup(said), Markup("").join(inside), Markup(name))  # noqa: S704 - names are ours, values escaped


def picture(kind: str, height: int, inside: Iterable[Markup]) -> Markup:
    """A whole picture; words of it stand in the table too, so nobody hears them twice."""
    return element(
        "svg", inside, class_=f"plot {kind}", width="100%", height=height, aria__hidden="true", focusable="false"
    )


def words(said: object, x: str, y: object, anchor: str, kind: str = "", dx: object = "", dy: object = "") -> Markup:
    text = Markup("{}").format(said)
    return element("text", [text], x=x, y=y, dx=dx, dy=dy, text__anchor=anchor, class_=kind)


def percent(value: float) -> str:
    return f"{min(100.0, max(0.0, value)):.2f}%"


def path(points: Iterable[tuple[float, float]]) -> str:
    """A polyline through points of the inner picture."""
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points)


def top_of(values: Iterable[float]) -> float:
    """Where a common scale ends, so that all values fit."""
    highest = max(values, default=0.0)
    return float(next((top for top in TOPS if top >= highest - 1e-9), highest))
