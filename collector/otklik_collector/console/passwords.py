"""Passwords: what makes a good one, and how they are kept (argon2id) and compared."""

from __future__ import annotations

import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from otklik_collector.problem import Problem
from otklik_collector.store.people import folded
from otklik_collector.words import _

LEAST_LETTERS = 10
MOST_LETTERS = 200
NAME_LETTERS = 64
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's least memory for argon2id: a guess costs 19 MiB; the library's default would cost 64 MiB a sign-in."""
NOBODY = HASHER.hash("nobody has this password")
AT_ONCE = threading.BoundedSemaphore(2)
"""Eight hashes at once would double the collector's memory and leave responses no processor."""
IN_LINE = threading.BoundedSemaphore(4)
"""The other half of the threads that make pages stays free for customers, however many try to sign in."""
WAIT_SECONDS = 2


def name_fault(name: str) -> str | None:
    """What is wrong with a name that shall sign in, or None."""
    shown = " ".join(name.split())
    if not shown or len(shown) > NAME_LETTERS or not shown.isprintable():
        return _("a name has 1 to %(n)d letters, all of them visible", n=NAME_LETTERS)
    return None


def password_fault(password: str, name: str) -> str | None:
    """What is wrong with a new password, or None. Length is all that counts: rules about signs make worse passwords."""
    if len(password) < LEAST_LETTERS:
        return _(
            "a password has at least %(n)d letters: shorter ones can be guessed; three or four words are fine",
            n=LEAST_LETTERS,
        )
    if len(password) > MOST_LETTERS:
        return _("a password has at most %(n)d letters", n=MOST_LETTERS)
    small = folded(password)
    if len(folded(name)) > 2 and folded(name) in small:
        return _("the name must not be part of the password: it is the first thing somebody would try")
    if len(set(small)) < 4:
        return _("a password of one repeated letter is among the first that are tried")
    return None


def hash_password(password: str) -> str:
    """What is stored of a password. Raises `Problem` 503 where too many are being computed."""
    with _Turn():
        return HASHER.hash(_normal(password))


def is_right(password: str, stored: str) -> bool:
    """Is this the password of a stored hash? As slow for an empty hash, so that nobody learns which names exist."""
    with _Turn():
        try:
            return HASHER.verify(stored or NOBODY, _normal(password)) and bool(stored)
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(stored: str) -> bool:
    """Was this hash made with other parameters than today's?"""
    return HASHER.check_needs_rehash(stored)


def _normal(password: str) -> str:
    # “й” is one letter on one keyboard and two signs on another.
    return unicodedata.normalize("NFC", password[: MOST_LETTERS + 1])


class _Turn:
    """One of the few places to compute a hash."""

    def __enter__(self) -> None:
        busy = Problem(503, "busy", "Too many sign-ins at once", retry_after=WAIT_SECONDS)
        if not IN_LINE.acquire(blocking=False):
            raise busy
        if not AT_ONCE.acquire(timeout=WAIT_SECONDS):
            IN_LINE.release()
            raise busy

    def __exit__(self, *_error: object) -> None:
        AT_ONCE.release()
        IN_LINE.release()
