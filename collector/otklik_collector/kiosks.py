"""What people write of a kiosk, in a form, a command or a row of a table: checked, and made into what is stored."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from typing import NamedTuple

from otklik_collector.store.devices import Wanted, hash_pin
from otklik_collector.words import _
from otklik_widget.contract import KEY
from otklik_widget.faults import nearest
from otklik_widget.journey import Journey, Touchpoint

NAME_LETTERS = 100
TAKEN = ("pair",)
"""Addresses below /kiosk/ that are no kiosk's."""
_PIN = re.compile(r"[0-9]{4,8}")
_YES, _NO = ("", "yes", "1", "true", "да"), ("no", "0", "false", "нет")


class Written(NamedTuple):
    """As it was written; empty: as usual."""

    device: str
    name: str
    place: str
    points: tuple[str, ...]
    lang: str = ""
    languages: tuple[str, ...] = ()
    reasons: str = ""
    pin: str = ""

    def wanted(self, pin_hash: str = "") -> Wanted:
        """What is stored of something without faults; without a new PIN the old one stays."""
        name = self.name.strip() or self.device
        found = hash_pin(self.pin) if self.pin else pin_hash
        reasons = self.reasons.lower() in _YES
        return Wanted(self.device, name, self.place, self.points, self.lang, self.languages, reasons, found)


def faults_of(one: Written, journey: Journey, there: Container[str] = ()) -> list[tuple[str, str]]:
    """Everything that is wrong, each with its field; `there`: names that are taken."""
    faults = [*_of_device(one.device, there)]
    if one.name and not is_name(one.name):
        faults.append(("name", _("give the kiosk a name of 1 to 100 letters")))
    faults += place_faults(one.place, journey)
    faults += point_faults(one.points, one.place, journey)
    known = journey.company.languages
    for lang in dict.fromkeys(filter(None, (one.lang, *one.languages))):
        if lang not in known:
            said = _("“%(value)s” is no language of the company: %(known)s", value=lang[:20], known=", ".join(known))
            faults.append(("lang" if lang == one.lang else "languages", said))
    if one.languages and one.lang and one.lang not in one.languages:
        faults.append(("lang", _("it begins in a language that it does not offer")))
    if one.reasons.lower() not in (*_YES, *_NO):
        faults.append(("reasons", _("“%(value)s” is neither yes nor no", value=one.reasons[:20])))
    if one.pin and not _PIN.fullmatch(one.pin):
        faults.append(("pin", _("a PIN has 4 to 8 digits")))
    return faults


def is_name(name: str) -> bool:
    return bool(name.strip()) and len(name) <= NAME_LETTERS and name.isprintable()


def _of_device(device: str, there: Container[str]) -> Iterable[tuple[str, str]]:
    if not KEY.fullmatch(device):
        said = _("“%(value)s” is no key of small letters, digits and hyphens, like exit-1", value=device[:70])
        yield "device", said
    elif device in TAKEN:
        yield "device", _("a kiosk cannot be called “%(device)s”", device=device)
    elif device in there:
        yield "device", _("there is already a kiosk “%(device)s”", device=device)


def place_faults(place: str, journey: Journey) -> list[tuple[str, str]]:
    if place and place not in journey.place_keys:
        said = _("the journey has no place “%(key)s”.", key=place[:70]) + nearest(place, journey.place_keys)
        return [("place", said)]
    if not place and journey.places:
        return [("place", _("say where it stands: %(places)s", places=", ".join(journey.place_keys)))]
    return []


def point_faults(points: Iterable[str], place: str, journey: Journey) -> list[tuple[str, str]]:
    """What is wrong with the touchpoints that a kiosk is to ask at, in a place."""
    faults, chosen = [], list(points)
    if not chosen:
        return [("points", _("choose at least one touchpoint"))]
    for key in chosen:
        found = journey.touchpoints.get(key)
        if found is None:
            said = _("the journey has no touchpoint “%(key)s”.", key=key[:70]) + nearest(key, journey.touchpoints)
            faults.append(("points", said))
        elif not is_at(found, place):
            said = _("the touchpoint “%(key)s” does not exist in that place", key=key)
            faults.append(("points", said))
    return faults


def is_at(touchpoint: Touchpoint, place: str) -> bool:
    """Does the touchpoint exist in the place?"""
    return not place or not touchpoint.places or place in touchpoint.places


def free_name(place: str, there: Container[str]) -> str:
    """A name for the next kiosk of a place: sadovaya-1, sadovaya-2, …"""
    base = (place or "kiosk")[:58]
    return next(name for number in range(1, 100_000) if (name := f"{base}-{number}") not in there)
