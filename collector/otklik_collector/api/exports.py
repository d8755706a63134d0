"""GET /api/v1/exports/responses.csv, .jsonl and .xlsx: all responses of a period in one file."""

from __future__ import annotations

from dataclasses import replace

import flask

from otklik_collector.api.access import Access, token
from otklik_collector.api.arguments import Arguments
from otklik_collector.api.rows import FILTERS, wanted_of, words_of
from otklik_collector.exporting.forms import FORMS
from otklik_collector.exporting.sending import send_export
from otklik_collector.problem import Problem
from otklik_widget.journey import Journey


class ExportAddress:
    def __init__(self, access: Access, journey: Journey) -> None:
        self._access = access
        self._journey = journey

    def add(self, pages: flask.Blueprint) -> None:
        pages.add_url_rule("/exports/responses.<form>", "export", self.export)
        self._access.scopes["api.export"] = "export"

    def export(self, form: str) -> flask.typing.ResponseReturnValue:
        if form not in FORMS:
            raise Problem(404, "no-such-address", f"There is no such form; there are: {', '.join(FORMS)}")
        asked = Arguments(self._journey, (*FILTERS, "excel") if form == "csv" else FILTERS)
        period, excel = asked.period(), bool(asked.yes("excel")) if form == "csv" else False
        words = words_of(token().may("read:comments"))
        now = self._access.now()
        wanted = wanted_of(self._access, asked, period)
        asked.checked()
        if flask.request.method == "HEAD":
            return flask.Response(content_type=FORMS[form][0])
        wanted = replace(wanted, received_until=int(now * 1000), words=words != "none")
        who = f"API {token().name}"
        return send_export(self._access.store(), wanted, form, words=words, excel=excel, who=who, now=now)
