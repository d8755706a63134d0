"""GET /api/v1/responses and /api/v1/comments: responses of a period, page by page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import flask

from otklik_collector.api import cursor
from otklik_collector.api.access import Access, token
from otklik_collector.api.arguments import Arguments
from otklik_collector.exporting.plain import Words, plain
from otklik_collector.map.series import Period
from otklik_collector.response import day_number
from otklik_collector.store.reading import STEP, Key, Row, Wanted
from otklik_widget.journey import Journey

FILTERS = ("from", "to", "touchpoint", "scale", "place", "segment", "channel", "flagged")
MOST = 1000
LOOKED_AT = 50_000
"""Responses looked at for one page: a filter that hardly any pass must not hold a request for minutes."""


def wanted_of(access: Access, asked: Arguments, period: Period) -> Wanted:
    """What the filters of a request mean, within the token's places."""
    return Wanted(
        start=day_number(period.start), end=day_number(period.end),
        touchpoint=asked.touchpoint(one.touchpoint for one in access.store().series.all()), scale=asked.scale(),
        places=access.places(asked.text("place")), segment=asked.segment(), channel=asked.channel(),
        flagged=asked.yes("flagged"),
    )  # fmt: skip


def words_of(comments: bool) -> Words:
    """What of people's words the token shows."""
    if not comments:
        return "none"
    return "whole" if token().may("read:contacts") else "masked"


class RowAddresses:
    def __init__(self, access: Access, journey: Journey) -> None:
        self._access = access
        self._journey = journey

    def add(self, pages: flask.Blueprint) -> None:
        pages.add_url_rule("/responses", "responses", self.responses)
        pages.add_url_rule("/comments", "comments", self.comments)
        self._access.scopes |= {"api.responses": "read:responses", "api.comments": "read:comments"}

    def responses(self) -> flask.typing.ResponseReturnValue:
        return self._page("responses", commented=False)

    def comments(self) -> flask.typing.ResponseReturnValue:
        return self._page("comments", commented=True)

    def _page(self, name: str, *, commented: bool) -> dict[str, Any]:
        asked = Arguments(self._journey, (*FILTERS, "limit", "cursor"))
        period, limit, written = asked.period(), asked.whole("limit", 1, MOST, 100), asked.text("cursor")
        words = words_of(commented)
        wanted = replace(wanted_of(self._access, asked, period), commented=commented, words=commented)
        asked.checked()
        after: Key | None = None
        if written:
            named = bool(asked.text("from") or asked.text("to"))
            found = cursor.read(written, wanted, period_named=named)
            wanted, after = replace(wanted, start=found.start, end=found.end), found.last
        rows, last = self._rows(wanted, after, limit)
        return {name: [plain(row, words) for row in rows], "next": self._next(wanted, last) if last else None}

    def _rows(self, wanted: Wanted, after: Key | None, limit: int) -> tuple[list[Row], Key | None]:
        """A page, and where it ended; None: there is nothing behind it."""
        rows: list[Row] = []
        looked_at, step = 0, min(STEP, max(limit, 100))
        last: Key | None = None
        for some, last in self._access.store().rows.steps(wanted, after, step):
            rows += some
            looked_at += step
            if len(rows) > limit:
                return rows[:limit], rows[limit - 1].key
            if looked_at >= LOOKED_AT:
                return rows, last
        return rows, None

    def _next(self, wanted: Wanted, last: Key) -> str:
        """The address of the next page, with the same filters."""
        sent = {name: value for name, value in flask.request.args.items() if name != "cursor"}
        return f"{flask.request.path}?{urlencode({**sent, 'cursor': cursor.write(wanted, last)})}"
