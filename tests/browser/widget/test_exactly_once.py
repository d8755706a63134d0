"""Whatever happens to the line, the storage or the clock: each answer is stored, and once.

The cases stand in tests/benchmarks/exactly_once.py, which shows them at length and prints docs/performance.md's table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from benchmarks import exactly_once
from benchmarks.exactly_once import Street
from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Street]:
    with exactly_once.open_street(tmp_path_factory.mktemp("street"), browser) as street:
        yield street


@pytest.mark.parametrize("case", [exactly_once.lost_replies, exactly_once.offline, exactly_once.wrong_clock])
def test_no_answer_is_lost_or_doubled(street: Street, case: Callable[[Street, int], None]) -> None:
    found = exactly_once.run(street, case, 3)

    assert found.given == 3
    assert found.well, found
