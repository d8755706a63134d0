"""The scales: which scores exist, which are unhappy, and how each one asks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

Kind = Literal["nps", "mean", "index", "share"]
FOLDER = Path(__file__).parent / "texts"


@dataclass(frozen=True)
class Scale:
    """A kind of question: scores `low`..`high`, both ends included; `kind` is how its headline number is computed."""

    key: str
    low: int
    high: int
    kind: Kind | None
    unhappy: frozenset[int]
    happy: frozenset[int]
    good: Literal["high", "low"] = "high"

    @property
    def scores(self) -> range:
        return range(self.low, self.high + 1)

    @property
    def worst_first(self) -> list[int]:
        """The scores from the worst to the best, whichever end is good."""
        return list(self.scores) if self.good == "high" else list(reversed(self.scores))

    @property
    def faces(self) -> bool:
        return self.key.startswith("smiley")

    def has(self, score: object) -> bool:
        """Is it a whole number of this scale? True, 7.5 and "10" are not."""
        return type(score) is int and self.low <= score <= self.high

    def classify(self, score: int) -> Literal["unhappy", "neutral", "happy"]:
        if not self.has(score):
            raise ValueError(f"{score!r} is not on {self.key} ({self.low}..{self.high})")
        if score in self.unhappy:
            return "unhappy"
        return "happy" if score in self.happy else "neutral"


def _scale(
    key: str,
    low: int,
    high: int,
    kind: Kind | None,
    unhappy: range,
    happy: range,
    good: Literal["high", "low"] = "high",
) -> Scale:
    return Scale(key, low, high, kind, frozenset(unhappy), frozenset(happy), good)


SCALES: Mapping[str, Scale] = {
    scale.key: scale
    for scale in (
        _scale("nps", 0, 10, "nps", range(7), range(9, 11)),
        _scale("ces7", 1, 7, "mean", range(1, 4), range(5, 8)),
        _scale("ces5", 1, 5, "mean", range(1, 3), range(4, 6)),
        _scale("ces1", 1, 5, "mean", range(4, 6), range(1, 3), good="low"),
        _scale("smiley3", 0, 2, "index", range(1), range(2, 3)),
        _scale("smiley4", 0, 3, "index", range(2), range(2, 4)),
        _scale("smiley5", 0, 4, "index", range(2), range(3, 5)),
        _scale("csat5", 1, 5, "mean", range(1, 3), range(4, 6)),
        _scale("helpful", 0, 1, "share", range(1), range(1, 2)),
        _scale("expect3", 0, 2, "mean", range(1), range(2, 3)),
        _scale("message", 0, -1, None, range(0), range(0)),
    )
}


@lru_cache(maxsize=8)
def texts(lang: str) -> Mapping[str, Any]:
    """What the widget and the scales say in a language; English where that language has no file."""
    file = FOLDER / f"{lang}.json"
    if not file.is_file():
        file = FOLDER / "en.json"
    said: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return said


@lru_cache(maxsize=64)
def speaks(lang: str) -> bool:
    """Are there texts in this language? Else `texts` gives the English ones."""
    return (FOLDER / f"{lang}.json").is_file()


def question(scale: str, lang: str, touchpoint: str) -> str:
    """The scale's own wording; `touchpoint` is the name that csat5 speaks of."""
    return worded(texts(lang), scale, touchpoint)


def worded(said: Mapping[str, Any], scale: str, touchpoint: str) -> str:
    """A scale's question in these texts."""
    question: str = said["scale"][scale]["question"]
    return question.replace("{touchpoint}", touchpoint)


def option_names(scale: str, lang: str) -> list[str]:
    """What each score of a scale is called, in the order of its scores; numbers get their end's words too."""
    said = texts(lang)["scale"][scale]
    if "options" in said:
        return list(said["options"])
    names = [str(score) for score in SCALES[scale].scores]
    if names:
        names[0] = f"{names[0]} - {said['low']}"
        names[-1] = f"{names[-1]} - {said['high']}"
    return names
