"""What alarms say, on pages, in letters and on the map."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date, format_skeleton

from otklik_collector.map import figures
from otklik_collector.store.alarms import Alarm
from otklik_collector.words import _
from otklik_widget.journey import Journey
from otklik_widget.words import language


def name_words(alarm: Alarm, journey: Journey, lang: str) -> str:
    """The touchpoint, and the place where it rang at one."""
    touchpoint, place = journey.touchpoints.get(alarm.touchpoint), journey.place_keys.get(alarm.place)
    parts = [touchpoint.name.say(lang) if touchpoint else alarm.touchpoint]
    if alarm.place:
        parts.append(place.name.say(lang) if place else alarm.place)
    return ", ".join(parts)


def sentence(alarm: Alarm) -> str:
    """What rang, with its numbers where they may be told."""
    day = day_words(alarm.day if alarm.kind == "shock" else alarm.since)
    if alarm.withheld:
        if alarm.kind == "shock":
            return _("%(day)s: far more unhappy in one day than usual", day=day)
        if alarm.side == "worse":
            return _("more unhappy than usual since %(day)s", day=day)
        return _("fewer unhappy than usual since %(day)s", day=day)
    values = {
        "day": day, "unhappy": figures.number(alarm.unhappy), "n": figures.number(alarm.responses),
        "usual": figures.of_100(alarm.usual),
    }  # fmt: skip
    if alarm.kind == "shock":
        return _("%(day)s: unhappy are %(unhappy)s of %(n)s in one day; usual are %(usual)s of 100", **values)
    if alarm.side == "worse":
        return _("more unhappy than usual: %(unhappy)s of %(n)s since %(day)s; usual are %(usual)s of 100", **values)
    return _("fewer unhappy than usual: %(unhappy)s of %(n)s since %(day)s; usual are %(usual)s of 100", **values)


def day_words(day: date) -> str:
    """A day of this year: “5 November”."""
    return str(format_skeleton("MMMMd", day, locale=language()))


def full_day(day: date) -> str:
    return str(format_date(day, "long", locale=language()))
