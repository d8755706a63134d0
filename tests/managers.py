"""Managers at the console: a browser as far as the console can tell, a clock, and people who are let in."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from conftest import Reply, _lower, _NoRedirect, response

from otklik_collector.console.passwords import hash_password
from otklik_collector.drawing import today_of
from otklik_collector.response import Response, day_number
from otklik_collector.store import open_store
from otklik_widget.contract import make_uuid7
from otklik_widget.journey import Journey

SECRET = "кот спит на полке"
OTHER = "снег лежит до мая"
FIRST = 1_795_000_000.0


hashed = cache(hash_password)
"""The hash of a password, computed once however many people of however many tests have it."""


@dataclass
class Clock:
    now: float = FIRST

    def __call__(self) -> float:
        return self.now


@dataclass
class Visitor:
    """A browser as far as the console can tell: cookies, forms, and who it says it is."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    set_cookies: list[str] = field(default_factory=list)

    def ask(self, path: str, form: dict[str, object] | None = None, **headers: str) -> Reply:
        data = urlencode(form, doseq=True).encode() if form is not None else None
        request = urllib.request.Request(self.url + path, data=data)
        for name, value in {"Accept-Language": "en", **self.headers, **headers}.items():
            request.add_header(name.replace("_", "-"), value)
        if self.cookies:
            request.add_header("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        try:
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=20) as found:
                return self._read(found)
        except urllib.error.HTTPError as refused:
            with refused:
                return self._read(refused)

    def _read(self, reply: object) -> Reply:
        self.set_cookies = reply.headers.get_all("Set-Cookie") or []  # type: ignore[attr-defined]
        for line in self.set_cookies:
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return Reply(reply.status, _lower(reply.headers), reply.read())  # type: ignore[attr-defined]

    def send(self, page: str, path: str, **values: object) -> Reply:
        """Opens a page and sends a form with the guard that stands in it."""
        found = re.search(r'name="form" value="([0-9a-f]+)"', self.ask(page).text)
        return self.ask(path, {"form": found.group(1) if found else "", **values})

    def sign_in(self, name: str = "Anna", password: str = SECRET, **values: object) -> Reply:
        return self.send("/console/sign-in", "/console/sign-in", name=name, password=password, **values)


@dataclass
class Console:
    """The application behind a real port, with a clock that a test may move."""

    url: str
    db: Path
    clock: Clock

    def visitor(self, **headers: str) -> Visitor:
        return Visitor(self.url, {name.replace("_", "-"): value for name, value in headers.items()})

    def let_in(self, name: str, role: str = "admin", *places: str, password: str = SECRET) -> None:
        with open_store(self.db) as store:
            store.people.add(name, hashed(password), role, places, self.clock())

    def signed_in(self, name: str = "Anna") -> Visitor:
        """Somebody with a session: what a password opens, without the time that a password takes."""
        visitor = self.visitor()
        with open_store(self.db) as store:
            person = next(one for one in store.people.all() if one.name == name)
            visitor.cookies["otklik"] = store.sessions.begin(person, "", self.clock())
        return visitor

    def deeds(self) -> list[tuple[str, str, str]]:
        with open_store(self.db) as store:
            return [(deed.who, deed.action, deed.about) for deed in store.audit.newest(1000)]


def answered(console: Console, journey: Journey, *scores: int, days_ago: int = 1, **more: object) -> None:
    """Puts responses at the till so many days before today."""
    day = today_of(journey) - timedelta(days=days_ago)
    rows: list[Response] = [
        response(id=make_uuid7().bytes, score=score, day=day_number(day), hour=18, **more) for score in scores
    ]
    with open_store(console.db) as store:
        store.series.use(journey)
        store.responses.submit(rows)
