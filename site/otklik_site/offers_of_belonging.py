"""Offers that rest on who a customer is: paid membership, game, club, privilege, business."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from otklik_site.program_offer import Offer, Section, Table, limits, since
from otklik_site.program_speech import Speaker, Value
from otklik_site.words import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from otklik_site.program_parts import Order

# How often somebody uses what a fee pays for, as parts of how often it takes until the fee has come back.
USES = (Decimal("0.5"), Decimal(1), Decimal(2), Decimal(4))
# So many people the odds are told of: the first number of which whole people win.
PEOPLE = (10, 100, 1000, 10_000, 100_000, 1_000_000)


def _paid(say: Speaker) -> Offer:
    program = say.program
    assert program.fee
    fee = _fee(say)
    value, examples = Value(fee, program.benefits[0]), None
    if program.saves:
        needed = (program.fee / program.saves).to_integral_value(ROUND_CEILING)
        value = Value(fee, _("%(uses)s pay for it", uses=say.points(needed)))
        uses = list(dict.fromkeys((needed * part).to_integral_value(ROUND_CEILING) for part in USES))
        examples = Table(
            (_("You use"), _("You save"), _("After the fee")),
            tuple(
                (say.points(n), say.money(n * program.saves), say.money(n * program.saves - program.fee)) for n in uses
            ),
        )
    return Offer(
        fact=fee,
        value=value,
        gives=_("gives"),
        steps=(
            (_("Pay the fee"), fee),
            (_("Use it"), program.when or _("As often as you like.")),
        ),
        facts=((_("Fee"), fee), *limits(say)),
        benefits=program.benefits,
        examples=examples,
    )


def _game(say: Speaker) -> Offer:
    program = say.program
    assert program.odds
    of = next((n for n in PEOPLE if not n * program.odds % 100), PEOPLE[-1])
    winners = round(of * program.odds / 100)
    fund = sum((prize.worth * prize.count for prize in program.prizes if prize.worth), Decimal(0))
    prizes = [
        (prize.what, say.number(prize.count), say.money(prize.worth) if prize.worth else "") for prize in program.prizes
    ]
    return Offer(
        fact=_("%(odds)s win", odds=say.per_cent(program.odds)),
        value=Value(_.plural("%(n)d takes part", "%(n)d take part", of), _.plural("%(n)d wins", "%(n)d win", winners)),
        gives=_("of them"),
        steps=(
            (_("Take part"), program.when or _("Each purchase counts.")),
            (_("See who has won"), program.results),
        ),
        facts=(
            (_("Organiser"), program.organiser),
            (_("Chance to win"), say.per_cent(program.odds)),
            *(((_("All prizes together"), say.money(fund)),) if fund else ()),
            *limits(say),
        ),
        sections=(Section("prizes", _("Prizes"), Table.of((_("Prize"), _("How many"), _("Worth of one")), prizes)),),
        examples=Table(
            (_("Of so many who take part"), _("About so many win")),
            tuple((say.number(of * times), say.number(winners * times)) for times in (1, 10, 100)),
        ),
    )


def _club(say: Speaker) -> Offer:
    program = say.program
    fee = _fee(say) if program.fee else _("Free of charge")
    meetings = len(program.meetings)
    rows = [(item.what, say.day(item.day) if item.day else "", item.where, item.note) for item in program.meetings]
    table = Table.of((_("Meeting"), _("Day"), _("Where"), _("Note")), rows)
    return Offer(
        fact=fee,
        value=Value(fee, _.plural("%(n)d meeting", "%(n)d meetings", meetings) if meetings else program.benefits[0]),
        gives=_("gives"),
        steps=(
            (_("Come"), program.when or _("Choose what interests you.")),
            (_("Take part"), program.results or _("Ask, learn, tell others what you know.")),
        ),
        facts=limits(say),
        benefits=program.benefits,
        sections=(Section("meetings", _("Meetings"), table),) if meetings else (),
    )


def _privilege(say: Speaker) -> Offer:
    program = say.program
    waits = program.waits
    return Offer(
        fact=program.who,
        value=Value(_minutes(waits[0].usual), _minutes(waits[0].yours))
        if waits
        else Value(program.who, program.benefits[0]),
        gives=_("becomes") if waits else _("get"),
        steps=(
            (_("Tell us"), program.when or _("Say that you are a member.")),
            (_("Go ahead"), program.benefits[0]),
        ),
        facts=limits(say),
        benefits=program.benefits,
        examples=Table(
            (_("Where"), _("Others wait"), _("You wait"), _("You save")),
            tuple(
                (item.where, _minutes(item.usual), _minutes(item.yours), _minutes(item.usual - item.yours))
                for item in waits
            ),
        )
        if waits
        else None,
    )


def _business(say: Speaker) -> Offer:
    program = say.program
    best = program.orders[-1]
    heads = (_("Order"), _("Discount"), _("You pay"), _("When"), _("In payments"))
    rows = [_order(say, order) for order in program.orders]
    return Offer(
        fact=_said(best, say),
        value=Value(since(say, best.since), _said(best, say)),
        gives=_("gives"),
        steps=(
            (_("Place an order"), program.when or _("Send us your list.")),
            (_("Your manager does the rest"), program.manager),
        ),
        facts=((_("Your manager"), program.manager), *limits(say)),
        benefits=program.benefits,
        examples=Table.of(heads, rows),
    )


def _order(say: Speaker, order: Order) -> tuple[str, ...]:
    """What an order of just the sum from which these terms hold costs, and when it is paid."""
    pays = order.since - say.share_of(order.since, order.percent or Decimal(0))
    each = (pays / order.parts).quantize(Decimal("0.01"), ROUND_CEILING) if order.parts > 1 else pays
    return (
        say.money(order.since),
        say.per_cent(order.percent) if order.percent else "",
        say.money(pays),
        _.plural("within %(n)d day", "within %(n)d days", order.days) if order.days else "",
        f"{order.parts} × {say.money(each)}" if order.parts > 1 else "",
    )


def _said(order: Order, say: Speaker) -> str:
    if order.days:
        return _.plural("%(n)d day to pay", "%(n)d days to pay", order.days)
    if order.percent:
        return _("%(percent)s off", percent=say.per_cent(order.percent))
    return _.plural("%(n)d payment", "%(n)d payments", order.parts) if order.parts else say.program.benefits[0]


def _fee(say: Speaker) -> str:
    program = say.program
    assert program.fee
    fee = say.money(program.fee)
    return _("%(fee)s for %(time)s", fee=fee, time=program.fee_for) if program.fee_for else fee


def _minutes(n: int) -> str:
    return _.plural("%(n)d minute", "%(n)d minutes", n)


OFFERS: Mapping[str, Callable[[Speaker], Offer]] = {
    "paid": _paid,
    "game": _game,
    "club": _club,
    "privilege": _privilege,
    "business": _business,
}
