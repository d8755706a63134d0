"""Calculators of what customers do: who stays, whose money stays, who comes again and for how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from otklik_site.reckoner import MOST_MONEY, Field, Found, Sum, Told
from otklik_site.words import _
from otklik_widget.keeping import kept, revenue_kept


def retention() -> Sequence[Sum]:
    """Customers kept and lost, and the money of those who were there at the start."""
    money = _("in your currency")
    return (
        Sum(
            key="kept",
            title=_("Customers kept"),
            fields=(
                Field("start", _("Customers at the start"), least=1),
                Field("end", _("Customers at the end")),
                Field("new", _("New among them")),
            ),
            told=(Told("crr", _("Retention (CRR)"), "share"), Told("churn", _("Churn"), "share")),
            examples=((200, 220, 40), (1500, 1420, 250), (40, 42, 5)),
            reckon=_kept,
            note=_(
                "It counts who stayed, not why, nor how much they buy. Only periods of one length can be compared: "
                "95% a month are 54% a year."
            ),
            sentences={
                "new": _("There cannot be more new customers than customers at the end."),
                "end": _(
                    "Without the new ones more are left than there were at the start. "
                    "Who went and came back is not new."
                ),
            },
        ),
        Sum(
            key="revenue",
            title=_("Revenue kept"),
            fields=(
                Field(
                    "revenue",
                    _("Revenue at the start, a month or a year"),
                    money,
                    least=1,
                    most=MOST_MONEY,
                    whole=False,
                ),
                Field("expansion", _("These customers bought more, for"), money, most=MOST_MONEY, whole=False),
                Field("contraction", _("These customers bought less, by"), money, most=MOST_MONEY, whole=False),
                Field("lost", _("Lost with those who left"), money, most=MOST_MONEY, whole=False),
            ),
            told=(Told("gross", _("Gross retention"), "share"), Told("net", _("Net retention"), "share")),
            examples=(
                (100_000, 9_000, 2_000, 4_000),
                (100_000, 40_000, 5_000, 25_000),
                (640_000, 12_000, 38_000, 51_000),
            ),
            reckon=_revenue_kept,
            note=_(
                "All four are of the same customers: those of the start. What new ones bring belongs elsewhere, "
                "and a rise of your prices looks like loyalty here."
            ),
            sentences={
                "lost": _("More was lost than there was at the start."),
                "hides": _("Net above 100% hides who left: read gross first."),
            },
        ),
    )


def _kept(start: int, end: int, new: int) -> Mapping[str, Found]:
    found = kept(start, end, new)
    return {"crr": found.share, "churn": found.churn}


def _revenue_kept(revenue: float, expansion: float, contraction: float, lost: float) -> Mapping[str, Found]:
    found = revenue_kept(revenue, expansion, contraction, lost)
    return {"gross": found.gross, "net": found.net, "sentence": "hides" if found.negative_churn else None}


def repeat() -> Sequence[Sum]:
    """Customers who came again in a period, and the average bill."""
    return (
        Sum(
            key="repeat",
            title=_("Repeat purchases and average bill"),
            fields=(
                Field("customers", _("Customers who bought in the period"), least=1),
                Field("again", _("Twice or more often among them")),
                Field("purchases", _("Purchases in the period"), _("bills"), least=1),
                Field("revenue", _("Revenue of the period"), _("in your currency"), most=MOST_MONEY, whole=False),
            ),
            told=(
                Told("share", _("Came again"), "share"),
                Told("more", _("Purchases after the first one"), "share"),
                Told("often", _("Purchases of one customer"), "rate"),
                Told("bill", _("Average bill"), "money"),
                Told("each", _("Revenue of one customer"), "money"),
            ),
            examples=((1_200, 480, 2_640, 3_168_000), (1_200, 480, 1_920, 3_168_000), (90, 27, 130, 58_500)),
            reckon=_repeat,
            note=_(
                "Customers are those you recognise: whoever pays without a card counts as new each time, "
                "or not at all. In a longer period more come again, so compare equal ones. "
                "One large bill lifts the average: look at the middle bill too."
            ),
            sentences={
                "again": _("More came again than bought at all."),
                "few": _("Too few: everybody bought once, and some twice or more often."),
                "many": _("Too many: nobody came again, so each customer has one."),
            },
        ),
    )


def _repeat(customers: int, again: int, purchases: int, revenue: float) -> Mapping[str, Found]:
    return {
        "share": again / customers,
        "more": (purchases - customers) / purchases,
        "often": purchases / customers,
        "bill": revenue / purchases,
        "each": revenue / customers,
    }
