"""What is said of kiosks, on pages, in letters and by commands."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_timedelta

from otklik_collector.kiosk_health import Health, State, Trouble
from otklik_collector.map import figures
from otklik_collector.store.devices import Device
from otklik_collector.words import _
from otklik_widget.journey import Journey
from otklik_widget.words import language


def state_words(health: Health, now: int) -> str:
    """How it does, in a few words: “silent for 12 minutes”."""
    if health.state is State.SILENT and health.since is not None:
        return _("silent for %(long)s", long=long_words(now - health.since))
    return {
        State.SILENT: _("silent"),
        State.TROUBLED: _("look at it"),
        State.WAITING: _("waits for its tablet"),
        State.WELL: _("works"),
        State.CLOSED: _("off, closed now"),
        State.RETIRED: _("retired"),
        State.REVOKED: _("revoked"),
    }[health.state]


def trouble_words(trouble: Trouble) -> str:
    """What is wrong, in one sentence without its full stop."""
    n = figures.number(round(trouble.number))
    if trouble.kind == "clock":
        ahead = trouble.number < 0
        long = long_words(abs(trouble.number) * 60_000)
        return _("its clock is %(long)s ahead", long=long) if ahead else _("its clock is %(long)s behind", long=long)
    return {
        "missing": _("presses that never came, in a week: %(n)s", n=n),
        "aside": _("responses that were refused and stay on the tablet: %(n)s", n=n),
        "queue": _("responses that wait for over 10 minutes: %(n)s", n=n),
        "battery": _("battery at %(n)s %%, not charging", n=figures.number(round(trouble.number * 100))),
        "settings": _("still asks by older settings"),
        "app": _("runs an older version; it changes by itself when nobody stands there"),
        "storage": _("its browser may clear what is stored: add the page to the home screen"),
        "closed": _("presses of the last day outside opening hours: %(n)s", n=n),
        "one-face": _("one face only, in the last %(n)s presses of a day: is the screen all right?", n=n),
        "never": _("nobody has pressed yet, in %(n)s hours of opening: does it stand where people pass?", n=n),
        "nobody": _("nobody has pressed for %(n)s hours of opening, which is unusual here", n=n),
    }[trouble.kind]


def where_words(device: Device, journey: Journey, lang: str) -> str:
    """Its name and the place where it stands."""
    place = journey.place_keys.get(device.place)
    return ", ".join(filter(None, [device.name, place.name.say(lang) if place else device.place]))


def long_words(milliseconds: float) -> str:
    """A time as people say it: “12 minutes”, “3 days”."""
    return str(format_timedelta(int(milliseconds / 1000), locale=language(), threshold=1.5))


def clock_words(milliseconds: int, zone: str) -> str:
    """A moment by a zone's clock: “21 Nov, 14:05”."""
    return str(format_datetime(milliseconds / 1000, "d MMM, HH:mm", tzinfo=ZoneInfo(zone), locale=language()))
