"""The map as a page: what to fix first, stages with cards, losses by rank, a table with the same numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from otklik_collector.map import faces, figures, sentences
from otklik_collector.map.ranking import in_order
from otklik_collector.map.series import ProblemMap, Series
from otklik_collector.map.statistics import signed
from otklik_collector.map.table import titled
from otklik_collector.words import _
from otklik_widget.contract import CHANNELS
from otklik_widget.journey import Journey, Stage, Touchpoint
from otklik_widget.scales import SCALES, texts
from otklik_widget.words import LANGUAGES, speaking

HERE = Path(__file__).parent
STATES = ("solid", "preliminary", "collecting", "empty")
# Where a common scale of bars may end, in unhappy of 100.
TOPS = (10, 20, 30, 40, 50, 60, 80, 100)


def stylesheet() -> str:
    """The page's style: the console serves it as /console/map.css, a page that stands alone carries it."""
    return (HERE / "static/map.css").read_text(encoding="utf-8")


def render_html(
    found: ProblemMap,
    journey: Journey,
    lang: str,
    *,
    standalone: bool,
    base: str = "",
    places: Sequence[str] | None = None,
    bar: str = "",
) -> str:
    """The whole page in a language; `standalone`: one file that asks nothing of a server and has no filters.

    `base` is the collector's address, with no slash at its end; empty where it is the page's own. `places` are those
    that may be chosen (None: each and all), `bar` is HTML that stands above the page for somebody who is signed in.
    """
    with speaking(lang):
        view = View(found, journey, lang, None if places is None else tuple(places))
        values = {"view": view, "found": found, "journey": journey, "lang": lang}
        template = environment().get_template("map.html")
        return template.render(values, standalone=standalone, base=base, bar=Markup(bar))  # noqa: S704 - a page's own template


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates' surroundings: `_`, the figures, the sentences and the faces."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"_": _, "figures": figures, "sentences": sentences, "faces": faces, "titled": titled}
    made.globals |= {"languages": LANGUAGES, "channels": CHANNELS, "stylesheet": stylesheet, "big": big}
    return made


def big(share: float) -> Markup:
    """The sentence of a card with its number marked, so that it can be drawn large."""
    mark = "\0"
    said = escape(_("%(share)s of 100 unhappy", share=mark))
    return said.replace(mark, Markup("<b>{}</b>").format(figures.of_100(share)))


@dataclass(frozen=True)
class Card:
    """A touchpoint on the map and the series that speaks for it; None where it only takes messages."""

    touchpoint: Touchpoint
    series: Series | None

    @property
    def order(self) -> tuple[int, float]:
        """The surest first, of those the most harmful."""
        if not self.series:
            return len(STATES), 0.0
        return STATES.index(self.series.state), -(self.series.harm.per_month or 0.0)


@dataclass(frozen=True)
class View:
    """What the templates ask of the map."""

    found: ProblemMap
    journey: Journey
    lang: str
    allowed: tuple[str, ...] | None = None

    @property
    def blank(self) -> bool:
        """Is there nothing yet, not because of a filter? Then the map shows what may go wrong."""
        found = self.found
        return not (found.responses or found.responses_before or found.flagged or found.filters.narrow)

    @property
    def columns(self) -> list[tuple[Stage, list[Card]]]:
        """The stages that have a touchpoint besides the outcome, with their cards in order."""
        found = []
        for stage in self.journey.stages:
            cards = [self._card(touchpoint) for touchpoint in stage.touchpoints if not touchpoint.outcome]
            if cards:
                found.append((stage, sorted(cards, key=lambda card: card.order)))
        return found

    def _card(self, touchpoint: Touchpoint) -> Card:
        scored = SCALES[touchpoint.main].kind is not None
        return Card(touchpoint, self.found.find(touchpoint.key, touchpoint.main) if scored else None)

    @property
    def ranked(self) -> list[Series]:
        return in_order(self.found.series)

    @property
    def retired(self) -> list[Series]:
        return [row for row in self.found.series if row.retired]

    @property
    def top(self) -> int:
        """Where the common scale of all interval bars ends, in unhappy of 100."""
        ends = [0.0]
        for _stage, cards in self.columns:
            for card in cards:
                if card.series and card.series.unhappy:
                    ends += [card.series.unhappy.high * 100, card.series.goal * 100]
        return next((top for top in TOPS if top >= max(ends) - 0.5), TOPS[-1])

    def on_bar(self, share: float) -> str:
        """Where a share lies on the common scale, as a length for SVG."""
        return f"{min(100.0, max(0.0, share * 10_000 / self.top)):.2f}%"

    def wide(self, low: float, high: float) -> str:
        return f"{max(0.5, (min(high * 100, self.top) - low * 100) * 100 / self.top):.2f}%"

    @property
    def harm_top(self) -> float:
        return max((row.harm.high or 0.0 for row in self.ranked), default=0.0)

    def on_harm(self, value: float) -> str:
        return f"{100 * value / self.harm_top if self.harm_top else 0:.2f}%"

    @property
    def places(self) -> Mapping[str, str]:
        allowed = self.allowed
        places = [place for place in self.journey.places if allowed is None or place.key in allowed]
        return {place.key: place.name.say(self.lang) for place in places}

    @property
    def segments(self) -> tuple[str, ...]:
        return (*self.journey.company.segments, "other") if self.journey.company.segments else ()

    @property
    def first(self) -> Touchpoint:
        """The touchpoint that examples are made of."""
        return next(iter(self.journey.touchpoints.values()))

    @property
    def warnings(self) -> list[str]:
        return list(sentences.warnings(self.found, self.journey))

    def nps(self, value: float) -> str:
        return signed(value)

    def language_name(self, lang: str) -> str:
        """What a language calls itself."""
        return str(texts(lang)["language"])

    def stage_name(self, row: Series) -> str:
        stages = {stage.key: stage.name.say(self.lang) for stage in self.journey.stages}
        return stages.get(row.stage or "", "")
