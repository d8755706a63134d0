"""A sum of a calculator as plain values: what it asks, what it tells, and how its numbers are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from otklik_site import formats
from otklik_site.words import _
from otklik_widget.intervals import rounded

MOST, MOST_MONEY = 10**9, 10**12

Form = Literal["share", "score", "points", "count", "rate", "money"]
Number = int | float
Found = Number | tuple[Number, Number] | str | None
"""A number, the two ends of a range, the name of a sentence, or None where nothing may be told."""

# So many digits after the point; a share is rounded as a percentage, rates and points keep their noughts.
_DIGITS: Mapping[Form, int] = {"share": 1, "score": 0, "points": 1, "count": 0, "rate": 1, "money": 2}


@dataclass(frozen=True)
class Field:
    """What is asked: a number from `least` to `most` in a `unit`, a `whole` one where it counts something."""

    name: str
    label: str
    unit: str = ""
    least: Number = 0
    most: Number = MOST
    whole: bool = True


@dataclass(frozen=True)
class Told:
    name: str
    label: str
    form: Form


@dataclass(frozen=True)
class Sum:
    """One sum of a calculator.

    `reckon` takes a number for each field, in their order, and gives what `told` names; under `sentence` it may name
    one of the `sentences`, which also hold the faults that only the script finds. Each example is a number for each
    field too. static/reckoner.js reckons the same by `key`.
    """

    key: str
    title: str
    fields: Sequence[Field]
    told: Sequence[Told]
    examples: Sequence[Sequence[Number]]
    reckon: Callable[..., Mapping[str, Found]]
    note: str
    sentences: Mapping[str, str] = field(default_factory=dict)


def said(found: Found, form: Form, lang: str) -> str:
    """What was found as the language writes it; a dash where there is nothing to tell."""
    if isinstance(found, tuple):
        low, high = (said(end, form, lang) for end in found)
        return _("%(low)s to %(high)s", low=low, high=high)
    if found is None or isinstance(found, str):
        return "–"
    digits = _DIGITS[form]
    value = Decimal(rounded(found * 10 ** (digits + 2 * (form == "share")))).scaleb(-digits)
    if form == "share":
        written = formats.per_cent(value, lang)
    elif form in ("rate", "points"):
        written = formats.fixed(value, digits, lang)
    else:
        written = formats.number(value, lang)
    sign = "+" if form in ("score", "points") and value > 0 else ""
    return sign + written.replace("-", "\N{MINUS SIGN}")


def plain(value: Number, lang: str) -> str:
    """A number that somebody typed or may type."""
    return formats.number(Decimal(str(value)), lang)
