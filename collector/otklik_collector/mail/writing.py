"""Writes letters at the moment they are sent: from the database as it stands then, in the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from otklik_collector import alarm_words, kiosk_words
from otklik_collector.case_words import waits
from otklik_collector.digest import Digest, digest, due_monday, monday_of
from otklik_collector.mail.message import Content
from otklik_collector.map import figures
from otklik_collector.store import Store
from otklik_collector.store.letters import DIGEST, KIOSK, Letter
from otklik_collector.store.people import Person
from otklik_collector.store.subscriptions import Subscription
from otklik_collector.store.transaction import transaction
from otklik_collector.words import _
from otklik_widget.journey import Journey

TEMPLATES = Path(__file__).parent / "templates"
KIND = {"alarm": "alarms", "digest": "digest", "kiosk": "alarms"}
"""What ends letters of a kind, in their links."""


class Writing:
    """`address` is where the links in letters lead, without a slash at its end; `hour`: when the week is sent."""

    def __init__(self, journey: Journey, address: str, hour: int = 8) -> None:
        self._journey = journey
        self._address = address
        self._hour = hour

    def company(self, lang: str) -> str:
        return self._journey.company.name.say(lang)

    def ending(self, wanted: Subscription, kind: str) -> str:
        """Where the reader ends letters of this kind, without signing in."""
        return f"{self._address}/mail/{KIND[kind]}/{wanted.token}?{urlencode({'lang': wanted.lang})}"

    def content(self, store: Store, letter: Letter, person: Person, lang: str) -> Content | None:
        """What a letter says; None where nothing is left to tell."""
        wanted = store.subscriptions.of(letter.person)
        ending = self.ending(wanted, letter.kind) if wanted else ""
        if letter.kind == DIGEST:
            return self.digest(store, person, date.fromisoformat(letter.about), lang, letter.created_at / 1000, ending)
        if letter.kind == KIOSK:
            return self._kiosks(store, letter, person, lang, ending)
        return self._alarms(store, letter, person, lang, ending)

    def put_digests(
        self, store: Store, now: float, *, only: Person | None = None, at_once: bool = False
    ) -> list[bytes]:
        """Puts down this week's digests that are due and not put down yet, one a person; returns their ids.

        `at_once`: also before the hour and after the days in which it is sent by itself.
        """
        zone = self._journey.company.zone
        monday = due_monday(now, zone, self._hour)
        if monday is None and at_once:
            monday = monday_of(datetime.fromtimestamp(now, ZoneInfo(zone)).date())
        if monday is None:
            return []
        had = store.letters.has(DIGEST, monday.isoformat())
        people = [
            wanted.person
            for wanted in store.subscriptions.all()
            if wanted.takes("digest") and wanted.person not in had and (only is None or only.id == wanted.person)
        ]
        if not people:
            return []
        moment = int(now * 1000)
        with transaction(store.db.conn):
            put = [store.letters.put(person, DIGEST, monday.isoformat(), moment, moment) for person in people]
        return [id for id in put if id]

    def digest(
        self, store: Store, person: Person | None, monday: date, lang: str, now: float, ending: str = ""
    ) -> Content | None:
        """The week before a Monday, for a person or the whole company; None where the person's places are gone."""
        found = digest(store, self._journey, person, monday, lang, now)
        if not found.sections:
            return None
        subject = _("The week: %(week)s", week=figures.period(found.week))
        return self._rendered("digest", lang, subject, ending, **self._of_digest(found, lang))

    def digest_words(self, found: Digest, lang: str) -> str:
        """The same as a part of a page."""
        return environment().get_template("digest-words.html").render(self._of_digest(found, lang))

    def _of_digest(self, found: Digest, lang: str) -> dict[str, object]:
        return {
            "digest": found, "week": figures.period(found.week), "period": figures.period(found.period),
            "link": lambda key, place: self._link(key, place, lang), "waits": waits,
            "cases": lambda place: f"{self._address}/console/cases?{_asked(place, lang)}",
            "overdue": lambda n: _("Waiting too long: %(n)d.", n=n),
        }  # fmt: skip

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

    def _kiosks(self, store: Store, letter: Letter, person: Person, lang: str, ending: str) -> Content | None:
        """Those of the reader's places that have not spoken since the letter was put down."""
        devices, heard = store.devices.all(), store.beats.all()
        rows = []
        for key in letter.about.split()[1:]:
            one, its = devices.get(key), heard.get(key)
            if one is None or its is None or its.heard_at > letter.created_at or one.revoked_at or one.retired_at:
                continue
            if person.whole or one.place in person.places:
                link = f"{self._address}/console/kiosks/at/{key}?{urlencode({'lang': lang})}"
                since = kiosk_words.clock_words(its.heard_at, self._journey.company.zone)
                rows.append((kiosk_words.where_words(one, self._journey, lang), since, link))
        if not rows:
            return None
        subject = _("Silent kiosks: %(names)s", names="; ".join(name for name, _since, _link in rows[:5]))
        return self._rendered("kiosks", lang, subject, ending, rows=rows)

    def _link(self, touchpoint: str, place: str, lang: str) -> str:
        return f"{self._address}/console/touchpoint/{touchpoint}?{_asked(place, lang)}"

    def _rendered(self, name: str, lang: str, subject: str, ending: str, **values: object) -> Content:
        values |= {
            "lang": lang, "subject": subject, "ending": ending, "company": self.company(lang),
            "sample": self._journey.company.sample,
            "mine": f"{self._address}/console/account/mail?{urlencode({'lang': lang})}",
        }  # fmt: skip
        text, html = (environment().get_template(f"{name}{form}.html").render(values) for form in ("-text", ""))
        return Content(subject, text, html)


def _asked(place: str, lang: str) -> str:
    return urlencode({"lang": lang, **({"place": place} if place else {})})


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
