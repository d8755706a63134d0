"""A tablet's life: connected, revoked, changed from afar, updated, cleaned, and its disk full."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING, Any

import pytest
from browser.kiosk.tablet import COUNT, TABLET, device_of, pair
from conftest import until
from playwright.sync_api import Browser, BrowserContext, Error, Route, expect

from otklik_collector.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from browser.kiosk.line import Line
    from browser.kiosk.tablet import House, Kiosk, MakeKiosk

RU = "Как вас сегодня обслужили?"
ENTER = "Войти"
CHANGED = "Ключ этого планшета заменён"


def code_of(house: House, device: str) -> str:
    with open_store(house.db) as store:
        (made,) = store.pairing.make([device], "test", time.time())
    return made.code


def sends(tablet: Kiosk, *answers: dict[str, Any] | None) -> None:
    """Puts the collector's verdicts on the next lists; None is ours to judge."""
    verdicts = list(answers)

    def reply(_body: bytes) -> tuple[int, Any]:
        verdict = verdicts.pop(0)
        if not verdicts:
            del tablet.line.instead["/responses"]
        return 422, {"results": [verdict]}

    tablet.line.instead["/responses"] = reply


def lose_the_reply(route: Route) -> None:
    assert route.fetch().status == 201
    route.abort()


def test_a_tablet_is_connected_by_a_code_and_again_after_it_was_replaced(
    context: BrowserContext, house: House, line: Line
) -> None:
    device, _key = device_of(house, ("hall",), "sadovaya")
    page = context.new_page()
    page.goto(f"{line.origin}/kiosk/pair#WRON-GCDE")
    page.get_by_role("button", name="Подключить").tap()
    expect(page.get_by_role("alert")).to_contain_text("Такого кода нет")
    assert page.evaluate("location.hash") == ""
    page.get_by_role("textbox", name="Код").fill(code_of(house, device).lower())
    page.route("**/kiosk/pair", lose_the_reply, times=1)
    page.get_by_role("button", name="Подключить").tap()
    expect(page.get_by_role("alert")).to_contain_text("Нет связи")
    page.get_by_role("button", name="Подключить").tap()
    expect(page.locator(".tile")).to_have_count(4)

    # Somebody connects another tablet as this kiosk: this one is refused, says so, and keeps what it holds.
    with open_store(house.db) as store:
        assert store.pairing.use(code_of(house, device), time.time())
    time.sleep(1.1)
    page.locator(".tile").first.tap()
    page.clock.install()
    page.reload()
    expect(page.get_by_role("heading")).to_have_text(CHANGED)
    expect(page.get_by_text("остаются на планшете")).to_be_visible()
    expect(page.locator("dd").nth(1)).to_have_text("1")
    assert house.stored(device) == []

    page.get_by_role("link", name="Подключить заново").tap()
    page.get_by_role("textbox", name="Код").fill(code_of(house, device))
    page.get_by_role("button", name="Подключить").tap()
    expect(page.locator(".tile")).to_have_count(4)
    until(lambda: len(house.stored(device)) == 1, 15)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError') }", "приватном окне"),
        ("Object.defineProperty(window, 'isSecureContext', {value: false})", "по https"),
    ],
)
def test_where_a_kiosk_cannot_work_it_says_why(context: BrowserContext, line: Line, broken: str, said: str) -> None:
    context.add_init_script(broken)
    page = context.new_page()
    page.goto(f"{line.origin}/kiosk/pair")
    expect(page.get_by_role("heading")).to_contain_text(said)
    expect(page.get_by_role("textbox")).to_have_count(0)


def test_a_revoked_tablet_says_so_while_it_stands_there(kiosk: MakeKiosk) -> None:
    tablet = kiosk("hall", clock=True)
    tablet.still()
    with open_store(tablet.house.db) as store:
        store.devices.revoke(tablet.device, "test")
    time.sleep(1.1)
    tablet.face(0)
    until(lambda: tablet.line.sent)
    tablet.page.clock.run_for(61_000)
    expect(tablet.heading).to_have_text("Этот планшет отключён")
    assert tablet.waiting() == 1
    tablet.page.clock.run_for(200_000)
    assert tablet.waiting() == 1


def test_new_settings_come_while_nobody_answers(kiosk: MakeKiosk) -> None:
    tablet = kiosk("hall", clock=True)
    page = tablet.page
    tablet.still()
    tablet.change("whole", lang="en")
    until(lambda: tablet.line.beats)
    page.clock.run_for(55_000)
    tablet.face(1)
    tablet.stored(1)
    until(lambda: tablet.waiting() == 0)
    page.clock.run_for(6000)
    # Somebody was just there: what they see stays as it is.
    until(lambda: len(tablet.line.beats) > 1)
    expect(page.locator(".tile")).to_have_count(4)
    page.clock.run_for(15_000)
    expect(page.locator(".tile")).to_have_count(11)
    expect(tablet.heading).to_contain_text("How likely")
    assert tablet.line.beats[0]["seq"] == 0
    page.clock.run_for(61_000)
    until(lambda: tablet.line.beats[-1]["seq"] == 1)
    last = tablet.line.beats[-1]
    assert (last["queue"], last["aside"], last["oldest"], last["screen"]) == (0, 0, None, "1280x800")
    assert last["settings"] != tablet.line.beats[0]["settings"]
    assert isinstance(last["persisted"], bool)
    assert abs(last["last_press"] - tablet.line.items[0]["at"]) == 0


def test_a_refused_answer_is_put_aside_told_and_tried_again(kiosk: MakeKiosk) -> None:
    tablet = kiosk("hall", clock=True)
    page = tablet.page
    tablet.still()
    sends(tablet, {"id": None, "status": 422, "code": "bad-response", "errors": []})
    tablet.face(2)
    until(lambda: tablet.waiting("aside") == 1)
    assert tablet.waiting() == 0
    page.clock.run_for(61_000)
    until(lambda: tablet.line.beats[-1]["aside"] == 1)
    tablet.change("hall", lang="en")
    page.clock.run_for(61_000)
    tablet.stored(1)
    until(lambda: tablet.waiting("aside") == 0)


def test_a_new_version_of_the_app_comes_while_nobody_answers(kiosk: MakeKiosk) -> None:
    tablet = kiosk("hall", clock=True)
    page, line = tablet.page, tablet.line
    tablet.still()
    app = page.evaluate("document.querySelector('meta[name=app]').content").encode()
    line.rewritten["/kiosk/worker.js"] = (b'"version": "' + app, b'"version": "0' + app[1:])
    page.evaluate("window.before = 1")
    page.evaluate("navigator.serviceWorker.getRegistration().then(found => found.update()).then(() => 0)")
    until(lambda: page.evaluate("navigator.serviceWorker.getRegistration().then(found => !!found.waiting)"))
    page.clock.run_for(50_000)
    line.faults.extend([503] * 9)
    tablet.face(0)
    until(lambda: tablet.waiting() == 1)
    page.clock.run_for(11_000)
    # Somebody was just there: the new version waits.
    assert page.evaluate("window.before") == 1

    def anew() -> bool:
        try:
            page.clock.run_for(61_000)
            return bool(page.evaluate("window.before === undefined"))
        except Error:  # asked in the middle of it
            return False

    until(anew)
    expect(page.locator(".tile")).to_have_count(4)
    line.faults.clear()
    page.evaluate("dispatchEvent(new Event('online'))")
    tablet.stored(1)
    assert len(page.evaluate("caches.keys()")) == 1


def test_what_waits_goes_in_lists_of_fifty_without_a_gap(kiosk: MakeKiosk) -> None:
    tablet = kiosk("hall")
    page, line = tablet.page, tablet.line
    line.down = True
    page.evaluate("for (let n = 0; n < 120; n++) document.querySelectorAll('.tile')[n % 4].click()")
    until(lambda: tablet.waiting() == 120)
    page.reload()
    line.faults.extend([503, "lost"])
    line.sent.clear()
    line.down = False
    page.evaluate("dispatchEvent(new Event('online'))")
    rows = tablet.stored(120)
    assert [row["seq"] for row in rows] == list(range(1, 121))
    until(lambda: tablet.waiting() == 0)
    assert max(len(items) for items in line.sent) == 50


def test_a_disk_that_takes_nothing_loses_nothing_while_the_app_runs(kiosk: MakeKiosk) -> None:
    tablet = kiosk("hall")
    tablet.page.evaluate(
        """{ const begin = IDBDatabase.prototype.transaction;
        IDBDatabase.prototype.transaction = function (names, mode) {
            if (mode == "readwrite") throw new DOMException("full", "QuotaExceededError");
            return begin.call(this, names, mode);
        } } 0"""
    )
    tablet.line.faults.append(503)
    tablet.face(3)
    tablet.stored(1)


def test_a_wet_cloth_answers_nothing_and_only_the_pin_leads_out(kiosk: MakeKiosk) -> None:
    tablet = kiosk("hall", clock=True, pin="2468")
    page = tablet.page
    tablet.still()
    tablet.tap("Для сотрудников")
    for digit in "1111":
        tablet.tap(digit)
    tablet.tap(ENTER)
    expect(page.get_by_role("alert")).to_have_text("Неверный ПИН-код")
    for digit in "2468":
        tablet.tap(digit)
    tablet.tap(ENTER)
    tablet.tap("Протереть экран")
    expect(tablet.heading).to_have_text("Экран можно протирать: 30 с")
    expect(page.get_by_role("button")).to_have_count(0)
    page.clock.run_for(29_000)
    expect(tablet.heading).to_have_text("Экран можно протирать: 1 с")
    page.clock.run_for(1500)
    expect(tablet.heading).to_have_text(RU)
    tablet.tap("Для сотрудников")
    for _try in range(5):
        tablet.tap("9")
        tablet.tap(ENTER)
        expect(page.get_by_label("ПИН-код")).to_have_value("")
    for digit in "2468":
        tablet.tap(digit)
    tablet.tap(ENTER)
    expect(page.get_by_role("alert")).to_contain_text("подождите минуту")
    page.clock.run_for(16_000)
    expect(tablet.heading).to_have_text(RU)
    assert tablet.waiting() == 0


def test_the_screen_stays_on_and_nothing_but_the_faces_answers_a_finger(
    kiosk: MakeKiosk, context: BrowserContext
) -> None:
    context.add_init_script(
        """let held = 0; Object.defineProperty(navigator, "wakeLock", {value: {request: async () => {
            window.held = ++held; return {release: async () => { window.held = --held; }};
        }}});"""
    )
    tablet = kiosk("hall")
    page = tablet.page
    until(lambda: page.evaluate("window.held") == 1)
    menu = "dispatchEvent(new Event('contextmenu', {cancelable: true}))"
    assert page.evaluate(menu) is False
    style = "(what) => getComputedStyle(document.querySelector('.tile'))[what]"
    assert (page.evaluate(style, "userSelect"), page.evaluate(style, "touchAction")) == ("none", "none")
    # Who needs larger letters may have them: only gestures are off.
    assert "maximum-scale" not in str(page.locator("meta[name=viewport]").get_attribute("content"))
    tablet.tap("Для сотрудников")
    tablet.tap("Остановить опрос")
    until(lambda: page.evaluate("window.held") == 0)
    tablet.tap("Продолжить опрос")
    until(lambda: page.evaluate("window.held") == 1)
    expect(tablet.heading).to_have_text(RU)


def test_a_long_press_and_a_held_key_are_one_answer_each(kiosk: MakeKiosk) -> None:
    tablet = kiosk("hall")
    page = tablet.page
    box = page.locator(".tile").nth(1).bounding_box()
    assert box
    touch = page.context.new_cdp_session(page)
    spot = {"x": box["x"] + 20, "y": box["y"] + 20}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [spot]})
    time.sleep(0.8)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    tablet.stored(1)
    # A finger that slides away has thought again.
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [spot]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": 640, "y": 300}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.locator(".tile").nth(2).focus()
    for _repeat in range(5):
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    assert [row["score"] for row in tablet.stored(2)] == [1, 2]


def test_the_tablet_after_a_reboot_without_a_line(browser: Browser, house: House, line: Line, tmp_path: Path) -> None:
    device, key = device_of(house, ("hall",), "sadovaya")
    chromium = os.environ.get("OTKLIK_BROWSER") or shutil.which("chromium")
    start: dict[str, Any] = {"executable_path": chromium, "args": ["--no-sandbox"], **TABLET}
    with browser.browser_type.launch_persistent_context(tmp_path / "disk", **start) as tablet:
        page = tablet.new_page()
        pair(page, line, device, key)
        page.goto(f"{line.origin}/kiosk/{device}")
        expect(page.locator(".tile")).to_have_count(4)
        until(lambda: page.evaluate("!!navigator.serviceWorker.controller"))
        line.down = True
        page.locator(".tile").first.tap()
        until(lambda: page.evaluate(COUNT, "queue") == 1)
    with browser.browser_type.launch_persistent_context(tmp_path / "disk", **start) as tablet:
        page = tablet.new_page()
        page.goto(f"{line.origin}/kiosk/{device}")
        expect(page.locator(".tile")).to_have_count(4)
        assert page.evaluate("!!navigator.serviceWorker.controller")
        page.locator(".tile").last.tap()
        until(lambda: page.evaluate(COUNT, "queue") == 2)
        line.down = False
        page.evaluate("dispatchEvent(new Event('online'))")
        until(lambda: [row["seq"] for row in house.stored(device)] == [1, 2], 15)
