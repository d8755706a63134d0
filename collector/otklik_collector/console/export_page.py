"""What can be taken away: responses and the map's numbers as files, saved views, links to read."""

from __future__ import annotations

import flask

from otklik_collector.browser import browser, no_browser, pdf
from otklik_collector.console.asked import Asked, Misled, asked_of
from otklik_collector.console.frame import picker
from otklik_collector.console.gate import Gate, Language, said, signed_in
from otklik_collector.console.handing import DAYS, NAME_LETTERS, Handing
from otklik_collector.console.map_page import drawn
from otklik_collector.drawing import today_of
from otklik_collector.exporting.forms import FORMS
from otklik_collector.exporting.plain import Words
from otklik_collector.exporting.sending import send_export
from otklik_collector.map import figures
from otklik_collector.map.document import render_json
from otklik_collector.map.output import render
from otklik_collector.response import day_number
from otklik_collector.store.reading import Wanted
from otklik_collector.words import _
from otklik_widget.faults import Faults
from otklik_widget.journey import Journey

MAP_FORMS = {
    "pdf": "application/pdf", "html": "text/html; charset=utf-8", "svg": "image/svg+xml",
    "csv": "text/csv; charset=utf-8", "json": "application/json",
}  # fmt: skip


class ExportPage:
    def __init__(self, gate: Gate, journey: Journey, language: Language, handing: Handing) -> None:
        self._gate = gate
        self._journey = journey
        self._language = language
        self._handing = handing

    def add(self, pages: flask.Blueprint) -> None:
        for rule, endpoint, view, methods, role in (
            ("/export", "export", self.export, ["GET"], "viewer"),
            ("/export/map.<form>", "export_map", self.map, ["GET"], "viewer"),
            ("/export/responses", "export_responses", self.responses, ["POST"], "manager"),
        ):
            self._gate.roles[f"console.{endpoint}"] = role
            pages.add_url_rule(rule, endpoint, view, methods=methods)

    def _asked(self) -> Asked:
        args = flask.request.values.to_dict()
        return asked_of(self._journey, signed_in(), args, today_of(self._journey))

    def export(self) -> str:
        asked, lang = self._asked(), self._language()
        view = flask.request.args.get("view", "")
        names = self._journey.place_keys
        place = asked.filters.place
        parts = figures.filter_words(
            names[place].name.say(lang) if place else None, asked.filters.segment, asked.filters.channel
        )
        return flask.render_template(
            "export.html", asked=asked, picker=picker(self._journey, asked, lang), query=asked.query(),
            map_forms=[form for form in MAP_FORMS if form != "pdf" or browser()], forms=FORMS, days=DAYS,
            no_browser="" if browser() else no_browser(), views=self._handing.views(), links=self._handing.links(),
            view=view if view.startswith("/console/") else f"/console/map?{asked.query()}", letters=NAME_LETTERS,
            manages=signed_in().may("manager"), what="; ".join([figures.period(asked.period), *parts]), figures=figures,
            journey_place=lambda key: names[key].name.say(lang) if key in names else key, whole=signed_in().whole,
        )  # fmt: skip

    def map(self, form: str) -> flask.Response:
        """The map of the period and filters as a file; below the minimum it holds no counts either."""
        if form not in MAP_FORMS:
            raise Misled(_("There is no such form; there are: %(known)s.", known=", ".join(MAP_FORMS)), [], status=404)
        asked, lang = self._asked(), self._language()
        found = drawn(self._gate.store(), self._journey, asked, lang)
        try:
            if form == "pdf":
                content: str | bytes = pdf(render(found, self._journey, "html", lang))
            elif form == "json":
                content = render_json(found, public=True)
            else:
                content = render(found, self._journey, form, lang)
        except Faults as refused:
            return said(_("The PDF could not be made."), 503, "; ".join(fault.text for fault in refused.faults))
        reply = flask.Response(content, content_type=MAP_FORMS[form])
        name = f"map-{asked.period.start.isoformat()}-{asked.period.end.isoformat()}.{form}"
        reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return reply

    def responses(self) -> flask.Response:
        """The single responses as a file; one place's people get that place's alone."""
        asked, form, me = self._asked(), flask.request.form.get("form_of", ""), signed_in()
        kind, excel = ("csv", True) if form == "excel" else (form, False)
        if kind not in FORMS:
            raise Misled(_("There is no such form; there are: %(known)s.", known=", ".join(FORMS)), [], status=422)
        words: Words = "masked" if flask.request.form.get("comments") == "1" else "none"
        filters, now = asked.filters, self._gate.now()
        wanted = Wanted(
            start=day_number(asked.period.start), end=day_number(asked.period.end),
            places=(filters.place,) if filters.place else (), segment=filters.segment, channel=filters.channel,
            flagged=None if filters.include_flagged else False, received_until=int(now * 1000), words=words != "none",
        )  # fmt: skip
        return send_export(self._gate.store(), wanted, kind, words=words, excel=excel, who=me.name, now=now)
