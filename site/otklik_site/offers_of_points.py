"""Offers that pass points on: to a good cause, from partners, for bringing a friend."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from otklik_site.program_offer import Offer, Section, Table, limits
from otklik_site.program_speech import Speaker, Value
from otklik_site.words import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from otklik_site.program_parts import Partner

# So many points somebody gives away, and so many friends somebody brings, in the examples.
GIFTS = (50, 100, 500, 1000)
FRIENDS = (1, 3, 5, 10)


def _value(say: Speaker) -> Offer:
    program = say.program
    adds = program.adds or Decimal(0)
    if program.percent:
        paid = say.purchase()
        value = Value(say.money(paid), say.money(say.share_of(paid, program.percent) * (1 + adds)))
        step = (_("We give"), _("%(percent)s of the sum goes to the cause.", percent=say.per_cent(program.percent)))
        head = _("You pay")
        given = [(say.money(sum_), say.share_of(sum_, program.percent)) for sum_ in say.purchases()]
    else:
        assert program.point_value
        gift = Decimal(GIFTS[1])
        value = Value(say.points(gift), say.money(gift * program.point_value * (1 + adds)))
        step = (_("You give"), _("As many points as you like."))
        head = _("You give")
        given = [(say.points(Decimal(gift)), gift * program.point_value) for gift in GIFTS]
    causes = tuple((cause.name, cause.what) for cause in program.causes)
    return Offer(
        fact=", ".join(name for name, _what in causes),
        value=value,
        gives=_("give to the cause"),
        steps=((step[0], program.when or step[1]), (_("The money arrives"), program.paid_in)),
        facts=limits(say),
        sections=(Section("causes", _("Where it goes"), cards=causes),),
        examples=Table.of(
            (head, _("We add"), _("The cause receives")),
            [(told, say.money(worth * adds) if adds else "", say.money(worth * (1 + adds))) for told, worth in given],
        ),
    )


def _coalition(say: Speaker) -> Offer:
    program, paid = say.program, say.purchase()
    rows = []
    for partner in program.partners:
        points = _earned(partner, paid)
        worth = say.money(points * program.point_value) if points is not None and program.point_value else ""
        told = say.points(points) if points is not None else ""
        rows.append((partner.name, partner.what, _reward(say, partner), told, worth, partner.note))
    heads = (
        _("Partner"),
        _("What it sells"),
        _("You get"),
        _("For %(sum)s", sum=say.money(paid)),
        _("Worth"),
        _("Note"),
    )
    first = next((row for row in rows if row[3]), None)
    return Offer(
        fact=", ".join(partner.name for partner in program.partners),
        value=Value(say.money(paid), first[3], first[4]) if first else None,
        gives=_("give"),
        steps=(
            (_("Buy from a partner"), program.when or _("Say that you are a member.")),
            (_("Spend"), _("%(points)s = %(sum)s, with us and with every partner.", points=say.points(Decimal(1)),
                           sum=say.money(program.point_value or Decimal(0)))),
        ),
        facts=limits(say),
        sections=(Section("partners", _("Partners"), Table.of(heads, rows)),),
    )  # fmt: skip


def _earned(partner: Partner, paid: Decimal) -> Decimal | None:
    """Points for a purchase from a partner: only whole portions of money count."""
    if partner.rate is None or not isinstance(partner.per, Decimal):
        return None
    return paid // partner.per * partner.rate


def _reward(say: Speaker, partner: Partner) -> str:
    if partner.rate is None:
        return ""
    points = say.points(partner.rate)
    if isinstance(partner.per, Decimal):
        return _("%(points)s for every %(sum)s", points=points, sum=say.money(partner.per))
    return _("%(points)s for %(what)s", points=points, what=partner.per) if partner.per else points


def _referral(say: Speaker) -> Offer:
    program = say.program
    terms = program.referral
    assert terms
    counted = {n: min(n, terms.limit) if terms.limit else n for n in FRIENDS}
    rows = [
        (_friends(n), _gift(say, terms.you * count), _gift(say, terms.friend * count) if terms.friend else "")
        for n, count in counted.items()
    ]
    facts = [(_("You get"), _gift(say, terms.you))]
    if terms.friend:
        facts.append((_("Your friend gets"), _gift(say, terms.friend)))
    if terms.limit:
        facts.append((_("At most in a year"), _friends(terms.limit)))
    return Offer(
        fact=_("%(gift)s for a friend", gift=_gift(say, terms.you)),
        value=Value(_friends(1), _gift(say, terms.you)),
        gives=_("brings"),
        steps=(
            (_("Tell a friend"), program.when or _("Your friend gives your phone number when joining.")),
            (_("Both get a gift") if terms.friend else _("Take your gift"), terms.after),
        ),
        facts=(*facts, *limits(say)),
        examples=Table.of((_("You bring"), _("You get"), _("They get together")), rows),
    )


def _friends(n: int) -> str:
    return _.plural("%(n)d friend", "%(n)d friends", n)


def _gift(say: Speaker, value: Decimal) -> str:
    """Points with their worth, or money where the program has no points."""
    program = say.program
    if not program.unit:
        return say.money(value)
    worth = f" = {say.money(value * program.point_value)}" if program.point_value else ""
    return say.points(value) + worth


OFFERS: Mapping[str, Callable[[Speaker], Offer]] = {
    "value": _value,
    "coalition": _coalition,
    "referral": _referral,
}
