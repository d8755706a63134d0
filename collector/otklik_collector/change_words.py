"""What became of a change, in words and as what may be told of it to everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from otklik_collector.map import figures
from otklik_collector.map.effects import Effect, Outcome
from otklik_collector.store.changes import Change
from otklik_collector.words import _
from otklik_widget.journey import Journey


def outcome_words(effect: Effect) -> str:
    """The word for a change; before its four weeks are over, how long it is until there is one."""
    if effect.outcome == "too_early":
        return _("too early: %(days)s to go", days=figures.days(effect.days_left))
    words: Mapping[Outcome, str] = {
        "worked": _("surely better"),
        "unclear": _("no clear change"),
        "worse": _("surely worse"),
        "unknown": _("cannot be told"),
    }
    return words[effect.outcome]


def effect_words(effect: Effect) -> str:
    """How many of 100 were unhappy before and after, with the change and its interval; else why that is not told."""
    compared = effect.comparison
    before, after = compared.first, compared.second
    if compared.unhappy is None:
        return reasons_words(compared.reasons)
    values = {
        "before": figures.of_100(before.unhappy / before.responses),
        "after": figures.of_100(after.unhappy / after.responses),
        "change": figures.points(compared.unhappy.raw),
        "low": figures.points(compared.unhappy.low),
        "high": figures.points(compared.unhappy.high),
    }
    said = _("unhappy of 100: %(before)s before, %(after)s after; change %(change)s (%(low)s to %(high)s)", **values)
    of = _("%(before)s before, %(after)s after",
           before=figures.responses(before.responses), after=figures.number(after.responses))  # fmt: skip
    return f"{said}. {of}. {reasons_words(compared.reasons)}".strip()


def reasons_words(reasons: tuple[str, ...]) -> str:
    """Why two slices can't be compared, or why no word is said of their difference."""
    hidden = _("The score is hidden in this part, or that of fewer than 5 responses could be computed by subtraction.")
    words = {
        "few": _("Fewer than 5 responses on one side: nothing may be told."),
        "withheld": hidden,
        "scale": _("Different scales are asked, so their numbers can't be compared."),
        "wording": _("The question was asked in other words, so the numbers can't be compared."),
        "overlap": _("Both contain the same responses; choose two that do not overlap, or a part and its whole."),
        "channels": _("The channels differ so much that other people were asked; no word is said."),
    }  # fmt: skip
    return " ".join(words[reason] for reason in reasons)


def published(change: Change, effect: Effect | None, journey: Journey) -> dict[str, Any]:
    """A public change as the site reads it; `effect` is its outcome alone: numbers stay in the console."""
    touchpoint = journey.touchpoints.get(change.touchpoint)
    place = journey.place_keys.get(change.place)
    return {
        "day": change.day.isoformat(),
        "touchpoint": dict(touchpoint.name) if touchpoint else None,
        "place": dict(place.name) if place else None,
        "text": dict(change.words),
        "lasting": change.lasting,
        "effect": effect.outcome if effect else None,
    }
