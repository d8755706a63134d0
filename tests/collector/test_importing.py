"""otklik import: any spreadsheet, every faulty cell named, nothing stored twice, nothing stored by halves."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import Otklik, Ran
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from otklik_collector.importing.mapping import same

LONG = """
[row]
answered_at = { column = "when", format = ["%d.%m.%Y %H:%M", "%Y-%m-%d"], zone = "Europe/Moscow" }
comment = "words"
place = "shop"
segment = "tier"
source = "letters"
[[response]]
column = "score"
touchpoint_column = "stage"
touchpoints = { "Касса" = "till", "Возврат" = "returns" }
scale = "ces7"
skip = ["-"]
"""


@pytest.fixture
def bring(otklik: Otklik, small_journey: Path, tmp_path: Path) -> Any:
    """Imports a table written as text (or bytes) under a mapping."""

    def run(table: str | bytes, mapping: str = LONG, *words: str, name: str = "table.csv", lang: str = "en") -> Ran:
        file, rules = tmp_path / name, tmp_path / "mapping.toml"
        file.write_bytes(table if isinstance(table, bytes) else table.encode())
        rules.write_text(mapping, encoding="utf-8")
        return otklik("import", file, "--mapping", rules, "--journey", small_journey, "--json", *words, lang=lang)

    return run


def series(otklik: Otklik, journey: Path, *words: str) -> dict[str, Any]:
    found = otklik(
        "map", "--from", "2017-01-01", "--to", "2017-12-31", "--format", "json", "--journey", journey, *words
    )
    return {f"{one['touchpoint']} {one['scale']}": one for one in found.json()["series"]}


GOOD = """when;stage;score;words;shop;tier
15.05.2017 13:30;Касса;7;Быстро;centre;host
2017-05-16;Возврат; 1.0 ;;OMSK;stranger
2017-05-17;returns;-;;;
"""


def test_a_long_table_names_touchpoints_in_a_column(bring: Any, otklik: Otklik, small_journey: Path) -> None:
    assert bring(GOOD).json() == {"read": 3, "stored": 2, "known": 0, "skipped": 1, "faulty": 0}
    found = series(otklik, small_journey)
    assert found["till ces7"]["counts"]["7"] == 1
    assert found["returns ces7"]["counts"]["1"] == 1
    assert series(otklik, small_journey, "--place", "omsk")["returns ces7"]["responses"] == 1
    assert series(otklik, small_journey, "--segment", "other")["returns ces7"]["responses"] == 1
    assert otklik("verify").status == 0


@pytest.mark.parametrize(
    "table",
    [
        GOOD.encode("cp1251"),
        GOOD.encode("utf-8-sig"),
        GOOD.encode("utf-16"),
        GOOD.replace(";", "\t").encode(),
        GOOD.replace(";", ",").replace("\n", "\r\n").encode(),
        ("\n\n" + GOOD.replace("\n", " \n\n")).encode(),
    ],
)
def test_encodings_delimiters_and_blank_lines_are_no_matter(bring: Any, table: bytes) -> None:
    assert bring(GOOD).json()["stored"] == 2
    again = bring(table)
    assert again.status == 0, again.err
    assert (again.json()["stored"], again.json()["known"]) == (0, 2)


def test_an_excel_file_is_read_like_a_table(bring: Any, tmp_path: Path, otklik: Otklik, small_journey: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["when", "stage", "score", "words", "shop", "tier"])
    sheet.append([datetime(2017, 5, 15), "Касса", 7, None, "centre", "host"])  # noqa: DTZ001
    sheet.append([date(2017, 5, 16), "Возврат", 1.0, "=1+1", None, None])
    file = tmp_path / "made.xlsx"
    book.save(file)
    assert bring(file.read_bytes(), name="table.xlsx").json()["stored"] == 2
    assert series(otklik, small_journey)["till ces7"]["counts"]["7"] == 1


FAULTY = """when;stage;score;words;shop;tier
2017-05-15;Касса;8;;;
2017-05-15;Кассса;7;;;
15/05/2017;Касса;7;;;
2999-01-01;Касса;7;;;
2017-05-15;Касса;6.5;;centr;
2017-05-15;Касса;7;;;
"""


def test_every_faulty_cell_is_named_and_nothing_is_stored(bring: Any, tmp_path: Path) -> None:
    found = bring(FAULTY)

    assert found.status == 1
    assert found.err.count("table.csv: row ") == 6
    for words in ("row 2, column “score”: “8”", "row 3, column “stage”", "row 4, column “when”", "row 5", "“centr”"):
        assert words in found.err
    assert not (tmp_path / "otklik.db").exists()


def test_good_rows_can_be_stored_although_others_are_faulty(bring: Any) -> None:
    found = bring(FAULTY, LONG, "--skip-faulty")
    assert found.status == 0
    assert found.json() == {"read": 6, "stored": 1, "known": 0, "skipped": 0, "faulty": 6}


def test_faults_are_told_in_russian_too(bring: Any) -> None:
    assert "строка 2" in bring(FAULTY, lang="ru").err


def test_equal_rows_are_different_people_and_order_does_not_matter(bring: Any) -> None:
    rows = ["2017-05-15;Касса;7;;;", "2017-05-15;Касса;7;;;", "2017-05-15;Касса;1;;;"]
    header = GOOD.splitlines()[0]
    assert bring("\n".join([header, *rows])).json()["stored"] == 3
    assert bring("\n".join([header, *reversed(rows)])).json()["stored"] == 0
    assert bring("\n".join([header, *rows, rows[0]])).json()["stored"] == 1


def test_a_changed_answer_is_a_fault_until_it_is_called_an_update(
    bring: Any, otklik: Otklik, small_journey: Path
) -> None:
    rules = LONG.replace('source = "letters"', 'source = "letters"\nid = "words"')
    assert bring(GOOD.replace(";;OMSK", ";b;OMSK"), rules).json()["stored"] == 2
    changed = GOOD.replace(";;OMSK", ";b;OMSK").replace("1.0", "5")

    refused = bring(changed, rules)
    assert refused.status == 1
    assert "--update" in refused.err
    assert series(otklik, small_journey)["returns ces7"]["counts"]["1"] == 1

    assert bring(changed, rules, "--update").json()["stored"] == 1
    assert series(otklik, small_journey)["returns ces7"]["counts"]["5"] == 1
    assert otklik("verify").status == 0


def test_a_wide_table_gives_several_responses_of_one_person(bring: Any, otklik: Otklik, small_journey: Path) -> None:
    rules = """
[row]
answered_at = { template = "2017-{month}-{day}", format = "%Y-%m-%d" }
id = "person"
respondent = "person"
comment = "words"
[[response]]
column = "a"
touchpoint = "till"
scale = "smiley5"
values = { "1" = 4, "5" = 0 }
[[response]]
column = "b"
touchpoint = "whole"
scale = "nps"
skip = ["11"]
"""
    table = "person,month,day,a,b,words\n7,5,15,1,10,Thanks\n7,5,16,5,0,\n8,5,16,,11,\n"
    assert bring(table, rules).json() == {"read": 3, "stored": 4, "known": 0, "skipped": 2, "faulty": 0}
    found = series(otklik, small_journey)
    assert (found["till smiley5"]["counts"]["4"], found["till smiley5"]["counts"]["0"]) == (1, 1)
    last = series(otklik, small_journey, "--per-person")
    assert (last["till smiley5"]["counts"]["4"], last["till smiley5"]["counts"]["0"]) == (0, 1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('column = "score"', 'colum = "score"'), "unknown key “colum”. Did you mean “column”?"),
        (('"till"', '"tlil"'), "no touchpoint “tlil” in the journey. Did you mean “till”?"),
        (('"ces7"', '"ces8"'), "must be one of"),
        (("Europe/Moscow", "Europe/Moskva"), "is not a time zone"),
        (("%d.%m.%Y %H:%M", "%Q"), "cannot be used"),
        (('column = "score"', 'column = "points"'), "no column “points” in the file"),
        (("[row]", "[row"), "this is no TOML"),
        (
            ('answered_at = { column = "when", format', "answered_at = { format"),
            "exactly one of column, value, template",
        ),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_line(
    bring: Any, change: tuple[str, str], said: str, tmp_path: Path
) -> None:
    found = bring(GOOD, LONG.replace(*change))
    assert found.status == 1
    assert said in found.err
    assert ".toml:" in found.err or "table.csv:1:" in found.err
    assert not (tmp_path / "otklik.db").exists()


@pytest.mark.parametrize(
    ("table", "name"),
    [
        (b"", "table.csv"),
        (b"\x00\x01\x02", "table.csv"),
        (b"PK\x03\x04 no archive", "table.xlsx"),
        (b'when;stage;score;words;shop;tier\n2017-05-15;"never closed', "table.csv"),
        (b"when;stage;score;words;shop;tier\n1;2;3;4;5;6;7;8\n", "table.csv"),
        (b"when;when;stage;score;words;shop;tier\n", "table.csv"),
    ],
)
def test_a_broken_file_is_refused_with_one_message(bring: Any, table: bytes, name: str) -> None:
    found = bring(table, name=name)
    assert found.status == 1
    assert found.err.startswith("/")
    assert len(found.err.strip().splitlines()) == 1


def test_a_missing_file_is_named(otklik: Otklik, small_journey: Path) -> None:
    found = otklik("import", "nowhere.csv", "--mapping", "nowhere.toml", "--journey", small_journey)
    assert (found.status, found.err.strip()) == (1, "nowhere.toml: there is no such file")


@given(st.integers(0, 10), st.sampled_from(["{}", " {} ", "{}.0", "{}.", "0{}", "+{}", "{},0"]))
def test_a_number_is_the_same_however_it_is_written(score: int, form: str) -> None:
    assert same(form.format(score)) == str(score)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(st.integers(1, 28), st.integers(1, 7), st.booleans()), min_size=1, max_size=20),
    shuffler=st.randoms(),
)
def test_any_order_of_rows_gives_the_same_ids(rows: list[tuple[int, int, bool]], shuffler: Any, tmp_path: Path) -> None:
    """In one process, since a property needs many tables."""
    from conftest import SMALL_JOURNEY

    from otklik_collector.importing.mapping import read_mapping
    from otklik_collector.importing.rows import RowReader, utc_now
    from otklik_collector.importing.sheet import Row
    from otklik_widget.journey_file import read_journey

    (tmp_path / "j.toml").write_text(SMALL_JOURNEY, encoding="utf-8")
    (tmp_path / "m.toml").write_text(LONG, encoding="utf-8")
    journey = read_journey(tmp_path / "j.toml")
    mapping = read_mapping(tmp_path / "m.toml", journey)
    cells = [
        {"when": f"2017-05-{day:02}", "stage": "till" if till else "returns", "score": str(score),
         "words": "", "shop": "", "tier": ""}
        for day, score, till in rows
    ]  # fmt: skip

    def ids(table: list[dict[str, str]]) -> set[bytes]:
        reader = RowReader(mapping, journey, b"secret", utc_now())
        numbered = [Row(number, row) for number, row in enumerate(table, 2)]
        return {response.id for _row, responses in reader.responses(numbered) for response in responses}

    first = ids(cells)
    shuffler.shuffle(cells)
    assert ids(cells) == first
    assert len(first) == len(rows)


def test_the_report_is_readable_by_people(otklik: Otklik, small_journey: Path, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(GOOD, encoding="utf-8")
    (tmp_path / "m.toml").write_text(LONG, encoding="utf-8")
    found = otklik("import", "t.csv", "--mapping", "m.toml", "--journey", small_journey)
    assert "responses stored: 2" in found.out
    with pytest.raises(json.JSONDecodeError):
        found.json()


def test_ids_that_differ_in_case_or_zeros_are_different_people(bring: Any) -> None:
    rules = LONG.replace('source = "letters"', 'source = "letters"\nid = "number"')
    ids = ["aB3x", "Ab3X", "0012", "12", "12.0"]
    header = "when;stage;score;words;shop;tier;number"
    table = "\n".join([header, *(f"2017-05-15;Касса;7;;;;{id}" for id in ids)])
    assert bring(table, rules).json()["stored"] == 4  # a spreadsheet writes 12 as 12.0


def test_rows_that_differ_in_a_capital_letter_may_change_places(bring: Any) -> None:
    rows = ["2017-05-15;Касса;7;Good;;", "2017-05-15;Касса;1;good;;"]
    header = GOOD.splitlines()[0]
    assert bring("\n".join([header, *rows])).json()["stored"] == 2
    assert bring("\n".join([header, *reversed(rows)])).json()["known"] == 2


def test_a_refused_import_takes_no_database_away(bring: Any, otklik: Otklik, tmp_path: Path) -> None:
    otklik("key", "add", "shop")
    before = (tmp_path / "otklik.db").stat().st_ino
    assert bring(FAULTY).status == 1
    assert (tmp_path / "otklik.db").stat().st_ino == before


def test_a_broken_byte_is_no_reason_to_read_russian_as_something_else(bring: Any) -> None:
    table = GOOD.encode().replace("Быстро".encode(), "Быстро".encode()[:-1])
    found = bring(table)
    assert found.status == 1
    assert "utf-8" in found.err
    assert ":2:" in found.err


def test_old_macintosh_line_ends_are_lines_too(bring: Any) -> None:
    table = 'when,stage,score,words,shop,tier\r2017-05-15,Касса,7,"Quick; kind; warm; all",,\r'
    assert bring(table).json()["stored"] == 1


def test_a_stray_cell_far_away_does_not_hold_up_the_import(bring: Any, tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["when", "stage", "score", "words", "shop", "tier"])
    sheet.append([datetime(2017, 5, 15, 13, 30), "Касса", 7, None, None, None])  # noqa: DTZ001
    sheet["XFD1048576"] = "stray"
    file = tmp_path / "made.xlsx"
    book.save(file)
    found = bring(file.read_bytes(), name="table.xlsx")
    assert found.status == 1
    assert "empty rows" in found.err


@pytest.mark.parametrize("encoding", ["rot13", "zip", "utf-9"])
def test_an_encoding_that_is_none_is_refused(bring: Any, encoding: str) -> None:
    found = bring(GOOD, f'[file]\nencoding = "{encoding}"\n' + LONG)
    assert (found.status, "no encoding" in found.err) == (1, True)
