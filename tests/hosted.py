"""A company's site, built and put on a static host with a strict policy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from otklik_widget.cli import main

POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'"
)


class Host(SimpleHTTPRequestHandler):
    """A static host with a strict policy; what the widget sends is taken and forgotten."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


def served(content: Path, public: Path) -> Iterator[str]:
    """The address of a company's site, built and served until the caller is done with it."""
    assert main(["build", "--content", str(content), "--out", str(public), "--lang", "en"]) == 0
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Host, directory=str(public))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
