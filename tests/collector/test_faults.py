"""When things break: what was acknowledged is there, nothing is there twice, and the counts are right.

The faults themselves stand in tests/benchmarks/faults.py, which shows them at length and prints docs/faults.md's table.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks import faults
from benchmarks.faults import Found


def shown(fault: Callable[[], Found]) -> Found:
    """What the fault did; skips with its reason where this machine cannot show it."""
    try:
        return fault()
    except faults.NotHere as why:
        pytest.skip(str(why))


def test_nothing_is_lost_or_doubled_when_the_collector_is_killed_again_and_again(tmp_path: Path) -> None:
    found = shown(lambda: faults.killed(tmp_path, kills=3, customers=4))
    assert found.acknowledged > 20
    assert found.well, found


@pytest.mark.parametrize(
    "fault",
    [
        faults.disk_full,
        faults.foreign_lock,
        faults.sync_fails,
        lambda folder: faults.long_reader(folder, responses=50),
        lambda folder: faults.torn_log(folder, cuts=3),
        lambda folder: faults.power_cut(folder, responses=20),
    ],
    ids=["disk full", "foreign lock", "failing flush", "long reader", "torn log", "power cut"],
)
def test_no_acknowledged_response_is_lost_or_doubled(fault: Callable[[Path], Found], tmp_path: Path) -> None:
    found = shown(lambda: fault(tmp_path))
    assert found.acknowledged > 0
    assert found.well, found


def test_a_reply_goes_out_only_after_the_response_was_flushed(tmp_path: Path) -> None:
    assert shown(lambda: faults.order_of_calls(tmp_path)).well
