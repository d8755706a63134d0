"""What stands after a directive's bar: words, then settings like `limit=3`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otklik_site.words import _
from otklik_widget.faults import Fault, Faults, nearest, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence


def parse(
    name: str, argument: str, known: Sequence[str], example: str, words: int = 1
) -> tuple[list[str], dict[str, str], list[str]]:
    """The first words (so many at most) and the settings of the directive `name`, and what is wrong with them."""
    first: list[str] = []
    settings: dict[str, str] = {}
    faults = []
    for word in argument.split():
        key, sign, value = word.partition("=")
        if not sign and not settings and len(first) < words:
            first.append(word)
        elif not sign or not value:
            faults.append(_("“%(word)s” is no setting; write settings like %(example)s", word=word, example=example))
        elif key not in known:
            also = nearest(key, known) or " " + _("Known: %(known)s.", known=", ".join(known))
            faults.append(_("unknown setting “%(word)s” of “%(name)s”.", word=key, name=name) + also)
        else:
            settings[key] = value
    return first, settings, faults


def settings_of(
    name: str, argument: str, known: Sequence[str], example: str, words: int = 0
) -> tuple[list[str], dict[str, str]]:
    """The same; raises `Faults` with everything that is wrong, without a place."""
    first, settings, said = parse(name, argument, known, example, words)
    if said:
        raise Faults(Fault("", None, text) for text in said)
    return first, settings


def whole_number(name: str, text: str, default: int, most: int = 1000) -> int:
    """A setting that counts, or its default where it is not set; raises `Faults` where it does not count."""
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= most:
        raise refuse(_("“%(name)s” must be a whole number from 1 to %(most)s", name=name, most=most))
    return int(text)
