"""Frozen-Flask with its traps closed: the application's pages as files of an empty folder."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask.testing import FlaskClient
from flask_frozen import Freezer
from werkzeug.test import create_environ
from werkzeug.wrappers import Response

from otklik_site.output import file_of

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Sequence

    from flask import Flask

    from otklik_site.output import Workshop


@dataclass(frozen=True)
class Frozen:
    """An address as a file: where it waits, what it holds, and the questions that its making asked."""

    url: str
    staged: Path
    digest: bytes
    asked: array[int]


class _Client(FlaskClient):
    """Asks for addresses, and is no browser: cookies, a history and full URLs cost more than a short page itself."""

    REQUEST = create_environ()

    def get(self, url: str, **_frozen_flasks: object) -> Any:
        environ = {**self.REQUEST, "PATH_INFO": url.encode().decode("latin-1")}
        return Response.from_app(self.application, environ, buffered=True)


class _Freezer(Freezer):  # type: ignore[misc]  # Frozen-Flask brings no types
    """Writes addresses into a workshop."""

    root = Path()  # asked for three times a page: the library makes it anew each time

    def __init__(self, app: Flask, shop: Workshop) -> None:
        # Logging every url_for costs a tenth of a build, and it can find nothing that our list lacks.
        super().__init__(app, with_static_files=False, with_no_argument_rules=False, log_url_for=False)
        self.root = shop.folder
        self.shop = shop
        self.urls: Sequence[str] = ()
        self.register_generator(self._addresses)

    def _addresses(self) -> list[str]:
        return [f"/{quote(url)}" for url in self.urls]

    def urlpath_to_filepath(self, path: str) -> str:
        return self.shop.place(file_of(path.removeprefix("/")))

    def _check_endpoints(self, seen_endpoints: object) -> None:
        """Says nothing: it would warn of every endpoint that was not told by name."""


class Freezing:
    """Freezes addresses of an application, some at a time."""

    def __init__(self, app: Flask, shop: Workshop, asked: Callable[[], array[int]]) -> None:
        app.config.update(
            # What is in the published folder is our own business: it also holds files that are not ours.
            FREEZER_REMOVE_EXTRA_FILES=False,
            FREEZER_REDIRECT_POLICY="error",
            # It compares with the machine's table of types, which differs from one machine to the next.
            FREEZER_IGNORE_MIMETYPE_WARNINGS=True,
        )
        app.test_client_class = _Client
        self._freezer = _Freezer(app, shop)
        self._asked = asked

    def freeze(self, urls: Sequence[str]) -> list[Frozen]:
        """The addresses as files, each with what was asked while it was made."""
        self._freezer.urls = urls
        self._asked()  # what was asked before belongs to nobody
        found = []
        for page in self._freezer.freeze_yield():
            staged = self._freezer.root / page.path
            digest = blake2b(staged.read_bytes(), digest_size=16).digest()
            found.append(Frozen(str(page.url).lstrip("/"), staged, digest, self._asked()))
        return found
