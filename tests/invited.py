"""A collector of the corner shop in this process, with invitations to press on and a clock to turn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

from flask import Flask
from werkzeug.test import TestResponse

from otklik_collector.app import create_app
from otklik_collector.door import Door
from otklik_collector.inviting import Asked, Mailing
from otklik_collector.proxies import Proxies
from otklik_collector.response import Response
from otklik_collector.store import Store, open_store
from otklik_widget.journey import Journey

NOW = 1_772_400_000.0
"""In seconds: a day in March 2026."""


@dataclass
class Shop:
    app: Flask
    store: Store
    journey: Journey
    now: list[float] = field(default_factory=lambda: [NOW])
    before: set[bytes] = field(default_factory=set)
    """Responses of earlier tests."""

    def link(self, touchpoint: str = "till", *, channel: str = "email", days: int = 30, short: bool = False,
             base: str = "", **asked: str) -> str:  # fmt: skip
        """The address of a new invitation, without its origin."""
        mailing = Mailing(
            self.journey, self.store, base, channel=channel, days=days, short=short, now=self.now[0], who="Anna"
        )
        (link,) = mailing.links([Asked(touchpoint, **asked)])
        return link

    def open(self, link: str, method: str = "GET", **headers: str) -> TestResponse:
        return self.app.test_client().open(link, method=method, headers={"Accept-Language": "en", **headers})

    def mark(self, link: str) -> str:
        """What only the rendered page holds."""
        found = re.search(r'name="seen" value="([^"]+)"', self.open(link).text)
        assert found
        return unescape(found[1])

    def press(
        self, link: str, score: int | str = 4, *, seen: str | None = None, after: float = 3, **form: str
    ) -> TestResponse:
        """What a person does: opens the link, looks at it for some seconds, presses."""
        mark = self.mark(link) if seen is None else seen
        self.now[0] += after
        return self.app.test_client().post(link, data={"score": str(score), "seen": mark, "lang": "en", **form})

    def responses(self) -> list[Response]:
        """What was stored since the test began."""
        return list(self.store.responses.stored([id for id in self.ids() if id not in self.before]).values())

    def ids(self) -> list[bytes]:
        return [row[0] for row in self.store.db.conn.execute("SELECT id FROM response ORDER BY id")]


@contextmanager
def shop_of(journey: Journey, db: Path, origin: str = "http://localhost") -> Iterator[Shop]:
    now = [NOW]
    with open_store(db, create=True) as store:
        store.series.use(journey)
        door = Door(journey, frozenset({origin}), store.keys.live, store.person_secret(), lambda: now[0])
        app = create_app(
            journey, db, door, Proxies(()), lambda one: store.responses.submit([one]), clock=lambda: now[0]
        )
        yield Shop(app, store, journey, now)
