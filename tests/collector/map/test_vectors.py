"""What the other parts compute agrees with the method's vectors too: time, misuse, word of mouth."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from otklik_collector.map.series import Harm
from otklik_collector.map.word_of_mouth import lost
from otklik_collector.misuse import Given, suspected_presses
from otklik_collector.response import local, local_day_hour
from otklik_widget.word_of_mouth import Rule

from .test_statistics import VECTORS


@pytest.mark.parametrize("case", VECTORS["time_buckets"])
def test_a_response_falls_into_the_hour_of_its_own_place(case: dict[str, Any]) -> None:
    moment = datetime.fromisoformat(case["utc"])
    milliseconds, zone = int(moment.timestamp() * 1000), ZoneInfo(case["zone"])
    day, hour = local_day_hour(milliseconds, zone)

    assert (str(day), hour) == (case["local_date"].replace("-", ""), case["hour"])
    clock = local(milliseconds, zone)
    offset = clock.utcoffset()
    assert clock.weekday() == case["weekday_mon0"]
    assert offset is not None
    assert offset.total_seconds() == 60 * case["utc_offset_min"]


@pytest.mark.parametrize("case", VECTORS["kiosk_filter"])
def test_a_hammered_button_counts_once_whatever_its_face(case: dict[str, Any]) -> None:
    presses = [Given(bytes([number]), round(1000 * at), face) for number, (at, face) in enumerate(case["presses"])]
    suspected = suspected_presses(presses)

    assert [press.id not in suspected for press in presses] == case["accepted"]


@pytest.mark.parametrize("case", VECTORS["word_of_mouth"])
def test_word_of_mouth_is_plain_arithmetic(case: dict[str, Any]) -> None:
    rule = Rule(
        case["negative_per_detractor"], case["positive_cancelled_per_negative"], case["positive_per_new_customer"]
    )

    assert rule.each == pytest.approx(case["lost_customers_per_detractor"], abs=1e-9)


def test_word_of_mouth_never_loses_more_customers_than_it_brings() -> None:
    free, bound = lost(Harm(100, 80, 120)), lost(Harm(100, 80, 120), referred=80)

    assert free is not None
    assert (free.expected, free.low, free.high) == (pytest.approx(416.67, abs=0.01), 50, pytest.approx(600))
    assert bound is not None
    assert (bound.expected, bound.low, bound.high) == (80, 50, 80)
    assert lost(Harm()) is None
    with pytest.raises(ValueError, match="no customer"):
        Rule(needed=0)
