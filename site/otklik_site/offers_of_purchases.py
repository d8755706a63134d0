"""Offers that rest on what a customer buys: discounts, money back, stamps."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from otklik_site.program_offer import Bar, Offer, Table, limits, since
from otklik_site.program_speech import Speaker, Value
from otklik_site.words import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# So many full cards of stamps the examples count.
CARDS = (1, 2, 4, 10)
# The tallest bar of a growing discount, and a bar's width and distance, in the drawing's own units.
TALL, WIDE, NEXT = 60, 34, 40


def _fixed_discount(say: Speaker) -> Offer:
    program, paid = say.program, say.purchase()
    assert program.percent
    percent = say.per_cent(program.percent)
    rows = [(sum_, say.share_of(sum_, program.percent)) for sum_ in say.purchases()]
    return Offer(
        fact=_("%(percent)s off", percent=percent),
        value=Value(say.money(paid), say.money(paid - say.share_of(paid, program.percent))),
        gives=_("becomes"),
        steps=(
            (_("Choose"), program.when or _("Take whatever you need.")),
            (_("Pay less"), _("%(percent)s comes off at once.", percent=percent)),
        ),
        facts=((_("Discount"), percent), *limits(say)),
        examples=Table(
            (_("Price"), _("You pay"), _("You save")),
            tuple((say.money(paid), say.money(paid - off), say.money(off)) for paid, off in rows),
        ),
    )


def _cumulative_discount(say: Speaker) -> Offer:
    program, paid = say.program, say.purchase()
    top = program.levels[-1]
    said = [(since(say, level.since), say.per_cent(level.percent)) for level in program.levels]
    return Offer(
        fact=_("from %(low)s to %(high)s off", low=said[0][1], high=said[-1][1]),
        value=Value(_("%(sum)s of purchases", sum=say.money(top.since)), _("%(percent)s off", percent=said[-1][1])),
        gives=_("give"),
        steps=(
            (_("Buy as usual"), program.counted_over),
            (_("Pay less"), _("The discount grows by itself: up to %(percent)s.", percent=said[-1][1])),
        ),
        facts=limits(say),
        examples=Table(
            (_("You have bought"), _("Discount"), _("A purchase of %(sum)s costs", sum=say.money(paid)), _("You save")),
            tuple(
                (start, percent, say.money(paid - say.share_of(paid, level.percent)),
                 say.money(say.share_of(paid, level.percent)))
                for (start, percent), level in zip(said, program.levels, strict=True)
            ),
        ),
        bars=tuple(
            Bar(n * NEXT, TALL - tall, tall, percent)
            for n, (level, (_start, percent)) in enumerate(zip(program.levels, said, strict=True))
            for tall in [max(4, round(TALL * level.percent / top.percent))]
        ),
    )  # fmt: skip


def _cashback(say: Speaker) -> Offer:
    program, paid = say.program, say.purchase()
    assert program.percent
    percent = say.per_cent(program.percent)
    rows = [(sum_, say.share_of(sum_, program.percent)) for sum_ in say.purchases()]
    return Offer(
        fact=_("%(percent)s comes back", percent=percent),
        value=Value(say.money(paid), _("%(sum)s back", sum=say.money(say.share_of(paid, program.percent)))),
        gives=_("brings"),
        steps=(
            (_("Buy"), program.when or _("Take whatever you need.")),
            (_("Get money back"), program.paid_in),
        ),
        facts=((_("Comes back"), percent), *limits(say)),
        examples=Table(
            (_("You pay"), _("Comes back"), _("It costs you")),
            tuple((say.money(paid), say.money(back), say.money(paid - back)) for paid, back in rows),
        ),
    )


def _stamps(say: Speaker) -> Offer:
    program = say.program
    paid, every = Decimal(program.every - 1), Decimal(program.every)
    heads: tuple[str, ...] = (_("You take"), _("Free of them"))
    rows: list[tuple[str, ...]] = [(say.points(every * cards), say.number(cards)) for cards in CARDS]
    if program.price:
        heads = (*heads, _("You pay"), _("You save"))
        rows = [
            (*row, say.money(paid * cards * program.price), say.money(cards * program.price))
            for row, cards in zip(rows, CARDS, strict=True)
        ]
    return Offer(
        fact=program.reward,
        value=Value(say.points(paid), program.reward),
        gives=_("give"),
        steps=(
            (_("Collect stamps"), program.when or _("One stamp for each purchase.")),
            (_("Take your gift"), f"{program.reward[:1].upper()}{program.reward[1:]}."),
        ),
        facts=((_("Like a discount of"), _("about %(percent)s", percent=say.per_cent(Decimal(round(100 / every))))),
               *limits(say)),
        examples=Table(heads, tuple(rows)),
        stamps=(*(False for _stamp in range(program.every - 1)), True),
    )  # fmt: skip


OFFERS: Mapping[str, Callable[[Speaker], Offer]] = {
    "fixed-discount": _fixed_discount,
    "cumulative-discount": _cumulative_discount,
    "cashback": _cashback,
    "stamps": _stamps,
}
