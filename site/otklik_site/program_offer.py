"""The parts of a program's page that its kind decides, as plain values for the page's design."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from otklik_site.words import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from otklik_site.program_speech import Speaker, Value


@dataclass(frozen=True)
class Table:
    """A table of a program's page; the first cell of each row names it."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
        """A table without the columns that say nothing in any row."""
        written = list(rows)
        shown = [n for n in range(len(heads)) if any(row[n] for row in written)]
        return cls(tuple(heads[n] for n in shown), tuple(tuple(row[n] for n in shown) for row in written))


@dataclass(frozen=True)
class Section:
    """A part of the page below its own heading: a table, or cards of a name and a text."""

    anchor: str
    title: str
    table: Table | None = None
    cards: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Bar:
    """A step of a growing discount, drawn: where it stands, how tall it is, and what it says."""

    x: int
    y: int
    tall: int
    says: str


@dataclass(frozen=True)
class Offer:
    """A kind's own part of the page; `fact` stands on the program's card, `gives` is read for the arrow."""

    fact: str = ""
    value: Value | None = None
    gives: str = ""
    steps: tuple[tuple[str, str], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    benefits: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    examples: Table | None = None
    bars: tuple[Bar, ...] = ()
    stamps: tuple[bool, ...] = ()


def limits(say: Speaker) -> tuple[tuple[str, str], ...]:
    """The limits that a program states, each with its name; those it does not state are left out."""
    program = say.program
    told = (
        (_("For whom"), program.who),
        (_("From what sum"), say.money(program.from_sum) if program.from_sum else ""),
        (_("At most for one purchase"), say.money(program.at_most) if program.at_most else ""),
        (_("Not on"), program.exclusions),
        (_("Where"), ", ".join(program.regions)),
        (_("From what day"), say.day(program.starts) if program.starts else ""),
        (_("Last day"), say.day(program.until) if program.until else ""),
    )
    return tuple((name, text) for name, text in told if text)


def since(say: Speaker, sum_: Decimal) -> str:
    return _("from %(sum)s", sum=say.money(sum_)) if sum_ else _("from the first purchase")
