"""What the calculator of a program's page asks and reckons, for the kinds that reckon from a sum of money."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from otklik_site.words import _

if TYPE_CHECKING:
    from decimal import Decimal

    from otklik_site.program_speech import Speaker


@dataclass(frozen=True)
class Calculator:
    """A field with its `label` and first value, the `rule` for the script, and what is told: (name, key)."""

    label: str
    start: str
    rule: str
    told: tuple[tuple[str, str], ...]


def calculator(say: Speaker) -> Calculator | None:
    """The calculator of a program, or None where its examples do not begin with a sum of money."""
    program = say.program
    start = say.purchase()
    label = _("Your purchase, %(currency)s", currency=say.sign())
    if program.kind == "points" and program.base and program.unit:
        told = ((_("You get"), "points"), (_("Worth"), "worth"))
    elif program.kind == "fixed-discount":
        told = ((_("You pay"), "rest"), (_("You save"), "part"))
    elif program.kind == "cashback":
        told = ((_("Comes back"), "part"), (_("It costs you"), "rest"))
    elif program.kind == "cumulative-discount":
        start = program.levels[0].since or program.levels[-1].since
        label = _("You have bought, %(currency)s", currency=say.sign())
        costs = _("A purchase of %(sum)s costs", sum=say.money(say.purchase()))
        told = ((_("Discount"), "percent"), (costs, "rest"))
    else:
        return None
    return Calculator(label, f"{start.normalize():f}", _rule(say), told)


def _rule(say: Speaker) -> str:
    program = say.program
    rate, portion = program.base or (None, None)
    rule = {
        "currency": program.currency,
        "unit": dict(program.unit or {}),
        "percent": _plain(program.percent),
        "from": _plain(program.from_sum) or 0,
        "most": _plain(program.at_most),
        "levels": [[_plain(level.since), _plain(level.percent)] for level in program.levels] or None,
        "purchase": _plain(say.purchase()),
        "rate": _plain(rate),
        "per": _plain(portion),
        "value": _plain(program.point_value),
    }
    return json.dumps({name: value for name, value in rule.items() if value is not None}, ensure_ascii=False)


def _plain(value: Decimal | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)
