"""One press is one stored answer, whatever happens to the line, the page or the tablet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from browser.kiosk.line import LOST, PORTAL
from conftest import until
from playwright.sync_api import expect

if TYPE_CHECKING:
    from browser.kiosk.tablet import MakeKiosk


def test_a_press_is_one_stored_answer_with_its_reasons(kiosk: MakeKiosk) -> None:
    tablet = kiosk()
    page = tablet.page
    tablet.face(1)
    expect(page.get_by_role("heading")).to_have_text("Что больше всего повлияло на оценку?")
    page.get_by_role("button", name="Цены").tap()
    page.get_by_role("button", name="Готово").tap()
    expect(page.get_by_role("heading")).to_have_text("Спасибо!")
    expect(page.get_by_role("heading")).to_have_text("Как вас сегодня обслужили?")

    until(lambda: tablet.house.stored(tablet.device)[0]["rev"] == 2)
    (row,) = tablet.stored(1)
    assert (row["touchpoint"], row["scale"], row["score"]) == ("checkout", "smiley5", 1)
    assert (row["channel"], row["place"], row["seq"], row["gap"]) == ("kiosk", "sadovaya", 1, None)
    assert row["flags"] == ""
    assert "price" in str(row["reasons"])
    until(lambda: tablet.waiting() == 0)


def test_twenty_hammered_presses_count_once(kiosk: MakeKiosk) -> None:
    tablet = kiosk()
    for _n in range(20):
        tablet.face(0)

    rows = tablet.stored(20)
    assert [row["seq"] for row in rows] == list(range(1, 21))
    assert all(row["gap"] < 5000 for row in rows[1:])
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
    expect(page.get_by_role("heading")).to_have_text("Что больше всего повлияло на оценку?")
    assert tablet.waiting() == 1
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
        first, second = tablet.line.items
        assert (first["id"], first["at"], first["seq"]) == (second["id"], second["at"], number), fault
        assert second["sent"] >= first["sent"]
        tablet.stored(number)
