"""Reads content/journey.toml: every key is checked, and every fault is named with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from otklik_widget.check import Checked
from otklik_widget.colours import read_colours
from otklik_widget.contract import KEY, hidden_by_blockers
from otklik_widget.faults import Fault, nearest
from otklik_widget.journey import Company, Contact, Hours, Journey, Place, Stage, Text, Touchpoint
from otklik_widget.logo import read_logo
from otklik_widget.own_texts import read_texts
from otklik_widget.scales import SCALES, worded
from otklik_widget.toml_file import Path_, read_toml
from otklik_widget.words import _

COMPANY_KEYS = ("name", "languages", "zone", "goal", "segments", "sample", "logo", "colours")
PLACE_KEYS = ("key", "name", "zone", "region", "hours", "lead")
STAGE_KEYS = ("key", "name", "touchpoint")
TOUCHPOINT_KEYS = (
    "key", "name", "ask", "question", "reasons", "passes", "impact", "goal",
    "risks", "owner", "hours", "zone", "outcome", "places",
)  # fmt: skip
IMPACTS = ("low", "usual", "high")
DEFAULT_GOAL = 10.0


def read_journey(path: Path) -> Journey:
    """The journey of a file; raises `Faults` with every fault of it, each with its line."""
    return _Reader(Checked(read_toml(path))).journey()


# Control letters, those that turn the direction of writing round, and the two that no XML may hold.
_UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_HOURS = re.compile(r"(?P<from>[A-Z][a-z])(?:-(?P<to>[A-Z][a-z]))? (?P<open>\d\d:\d\d)-(?P<close>\d\d:\d\d)")


def parse_hours(written: str) -> Hours | None:
    """Opening hours like "Mo-Fr 08:00-22:00; Sa 10:00-18:00", or None where they can't be read."""
    days: dict[int, tuple[int, int]] = {}
    for part in written.split(";"):
        found = _HOURS.fullmatch(part.strip())
        if not found or found["from"] not in _DAYS or (found["to"] or "Mo") not in _DAYS:
            return None
        start, end = _minutes(found["open"]), _minutes(found["close"])
        if start is None or end is None or start == 1440:
            return None
        first = _DAYS.index(found["from"])
        last = _DAYS.index(found["to"]) if found["to"] else first
        for step in range((last - first) % 7 + 1):
            days[(first + step) % 7] = (start, end)
    return Hours(written, days)


def _minutes(clock: str) -> int | None:
    hour, minute = int(clock[:2]), int(clock[3:])
    whole = hour * 60 + minute
    return whole if minute < 60 and whole <= 1440 else None


class _Reader:
    """Walks the tables of a journey from the top, so that keys are known before they are referred to."""

    def __init__(self, checked: Checked) -> None:
        self.checked = checked
        self.data = checked.file.data
        self.languages: tuple[str, ...] = ()
        self.seen: dict[str, dict[str, int | None]] = {}

    def journey(self) -> Journey:
        checked, data = self.checked, self.data
        checked.only(data, (), ("company", "place", "stage", "reason", "contact"))
        company = self._company()
        reasons = self._reasons()
        places = tuple(self._places())
        stages = tuple(self._stages(company, reasons, {place.key for place in places}))
        if not any(stage.touchpoints for stage in stages):
            checked.fault((), _("the journey has no touchpoint; add a [[stage]] with a [[stage.touchpoint]]"))
        self._one_outcome(stages)
        contact = self._contact()
        checked.done()
        return Journey(company, places, stages, reasons, tuple(self._warnings(stages)), contact)

    def _contact(self) -> Contact | None:
        if "contact" not in self.data:
            return None
        checked, path = self.checked, ("contact",)
        table = checked.table(self.data, (), "contact")
        checked.only(table, path, ("agree", "link"))
        checked.need(table, path, ("agree",))
        link = self._text(table, path, "link")
        if not all(one.startswith(("https://", "http://", "/")) for one in link.values()):
            checked.fault((*path, "link"), _("“link” must begin with https:// or with /"))
        return Contact(self._text(table, path, "agree"), link)

    def _company(self) -> Company:
        checked, path = self.checked, ("company",)
        if "company" not in self.data:
            checked.fault((), _("the table [company] with “name” is missing"))
        table = checked.table(self.data, (), "company")
        checked.only(table, path, COMPANY_KEYS)
        if isinstance(self.data.get("company"), dict):
            checked.need(table, path, ("name",))
        self.languages = self._languages(table)
        segments = checked.strings(table, path, "segments")
        for segment in segments:
            self._key(segment, (*path, "segments"), "segment")
        goal = checked.number(table, path, "goal", 0, 100)
        return Company(
            name=self._text(table, path, "name"),
            languages=self.languages,
            zone=self._zone(table, path) or "UTC",
            goal=DEFAULT_GOAL if goal is None else goal,
            segments=tuple(dict.fromkeys(segments)),
            sample=checked.flag(table, path, "sample"),
            logo=read_logo(checked, table, path),
            colours=read_colours(checked, table, path),
            texts=read_texts(Path(checked.file.name).parent, self.languages, checked.faults),
        )

    def _languages(self, table: dict[str, Any]) -> tuple[str, ...]:
        path = ("company", "languages")
        name = table.get("name")
        if "languages" not in table and isinstance(name, dict):
            written, path = list(name), ("company", "name")
        else:
            written = self.checked.strings(table, ("company",), "languages")
        if table.get("languages") == []:
            self.checked.fault(path, _('“languages” is empty; name at least one, like ["en"]'))
        wrong = [lang for lang in written if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", lang)]
        for lang in wrong:
            self.checked.fault(path, _("“%(lang)s” is not a language code like “ru” or “en”", lang=lang))
        # A wrong one is left out, or every text of the journey would be told to lack it.
        return tuple(dict.fromkeys(lang for lang in written if lang not in wrong)) or ("en",)

    def _reasons(self) -> dict[str, Text]:
        table = self.checked.table(self.data, (), "reason")
        for key in table:
            self._key(key, ("reason", key), "reason")
        return {key: self._text(table, ("reason",), key) for key in table}

    def _places(self) -> Iterator[Place]:
        checked = self.checked
        for number, table in enumerate(checked.tables(self.data, (), "place")):
            path = ("place", number)
            checked.only(table, path, PLACE_KEYS)
            checked.need(table, path, ("key", "name"))
            yield Place(
                key=self._own_key(table, path, "place"),
                name=self._text(table, path, "name"),
                zone=self._zone(table, path),
                region=checked.string(table, path, "region") or None,
                hours=self._hours(table, path),
                lead=checked.string(table, path, "lead") or None,
            )

    def _stages(self, company: Company, reasons: Mapping[str, Text], places: set[str]) -> Iterator[Stage]:
        checked = self.checked
        for number, table in enumerate(checked.tables(self.data, (), "stage")):
            path = ("stage", number)
            checked.only(table, path, STAGE_KEYS)
            checked.need(table, path, ("key", "name"))
            key = self._own_key(table, path, "stage")
            touchpoints = [
                self._touchpoint(inner, (*path, "touchpoint", position), key, company, reasons, places)
                for position, inner in enumerate(checked.tables(table, path, "touchpoint"))
            ]
            yield Stage(key, self._text(table, path, "name"), tuple(touchpoints))

    def _touchpoint(
        self,
        table: dict[str, Any],
        path: Path_,
        stage: str,
        company: Company,
        reasons: Mapping[str, Text],
        places: set[str],
    ) -> Touchpoint:
        checked = self.checked
        checked.only(table, path, TOUCHPOINT_KEYS)
        checked.need(table, path, ("key", "name"))
        ask = self._scales(table, path)
        goal = checked.number(table, path, "goal", 0, 100)
        passes = checked.number(table, path, "passes", 0, 10**12, whole=True)
        name, questions = self._text(table, path, "name"), self._questions(table, path, ask)
        if company.texts:
            questions = {key: self._worded(company, key, name) for key in SCALES} | questions
        return Touchpoint(
            key=self._own_key(table, path, "touchpoint"),
            name=name,
            stage=stage,
            ask=ask,
            own_questions=questions,
            reasons=self._known(table, path, "reasons", reasons, _("add it to the table [reason]")),
            passes=None if passes is None else int(passes),
            impact=checked.choice(table, path, "impact", IMPACTS, "usual"),  # type: ignore[arg-type]
            goal=company.goal if goal is None else goal,
            risks=self._text(table, path, "risks") if "risks" in table else None,
            owner=checked.string(table, path, "owner") or None,
            hours=self._hours(table, path),
            zone=self._zone(table, path),
            outcome=checked.flag(table, path, "outcome"),
            places=self._known(table, path, "places", places, _("add it as a [[place]]")),
        )

    def _worded(self, company: Company, scale: str, name: Text) -> Text:
        """The scale's question in the company's own texts."""
        return Text({lang: worded(company.said(lang), scale, name.say(lang)) for lang in self.languages})

    def _scales(self, table: dict[str, Any], path: Path_) -> tuple[str, ...]:
        written = self.checked.strings(table, path, "ask") if "ask" in table else ["smiley5"]
        if not written and isinstance(table.get("ask"), list):
            self.checked.fault((*path, "ask"), _('“ask” is empty; name at least one scale, like ["smiley5"]'))
        known = []
        for scale in written:
            if scale not in SCALES:
                said = _("unknown scale “%(scale)s” in “ask”; known: %(known)s.", scale=scale, known=", ".join(SCALES))
                self.checked.fault((*path, "ask"), said + nearest(scale, SCALES))
            elif scale in known:
                self.checked.fault((*path, "ask"), _("the scale “%(scale)s” stands twice in “ask”", scale=scale))
            else:
                known.append(scale)
        return tuple(known) or ("smiley5",)

    def _questions(self, table: dict[str, Any], path: Path_, ask: tuple[str, ...]) -> dict[str, Text]:
        """`question = "…"` is the main question's; `question = { ces7 = { ru = "…" } }` names the scale."""
        if "question" not in table:
            return {}
        written = table["question"]
        if isinstance(written, dict) and any(key in SCALES for key in written):
            for key in written:
                if key not in ask:
                    said = _("“question” words the scale “%(scale)s”, which “ask” does not ask", scale=key)
                    self.checked.fault((*path, "question"), said)
            return {key: self._text(written, (*path, "question"), key) for key in written if key in ask}
        return {ask[0]: self._text(table, path, "question")}

    def _known(self, table: dict[str, Any], path: Path_, key: str, known: Any, advice: str) -> tuple[str, ...]:
        written = self.checked.strings(table, path, key)
        for word in written:
            if word not in known:
                said = _("“%(word)s” in “%(key)s” is not known; %(advice)s.", word=word, key=key, advice=advice)
                self.checked.fault((*path, key), said + nearest(word, known))
        return tuple(dict.fromkeys(written))

    def _text(self, table: dict[str, Any], path: Path_, key: str) -> Text:
        if key not in table:
            return Text({})
        written = table[key]
        for words in written.values() if isinstance(written, dict) else [written]:
            if isinstance(words, str) and _UNSHOWN.search(words):
                self.checked.fault((*path, key), _("“%(key)s” holds a letter that cannot be shown", key=key))
        if isinstance(written, str) and written.strip():
            return Text(dict.fromkeys(self.languages, written.strip()))
        if not isinstance(written, dict) or not all(isinstance(word, str) for word in written.values()):
            example = ", ".join(f'{lang} = "…"' for lang in self.languages)
            self.checked.fault((*path, key), _("“%(key)s” must be a text or { %(example)s }", key=key, example=example))
            return Text({})
        for lang in written:
            if lang not in self.languages:
                said = _(
                    "“%(key)s” speaks “%(lang)s”, but the company's languages are %(languages)s.",
                    key=key, lang=lang, languages=", ".join(self.languages),
                )  # fmt: skip
                self.checked.fault((*path, key, lang), said + nearest(lang, self.languages))
        for lang in self.languages:
            if not written.get(lang, "").strip():
                self.checked.fault((*path, key), _("“%(key)s” has no text in “%(lang)s”", key=key, lang=lang))
        return Text({lang: written[lang].strip() for lang in self.languages if written.get(lang, "").strip()})

    def _zone(self, table: dict[str, Any], path: Path_) -> str | None:
        zone = self.checked.string(table, path, "zone")
        if zone and zone not in _zones():
            said = _("“%(zone)s” is not a time zone like “Europe/Moscow”.", zone=zone)
            self.checked.fault((*path, "zone"), said + nearest_zone(zone))
            return None
        return zone or None

    def _hours(self, table: dict[str, Any], path: Path_) -> Hours | None:
        written = self.checked.string(table, path, "hours")
        hours = parse_hours(written) if written else None
        if written and not hours:
            said = _("“%(hours)s” are no opening hours like “Mo-Fr 08:00-22:00; Sa 10:00-18:00”", hours=written)
            self.checked.fault((*path, "hours"), said)
        return hours

    def _own_key(self, table: dict[str, Any], path: Path_, kind: str) -> str:
        key = self.checked.string(table, path, "key")
        if "key" not in table or not isinstance(table["key"], str):
            return ""
        self._key(key, (*path, "key"), kind)
        before = self.seen.setdefault(kind, {})
        if key in before:
            said = _("the key “%(key)s” is already used on line %(line)s; keys are unique", key=key, line=before[key])
            self.checked.fault((*path, "key"), said)
        before.setdefault(key, self.checked.file.line((*path, "key")))
        return key

    def _key(self, key: str, path: Path_, kind: str) -> None:  # noqa: ARG002 - one signature for all keys
        if not KEY.fullmatch(key):
            said = _(
                "the key “%(key)s” may hold only small Latin letters, digits and, after the first, hyphens; 64 at most",
                key=key[:80],
            )
            self.checked.fault(path, said)

    def _one_outcome(self, stages: tuple[Stage, ...]) -> None:
        found = [
            (("stage", number, "touchpoint", position), touchpoint)
            for number, stage in enumerate(stages)
            for position, touchpoint in enumerate(stage.touchpoints)
            if touchpoint.outcome
        ]
        for path, _touchpoint in found[1:]:
            self.checked.fault((*path, "outcome"), _("only one touchpoint may be the outcome"))
        for path, touchpoint in found[:1]:
            if touchpoint.main != "nps":
                said = _('the outcome is told by its NPS: let its “ask” begin with "nps"')
                self.checked.fault((*path, "outcome"), said)

    def _warnings(self, stages: tuple[Stage, ...]) -> Iterator[Fault]:
        for number, stage in enumerate(stages):
            for position, touchpoint in enumerate(stage.touchpoints):
                if hidden_by_blockers(touchpoint.key):
                    line = self.checked.file.line(("stage", number, "touchpoint", position, "key"))
                    said = _("ad blockers may hide the address of “%(key)s”; choose another word", key=touchpoint.key)
                    yield Fault(self.checked.file.name, line, said)


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    """All zones; to list them Python reads some 600 files, so it is done once."""
    return frozenset(available_timezones())


def nearest_zone(zone: str) -> str:
    """` Did you mean “Europe/Moscow”?`, or an empty string where no zone is close."""
    return nearest(zone, sorted(_zones()))
