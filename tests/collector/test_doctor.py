"""otklik doctor says what is well and what to mend, and finds each ailment."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from conftest import Otklik, Serve, answer

from otklik_collector.doctor import of_programs


def findings(otklik: Otklik, *words: object, status: int = 0, **environ: str) -> dict[str, list[dict[str, str]]]:
    """What the doctor finds amiss, by check."""
    ran = otklik("doctor", "--json", *words, **environ)
    assert ran.status == status, ran.out
    found: dict[str, list[dict[str, str]]] = {}
    for one in ran.json():
        if one["level"] != "ok":
            found.setdefault(one["check"], []).append(one)
    return found


@pytest.fixture
def shop(otklik: Otklik, tmp_path: Path) -> Path:
    """A company that is well: pages, site, database and a copy of it."""
    assert otklik("new", "shop").status == 0
    shop = tmp_path / "shop"
    for words in (("build",), ("key", "add", "x"), ("backup",)):
        assert otklik(*words, cwd=shop).status == 0, words
    for file in shop.glob("otklik.db*"):
        file.chmod(0o600)
    return shop


def test_a_doctor_finds_nothing_wrong_where_all_is_well(otklik: Otklik, shop: Path) -> None:
    ran = otklik("doctor", cwd=shop)

    assert ran.status == 0
    assert "wrong" not in ran.out
    assert "base_url" in ran.out
    assert "0 responses" in ran.out
    assert "no collector serves it" in ran.out
    levels = {one["check"]: one["level"] for one in otklik("doctor", "--json", cwd=shop).json()}
    assert {check for check, level in levels.items() if level != "ok"} <= {"sqlite", "settings"}
    assert "рядом с базой свободно" in otklik("doctor", cwd=shop, lang="ru").out


def test_a_doctor_names_every_bad_setting_and_still_examines_the_rest(otklik: Otklik, tmp_path: Path) -> None:
    (tmp_path / "otklik.toml").write_text('prot = 1\nport = 8123\nlog = "xml"\n', encoding="utf-8")

    found = findings(otklik, status=1, OTKLIK_KEEP_BACKUPS_DAYS="many")

    assert len([one for one in found["settings"] if one["level"] == "wrong"]) == 3
    assert {"content", "journey", "database"} <= set(found)
    assert f"port = 8123  ({tmp_path}/otklik.toml:2)" in otklik("doctor").out


def test_a_doctor_tells_who_serves_and_who_holds_the_database(otklik: Otklik, serve: Serve) -> None:
    collector = serve()
    collector.post(answer())
    words = ("--db", collector.db, "--journey", collector.journey)

    assert f"process {collector.process.pid}" in otklik("doctor", *words).out
    with closing(sqlite3.connect(collector.db, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "locked" in findings(otklik, *words, status=1)["lock"][0]["text"]


def test_a_doctor_finds_what_ails_a_database(otklik: Otklik, shop: Path) -> None:
    db = shop / "otklik.db"
    words = ("--db", db, "--content", shop / "content")
    db.chmod(0o644)
    for copy in (shop / "backups").iterdir():
        copy.rename(copy.with_name("otklik-20260101-030000.db"))
    (shop / "content/journey.toml").touch()
    os.utime(shop / "public/index.html", (0, 0))

    (shop / "otklik.toml").write_text("disk_floor_mb = 9999999\n", encoding="utf-8")
    found = findings(otklik, *words, "--out", shop / "public", status=1, OTKLIK_BACKUPS=str(shop / "backups"))
    assert "chmod" in found["rights"][0]["mend"]
    assert "days old" in found["copies"][0]["text"]
    assert found["disk"][0]["level"] == "wrong"

    with closing(sqlite3.connect(db)) as opened, opened:
        opened.execute("INSERT INTO _sqlite_migrations VALUES (99, 'otklik', 'm999_the_future', '2030-01-01')")
    assert "m999_the_future" in findings(otklik, *words, status=1)["database"][0]["text"]
    db.write_bytes(b"no database at all, but long enough to be one" * 100)
    assert findings(otklik, *words, status=1)["database"][0]["level"] == "wrong"


@pytest.mark.parametrize(
    ("version", "level"),
    [
        ((3, 40, 1), "warning"),
        ((3, 44, 5), "warning"),
        ((3, 44, 6), "ok"),
        ((3, 45, 0), "warning"),
        ((3, 50, 7), "ok"),
        ((3, 51, 2), "warning"),
        ((3, 51, 3), "ok"),
        ((3, 53, 0), "ok"),
    ],
)
def test_a_doctor_knows_which_sqlite_may_do_harm(version: tuple[int, int, int], level: str) -> None:
    (_python, sqlite) = of_programs((3, 11, 7), version)
    assert sqlite.level == level


def test_a_doctor_asks_the_address_only_when_told(otklik: Otklik, serve: Serve) -> None:
    collector = serve()
    words = ("--db", collector.db, "--journey", collector.journey)

    assert "address" not in findings(otklik, *words, OTKLIK_BASE_URL="http://127.0.0.1:9")
    assert "address" in findings(otklik, *words, "--reach", status=1, OTKLIK_BASE_URL="http://127.0.0.1:9")
    assert "address" not in findings(otklik, *words, "--reach", OTKLIK_BASE_URL=collector.url)
