"""The line between a tablet and the collector: it can be cut, busy, swallow replies, or end in a Wi-Fi's login page."""

from __future__ import annotations

import http.client
import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

LOST, PORTAL = "lost", "portal"
"""A reply that never arrives though the request did; a page of the Wi-Fi instead of ours."""
DROPPED = ("connection", "transfer-encoding", "content-length", "date", "server")


@dataclass
class Line:
    """What passes. `faults` happen to the next lists of responses in turn: a status, `lost` or `portal`.

    `instead` answers in the collector's place, by the end of the path; `rewritten` changes what it says at a path.
    """

    port: int
    down: bool = False
    faults: deque[int | str] = field(default_factory=deque)
    instead: dict[str, Callable[[bytes], tuple[int, Any]]] = field(default_factory=dict)
    sent: list[list[dict[str, Any]]] = field(default_factory=list)
    beats: list[dict[str, Any]] = field(default_factory=list)
    rewritten: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)
    origin: str = ""

    @property
    def items(self) -> list[dict[str, Any]]:
        return [item for items in self.sent for item in items]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    line: Line


class Cable(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._pass(b"")

    def do_POST(self) -> None:
        self._pass(self.rfile.read(int(self.headers["Content-Length"])))

    def _pass(self, body: bytes) -> None:
        line = cast("Server", self.server).line
        if line.down:
            self.close_connection = True
            return
        fault: int | str = 0
        if self.path == "/responses":
            fault = line.faults.popleft() if line.faults else 0
            line.sent.append(json.loads(body))
        elif self.path.endswith("/beat"):
            line.beats.append(json.loads(body))
        for path, reply in line.instead.items():
            if self.path.endswith(path):
                status, told = reply(body)
                self._say(status, json.dumps(told).encode(), [("Content-Type", "application/json")])
                return
        if fault == PORTAL:
            self._say(200, b"<h1>Accept our terms</h1>", [("Content-Type", "text/html")])
        elif fault and fault != LOST:
            self._say(int(fault), b"{}", [("Retry-After", "1")])
        else:
            status, said, headers = self._forward(line, body)
            if self.path in line.rewritten:
                said = said.replace(*line.rewritten[self.path])
            if fault == LOST:
                self.close_connection = True
            else:
                self._say(status, said, headers)

    def _forward(self, line: Line, body: bytes) -> tuple[int, bytes, list[tuple[str, str]]]:
        connection = http.client.HTTPConnection("127.0.0.1", line.port, timeout=30)
        try:
            # What is rewritten on the way must come whole and unpacked.
            dropped = (*DROPPED, "accept-encoding", "if-none-match") if self.path in line.rewritten else DROPPED
            headers = {name: value for name, value in self.headers.items() if name.lower() not in dropped}
            connection.request(self.command, self.path, body or None, headers)
            reply = connection.getresponse()
            kept = [(name, value) for name, value in reply.getheaders() if name.lower() not in DROPPED]
            return reply.status, reply.read(), kept
        finally:
            connection.close()

    def _say(self, status: int, body: bytes, headers: list[tuple[str, str]]) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Nothing: what passed stands in `sent`."""


def open_line(port: int) -> Server:
    """A line to the collector on this port, from a free port of its own."""
    server = Server(("127.0.0.1", 0), Cable)
    server.line = Line(port, origin=f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return server
