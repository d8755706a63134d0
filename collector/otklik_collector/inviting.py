"""Many links at once: rows of a file checked like the words of one link, and a link for each of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date

from otklik_collector.importing.mapping import FileForm
from otklik_collector.importing.sheet import read_rows
from otklik_collector.invitations import DAY_MS, Invitation, faults_of, lot
from otklik_collector.people import person_of
from otklik_collector.store import Store
from otklik_collector.store.audit import COMMAND_LINE
from otklik_collector.words import _
from otklik_widget.faults import Fault, Faults
from otklik_widget.journey import Journey
from otklik_widget.words import language

if TYPE_CHECKING:
    from otklik_collector.store.backup import Progress

CUSTOMER_LETTERS = 256


class Asked(NamedTuple):
    """What one link asks, of whom; empty is not told."""

    touchpoint: str
    scale: str = ""
    customer: str = ""
    segment: str = ""
    place: str = ""
    language: str = ""


class Mailing:
    """Links of one kind. `base` is where customers reach the collector; `short` ones are kept in the database."""

    def __init__(
        self, journey: Journey, store: Store, base: str, *, channel: str, days: int, short: bool, now: float,
        who: str = COMMAND_LINE,
    ) -> None:  # fmt: skip
        self._journey = journey
        self._store = store
        self._base = base
        self._short = short
        self._now = now
        self._who = who
        self.channel = channel
        self._expires_at = int(now * 1000) + days * DAY_MS

    def faults(self, asked: Asked) -> dict[str, str]:
        """What is wrong with it, by field."""
        found = faults_of(
            self._journey, asked.touchpoint, scale=asked.scale, place=asked.place, segment=asked.segment,
            lang=asked.language,
        )  # fmt: skip
        if len(asked.customer) > CUSTOMER_LETTERS:
            found["customer"] = _("a customer's key has %(n)d letters at most", n=CUSTOMER_LETTERS)
        return found

    def links(self, asked: list[Asked], progress: Progress | None = None) -> list[str]:
        """A link for each, in order; they are without faults. `progress` hears how many are made, and of how many."""
        secret, made_at = self._store.person_secret(), int(self._now * 1000)
        invitations = [
            Invitation(
                touchpoint=one.touchpoint, scale=one.scale or self._journey.touchpoints[one.touchpoint].main,
                place=one.place, channel=self.channel, segment=one.segment, lang=one.language,
                person=person_of(secret, one.customer) if one.customer else None,
                made_at=made_at, expires_at=self._expires_at, lot=lot(),
            )
            for one in asked
        ]  # fmt: skip
        tokens = self._store.invitations.tokens(
            invitations, short=self._short, who=self._who, now=self._now, progress=progress
        )
        return [f"{self._base}/i/{token}" for token in tokens]

    def until(self) -> str:
        """The last day, in words."""
        last = datetime.fromtimestamp(self._expires_at / 1000, ZoneInfo(self._journey.company.zone))
        return str(format_date(last, "long", locale=language()))


def _misnamed(names: list[str], fields: Sequence[str]) -> list[str]:
    """What is wrong with a header: a misspelt column of ours would be overlooked in silence."""
    faults = [_("the file has a column “link” already; rename it")] if "link" in names else []
    for name in names:
        close = get_close_matches(name.lower(), fields, n=1, cutoff=0.8)
        if close and name not in fields and close[0] not in names:
            faults.append(_("the column “%(name)s” looks like “%(field)s”; rename it", name=name, field=close[0]))
    return faults


class _Columns:
    """A file of any columns: which of ours stand in it is looked up after its header is read."""

    form = FileForm()

    @staticmethod
    def needed() -> list[str]:
        return []


def rows_of(file: Path, mailing: Mailing, usual: Asked) -> tuple[list[str], list[list[str]], list[Asked]]:
    """The columns of a file, its rows, and what each asks; raises `Faults` with every faulty row."""
    names: list[str] = []
    rows: list[list[str]] = []
    asked: list[Asked] = []
    faults: list[Fault] = []
    for row in read_rows(file, _Columns(), once=True):
        if not names:
            names = list(row.cells)
            faults += [Fault(str(file), 1, said) for said in _misnamed(names, usual._fields)]
        own = {field: row.cells[field] for field in usual._fields if row.cells.get(field)}
        one = usual._replace(**own)
        for field, said in mailing.faults(one).items():
            faults.append(Fault(str(file), row.number, f"{field}: {said}"))
        if "customer" in names and not own.get("customer"):
            faults.append(Fault(str(file), row.number, _("customer: the cell is empty")))
        rows.append(list(row.cells.values()))
        asked.append(one)
    if not names:
        faults.append(Fault(str(file), None, _("the file has no row below its header")))
    if faults:
        raise Faults(faults)
    return names, rows, asked
