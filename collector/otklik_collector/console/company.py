"""What the console knows of the company and may not change: its journey and settings, and where they are written."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from otklik_widget.journey import Journey
from otklik_widget.settings import Settings


@dataclass(frozen=True)
class Company:
    """`journey_file` is None where nobody told from which file the journey was read."""

    journey: Journey
    settings: Settings = field(default_factory=Settings)
    journey_file: Path | None = None
