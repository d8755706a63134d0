"""A small company with a past: a shop whose till queues, a page nobody minds, a desk for returns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from otklik_collector.map.problem_map import Period, SeriesCounts
from otklik_widget.journey import Journey
from otklik_widget.journey_file import read_journey

JOURNEY = """
[company]
name = { ru = "Лавка Анны", en = "Anna's shop" }
languages = ["ru", "en"]
zone = "Europe/Moscow"
goal = 10
sample = true
segments = ["guest"]
[[place]]
key = "sadovaya"
name = { ru = "Садовая, 12", en = "12 Sadovaya" }
[[stage]]
key = "learn"
name = { ru = "Узнаёт", en = "Learns" }
[[stage.touchpoint]]
key = "page"
name = { ru = "Страница", en = "Page" }
ask = ["helpful"]
passes = 2000
risks = { ru = "Цены устарели.", en = "Prices are out of date." }
[[stage]]
key = "buy"
name = { ru = "Покупает", en = "Buys" }
[[stage.touchpoint]]
key = "till"
name = { ru = "Касса", en = "Till" }
ask = ["smiley5", "ces7"]
passes = 10000
goal = 8
owner = "Boris"
[[stage.touchpoint]]
key = "returns"
name = { ru = "Возврат", en = "Returns" }
ask = ["ces1"]
[[stage]]
key = "again"
name = { ru = "Возвращается", en = "Comes back" }
[[stage.touchpoint]]
key = "whole"
name = { ru = "Магазин в целом", en = "The shop as a whole" }
ask = ["nps"]
outcome = true
passes = 3000
[[stage.touchpoint]]
key = "box"
name = { ru = "Ящик жалоб", en = "Complaints box" }
ask = ["message"]
"""

MAY = Period(date(2026, 5, 1), date(2026, 5, 29))
APRIL = Period(date(2026, 4, 3), date(2026, 5, 1))


@pytest.fixture
def journey(tmp_path: Path) -> Journey:
    file = tmp_path / "journey.toml"
    file.write_text(JOURNEY, encoding="utf-8")
    return read_journey(file)


def counted(
    touchpoint: str,
    scale: str,
    counts: Mapping[int, int],
    before: Mapping[int, int] | None = None,
    *,
    version: int = 1,
    current: bool = True,
    flagged: int = 0,
    channels: Mapping[str, int] | None = None,
    channels_before: Mapping[str, int] | None = None,
) -> SeriesCounts:
    """What the store would hand over for one wording of a series."""
    return SeriesCounts(
        touchpoint=touchpoint,
        scale=scale,
        wording=f"w{version}",
        current=current,
        version=version,
        counts=counts,
        flagged=flagged,
        counts_before=before or {},
        flagged_before=0,
        channels=channels or {},
        channels_before=channels_before or {},
    )


@pytest.fixture
def may() -> list[SeriesCounts]:
    """A month of the shop: the till queues, few came back with goods, the page is read by many."""
    return [
        counted("page", "helpful", {0: 20, 1: 180}, {0: 30, 1: 170}, channels={"web": 200}),
        counted("till", "smiley5", {0: 30, 1: 30, 2: 40, 3: 100, 4: 200}, {0: 20, 1: 20, 4: 360}, flagged=60),
        counted("till", "ces7", {1: 2, 2: 1, 3: 3, 4: 4, 5: 10, 6: 20, 7: 10}),
        counted("returns", "ces1", {1: 1, 5: 2}),
        counted("whole", "nps", {3: 20, 7: 30, 10: 50}, {10: 3}),
    ]
