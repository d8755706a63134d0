"""One request as granian tells it (RSGI), and its body, read with a limit and for so long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from otklik_collector.patience import Patience
from otklik_collector.problem import Problem

BODY_SECONDS = 10


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


def joined(headers: Headers) -> Callable[[str], str]:
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


def _too_large(limit: int) -> Problem:
    return Problem(413, "too-large", f"The body may have {limit} bytes")
