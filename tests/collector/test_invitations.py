"""An invitation asks one person: only a press counts, once for each link, and nobody learns who was asked."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import SMALL_JOURNEY, Otklik, Ran, until
from invited import Shop, shop_of

from otklik_collector.invitations import SHORT, SIGNED, Invitation, lot, read_signed, short_token
from otklik_collector.inviting import Asked, Mailing
from otklik_collector.log import Log
from otklik_collector.retention import Retention
from otklik_collector.store import Store, open_store
from otklik_collector.store.migrations import migrations
from otklik_widget.cli import main
from otklik_widget.contract import hidden_by_blockers
from otklik_widget.journey import Journey
from otklik_widget.journey_file import read_journey


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "journey.toml").write_text(SMALL_JOURNEY, encoding="utf-8")
    with shop_of(read_journey(folder / "journey.toml"), folder / "otklik.db") as found:
        yield found


@pytest.fixture
def shop(opened: Shop) -> Shop:
    """One collector for all tests; each sees only what came in its own time."""
    opened.before = set(opened.ids())
    return opened


@pytest.fixture
def otklik(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Otklik:
    """The command line in this process: a second less for each word of it."""

    def run(*words: object) -> Ran:
        monkeypatch.chdir(tmp_path)
        status = main([str(word) for word in words])
        return Ran(status, *capsys.readouterr())

    return run


def test_one_press_is_one_answer_with_all_that_the_link_knows(shop: Shop) -> None:
    link = shop.link(customer="4711", place="omsk", segment="host", channel="messenger", language="ru")
    reply = shop.press(f"{link}?score=4", 4)
    assert reply.status_code == 303
    assert "Thank you. Your answer is counted." in shop.open(reply.headers["Location"]).text
    (answer,) = shop.responses()
    assert (answer.touchpoint, answer.scale, answer.score) == ("till", "smiley5", 4)
    assert (answer.place, answer.segment, answer.channel) == ("omsk", "host", "messenger")
    assert answer.flags == ()
    assert answer.answered_at == int(shop.now[0] * 1000)
    (of_customer,) = shop.store.erasure.of_person(answer.person or b"")
    assert of_customer == answer.id


def test_opening_stores_nothing_whoever_opens_and_however_often(shop: Shop) -> None:
    link = shop.link()
    for method in ("GET", "HEAD", "OPTIONS"):
        for score in range(5):
            assert shop.open(f"{link}?score={score}", method).status_code == 200
    assert shop.open(link, "PUT").status_code == 405
    assert shop.responses() == []


def test_a_score_in_the_address_is_chosen_and_one_tap_is_left(shop: Shop) -> None:
    page = shop.open(f"{shop.link()}?score=3").text
    assert page.count("checked") == 1
    assert 'value="3" required checked' in page
    assert 'class="chosen"' in page
    for nonsense in ("9", "x", "-1", "3 "):
        assert "checked" not in shop.open(f"{shop.link()}?score={nonsense}").text


def test_pressed_twice_it_is_one_answer_and_the_last_one_counts(shop: Shop) -> None:
    link = shop.link()
    for score in (4, 4, 1):
        shop.press(link, score, after=60)
    (answer,) = shop.responses()
    assert answer.score == 1
    assert "You have answered already. A new answer takes the place of that one." in shop.open(link).text


def test_two_links_of_one_moment_are_two_answers(shop: Shop) -> None:
    first, second = shop.link(), shop.link()
    shop.press(first)
    shop.press(second)
    assert len(shop.responses()) == 2


@pytest.mark.parametrize("seen", ["", "x", "0-0", "1a2015cf107-1eb2408d941eb582aac7", "-", "Å-1"])
def test_a_press_by_nobody_who_saw_the_page_is_not_counted(shop: Shop, seen: str) -> None:
    link = shop.link()
    reply = shop.press(link, 2, seen=seen)
    assert reply.status_code == 422
    assert "Please press the button once more" in reply.text
    assert 'value="2" required checked' in reply.text  # nothing that was chosen is lost
    assert shop.responses() == []


def test_the_mark_of_one_link_is_none_for_another(shop: Shop) -> None:
    assert shop.press(shop.link(), seen=shop.mark(shop.link())).status_code == 422
    assert shop.responses() == []


def test_whoever_follows_the_link_that_nobody_sees_is_flagged(shop: Shop) -> None:
    link = shop.link()
    page = shop.open(link).text
    trap = page.split('rel="nofollow" tabindex="-1" hidden')[0].rpartition('href="')[2].partition('"')[0]
    assert "There is nothing here." in shop.open(trap).text
    mark = trap.partition("seen=")[2]
    shop.press(link, 4, seen=mark)
    assert [answer.flags for answer in shop.responses()] == [("robot",)]
    shop.press(link, 2)  # a person, who opened the link anew
    assert [(answer.score, answer.flags) for answer in shop.responses()] == [(2, ())]


def test_whoever_opens_every_score_of_a_mail_at_once_is_flagged(shop: Shop) -> None:
    link = shop.link()
    for score in range(5):
        mark = shop.mark(f"{link}?score={score}")
    shop.press(link, 4, seen=mark)
    assert [answer.flags for answer in shop.responses()] == [("robot",)]


def test_whoever_presses_every_score_at_once_is_flagged_from_the_first_on(shop: Shop) -> None:
    link = shop.link()
    for score in range(5):
        shop.press(link, score, after=1)
    assert [answer.flags for answer in shop.responses()] == [("robot",)]


def test_a_press_faster_than_anybody_reads_is_flagged(shop: Shop) -> None:
    shop.press(shop.link(), after=0.4)
    assert [answer.flags for answer in shop.responses()] == [("fast",)]


def test_a_robot_does_not_take_the_place_of_a_person(shop: Shop) -> None:
    link = shop.link()
    shop.press(link, 4)
    shop.now[0] += 60
    shop.press(link, 0, after=0.1)
    assert [(answer.score, answer.flags) for answer in shop.responses()] == [(4, ())]


def test_a_person_who_thinks_again_is_no_robot(shop: Shop) -> None:
    link = shop.link()
    shop.open(f"{link}?score=4")
    shop.press(f"{link}?score=3", 3, after=2)
    shop.press(f"{link}?score=3", 4, after=9)
    assert [(answer.score, answer.flags) for answer in shop.responses()] == [(4, ())]


def test_an_address_writes_no_words_in_somebodys_name(shop: Shop) -> None:
    written = "comment=zq-words&contact=zq%40evil.example"
    for link in (shop.link(), "/q/till", "/q/till?scale=message"):
        assert "zq" not in shop.open(f"{link}{'&' if '?' in link else '?'}{written}").text


def test_what_is_missing_is_said_and_nothing_is_stored(shop: Shop) -> None:
    reply = shop.press(shop.link(), "")
    assert reply.status_code == 422
    assert "Please choose an answer." in reply.text
    reply = shop.press(shop.link("write"), "", comment="")
    assert "Please write something" in reply.text
    assert shop.responses() == []


def test_a_form_cannot_say_what_the_link_says(shop: Shop) -> None:
    link = shop.link(place="omsk", scale="ces7")
    shop.press(link, 7, place="centre", channel="web", scale="smiley5", id="x", segment="guest", customer="1")
    (answer,) = shop.responses()
    assert (answer.place, answer.channel, answer.scale, answer.segment, answer.person) == (
        "omsk", "email", "ces7", "", None,
    )  # fmt: skip


def test_another_site_cannot_press(shop: Shop) -> None:
    link = shop.link()
    mark = shop.mark(link)
    reply = shop.app.test_client().post(
        link, data={"score": "0", "seen": mark}, headers={"Origin": "https://elsewhere.example"}
    )
    assert reply.status_code == 403
    assert shop.responses() == []


@pytest.mark.parametrize("short", [False, True])
def test_a_changed_link_explains_itself(shop: Shop, short: bool) -> None:
    link = shop.link(short=short, place="omsk", language="en")
    for wrong in (
        link[:-1],
        link + "A",
        link + "=",
        link + "!",
        link[:-3] + "AAA",
        link[:5] + ("B" if link[5] != "B" else "C") + link[6:],
    ):
        for reply in (shop.open(wrong), shop.open(wrong, "POST")):
            assert reply.status_code == 404
            assert "This link is incomplete or was changed on its way. You can still tell us:" in reply.text
            assert 'class="further" href="/' in reply.text
    assert shop.responses() == []


def test_a_link_of_which_nothing_is_left_leads_to_where_one_writes_to_us(shop: Shop) -> None:
    reply = shop.open("/i/broken")
    assert reply.status_code == 404
    assert 'class="further" href="/q/write?scale=message&amp;lang=en"' in reply.text


def test_the_thanks_of_an_invitation_lead_to_where_one_writes_to_us(shop: Shop) -> None:
    thanks = shop.open(shop.press(shop.link(place="omsk", language="en")).headers["Location"])
    assert '<p class="o-write"><a href="/q/write?scale=message&amp;lang=en">' in thanks.text


@pytest.mark.parametrize("short", [False, True])
def test_an_ended_link_offers_the_open_question(shop: Shop, short: bool) -> None:
    link = shop.link(days=7, short=short, place="omsk", language="ru")
    mark = shop.mark(link)
    shop.now[0] += 7 * 86400
    for reply in (shop.open(link), shop.app.test_client().post(link, data={"score": "0", "seen": mark})):
        assert reply.status_code == 404
        assert "Срок этого приглашения прошёл" in reply.text
        assert 'href="/q/till?place=omsk&amp;channel=email&amp;lang=ru"' in reply.text
    assert shop.open("/q/till?place=omsk&channel=email&lang=ru").status_code == 200
    assert shop.responses() == []


@pytest.mark.parametrize("short", [False, True])
def test_all_links_can_be_ended_at_once(shop: Shop, short: bool) -> None:
    link = shop.link(short=short)
    shop.press(link)
    shop.store.invitations.end_all()
    assert shop.open(link).status_code == 404
    assert shop.press(shop.link(short=short)).status_code == 303
    assert len(shop.responses()) == 2


def test_nobody_can_tell_from_a_link_who_was_asked(shop: Shop) -> None:
    key = "+79991234567"
    token = shop.link(customer=key).rpartition("/")[2]
    raw = base64.urlsafe_b64decode(token[1:] + "=" * (-len(token[1:]) % 4))
    assert key.encode() not in raw
    invitation = read_signed(token, shop.store.invitations.secret())
    assert invitation
    assert invitation.person
    assert len(invitation.person) == 16
    shop.store.db.conn.execute("PRAGMA wal_checkpoint")
    assert key.encode() not in shop.store.path.read_bytes()


def test_a_short_link_leaves_room_in_a_short_message(shop: Shop) -> None:
    link = shop.link(short=True, base="https://ask.shop.example", customer="4711", place="omsk", segment="host")
    assert len(link) == 38
    assert shop.press(urlsplit(link).path).status_code == 303
    (answer,) = shop.responses()
    assert (answer.place, answer.segment, answer.person is not None) == ("omsk", "host", True)


def test_blockers_hide_no_link(shop: Shop) -> None:
    for token in (short_token(), Invitation(touchpoint="a", scale="nps", lot=lot()).signed(b"s")):
        assert token[0] in (SHORT, SIGNED)
        assert not any(hidden_by_blockers(f"/i/{token[0]}{word}") for word in ("og", "tat", "ing", "rack", "vent"))
    assert not hidden_by_blockers(shop.link())


def test_the_page_keeps_its_address_to_itself(shop: Shop) -> None:
    headers = shop.open(shop.link()).headers
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Cache-Control"] == "no-store"
    assert "script-src" not in headers["Content-Security-Policy"]


def test_an_erased_customer_cannot_be_brought_back_by_a_link(shop: Shop, otklik: Otklik) -> None:
    db = ("--db", shop.store.path)
    answered, waiting = shop.link(customer="4713", short=True), shop.link(customer="4713", short=True)
    signed, unanswered = shop.link(customer="4713"), shop.link(customer="4713")
    shop.press(answered)
    shop.press(signed)
    told = otklik("person", "4713", "--json", *db).json()
    assert told["invitations"] == 2
    erased = otklik("erase", "--customer", "4713", "--yes", "--json", *db)
    assert erased.status == 0, erased.err
    assert shop.responses() == []
    assert otklik("person", "4713", *db).out.count("Nothing is stored.") == 1
    for link in (answered, waiting, signed, unanswered):
        assert shop.open(link).status_code == 404
    before, shop.now[0] = shop.now[0], time.time() + 60
    assert shop.open(shop.link(customer="4713")).status_code == 200
    shop.now[0] = before


def test_a_customer_with_nothing_but_a_link_is_erased_too(shop: Shop, otklik: Otklik) -> None:
    db = ("--db", shop.store.path)
    link = shop.link(customer="4712", short=True)
    assert "1 invitation link" in otklik("person", "4712", *db).out
    assert "1 invitation link" in otklik("erase", "--customer", "4712", "--dry-run", *db).out
    assert otklik("erase", "--customer", "4712", "--yes", *db).status == 0
    assert shop.open(link).status_code == 404
    assert "Nothing is stored." in otklik("person", "4712", *db).out


def test_ended_short_links_are_forgotten_after_a_month(shop: Shop) -> None:
    token = shop.link(days=1, short=True).rpartition("/")[2]
    shop.store.invitations.forget_ended(shop.now[0] + 30 * 86400)
    assert shop.store.invitations.find(token)
    retention = Retention(shop.store.path, {}, Log())  # by the real clock all of this is long over
    until(lambda: shop.store.invitations.find(token) is None)
    retention.stop()


def test_a_touchpoint_that_has_gone_ends_its_links(shop: Shop) -> None:
    invitation = Invitation(touchpoint="gone", scale="nps", made_at=1, expires_at=2**52, lot=lot())
    token = invitation.signed(shop.store.invitations.secret())
    reply = shop.open(f"/i/{token}")
    assert reply.status_code == 404
    assert "This invitation has ended." in reply.text


def test_a_place_that_has_gone_does_not_keep_anybody_from_answering(shop: Shop) -> None:
    invitation = Invitation(touchpoint="till", scale="ces5", place="gone", made_at=1, expires_at=2**52, lot=lot())
    token = invitation.signed(shop.store.invitations.secret())
    assert shop.press(f"/i/{token}", 3).status_code == 303
    assert [(answer.place, answer.scale) for answer in shop.responses()] == [("", "ces5")]


def test_an_older_database_gets_a_secret_of_its_own(tmp_path: Path) -> None:
    from sqlite_utils import Database

    secrets = set()
    for name in ("one.db", "two.db"):
        db = Database(tmp_path / name)
        migrations.apply(db, stop_before="m018_invitations")
        db.close()
        with open_store(tmp_path / name) as store:
            secrets.add(store.invitations.secret())
    assert len(secrets) == 2


# The command.


@pytest.fixture
def company(tmp_path: Path) -> Path:
    (tmp_path / "content").mkdir()
    (tmp_path / "content/journey.toml").write_text(SMALL_JOURNEY, encoding="utf-8")
    (tmp_path / "otklik.toml").write_text('collector_url = "https://ask.shop.example"\n')
    return tmp_path


@pytest.mark.usefixtures("company")
def test_the_command_prints_one_link(otklik: Otklik) -> None:
    made = otklik("link", "till", "--customer", "4711", "--place", "omsk")
    assert made.status == 0, made.err
    assert made.out.startswith(f"https://ask.shop.example/i/{SIGNED}")
    assert "It can be answered until " in made.err
    short = otklik("link", "till", "--channel", "sms")
    assert len(short.out.strip()) == 38
    assert "31 letters are left for words in a short message of 70." in short.err
    assert "made invitation links" in otklik("audit").out


def test_a_mailing_gets_a_column_of_links(company: Path, otklik: Otklik) -> None:
    (company / "buyers.csv").write_text(
        "phone;customer;segment;name\n+79991112233;1;host;Анна\n+79994445566;2;;Борис\n", encoding="utf-8"
    )
    made = otklik("link", "till", "--from", "buyers.csv", "--segment", "guest", "--out", "mailing.csv")
    assert made.status == 0, made.err
    assert "2 links" in made.err
    lines = (company / "mailing.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "phone,customer,segment,name,link"
    assert lines[1].startswith("+79991112233,1,host,Анна,https://ask.shop.example/i/v")
    with open_store(company / "otklik.db") as store:
        asked = [store.invitations.find(line.rpartition("/")[2]) for line in lines[1:]]
    assert [one and one.segment for one in asked] == ["host", "guest"]


def test_every_faulty_row_of_a_mailing_is_named_and_no_link_is_made(company: Path, otklik: Otklik) -> None:
    (company / "buyers.csv").write_text("customer,place,segment,languge\n1,omks,,\n,omsk,vip,\n3,omsk,host,\n")
    made = otklik("link", "till", "--from", "buyers.csv", "--short", "--out", "mailing.csv")
    assert made.status == 1
    assert made.err.splitlines() == [
        "buyers.csv:1: the column “languge” looks like “language”; rename it",
        "buyers.csv:2: place: the journey has no place “omks”. Did you mean “omsk”?",
        "buyers.csv:3: segment: the journey has no segment “vip”; known: guest, host.",
        "buyers.csv:3: customer: the cell is empty",
    ]
    assert not (company / "mailing.csv").exists()
    with open_store(company / "otklik.db") as store:
        assert store.db.table("invitation").count == 0


def test_a_column_that_stands_twice_is_named(company: Path, otklik: Otklik) -> None:
    (company / "buyers.csv").write_text("customer,name,place,name,,\n1,Anna,omsk,Petrova,,\n", encoding="utf-8")
    made = otklik("link", "till", "--from", "buyers.csv")
    assert (made.status, made.out) == (1, "")
    assert made.err == "buyers.csv:1: the column “name” stands more than once\n"


@pytest.mark.parametrize("short", [True, False])
def test_long_mailings_tell_how_far_they_are(store: Store, journey: Journey, short: bool) -> None:
    mailing = Mailing(journey, store, "https://ask.example", channel="email", days=30, short=short, now=1.8e9)
    told: list[tuple[int, int]] = []
    links = mailing.links([Asked("till")] * 2500, lambda done, total: told.append((done, total)))
    assert told == [(2000, 2500), (2500, 2500)]
    assert len(set(links)) == 2500


def test_wrong_words_are_all_named(company: Path, otklik: Otklik) -> None:
    made = otklik("link", "till", "--place", "omks", "--segment", "vip", "--scale", "nps", "--language", "de")
    assert made.status == 1
    assert [line.partition(":")[0] for line in made.err.splitlines()] == [
        "--scale", "--place", "--segment", "--language",
    ]  # fmt: skip
    assert "Did you mean “till”?" in otklik("link", "tlil").err
    (company / "otklik.toml").unlink()
    assert "say where customers reach you" in otklik("link", "till").err


def test_all_links_end_by_one_command(company: Path, otklik: Otklik) -> None:
    token = otklik("link", "till").out.strip().rpartition("/")[2]
    assert otklik("link", "--end-all", "--yes").status == 0
    with open_store(company / "otklik.db") as store:
        assert store.invitations.find(token) is None
