"""Who a response belongs to: the keyed hashes that stand for customers and for respondents of imports."""

from __future__ import annotations

import hmac
import re


def person_of(secret: bytes, customer: str, source: str | None = None) -> bytes:
    """The hash that stands for a customer's key, or, with a source, for a respondent of that import."""
    known_as = customer if source is None else f"{source} {as_given(customer.strip())}"
    return hmac.digest(secret, known_as.encode(), "sha256")[:16]


def as_given(id: str) -> str:
    """An id as it was given out: "aB3x" and "Ab3X" are two people, but spreadsheets write 12 as 12.0."""
    return re.sub(r"^(\d+)\.0+$", r"\1", id)
