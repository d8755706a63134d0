"""Writes letters at the moment they are sent: from the database as it stands then, in the reader's language."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from otklik_collector import alarm_words
from otklik_collector.mail.message import Content
from otklik_collector.store import Store
from otklik_collector.store.letters import Letter
from otklik_collector.store.people import Person
from otklik_collector.store.subscriptions import Subscription
from otklik_collector.words import _
from otklik_widget.journey import Journey

TEMPLATES = Path(__file__).parent / "templates"
KIND = {"alarm": "alarms", "digest": "digest"}
"""What ends letters of a kind, in their links."""


class Writing:
    """`address` is where the console and the links in letters are reached, without a slash at its end."""

    def __init__(self, journey: Journey, address: str) -> None:
        self._journey = journey
        self._address = address

    def company(self, lang: str) -> str:
        return self._journey.company.name.say(lang)

    def ending(self, wanted: Subscription, kind: str) -> str:
        """Where the reader ends letters of this kind, without signing in."""
        return f"{self._address}/mail/{KIND[kind]}/{wanted.token}?{urlencode({'lang': wanted.lang})}"

    def content(self, store: Store, letter: Letter, person: Person, lang: str) -> Content | None:
        """What a letter says; None where nothing is left to tell."""
        wanted = store.subscriptions.of(letter.person)
        ending = self.ending(wanted, letter.kind) if wanted else ""
        return self._alarms(store, letter, person, lang, ending)

    def _alarms(self, store: Store, letter: Letter, person: Person, lang: str, ending: str) -> Content | None:
        """Of each touchpoint and place what rang last; only of places that are still the reader's."""
        newest = {}
        for one in sorted(store.alarms.get([int(id) for id in letter.about.split()])):
            if person.whole or one.place in person.places:
                newest[one.touchpoint, one.place, one.kind] = one
        rows = []
        for one in newest.values():
            name = alarm_words.name_words(one, self._journey, lang)
            rows.append((name, alarm_words.sentence(one), self._link(one.touchpoint, one.place, lang)))
        if not rows:
            return None
        names = list(dict.fromkeys(name for name, _sentence, _link in rows))
        subject = _("More unhappy than usual: %(names)s", names="; ".join(names))
        return self._rendered("alarm", lang, subject, ending, rows=rows)

    def _link(self, touchpoint: str, place: str, lang: str) -> str:
        asked = {"lang": lang, **({"place": place} if place else {})}
        return f"{self._address}/console/touchpoint/{touchpoint}?{urlencode(asked)}"

    def _rendered(self, name: str, lang: str, subject: str, ending: str, **values: object) -> Content:
        values |= {
            "lang": lang, "subject": subject, "ending": ending, "company": self.company(lang),
            "mine": f"{self._address}/console/account/mail?{urlencode({'lang': lang})}",
        }  # fmt: skip
        text, html = (environment().get_template(f"{name}{form}.html").render(values) for form in ("-text", ""))
        return Content(subject, text, html)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The letters' templates; all but the texts are escaped."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=lambda name: not (name or "").endswith("-text.html"),  # noqa: S701 - plain text knows no tags
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"_": _}
    return made
