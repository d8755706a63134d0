"""The companies that otklik new writes: each is checked, built and understood by the collector as it is."""

from __future__ import annotations

from shutil import copyfile
from typing import TYPE_CHECKING

import pytest

from otklik_site.starter import JOURNEYS
from otklik_widget.journey_file import read_journey

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Otklik

LEGAL = ("privacy", "terms", "consent")


@pytest.mark.parametrize("name", JOURNEYS)
def test_a_ready_journey_builds_at_once_and_says_what_is_to_be_filled_in(
    otklik: Otklik, tmp_path: Path, name: str
) -> None:
    assert otklik("new", "shop", "--journey", name).status == 0
    shop = tmp_path / "shop"

    built = otklik("build", cwd=shop, lang="ru")

    assert built.status == 0, built.err
    warnings = [line for line in built.err.splitlines() if line.startswith("предупреждение")]
    assert [line for line in warnings if "ваших слов" not in line and "base_url" not in line] == []
    for lang in ("ru", "en"):
        for page in LEGAL:
            assert (shop / f"public/{lang}/{page}/index.html").is_file()
            assert any(f"content/{lang}/{page}.md:" in line for line in warnings)
        [program] = (shop / f"content/{lang}/programs").iterdir()
        assert (shop / f"public/{lang}/programs/{program.stem}/index.html").is_file()
        assert "otklik-ask" in (shop / f"public/{lang}/index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", JOURNEYS)
def test_a_ready_journey_names_risks_and_reasons_of_every_touchpoint(
    otklik: Otklik, tmp_path: Path, empty_db: Path, name: str
) -> None:
    otklik("new", "shop", "--journey", name)

    shop = tmp_path / "shop"
    journey = read_journey(shop / "content/journey.toml")

    assert not journey.warnings
    for point in journey.touchpoints.values():
        assert point.reasons, point.key
        for lang in ("ru", "en"):
            assert point.risks.say(lang), point.key
    copyfile(empty_db, shop / "otklik.db")
    shown = otklik("map", cwd=shop)
    assert shown.status == 0, shown.err
    assert journey.touchpoints["support"].name.say("en") in shown.out


def test_the_loyalty_loop_has_five_stages(otklik: Otklik, tmp_path: Path) -> None:
    otklik("new", "shop", "--journey", "loop")

    stages = read_journey(tmp_path / "shop/content/journey.toml").stages
    assert [stage.key for stage in stages] == ["consider", "evaluate", "buy", "experience", "again"]
