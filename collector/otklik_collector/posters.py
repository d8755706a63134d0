"""Posters and table tents: a question on paper, with the company's colours and the code that leads to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup

from otklik_collector import paper, qr
from otklik_collector.words import _
from otklik_widget import embed
from otklik_widget.colours import Shades
from otklik_widget.journey import Journey
from otklik_widget.scales import SCALES
from otklik_widget.words import speaking

HERE = Path(__file__).parent
SIZES = ("a4", "a5", "tent")
OURS = Shades(panel="#124e96", on_panel="#ffffff", accent="#124e96", on_accent="#ffffff", tint="#e4edf8")
"""What a company without colours of its own gets."""


class Poster(NamedTuple):
    """One sheet: a question in one or two languages; the place may be empty."""

    touchpoint: str
    place: str
    size: str
    languages: tuple[str, ...]


class Words(NamedTuple):
    """What a sheet says in one language."""

    lang: str
    question: str
    how: str
    note: str
    place: str


class Side(NamedTuple):
    """What is read at once: a whole poster, or one side of a tent."""

    words: tuple[Words, ...]
    turned: bool


class Sheet(NamedTuple):
    poster: Poster
    sides: tuple[Side, ...]
    code: Markup
    faces: tuple[Markup, ...]
    typed: str
    """The address for those who have no camera."""
    long: bool


def link(poster: Poster, address: str) -> str:
    """Where the code leads; the visitor's phone chooses the language."""
    asked = {"place": poster.place, "channel": "qr"}
    return f"{address}/q/{poster.touchpoint}?{urlencode({name: value for name, value in asked.items() if value})}"


def render_posters(
    journey: Journey, posters: Sequence[Poster], address: str, lang: str, *, bar: str = "", standalone: bool = True
) -> str:
    """The sheets as a page, each on paper of its own; `bar` stands above them on the screen."""
    logo = journey.company.logo
    with speaking(journey.company.ours(lang)):
        return paper.template("poster.html").render(
            title=_("Poster"), lang=lang, journey=journey, standalone=standalone, bar=Markup(bar),  # noqa: S704 - ours
            style=stylesheet(journey) if standalone else "",
            logo=logo and (logo.uri if standalone else f"/q/company.image?{logo.version}"),
            sheets=[_sheet(journey, poster, address) for poster in posters],
        )  # fmt: skip


def stylesheet(journey: Journey) -> str:
    """The style of the sheets with the company's colours, as they are on paper: the light ones."""
    shades = journey.company.colours.shades()["light"] if journey.company.colours else OURS
    colours = " ".join(f"--{name.replace('_', '-')}: {value};" for name, value in vars(shades).items())
    return (HERE / "static/poster.css").read_text(encoding="utf-8") + f":root {{ {colours} }}\n"


def _sheet(journey: Journey, poster: Poster, address: str) -> Sheet:
    words = tuple(_words(journey, poster, lang) for lang in poster.languages)
    if poster.size == "tent":  # folded it has two sides: one for each language, or the same one twice
        sides: tuple[Side, ...] = (Side((words[-1],), True), Side((words[0],), False))
    else:
        sides = (Side(words, False),)
    scale = SCALES[journey.touchpoints[poster.touchpoint].main]
    faces = tuple(Markup(embed.face(scale.key, score)) for score in scale.scores) if scale.faces else ()  # noqa: S704 - ours
    typed = f"{address.partition('://')[2]}/q/{poster.touchpoint}"
    letters = max(len(one.question) for one in words) + len(words) * 20
    return Sheet(poster, sides, qr.svg(link(poster, address)), faces, typed, letters > 100)


def _words(journey: Journey, poster: Poster, lang: str) -> Words:
    touchpoint = journey.touchpoints[poster.touchpoint]
    place = journey.place_keys[poster.place].name.say(lang) if poster.place else ""
    with speaking(journey.company.ours(lang)):
        return Words(
            lang, touchpoint.question(touchpoint.main, lang), _("Point your phone's camera at the code"),
            _("One question, no app to install"), place,
        )  # fmt: skip
