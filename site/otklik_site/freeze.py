"""Frozen-Flask with its traps closed: the application's pages as files in an empty folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask_frozen import Freezer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask


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

    def addresses() -> Iterator[tuple[str, dict[str, Any]] | str]:
        # It warns of every endpoint that it was never told by name: each one is named once.
        named: list[tuple[str, dict[str, Any]]] = [
            ("chooser", {}),
            ("not_found", {}),
            ("at", {"url": urls[0]}),
        ]
        yield from named
        yield from [f"/{quote(url)}" for url in urls]

    freezer.register_generator(addresses)
    written = {str(page.url).lstrip("/"): str(page.path) for page in freezer.freeze_yield()}
    return [written[url] for url in urls]
