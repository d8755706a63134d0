"""Frozen-Flask with its traps closed: the application's pages as files in an empty folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from flask_frozen import Freezer


def freeze(app: Flask, urls: list[str], folder: Path) -> list[str]:
    """Writes every address into the folder and returns the files' paths in the order of the addresses."""
    app.config.update(
        FREEZER_DESTINATION=str(folder.resolve()),
        # What is in the published folder is our own business: it also holds files that are not ours.
        FREEZER_REMOVE_EXTRA_FILES=False,
        FREEZER_REDIRECT_POLICY="error",
        # It compares with the machine's table of types, which differs from one machine to the next.
        FREEZER_IGNORE_MIMETYPE_WARNINGS=True,
    )
    # Logging every url_for costs a tenth of a build, and it can find nothing that our list lacks.
    freezer = Freezer(app, with_static_files=False, with_no_argument_rules=False, log_url_for=False)

    @freezer.register_generator
    def addresses() -> Iterator[tuple[str, dict[str, Any]] | str]:
        rest = list(urls)
        # It warns of every endpoint that it was never told by name: each one is named once.
        for name, values in (("chooser", {}), ("not_found", {}), ("at", {"url": urls[0]})):
            yield name, values
        yield from (f"/{url}" for url in rest)

    written = {str(page.url).lstrip("/"): str(page.path) for page in freezer.freeze_yield()}
    return [written[url] for url in urls]
