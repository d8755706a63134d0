"""What the company changed, and whether it helped: noted, corrected and taken back by managers, read by everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlencode

import flask
from babel.dates import format_date

from otklik_collector import change_words
from otklik_collector.charts.bars import Forest, Span
from otklik_collector.console.asked import Misled, own_places
from otklik_collector.console.gate import NUMBER, Gate, Language, signed_in
from otklik_collector.console.values import written_day
from otklik_collector.drawing import today_of
from otklik_collector.map.effects import Effect
from otklik_collector.map.posterior import Verdict
from otklik_collector.publishing import effect_of
from otklik_collector.store.changes import Change
from otklik_collector.words import _
from otklik_widget.journey import Journey, Text

LETTERS = 500
A_YEAR = timedelta(days=366)
TONES: Mapping[str, Verdict] = {"worked": "surely_fine", "worse": "surely_hurts"}
NEW = Change(date.min, "", {})


class ChangesPage:
    def __init__(self, gate: Gate, journey: Journey, language: Language) -> None:
        self._gate = gate
        self._journey = journey
        self._language = language

    def add(self, pages: flask.Blueprint) -> None:
        for rule, endpoint, view, methods, role in (
            ("/changes", "changes", self.changes, ["GET"], "viewer"),
            ("/changes", "note_change", self.note, ["POST"], "manager"),
            (f"/changes/<{NUMBER}:number>", "change", self.change, ["GET"], "manager"),
            (f"/changes/<{NUMBER}:number>", "alter_change", self.alter, ["POST"], "manager"),
        ):
            self._gate.roles[f"console.{endpoint}"] = role
            pages.add_url_rule(rule, endpoint, view, methods=methods)

    def changes(self) -> flask.Response:
        """The list, the newest first: of a year, or of all years; each with what became of it."""
        return self._page(NEW, 200, {})

    def _page(self, filled: Change, status: int, faults: Mapping[str, str]) -> flask.Response:
        me, args, today = signed_in(), flask.request.args, today_of(self._journey)
        mine = own_places(self._journey, me)
        place, old = args.get("place", ""), args.get("all") == "1"
        if place and place not in self._places():
            raise Misled(_("This place is not among yours."), [], urlencode({"lang": self._language()}), 403)
        wanted = (place,) if place else mine
        found = self._gate.store().changes.newest(wanted, since=None if old else today - A_YEAR)
        judged = [(one, self._effect(one, place or (mine[0] if mine else ""), today)) for one in found]
        spans = [self._span(one, effect) for one, effect in judged if effect]
        page = flask.render_template(
            "changes.html", judged=judged, forest=Forest.of([span for span in spans if span], 0.0),
            span=self._span, words=change_words, old=old, place=place, today=today, **self._form(filled, faults),
        )  # fmt: skip
        return flask.make_response(page, status)

    def _effect(self, change: Change, place: str, today: date) -> Effect | None:
        """What became of a change; of one in all places, who is limited reads what it did in a place of theirs."""
        limited = not signed_in().whole
        if limited and not change.place:
            change = replace(change, place=place)
        return effect_of(self._gate.store(), self._journey, change, today, limited)

    @staticmethod
    def _span(change: Change, effect: Effect | None) -> Span | None:
        """The change of the unhappy share in points with its interval, for the picture."""
        if effect is None or effect.comparison.unhappy is None:
            return None
        return Span.of_change(str(change.id), effect.comparison.unhappy, TONES.get(effect.outcome))

    def _form(self, filled: Change, faults: Mapping[str, str]) -> dict[str, object]:
        """What the templates need: the form with what was written, names, and who may write what."""
        lang, me = self._language(), signed_in()
        return {
            "filled": filled, "faults": faults, "letters": LETTERS, "places": self._places(), "whole": me.whole,
            "writes": me.may("manager"), "may_alter": self._mine, "touchpoint_name": self._touchpoint_name,
            "place_name": self._place_name, "said": lambda one: Text(one.words).say(lang),
            "date": lambda day: format_date(day, "long", locale=lang), "NEVER": date.min,
        }  # fmt: skip

    def _places(self) -> dict[str, str]:
        mine = own_places(self._journey, signed_in())
        lang = self._language()
        return {one.key: one.name.say(lang) for one in self._journey.places if mine is None or one.key in mine}

    def _touchpoint_name(self, key: str) -> str:
        touchpoint = self._journey.touchpoints.get(key)
        return touchpoint.name.say(self._language()) if touchpoint else key or _("the whole company")

    def _place_name(self, key: str) -> str:
        place = self._journey.place_keys.get(key)
        return place.name.say(self._language()) if place else key or _("all places")

    def _mine(self, change: Change) -> bool:
        """May who asks write it anew? Who is limited to places may only what is noted of one of them."""
        me = signed_in()
        return me.may("manager") and (me.whole or change.place in me.places)

    def note(self) -> flask.Response:
        change, faults = self._read(NEW)
        if faults:
            return self._page(change, 422, faults)
        self._gate.store().changes.add(change, signed_in().name)
        return self._done("noted")

    def change(self, number: int) -> flask.Response:
        return self._alone(self._found(number), 200, {})

    def _alone(self, change: Change, status: int, faults: Mapping[str, str]) -> flask.Response:
        page = flask.render_template("change.html", number=change.id, **self._form(change, faults))
        return flask.make_response(page, status)

    def _found(self, number: int) -> Change:
        """The note, if who asks may alter it; a stranger's looks like one that never was."""
        found = self._gate.store().changes.find(number)
        if found is None or not self._mine(found):
            said = _("There is no such change among those you may correct.")
            raise Misled(said, [], status=404)
        return found

    def alter(self, number: int) -> flask.Response:
        """Writes a note anew, or takes it back."""
        found, table, who = self._found(number), self._gate.store().changes, signed_in().name
        if flask.request.form.get("do") == "remove":
            table.remove(number, who)
            return self._done("removed")
        change, faults = self._read(found)
        if faults:
            return self._alone(change, 422, faults)
        table.alter(change, who)
        return self._done("noted")

    def _done(self, what: str) -> flask.Response:
        asked = urlencode({"lang": self._language(), "done": what})
        return flask.make_response(flask.redirect(f"/console/changes?{asked}", 303))

    def _read(self, before: Change) -> tuple[Change, dict[str, str]]:
        """The change that the form tells of, and by field what is wrong with it."""
        form, faults = flask.request.form, dict[str, str]()
        day = written_day(form.get("day", ""))
        if day is None:
            faults["day"] = _("“%(value)s” is no date like 2026-11-21", value=form.get("day", "")[:20])
        touchpoint, place = form.get("touchpoint", ""), form.get("place", "")
        if touchpoint and touchpoint not in {*self._journey.touchpoints, before.touchpoint}:
            faults["touchpoint"] = _("There is no touchpoint “%(key)s”.", key=touchpoint[:64])
        if place not in self._places() and not (signed_in().whole and place in ("", before.place)):
            faults["place"] = _("choose a place of yours")
        languages = self._journey.company.languages
        words = {lang: _text(form.get(f"words-{lang}", "")) for lang in languages}
        faults |= {
            f"words-{lang}": _("in %(n)d letters at most", n=LETTERS)
            for lang, text in words.items() if len(text) > LETTERS
        }  # fmt: skip
        public = form.get("public") == "1"
        missing = [lang for lang, text in words.items() if not text]
        if len(missing) == len(words) or (public and missing):
            told = _("What is public is told in every language of the site.") if public else _("Say what was changed.")
            faults |= {f"words-{lang}": told for lang in missing}
        kept = {lang: text for lang, text in words.items() if text}
        lasting = form.get("lasting") == "1"
        return Change(day or date.min, touchpoint, kept, place, public, lasting, before.id, before.who), faults


def _text(written: str) -> str:
    return written.strip().replace("\r\n", "\n").replace("\x00", "")
