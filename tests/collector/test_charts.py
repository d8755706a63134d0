"""Charts: drawn from plain values, with a table of the same numbers and nothing a strict policy forbids."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from markupsafe import Markup

from otklik_collector.charts.bars import Forest, Span, bar
from otklik_collector.charts.drawing import element, percent, top_of
from otklik_collector.charts.funnel import Limit, Place, funnel
from otklik_collector.charts.grid import Cell, week_grid
from otklik_collector.charts.line import Mark, Stretch, line

WEEKS = [
    Stretch("2 Mar", 40, 0.2, 0.1, 0.35),
    Stretch("9 Mar", 3),
    Stretch("16 Mar", 40, 0.1, 0.04, 0.23),
    Stretch("23 Mar", 12, 0.25, 0.09, 0.53, weak=True),
    Stretch("30 Mar", 40, 0.1, 0.04, 0.23, broken=True),
]


def parts(picture: Markup, kind: str) -> list[str]:
    return re.findall(rf'class="{kind}"', str(picture))


def test_the_line_has_gaps_where_too_few_answered_and_breaks_where_the_question_changed() -> None:
    drawn = line(WEEKS, 0.1, [Mark(2, "Second till"), Mark(4, "Other words", alarm=True)])

    assert len(parts(drawn.picture, "value")) == 1  # 16 and 23 March: nothing else has a neighbour to join
    assert len(parts(drawn.picture, "whisker")) == 2
    assert len(parts(drawn.picture, "weak")) == 1
    assert len(parts(drawn.picture, "goal")) == 1
    assert len(parts(drawn.picture, "alarm")) == 2
    assert drawn.rows[1] == ["9 Mar", "3", "too few to tell"]
    assert drawn.rows[0] == ["2 Mar", "40", "20 (10 to 35)"]
    assert drawn.summary == (
        "Unhappy of 100: 10 (4 to 23) in the last week shown, 25 (9 to 53) in the worst one (23 Mar)."
    )
    assert list(drawn.marks) == ["Second till", "Other words"]


def test_a_line_of_nothing_says_so() -> None:
    assert line([Stretch("2 Mar", 0), Stretch("9 Mar", 4)], 0.1).summary.startswith("Not one of these weeks")
    assert line([], 0.1).rows == []


def test_the_grid_tells_each_hour_by_a_mouth_and_a_tone() -> None:
    cells = {(0, 9): Cell(12, 0.4, "surely_hurts"), (1, 9): Cell(12, 0.1, "unclear"), (6, 10): Cell(3)}
    drawn = week_grid(cells, ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"], {9: "9:00", 10: "10:00"})

    assert len(parts(drawn.picture, "cell v-surely_hurts")) == 1
    assert len(parts(drawn.picture, "few")) == 1
    assert len(parts(drawn.picture, "none")) == 11
    assert drawn.rows[0][:3] == ["9:00", "40 of 100 (of 12)", "10 of 100 (of 12)"]
    assert drawn.rows[1][-1] == "3 answered"
    assert drawn.summary == "The hours that hurt most: Mo 9:00."


def test_the_funnel_names_only_who_differs_beyond_chance() -> None:
    places = [Place("Omsk", 400, 0.3, True), Place("Tver", 20, 0.3, False)]
    limits = [Limit(10, 0, 0.4, 0, 0.6), Limit(400, 0.08, 0.14, 0.06, 0.17)]
    drawn = funnel(places, 0.11, limits)

    assert drawn.summary == "Beyond chance differ: Omsk. The rest are equal as far as anybody can tell."
    assert drawn.rows[1] == ["2. Tver", "20", "30.0", "no more than by chance"]
    assert len(parts(drawn.picture, "outside")) == 1
    assert funnel(places[1:], 0.11, limits).summary.startswith("No place differs")
    assert funnel([], 0.0, []).rows == []


def test_a_forest_stands_on_one_scale_with_its_line() -> None:
    spans = [Span("Omsk", 0.12, 0.04, 0.2), Span("Tver", -0.02, -0.1, 0.06)]
    forest = Forest.of(spans, 0.0)

    assert forest.bottom == -forest.top
    assert 'x1="50.00%" x2="50.00%"' in forest.row(spans[0])
    assert Forest.of([Span("Omsk", 30, 20, 40)], 10, bottom=0).bottom == 0


@pytest.mark.parametrize(
    "picture",
    [
        line(WEEKS, 0.1, [Mark(0, "x")]).picture,
        bar(0.5, "unhappy"),
        Forest.of([Span("a", 1, 0, 2)], 0).row(Span("a", 1, 0, 2)),
        funnel([Place("a", 9, 0.2, True)], 0.1, [Limit(9, 0, 1, 0, 1)]).picture,
        week_grid({(0, 9): Cell(12, 0.4, "hurts")}, ["<b>"] * 7, {9: "9:00"}).picture,
    ],
)
def test_no_chart_needs_a_script_or_a_style_of_its_own(picture: Markup) -> None:
    whole = ET.fromstring(picture)

    assert whole.get("aria-hidden") == "true"
    for one in whole.iter():
        assert not {name for name in one.attrib if name == "style" or name.startswith("on")}
        assert one.tag in ("svg", "line", "text", "path", "circle", "rect")


def test_hostile_words_stay_words() -> None:
    assert "<script>" not in element("text", [Markup("{}").format("<script>")], x='"><script>')


@pytest.mark.parametrize(("values", "top"), [([], 1), ([0.4], 1), ([37], 40), ([100.0], 100), ([140], 140)])
def test_a_scale_ends_at_a_round_number_that_all_values_fit(values: list[float], top: float) -> None:
    assert top_of(values) == top
    assert percent(140) == "100.00%"
