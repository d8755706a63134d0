"""The act of erasure: what was asked, when, how many rows of what, by whom, and what remains where."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from otklik_collector.store.backup import Old
from otklik_collector.store.erasure import Erasure
from otklik_collector.words import _

LABEL = 20
BLANK = "_" * 40


class Cleaned(NamedTuple):
    """What was done to the file afterwards: rewritten or why not; and whether its log is empty."""

    rewritten: bool
    why_not: str
    log_emptied: bool


class Act(NamedTuple):
    erasure: Erasure
    asked: str
    company: str
    zone: ZoneInfo
    reason: str
    db: Path
    cleaned: Cleaned
    copies: list[Old]
    keep_backups_days: int

    def plain(self) -> dict[str, Any]:
        """The act for a program; it names nobody but who erased."""
        erasure = self.erasure
        return {
            "act": erasure.id,
            "erased_at": moment_of(erasure).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "asked": erasure.asked,
            "subject": erasure.subject,
            "by": erasure.by,
            "rows": erasure.rows,
            "rewritten": self.cleaned.rewritten,
            "log_emptied": self.cleaned.log_emptied,
            "copies": [str(old.file) for old in self.copies],
            "copies_gone_by": self._gone_by(),
        }

    def text(self) -> str:
        """The act for people, to be printed, signed and kept."""
        moment = moment_of(self.erasure)
        local = moment.astimezone(self.zone)
        lines = [
            (_("Company"), self.company or BLANK),
            (_("Asked"), self.asked),
            (_("Mark in the book"), self.erasure.subject),
            (_("Reason"), self.reason or BLANK),
            (_("Erased at"), f"{moment:%Y-%m-%d %H:%M:%S} UTC"),
            ("", f"{local:%Y-%m-%d %H:%M:%S} {self.zone.key}"),
            (_("Erased from"), _("%(db)s, Otklik %(version)s", db=self.db.name, version=version("otklik"))),
            (_("Rows"), told(self.erasure.rows)),
            *[("" if number else _("How"), line) for number, line in enumerate(self._how())],
            *[("" if number else _("What remains"), line) for number, line in enumerate(self._remains())],
            (_("Erased by"), self.erasure.by),
        ]
        body = "\n".join(f"{label:{LABEL}}{value}" for label, value in lines)
        title = _("Act of erasure No. %(n)d", n=self.erasure.id)
        signature = _("Signature ____________________    Name ____________________    Date ____________")
        return f"{title}\n\n{body}\n\n{signature}\n"

    def _how(self) -> list[str]:
        done = [_("rows deleted and overwritten, counts of the map reduced with them")]
        if self.cleaned.rewritten:
            done.append(_("the file was rewritten, so that its free space holds nothing"))
        else:
            done.append(_("the file was not rewritten: %(why)s", why=self.cleaned.why_not))
            done.append(_("its free space may hold traces until: otklik erase --expired --vacuum --yes"))
        if self.cleaned.log_emptied:
            done.append(_("the log was cut to nothing"))
        else:
            done.append(_("the log could not be cut: a program reads the database; erase again when it has ended"))
        return done

    def _remains(self) -> list[str]:
        remains = []
        rotating = [old for old in self.copies if old.rotates]
        if rotating:
            number = _.plural("%(n)d earlier copy", "%(n)d earlier copies", len(rotating))
            folder = rotating[0].file.parent
            if day := self._gone_by():
                said = _("%(copies)s in %(folder)s: removed by otklik backup until %(day)s",
                         copies=number, folder=folder, day=day)  # fmt: skip
            else:
                said = _("%(copies)s in %(folder)s: until somebody removes them", copies=number, folder=folder)
            remains.append(said)
        remains += [
            _("%(file)s: until somebody removes it", file=old.file.name) for old in self.copies if not old.rotates
        ]
        if not remains:
            remains.append(_("no copy made by Otklik was found here"))
        return [*remains, _("not known to Otklik: copies elsewhere, exports, spreadsheets that were imported")]

    def _gone_by(self) -> str | None:
        newest = max((old.made_at for old in self.copies if old.rotates), default=None)
        if newest is None or not self.keep_backups_days:
            return None
        return f"{newest + timedelta(days=self.keep_backups_days + 1):%Y-%m-%d}"


def moment_of(erasure: Erasure) -> datetime:
    """When it was, in UTC."""
    return datetime.fromtimestamp(erasure.erased_at / 1000, UTC)


def told(rows: Mapping[str, int]) -> str:
    """ "3 responses, 2 comments": rows of tables in the reader's words."""
    said = {
        "response": lambda n: _.plural("%(n)d response", "%(n)d responses", n),
        "comment": lambda n: _.plural("%(n)d comment", "%(n)d comments", n),
        "contact": lambda n: _.plural("%(n)d contact", "%(n)d contacts", n),
        "webhook_delivery": lambda n: _.plural("%(n)d webhook message", "%(n)d webhook messages", n),
        "complaint_case": lambda n: _.plural("%(n)d case", "%(n)d cases", n),
        "case_note": lambda n: _.plural("%(n)d line of a case's history", "%(n)d lines of cases' history", n),
        "invitation": lambda n: _.plural("%(n)d invitation link", "%(n)d invitation links", n),
    }
    order = [*(table for table in said if table in rows), *(table for table in rows if table not in said)]
    words = [said[table](rows[table]) if table in said else f"{table} {rows[table]}" for table in order if rows[table]]
    return ", ".join(words) or _("nothing")
