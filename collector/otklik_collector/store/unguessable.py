"""Tokens that nobody can guess, and what is stored of those that open something."""

from __future__ import annotations

import hashlib
import secrets
import string

from otklik_widget.contract import hidden_by_blockers

_LETTERS = string.ascii_letters + string.digits


def unguessable() -> str:
    """22 letters and digits, 130 bits; never one whose address a blocker would hide."""
    while True:
        token = "".join(secrets.choice(_LETTERS) for _letter in range(22))
        if not hidden_by_blockers(token):
            return token


def hash_of(token: str) -> bytes:
    """What is stored of a token or key; what is drawn from over 100 random bits needs no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
