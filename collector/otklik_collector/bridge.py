"""Calls a WSGI application for a request that came by RSGI."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from otklik_collector.exchange import Scope

GONE = "otklik.gone"
"""In the environment: an event that is set when the client has hung up, for who works long."""

UNREAD = "otklik.unread"
"""In the environment: the `Problem` for which the body was not read; the application says so in its own way."""


class SentFile:
    """PEP 3333's file wrapper: an open file that the server sends by itself, from its beginning."""

    def __init__(self, file: Any, _block: int = 8192) -> None:
        self.file = file

    def close(self) -> None:
        self.file.close()

    def __iter__(self) -> Iterator[bytes]:  # where no server takes it, as in a test without one
        return iter(lambda: self.file.read(65536), b"")


def environ_of(scope: Scope, body: bytes) -> dict[str, Any]:
    """The WSGI environment (PEP 3333) of a request whose body has been read."""
    host, _colon, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": SentFile,
        GONE: threading.Event(),
    }
    for name, value in scope.headers.items():
        key = name.upper().replace("-", "_")
        if key == "CONTENT_TYPE":
            environ[key] = value
        elif key != "CONTENT_LENGTH":
            key = f"HTTP_{key}"
            # HTTP/2 sends a header line for each cookie.
            between = "; " if key == "HTTP_COOKIE" else ","
            environ[key] = f"{environ[key]}{between}{value}" if key in environ else value
    return environ


def call_wsgi(
    application: Callable[..., Any], environ: dict[str, Any]
) -> tuple[int, list[tuple[str, str]], bytes | SentFile]:
    """Status, headers and body of a WSGI application's answer: whole, or as a file that the caller sends and closes."""
    status, headers = 500, []

    def start_response(line: str, found: list[tuple[str, str]], _error: Any = None) -> Callable[[bytes], object]:
        nonlocal status, headers
        status = int(line.split(" ", 1)[0])
        headers = [(name.lower(), value) for name, value in found]
        return lambda _data: None

    parts = application(environ, start_response)
    if isinstance(parts, SentFile):
        return status, headers, parts
    try:
        body = b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    return status, headers, body
