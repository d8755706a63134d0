"""A program as its customers read it: every sum, count and share written out in the page's language."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from otklik_site.calculator import Calculator, calculator
from otklik_site.program_offers import offer
from otklik_site.program_speech import Speaker, Value
from otklik_site.words import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otklik_site.program_offer import Offer
    from otklik_site.program_parts import Earn, Spend
    from otklik_site.programs import Program

# The examples' sums, as multiples of what the rate is given for: small, usual, large, very large purchases.
EXAMPLES = (5, 10, 30, 100)


@dataclass(frozen=True)
class TierRow:
    name: str
    need: str
    multiplier: str
    price: str
    points: str
    benefits: tuple[str, ...]


@dataclass(frozen=True)
class ProgramView:
    """What the page design shows, part by part; an empty part is left out."""

    value: Value | None
    gives: str
    fact: str
    steps: Sequence[tuple[str, str]]
    offer: Offer
    calculator: Calculator | None
    history: Sequence[tuple[str, str, str]]
    collect: str
    worth: str
    spend_up_to: str
    examples: Sequence[Value]
    earn: Sequence[tuple[str, str, str]]
    spend: Sequence[tuple[str, str, str, str]]
    tiers: Sequence[TierRow]
    tier_sum: str
    dated: str


def view(program: Program, lang: str, languages: Sequence[str]) -> ProgramView:
    """The program in a language; other `languages` may know a currency's sign where this one does not."""
    return _Terms(program, lang, languages).view()


class _Terms(Speaker):
    def view(self) -> ProgramView:
        program = self.program
        usual = self._usual()
        since = self.day(program.effective)
        made = offer(self)
        return ProgramView(
            value=made.value or (self._value(usual) if usual else None),
            gives=made.gives or _("give"),
            fact=made.fact or (self._collect() if program.kind == "points" else ""),
            steps=made.steps or self._steps(),
            offer=made,
            calculator=calculator(self),
            history=[(item.version, self.day(item.since), item.what) for item in program.history],
            collect=self._collect(),
            worth=self._worth(),
            spend_up_to=self._spend_up_to(),
            examples=self._examples() if program.point_value else (),
            earn=[(way.what, self._reward(way), way.note) for way in program.earn],
            spend=[self._spend(way) for way in program.spend],
            tiers=self._tiers(usual),
            tier_sum=self.money(usual) if usual else "",
            dated=_("In force from %(date)s, version %(version)s", date=since, version=program.version)
            if program.version
            else _("In force from %(date)s", date=since),
        )

    def _collect(self) -> str:
        return next((self._reward(way) for way in self.program.earn if way.rate and way.per), "")

    def _steps(self) -> Sequence[tuple[str, str]]:
        """The second and third step of a program of points; a program of tiers is its table."""
        if self.program.kind != "points":
            return ()
        spent = [self._worth(), self._spend_up_to()]
        return (
            (_("Collect"), self._collect() or _("Each purchase brings you points.")),
            (_("Spend"), ". ".join(text for text in spent if text)),
        )

    def _earned(self, paid: Decimal, multiplier: Decimal = Decimal(1)) -> Decimal:
        """Points for a purchase: only whole portions of money count, as the rate says “for every”."""
        assert self.program.base
        points, portion = self.program.base
        return (paid // portion) * points * multiplier

    def _usual(self) -> Decimal | None:
        """A usual purchase to explain the rate with: ten portions of it, or more where that earns little."""
        if not self.program.base or not self.program.unit:
            return None
        paid = self.program.base[1] * 10
        while self._earned(paid) < 10:
            paid *= 10
        return paid

    def _value(self, paid: Decimal, multiplier: Decimal = Decimal(1)) -> Value:
        points = self._earned(paid, multiplier)
        worth = points * self.program.point_value if self.program.point_value else None
        return Value(self.money(paid), self.points(points), self.money(worth) if worth is not None else "")

    def _examples(self) -> list[Value]:
        usual = self._usual()
        return [self._value(usual / 10 * times) for times in EXAMPLES] if usual else []

    def _worth(self) -> str:
        if not self.program.point_value or not self.program.unit:
            return ""
        return f"{self.points(Decimal(1))} = {self.money(self.program.point_value)}"

    def _spend_up_to(self) -> str:
        shares = {way.max_share for way in self.program.spend if way.max_share is not None}
        if not shares:
            return ""
        return _("Pay up to %(share)s of a purchase with them.", share=self.per_cent(max(shares)))

    def _reward(self, way: Earn) -> str:
        if way.rate is None:
            return ""
        points = self.points(way.rate)
        if isinstance(way.per, Decimal):
            return _("%(points)s for every %(sum)s", points=points, sum=self.money(way.per))
        if way.per:
            return _("%(points)s for %(what)s", points=points, what=way.per)
        return points

    def _spend(self, way: Spend) -> tuple[str, str, str, str]:
        share = _("up to %(share)s", share=self.per_cent(way.max_share)) if way.max_share is not None else ""
        least = _("from %(points)s", points=self._from(way.min)) if way.min is not None else ""
        return way.what, share, least, way.exclusions

    def _from(self, points: Decimal) -> str:
        """A bare number where the word after “from” would need a case that the forms do not hold."""
        return self.number(points)

    def _tiers(self, usual: Decimal | None) -> list[TierRow]:
        rows = []
        for tier in self.program.tiers:
            times = "×" + self.number(tier.multiplier) if tier.multiplier is not None else ""
            points = self._value(usual, tier.multiplier or Decimal(1)).points if usual else ""
            need = ""
            if tier.since is not None:
                need = _("from %(sum)s", sum=self.money(tier.since)) if tier.since else _("from the first purchase")
            rows.append(
                TierRow(tier.name, need, times, self.money(tier.price) if tier.price else "", points, tier.benefits)
            )
        return rows
