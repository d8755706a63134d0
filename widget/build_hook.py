"""Writes the files that are made, not written: the minified script and the compiled catalogues.

hatchling runs it for wheels and editable installs alike, so a checkout and an installed wheel hold the same files.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "widget"))


class GeneratedFiles(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        from otklik_widget.generate import generate

        generate(TOP)
