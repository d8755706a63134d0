"""A shop's web server: serves pages with the widget and the widget itself, and takes down what arrives."""

from __future__ import annotations

import json
import re
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs, urlsplit

from otklik_widget import embed
from otklik_widget.assets import script

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from otklik_widget.journey import Journey

STRICT = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


@dataclass(frozen=True)
class Reply:
    """What the collector says: a status, or 0 for a line that breaks before any word; not before `when`."""

    status: int
    retry_after: int | None = None
    when: threading.Event | None = None
    kind: str = "application/json"


@dataclass
class Shop:
    """The shop as its server knows it. `replies` are given in turn; then every response is stored."""

    journey: Journey
    pages: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    policy: str = ""
    replies: deque[Reply] = field(default_factory=deque)
    down: bool = False
    responses: list[dict[str, Any]] = field(default_factory=list)
    shown: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    origin: str = ""

    def page(self, body: str, *, path: str = "/till", head: str = "", lang: str = "en") -> str:
        """The address of a page with this body."""
        self.pages[path] = (
            f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Till</title>'
            f'<meta name="viewport" content="width=device-width">{head}</head>'
            f"<body><main><h1>Shop</h1>{body}</main></body></html>"
        )
        return self.origin + path

    def asking(self, scale: str, *, lang: str = "en", point: str = "checkout", head: str = "") -> str:
        """The address of a page that asks one question, as the site build writes it."""
        asked = embed.element(self.journey, point, scale, lang)
        return self.page(f'{asked}<script src="/ask.js" async></script>', head=head, lang=lang)

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        """The responses, once there are so many; fails when they don't come in ten seconds."""
        end = time.monotonic() + 10
        while len(self.responses) < count:
            assert time.monotonic() < end, f"{len(self.responses)} responses came, not {count}"
            time.sleep(0.01)
        return self.responses


class Server(ThreadingHTTPServer):
    daemon_threads = True
    shop: Shop


class Counter(BaseHTTPRequestHandler):
    """Where one request is served."""

    protocol_version = "HTTP/1.1"

    @property
    def shop(self) -> Shop:
        return cast("Server", self.server).shop

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(address.query).items()}
        self.shop.requests.append((self.path, dict(self.headers)))
        if re.fullmatch(r"/ask(\.[0-9a-f]{10})?\.js", address.path):
            known = query.get("point") in self.shop.journey.touchpoints
            text = configured(self.shop.journey, query) if known else script()
            self._say(200, text, "text/javascript; charset=utf-8")
        elif address.path in self.shop.pages:
            self._say(200, self.shop.pages[address.path], "text/html; charset=utf-8")
        elif address.path in self.shop.files:
            kind = "text/css" if address.path.endswith(".css") else "text/javascript"
            self._say(200, self.shop.files[address.path], kind)
        else:
            self._say(404, "", "text/plain")

    def do_POST(self) -> None:
        shop, body = self.shop, self.rfile.read(int(self.headers["Content-Length"]))
        shop.requests.append((self.path, dict(self.headers)))
        if self.path == "/shown":
            shop.shown += json.loads(body)
            self._say(200, "{}", "application/json")
            return
        if self.path.startswith("/refusing"):
            self._say(403, "{}", "application/json")
            return
        reply = shop.replies.popleft() if shop.replies else Reply(0 if shop.down else 201)
        shop.responses.append({**json.loads(body), "reply": reply.status})
        if reply.when:
            assert reply.when.wait(10)
        if reply.status:
            self._say(reply.status, "{}", reply.kind, reply.retry_after)
        else:
            self.close_connection = True

    def _say(self, status: int, text: str, kind: str, retry_after: int | None = None) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Expose-Headers", "Retry-After")
        self.send_header("Cache-Control", "no-store")
        if retry_after is not None:
            self.send_header("Retry-After", str(retry_after))
        if self.shop.policy:
            self.send_header("Content-Security-Policy", self.shop.policy)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *words: object) -> None:
        """Nothing: what was asked for stands in `requests`."""


def configured(journey: Journey, query: dict[str, str]) -> str:
    """The script that the collector gives for such an address."""
    wanted = {name: query.get(name, "") for name in ("point", "lang", "key")}
    scale, card = query.get("scale") or query.get("kind", ""), any(name in query for name in embed.CARD_SETTINGS)
    return embed.configured_script(journey, scale=scale, card=card, **wanted)


def visit_still(page: Page, address: str) -> None:
    """Opens a page whose clock stands: only `page.clock.run_for` moves it, however slow the machine is."""
    page.clock.install()
    page.goto(address)
    page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))


def open_shop(journey: Journey) -> Server:
    """A server on a free port of this machine, serving in a thread of its own."""
    server = Server(("127.0.0.1", 0), Counter)
    server.shop = Shop(journey, origin=f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return server
