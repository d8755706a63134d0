"""Guessing at passwords waits longer and longer, and locks nobody out."""

from __future__ import annotations

import pytest
from managers import Clock, Console

from otklik_collector.console.throttle import LONGEST_WAIT, Throttle, network_of


def test_guessing_at_one_name_waits_longer_and_longer_and_tells_no_names(shop: Console) -> None:
    for name in ("Anna", "Nobody"):
        statuses, waits = [], []
        for number in range(12):
            thief = shop.visitor(X_Forwarded_For=f"203.0.113.{number}")
            reply = thief.sign_in(name, "wrong wrong")
            statuses.append(reply.status)
            if reply.status == 429:
                waits.append(int(reply.headers["retry-after"]))
                shop.clock.now += waits[-1]
        assert statuses == [403] * 5 + [429, 403, 429, 403, 429, 403, 429]
        assert waits == sorted(waits)
        assert waits[-1] > waits[0]
    assert ("", "guessing", "Anna") in shop.deeds()
    assert ("", "guessing", "") in shop.deeds()


def test_the_right_password_waits_too_and_then_clears_the_name(shop: Console) -> None:
    for _n in range(5):
        shop.visitor().sign_in("Anna", "wrong wrong")
    assert shop.visitor().sign_in().status == 429
    shop.clock.now += 2
    assert shop.visitor().sign_in().status == 303
    assert shop.visitor().sign_in("Anna", "wrong wrong").status == 403


def test_one_address_cannot_try_a_password_on_everybody() -> None:
    clock = Clock(0)
    throttle = Throttle(clock)
    waits = [throttle.wait(f"name {number}", "203.0.113.9") for number in range(21)]
    assert waits[:20] == [0] * 20
    assert waits[20] > 0
    assert throttle.wait("name 21", "203.0.113.10") == 0
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff")
    assert network_of("2001:db8::1") != network_of("2001:db8:0:1::1")
    assert network_of("::ffff:203.0.113.9") == "203.0.113.9"


def test_no_wait_locks_somebody_out_for_long_and_a_day_forgives() -> None:
    clock = Clock(0)
    throttle = Throttle(clock)
    for _n in range(60):
        wait = throttle.wait("anna", "203.0.113.9")
        assert wait <= LONGEST_WAIT + 1
        clock.now += wait
    clock.now += 25 * 3600
    assert [throttle.wait("anna", "203.0.113.9") for _n in range(4)] == [0] * 4


def test_right_passwords_on_one_name_do_not_buy_tries_on_others() -> None:
    throttle = Throttle(Clock(0))
    tries = 0
    while throttle.wait(f"victim {tries}", "203.0.113.9") == 0 and tries < 100:
        tries += 1
        if throttle.wait("mallory", "203.0.113.9") == 0:
            throttle.forgive("mallory", "203.0.113.9")
    assert tries <= 20


def test_memory_of_guesses_is_bounded_and_keeps_the_name_under_attack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("otklik_collector.console.throttle.MOST_REMEMBERED", 100)
    clock = Clock(0)
    throttle = Throttle(clock)
    for _n in range(8):
        clock.now += throttle.wait("anna", "203.0.113.1")
    for number in range(1000):
        throttle.wait(f"name {number}", f"198.51.100.{number % 250}")
    assert len(throttle._tries) <= 101
    assert throttle.wrong("anna", "203.0.113.1") >= 5
