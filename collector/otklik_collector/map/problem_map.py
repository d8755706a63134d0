"""The map: counts of responses in, every series with its score, certainty, harm and rank out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from otklik_collector.map import statistics
from otklik_collector.map.arrows import with_arrows
from otklik_collector.map.comparison import channels_moved
from otklik_collector.map.harm import Linked, Risk, company_risks, harm, risk
from otklik_collector.map.posterior import Counted, Pool, Posterior, posterior, prior_of, verdict
from otklik_collector.map.ranking import ask_more, fix_first, ranked
from otklik_collector.map.scores import score_of
from otklik_collector.map.series import (
    DAYS_IN_MONTH,
    AskMore,
    Filters,
    FixFirst,
    Harm,
    Impact,
    ImportedPasses,
    Passes,
    Period,
    ProblemMap,
    Series,
    SeriesCounts,
    Trend,
    Unhappy,
)
from otklik_collector.map.silence import ResponseRate, response_rate
from otklik_widget import intervals
from otklik_widget.intervals import SHOWN
from otklik_widget.journey import Journey, Touchpoint
from otklik_widget.scales import SCALES, Scale

NO_POOL = Pool.of(())
Question = tuple[str, str]
"""A touchpoint and a scale."""


def problem_map(
    journey: Journey,
    series: Iterable[SeriesCounts],
    period: Period,
    against: Period,
    filters: Filters,
    lang: str,
    repeated_share: float | None = None,
    imported: Mapping[str, ImportedPasses] | None = None,
    linked: Mapping[str, Linked] | None = None,
    shown: Mapping[Question, int] | None = None,
) -> ProblemMap:
    """The map of a period: a series for every touchpoint and scale in the journey's order, retired ones last.

    A touchpoint's several wordings are rows of their own as far as they have responses in the period. `linked` tells
    by touchpoint how those who answered there recommend the company; without it the impact is assumed. `shown` tells
    how often each question was put before somebody on a page.
    `ValueError` for a score that its scale does not have.
    """
    pieces = list(_pieces(journey, _chosen(journey, series)))
    pools = _Pools(pieces)
    rows_of = Counter((piece.counted.touchpoint, piece.scale.key) for piece in pieces)
    # In which words a question was shown is not known: of several wordings none can be told.
    once = {question: n for question, n in (shown or {}).items() if rows_of[question] == 1}
    context = _Context(journey, period, filters, lang, imported or {}, linked or {}, once)
    rows = ranked(with_arrows([_row(piece, pools, context) for piece in pieces]))
    found = ProblemMap(
        company=journey.company.name.say(lang),
        sample=journey.company.sample,
        lang=lang,
        period=period,
        against=against,
        filters=filters,
        outcome=None,
        series=tuple(rows),
        fix_first=tuple(fix_first(rows)),
        ask_more=tuple(ask_more(rows, period.days)),
        repeated_share=repeated_share,
    )
    outcome = journey.outcome
    return replace(found, outcome=found.find(outcome.key, outcome.main)) if outcome else found


@dataclass(frozen=True)
class _Piece:
    """Counts beside the touchpoint they belong to; None: it is no longer in the journey."""

    counted: SeriesCounts
    touchpoint: Touchpoint | None
    scale: Scale

    @property
    def stage(self) -> str | None:
        return self.touchpoint.stage if self.touchpoint else None

    @cached_property
    def unhappy(self) -> Counted:
        """Unhappy and all responses of the period."""
        return _unhappy(self.scale, self.counted.counts), self.counted.responses

    @property
    def unhappy_before(self) -> Counted:
        return _unhappy(self.scale, self.counted.counts_before), self.counted.responses_before


def _unhappy(scale: Scale, counts: Mapping[int, int]) -> int:
    return sum(n for score, n in counts.items() if score in scale.unhappy)


def _chosen(journey: Journey, series: Iterable[SeriesCounts]) -> dict[tuple[str, str], list[SeriesCounts]]:
    """Of each touchpoint and scale the wordings that get a row, oldest first."""
    found: dict[tuple[str, str], list[SeriesCounts]] = {
        (touchpoint.key, scale): [] for touchpoint in journey.touchpoints.values() for scale in touchpoint.ask
    }
    for counted in series:
        found.setdefault((counted.touchpoint, counted.scale), []).append(counted)
    chosen = {}
    for (touchpoint, scale), versions in found.items():
        versions.sort(key=lambda counted: counted.version)
        asked = touchpoint in journey.touchpoints and scale in journey.touchpoints[touchpoint].ask
        answered = [counted for counted in versions if counted.responses]
        if not answered and (asked or any(counted.responses_before for counted in versions)):
            current = [counted for counted in versions if counted.current]
            answered = (current or versions or [_never_asked(touchpoint, scale)])[-1:]
        chosen[touchpoint, scale] = answered
    return chosen


def _never_asked(touchpoint: str, scale: str) -> SeriesCounts:
    return SeriesCounts(touchpoint, scale, "", True, 1, {}, 0, {}, 0, {}, {})


def _pieces(journey: Journey, chosen: Mapping[tuple[str, str], list[SeriesCounts]]) -> Iterator[_Piece]:
    """All rows in the journey's order; of a touchpoint its asked scales, then earlier ones; retired last."""
    touchpoints, scales = list(journey.touchpoints), list(SCALES)

    def place(pair: tuple[str, str]) -> tuple[int, str, int]:
        key, scale = pair
        if key not in journey.touchpoints:
            return len(touchpoints), key, scales.index(scale)
        ask = journey.touchpoints[key].ask
        return (
            touchpoints.index(key),
            key,
            ask.index(scale) if scale in ask else len(ask) + scales.index(scale),
        )

    for key, scale in sorted(chosen, key=place):
        if SCALES[scale].kind is None:
            continue  # messages have no score
        for counted in chosen[key, scale]:
            for score in (*counted.counts, *counted.counts_before):
                if not SCALES[scale].has(score):
                    raise ValueError(f"{score!r} is no score of {scale} (touchpoint {key})")
            yield _Piece(counted, journey.touchpoints.get(key), SCALES[scale])


class _Pools:
    """The siblings of every series: same stage and scale, same scale in the company, and all there is."""

    def __init__(self, pieces: Sequence[_Piece]) -> None:
        stages: dict[tuple[str | None, str], list[Counted]] = {}
        scales: dict[str, list[Counted]] = {}
        for piece in pieces:
            if piece.stage:
                stages.setdefault((piece.stage, piece.scale.key), []).append(piece.unhappy)
            scales.setdefault(piece.scale.key, []).append(piece.unhappy)
        self._stages = {key: Pool.of(counted) for key, counted in stages.items()}
        self._scales = {key: Pool.of(counted) for key, counted in scales.items()}
        # Whom the whole company made a detractor says little about how one moment of it went.
        moments = (piece for piece in pieces if not (piece.touchpoint and piece.touchpoint.outcome))
        self._everything = Pool.of(piece.unhappy for piece in moments)

    def believed(self, piece: _Piece) -> Posterior:
        stage = self._stages.get((piece.stage, piece.scale.key), NO_POOL)
        prior = prior_of(piece.unhappy, stage, self._scales[piece.scale.key], self._everything)
        # What may not be told must not be guessed either, from how many more responses are asked for.
        told = piece.counted.responses >= SHOWN and not piece.counted.withheld
        return posterior(*(piece.unhappy if told else (0, 0)), prior)


@dataclass(frozen=True)
class _Context:
    """What all rows share."""

    journey: Journey
    period: Period
    filters: Filters
    lang: str
    imported: Mapping[str, ImportedPasses]
    linked: Mapping[str, Linked]
    shown: Mapping[Question, int]

    @cached_property
    def risks(self) -> tuple[float, float]:
        return company_risks(self.linked.values())


def _row(piece: _Piece, pools: _Pools, context: _Context) -> Series:
    counted, touchpoint, scale = piece.counted, piece.touchpoint, piece.scale
    journey, lang = context.journey, context.lang
    unhappy, n = piece.unhappy
    believed = pools.believed(piece)
    goal = (touchpoint.goal if touchpoint else journey.company.goal) / 100
    passes = _passes(touchpoint, n, context.period, context.filters, context.imported)
    shown = n >= SHOWN and not counted.withheld
    share = _share(unhappy, n, believed) if shown else None
    main = touchpoint is not None and touchpoint.main == scale.key
    outcome = touchpoint is not None and touchpoint.outcome
    how = _risk(touchpoint, context) if touchpoint and main and not outcome else None
    expected = harm(passes.per_month, believed, how) if how else Harm()
    return Series(
        touchpoint=counted.touchpoint,
        name=touchpoint.name.say(lang) if touchpoint else counted.touchpoint,
        stage=touchpoint.stage if touchpoint else None,
        scale=scale.key,
        wording=counted.version,
        current=counted.current,
        main=main,
        outcome=outcome,
        retired=touchpoint is None,
        owner=touchpoint.owner if touchpoint else None,
        goal=goal,
        responses=n,
        responses_before=counted.responses_before,
        flagged=counted.flagged,
        counts={score: counted.counts.get(score, 0) for score in scale.scores},
        state=statistics.display_state(unhappy, n) if shown or not n else "collecting",
        withheld=n >= SHOWN and counted.withheld,
        score=score_of(scale, counted.counts) if shown else None,
        unhappy=share,
        believed=believed,
        verdict=verdict(believed, goal, unhappy) if shown else None,
        trend=_trend(piece),
        passes=passes,
        impact=how.impact if how else Impact(),
        harm=expected if shown else Harm(),
        at_most=expected.high,
        rank=None,
        channels={channel: number for channel, number in counted.channels.items() if number},
        channels_moved=channels_moved(counted.channels_before, counted.channels),
        rate=_rate(counted, context),
    )


def _rate(counted: SeriesCounts, context: _Context) -> ResponseRate | None:
    """Of those who saw it on a page: shown is counted there alone, so other channels have no rate."""
    on_pages = counted.responses if context.filters.channel else counted.channels.get("web", 0)
    return response_rate(on_pages, context.shown.get((counted.touchpoint, counted.scale), 0))


def _share(unhappy: int, n: int, believed: Posterior) -> Unhappy:
    interval = intervals.wilson(unhappy, n)
    assert interval
    return Unhappy(unhappy, unhappy / n, interval.low, interval.high, believed.mean)


def _risk(touchpoint: Touchpoint, context: _Context) -> Risk:
    return risk(context.linked.get(touchpoint.key, Linked()), context.risks, touchpoint.impact)


def _trend(piece: _Piece) -> Trend:
    """The change since the period before; its direction stays open until all series are judged together."""
    counted = piece.counted
    if min(counted.responses, counted.responses_before) < SHOWN or counted.withheld or counted.withheld_before:
        return Trend("none")
    change = intervals.share_difference(*piece.unhappy_before, *piece.unhappy)
    assert change
    return Trend("unclear", change.value, change.low, change.high, p=change.p)


def _passes(
    touchpoint: Touchpoint | None, n: int, period: Period, filters: Filters, imported: Mapping[str, ImportedPasses]
) -> Passes:
    """The best source there is: counted days scaled to a month, the journey's number, else those who answered.

    Imported passes know places, so they hold for one place too; of a segment or channel nobody counts customers.
    """
    counted = imported.get(touchpoint.key) if touchpoint and not (filters.segment or filters.channel) else None
    if counted and counted.days:
        return Passes(counted.passes * DAYS_IN_MONTH / counted.days, "imported", counted.days)
    if touchpoint and touchpoint.passes is not None and not filters.narrow:
        return Passes(float(touchpoint.passes), "journey")
    return Passes(n * DAYS_IN_MONTH / period.days if period.days else 0.0, "responses")


__all__ = ["AskMore", "Filters", "FixFirst", "Period", "ProblemMap", "Series", "SeriesCounts", "problem_map"]
