"""A line for each request, where the operator asks for it: what was asked for, never by whom or with what in it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException

from otklik_collector.log import Log
from otklik_collector.pages_of_site import BuiltSite

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.routing import Map

    from otklik_collector.exchange import Scope
    from otklik_collector.front import Front

METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE")
OWN_PATHS = ("/responses", "/shown", "/healthz", "/readyz")
UNKNOWN = "-"


class RequestLog:
    """Stands before the front (RSGI) and writes method, route, status and duration."""

    def __init__(self, front: Front, site: BuiltSite, rules: Map, log: Log) -> None:
        self._front = front
        self._site = site
        self._rules = rules.bind("localhost")
        self._log = log

    async def __rsgi__(self, scope: Scope, exchange: Any) -> None:
        heard, began = _Overheard(exchange), time.perf_counter()
        try:
            await self._front.__rsgi__(scope, heard)
        finally:
            method = scope.method if scope.method in METHODS else UNKNOWN
            route = self._route(scope, heard.status)
            spent = round((time.perf_counter() - began) * 1000, 1)
            text = f"{method} {route} {heard.status or UNKNOWN} {spent} ms"
            self._log.say("request", text, method=method, route=route, status=heard.status, ms=spent)

    def _route(self, scope: Scope, status: int) -> str:
        """The pattern of the address: its own words may be a token or anything that somebody typed."""
        if scope.path in OWN_PATHS:
            return scope.path
        if self._site.owns(scope.path):
            return scope.path if status < 400 else UNKNOWN
        try:
            rule, _values = self._rules.match(scope.path, method=scope.method, return_rule=True)
        except HTTPException:
            return UNKNOWN
        return str(rule.rule)


class _Overheard:
    """granian's end of a request, which remembers the status that was answered."""

    def __init__(self, exchange: Any) -> None:
        self._exchange = exchange
        self.status = 0

    def __call__(self) -> Any:
        return self._exchange()

    def __aiter__(self) -> Any:
        return self._exchange.__aiter__()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        found: Callable[..., Any] = getattr(self._exchange, name)
        if not name.startswith("response_"):
            return found

        def answer(status: int, *rest: Any) -> Any:
            self.status = status
            return found(status, *rest)

        return answer
