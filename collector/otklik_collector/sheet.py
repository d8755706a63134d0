"""The Monday sheet of one shop: what changed for sure, what to fix, what was praised, who waits; one page of A4."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from babel.dates import format_date
from markupsafe import Markup

from otklik_collector import case_words, change_words
from otklik_collector.drawing import before, draw, window
from otklik_collector.map import sentences
from otklik_collector.map.page import environment, tones
from otklik_collector.map.series import Filters, ProblemMap, Series
from otklik_collector.map.suppression import tellable
from otklik_collector.masking import masked
from otklik_collector.publishing import effect_of
from otklik_collector.store import Store
from otklik_collector.store.cases import Case, Waiting
from otklik_collector.store.cases import Wanted as CasesWanted
from otklik_collector.store.comments import Wanted as CommentsWanted
from otklik_collector.words import _
from otklik_widget.journey import Journey, Text
from otklik_widget.words import speaking

HERE = Path(__file__).parent
CHANGED, NOTED, PRAISED, CASES, ASKED = 5, 3, 4, 6, 3
"""So many lines of each fit on the sheet; the rest are counted."""
LOOKED_AT = 60
QUOTED = 110


@dataclass(frozen=True)
class Praise:
    """What the happy wrote at a touchpoint: how many of the newest comments, and one of them, people hidden."""

    name: str
    number: int
    words: str


@dataclass(frozen=True)
class Sheet:
    """Everything on the sheet, in words; lists are cut, `more_…` tells how many are left out."""

    found: ProblemMap
    place: str
    changed: list[tuple[Series, str]]
    more_changed: int
    noted: list[tuple[str, str]]
    praised: list[Praise]
    waiting: Waiting
    cases: list[tuple[Case, str, str]]


def sheet(store: Store, journey: Journey, place: str, today: date, now: int, lang: str, limited: bool = False) -> Sheet:
    """The sheet of a place ("": a company without places) of the four weeks that ended yesterday; `now` in ms."""
    filters = Filters(place=place or None)
    period = window(today)
    with speaking(lang):
        found = draw(store, journey, period, before(period), filters, lang, limited)
        changed = sentences.changes(found)
        wanted = CasesWanted("waiting", (place,) if place else None)
        cases = store.cases.list(wanted, now, CASES)
        return Sheet(
            found, _place_name(journey, place, lang), changed[:CHANGED], max(0, len(changed) - CHANGED),
            _noted(store, journey, place, today, lang, limited), _praised(store, journey, found, lang),
            store.cases.waiting(wanted, now),
            [
                (one, case_words.where_words(one, journey, lang), case_words.due_words(one, now, journey))
                for one in cases
            ],
        )  # fmt: skip


def _place_name(journey: Journey, place: str, lang: str) -> str:
    return journey.place_keys[place].name.say(lang) if place else journey.company.name.say(lang)


def _noted(store: Store, journey: Journey, place: str, today: date, lang: str, limited: bool) -> list[tuple[str, str]]:
    """What was changed here in the last ten weeks, each with what became of it in this place."""
    since = window(today, 70).start
    told = []
    for change in store.changes.newest((place,) if place else None, since=since):
        effect = effect_of(store, journey, replace(change, place=place), today, limited)
        day = format_date(change.day, "d MMM", locale=lang)
        said = change_words.outcome_words(effect) if effect else ""
        if change.day <= today and not change.lasting:
            told.append((f"{day}: {Text(change.words).say(lang)}", said))
    return told[:NOTED]


def _praised(store: Store, journey: Journey, found: ProblemMap, lang: str) -> list[Praise]:
    wanted = CommentsWanted(found.period, found.filters, mood="happy", scored=tellable(found.series).answers)
    page = store.comments.page(wanted, LOOKED_AT)
    by_touchpoint: dict[str, list[str]] = {}
    for comment in page.comments:
        by_touchpoint.setdefault(comment.touchpoint, []).append(comment.text)
    names = {key: one.name.say(lang) for key, one in journey.touchpoints.items()}
    most = sorted(by_touchpoint.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:PRAISED]
    return [Praise(names.get(key, key), len(texts), _quoted(texts)) for key, texts in most]


def _quoted(texts: list[str]) -> str:
    """The newest comment that fits, else the newest one cut; always without the people in it."""
    hidden = [masked(" ".join(text.split())) for text in texts]
    fits = next((text for text in hidden if 15 <= len(text) <= QUOTED), hidden[0])
    return fits if len(fits) <= QUOTED else fits[: QUOTED - 1].rstrip() + "…"


def stylesheet() -> str:
    """The sheet's style: the console serves it as /console/sheet.css, a file carries it."""
    return tones() + (HERE / "map/static/sheet.css").read_text(encoding="utf-8")


def render_sheet(made: Sheet, journey: Journey, lang: str, *, standalone: bool = True, bar: str = "") -> str:
    """The sheet as a page that prints on one A4 upright; `bar` is HTML that stands above it on the screen."""
    with speaking(lang):
        values = {
            "sheet": made, "found": made.found, "journey": journey, "lang": lang, "standalone": standalone,
            "style": stylesheet() if standalone else "", "fix": sentences.fix_first(made.found),
            "ask": sentences.ask_more(made.found)[:ASKED], "bar": Markup(bar),  # noqa: S704 - a page's own template
            "title": _("Monday sheet: %(place)s", place=made.place),
        }  # fmt: skip
        return environment().get_template("sheet.html").render(values)
