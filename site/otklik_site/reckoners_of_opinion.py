"""Calculators of what customers say: NPS with its doubt, members beside the others, what a detractor may cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from otklik_site.reckoner import MOST_MONEY, Field, Found, Sum, Told
from otklik_site.words import _
from otklik_widget import intervals, word_of_mouth
from otklik_widget.intervals import ENOUGH, SHOWN, Difference
from otklik_widget.word_of_mouth import Rule

ANY_SHARE = 0.25
"""The largest variance that a share can have."""


def nps() -> Sequence[Sum]:
    """NPS of a count with its interval, and how many such answers a wanted one needs."""
    answers = _("answers")
    return (
        Sum(
            key="nps",
            title=_("NPS and its margin"),
            fields=(
                Field("promoters", _("Answered 9 or 10"), answers),
                Field("passives", _("Answered 7 or 8"), answers),
                Field("detractors", _("Answered 0 to 6"), answers),
                Field("points", _("Margin wanted, ±"), _("points"), least=1, most=50, whole=False),
            ),
            told=(
                Told("answers", _("Answers"), "count"),
                Told("nps", "NPS", "score"),
                Told("range", _("The true one, 95% sure"), "score"),
                Told("needed", _("Needed for this margin"), "count"),
                Told("change", _("Needed to see such a change, in each period"), "count"),
            ),
            examples=((20, 14, 6, 10), (200, 140, 60, 5), (7, 4, 1, 20)),
            reckon=_nps,
            note=_(
                "The margin knows of chance only. It does not know who kept silent, who was asked, "
                "or whether somebody begged for a ten."
            ),
            sentences=_enough(),
        ),
    )


def _enough() -> Mapping[str, str]:
    return {
        "few": _("Fewer than five: no score."),
        "early": _("Fewer than thirty: preliminary."),
    }


def _nps(promoters: int, passives: int, detractors: int, points: float) -> Mapping[str, Found]:
    groups = detractors, passives, promoters
    n = sum(groups)
    if n < SHOWN:
        return {"answers": n, "nps": None, "range": None, "needed": None, "change": None, "sentence": "few"}
    found, variance = intervals.nps_interval(*groups), intervals.nps_variance(*groups)
    return {
        "answers": n,
        "nps": intervals.nps(*groups),
        "range": (found.low, found.high),
        "needed": intervals.sample_size(points, variance),
        "change": intervals.sample_size_difference(points, variance),
        "sentence": "early" if n < ENOUGH else None,
    }


def members() -> Sequence[Sum]:
    """Members of a program beside the others: the difference of their NPS, or of a share."""
    answers, people = _("answers"), _("customers")
    apart = Field("points", _("A difference worth seeing"), _("points"), least=1, most=100, whole=False)
    note = _(
        "Joining is a choice. Who joins mostly came more often and liked you better already, "
        "so the difference is not what the program did."
    )
    sentences = {
        **_enough(),
        "higher": _("Higher with members, and not by chance."),
        "lower": _("Lower with members, and not by chance."),
        "unclear": _("No clear difference."),
    }
    return (
        Sum(
            key="members-nps",
            title=_("NPS of members and of others"),
            fields=(
                Field("promoters", _("Members: answered 9 or 10"), answers),
                Field("passives", _("Members: 7 or 8"), answers),
                Field("detractors", _("Members: 0 to 6"), answers),
                Field("promoters2", _("Others: answered 9 or 10"), answers),
                Field("passives2", _("Others: 7 or 8"), answers),
                Field("detractors2", _("Others: 0 to 6"), answers),
                apart,
            ),
            told=(
                Told("first", _("NPS of members"), "score"),
                Told("second", _("NPS of others"), "score"),
                Told("difference", _("Difference"), "score"),
                Told("range", _("The true one, 95% sure"), "score"),
                Told("needed", _("Needed in each group to see it"), "count"),
            ),
            examples=((130, 80, 40, 70, 65, 45, 10), (26, 16, 8, 14, 13, 9, 20), (60, 50, 30, 58, 52, 30, 10)),
            reckon=_members_nps,
            note=note,
            sentences=sentences,
        ),
        Sum(
            key="members-share",
            title=_("A share of members and of others"),
            fields=(
                Field("yes", _("Members: said yes or did it"), people),
                Field("all", _("Members: all who were asked or counted"), people),
                Field("yes2", _("Others: said yes or did it"), people),
                Field("all2", _("Others: all who were asked or counted"), people),
                apart,
            ),
            told=(
                Told("first", _("Share of members"), "share"),
                Told("second", _("Share of others"), "share"),
                Told("difference", _("Difference, points"), "points"),
                Told("range", _("The true one, 95% sure"), "points"),
                Told("needed", _("Needed in each group to see it, whatever the shares"), "count"),
            ),
            examples=((540, 900, 624, 1_600, 5), (56, 70, 48, 80, 10), (30, 100, 26, 100, 10)),
            reckon=_members_share,
            note=note,
            sentences={**sentences, "all": _("More than all of them.")},
        ),
    )


def _members_nps(
    promoters: int, passives: int, detractors: int, promoters2: int, passives2: int, detractors2: int, points: float
) -> Mapping[str, Found]:
    first, second = (detractors, passives, promoters), (detractors2, passives2, promoters2)
    least = min(sum(first), sum(second))
    told = least >= SHOWN
    variance = (intervals.nps_variance(*first) + intervals.nps_variance(*second)) / 2
    return {
        "first": intervals.nps(*first) if sum(first) >= SHOWN else None,
        "second": intervals.nps(*second) if sum(second) >= SHOWN else None,
        **_differ(intervals.nps_difference(second, first) if told else None, least, 1),
        "needed": intervals.sample_size_difference(points, variance) if told else None,
    }


def _members_share(yes: int, everybody: int, yes2: int, everybody2: int, points: float) -> Mapping[str, Found]:
    least = min(everybody, everybody2)
    told = least >= SHOWN
    return {
        "first": yes / everybody if everybody >= SHOWN else None,
        "second": yes2 / everybody2 if everybody2 >= SHOWN else None,
        **_differ(intervals.share_difference(yes2, everybody2, yes, everybody) if told else None, least, 100),
        "needed": intervals.sample_size_difference(points, ANY_SHARE),
    }


def _differ(found: Difference | None, least: int, unit: int) -> Mapping[str, Found]:
    """A difference and the word it deserves: none while a group is small, as on the map."""
    if found is None:
        return {"difference": None, "range": None, "sentence": "few"}
    if least < ENOUGH:
        sentence = "early"
    else:
        sentence = "higher" if found.low > 0 else "lower" if found.high < 0 else "unclear"
    return {
        "difference": unit * found.raw,
        "range": (unit * found.low, unit * found.high),
        "sentence": sentence,
    }


def detractor() -> Sequence[Sum]:
    """What detractors may cost by talking: a rule of thumb in editable numbers."""
    return (
        Sum(
            key="detractor",
            title=_("The price of a detractor"),
            fields=(
                Field("told", _("One detractor tells so many people"), _("people"), most=100, whole=False),
                Field("cancelled", _("One bad word cancels so many good ones"), _("good words"), most=100, whole=False),
                Field("needed", _("So many good words bring one customer"), _("good words"), 0.1, 1000, whole=False),
                Field("detractors", _("Detractors in a month")),
                Field("referred", _("New customers in a month who came by word of mouth")),
                Field("worth", _("What a new customer brings in"), _("in your currency"), 0, MOST_MONEY, whole=False),
            ),
            told=(
                Told("each", _("By the rule one detractor costs, in customers"), "rate"),
                Told("range", _("The rule's own range"), "rate"),
                Told("lost", _("Customers lost in a month"), "rate"),
                Told("price", _("What they would have brought in"), "money"),
            ),
            examples=((5, 5, 6, 10, 60, 3_000), (5, 5, 6, 30, 60, 3_000), (2, 5, 40, 30, 60, 3_000)),
            reckon=_detractor,
            note=_(
                "A rule of thumb, source unknown: 5 people told, 5 good words cancelled, 6 good words for a customer. "
                "A published case had 40 instead of 6, so the range is wide. Ask new customers where they heard of "
                "you, and put your own numbers in."
            ),
            sentences={
                "capped": _("Cut off: talking costs no more customers than it brings."),
            },
        ),
    )


def _detractor(
    told: float, cancelled: float, needed: float, detractors: int, referred: int, worth: float
) -> Mapping[str, Found]:
    rule = Rule(told, cancelled, needed)
    found = word_of_mouth.lost(detractors, detractors, detractors, rule, referred)
    return {
        "each": rule.each,
        "range": rule.range,
        "lost": (found.low, found.high),
        "price": (found.low * worth, found.high * worth),
        "sentence": "capped" if detractors * rule.range[1] > referred else None,
    }
