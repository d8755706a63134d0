"""Kiosks by the hundred: made from a table, paired from a printed sheet, moved and taken out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import Otklik

from otklik_collector.importing.kiosks import read_kiosks
from otklik_collector.store import Store, open_store
from otklik_widget.faults import Faults
from otklik_widget.journey import Journey

TABLE = """device;name;place;points;lang;languages;reasons;pin
centre-1;У лифта;centre;till;ru;ru en;yes;2580
centre-2;;centre;till returns;;;no;
omsk-1;Exit;omsk;till;;;;
"""
Run = tuple[str, ...]


def table(tmp_path: Path, text: str, name: str = "kiosks.csv", encoding: str = "utf-8") -> Path:
    file = tmp_path / name
    file.write_bytes(text.encode(encoding))
    return file


def test_a_table_makes_kiosks_and_a_sheet_pairs_them(otklik: Otklik, tmp_path: Path, small_journey: Path) -> None:
    given = ("--journey", small_journey)
    made = otklik("kiosk", "import", table(tmp_path, TABLE, encoding="cp1251"), *given)
    assert made.status == 0, made.err
    assert "3 kiosks were made" in made.err
    with open_store(tmp_path / "otklik.db") as store:
        found = store.devices.all()
    assert found["centre-1"].name == "У лифта"
    assert (found["centre-1"].languages, found["centre-1"].reasons, bool(found["centre-1"].pin_hash)) == (
        ("ru", "en"), True, True
    )  # fmt: skip
    assert (found["centre-2"].name, found["centre-2"].points, found["centre-2"].reasons) == (
        "centre-2", ("till", "returns"), False
    )  # fmt: skip

    sheet = otklik("kiosk", "sheet", "--address", "https://ask.shop.example/", "--place", "centre", "--out",
                   tmp_path / "sheet.html", *given, lang="ru")  # fmt: skip

    assert sheet.status == 0, sheet.err
    page = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    codes = re.findall(r"<b>([A-Z2-9]{4}-[A-Z2-9]{4})</b>", page)
    assert len(codes) == 2
    assert "У лифта" in page
    assert "https://ask.shop.example/kiosk/pair" in page
    assert "Exit" not in page
    assert page.count("<svg") == 2
    with open_store(tmp_path / "otklik.db") as store:
        assert store.pairing.use(codes[0], 0.0) is not None
    again = otklik("kiosk", "sheet", "--address", "http://ask.shop.example", *given)
    assert "This address has no https" in again.err
    assert "https" not in sheet.err
    assert len(re.findall(r"<b>[A-Z2-9]{4}-[A-Z2-9]{4}</b>", again.out)) == 2  # centre-2 anew, and omsk-1
    assert otklik("kiosk", "sheet", *given).err.count("https://ask.shop.example") == 1


def test_every_faulty_row_is_named_and_nothing_is_made(store: Store, journey: Journey, tmp_path: Path) -> None:
    store.devices.add("taken", "", "centre", ("till",), "")
    rows = """device,name,place,points,lang,reasons,pin,colour
Hall 1,,centre,till,,,,
ok-1,,centre,till,,,,
twice,,centre,till,,,,
twice,,omsk,tlil,de,maybe,12a,
taken,,nowhere,,,,,
pair,,centre,till,,,,
"""
    file = table(tmp_path, rows)
    with pytest.raises(Faults) as refused:
        read_kiosks(file, journey, store.devices.all())
    said = [(fault.line, fault.text) for fault in refused.value.faults]
    assert {line for line, _text in said} == {1, 2, 4, 5, 6, 7}
    told = "\n".join(f"{line} {text}" for line, text in said)
    for part in (
        "1 unknown column “colour”", "2 device: “Hall 1” is no key", "4 device: “twice” stands in 2 rows",
        "5 points: the journey has no touchpoint “tlil”. Did you mean “till”?", "5 lang: “de” is no language",
        "5 reasons: “maybe” is neither", "5 pin: a PIN has 4 to 8 digits", "6 device: there is already a kiosk",
        "6 place: the journey has no place", "6 points: choose at least one", "7 device: a kiosk cannot be called",
    ):  # fmt: skip
        assert part in told, part


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "the file is empty"), ("device;points\n", "no column “place”"), ("device;place;points\n", "no row below")],
)
def test_a_table_that_is_none_is_refused(journey: Journey, tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Faults, match=said):
        read_kiosks(table(tmp_path, text), journey, ())


def test_a_kiosk_is_moved_and_retired_by_command(otklik: Otklik, small_journey: Path, tmp_path: Path) -> None:
    given = ("--journey", small_journey)
    with open_store(tmp_path / "otklik.db", create=True) as store:
        store.devices.add("exit-1", "", "centre", ("till",), "")
    assert otklik("kiosk", "move", "exit-1", "--place", "omsk", *given).status == 0
    assert "“omks”" in otklik("kiosk", "move", "exit-1", "--place", "omks", *given).err
    assert otklik("kiosk", "retire", "exit-1").status == 0
    (found,) = otklik("kiosk", "list", "--json").json()
    assert (found["place"], found["pin"], found["heard_at"], found["retired_at"] is None) == (
        "omsk",
        False,
        None,
        False,
    )
    assert "every kiosk has its tablet" in otklik("kiosk", "sheet", "--address", "https://a.example", *given).err
