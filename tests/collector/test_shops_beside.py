"""Shops beside each other at a touchpoint that not every shop has."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import SMALL_JOURNEY
from managers import Console, answered

from otklik_widget.journey import Journey
from otklik_widget.journey_file import read_journey


@pytest.fixture
def journey(tmp_path: Path) -> Journey:
    """Three shops have a till, the one in Tula has none."""
    shops = "".join(f'[[place]]\nkey = "{key}"\nname = "{key.title()}"\n' for key in ("perm", "tula"))
    text = SMALL_JOURNEY.replace("[[stage]]", f"{shops}[[stage]]", 1)
    till = 'key = "till"\n'
    file = tmp_path / "shops.toml"
    file.write_text(text.replace(till, f'{till}places = ["centre", "omsk", "perm"]\n'), encoding="utf-8")
    return read_journey(file)


def test_strays_of_a_shop_without_the_touchpoint_cannot_be_computed(shop: Console, journey: Journey) -> None:
    for place, n in {"centre": 40, "omsk": 30, "perm": 20, "tula": 2}.items():
        answered(shop, journey, *[4] * n, place=place)
    funnel = shop.signed_in().ask("/console/compare").text.split('id="places"')[1].split("<tbody>")[1]

    assert ("Centre" in funnel, "Omsk" in funnel, "Perm" in funnel) == (True, True, False)
