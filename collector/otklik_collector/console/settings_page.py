"""The settings as they hold now: what each is, and in which file or with which command it is changed."""

from __future__ import annotations

import flask

from otklik_collector import misuse
from otklik_collector.console.company import Company
from otklik_collector.console.gate import Gate, said, signed_in
from otklik_collector.map import figures
from otklik_collector.words import _

SETTINGS_FILE = "otklik.toml"


class SettingsPage:
    """Read only: the journey and the settings live in files, so that they have a history and a second reader."""

    def __init__(self, gate: Gate, company: Company) -> None:
        self._gate = gate
        self._company = company

    def add(self, pages: flask.Blueprint) -> None:
        self._gate.roles["console.settings"] = "admin"
        pages.add_url_rule("/settings", "settings", self.settings)

    def settings(self) -> flask.Response:
        if not signed_in().whole:
            return said(_("Only an administrator of the whole company reads this."), 403)
        store, journey = self._gate.store(), self._company.journey
        own = [one for one in journey.touchpoints.values() if one.goal != journey.company.goal]
        page = flask.render_template(
            "settings.html",
            company=self._company,
            settings=self._company.settings,
            journey_name=self._company.journey_file.name if self._company.journey_file else "journey.toml",
            settings_name=SETTINGS_FILE,
            own_goals=own,
            keys=store.keys.all(),
            people=_.plural("%(n)d person may sign in", "%(n)d people may sign in", len(store.people.all())),
            kept=self._kept(),
            figures=figures,
            gap=misuse.GAP_MS // 1000,
            run=misuse.RUN,
            run_gap=misuse.RUN_GAP_MS // 1000,
        )
        return flask.make_response(page)

    def _kept(self) -> list[tuple[str, str, str]]:
        """What is kept how long, with the name of its setting."""
        settings = self._company.settings
        ages = [
            (_("Comments"), "keep_comments_days", settings.keep_comments_days),
            (_("Contacts"), "keep_contacts_days", settings.keep_contacts_days),
            (_("Copies of the database"), "keep_backups_days", settings.keep_backups_days),
        ]
        return [
            (name, setting, _.plural("%(n)d day", "%(n)d days", days) if days else _("for ever"))
            for name, setting, days in ages
        ]
