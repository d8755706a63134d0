"""What the journey calls its touchpoints, places, reasons and answers, in the reader's language."""

from __future__ import annotations

from otklik_collector.console.gate import Language
from otklik_collector.map import figures
from otklik_collector.words import _
from otklik_widget.journey import Journey
from otklik_widget.scales import SCALES, option_names


class Spoken:
    """Names by keys; what is gone from the journey is called by its key."""

    def __init__(self, journey: Journey, language: Language) -> None:
        self._journey = journey
        self._language = language

    def touchpoint(self, key: str) -> str:
        found = self._journey.touchpoints.get(key)
        return found.name.say(self._language()) if found else key

    def place(self, key: str) -> str:
        found = self._journey.place_keys.get(key)
        return found.name.say(self._language()) if found else key

    def reason(self, key: str) -> str:
        found = self._journey.reasons.get(key)
        return found.say(self._language()) if found else key

    def score(self, scale: str, score: int | None) -> str:
        """An answer by its word and its scale; a message has none."""
        if score is None or not SCALES[scale].has(score):
            return _("message")
        names = option_names(scale, self._language())
        return _("%(answer)s (%(scale)s)", answer=names[score - SCALES[scale].low], scale=figures.scale_name(scale))
