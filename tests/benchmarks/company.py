"""A company of any size for the benchmarks: its journey, and as many responses as wanted, without waiting for them."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from otklik_collector.response import day_number
from otklik_collector.store import open_store
from otklik_collector.store.responses import COLUMNS
from otklik_widget.journey import Journey
from otklik_widget.journey_file import read_journey

TOUCHPOINTS = 200
STAGES = 8
PLACES = 20
DAYS = 730
LAST = date(2026, 11, 20)
CHANNELS = ("web", "web", "kiosk", "kiosk", "kiosk", "qr", "email", "import")
SEGMENTS = ("guest", "guest", "neighbour", "host")
PUT = f"INSERT INTO response ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
SCORES = (0, 1, 1, 2, 2, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4)


def journey_of(folder: Path, touchpoints: int = TOUCHPOINTS) -> Journey:
    """A journey of so many touchpoints in eight stages and twenty places, written into the folder."""
    lines = ['[company]\nname = "Big"\nlanguages = ["en"]\nzone = "Europe/Moscow"']
    lines.append('segments = ["guest", "neighbour", "host"]')
    lines += [f'[[place]]\nkey = "place-{place}"\nname = "Place {place}"' for place in range(PLACES)]
    each = -(-touchpoints // STAGES)
    for stage in range(STAGES):
        lines.append(f'[[stage]]\nkey = "stage-{stage}"\nname = "Stage {stage}"')
        for number in range(stage * each, min((stage + 1) * each, touchpoints)):
            lines.append(f'[[stage.touchpoint]]\nkey = "point-{number}"\nname = "Point {number}"\npasses = 1000')
    file = folder / "journey.toml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_journey(file)


def fill(db: Path, journey: Journey, responses: int, seed: int = 1) -> None:
    """Writes so many responses of two years into a new database, with the store's own statements and roll-ups."""
    with open_store(db, create=True) as store:
        store.series.use(journey)
        conn = store.db.conn
        conn.execute("PRAGMA journal_mode = MEMORY")
        conn.execute("PRAGMA synchronous = OFF")
        conn.execute("PRAGMA cache_size = -400000")
        conn.execute("BEGIN")
        series = [store.series.id_of(key, touchpoint.main, "") for key, touchpoint in journey.touchpoints.items()]
        conn.execute("COMMIT")
        indexes = _without_indexes(conn)
        conn.execute("BEGIN")
        conn.executemany(PUT, _rows(series, responses, seed))
        conn.execute("COMMIT")
        for index in indexes:
            conn.execute(index)
        store.recount.repair()
        conn.execute("PRAGMA journal_mode = WAL")


def _without_indexes(conn: sqlite3.Connection) -> list[str]:
    """Drops the indexes of responses and returns how to make them again: sorting once is faster than inserting."""
    found = conn.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'response' AND sql IS NOT NULL"
    ).fetchall()
    for name, _sql in found:
        conn.execute(f"DROP INDEX {name}")
    return [sql for _name, sql in found]


def _rows(series: list[int], responses: int, seed: int) -> Iterator[tuple[Any, ...]]:
    """Rows in the order of time; about three in ten by known people, one in a hundred flagged."""
    bits = random.Random(seed).getrandbits
    first = LAST - timedelta(days=DAYS - 1)
    people = max(1, responses // 50)
    places = [f"place-{number}" for number in range(PLACES)]
    per_day, more = divmod(responses, DAYS)
    for number in range(DAYS):
        day = first + timedelta(days=number)
        label = day_number(day)
        start = int(datetime(day.year, day.month, day.day, 5, tzinfo=UTC).timestamp() * 1000)  # 8 h in Moscow
        count = per_day + (number < more)
        step = 14 * 3600 * 1000 // max(count, 1)
        for at in range(start, start + count * step, step) if step else ():
            drawn = bits(64)
            person = None
            if drawn >> 56 < 77:
                person = (drawn % people * 0x9E3779B97F4A7C15 % 2**128).to_bytes(16, "little")
            id = at.to_bytes(6, "big") + ((0x7 << 76 | 0x8 << 60) ^ drawn >> 4).to_bytes(10, "big")
            yield (
                id, 1, series[drawn % len(series)], SCORES[drawn >> 16 & 15], places[(drawn >> 20 & 1023) % PLACES],
                CHANNELS[drawn >> 30 & 7], SEGMENTS[drawn >> 33 & 3], at, at, label, (at - start) // 3600000 + 8,
                "burst" if drawn >> 36 & 127 == 0 else "", person, "[]", "ru", "", "", None, None, None, "", None,
            )  # fmt: skip
