"""The calculators of `/// calculator | nps`, and what a page shows of their sums."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from otklik_site.reckoner import MOST, Field, Sum, Told, plain, said
from otklik_site.reckoners_of_customers import repeat, retention
from otklik_site.reckoners_of_opinion import detractor, members, nps
from otklik_site.words import _
from otklik_widget.faults import nearest, refuse

CALCULATORS: Mapping[str, Callable[[], Sequence[Sum]]] = {
    "retention": retention, "repeat": repeat, "nps": nps, "members": members, "detractor": detractor,
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A field or what is told, with its number in each example; `limits`: the field's unit and bounds."""

    of: Field | Told
    cells: Sequence[str]
    limits: str = ""


@dataclass(frozen=True)
class Shown:
    """A sum as a table of its examples, of which the script makes a form."""

    sum: Sum
    asked: Sequence[Row]
    told: Sequence[Row]
    sentences: Sequence[str]


def shown(argument: str, lang: str) -> Sequence[Shown]:
    """The sums of a calculator in a language, which speaks now; raises `Faults` for a name that is none."""
    if argument not in CALCULATORS:
        also = nearest(argument, CALCULATORS) or " " + _("Known: %(known)s.", known=", ".join(CALCULATORS))
        raise refuse(_("there is no calculator “%(name)s”.", name=argument) + also)
    return [_shown(one, lang) for one in CALCULATORS[argument]()]


def _shown(one: Sum, lang: str) -> Shown:
    found = [one.reckon(*example) for example in one.examples]
    columns = zip(*one.examples, strict=True)
    asked = [
        Row(item, [plain(value, lang) for value in column], _limits(item, lang))
        for item, column in zip(one.fields, columns, strict=True)
    ]
    told = [Row(item, [said(each[item.name], item.form, lang) for each in found]) for item in one.told]
    named = [one.sentences.get(str(each.get("sentence"))) for each in found]
    return Shown(one, asked, told, [f"{place}: {sentence}" for place, sentence in enumerate(named, 1) if sentence])


def _limits(item: Field, lang: str) -> str:
    """The unit of a field, and its bounds as far as they tell anything."""
    least, most = plain(item.least, lang), plain(item.most, lang)
    if item.most < MOST:
        bounds = _("from %(least)s to %(most)s", least=least, most=most)
    else:
        bounds = _("from %(least)s", least=least) if item.least else ""
    return ", ".join(part for part in (item.unit, bounds) if part)
