"""The same widget in Firefox and WebKit: asks under a strict policy, keeps what cannot be sent, sends when left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser.engines import Engine, NotHere, firefox, webkit
from browser.widget.shop import STRICT, Shop

STATUS = "return document.querySelector('otklik-ask')?.shadowRoot.querySelector('[role=status]').textContent"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=[firefox, webkit], ids=["firefox", "webkit"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    try:
        with request.param() as found:
            yield found
    except NotHere as why:
        pytest.skip(str(why))


def test_a_question_is_answered_under_the_strictest_policy(engine: Engine, shop: Shop) -> None:
    shop.policy = STRICT
    engine.open(shop.asking("nps"))
    engine.press("input[type=radio]", 7)
    engine.press("button[part=send]")
    (response,) = shop.wait_for(1)

    assert (response["score"], response["scale"]) == (7, "nps")
    engine.until(STATUS + " == 'Thank you. Your response is accepted.'")
    assert shop.shown == [{"point": "checkout", "scale": "nps"}]
    engine.press("textarea")
    engine.type(*"Fine")
    engine.press("button[part=send]")
    assert shop.wait_for(2)[1]["comment"] == "Fine"


def test_arrow_keys_choose_and_leaving_sends(engine: Engine, shop: Shop) -> None:
    elsewhere = shop.page("<p>Elsewhere</p>", path="/elsewhere")
    engine.open(shop.asking("ces7"))
    engine.press("input[type=radio]", 2)
    engine.type("\ue014", "\ue014")
    engine.open(elsewhere)

    assert shop.wait_for(1)[0]["score"] == 5


def test_a_response_outlives_a_collector_that_is_down(engine: Engine, shop: Shop) -> None:
    shop.down = True
    engine.open(shop.asking("smiley5"))
    engine.press("input[type=radio]", 0)
    engine.press("button[part=send]")
    engine.until(STATUS + " == 'Thank you. We will send it later.'")
    first = shop.wait_for(1)[0]
    engine.open(shop.page("<p>Elsewhere</p>", path="/elsewhere"))
    shop.down = False
    engine.open(shop.asking("nps"))

    engine.until("return Object.keys(localStorage).length == 0")
    assert (shop.responses[-1]["id"], shop.responses[-1]["reply"]) == (first["id"], 201)


def test_scores_stand_in_one_row_and_faces_are_equal(engine: Engine, shop: Shop) -> None:
    for scale, count in (("nps", 11), ("smiley5", 5)):
        engine.open(shop.asking(scale))
        boxes = engine.until(
            "const all = document.querySelector('otklik-ask')?.shadowRoot?.querySelectorAll('input[type=radio]') || [];"
            "return [...all].map((one) => { const box = one.getBoundingClientRect(); return [box.y, box.width] })"
        )
        assert len(boxes) == count
        assert max(y for y, _ in boxes) - min(y for y, _ in boxes) < 1
        assert max(width for _, width in boxes) - min(width for _, width in boxes) < 1
        assert min(width for _, width in boxes) >= 24


def test_a_card_comes_and_goes(engine: Engine, shop: Shop) -> None:
    engine.open(shop.page('<p>Goods</p><script async src="/ask.js?point=checkout&view=corner"></script>'))
    engine.press("button[part=close]", inside="otklik-card")

    engine.until("return document.querySelector('otklik-card').shadowRoot.querySelector('form').hidden")
