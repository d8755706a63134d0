"""The contract of a response: ids that carry their time, keys, and addresses that no blocker hides."""

from __future__ import annotations

import time
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otklik_widget.contract import KEY, hidden_by_blockers, make_uuid7, uuid7_bytes

moments = st.integers(0, 2**48 - 1)
ten_bytes = st.binary(min_size=10, max_size=10)


@given(moments, ten_bytes)
def test_an_id_is_a_uuid_of_version_7(moment: int, bits: bytes) -> None:
    made = make_uuid7(moment, bits)

    assert (made.version, made.variant) == (7, RFC_4122)
    assert UUID(str(made)) == made


@given(moments, ten_bytes)
def test_an_id_tells_the_moment_it_was_made(moment: int, bits: bytes) -> None:
    assert int.from_bytes(make_uuid7(moment, bits).bytes[:6], "big") == moment


@given(moments, ten_bytes, ten_bytes)
def test_of_80_bits_74_are_kept(moment: int, one: bytes, other: bytes) -> None:
    kept = int.from_bytes(bytes.fromhex("0fff3fffffffffffffff"), "big")
    same = int.from_bytes(one, "big") & kept == int.from_bytes(other, "big") & kept

    assert kept.bit_count() == 74
    assert (make_uuid7(moment, one) == make_uuid7(moment, other)) is same


@given(moments, moments, ten_bytes, ten_bytes)
def test_a_later_id_is_a_greater_id(one: int, other: int, some: bytes, more: bytes) -> None:
    early, late = make_uuid7(min(one, other), some), make_uuid7(max(one, other), more)

    if one != other:
        assert early.bytes < late.bytes
        assert str(early) < str(late)


@given(moments, ten_bytes)
def test_an_id_is_read_as_it_was_written_in_any_case(moment: int, bits: bytes) -> None:
    made = make_uuid7(moment, bits)

    assert uuid7_bytes(str(made)) == uuid7_bytes(str(made).upper()) == made.bytes


def test_ids_are_made_now_and_never_twice() -> None:
    before = int(time.time() * 1000)
    made = [make_uuid7() for _ in range(1000)]
    after = int(time.time() * 1000)

    assert len(set(made)) == 1000
    assert all(before <= int.from_bytes(one.bytes[:6], "big") <= after for one in made)


def test_a_moment_before_1970_is_its_first() -> None:
    assert make_uuid7(-5, bytes(10)) == make_uuid7(0, bytes(10))


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "00000000-0000-4000-8000-000000000000", "00000000-0000-7000-c000-000000000000",
        "00000000-0000-7000-0000-000000000000", "00000000000070008000000000000000",
        "{00000000-0000-7000-8000-000000000000}", "urn:uuid:00000000-0000-7000-8000-000000000000",
        "00000000-0000-7000-8000-00000000000", "00000000-0000-7000-8000-0000000000000",
        " 00000000-0000-7000-8000-000000000000", "00000000-0000-7000-8000-000000000000\n",
        "00000000-0000-7000-8000-00000000000g", "٠0000000-0000-7000-8000-000000000000",
    ],
)  # fmt: skip
def test_what_is_no_id_is_refused(text: str) -> None:
    assert uuid7_bytes(text) is None


@given(st.text())
def test_no_text_breaks_the_reading_of_ids(text: str) -> None:
    assert uuid7_bytes(text) is None


@pytest.mark.parametrize("key", ["a", "0", "checkout", "till-2", "a-", "a" * 64])
def test_a_key_is_small_letters_digits_and_hyphens(key: str) -> None:
    assert KEY.fullmatch(key)


@pytest.mark.parametrize("key", ["", "-a", "A", "a_b", "a b", "касса", "é", "a.b", "a" * 65, "a\n", "٣"])
def test_anything_else_is_no_key(key: str) -> None:
    assert not KEY.fullmatch(key)


@pytest.mark.parametrize(
    ("path", "hidden"),
    [
        ("/responses", False), ("/shown", False), ("/ask.js", False), ("/q/checkout", False), ("/kiosk/front", False),
        ("/q/tracking", True), ("/stats/x", True), ("/Survey", True), ("/q/blog", False), ("/q/login", True),
        ("/collector/responses", True), ("/eventual", True), ("/q/prevent", False), ("", False), ("/", False),
        ("track-order", True), ("back-track", False), ("/pixels/a", True), ("/q/counterparts", True),
    ],
)  # fmt: skip
def test_addresses_that_blockers_hide_are_known(path: str, hidden: bool) -> None:
    assert hidden_by_blockers(path) is hidden
