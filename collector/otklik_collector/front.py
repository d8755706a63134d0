"""The front of the collector: takes responses at full speed, hands files and pages to those who have them.

granian calls it for every request (RSGI). Bodies are read on the event loop, so that a hundred clients which send
half a body hold nothing but a little memory; Flask's pages run in a few threads behind it.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, Protocol

import msgspec
from granian._granian import RSGIProtocolClosed as ProtocolClosed

from otklik_collector import incoming
from otklik_collector.bridge import GONE, SentFile, call_wsgi, environ_of
from otklik_collector.door import HTTP_CHANNELS, Door, Sender
from otklik_collector.log import Log
from otklik_collector.numbers import Numbers
from otklik_collector.pages_of_site import BuiltSite
from otklik_collector.patience import Patience
from otklik_collector.problem import BadField, Problem
from otklik_collector.proxies import Proxies
from otklik_collector.readiness import Readiness
from otklik_collector.response import Outcome, Response
from otklik_collector.writer import Writer
from otklik_widget.contract import BODY_BYTES, LIST_BYTES, uuid_text

BODY_SECONDS = 10
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
STATUSES = {"stored": 201, "revised": 201, "known": 200}


class Headers(Protocol):
    def get(self, key: str, default: Any = None) -> Any: ...
    def items(self) -> list[tuple[str, str]]: ...


class Scope(Protocol):
    """What granian tells of a request."""

    proto: str
    scheme: str
    method: str
    path: str
    query_string: str
    client: str
    server: str
    http_version: str
    headers: Headers


class Exchange(Protocol):
    """granian's end of a request: await it for the body, or iterate over it, then give one response."""

    async def __call__(self) -> bytes: ...
    def __aiter__(self) -> Any: ...
    async def client_disconnect(self) -> None: ...
    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None: ...
    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None: ...
    def response_file(self, status: int, headers: list[tuple[str, str]], file: str) -> None: ...


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
        self._door = door
        self._writer = writer
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
                status, reply = await self._shown(sender, body, listed)
            elif listed:
                status, reply, wait = await self._several(sender, body)
            else:
                status, reply = await self._one(sender, body)
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
        address = self._proxies.visitor(scope.client, _joined(headers))
        bearer = headers.get("authorization", "").removeprefix("Bearer ").strip()
        return Sender(headers.get("origin"), address, headers.get("user-agent", ""), bearer)

    async def _one(self, sender: Sender, body: bytes) -> tuple[int, bytes]:
        response = self._admitted(sender, body)
        (outcome,) = await self._writer.submit([response])
        return STATUSES[outcome.status], msgspec.json.encode(_told(response, outcome))

    async def _several(self, sender: Sender, body: bytes) -> tuple[int, bytes, int]:
        """The status, the results, and the seconds after which items that met a ceiling may come again."""
        wait = 0
        results: list[dict[str, Any]] = []
        responses: list[Response] = []
        taken: list[dict[str, Any]] = []
        for item in incoming.decode_list(body):
            try:
                if len(item) > BODY_BYTES:
                    raise Problem(413, "too-large", f"A single response may have {BODY_BYTES} bytes")
                response = self._admitted(sender, item)
            except Problem as problem:
                self._numbers.refused(problem.status, problem.code)
                results.append(_refused(item, problem))
                wait = max(wait, problem.retry_after or 0)
            else:
                responses.append(response)
                result: dict[str, Any] = {}
                results.append(result)
                taken.append(result)
        outcomes = await self._writer.submit(responses) if responses else []
        for result, response, outcome in zip(taken, responses, outcomes, strict=True):
            result.update(_told(response, outcome))
            result["status"] = STATUSES[outcome.status]
        statuses = {result["status"] for result in results}
        # 422 says "never again", which must not be said of an item that only came too soon.
        status = 201 if 201 in statuses else 200 if 200 in statuses else 429 if 429 in statuses else 422
        return status, msgspec.json.encode({"results": results}), wait

    def _admitted(self, sender: Sender, body: bytes) -> Response:
        sent, faults = incoming.read(body, self._door.journey, HTTP_CHANNELS)
        key = self._door.admit(
            sender, sent.key, device=sent.device
        )  # who may not send is told so before what is wrong with it
        if faults:
            raise Problem(422, "bad-response", "The response is not as agreed", faults)
        return self._door.response(sent, key, sender)

    async def _shown(self, sender: Sender, body: bytes, listed: bool) -> tuple[int, bytes]:
        shown = []
        for item in incoming.decode_list(body) if listed else [body]:
            one = incoming.decode_shown(item)
            self._door.admit(sender, one.key, counted=False)
            faults = incoming.faults_of_shown(one, self._door.journey)
            if faults:
                raise Problem(422, "bad-shown", "The question shown is not as agreed", faults)
            shown.append(self._door.shown(one.point, one.scale, one.place, sender))
        await self._writer.submit([], shown)
        return 204, b""

    async def _page(self, scope: Scope, exchange: Exchange) -> None:
        try:
            body = await read_body(scope, exchange, FORM_BYTES, self._patience) if scope.method == "POST" else b""
        except ProtocolClosed:
            return
        except Problem as problem:
            _refuse(exchange, problem)
            return
        environ = environ_of(scope, body)
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


def _joined(headers: Headers) -> Callable[[str], str]:
    """A header by its small name, all its lines in one: a proxy may add a line of its own below the client's."""
    return lambda name: ",".join(value for key, value in headers.items() if key == name)


async def read_body(scope: Scope, exchange: Exchange, limit: int, patience: Patience) -> bytes:
    """The body; raises `Problem` 413 where it is too long, 408 where it does not come, 415 where it is compressed."""
    if scope.headers.get("content-encoding", "identity") != "identity":
        raise Problem(415, "encoding", "Send the body uncompressed")
    length = scope.headers.get("content-length", "")
    if length.isdecimal() and int(length) > limit:
        raise _too_large(limit)
    try:
        with patience:
            if length.isdecimal():
                return await exchange()
            parts = bytearray()
            async for part in exchange:
                parts += part
                if len(parts) > limit:
                    raise _too_large(limit)
            return bytes(parts)
    except TimeoutError:
        raise Problem(408, "too-slow", f"The body did not come within {BODY_SECONDS} seconds") from None


def _refuse(exchange: Exchange, problem: Problem, allow: str = "") -> None:
    headers = PROBLEM_HEADERS
    if problem.retry_after is not None:
        headers = [*headers, ("retry-after", str(problem.retry_after))]
    if problem.status == 405:
        headers = [*headers, ("allow", allow)]
    exchange.response_bytes(problem.status, headers, problem.body())


def _too_large(limit: int) -> Problem:
    return Problem(413, "too-large", f"The body may have {limit} bytes")


def _told(response: Response, outcome: Outcome) -> dict[str, Any]:
    return {"id": uuid_text(response.id), "rev": outcome.rev, "status": outcome.status}


def _refused(item: bytes, problem: Problem) -> dict[str, Any]:
    """An item's refusal with the id it claimed, so that a client knows which one to drop."""
    try:
        claimed = json.loads(item).get("id")
    except (ValueError, AttributeError, RecursionError):
        claimed = None
    errors = problem.errors or [BadField("", None, problem.title)]
    return {
        "id": claimed if isinstance(claimed, str) and claimed.isascii() and len(claimed) <= 64 else None,
        "status": 422 if problem.status in (400, 413) else problem.status,
        "code": problem.code,
        "errors": [error.plain() for error in errors],
    }
