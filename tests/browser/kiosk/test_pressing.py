"""One press is one stored answer, whatever happens to the line, the page or the tablet."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from browser.kiosk.line import LOST, PORTAL
from conftest import until
from playwright.sync_api import expect

if TYPE_CHECKING:
    from browser.kiosk.tablet import MakeKiosk


def test_a_press_is_one_stored_answer_with_its_reasons(kiosk: MakeKiosk) -> None:
    tablet = kiosk(clock=True)
    page = tablet.page
    tablet.still()
    tablet.face(1)
    expect(page.get_by_role("heading")).to_have_text("Что больше всего повлияло на оценку?")
    page.get_by_role("button", name="Цены").tap()
    page.get_by_role("button", name="Готово").tap()
    expect(page.get_by_role("heading")).to_have_text("Спасибо!")
    page.clock.run_for(2600)
    expect(page.get_by_role("heading")).to_have_text("Как вас сегодня обслужили?")

    until(lambda: tablet.house.stored(tablet.device)[0]["rev"] == 2)
    (row,) = tablet.stored(1)
    assert (row["touchpoint"], row["scale"], row["score"]) == ("checkout", "smiley5", 1)
    assert (row["channel"], row["place"], row["seq"], row["gap"]) == ("kiosk", "sadovaya", 1, None)
    assert row["flags"] == ""
    assert "price" in str(row["reasons"])
    until(lambda: tablet.waiting() == 0)


def test_twenty_hammered_presses_count_once(kiosk: MakeKiosk) -> None:
    tablet = kiosk(clock=True)
    tablet.still()
    tablet.line.down = True
    for _n in range(20):
        tablet.face(0)
        tablet.page.clock.run_for(100)
    until(lambda: tablet.waiting() == 20)
    tablet.line.down = False
    tablet.page.clock.run_for(61_000)

    rows = tablet.stored(20)
    assert [row["seq"] for row in rows] == list(range(1, 21))
    assert [row["gap"] for row in rows] == [None] + [100] * 19
    assert [row["flags"] for row in rows] == [""] + ["gap"] * 19


def test_the_tablet_starts_and_asks_without_a_line_and_delivers_later(kiosk: MakeKiosk) -> None:
    tablet = kiosk()
    tablet.line.down = True
    context = tablet.page.context
    tablet.page.close()
    tablet.page = page = context.new_page()
    page.goto(tablet.address)
    assert page.evaluate("!!navigator.serviceWorker.controller")
    tablet.face(4)
    until(lambda: tablet.waiting() == 1)
    page.reload()
    tablet.face(3)
    until(lambda: tablet.waiting() == 2)
    assert tablet.house.stored(tablet.device) == []

    tablet.line.down = False
    page.evaluate("dispatchEvent(new Event('online'))")
    assert [(row["seq"], row["score"]) for row in tablet.stored(2)] == [(1, 4), (2, 3)]
    until(lambda: tablet.waiting() == 0)


def test_a_broken_delivery_is_tried_again_and_counted_once(kiosk: MakeKiosk) -> None:
    tablet = kiosk("hall", clock=True)
    tablet.still()
    for number, fault in enumerate((503, LOST, PORTAL, 403), 1):
        tablet.line.faults.append(fault)
        tablet.line.sent.clear()
        tablet.face(2)
        until(lambda: tablet.line.sent)
        until(lambda: tablet.waiting() == 1 or len(tablet.line.sent) > 1)  # a cut line the browser itself tries again
        tablet.page.clock.run_for(61_000)
        until(lambda: tablet.waiting() == 0)
        sent = tablet.line.items
        assert len(sent) > 1, fault
        assert {(item["id"], item["at"], item["seq"]) for item in sent} == {(sent[0]["id"], sent[0]["at"], number)}
        tablet.stored(number)


def test_a_tablet_whose_clock_stands_in_1970_is_put_right_by_the_moment_of_sending(kiosk: MakeKiosk) -> None:
    tablet = kiosk("hall", clock="1970-01-02T00:00:00Z")
    tablet.line.faults.extend([503] * 500)
    tablet.face(3)
    until(lambda: tablet.line.sent)

    def an_hour_later() -> bool:
        tablet.page.clock.run_for(600_000)
        last = tablet.line.items[-1]
        return bool(last["sent"] - last["at"] > 3_600_000)

    until(an_hour_later)
    tablet.line.faults.clear()
    tablet.page.clock.run_for(61_000)

    (row,) = tablet.stored(1)
    last = tablet.line.items[-1]
    away = time.time() * 1000 - (last["sent"] - last["at"]) - row["answered_at"]
    assert abs(away) < 700_000  # the request that was on its way while the clock jumped ten minutes
    assert row["flags"] == ""
