"""What makes storing fast changes nothing of what is stored."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from conftest import response
from hypothesis import given
from hypothesis import strategies as st

from otklik_collector.incoming import read
from otklik_collector.response import day_number, local_day_hour, local_minute
from otklik_collector.store import Store
from otklik_collector.store.batch import ManyRows, repeated
from otklik_widget.contract import FIELDS, uuid7_bytes, uuid_text
from otklik_widget.journey import Company, Journey

JOURNEY = Journey(Company({"en": "Shop"}, ("en",), "UTC", 10, ()), (), (), {})
ID = "01936d3e-1234-7abc-8abc-0123456789ab"
TRICKY = st.sampled_from(["", "a", ":", '":', "score", "id", ' "', "\\", '\\"', "],", "ж", "\n", "value"])


@pytest.mark.parametrize("number", [0, 1, 2, 63, 64, 65, 127, 128, 200])
def test_rows_are_stored_in_order_however_many_come(number: int) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE sale (till INTEGER PRIMARY KEY, last INTEGER, sum INTEGER)")
    sales = ManyRows(
        connection, "INTO sale", ("till", "last", "sum"),
        "ON CONFLICT DO UPDATE SET last = excluded.last, sum = sum + excluded.sum",
    )  # fmt: skip

    sales.put([(n % 50, n, 1) for n in range(number)])

    found = connection.execute("SELECT * FROM sale ORDER BY till").fetchall()
    connection.close()
    wanted = [(till, range(till, number, 50)) for till in range(min(number, 50))]
    assert found == [(till, numbers[-1], len(numbers)) for till, numbers in wanted]


@given(st.lists(st.binary(min_size=1), min_size=1, max_size=70))
def test_ids_are_looked_up_in_few_sizes_of_question(ids: list[bytes]) -> None:
    asked = repeated(ids)

    assert set(asked) == set(ids)
    assert len(asked).bit_count() == 1
    assert len(asked) < 2 * len(ids)


def test_a_batch_of_any_size_is_stored_once_and_counted(store: Store) -> None:
    for size in (1, 2, 3, 64, 65, 700):
        store.responses.submit([response(size * 1000 + n, place="centre", score=n % 5) for n in range(size)])
        store.responses.submit([response(size * 1000 + n, rev=2, score=4) for n in range(0, size, 2)])

    assert store.recount.responses() == 835
    assert store.recount.mismatches() == []


@given(
    st.lists(st.tuples(st.sampled_from(["lang", "page", "comment", "segment", "score"]), TRICKY), max_size=4),
    st.lists(TRICKY, max_size=3), st.booleans(), st.booleans(),
)  # fmt: skip
def test_a_repeated_field_is_found_whatever_the_values_look_like(
    more: list[tuple[str, str]], reasons: list[str], escaped: bool, contact: bool
) -> None:
    pairs: list[tuple[str, Any]] = [
        ("id", ID),
        ("point", "till"),
        ("scale", "smiley5"),
        ("score", 3),
        ("reasons", reasons),
    ]
    if contact:
        pairs.append(("contact", {"value": "score", "consent": "id"}))
    pairs += [(name, 3 if name == "score" else value) for name, value in more]
    fields = [f"{json.dumps(name)} : {json.dumps(value, ensure_ascii=escaped)}" for name, value in pairs]
    body = "{" + " , ".join(fields) + "}"

    names = [name for name, _value in pairs]
    again = sorted({name for name in names if names.count(name) > 1})
    assert _repeated(body) == again


def test_a_repeated_field_of_a_contact_is_found() -> None:
    contact = '{"value":"a","consent":"1","value":"b"}'
    body = f'{{"id":"{ID}","point":"till","scale":"smiley5","score":3,"contact":{contact}}}'

    assert _repeated(body) == ["value"]


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_spelt_in_another_way_is_the_same_field(name: str) -> None:
    body = f'{{"{name}":null,"\\u{ord(name[0]):04x}{name[1:]}":null}}'

    assert _repeated(body) == [name]


def _repeated(body: str) -> list[str]:
    """The fields that the collector calls repeated."""
    _sent, faults = read(body.encode(), JOURNEY)
    return [fault.field for fault in faults if fault.rule == "the field stands more than once"]


@given(st.integers(-2_000_000_000_000, 4_000_000_000_000), st.sampled_from(
    ["Europe/Moscow", "Asia/Kathmandu", "Africa/Monrovia", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia"]
))  # fmt: skip
def test_the_day_and_hour_are_those_of_the_wall_clock(milliseconds: int, name: str) -> None:
    zone = ZoneInfo(name)
    clock = datetime.fromtimestamp(milliseconds // 1000, UTC).astimezone(zone)

    assert local_day_hour(milliseconds, zone) == (day_number(clock), clock.hour)
    assert local_minute(milliseconds, zone) == clock.replace(second=0)


def test_an_id_is_written_as_it_is_read() -> None:
    id = uuid7_bytes(ID.upper())

    assert id is not None
    assert uuid_text(id) == ID
