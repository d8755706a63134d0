"""What stands around every page of the console: where one may go, the period with its filters, the languages."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

import flask

from otklik_collector.console.asked import Asked
from otklik_collector.console.gate import Gate
from otklik_collector.console.periods import KINDS
from otklik_collector.map import figures
from otklik_collector.words import _
from otklik_widget.contract import CHANNELS
from otklik_widget.journey import Journey

DAILY = ("map", "cases", "alarms", "digest", "comments", "compare", "changes")
FORMS = ("/console/people", "/console/misuse", "/console/account")
"""After a form was sent, a page stands at an address that only forms reach."""


@dataclass(frozen=True)
class Door:
    """A page that the navigation leads to; `here`: it is this page, or the one above it; `daily`: read every day."""

    path: str
    name: str
    here: bool
    daily: bool


def doors(gate: Gate) -> list[Door]:
    """The pages that there are and that whoever asks may open, in the order of a Monday morning."""
    names = {
        "map": _("Map"), "cases": _("Cases"), "alarms": _("Alarms"), "digest": _("The week"),
        "comments": _("Comments"), "compare": _("Compare"), "changes": _("Changes"), "links": _("Links"),
        "enter": _("Enter a response"), "sheet": _("Monday sheet"), "reports": _("Reports"), "export": _("Export"),
        "misuse": _("Misuse"), "kiosks": _("Kiosks"), "settings": _("Settings"), "people": _("People"),
        "audit": _("Audit log"),
    }  # fmt: skip
    here = "map" if flask.request.endpoint == "console.touchpoint" else flask.request.path.split("/")[2:3]
    found = []
    for page, name in names.items():
        path = f"/console/{page}"
        if gate.opens(f"console.{page}"):
            found.append(Door(path, name, page in here, page in DAILY))
    return found


def here(**changes: str | None) -> str:
    """This address with something changed in its query; of a page that a form made, the page it stands on."""
    request = flask.request
    path = next((page for page in FORMS if request.path.startswith(page)), request.path)
    if request.endpoint == "console.invite":
        path = path.removesuffix("/invitation")
    asked = request.args.to_dict() if request.method == "GET" else {}
    asked.pop("done", None)
    return f"{path}?{urlencode({name: value for name, value in {**asked, **changes}.items() if value})}"


def picker(journey: Journey, asked: Asked, lang: str, more: str = "", ticks: bool = True) -> str:
    """HTML with which a person chooses the period and the filters: links and GET forms, so the address is the view.

    `more`: fields of the page's own, as HTML; such a page counts no people. Without `ticks`: it says what counts.
    """
    places = {place.key: place.name.say(lang) for place in journey.places}
    return flask.render_template(
        "picker.html",
        hand_on=flask.request.endpoint in ("console.map", "console.touchpoint") and flask.g.person is not None,
        asked=asked,
        more=more,
        ticks=ticks,
        period=figures.period(asked.period),
        kinds=dict(zip(KINDS, (_("4 weeks"), _("Day"), _("Week"), _("Month"), _("Quarter")), strict=True)),
        places={key: name for key, name in places.items() if asked.places is None or key in asked.places},
        segments=(*journey.company.segments, "other") if journey.company.segments else (),
        channels={channel: figures.channel_name(channel) for channel in CHANNELS},
    )
