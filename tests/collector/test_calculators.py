"""Sums beside the map: customers kept, revenue kept, an NPS of a count made elsewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from managers import Console

from otklik_widget.keeping import Kept, faults_of_customers, kept, revenue_kept

VECTORS: dict[str, list[dict[str, Any]]] = json.loads((Path(__file__).parent / "map/vectors.json").read_text("utf-8"))


@pytest.mark.parametrize("case", VECTORS["retention"])
def test_customers_kept_are_those_of_the_start(case: dict[str, Any]) -> None:
    numbers = case["start"], case["end"], case["new"]
    if "error" in case:
        assert faults_of_customers(*numbers) == {"new"}
        with pytest.raises(ValueError, match="new"):
            kept(*numbers)
    elif case["crr"] is None:
        assert kept(*numbers) == Kept(None, None)
    else:
        found = kept(*numbers)
        assert found.share == pytest.approx(case["crr"] / 100, abs=1e-9)
        assert found.churn == pytest.approx(case["churn"] / 100, abs=1e-9)


@pytest.mark.parametrize("case", VECTORS["revenue"])
def test_revenue_kept_is_told_with_and_without_what_was_bought_more(case: dict[str, Any]) -> None:
    found = revenue_kept(case["start_mrr"], case["expansion"], case["contraction"], case["lost"])

    assert found.gross == pytest.approx(case["gross_revenue_retention"] / 100, abs=1e-9)
    assert found.net == pytest.approx(case["net_revenue_retention"] / 100, abs=1e-9)
    assert found.negative_churn is case["negative_churn"]
    assert revenue_kept(0, 0, 0, 0).gross is None


def test_the_page_reckons_and_says_what_cannot_be(shop: Console) -> None:
    anna = shop.signed_in()

    def page(query: str) -> str:
        text = anna.ask(f"/console/calculators?{query}").text
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", text))

    assert "Retention (CRR): 90.0 of 100 stayed. Churn: 10.0 of 100 left." in page("start=200&end=220&new=40")
    assert "more new customers than there are at the end" in page("start=100&end=30&new=40")
    assert "who came back counts among the old ones" in page("start=100&end=150&new=40")
    assert "nobody to keep" in page("start=0&end=50&new=50")
    assert "“many” is no number" in page("start=many&end=50&new=50")
    money = "revenue=100+000&expansion=9000&contraction=2000&lost=4000"
    assert "Net retention: 103.0 of 100. Net above 100" in page(money)
    assert "more was lost than there was" in page("revenue=10&expansion=0&contraction=2&lost=9")
    assert "NPS +60 (+45 to +71), of 100 responses." in page("promoters=70&passives=20&detractors=10")
    assert "nobody answered" in page("promoters=0&passives=0&detractors=0")
    assert "not a whole number" in page("promoters=1.5&passives=0&detractors=0")
    assert 'role="status"' not in anna.ask("/console/calculators").text
