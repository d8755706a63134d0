"""The front of the collector: takes responses at full speed, hands files and pages to those who have them.

granian calls it for every request (RSGI). Bodies are read on the event loop, so that a hundred clients which send
half a body hold nothing but a little memory; Flask's pages run in a few threads behind it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

from granian._granian import RSGIProtocolClosed as ProtocolClosed

from otklik_collector.bridge import GONE, UNREAD, SentFile, call_wsgi, environ_of
from otklik_collector.door import Door, Sender
from otklik_collector.exchange import BODY_SECONDS, Exchange, Scope, joined, read_body
from otklik_collector.intake import Intake
from otklik_collector.log import Log
from otklik_collector.numbers import Numbers
from otklik_collector.pages_of_site import BuiltSite
from otklik_collector.patience import Patience
from otklik_collector.problem import Problem
from otklik_collector.proxies import Proxies
from otklik_collector.readiness import Readiness
from otklik_collector.writer import Writer
from otklik_widget.contract import BODY_BYTES, LIST_BYTES

FORM_BYTES = 32 * 1024
PAGE_THREADS = 8
OPENED_SECONDS = 60
"""After so long the server has opened a file that it sends, or will never do so."""
PUBLIC = [
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "Retry-After"),
    ("x-content-type-options", "nosniff"),
]
JSON_HEADERS = [*PUBLIC, ("content-type", "application/json"), ("cache-control", "no-store")]
PROBLEM_HEADERS = [*PUBLIC, ("content-type", "application/problem+json"), ("cache-control", "no-store")]
TEXT_HEADERS = [*PUBLIC, ("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store")]
PREFLIGHT = [
    *PUBLIC,
    ("access-control-allow-methods", "POST"),
    ("access-control-allow-headers", "Content-Type"),
    ("access-control-max-age", "86400"),
]


class Front:
    """The RSGI application: `POST /responses` and `/shown` here, the built site's files, and Flask for the rest."""

    def __init__(
        self,
        door: Door,
        writer: Writer,
        pages: Callable[..., Any],
        site: BuiltSite,
        proxies: Proxies,
        numbers: Numbers,
        readiness: Readiness,
        log: Log,
    ) -> None:
        self._intake = Intake(door, writer, numbers)
        self._pages = pages
        self._site = site
        self._proxies = proxies
        self._numbers = numbers
        self._readiness = readiness
        self._patience = Patience(BODY_SECONDS)
        self._log = log
        self._threads = ThreadPoolExecutor(PAGE_THREADS, thread_name_prefix="page")

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        if scope.path in ("/responses", "/shown"):
            await self._take(scope, exchange)
        elif scope.path in ("/healthz", "/readyz"):
            self._tell(scope, exchange)
        elif self._site.owns(scope.path):
            self._site.serve(scope, exchange)
        else:
            await self._page(scope, exchange)

    def _tell(self, scope: Scope, exchange: Exchange) -> None:
        """Answers the machine's questions right here: no thread that could be busy, no disk that could hang."""
        problem = None
        if scope.method not in ("GET", "HEAD"):
            problem = Problem(405, "method", "Only GET is understood here")
        elif scope.path == "/readyz":
            problem = self._readiness.problem()
        if problem is None:
            exchange.response_bytes(200, TEXT_HEADERS, b"ok\n")
        else:
            _refuse(exchange, problem, allow="GET, HEAD")

    async def _take(self, scope: Scope, exchange: Exchange) -> None:
        try:
            if scope.method == "OPTIONS":
                exchange.response_empty(204, PREFLIGHT)
                return
            if scope.method != "POST":
                raise Problem(405, "method", "Only POST is understood here")
            body = await read_body(scope, exchange, LIST_BYTES, self._patience)
            listed = body.lstrip(b" \t\r\n")[:1] == b"["
            if not listed and len(body) > BODY_BYTES:
                raise Problem(413, "too-large", f"A single response may have {BODY_BYTES} bytes")
            sender = self._sender(scope)
            wait = 0
            if scope.path == "/shown":
                status, reply = await self._intake.shown(sender, body, listed)
            elif listed:
                status, reply, wait = await self._intake.several(sender, body)
            else:
                status, reply = await self._intake.one(sender, body)
            if reply:
                later = [("retry-after", str(wait))] if wait else []
                exchange.response_bytes(status, [*JSON_HEADERS, *later], reply)
            else:
                exchange.response_empty(status, PUBLIC)
        except ProtocolClosed:  # the client hung up before its body was whole: nobody waits for a reply
            return
        except Exception as error:  # noqa: BLE001 - a client that can't read the reply would retry for ever
            problem = error if isinstance(error, Problem) else self._unforeseen(error)
            self._numbers.refused(problem.status, problem.code)
            _refuse(exchange, problem, allow="POST, OPTIONS")

    def _sender(self, scope: Scope) -> Sender:
        headers = scope.headers
        address = self._proxies.visitor(scope.client, joined(headers))
        bearer = headers.get("authorization", "").removeprefix("Bearer ").strip()
        return Sender(headers.get("origin"), address, headers.get("user-agent", ""), bearer)

    async def _page(self, scope: Scope, exchange: Exchange) -> None:
        body, unread = b"", {}
        try:
            if scope.method == "POST":
                body = await read_body(scope, exchange, FORM_BYTES, self._patience)
        except ProtocolClosed:
            return
        except Problem as problem:
            unread = {UNREAD: problem}
        environ = environ_of(scope, body) | unread
        loop = asyncio.get_running_loop()
        # In a context of its own: the language that a page speaks ends with it.
        made = loop.run_in_executor(self._threads, copy_context().run, call_wsgi, self._pages, environ)
        watching = asyncio.ensure_future(_tell_when_gone(exchange, environ[GONE]))
        try:
            status, headers, page = await made
        finally:
            watching.cancel()
        if isinstance(page, SentFile):
            # granian opens the file when it begins to send, and sends as fast as the client takes it.
            exchange.response_file(status, headers, f"/dev/fd/{page.file.fileno()}")
            loop.call_later(OPENED_SECONDS, page.close)
        elif page:
            exchange.response_bytes(status, headers, page)
        else:
            exchange.response_empty(status, headers)

    def _unforeseen(self, error: Exception) -> Problem:
        self._log.broke(error)
        return Problem(500, "internal", "Something went wrong here; it is written down")

    def stop(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


async def _tell_when_gone(exchange: Exchange, gone: threading.Event) -> None:
    """Sets the event when the client hangs up: whoever works long for it can stop."""
    await exchange.client_disconnect()
    gone.set()


def _refuse(exchange: Exchange, problem: Problem, allow: str = "") -> None:
    headers = PROBLEM_HEADERS
    if problem.retry_after is not None:
        headers = [*headers, ("retry-after", str(problem.retry_after))]
    if problem.status == 405:
        headers = [*headers, ("allow", allow)]
    exchange.response_bytes(problem.status, headers, problem.body())
