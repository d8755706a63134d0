"""What a doctor says, and of whom."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from otklik_widget.settings import FoundSettings, Settings

OK, WARNING, WRONG = "ok", "warning", "wrong"


class Finding(NamedTuple):
    """One line of the doctor; `mend` is empty where nothing is to be done."""

    check: str
    level: str
    text: str
    mend: str = ""


class Patient(NamedTuple):
    """What is examined: where everything lies, and what the settings say."""

    found: FoundSettings
    content: Path
    journey: Path
    site: Path
    db: Path

    @property
    def settings(self) -> Settings:
        return self.found.settings


def moment(seconds: float) -> str:
    """A time as commands print it: UTC, to the minute."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
