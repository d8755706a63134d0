"""Turns the rows of a spreadsheet into responses whose ids depend on what they say, never on where they stand."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from otklik_collector.importing.mapping import Asked, SheetMapping, same
from otklik_collector.importing.sheet import Row
from otklik_collector.people import as_given, person_of
from otklik_collector.response import Response, day_number, local
from otklik_collector.words import _
from otklik_widget.contract import COMMENT_LETTERS, make_uuid7
from otklik_widget.faults import nearest
from otklik_widget.journey import Journey
from otklik_widget.scales import SCALES


class FaultyRow(NamedTuple):
    """What is wrong in one cell: row as the spreadsheet numbers it, column, value, why."""

    row: int
    column: str
    value: str
    why: str

    def __str__(self) -> str:
        return _("row %(row)d, column “%(column)s”: “%(value)s” - %(why)s", **self._asdict())


class RowReader:
    """Makes responses of rows; `skipped` counts answers that were not given, `faulty` keeps what is wrong."""

    def __init__(self, mapping: SheetMapping, journey: Journey, secret: bytes, now: datetime) -> None:
        self._mapping = mapping
        self._journey = journey
        self._secret = secret
        self._now = now
        self._seen: Counter[bytes] = Counter()
        self._segments = {same(segment): segment for segment in journey.company.segments}
        self.read = 0
        self.skipped = 0
        self.faulty: list[FaultyRow] = []
        self.found: list[tuple[Row, list[Response]]] = []

    def responses(self, rows: Iterable[Row]) -> Iterator[tuple[Row, list[Response]]]:
        """Each row with its responses; a row with any fault gives none."""
        for row in rows:
            self.read += 1
            before, skipped = len(self.faulty), self.skipped
            found = self._row(row)
            if len(self.faulty) == before:
                yield row, found
            else:
                self.skipped = skipped

    def _row(self, row: Row) -> list[Response]:
        scores = [(asked, *self._score(row, asked)) for asked in self._mapping.asked]
        answered = self._answered(row)
        place, comment, reasons = self._place(row), self._comment(row), self._reasons(row)
        if answered is None:
            return []
        moment, has_hour = answered
        found: list[Response] = []
        identity = self._identity(row)
        for _asked, touchpoint, score in scores:
            if touchpoint is None or score is None:
                continue
            first = not found
            found.append(
                self._response(
                    row,
                    identity,
                    _asked.scale,
                    touchpoint,
                    score,
                    moment,
                    has_hour,
                    place,
                    comment if first else "",
                    reasons if first else (),
                )
            )
        return found

    def _fault(self, row: Row, column: str, value: str, why: str) -> None:
        shown = value if len(value) <= 60 else value[:57] + "..."
        self.faulty.append(FaultyRow(row.number, column, shown, why))

    def _score(self, row: Row, asked: Asked) -> tuple[str | None, int | None]:
        """Touchpoint and score of a rated column; (None, None) where it was not given or is faulty."""
        written = row.cells[asked.column]
        value = same(written)
        if value == "" or value in asked.skip:
            self.skipped += 1
            return None, None
        touchpoint = asked.touchpoint or self._touchpoint(row, asked)
        scale = SCALES[asked.scale]
        if value in asked.values:
            return touchpoint, asked.values[value]
        score = int(value) if re.fullmatch(r"-?\d{1,9}", value) else None
        if not scale.has(score):
            why = _("%(scale)s runs from %(low)d to %(high)d", scale=scale.key, low=scale.low, high=scale.high)
            self._fault(row, asked.column, written, why)
            return None, None
        return touchpoint, score

    def _touchpoint(self, row: Row, asked: Asked) -> str | None:
        assert asked.touchpoint_column is not None
        written = row.cells[asked.touchpoint_column]
        found = asked.touchpoints.get(same(written)) or (written if written in self._journey.touchpoints else None)
        if found is None:
            why = _("no touchpoint of the journey; add it to “touchpoints” of the mapping")
            self._fault(row, asked.touchpoint_column, written, why + nearest(written, self._journey.touchpoints))
        return found

    def _answered(self, row: Row) -> tuple[datetime, bool] | None:
        when = self._mapping.when
        column = ", ".join(when.columns) or "answered_at"
        written = when.written(row.cells)
        found = when.moment(written)
        if found is None:
            formats = ", ".join(when.formats) or _("a date like 2017-05-15 or 2017-05-15 13:30")
            self._fault(row, column, written, _("not a time as %(formats)s", formats=formats))
            return None
        moment, has_hour = found
        future = moment > self._now if has_hour else moment.date() > self._now.astimezone(moment.tzinfo).date()
        if future:
            self._fault(row, column, written, _("this is in the future"))
            return None
        if moment.year < 1970:
            self._fault(row, column, written, _("this is before 1970"))
            return None
        return found

    def _cell(self, row: Row, name: str) -> str:
        column = self._mapping.columns.get(name)
        return row.cells[column] if column else ""

    def _place(self, row: Row) -> str:
        written = self._cell(row, "place")
        if not written:
            return ""
        known = self._journey.place_keys
        found = self._mapping.places.get(same(written)) or (written if written in known else written.lower())
        if found not in known:
            why = _("no place of the journey; add it to “places” of the mapping")
            self._fault(row, self._mapping.columns["place"], written, why + nearest(written, known))
        return found

    def _segment(self, row: Row) -> str:
        written = self._cell(row, "segment")
        if not written:
            return ""
        mapped = self._mapping.segments.get(same(written), written)
        return self._segments.get(same(mapped), "other")

    def _comment(self, row: Row) -> str:
        written = self._cell(row, "comment").replace("\r\n", "\n")
        if len(written) > COMMENT_LETTERS:
            why = _("a comment has %(n)d letters at most", n=COMMENT_LETTERS)
            self._fault(row, self._mapping.columns["comment"], written, why)
        return written

    def _reasons(self, row: Row) -> tuple[str, ...]:
        written = self._cell(row, "reasons")
        found = [part.strip().lower() for part in re.split(r"[;,|]", written) if part.strip()]
        for reason in found:
            if reason not in self._journey.reasons:
                why = _("no reason of the journey.") + nearest(reason, self._journey.reasons)
                self._fault(row, self._mapping.columns["reasons"], reason, why)
        return tuple(dict.fromkeys(found))

    def _identity(self, row: Row) -> str:
        """What makes the row itself: its id, else all it says and which of equal rows it is."""
        own = self._cell(row, "id")
        if own:
            return f"id {as_given(own)}"
        rated = {asked.column for asked in self._mapping.asked}
        cells = ((name, same(cell) if name in rated else cell) for name, cell in row.cells.items())
        said = json.dumps(sorted(cells), ensure_ascii=False)
        digest = hashlib.sha256(said.encode()).digest()
        self._seen[digest] += 1
        return f"row {digest.hex()} {self._seen[digest]}"

    def _response(
        self, row: Row, identity: str, scale: str, touchpoint: str, score: int, moment: datetime,
        has_hour: bool, place: str, comment: str, reasons: tuple[str, ...],
    ) -> Response:  # fmt: skip
        answered = int(moment.timestamp() * 1000)
        clock = local(answered, self._journey.zone(touchpoint, place)) if has_hour else moment
        said = json.dumps([self._mapping.source, identity, touchpoint, scale], ensure_ascii=False)
        respondent = self._cell(row, "respondent")
        person = person_of(self._secret, respondent, self._mapping.source) if respondent else None
        return Response(
            id=make_uuid7(answered, hashlib.sha256(said.encode()).digest()).bytes,
            touchpoint=touchpoint, scale=scale, score=score, answered_at=answered,
            received_at=int(self._now.timestamp() * 1000),
            day=day_number(clock.date()), hour=clock.hour if has_hour else None,
            place=place, channel=self._mapping.channel, segment=self._segment(row), person=person,
            reasons=reasons, comment=comment, source=self._mapping.source,
        )  # fmt: skip


def utc_now() -> datetime:
    """Now, with the minute that two clocks may differ by."""
    return datetime.now(UTC) + timedelta(minutes=1)
