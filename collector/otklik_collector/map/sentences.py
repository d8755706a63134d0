"""What the map says in words: what to fix first, whom to ask, what to beware of."""

from __future__ import annotations

from collections.abc import Iterator

from otklik_collector.map import figures
from otklik_collector.map.series import AskMore, ProblemMap, Series
from otklik_collector.words import _
from otklik_widget.journey import Journey

# A person who answers often makes the interval too narrow; from this share on the reader must know.
REPEATED = 0.05
FLAGGED = 0.10


def fix_first(found: ProblemMap) -> list[tuple[Series, str]]:
    """The series to fix first, each with its sentence."""
    rows = [found.find(item.touchpoint, item.scale) for item in found.fix_first]
    return [(row, harm(row)) for row in rows]


def harm(row: Series) -> str:
    """How many unhappy customers a month come from a series, and of how many it was computed."""
    assert row.unhappy
    values = {
        "harm": figures.harm(row.harm),
        "share": figures.of_100(row.unhappy.share),
        "interval": figures.between(row.unhappy.low, row.unhappy.high),
        "responses": figures.responses(row.responses),
        "passes": figures.number(row.passes.per_month),
        "impact": figures.of_100(row.impact.value or 0),
        "source": figures.impact_words()[row.impact.source],
    }
    if row.passes.known:
        said = _(
            "detractors a month: %(harm)s. %(passes)s visitors pass, unhappy are %(share)s of 100 (%(interval)s; "
            "%(responses)s), among them %(impact)s more detractors in 100 (%(source)s).",
            **values,
        )
    else:
        said = _(
            "detractors a month among those who answered: %(harm)s. Unhappy are %(share)s of 100 (%(interval)s; "
            "%(responses)s), among them %(impact)s more detractors in 100 (%(source)s). How many pass is not known.",
            **values,
        )
    if row.verdict in ("within_goal", "surely_fine"):
        said += " " + _(
            "That is within the goal of %(goal)s of 100: there are many of them because many pass.",
            goal=figures.plain(row.goal * 100),
        )
    return said


def ask_more(found: ProblemMap) -> list[tuple[Series, str]]:
    """The series where more people must be asked, each with how many."""
    current = {(row.touchpoint, row.scale): row for row in found.series if row.current}
    return [(current[item.touchpoint, item.scale], _ask(item)) for item in found.ask_more]


def _ask(item: AskMore) -> str:
    so_far, needed = figures.responses(item.responses), figures.number(item.needed)
    if item.days is None:
        return _("%(responses)s so far, about %(needed)s more needed", responses=so_far, needed=needed)
    return _(
        "%(responses)s so far, about %(needed)s more needed: at this pace in about %(days)s",
        responses=so_far, needed=needed, days=figures.days(item.days),
    )  # fmt: skip


def changes(found: ProblemMap) -> list[tuple[Series, str]]:
    """What changed for sure since the period before, each with its sentence: what got worse first."""
    moved = [row for row in found.series if row.trend.direction in ("better", "worse") and not row.retired]
    moved.sort(key=lambda row: -(row.trend.difference or 0))
    return [(row, _change(row)) for row in moved]


def _change(row: Series) -> str:
    assert row.unhappy
    values = {"share": figures.of_100(row.unhappy.share), "change": figures.change(row)}
    if row.trend.direction == "worse":
        return _("surely worse: now %(share)s of 100 unhappy, a change of %(change)s points", **values)
    return _("surely better: now %(share)s of 100 unhappy, a change of %(change)s points", **values)


def summary(found: ProblemMap) -> str:
    """One sentence for those who can't see the picture."""
    measured = [row for row in found.series if row.ranks and row.unhappy]
    bad = [row for row in measured if row.verdict in ("surely_hurts", "hurts")]
    if not measured:
        return _("No touchpoint has enough responses to be judged yet.")
    return _(
        "Judged touchpoints: %(measured)s; of them a problem, surely or likely: %(bad)s.",
        measured=figures.number(len(measured)), bad=figures.number(len(bad)),
    )  # fmt: skip


def warnings(found: ProblemMap, journey: Journey) -> Iterator[str]:
    """What a reader must know before trusting a number."""
    filters = found.filters
    place = journey.place_keys.get(filters.place or "")
    place_name = place.name.say(found.lang) if place else filters.place
    narrowed = figures.filter_words(place_name, filters.segment, filters.channel)
    if narrowed:
        yield (
            _("Only a part of the responses is counted: %(filters)s.", filters="; ".join(narrowed))
            + " "
            + _("How many visitors that part has is not known, so losses count only those who answered.")
        )
    if filters.per_person:
        yield _("Of each person only the last response at a touchpoint is counted.")
    if filters.include_flagged and found.flagged:
        yield _("Responses flagged as suspected misuse are counted too.")
    if found.repeated_share is not None and found.repeated_share > REPEATED and not filters.per_person:
        yield _(
            "Of 100 responses %(share)s repeat a person: the intervals are too narrow. "
            "Count the last response of each person to see how much it matters.",
            share=figures.of_100(found.repeated_share),
        )
    if not filters.include_flagged:
        flagged = [row.name for row in found.series if row.flagged > FLAGGED * (row.flagged + row.responses)]
        if flagged:
            yield _(
                "More than 10 of 100 responses are flagged as suspected misuse and left out: %(names)s.",
                names=", ".join(dict.fromkeys(flagged)),
            )
    withheld = [row.name for row in found.series if row.withheld]
    if withheld:
        yield _(
            "Scores of these touchpoints are hidden in this part, or those of fewer than 5 responses could be "
            "computed by subtraction: %(names)s.",
            names=", ".join(dict.fromkeys(withheld)),
        )
    moved = [row.name for row in found.series if row.channels_moved]
    if moved:
        yield _(
            "The channels of these touchpoints changed since the period before, so don't compare: %(names)s.",
            names=", ".join(dict.fromkeys(moved)),
        )


def channels(found: ProblemMap) -> str:
    """Through which channels the responses came, the busiest first, or an empty string."""
    return ", ".join(f"{figures.channel_name(channel)} {figures.number(n)}" for channel, n in found.channels.items())
