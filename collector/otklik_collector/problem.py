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
        return {"field": self.field, "value": _short(self.value), "rule": self.rule}


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


def _short(value: Any) -> Any:
    """The value as it was sent, cut where it is long; nothing that was refused is echoed at length."""
    if value is None or isinstance(value, bool | int | float):
        return value if not isinstance(value, int) or abs(value) < 2**53 else str(value)[:100]
    if isinstance(value, str):
        return value if len(value) <= 100 else value[:100] + "…"
    try:
        said = msgspec.json.encode(value).decode()
    except (TypeError, ValueError, RecursionError):
        said = type(value).__name__
    return said if len(said) <= 100 else said[:100] + "…"
