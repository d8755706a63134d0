"""otklik passes: how many customers pass, counted by tills and doors, and what the map makes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import Otklik

PERIOD = ("--from", "2026-03-02", "--to", "2026-03-30", "--format", "json")
PLAIN = (
    "date,touchpoint,place,passes\n2026-03-02,till,centre,100\n2026-03-03,till,centre,140\n2026-03-03,till,omsk,60\n"
)


@pytest.fixture
def bring(otklik: Otklik, small_journey: Path, tmp_path: Path) -> Any:
    def run(table: str, *words: object, mapping: str = "") -> Any:
        (tmp_path / "t.csv").write_text(table, encoding="utf-8")
        if mapping:
            (tmp_path / "m.toml").write_text(mapping, encoding="utf-8")
            words = ("--mapping", "m.toml", *words)
        return otklik("passes", "t.csv", "--journey", small_journey, "--json", *words)

    return run


def passes(otklik: Otklik, journey: Path, *words: object) -> dict[str, Any]:
    found = otklik("map", "--journey", journey, *PERIOD, *words).json()
    series: dict[str, Any] = next(one for one in found["series"] if one["touchpoint"] == "till")
    return {"passes": series["passes"], "harm": series["harm"]["per_month"]}


def test_counted_customers_stand_before_the_journeys_number(bring: Any, otklik: Otklik, small_journey: Path) -> None:
    assert bring(PLAIN).json() == {"read": 3, "days": 3, "passes": 300}

    found = passes(otklik, small_journey)["passes"]

    # 300 customers on two days are 150 a day.
    assert found == {"per_month": pytest.approx(150 * 30.4375), "source": "imported", "days": 2}
    centre = passes(otklik, small_journey, "--place", "centre")["passes"]
    assert centre["per_month"] == pytest.approx(120 * 30.4375)
    assert passes(otklik, small_journey, "--segment", "host")["passes"]["source"] == "responses"


def test_a_day_brought_again_replaces_itself(bring: Any, otklik: Otklik, small_journey: Path) -> None:
    bring(PLAIN)
    bring(PLAIN.replace("100", "200"))
    bring(PLAIN.replace("100", "200"))
    assert passes(otklik, small_journey)["passes"]["per_month"] == pytest.approx(200 * 30.4375)


def test_harm_is_counted_customers_times_unhappy_share(
    bring: Any, otklik: Otklik, small_journey: Path, tmp_path: Path
) -> None:
    bring(PLAIN)
    rows = "\n".join(f"2026-03-{day:02},{0 if day < 12 else 4}" for day in range(2, 30) for _n in range(2))
    (tmp_path / "r.csv").write_text(f"day,score\n{rows}\n", encoding="utf-8")
    rules = '[row]\nanswered_at = { column = "day" }\n'
    rules += '[[response]]\ncolumn = "score"\ntouchpoint = "till"\nscale = "smiley5"\n'
    (tmp_path / "r.toml").write_text(rules, encoding="utf-8")
    assert otklik("import", "r.csv", "--mapping", "r.toml", "--journey", small_journey).status == 0
    assert passes(otklik, small_journey)["harm"] == pytest.approx(0.3 * 150 * 30.4375 * 20 / 56)


def test_a_list_of_receipts_is_counted_row_by_row(bring: Any, otklik: Otklik, small_journey: Path) -> None:
    mapping = """
[passes]
date = { column = "Дата", format = "%d.%m.%Y %H:%M" }
touchpoint = "till"
place_column = "Магазин"
places = { "Центральный" = "centre" }
"""
    table = "Дата;Магазин\n02.03.2026 09:10;Центральный\n02.03.2026 09:12;Центральный\n03.03.2026 10:00;omsk\n"
    assert bring(table, mapping=mapping).json() == {"read": 3, "days": 2, "passes": 3}
    assert passes(otklik, small_journey, "--place", "centre")["passes"]["per_month"] == pytest.approx(2 * 30.4375)


def test_every_faulty_cell_is_named_and_nothing_is_stored(bring: Any, tmp_path: Path) -> None:
    found = bring("date,touchpoint,place,passes\n2026-03-02,tlil,centre,1\n2999-01-01,till,centr,-1\nx,,,1.5\n")
    assert found.status == 1
    for words in ("row 2, column “touchpoint”: “tlil”", "“till”", "row 3, column “date”", "“centr”", "“-1”", "“1.5”"):
        assert words in found.err
    assert not (tmp_path / "otklik.db").exists()


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("[pases]\n", "unknown key “pases”"),
        ('[passes]\ntouchpoint = "till"\n', "“date” is missing"),
        ('[passes]\ndate = { column = "d" }\n', "“touchpoint” or “touchpoint_column”"),
        ('[passes]\ndate = { column = "d" }\ntouchpoint = "tlil"\n', "no touchpoint “tlil”"),
        ('[passes]\ndate = { column = "d" }\ntouchpoint = "till"\nplace = "centr"\n', "“centr” is not in the journey"),
        ('[passes]\ndate = { column = "d" }\ntouchpoint = "till"\n', "no column “d” in the file"),
    ],
)
def test_a_wrong_mapping_is_refused(bring: Any, mapping: str, said: str) -> None:
    found = bring(PLAIN, mapping=mapping)
    assert found.status == 1
    assert said in found.err


def test_a_database_of_the_first_version_learns_of_passes(otklik: Otklik, small_journey: Path, tmp_path: Path) -> None:
    from sqlite_utils import Database

    from otklik_collector.store.migrations import migrations

    with Database(tmp_path / "otklik.db") as db:
        migrations.apply(db, stop_before="m005_passes_told_by_tills_and_counters")
        assert "passes" not in db.table_names()
    (tmp_path / "t.csv").write_text(PLAIN, encoding="utf-8")
    assert otklik("passes", "t.csv", "--journey", small_journey).status == 0
