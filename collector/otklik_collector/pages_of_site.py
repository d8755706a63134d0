"""The built site beside the collector, on one origin: files of public/, nothing outside it."""

from __future__ import annotations

import mimetypes
import re
from email.utils import formatdate
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from otklik_collector import packing
from otklik_collector.packing import Packed

if TYPE_CHECKING:
    from otklik_collector.exchange import Exchange, Scope

# Everything else is the site's: pages may have any name but these.
OURS = ("/q/", "/i/", "/c/", "/v/", "/mail/", "/kiosk/", "/api/", "/console")
OUR_PATHS = ("/responses", "/shown", "/ask.js", "/healthz", "/readyz", "/q", "/kiosk", "/console")
GUARD = [("x-content-type-options", "nosniff"), ("referrer-policy", "strict-origin-when-cross-origin")]
DEEPEST, LONGEST = 40, 255
"""What no file system has: deeper folders, longer names."""
HASHED_SECONDS, PAGE_SECONDS = 31_536_000, 60


class BuiltSite:
    """Serves the files of one folder; a folder's index.html stands for it, 404.html for what is not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._packed = Packed()

    @property
    def built(self) -> bool:
        return (self._folder / "index.html").is_file()

    def owns(self, path: str) -> bool:
        """Is this path the site's? Before there is a site, every path is the collector's."""
        if path in OUR_PATHS or path.startswith(OURS) or (path.startswith("/ask.") and path.endswith(".js")):
            return False
        return self.built

    def serve(self, scope: Scope, exchange: Exchange) -> None:
        if scope.method not in ("GET", "HEAD"):
            exchange.response_empty(405, [*GUARD, ("allow", "GET, HEAD")])
            return
        path = scope.path  # decoded already
        file = self._file(path)
        if file is not None and file.is_dir():
            if not path.endswith("/"):
                query = f"?{scope.query_string}" if scope.query_string else ""
                exchange.response_empty(308, [*GUARD, ("location", f"{quote(path)}/{query}")])
                return
            file /= "index.html"
        if file is None or not file.is_file():
            self._missing(exchange)
            return
        facts = file.stat()
        kind = _type(file)
        packable = packing.worth(kind, facts.st_size)
        pack = packable and packing.accepts(scope.headers.get("accept-encoding"))
        version = f"{facts.st_mtime_ns:x}-{facts.st_size:x}"
        tag = f'"{version}-gz"' if pack else f'"{version}"'
        seconds = HASHED_SECONDS if _hashed(file.name) else PAGE_SECONDS
        headers = [
            *GUARD,
            ("etag", tag),
            ("last-modified", formatdate(facts.st_mtime, usegmt=True)),
            ("cache-control", f"public, max-age={seconds}" + (", immutable" if seconds == HASHED_SECONDS else "")),
        ]
        if packable:
            headers.append(("vary", "Accept-Encoding"))
        if tag in re.findall(r'"[^"]*"', scope.headers.get("if-none-match", "")):  # a web server in front may weaken it
            exchange.response_empty(304, headers)
            return
        headers.append(("content-type", kind))
        if pack:
            name = (str(file), version)
            packed = self._packed.get(name) or self._packed.put(name, file.read_bytes())
            exchange.response_bytes(200, [*headers, ("content-encoding", "gzip")], packed)
        else:
            exchange.response_file(200, headers, str(file))

    def _file(self, path: str) -> Path | None:
        """The file of a path, or None where it leaves the folder or is hidden."""
        if "//" in path:  # "//ru" names another host where it is sent back
            return None
        parts = [part for part in path.split("/") if part]
        hidden = (part.startswith(".") and part != ".well-known" for part in parts)
        strange = ("\x00" in part or "\\" in part or len(part.encode()) > LONGEST for part in parts)
        if len(parts) > DEEPEST or any(hidden) or any(strange):
            return None
        try:
            file = self._folder.joinpath(*parts).resolve()
        except (OSError, ValueError):
            return None
        return file if file == self._folder or self._folder in file.parents else None

    def _missing(self, exchange: Exchange) -> None:
        page = self._folder / "404.html"
        headers = [*GUARD, ("content-type", "text/html; charset=utf-8"), ("cache-control", "no-store")]
        if page.is_file():
            exchange.response_file(404, headers, str(page))
        else:
            exchange.response_bytes(404, headers, b"<!doctype html><title>404</title><h1>404</h1>")


def _hashed(name: str) -> bool:
    """Does the name carry its content's hash (`ask.1a2b3c4d5e.js`), so that it never changes?"""
    parts = name.split(".")
    middle = parts[-2] if len(parts) > 2 else ""
    return len(middle) >= 8 and all(letter in "0123456789abcdef" for letter in middle)


def _type(file: Path) -> str:
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if kind == "text/javascript" or kind.startswith("text/") or kind.endswith(("xml", "json")):
        return f"{kind}; charset=utf-8"
    return kind
