"""No response is lost: the collector is down, busy, gone, or says no; the storage is forbidden."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from browser.widget.shop import Reply, visit_still
from playwright.sync_api import Page, expect

from otklik_widget.contract import uuid7_bytes

if TYPE_CHECKING:
    from browser.widget.shop import Shop
    from playwright.sync_api import BrowserContext

STORED = "Object.keys(localStorage).length"


def answer(page: Page, score: int = 3) -> None:
    page.get_by_role("radio").nth(score).check()
    page.get_by_role("button", name="Send", exact=True).click()


def tries(page: Page, shop: Shop) -> int:
    """How often the collector was asked; a try that has begun came before the request made here."""
    page.evaluate("fetch('/ask.js').then((reply) => reply.text())")
    return len(shop.responses)


def test_nothing_is_kept_on_the_device_before_a_press_or_after_delivery(page: Page, shop: Shop) -> None:
    page.goto(shop.asking("nps"))
    page.get_by_role("radio").nth(3).check()
    assert page.evaluate(STORED) == 0
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("accepted")

    assert page.evaluate(STORED) == 0
    assert page.context.cookies() == []
    assert shop.wait_for(1)[0]["rev"] == 1


def test_a_response_outlives_a_collector_that_is_down(page: Page, shop: Shop) -> None:
    shop.down = True
    page.goto(shop.asking("nps"))
    answer(page)
    expect(page.get_by_role("status")).to_have_text("Thank you. We will send it later.")
    tried = shop.wait_for(1)[0]
    assert page.evaluate(STORED) == 1

    # Closing the page, not only reloading it: the next page of the same site delivers.
    context = page.context
    page.close()
    shop.down = False
    shop.responses.clear()
    next_page = context.new_page()
    next_page.goto(shop.asking("ces7"))
    (sent,) = shop.wait_for(1)
    next_page.wait_for_function(f"{STORED} === 0")
    assert (sent["id"], sent["rev"], sent["score"], sent["at"]) == (tried["id"], 1, 3, tried["at"])
    assert sent["sent"] >= tried["sent"]
    assert len(shop.responses) == 1
    next_page.close()


def test_a_busy_collector_is_left_alone_as_long_as_it_asks(page: Page, shop: Shop) -> None:
    shop.replies.append(Reply(503, retry_after=30))
    visit_still(page, shop.asking("nps"))
    answer(page)
    expect(page.get_by_role("status")).to_contain_text("later")
    page.clock.run_for(29_000)
    assert tries(page, shop) == 1

    page.clock.run_for(2_000)
    first, second = shop.wait_for(2)
    assert (first["reply"], second["reply"], first["id"]) == (503, 201, second["id"])
    page.wait_for_function(f"{STORED} === 0")


def test_the_waits_grow_and_end_when_the_line_is_back(page: Page, shop: Shop) -> None:
    shop.replies += [Reply(500)] * 3
    visit_still(page, shop.asking("nps"))
    answer(page)
    expect(page.get_by_role("status")).to_contain_text("later")
    for wait, count in ((1900, 1), (200, 2), (3800, 2), (300, 3), (7000, 3)):
        page.clock.run_for(wait)
        shop.wait_for(count)
        assert tries(page, shop) == count, wait

    page.evaluate("dispatchEvent(new Event('online'))")
    assert shop.wait_for(4)[3]["reply"] == 201


def test_only_the_last_revision_waits(page: Page, shop: Shop) -> None:
    shop.replies.append(Reply(503, retry_after=60))
    visit_still(page, shop.asking("nps"))
    answer(page)
    expect(page.get_by_role("status")).to_contain_text("later")
    page.get_by_role("textbox").fill("The till was shut")
    page.get_by_role("button", name="Send", exact=True).click()
    assert page.evaluate(STORED) == 1
    assert tries(page, shop) == 1

    page.clock.run_for(61_000)
    last = shop.wait_for(2)[1]
    assert (last["rev"], last["comment"]) == (2, "The till was shut")
    page.wait_for_function(f"{STORED} === 0")


def test_a_late_reply_to_the_score_does_not_take_the_comment_along(page: Page, shop: Shop) -> None:
    slow = threading.Event()
    shop.replies += [Reply(201, when=slow), Reply(500)]
    visit_still(page, shop.asking("nps"))
    answer(page)
    page.get_by_role("textbox").fill("The till was shut")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("later")
    with page.expect_event("response"):
        slow.set()
    tries(page, shop)
    expect(page.get_by_role("status")).to_contain_text("later")
    assert page.evaluate(STORED) == 1

    page.clock.run_for(4_500)
    last = shop.wait_for(3)[2]
    assert (last["rev"], last["comment"]) == (2, "The till was shut")


def test_a_refused_response_is_not_tried_again(page: Page, shop: Shop) -> None:
    shop.replies.append(Reply(403))
    page.goto(shop.asking("nps"))
    answer(page)
    expect(page.get_by_role("status")).to_have_text("Your response is not accepted.")

    assert page.evaluate(STORED) == 0
    page.reload()
    expect(page.get_by_role("radio").first).to_be_visible()
    assert len(shop.responses) == 1


@pytest.mark.parametrize("status", [200, 404])
def test_only_the_collector_itself_can_take_or_refuse_a_response(page: Page, shop: Shop, status: int) -> None:
    shop.replies.append(Reply(status, kind="text/html"))
    visit_still(page, shop.asking("nps"))
    answer(page)
    expect(page.get_by_role("status")).to_contain_text("later")
    assert page.evaluate(STORED) == 1

    page.clock.run_for(2500)
    assert shop.wait_for(2)[1]["reply"] == 201
    page.wait_for_function(f"{STORED} === 0")


def test_a_device_that_has_forgotten_the_year_still_gives_a_right_id(page: Page, shop: Shop) -> None:
    page.clock.install(time=86_400)
    page.goto(shop.asking("nps"))
    answer(page)

    assert uuid7_bytes(shop.wait_for(1)[0]["id"])


def test_two_tabs_keep_each_others_responses(context: BrowserContext, shop: Shop) -> None:
    shop.down = True
    tabs = [context.new_page(), context.new_page()]
    address = shop.asking("nps")
    for tab in tabs:
        tab.goto(address)
    for score, tab in enumerate(tabs):
        answer(tab, score)
        expect(tab.get_by_role("status")).to_contain_text("later")
    for tab in tabs:
        tab.close()
    shop.down = False
    shop.responses.clear()
    context.new_page().goto(address)

    assert sorted(response["score"] for response in shop.wait_for(2)) == [0, 1]


def test_what_waits_for_a_collector_that_is_gone_holds_up_no_other(page: Page, shop: Shop) -> None:
    page.goto(shop.page("<p>Empty</p>", path="/empty"))
    page.evaluate(
        """for (let n = 0; n < 3; n++) localStorage["otklik-ask" + n] =
        JSON.stringify(["http://127.0.0.1:9", {id: "x" + n, rev: 1}])"""
    )
    page.goto(shop.asking("nps"))
    answer(page)

    assert shop.wait_for(1)[0]["score"] == 3
    expect(page.get_by_role("status")).to_contain_text("accepted")


@pytest.mark.parametrize("storage", ["throw new DOMException('no', 'SecurityError')", "return null"])
def test_a_page_without_storage_still_sends_and_tries_again(context: BrowserContext, shop: Shop, storage: str) -> None:
    context.add_init_script(f"Object.defineProperty(window, 'localStorage', {{get() {{ {storage} }}}})")
    page = context.new_page()
    shop.replies.append(Reply(500))
    visit_still(page, shop.asking("nps"))
    answer(page)
    expect(page.get_by_role("status")).to_contain_text("later")
    page.clock.run_for(2500)

    assert shop.wait_for(2)[1]["reply"] == 201


def test_a_full_storage_loses_nothing_while_the_page_is_open(page: Page, shop: Shop) -> None:
    shop.replies.append(Reply(500))
    visit_still(page, shop.asking("nps"))
    page.evaluate("""for (let size = 5 << 20; size; size >>= 1)
        try { for (;;) localStorage["full" + localStorage.length] = "x".repeat(size) } catch {}""")
    answer(page)
    expect(page.get_by_role("status")).to_contain_text("later")
    assert "otklik" not in page.evaluate("Object.keys(localStorage).join()")
    page.clock.run_for(2500)

    assert shop.wait_for(2)[1]["reply"] == 201
