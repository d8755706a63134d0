"""GET /api/v1/map: the problem map of a period, as `otklik map --format json` gives it."""

from __future__ import annotations

import flask

from otklik_collector.api.access import Access, token
from otklik_collector.api.arguments import Arguments
from otklik_collector.drawing import before, draw
from otklik_collector.map.document import as_json
from otklik_collector.map.series import Filters, Period
from otklik_widget.journey import Journey
from otklik_widget.words import LANGUAGES

KNOWN = (
    "from", "to", "against_from", "against_to", "place", "segment", "channel", "per_person", "include_flagged", "lang",
)  # fmt: skip


class MapAddress:
    def __init__(self, access: Access, journey: Journey) -> None:
        self._access = access
        self._journey = journey

    def add(self, pages: flask.Blueprint) -> None:
        pages.add_url_rule("/map", "map", self.map)
        self._access.scopes["api.map"] = "read:map"

    def map(self) -> flask.typing.ResponseReturnValue:
        asked = Arguments(self._journey, KNOWN)
        period = asked.period()
        start, end = asked.day("against_from"), asked.day("against_to")
        if (start is None) != (end is None):
            asked.fault("against_from" if start is None else "against_to", "give both or none")
        if start and end and start >= end:
            asked.fault("against_to", "must be after against_from")
        filters = Filters(
            place=self._access.place(asked.text("place")), segment=asked.segment(), channel=asked.channel(),
            per_person=bool(asked.yes("per_person")), include_flagged=bool(asked.yes("include_flagged")),
        )  # fmt: skip
        lang = asked.choice("lang", LANGUAGES) or self._journey.company.languages[0]
        asked.checked()
        against = Period(start, end) if start and end else before(period)
        found = draw(self._access.store(), self._journey, period, against, filters, lang, limited=not token().whole)
        return as_json(found, public=True)
