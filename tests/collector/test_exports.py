"""Exports: every response of a period in one file, of one moment, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import gc
import io
import json
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from conftest import Collector, Otklik, Serve, response, until
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from otklik_collector.exporting.export import Abandoned
from otklik_collector.exporting.forms import FORMS, guard, write_csv
from otklik_collector.exporting.xlsx import write_xlsx
from otklik_collector.store import Store
from otklik_collector.store.reading import Wanted

MARCH = "from=2026-03-01&to=2026-04-01"
HOSTILE = [
    "=1+1",
    "+79161234567",
    "-5",
    "-5,5",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "<b>&\"'",
    "x\x00y",
    "Ждал\nдолго",
    "😀",
    "-5 звёзд",
    "https://shop.example",
    "_x0041_",
    "<r></t></is></c><c><f>1+1</f></c><c><is><t></r>",
    "<r></r>",
]


@pytest.fixture
def filled(store: Store) -> Store:
    rows = [response(number, place="centre", score=number % 5, day=20260302 + number % 9) for number in range(30)]
    rows += [
        response(50 + number, comment=words, reasons=("waiting", "courtesy")) for number, words in enumerate(HOSTILE)
    ]
    store.responses.submit(rows)
    return store


@pytest.fixture
def collector(filled: Store, serve: Serve) -> Collector:
    scopes = ("export", "read:comments", "read:contacts")
    found = serve()
    found.ids = [filled.tokens.add("all", scopes, (), None, time.time())]
    found.ids += [filled.tokens.add("bare", ("export",), (), None, time.time())]
    return found


def export(collector: Collector, path: str, which: int = 0) -> Any:
    return collector.ask(f"/api/v1/exports/responses.{path}", Authorization=f"Bearer {collector.ids[which]}")


def test_all_forms_hold_the_same_responses(collector: Collector) -> None:
    lines = [json.loads(line) for line in export(collector, f"jsonl?{MARCH}").body.splitlines()]
    assert len(lines) == 46
    table = list(csv.DictReader(io.StringIO(export(collector, f"csv?{MARCH}").body.decode(), newline="")))
    book = load_workbook(io.BytesIO(export(collector, f"xlsx?{MARCH}").body))
    head, *sheet = book.worksheets[0].iter_rows(values_only=True)
    assert [row["id"] for row in table] == [line["id"] for line in lines] == [row[0] for row in sheet]
    assert list(head) == list(table[0]) == list(lines[0])
    score = head.index("score")
    assert [row[score] for row in sheet] == [line["score"] for line in lines]
    said = next(place for place, line in enumerate(lines) if line["comment"] == "😀")
    assert table[said]["reasons"] == "waiting courtesy"
    assert lines[said]["reasons"] == ["waiting", "courtesy"]


def test_an_export_says_which_moment_it_is_of_and_how_long_it_is(collector: Collector) -> None:
    reply = export(collector, f"csv?{MARCH}")
    assert reply.headers["otklik-responses"] == "46"
    assert reply.headers["otklik-received-until"].startswith(time.strftime("%Y-", time.gmtime()))
    assert int(reply.headers["content-length"]) == len(reply.body)
    assert "responses-2026-03-01-2026-04-01.csv" in reply.headers["content-disposition"]
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert reply.headers["cache-control"] == "no-store"


def test_what_comes_later_is_not_in_it(store: Store) -> None:
    store.responses.submit([response(1, received_at=100), response(2, received_at=300)])
    store.responses.submit([response(3, received_at=100), response(3, rev=2, received_at=300, score=0)])
    wanted = Wanted(20260301, 20260401, received_until=200)
    rows = [row for step, _end in store.rows.steps(wanted) for row in step]
    assert [(row.received_at, row.score) for row in rows] == [(100, 3), (300, 0)]  # a revision leaves no gap


def test_comments_need_a_scope(collector: Collector) -> None:
    assert b"comment" not in export(collector, f"csv?{MARCH}", which=1).body.splitlines()[0]


def test_excel_opens_it_by_itself(collector: Collector) -> None:
    body = export(collector, f"csv?{MARCH}&excel=true").body
    assert body.startswith(b"\xef\xbb\xbfid;rev;")


def test_an_empty_period_is_an_empty_file(collector: Collector) -> None:
    assert export(collector, "jsonl?from=2020-01-01&to=2020-02-01").body == b""
    assert export(collector, "csv?from=2020-01-01&to=2020-02-01").body.count(b"\n") == 1


def test_no_cell_is_a_formula_and_numbers_stay_numbers() -> None:
    assert [guard(value) for value in ("=1+1", "+7 916", "+79161234567", "@a", "\tx", "-5 звёзд", "-x")] == [
        "'=1+1", "'+7 916", "'+79161234567", "'@a", "'\tx", "'-5 звёзд", "'-x",
    ]  # fmt: skip
    assert [guard(value) for value in ("-5", "-5,5", "3.14", 4, None, "x=1", "")] == [
        "-5", "-5,5", "3.14", 4, None, "x=1", "",
    ]  # fmt: skip
    stream = io.BytesIO()
    write_csv(stream, ["a"], [{"a": words} for words in HOSTILE])
    cells = [row[0] for row in csv.reader(io.StringIO(stream.getvalue().decode(), newline=""))][1:]
    assert all(not cell.startswith(("=", "@", "\t", "\r")) for cell in cells)


def test_xlsx_texts_stay_texts_and_go_on_on_the_next_sheet(tmp_path: Path) -> None:
    file = tmp_path / "x.xlsx"
    with file.open("wb") as stream:
        write_xlsx(stream, ["a", "b"], [[words, number] for number, words in enumerate(HOSTILE)], most=6)
    book = load_workbook(file)
    rows = [row for sheet in book.worksheets for row in list(sheet.iter_rows())[1:]]
    assert [len(list(sheet.iter_rows())) for sheet in book.worksheets] == [6, 6, 6, 2]
    # Excel writes what XML has no sign for as _x0000_, and reads it back.
    assert [unescape(row[0].value) for row in rows] == HOSTILE
    assert {row[0].data_type for row in rows} == {"s"}
    assert [row[1].value for row in rows] == list(range(len(HOSTILE)))
    with ZipFile(file) as archive:
        sheets = b"".join(archive.read(name) for name in archive.namelist() if "sheet" in name)
    assert b"<f>" not in sheets
    assert b"<hyperlink" not in sheets


def test_the_sheets_that_wait_on_the_disk_go_whatever_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def rows() -> Iterator[list[str]]:
        yield ["Елена не спешила"]
        assert list(tmp_path.rglob("*"))
        raise Abandoned

    with pytest.raises(Abandoned):
        write_xlsx(io.BytesIO(), ["comment"], rows())
    assert not list(tmp_path.rglob("*"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_is_said_to_be_one() -> None:
    with pytest.raises(OSError, match="No space"), Path("/dev/full").open("wb", buffering=0) as full:
        write_xlsx(full, ["a"], [["x"]])
    gc.collect()  # what was left of the archive says nothing more


def test_only_two_exports_are_made_at_once_and_who_left_is_not_worked_for(filled: Store, serve: Serve) -> None:
    """The collector's answer to other questions must not wait for exports."""
    many = [response(1000 + number, day=20260312, comment="Анна, +7 916 123-45-67 " * 8) for number in range(40_000)]
    filled.responses.submit(many)
    token = filled.tokens.add("all", ("export", "read:comments"), (), None, time.time())
    collector = serve("--log-requests")
    path, authorized = f"/api/v1/exports/responses.csv?{MARCH}", f"Bearer {token}"

    def begun() -> socket.socket:
        host, port = collector.url.removeprefix("http://").split(":")
        client = socket.create_connection((host, int(port)))
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {authorized}\r\n\r\n".encode())
        return client

    with begun(), begun():
        until(lambda: sum(deed.action == "exported" for deed in filled.audit.newest(10)) == 2)
        third = collector.ask(path, Authorization=authorized)
        assert (third.status, third.json()["code"]) == (503, "busy")
        assert third.headers["retry-after"]
        assert collector.ask("/q/till").status == 200
    until(lambda: collector.ask(path.replace("2026-04-01", "2026-03-05"), Authorization=authorized).status == 200)
    collector.process.terminate()
    assert collector.process.stderr
    assert " 499 " in collector.process.stderr.read()


# --- otklik export --------------------------------------------------------------------------------------------------


def test_the_command_writes_what_the_api_gives(
    filled: Store, otklik: Otklik, small_journey: Path, tmp_path: Path
) -> None:
    period = ("--from", "2026-03-01", "--to", "2026-04-01", "--journey", small_journey)
    for form in FORMS:
        made = otklik("export", *period, "--out", filled.path.with_name(f"march.{form}"))
        assert made.status == 0, made.err
        assert "46 responses" in made.err
    assert len((tmp_path / "march.jsonl").read_bytes().splitlines()) == 46
    printed = otklik("export", *period, "--place", "centre", "--words", "none")
    assert len(printed.out.splitlines()) == 31
    assert "comment" not in printed.out
    masked, whole = (otklik("export", *period, "--words", words).out for words in ("masked", "whole"))
    assert "+79161234567" not in masked
    assert "'+79161234567" in whole
    assert [deed["action"] for deed in otklik("audit", "--json").json()].count("exported") == 6


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("--touchpoint", "nowhere", "--place", "mars", "--segment", "x"), 1),
        (("--excel", "--format", "jsonl"), 1),
        (("--from", "2026-03-02", "--to", "2026-03-01"), 1),
        (("--out", "no/such/folder.csv"), 1),
        (("--out", "."), 1),
        (("--format", "pdf"), 2),
        (("--channel", "fax"), 2),
    ],
)
def test_a_wrong_export_is_refused_in_words(
    filled: Store, otklik: Otklik, small_journey: Path, words: tuple[str, ...], status: int
) -> None:
    assert filled.path.exists()
    refused = otklik("export", *words, "--journey", small_journey)
    assert refused.status == status
    assert refused.err
    assert not list(filled.path.parent.glob("tmp*"))
