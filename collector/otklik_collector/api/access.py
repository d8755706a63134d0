"""The door of the API: every address needs a token with its scope, and honours the token's places."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import flask

from otklik_collector.problem import BadField, Problem
from otklik_collector.store import Store, open_store
from otklik_collector.store.tokens import PREFIX, Token
from otklik_widget.journey import Journey

Clock = Callable[[], float]


class Access:
    """Sets `flask.g.token` before an address of the API answers. Closed unless `open_to` or `scopes` names it."""

    def __init__(self, db: Path, journey: Journey, limit: int, clock: Clock = time.time) -> None:
        self._db = db
        self._journey = journey
        self._rate = Rate(limit)
        self.now = clock
        self.scopes: dict[str, str] = {}
        self.open_to: set[str] = set()

    def install(self, pages: flask.Blueprint) -> None:
        pages.before_request(self._check)
        pages.teardown_request(_close)

    def _check(self) -> None:
        endpoint = flask.request.endpoint or ""
        if endpoint in self.open_to:
            return
        token = self._token()
        wait = self._rate.seconds_to_wait(token.id)
        if wait:
            raise Problem(429, "too-many", "This token asks too often; wait as Retry-After says", retry_after=wait)
        scope = self.scopes[endpoint]
        if not token.may(scope):
            said = f"This token may not do that: make one with --scope {scope}"
            raise Problem(403, "scope", said, [BadField("scope", " ".join(token.scopes), f"needs {scope}")])
        flask.g.token = token

    def _token(self) -> Token:
        kind, _space, sent = flask.request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not sent.strip():
            said = "Send a token as “Authorization: Bearer …”; “otklik token add” makes one"
            raise Problem(401, "token", said)
        sent = sent.strip()
        found = self.store().tokens.find(sent, self.now()) if sent.startswith(PREFIX) and len(sent) < 100 else None
        if found is None:
            raise Problem(401, "token", "This token is unknown, revoked or expired; “otklik token list” shows them all")
        return found

    def store(self) -> Store:
        """The request's own connection, closed at its end: reading never waits for the writer, nor makes it wait."""
        if "api_store" not in flask.g:
            flask.g.api_store = open_store(self._db)
        store: Store = flask.g.api_store
        return store

    def places(self, asked: str | None) -> tuple[str, ...]:
        """The places that may be read, of those asked for; empty: all, and responses without a place."""
        token: Token = flask.g.token
        if asked is not None:
            if asked not in self._journey.place_keys:
                rule = f"no such place; there are: {', '.join(self._journey.place_keys) or 'none'}"
                raise Problem(400, "bad-parameter", "The request is not as agreed", [BadField("place", asked, rule)])
            if not token.whole and asked not in token.places:
                rule = f"this token reads {', '.join(token.places)}"
                raise Problem(403, "place", "This place is not among the token's", [BadField("place", asked, rule)])
            return (asked,)
        return token.places

    def place(self, asked: str | None) -> str | None:
        """One place to read, or None for all of the company; a token of several places must say which."""
        places = self.places(asked)
        if len(places) > 1:
            rule = f"name one of {', '.join(places)}"
            fault = BadField("place", None, rule)
            raise Problem(400, "bad-parameter", "This token reads several places: say which", [fault])
        return places[0] if places else None


class Rate:
    """So many requests a minute for each token; 0 is no limit."""

    def __init__(self, limit: int, clock: Clock = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._left: dict[int, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def seconds_to_wait(self, token: int) -> int:
        """0 where it may ask now, and that is counted; else the seconds until it may."""
        if not self._limit:
            return 0
        with self._lock:
            now = self._clock()
            left, then = self._left.get(token, (float(self._limit), now))
            left = min(float(self._limit), left + (now - then) * self._limit / 60)
            self._left[token] = (left - 1 if left >= 1 else left, now)
        return 0 if left >= 1 else int((1 - left) * 60 / self._limit) + 1


def token() -> Token:
    """Whose request it is."""
    found: Token = flask.g.token
    return found


def _close(_error: BaseException | None) -> None:
    store: Store | None = flask.g.pop("api_store", None)
    if store:
        store.close()
