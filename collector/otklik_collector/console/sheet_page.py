"""The Monday sheet in the console: of one place among the reader's own, to read, print and save."""

from __future__ import annotations

import flask

from otklik_collector.browser import browser, no_browser, pdf
from otklik_collector.console.asked import Misled, own_places
from otklik_collector.console.gate import Gate, Language, said, signed_in
from otklik_collector.drawing import today_of
from otklik_collector.sheet import render_sheet, sheet
from otklik_collector.words import _
from otklik_widget.faults import Faults, nearest
from otklik_widget.journey import Journey


class SheetPage:
    def __init__(self, gate: Gate, journey: Journey, language: Language) -> None:
        self._gate = gate
        self._journey = journey
        self._language = language

    def add(self, pages: flask.Blueprint) -> None:
        for rule, endpoint, view in (("/sheet", "sheet", self.sheet), ("/sheet.pdf", "sheet_pdf", self.pdf)):
            self._gate.roles[f"console.{endpoint}"] = "viewer"
            pages.add_url_rule(rule, endpoint, view)

    def _place(self) -> str:
        """The place asked for, else the first of the reader's; empty for a company without places."""
        known = list(self._journey.place_keys)
        mine = own_places(self._journey, signed_in()) or tuple(known)
        place = flask.request.args.get("place", "") or next(iter(mine), "")
        if place and place not in known:
            raise Misled(
                _("There is no place “%(value)s” in the journey; it may have gone since the link was saved.")
                % {"value": place[:64]}
                + nearest(place, mine),
                [],
            )
        if place and place not in mine:
            raise Misled(_("This place is not among yours."), [], status=403)
        return place

    def _made(self, *, standalone: bool, bar: str = "") -> str:
        place, lang = self._place(), self._language()
        made = sheet(
            self._gate.store(), self._journey, place, today_of(self._journey), int(self._gate.now() * 1000), lang,
            not signed_in().whole,
        )  # fmt: skip
        return render_sheet(made, self._journey, lang, standalone=standalone, bar=bar)

    def sheet(self) -> str:
        mine, lang = own_places(self._journey, signed_in()), self._language()
        places = {one.key: one.name.say(lang) for one in self._journey.places if mine is None or one.key in mine}
        bar = flask.render_template(
            "sheet-bar.html", places=places, place=self._place(), no_browser="" if browser() else no_browser()
        )
        return self._made(standalone=False, bar=bar)

    def pdf(self) -> flask.Response:
        try:
            content = pdf(self._made(standalone=True))
        except Faults as refused:
            return said(_("The PDF could not be made."), 503, "; ".join(fault.text for fault in refused.faults))
        reply = flask.Response(content, content_type="application/pdf")
        reply.headers["Content-Disposition"] = f'attachment; filename="sheet-{self._place() or "company"}.pdf"'
        return reply
