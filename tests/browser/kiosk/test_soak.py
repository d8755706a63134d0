"""A short seed of tests/benchmarks/kiosk_soak.py: an hour and a half without a line, a restart, then a bad line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.kiosk_soak import soak
from playwright.sync_api import Page

if TYPE_CHECKING:
    from browser.kiosk.tablet import MakeKiosk


def test_an_afternoon_without_a_line_loses_nothing_and_counts_nothing_twice(kiosk: MakeKiosk) -> None:
    tablet = kiosk()

    def start() -> Page:
        page = tablet.page.context.new_page()
        page.goto(tablet.address)
        return page

    tablet.page.close()
    found = soak(
        start, Page.close, tablet.line, tablet.house, tablet.device, presses=150, hours=1.5, restarts=1, seed=7
    )  # fmt: skip

    assert (found.lost, found.doubled, found.wrong) == (0, 0, 0)
    assert found.waited == len(found.pressed) == 150
    assert max(found.growth) < 5 * 2**20
