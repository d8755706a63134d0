"""A sheet to print: of each kiosk its name, its code and a QR code that the tablet's camera reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from markupsafe import Markup

from otklik_collector import paper, qr
from otklik_collector.kiosk_words import clock_words
from otklik_collector.store.devices import Device
from otklik_collector.store.pairing import Code
from otklik_collector.words import _
from otklik_widget.journey import Journey
from otklik_widget.words import speaking

HERE = Path(__file__).parent


class Card(NamedTuple):
    """What stands on the sheet for one kiosk."""

    device: Device
    code: Code
    picture: Markup


def pair_address(address: str, code: str = "") -> str:
    """The page on which a tablet is paired. The code stands behind the #, so no server's log ever holds it."""
    return f"{address}/kiosk/pair" + (f"#{code}" if code else "")


def no_https(address: str) -> str:
    """Why tablets cannot be kiosks at this address, in words; empty where they can."""
    found = urlsplit(address)
    if found.scheme == "https" or found.hostname in ("localhost", "127.0.0.1", "::1"):
        return ""
    return _(
        "This address has no https. Browsers keep an app for offline use over https alone:"
        " a tablet cannot be a kiosk there."
    )


def picture(address: str, code: Code) -> Markup:
    """The QR code of a pairing page with its code, as SVG to stand within a page."""
    return qr.svg(pair_address(address, code.code), title=code.code)


def stylesheet() -> str:
    """The sheet's style: the console serves it as /console/kiosks.css, a file carries it."""
    return (HERE / "static/kiosk-sheet.css").read_text(encoding="utf-8")


def render(
    journey: Journey, devices: Sequence[Device], codes: Sequence[Code], address: str, lang: str, *, bar: str = "",
    standalone: bool = True,
) -> str:  # fmt: skip
    """The sheets as a page, one place after the other, each on paper of its own; `bar` stands above on the screen."""
    by_device = {one.device: one for one in codes}
    places: dict[str, list[Card]] = {}
    for one in devices:
        code = by_device[one.device]
        places.setdefault(one.place, []).append(Card(one, code, picture(address, code)))
    order = [*journey.place_keys, ""]
    with speaking(journey.company.ours(lang)):
        return paper.template("kiosk-sheet.html").render(
            title=_("Kiosks to set up"), lang=lang, journey=journey, page=pair_address(address),
            standalone=standalone, style=stylesheet() if standalone else "", bar=Markup(bar),  # noqa: S704 - ours
            until=clock_words(codes[0].expires_at, journey.company.zone),
            places=sorted(places.items(), key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order)),
            place_name=lambda key: journey.place_keys[key].name.say(lang) if key in journey.place_keys else key,
            points=lambda one: ", ".join(
                journey.touchpoints[key].name.say(lang) for key in one.points if key in journey.touchpoints
            ),
        )  # fmt: skip
