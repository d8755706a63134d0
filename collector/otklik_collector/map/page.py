"""The map as a page: what to fix first, stages with cards, losses by rank, a table with the same numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from otklik_collector.case_words import waits
from otklik_collector.map import faces, figures, sentences
from otklik_collector.map.ranking import in_order
from otklik_collector.map.series import ProblemMap, Series
from otklik_collector.map.table import titled
from otklik_collector.store.cases import Waiting
from otklik_collector.words import _
from otklik_widget.intervals import signed
from otklik_widget.journey import Journey, Stage, Touchpoint
from otklik_widget.scales import SCALES
from otklik_widget.words import speaking

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
STATES = ("solid", "preliminary", "collecting", "empty")
# Where a common scale of bars may end, in unhappy of 100.
TOPS = (10, 20, 30, 40, 50, 60, 80, 100)


def stylesheet() -> str:
    """The page's style: the console serves it as /console/map.css, a page that stands alone carries it."""
    return tones() + (HERE / "static/map.css").read_text(encoding="utf-8")


def tones() -> str:
    """The part of the style that charts share with the map: its tones, its faces, its bars."""
    return (HERE / "static/tones.css").read_text(encoding="utf-8")


def render_html(
    found: ProblemMap,
    journey: Journey,
    lang: str,
    *,
    standalone: bool,
    base: str = "",
    bar: str = "",
    query: str = "",
    notes: Mapping[str, Note] | None = None,
    numbers: bool = False,
) -> str:
    """The whole page in a language; `standalone`: one file that asks nothing of a server and leads nowhere.

    `base` is the collector's address, with no slash at its end; empty where it is the page's own. `bar` is HTML that
    stands above the page, `query` goes on to the touchpoints' own pages, `notes` by touchpoint stand on the cards.
    `numbers`: the table behind the picture instead of it; a page that stands alone has both.
    """
    with speaking(lang):
        view = View(found, journey, lang, notes or {})
        values = {"view": view, "found": found, "journey": journey, "lang": lang, "numbers": numbers}
        template = environment().get_template("map.html")
        return template.render(values, standalone=standalone, base=base, bar=Markup(bar), query=query)  # noqa: S704 - a page's own template


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates' surroundings: `_`, the figures, the sentences and the faces."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"_": _, "figures": figures, "sentences": sentences, "faces": faces, "titled": titled}
    made.globals |= {"stylesheet": stylesheet, "big": big, "waits": waits}
    return made


def big(share: float) -> Markup:
    """The sentence of a card with its number marked, so that it can be drawn large."""
    mark = "\0"
    said = escape(_("%(share)s of 100 unhappy", share=mark))
    return said.replace(mark, Markup("<b>{}</b>").format(figures.of_100(share)))


@dataclass(frozen=True)
class Note:
    """What stands on a card beside its numbers: the reason ticked most, what was done, its cases, whether it rang."""

    reason: str = ""
    action: str = ""
    cases: Waiting | None = None
    alarm: str = ""


@dataclass(frozen=True)
class Card:
    """A touchpoint on the map and the series that speaks for it; None where it only takes messages."""

    touchpoint: Touchpoint
    series: Series | None
    note: Note

    @property
    def order(self) -> tuple[int, float]:
        """The surest first, of those the most harmful."""
        if not self.series:
            return len(STATES), 0.0
        return STATES.index(self.series.state), -(self.series.harm.per_month or 0.0)


NO_NOTE = Note()


@dataclass(frozen=True)
class View:
    """What the templates ask of the map."""

    found: ProblemMap
    journey: Journey
    lang: str
    notes: Mapping[str, Note] = field(default_factory=dict)

    @property
    def nothing_fits(self) -> bool:
        """Did nobody answer in this period, though there are responses elsewhere?"""
        return not (self.blank or self.found.responses or self.found.flagged)

    @property
    def blank(self) -> bool:
        """Is there nothing yet, not because of a filter? Then the map shows what may go wrong."""
        found = self.found
        return not (found.ever or found.responses or found.responses_before or found.flagged or found.filters.narrow)

    @cached_property
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
        series = self.found.find(touchpoint.key, touchpoint.main) if scored else None
        return Card(touchpoint, series, self.notes.get(touchpoint.key, NO_NOTE))

    @cached_property
    def ranked(self) -> list[Series]:
        return in_order(self.found.series)

    @property
    def retired(self) -> list[Series]:
        return [row for row in self.found.series if row.retired]

    @cached_property
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

    @cached_property
    def harm_top(self) -> float:
        return max((row.harm.high or 0.0 for row in self.ranked), default=0.0)

    def on_harm(self, value: float) -> str:
        return f"{100 * value / self.harm_top if self.harm_top else 0:.2f}%"

    @property
    def first(self) -> Touchpoint:
        """The touchpoint that examples are made of."""
        return next(iter(self.journey.touchpoints.values()))

    @property
    def warnings(self) -> list[str]:
        return list(sentences.warnings(self.found, self.journey))

    def nps(self, value: float) -> str:
        return signed(value)

    def stage_name(self, row: Series) -> str:
        stages = {stage.key: stage.name.say(self.lang) for stage in self.journey.stages}
        return stages.get(row.stage or "", "")
