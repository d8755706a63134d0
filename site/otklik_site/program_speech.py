"""Sums, counts and shares of a program as its page's language writes them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING

from otklik_site import formats

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from otklik_site.programs import Program

# The examples' sums, as parts of a usual purchase: small, usual, large, very large.
PURCHASES = (Decimal("0.5"), Decimal(1), Decimal(3), Decimal(10))
# A usual purchase where the page names none: about a basket of food.
USUAL = {"RUB": 1000, "KZT": 5000, "BYN": 50, "JPY": 5000}
ELSEWHERE = 50
KOPECK = Decimal("0.01")


@dataclass(frozen=True)
class Value:
    """The value in one line: `1 000 ₽ -> 50 баллов = 50 ₽`."""

    paid: str
    points: str
    worth: str = ""


class Speaker:
    """A program in a language; other `languages` may know a currency's sign where this one does not."""

    def __init__(self, program: Program, lang: str, languages: Sequence[str]) -> None:
        self.program = program
        self.lang = lang
        self.languages = languages

    def money(self, value: Decimal) -> str:
        # Babel's hyphen would part from its number at the end of a line, and looks like a dash before it.
        return formats.money(value, self.program.currency, self.lang, self.languages).replace("-", "\N{MINUS SIGN}")

    def sign(self) -> str:
        """The currency's sign, where the language or another of the site has one; else its code."""
        return self.money(Decimal(1)).replace("1", "").strip()

    def per_cent(self, value: Decimal) -> str:
        return formats.per_cent(value, self.lang)

    def number(self, value: Decimal | int) -> str:
        return formats.number(value, self.lang)

    def day(self, value: date) -> str:
        return formats.day(value, self.lang)

    def points(self, value: Decimal) -> str:
        return formats.counted(value, self.program.unit, self.lang) if self.program.unit else ""

    def share_of(self, paid: Decimal, percent: Decimal) -> Decimal:
        """A share of a sum, never more than the program gives; parts of a kopeck are left out."""
        if self.program.from_sum and paid < self.program.from_sum:
            return Decimal(0)
        part = (paid * percent / 100).quantize(KOPECK, ROUND_DOWN)
        return min(part, self.program.at_most) if self.program.at_most else part

    def purchase(self) -> Decimal:
        """A usual purchase: the one the page names, else one that is usual for the currency."""
        usual = self.program.purchase or Decimal(USUAL.get(self.program.currency, ELSEWHERE))
        return max(usual, self.program.from_sum or usual)

    def purchases(self) -> list[Decimal]:
        return [self.purchase() * times for times in PURCHASES]
