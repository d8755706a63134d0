"""Letters: a real mail server takes them, nothing breaks out of a header, and one press ends them."""

from __future__ import annotations

import email
import email.policy
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from conftest import Otklik, Serve, answer, response, until
from letters import NOW, Office, anna, free_port
from managers import Clock, Console

from otklik_collector.drawing import today_of
from otklik_collector.log import Log
from otklik_collector.mail.message import Content, message, one_line
from otklik_collector.mail.postman import Postman
from otklik_collector.mail.server import Refused, send
from otklik_collector.mail.writing import Writing
from otklik_collector.map.ringing import Rang
from otklik_collector.response import day_number
from otklik_collector.store import Store, open_store
from otklik_collector.store.alarms import New
from otklik_collector.store.letters import ALARM
from otklik_collector.store.people import Person
from otklik_collector.store.series import Series
from otklik_collector.store.subscriptions import Subscription
from otklik_collector.store.transaction import transaction
from otklik_widget.contract import make_uuid7
from otklik_widget.faults import Faults
from otklik_widget.journey import Journey
from otklik_widget.settings import is_address, read_settings

DAY = 24 * 3600.0


def ring(store: Store, person: Person, place: str = "") -> None:
    """An alarm at the till, and the letter about it."""
    rang = Rang("shock", "worse", date(2026, 11, 17), date(2026, 11, 17), 0, 10, 8, 0.1)
    with transaction(store.db.conn):
        found = store.alarms.put([New(Series(1, "till", "smiley5", "", 1), place, rang)], int(NOW * 1000))
        store.letters.put(person.id, ALARM, str(found[0].id), int(NOW * 1000), int(NOW * 1000))


Post = Callable[..., Postman]


@pytest.fixture
def post(store: Store, journey: Journey, office: Office) -> Post:
    def make(clock: Clock | None = None, **settings: Any) -> Postman:
        wanted = replace(office.settings, **settings)
        return Postman(store.path, Writing(journey, wanted.collector_url), wanted, Log(), clock or Clock())

    return make


@pytest.mark.parametrize(("lang", "said"), [("en", "8 of 10"), ("ru", "8 из 10")])
def test_an_alarm_comes_as_text_and_html_in_the_readers_language(
    lang: str, said: str, store: Store, office: Office, post: Post
) -> None:
    ring(store, anna(store, lang=lang))

    post().round(store)

    (letter,) = office.letters
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    for part in letter.iter_parts():
        assert said in part.get_content()
        assert "https://otklik.shop.example/console/touchpoint/till" in part.get_content()
    assert letter["To"] == "anna@shop.example"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert store.letters.waiting() == 0


def test_a_letter_is_ended_by_one_press_of_a_mail_program(store: Store, office: Office, post: Post) -> None:
    ring(store, anna(store))

    post().round(store)

    (letter,) = office.letters
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    wanted = store.subscriptions.all()[0]
    assert letter["List-Unsubscribe"] == f"<https://otklik.shop.example/mail/alarms/{wanted.token}?lang=en>"


def test_a_long_address_stays_whole_in_its_header() -> None:
    link = f"https://{'a' * 90}.example/mail/alarms/token?lang=en"

    sent = bytes(message("a@shop.example", "Shop", "b@shop.example", Content("s", "t", "h"), "1", NOW, link))

    assert f"\r\nList-Unsubscribe: <{link}>\r\n".encode() in sent


def test_looking_at_the_link_ends_nothing_and_pressing_does(console: Console) -> None:
    with open_store(console.db) as store:
        person = anna(store, digest=True)
        link = f"/mail/alarms/{store.subscriptions.all()[0].token}"
    visitor = console.visitor()

    assert visitor.ask(link).status == 200
    with open_store(console.db) as store:
        assert store.subscriptions.all()[0].alarms
    assert visitor.ask(link, {"List-Unsubscribe": "One-Click"}).status == 200
    assert visitor.ask(link, {}).status == 200
    with open_store(console.db) as store:
        found = store.subscriptions.of(person.id)
        assert found
        assert (found.alarms, found.digest) == (False, True)
    assert ("Anna", "mail-ended", "Anna") in console.deeds()
    assert visitor.ask("/mail/alarms/nobody").status == 404
    assert visitor.ask(link.replace("alarms", "invoices")).status == 404


def test_a_name_with_line_breaks_adds_no_header() -> None:
    content = Content("Till\r\nBcc: all@shop.example", "text", "<p>html</p>")

    sent = bytes(message("a@shop.example", "Shop\nX-Bad: 1", "b@shop.example", content, "1", NOW))

    headers = email.message_from_bytes(sent)
    assert headers["Bcc"] is None
    assert headers["X-Bad"] is None
    assert one_line("a\u2028b\x00c") == "a b c"


@pytest.mark.parametrize(
    ("written", "good"),
    [
        ("anna@shop.example", True), ("anna+otklik@почта.рф", True), ("anna", False), ("a@b@c", False),
        ("anna@shop.example\nBcc: x@y.z", False), ("anna @shop.example", False), ("", False), ("<a@b.c>", False),
        ("a,b@shop.example", False), ("a@shop..example", False), (f"{'a' * 250}@shop.example", False),
    ],
)  # fmt: skip
def test_an_address_is_one_address_and_nothing_else(written: str, good: bool) -> None:
    assert is_address(written) == good


def test_a_letter_that_is_not_taken_is_tried_again_and_at_last_given_up(
    store: Store, office: Office, post: Post
) -> None:
    ring(store, anna(store))
    clock = Clock()
    postman = post(clock)
    office.answer = "451 come again later"

    postman.round(store)
    assert store.letters.newest(1)[0].tries == 1
    postman.round(store)  # at once again: nobody is asked
    assert store.letters.newest(1)[0].tries == 1
    clock.now += 3600
    postman.round(store)
    assert store.letters.newest(1)[0].tries == 2
    clock.now += 4 * DAY
    postman.round(store)

    given_up = store.letters.newest(1)[0]
    assert given_up.due_at is None
    assert "451" in given_up.error


def test_a_letter_that_waited_is_sent_with_the_same_message_id(store: Store, office: Office, post: Post) -> None:
    ring(store, anna(store))
    clock = Clock()
    postman = post(clock, smtp_port=1)
    postman.round(store)
    assert not office.letters
    clock.now += 3600

    post(clock).round(store)

    (letter,) = office.letters
    assert letter["Message-ID"] == f"<{store.letters.newest(1)[0].uuid}@shop.example>"


def test_an_unknown_address_is_given_up_at_once_and_holds_up_nobody(store: Store, office: Office, post: Post) -> None:
    ring(store, anna(store, address="gone@shop.example"))
    boris = store.people.add("Boris", "", "viewer", (), NOW)
    store.subscriptions.put(Subscription(boris.id, "boris@shop.example", "en", digest=False), NOW, "Boris")
    with transaction(store.db.conn):
        store.letters.put(boris.id, ALARM, "1", int(NOW * 1000), int(NOW * 1000))
    office.unknown = "gone@shop.example"

    post().round(store)

    assert [letter["To"] for letter in office.letters] == ["boris@shop.example"]
    assert store.letters.waiting() == 0


def test_who_lost_a_place_is_not_told_of_it_any_more(store: Store, office: Office, post: Post) -> None:
    person = anna(store, "omsk")
    ring(store, person, "centre")

    post().round(store)

    assert not office.letters
    assert store.letters.waiting() == 0


def test_who_ended_the_letters_gets_none_that_still_waited(store: Store, office: Office, post: Post) -> None:
    ring(store, anna(store, alarms=False))

    post().round(store)

    assert not office.letters


def test_who_is_let_in_no_more_leaves_no_address_and_no_letter_behind(store: Store) -> None:
    store.people.add("Vera", "", "admin", (), NOW)
    person = anna(store)
    ring(store, person)

    store.people.remove(person.id, NOW)

    assert store.subscriptions.all() == []
    assert store.letters.newest(9) == []


def test_a_server_without_tls_gets_nothing_unless_the_settings_say_so(office: Office) -> None:
    letter = message("a@shop.example", "Shop", "b@shop.example", Content("s", "t", "h"), "1", NOW)

    with pytest.raises(Refused, match="STARTTLS"):
        send(replace(office.settings, smtp_tls="starttls"), letter)
    with pytest.raises(Refused):
        send(replace(office.settings, smtp_tls="tls"), letter)
    assert not office.letters


def test_a_server_that_knows_people_is_shown_name_and_password() -> None:
    office = Office(free_port())

    def knows(_server: SMTP, _session: Any, _envelope: Any, _how: str, told: object) -> AuthResult:
        assert isinstance(told, LoginPassword)
        return AuthResult(success=(told.login, told.password) == (b"otklik", b"secret"), handled=False)

    controller = Controller(office, hostname="127.0.0.1", port=office.port, authenticator=knows, auth_require_tls=False)
    controller.start()
    try:
        letter = message("a@shop.example", "Shop", "b@shop.example", Content("s", "t", "h"), "1", NOW)
        with pytest.raises(Refused, match="smtp_password"):
            send(replace(office.settings, smtp_user="otklik", smtp_password="wrong"), letter)
        send(replace(office.settings, smtp_user="otklik", smtp_password="secret"), letter)
    finally:
        controller.stop()
    assert len(office.letters) == 1


def test_the_command_tries_the_server_and_says_what_is_missing(
    otklik: Otklik, office: Office, small_journey: Path
) -> None:
    server = {
        "OTKLIK_SMTP_HOST": "127.0.0.1", "OTKLIK_SMTP_PORT": str(office.port), "OTKLIK_SMTP_TLS": "none",
        "OTKLIK_MAIL_FROM": "otklik@shop.example",
    }  # fmt: skip

    bad = otklik("mail", "test", "nobody", "--journey", small_journey)
    good = otklik("mail", "test", "anna@shop.example", "--journey", small_journey, lang="ru", **server)

    assert bad.status == 1
    assert all(word in bad.err for word in ("smtp_host", "mail_from", "nobody"))
    assert good.status == 0, good.err
    assert "Отклика" in str(office.letters[0]["Subject"])


def test_settings_of_the_mail_server_are_checked(tmp_path: Path) -> None:
    (tmp_path / "otklik.toml").write_text(
        'smtp_tls = "maybe"\nmail_from = "Shop <a@b.example>"\nsmtp_port = 70000\nsmtp_host = "a\\nb"\n'
        "digest_hour = 24\n"
    )

    with pytest.raises(Faults) as refused:
        read_settings(tmp_path, {"OTKLIK_SMTP_PASSWORD": "secret"})

    assert len(refused.value.faults) == 5
    assert "secret" not in repr(read_settings(tmp_path / "none", {"OTKLIK_SMTP_PASSWORD": "secret"}))


def test_a_person_chooses_what_is_sent_and_hears_what_is_wrong(shop: Console) -> None:
    boris = shop.signed_in("Boris")
    page = "/console/account/mail"
    form = {"letters": "ru", "quiet_from": 22, "quiet_until": 7, "alarms": 1}

    wrong = boris.send(page, page, address="boris", **form)
    done = boris.send(page, page, address="boris@shop.example", **form)

    assert wrong.status == 422
    assert "no mail address" in wrong.text
    assert done.status == 303
    with open_store(shop.db) as store:
        found = store.subscriptions.all()[0]
    assert found[1:7] == ("boris@shop.example", "ru", True, False, 22, 7)


def otklik_toml(folder: Path, port: int) -> None:
    """The settings of a company whose mail server stands at a port of this machine."""
    (folder / "otklik.toml").write_text(
        f'smtp_host = "127.0.0.1"\nsmtp_port = {port}\nsmtp_tls = "none"\nmail_from = "otklik@shop.example"\n'
    )


def test_a_running_collector_writes_of_what_rang_while_it_takes_responses(
    serve: Serve, office: Office, tmp_path: Path, journey: Journey
) -> None:
    today = today_of(journey)
    with open_store(tmp_path / "otklik.db", create=True) as store:
        store.series.use(journey)
        anna(store, digest=True, quiet_from=0, quiet_until=0)
        for back in range(100, 0, -1):
            unhappy = 9 if back < 3 else 1
            start = int((time.time() - back * DAY) * 1000)
            store.responses.submit([
                response(
                    id=make_uuid7(start + number).bytes, score=0 if number < unhappy else 4, answered_at=start + number,
                    received_at=start + number, day=day_number(today - timedelta(days=back)),
                )
                for number in range(10)
            ])  # fmt: skip

    otklik_toml(tmp_path, office.port)
    collector = serve()
    until(lambda: any("Till" in str(letter["Subject"]) for letter in office.letters))

    assert collector.post(answer()).status == 201
    link = next(letter for letter in office.letters if "Till" in letter["Subject"])["List-Unsubscribe"].strip("<> ")
    assert link.startswith(f"{collector.url}/mail/alarms/")
    assert collector.ask(link.removeprefix(collector.url), b"List-Unsubscribe=One-Click").status == 200


def test_a_mail_server_that_never_answers_holds_up_no_response(serve: Serve, tmp_path: Path, journey: Journey) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with open_store(tmp_path / "otklik.db", create=True) as store:
            store.series.use(journey)
            ring(store, anna(store))
        otklik_toml(tmp_path, silent.getsockname()[1])
        collector = serve()
        silent.settimeout(20)
        waiting, _address = silent.accept()
        with waiting:
            began = time.monotonic()
            assert collector.post(answer()).status == 201
            assert time.monotonic() - began < 5
