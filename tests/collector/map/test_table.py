"""The map in a terminal and in a spreadsheet."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from otklik_collector.map.problem_map import Filters, problem_map
from otklik_collector.map.series import SeriesCounts
from otklik_collector.map.table import COLUMNS, guarded, render_csv, render_text
from otklik_widget.journey import Journey

from .conftest import APRIL, MAY


def test_a_spreadsheet_gets_one_row_a_series(journey: Journey, may: list[SeriesCounts]) -> None:
    rows = list(csv.DictReader(io.StringIO(render_csv(problem_map(journey, may, MAY, APRIL, Filters(), "ru")))))

    assert len(rows) == 5
    assert tuple(rows[0]) == COLUMNS
    till = rows[1]
    assert (till["name"], till["responses"], till["unhappy"], till["rank"]) == ("Касса", "400", "60", "1")
    assert float(till["unhappy_share"]) == 0.15
    assert float(rows[4]["score"]) == 30
    assert rows[3]["score"] == rows[3]["unhappy_share"] == ""


@pytest.mark.parametrize("text", ["=1+1", "+7", "-2", "@sum", "\tx", "\rx"])
def test_no_cell_is_taken_for_a_formula(text: str) -> None:
    assert guarded(text) == "'" + text


def test_a_plain_name_stays_as_it_is() -> None:
    assert guarded("Касса - 2") == "Касса - 2"


def test_a_negative_score_stays_a_number_in_the_spreadsheet(journey: Journey, may: list[SeriesCounts]) -> None:
    may[-1] = replace(may[-1], counts={0: 60, 10: 40})
    rows = list(csv.DictReader(io.StringIO(render_csv(problem_map(journey, may, MAY, APRIL, Filters(), "en")))))

    assert rows[-1]["score"] == "-20.0"


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ["Fix first", "1. Till: detractors a month: about 450", "15 (12 to 19)", "+30 (+14 to +44)"]),
        (
            "ru",
            [
                "Исправить в первую очередь",
                "1. Касса: критиков в месяц около 450",
                "15 (от 12 до 19)",
            ],
        ),
    ],
)
def test_a_terminal_gets_sentences_and_an_aligned_table(
    journey: Journey, may: list[SeriesCounts], lang: str, said: list[str]
) -> None:
    shown = render_text(problem_map(journey, may, MAY, APRIL, Filters(), lang), journey)

    for words in said:
        assert words in shown
    assert "returns" not in shown
