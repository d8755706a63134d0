"""Managers see which tablet fell silent, first, and none of places that are not theirs."""

from __future__ import annotations

import time

from conftest import response
from managers import Console

from otklik_collector.store import open_store
from otklik_widget.journey import Journey


def kiosks(shop: Console, *names: str, place: str = "centre") -> None:
    with open_store(shop.db) as store:
        for name in names:
            store.devices.add(name, f"Tablet {name}", place, ("till",), "Anna")


def test_without_kiosks_the_page_says_how_to_make_one(shop: Console) -> None:
    assert "otklik kiosk add" in shop.signed_in().ask("/console/kiosks").text


def test_the_silent_stand_first_and_the_revoked_last(shop: Console, journey: Journey) -> None:
    kiosks(shop, "a-busy", "b-gone", "c-silent")
    shop.clock.now = time.time() + 2 * 24 * 3600
    with open_store(shop.db) as store:
        store.series.use(journey)
        store.responses.submit([response(device="a-busy", answered_at=int(shop.clock.now * 1000) - 60_000)])
        store.devices.revoke("b-gone", "Anna")

    page = shop.signed_in().ask("/console/kiosks").text

    assert page.index("Tablet c-silent") < page.index("Tablet a-busy") < page.index("Tablet b-gone")
    assert page.count("silent for over a day") == 1
    assert "Silent for over a day: 1." in page


def test_who_sees_one_place_sees_its_kiosks_only(shop: Console) -> None:
    kiosks(shop, "here")
    kiosks(shop, "there", place="omsk")

    page = shop.signed_in("Boris").ask("/console/kiosks").text

    assert "Tablet here" in page
    assert "there" not in page.partition("<h1>")[2].replace("There", "")
