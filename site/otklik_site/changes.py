"""“You said, we did”: the public changes as `otklik changes` wrote them, shown without a word too much."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from otklik_site import arguments
from otklik_site.words import _
from otklik_widget.faults import Faults, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from otklik_site.data import Data

FILE = "changes.json"
VERSION = 1
EXAMPLE = "limit=5"


@dataclass(frozen=True)
class Change:
    """What was changed, since when; names and text by language, `effect` as the collector judged it."""

    day: date
    touchpoint: Mapping[str, str] | None
    place: Mapping[str, str] | None
    text: Mapping[str, str]
    lasting: bool
    effect: str | None


@dataclass(frozen=True)
class Changes:
    """The changes, newest first, and the day on which they were judged."""

    as_of: date
    changes: Sequence[Change]


@dataclass(frozen=True)
class Told:
    """A change in one language; `text_lang` is another one where nobody translated it."""

    day: date
    about: str
    text: str
    text_lang: str
    effect: str
    says: str


def read_changes(data: Data) -> Changes:
    """The changes of content/data/changes.json; raises `Faults` where it is missing or not what was written."""
    if not data.has(FILE):
        command = f"otklik changes --out {data.where(FILE)}"
        raise refuse(_("the public changes are not here yet; write them with “%(command)s”", command=command))
    try:
        said = json.loads(data.text(FILE))
        if said["version"] != VERSION:
            raise ValueError(_("version %(version)s is not known", version=said["version"]))
        return Changes(date.fromisoformat(said["as_of"]), [_change(item) for item in said["changes"]])
    except json.JSONDecodeError as error:
        raise _damaged(data, error.msg, error.lineno) from None
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise _damaged(data, str(error)) from None


def _damaged(data: Data, why: str, line: int | None = None) -> Faults:
    said = _("this is not what “otklik changes” writes (%(why)s); write it again", why=why)
    return refuse(said, data.where(FILE), line)


def _change(item: Mapping[str, Any]) -> Change:
    text = _names(item["text"])
    if not text:
        raise ValueError("text")
    effect = item["effect"]
    if effect is not None and effect not in _outcomes():
        raise ValueError(effect)
    touchpoint, place = (_names(item[name]) if item[name] is not None else None for name in ("touchpoint", "place"))
    return Change(date.fromisoformat(item["day"]), touchpoint, place, text, item["lasting"] is True, effect)


def _names(found: Mapping[str, Any]) -> dict[str, str]:
    return {str(lang): str(text) for lang, text in found.items()}


def told_in(found: Changes, lang: str) -> list[Told]:
    """The changes for readers of the language that speaks now; one deed at two touchpoints is told once."""
    once: dict[Told, list[str]] = {}
    for change in found.changes:
        told = _told(change, lang)
        once.setdefault(replace(told, about=""), []).append(told.about)
    return [replace(told, about="; ".join(filter(None, abouts))) for told, abouts in once.items()]


def _told(change: Change, lang: str) -> Told:
    names = [_in(names, lang)[0] for names in (change.touchpoint, change.place) if names]
    text, text_lang = _in(change.text, lang)
    if change.lasting:
        return Told(change.day, ", ".join(names), text, text_lang, "lasting",
                    _("This stays as it is, so we say it beforehand."))  # fmt: skip
    says = _outcomes()[change.effect] if change.effect else ""
    return Told(change.day, ", ".join(names), text, text_lang, change.effect or "", says)


def _in(texts: Mapping[str, str], lang: str) -> tuple[str, str]:
    found = lang if lang in texts else next(iter(texts), lang)
    return texts.get(found, ""), found


def _outcomes() -> dict[str, str]:
    return {
        "worked": _("It helped: fewer customers are unhappy there than before."),
        "unclear": _("No clear change: the difference may be chance."),
        "worse": _("It did not help: more customers are unhappy there than before."),
        "too_early": _("Too early to tell."),
        "unknown": _("Nobody can tell: there are too few answers, or other questions were asked before."),
    }


def limit_of(argument: str) -> int:
    """How many changes `/// changes` shows; raises `Faults` for anything else in its argument."""
    _words, settings = arguments.settings_of("changes", argument, ("limit",), EXAMPLE)
    return arguments.whole_number("limit", settings.get("limit", ""), 1000)
