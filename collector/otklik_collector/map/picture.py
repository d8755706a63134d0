"""The map as one picture: stages with their cards, an SVG file that needs nothing around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from otklik_collector.map import figures
from otklik_collector.map.page import Card, View, environment
from otklik_collector.map.series import ProblemMap
from otklik_collector.words import _
from otklik_widget.journey import Journey
from otklik_widget.words import speaking

# All in the picture's own units. Letters are taken to be this wide at most, since nobody measures them here.
MARGIN, GAP, COLUMN, HEAD, CARD_GAP = 24, 12, 208, 132, 10
LETTER, LINE, FACE = 8.4, 17, 26
INNER = COLUMN - 24


@dataclass(frozen=True)
class Box:
    """A card with its place: `lines` are its name and `said` its number, broken to fit."""

    card: Card
    x: int
    y: int
    lines: tuple[str, ...]
    said: tuple[str, ...]
    height: int


@dataclass(frozen=True)
class Column:
    name: tuple[str, ...]
    x: int
    boxes: tuple[Box, ...]


def render_svg(found: ProblemMap, journey: Journey, lang: str) -> str:
    """The picture in a language, light, with its title and description for those who can't see it."""
    with speaking(lang):
        view = View(found, journey, lang)
        columns = list(_columns(view))
        bottom = max((box.y + box.height for column in columns for box in column.boxes), default=HEAD)
        width = max(760, 2 * MARGIN - GAP + len(columns) * (COLUMN + GAP))
        values = {"view": view, "found": found, "journey": journey, "lang": lang, "columns": columns}
        sizes = {"width": width, "height": bottom + MARGIN, "inner": INNER, "head": HEAD, "column": COLUMN}
        return environment().get_template("map.svg").render(values, **sizes)


def _columns(view: View) -> Iterator[Column]:
    for number, (stage, cards) in enumerate(view.columns):
        x, y = MARGIN + number * (COLUMN + GAP), HEAD + 14
        boxes = []
        for card in cards:
            lines = broken(card.touchpoint.name.say(view.lang), INNER)
            said, below = "", 12
            if card.series and card.series.unhappy:
                said, below = _("%(share)s of 100 unhappy", share=figures.of_100(card.series.unhappy.share)), 68
            elif card.series:
                said = figures.progress(card.series.responses)
            height = 16 + LINE * len(lines) + FACE + below
            boxes.append(Box(card, x, y, lines, broken(said, INNER - 34), height))
            y += height + CARD_GAP
        yield Column(broken(stage.name.say(view.lang), COLUMN), x, tuple(boxes))


def broken(text: str, width: float) -> tuple[str, ...]:
    """The text in lines of at most this width; at most two, the second ends with dots where more would follow."""
    room = max(4, int(width / LETTER))
    lines = [""]
    for word in text.split(" "):  # not at a space that must not break
        word = word if len(word) <= room else word[: room - 1] + "…"
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > 2:
        lines = [lines[0], lines[1][: room - 1] + "…"]
    return tuple(lines)
