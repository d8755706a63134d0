"""A refusal that a program can read: application/problem+json (RFC 9457) with a stable code, in English."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec


class BadField(NamedTuple):
    """One thing wrong with one field; `rule` says what would be right."""

    field: str
    value: Any
    rule: str

    def plain(self) -> dict[str, Any]:
        return {"field": _short(self.field), "value": _short(self.value), "rule": _short(self.rule, 300)}


class Problem(Exception):  # noqa: N818 - RFC 9457's own word
    """Raised where a request is refused: becomes a reply with this status, code, title and faults."""

    def __init__(
        self, status: int, code: str, title: str, errors: list[BadField] | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(title)
        self.retry_after = retry_after
        self.status = status
        self.code = code
        self.title = title
        self.errors = errors or []

    def plain(self) -> dict[str, Any]:
        said: dict[str, Any] = {"type": "about:blank", "title": self.title, "status": self.status, "code": self.code}
        if self.errors:
            said["errors"] = [error.plain() for error in self.errors]
        return said

    def body(self) -> bytes:
        return msgspec.json.encode(self.plain())


def _short(value: Any, letters: int = 100) -> Any:
    """The value as it was sent, cut where it is long; nothing that was refused is echoed at length."""
    if value is None or isinstance(value, bool | int | float):
        return value if not isinstance(value, int) or abs(value) < 2**53 else str(value)[:100]
    if isinstance(value, str):
        # Half a surrogate pair is possible in JSON, but not in a reply.
        said = value.encode("utf-8", "replace").decode()
        return said if len(said) <= letters else said[:letters] + "…"
    try:
        return _short(msgspec.json.encode(value).decode())
    except (TypeError, ValueError, RecursionError):
        return type(value).__name__
