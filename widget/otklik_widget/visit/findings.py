"""What was found on a page: its questions, and every reason why one does not show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from otklik_widget.embed import CARD_SETTINGS
from otklik_widget.faults import nearest
from otklik_widget.scales import SCALES
from otklik_widget.words import _


@dataclass(frozen=True)
class Reason:
    """One reason. `serious`: the question does not show or is not heard; else only some people don't see it."""

    code: str
    text: str
    serious: bool = True


@dataclass(frozen=True)
class Question:
    """A question of the page as its attributes and its script's address describe it."""

    settings: Mapping[str, str]
    how: str

    @property
    def point(self) -> str:
        return self.settings.get("point", "").strip()

    @property
    def scale(self) -> str:
        return self.settings.get("scale") or self.settings.get("kind", "")

    @property
    def collector(self) -> str:
        return self.settings.get("collector", "").rstrip("/")

    @property
    def probe(self) -> tuple[str, ...]:
        """What its collector is asked: the same of two questions need be asked once."""
        return (self.collector, self.point, self.scale, *(self.settings.get(name, "") for name in ("key", "place")))

    @property
    def card(self) -> bool:
        return any(self.settings.get(name) for name in CARD_SETTINGS)


@dataclass
class Visit:
    """What was found on a page: its questions, and every reason why one does not show."""

    address: str
    questions: list[Question] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)

    @property
    def shows(self) -> bool:
        return bool(self.questions) and not any(reason.serious for reason in self.reasons)

    def say(self, code: str, text: str, *, serious: bool = True) -> None:
        reason = Reason(code, text, serious)
        if reason not in self.reasons:
            self.reasons.append(reason)

    def unknown_point(self, point: str) -> None:
        said = _("there is no touchpoint “%(point)s” in the journey: correct point=", point=point[:64])
        self.say("unknown-point", said)

    def unknown_scale(self, scale: str) -> None:
        said = _("there is no scale “%(scale)s”: take one of %(known)s.", scale=scale[:16], known=", ".join(SCALES))
        self.say("unknown-scale", said + nearest(scale, SCALES))


@dataclass(frozen=True)
class Page:
    """A page that is being looked at: where it is, what its policies say, and where to tell what is found."""

    address: str
    policies: list[dict[str, list[str]]]
    found: Visit


def json_of(text: str) -> Any:
    """What a JSON text holds; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
