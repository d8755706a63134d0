"""The map as a table: aligned for a terminal, or CSV for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import astuple

from otklik_collector.map import figures, sentences
from otklik_collector.map.series import ProblemMap, Series
from otklik_collector.words import _
from otklik_widget.journey import Journey
from otklik_widget.words import speaking

# A spreadsheet takes a cell that begins so for a formula and may run it.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

COLUMNS = (
    "touchpoint", "name", "stage", "scale", "wording", "retired", "responses", "flagged", "state", "verdict",
    "score_kind", "score", "score_low", "score_high",
    "unhappy", "unhappy_share", "unhappy_low", "unhappy_high", "unhappy_shrunk", "goal",
    "difference", "difference_low", "difference_high", "direction", "q", "passes_per_month", "passes_source",
    "impact", "impact_source", "harm_per_month", "harm_low", "harm_high", "harm_unit", "rank",
)  # fmt: skip


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe stands before one that looks like it."""
    return "'" + text if text.startswith(FORMULA) else text


def render_csv(found: ProblemMap) -> str:
    """One row a series under `COLUMNS`; shares 0..1, full precision, empty where undefined."""
    stream = io.StringIO()
    rows = csv.DictWriter(stream, COLUMNS)
    rows.writeheader()
    for row in found.series:
        rows.writerow({name: _cell(value) for name, value in zip(COLUMNS, _values(row), strict=True)})
    return stream.getvalue()


def _values(row: Series) -> Sequence[object]:
    score, unhappy, trend = row.score, row.unhappy, row.trend
    return (
        row.touchpoint, row.name, row.stage, row.scale, row.wording, row.retired, row.responses, row.flagged,
        row.state, row.verdict,
        *(astuple(score)[:4] if score else (None,) * 4),
        *(astuple(unhappy) if unhappy else (None,) * 5),
        row.goal, trend.difference, trend.low, trend.high, trend.direction, trend.q,
        row.passes.per_month, row.passes.source,
        row.impact.value, row.impact.source,
        row.harm.per_month, row.harm.low, row.harm.high, row.harm.unit, row.rank,
    )  # fmt: skip


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return guarded(value) if isinstance(value, str) else value


def render_text(found: ProblemMap, journey: Journey) -> str:
    """The map for a terminal: sentences, then one aligned line a series, in the map's language."""
    with speaking(found.lang):
        return "\n".join(_lines(found, journey)) + "\n"


def _lines(found: ProblemMap, journey: Journey) -> Iterator[str]:
    yield _("%(company)s: problem map", company=found.company)
    yield _(
        "%(period)s, compared with %(against)s; %(responses)s",
        period=figures.period(found.period), against=figures.period(found.against),
        responses=figures.responses(found.responses),
    )  # fmt: skip
    if found.sample:
        yield _("This is an invented sample company.")
    if found.outcome and found.outcome.score:
        score, count = figures.score(found.outcome.score, found.outcome.scale), found.outcome.responses
        yield f"{found.outcome.name}: NPS {score}, {figures.responses(count)}"
    yield from ("! " + said for said in sentences.warnings(found, journey))
    if found.fix_first:
        yield ""
        yield _("Fix first")
        for number, (row, said) in enumerate(sentences.fix_first(found), 1):
            yield f"  {number}. {row.name}: {said}"
    if moved := sentences.changes(found):
        yield ""
        yield _("Changed for sure")
        yield from (f"  - {titled(row, found)}: {said}" for row, said in moved)
    if found.ask_more:
        yield ""
        yield _("Ask more people")
        yield from (f"  - {row.name}: {said}" for row, said in sentences.ask_more(found))
    yield ""
    yield from _aligned(found)


def _aligned(found: ProblemMap) -> Iterator[str]:
    verdicts, states = figures.verdict_words(), figures.state_words()
    lines = [
        (
            _("rank"), _("touchpoint"), _("scale"), _("responses"), _("unhappy of 100"), _("score"),
            _("verdict"), _("detractors a month"),
        )
    ]  # fmt: skip
    for row in found.series:
        unhappy = row.unhappy
        share = f"{figures.of_100(unhappy.share)} ({figures.between(unhappy.low, unhappy.high)})" if unhappy else ""
        lines.append(
            (
                str(row.rank or ""),
                titled(row, found),
                figures.scale_name(row.scale),
                figures.number(row.responses),
                share,
                figures.score(row.score, row.scale) if row.score else "",
                _verdict(row, verdicts[row.verdict]) if row.verdict else states[row.state],
                figures.harm(row.harm),
            )
        )
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        cells = [
            cell.rjust(width) if column in (0, 3) else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def _verdict(row: Series, said: str) -> str:
    return _("%(verdict)s, preliminary", verdict=said) if row.state == "preliminary" else said


def titled(row: Series, found: ProblemMap) -> str:
    """A row's name, with what tells it from its other wordings and from those that are asked."""
    said = row.name
    if sum((other.touchpoint, other.scale) == (row.touchpoint, row.scale) for other in found.series) > 1:
        said = _("%(name)s, wording %(number)s", name=said, number=row.wording)
    return _("%(name)s (no longer asked)", name=said) if row.retired else said
