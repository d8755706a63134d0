"""The real case: two surveys of an airport go in, and every published figure comes out."""

from __future__ import annotations

import csv
import json
import random
import time
from pathlib import Path

import pytest
from conftest import TOP, Otklik

DATA = TOP.parent / "shared/data/sfo"
HERE = TOP / "docs/data/sfo"
TOUCHPOINTS = {
    "Q7ART": "art", "Q7FOOD": "food", "Q7STORE": "shops", "Q7SIGN": "signs", "Q7WALKWAYS": "walkways",
    "Q7WALKWAY": "walkways", "Q7SCREENS": "screens", "Q7INFODOWN": "booths-lower", "Q7INFOUP": "booths-upper",
    "Q7WIFI": "wifi", "Q7ROADS": "roads", "Q7PARK": "parking", "Q7AIRTRAIN": "airtrain",
    "Q7LTPARKING": "long-term-parking", "Q7RENTAL": "rental", "Q7ALL": "whole-airport",
    "Q14FIND": "find-way", "Q14PASSTHRU": "security",
}  # fmt: skip

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the survey's files are not here; they are never part of us")


def bring(otklik: Otklik, year: int, file: Path | None = None, *words: str) -> dict[str, int]:
    found = otklik(
        "import", file or DATA / f"sfo_{year}.csv", "--mapping", HERE / f"{year}.toml",
        "--journey", HERE / "journey.toml", "--json", *words,
    )  # fmt: skip
    assert found.status == 0, found.err
    counts: dict[str, int] = found.json()
    return counts


def test_both_surveys_come_in_whole_and_a_second_time_adds_nothing(otklik: Otklik, tmp_path: Path) -> None:
    began = time.monotonic()
    assert bring(otklik, 2017)["stored"] == 37_655
    assert bring(otklik, 2018)["stored"] == 35_643
    print(f"both surveys in {time.monotonic() - began:.1f} s")
    again = bring(otklik, 2017)
    assert (again["stored"], again["known"]) == (0, 37_655)

    with (DATA / "sfo_2018.csv").open(encoding="utf-8", newline="") as stream:
        header, *people = csv.reader(stream)
    random.Random(1).shuffle(people)
    shuffled = tmp_path / "sfo_2018_shuffled.csv"
    with shuffled.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows([header, *people])
    assert bring(otklik, 2018, shuffled)["stored"] == 0
    assert otklik("verify").status == 0

    expected = json.loads((DATA / "expected.json").read_text(encoding="utf-8"))
    for year in (2017, 2018):
        found = otklik(
            "map", "--from", f"{year}-05-01", "--to", f"{year}-06-01", "--format", "json",
            "--journey", HERE / "journey.toml",
        ).json()  # fmt: skip
        series = {one["touchpoint"]: one for one in found["series"]}
        for group in ("Q7 (csat5)", "Q14 (ces5)"):
            for column, figures in expected[str(year)].get(group, {}).items():
                one = series[TOUCHPOINTS[column]]
                assert one["responses"] == figures["n"], column
                assert one["counts"] == figures["counts"], column
                assert one["score"]["value"] == pytest.approx(figures["mean"], abs=1e-6), column
                assert one["unhappy"]["count"] == figures["unhappy_1_2"], column
                interval = [one["unhappy"]["low"], one["unhappy"]["high"]]
                assert interval == pytest.approx(figures["unhappy_share_wilson95"], abs=1e-6), column
        figures = expected[str(year)]["NETPRO (nps)"]
        outcome = found["outcome"]
        assert outcome["responses"] == figures["n"]
        assert outcome["unhappy"]["count"] == figures["detractors"]
        assert sum(outcome["counts"][score] for score in ("9", "10")) == figures["promoters"]
        assert outcome["score"]["value"] == pytest.approx(figures["nps"], abs=1e-6)
        assert outcome["score"]["low"] < outcome["score"]["value"] < outcome["score"]["high"]


def test_boarding_areas_are_segments_whose_counts_add_up(otklik: Otklik) -> None:
    bring(otklik, 2017)

    def responses(*words: str) -> int:
        found = otklik(
            "map", "--from", "2017-05-01", "--to", "2017-06-01", "--format", "json",
            "--journey", HERE / "journey.toml", *words,
        )  # fmt: skip
        return sum(series["responses"] for series in found.json()["series"])

    assert sum(responses("--segment", area) for area in "abcdefg") == responses() == 37_655
    assert responses("--per-person") == 37_655
