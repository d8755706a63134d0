"""Published reports: the numbers of a week as they were read, and what late or erased responses changed since."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlencode

import flask

from otklik_collector.console.asked import Misled, own_places
from otklik_collector.console.gate import NUMBER, Gate, Language, signed_in
from otklik_collector.console.values import written_day
from otklik_collector.drawing import today_of
from otklik_collector.map import figures
from otklik_collector.map.periods import period_with
from otklik_collector.publishing import moved_since, publish
from otklik_collector.store.snapshots import Snapshot
from otklik_collector.words import _
from otklik_widget.journey import Journey


class ReportsPage:
    def __init__(self, gate: Gate, journey: Journey, language: Language) -> None:
        self._gate = gate
        self._journey = journey
        self._language = language

    def add(self, pages: flask.Blueprint) -> None:
        for rule, endpoint, view, methods, role in (
            ("/reports", "reports", self.reports, ["GET"], "viewer"),
            ("/reports", "publish_report", self.publish, ["POST"], "manager"),
            (f"/reports/<{NUMBER}:number>", "report", self.report, ["GET"], "viewer"),
        ):
            self._gate.roles[f"console.{endpoint}"] = role
            pages.add_url_rule(rule, endpoint, view, methods=methods)

    def reports(self) -> str:
        places, place = self._places(), self._place(flask.request.args.get("place", ""))
        return flask.render_template(
            "reports.html", places=places, place=place, last=self._last_week(), figures=figures,
            reports=self._gate.store().snapshots.newest(place), whole=signed_in().whole,
            publishes=signed_in().may("manager"), where=self._where,
        )  # fmt: skip

    def _last_week(self) -> date:
        """The Monday of the last week that is over."""
        return period_with(today_of(self._journey) - timedelta(days=7), "week").start

    def _places(self) -> dict[str, str]:
        mine, lang = own_places(self._journey, signed_in()), self._language()
        return {one.key: one.name.say(lang) for one in self._journey.places if mine is None or one.key in mine}

    def _place(self, asked: str) -> str:
        """The place asked for; left out, all of them, or the first of the reader's own."""
        places = self._places()
        if asked and asked not in places:
            raise Misled(_("This place is not among yours."), [], urlencode({"lang": self._language()}), 403)
        return asked or ("" if signed_in().whole else next(iter(places)))

    def _where(self, place: str) -> str:
        known = self._journey.place_keys.get(place)
        return known.name.say(self._language()) if known else place or _("all places")

    def publish(self) -> flask.Response:
        """Keeps the report of the week that holds a day; a week that is not over yet is refused."""
        form = flask.request.form
        place, day = self._place(form.get("place", "")), written_day(form.get("week", ""))
        if day is None:
            said = _("“%(value)s” is no date like 2026-11-21", value=form.get("week", "")[:20])
            raise Misled(_("Nothing was published."), [said], status=422)
        period = period_with(day, "week")
        if period.end > today_of(self._journey):
            said = _("The week %(period)s is not over yet.", period=figures.period(period))
            raise Misled(_("Nothing was published."), [said], status=422)
        made = publish(self._gate.store(), self._journey, period, place, signed_in().name)
        asked = urlencode({"lang": self._language()})
        return flask.make_response(flask.redirect(f"/console/reports/{made.id}?{asked}", 303))

    def report(self, number: int) -> str:
        found = self._gate.store().snapshots.find(number)
        if found is None or not (signed_in().whole or found.place in self._places()):
            raise Misled(_("There is no such report among those of your places."), [], status=404)
        return flask.render_template(
            "report.html", report=found, rows=self._rows(found), figures=figures, where=self._where, name=self._name,
            moved=moved_since(self._gate.store(), self._journey, found), verdicts=figures.verdict_words(),
            states=figures.state_words(),
        )  # fmt: skip

    @staticmethod
    def _rows(report: Snapshot) -> list[dict[str, object]]:
        """The rows with responses, those with a rank first."""
        rows = [row for row in report.document["series"] if row["responses"]]
        return sorted(rows, key=lambda row: (row["rank"] is None, row["rank"] or 0, -row["responses"]))

    def _name(self, key: str, fallback: str = "") -> str:
        known = self._journey.touchpoints.get(key)
        return known.name.say(self._language()) if known else fallback or key
