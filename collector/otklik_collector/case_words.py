"""What cases, their states, outcomes and steps are called, on pages and by commands."""

from __future__ import annotations

from datetime import timedelta

from babel.dates import format_date, format_datetime, format_skeleton, format_time, format_timedelta

from otklik_collector.response import local
from otklik_collector.store.cases import CUSTOMER, Case, Note
from otklik_collector.words import _
from otklik_widget.journey import Journey
from otklik_widget.scales import SCALES, option_names
from otklik_widget.words import language


def state_name(state: str) -> str:
    """A state in the reader's language; `waiting` and `all` are choices of the list."""
    return {
        "waiting": _("waiting for us"),
        "open": _("open"),
        "reopened": _("open again"),
        "answered": _("answered"),
        "closed": _("closed"),
        "all": _("all"),
    }.get(state, state)


def outcome_name(outcome: str) -> str:
    return {
        "solved": _("solved"),
        "partly": _("solved in part"),
        "unsolved": _("could not be solved"),
        "unreachable": _("the customer could not be reached"),
        "nothing": _("nothing to answer"),
    }.get(outcome, outcome)


def kind_name(kind: str) -> str:
    return {
        "": _("not said"),
        "complaint": _("complaint"),
        "praise": _("praise"),
        "idea": _("idea"),
    }.get(kind, kind)


def channel_name(channel: str) -> str:
    """How a customer reached us, by hand."""
    return {
        "phone": _("phone"),
        "paper": _("paper"),
        "email": _("e-mail"),
        "messenger": _("messenger"),
    }.get(channel, channel)


def who_name(who: str) -> str:
    """Who took a step: somebody of the console, the customer, or the command line."""
    return _("the customer") if who == CUSTOMER else who or _("command line")


def note_words(note: Note) -> str:
    """A line of the history without its own text: what was done."""
    kind, _space, claim = note.detail.partition(" ")
    marked = kind_name("" if kind == "-" else kind)
    return {
        "": _("note"),
        "opened": _("opened"),
        "answered": _("answered the customer, on their page too") if note.detail else _("answered the customer"),
        "closed": _("closed: %(outcome)s", outcome=outcome_name(note.detail)),
        "reopened": _("opened again"),
        "assigned": _("given to %(owner)s", owner=note.detail or _("nobody")),
        "marked": _("marked: %(kind)s, legal claim", kind=marked) if claim else _("marked: %(kind)s", kind=marked),
    }.get(note.step, note.step)


def score_words(case: Case, lang: str) -> str:
    """The score by its word, or that it is a message."""
    if case.score is None or not SCALES[case.scale].has(case.score):
        return _("message")
    name = option_names(case.scale, lang)[case.score - SCALES[case.scale].low]
    return name if SCALES[case.scale].faces else f"{case.scale.upper()}: {name}"


def where_words(case: Case, journey: Journey, lang: str) -> str:
    """The touchpoint and the place in words."""
    touchpoint, place = journey.touchpoints.get(case.touchpoint), journey.place_keys.get(case.place)
    parts = [touchpoint.name.say(lang) if touchpoint else case.touchpoint]
    if case.place:
        parts.append(place.name.say(lang) if place else case.place)
    return ", ".join(parts)


def clock_words(case: Case, milliseconds: int, journey: Journey) -> str:
    """A time on the wall clock of the case's own place."""
    clock = local(milliseconds, journey.zone(case.touchpoint, case.place))
    return str(format_datetime(clock, "medium", tzinfo=clock.tzinfo, locale=language()))


def last_day(case: Case, journey: Journey) -> str:
    """The last day of a claim's term, which ends with it."""
    clock = local((case.claim_due_at or case.due_at) - 1, journey.zone(case.touchpoint, case.place))
    return str(format_date(clock, "long", locale=language()))


def due_words(case: Case, now: int, journey: Journey) -> str:
    """Until when to answer, or how late we are; of a claim the nearer of both terms."""
    due_at = min(case.due_at, case.claim_due_at or case.due_at)
    if due_at < now:
        return _("%(time)s late", time=duration((now - due_at) / 3_600_000))
    return _("answer by %(moment)s", moment=moment_words(case, due_at, journey))


def moment_words(case: Case, milliseconds: int, journey: Journey) -> str:
    """A day of this year and the hour, on the wall clock of the case's own place."""
    clock = local(milliseconds, journey.zone(case.touchpoint, case.place))
    day = format_skeleton("MMMMd", clock, locale=language())
    return f"{day}, {format_time(clock, 'short', tzinfo=clock.tzinfo, locale=language())}"


def waits(n: int) -> str:
    """ "2 cases wait"."""
    return _.plural("%(n)d case waits", "%(n)d cases wait", n)


def ago(hours: float) -> str:
    """ "2 hours ago"."""
    return str(
        format_timedelta(-timedelta(hours=max(hours, 1 / 60)), add_direction=True, threshold=1.5, locale=language())
    )


def duration(hours: float) -> str:
    """ "5 hours", "3 days": how long in one unit, never “0”."""
    return str(format_timedelta(timedelta(hours=max(hours, 1 / 60)), threshold=1.5, locale=language()))
