"""Erasure: what was asked for is gone from the rows, the counts and the bytes of the file, and does not come back."""

from __future__ import annotations

import threading
import time
from datetime import date
from pathlib import Path

import pytest
from conftest import SMALL_JOURNEY, Otklik, Serve, answer, response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from otklik_collector.people import person_of
from otklik_collector.store import Store, open_store
from otklik_collector.store.migrations import migrations
from otklik_widget.contract import make_uuid7
from otklik_widget.journey import Journey
from otklik_widget.journey_file import read_journey

NOW = int(time.time() * 1000)
DAY_MS = 24 * 3600 * 1000


def everything_in(db: Path) -> bytes:
    """All bytes that the database has on the disk."""
    files = [db.with_name(db.name + end) for end in ("", "-wal", "-shm")]
    return b"".join(file.read_bytes() for file in files if file.exists())


def counts(db: Path) -> dict[str, int]:
    with open_store(db) as found:
        assert found.recount.mismatches() == []
        tables = ("response", "comment", "contact", "day_count", "hour_count")
        return {table: found.db.table(table).count for table in tables}


def test_a_customer_who_asks_is_gone_from_every_byte_of_the_file(serve: Serve, otklik: Otklik) -> None:
    collector = serve()
    anna = [
        answer(customer="anna-77", comment=f"Холодный кофе {number} WORDSOFANNA", score=number % 5,
               contact={"value": f"+7 900 000-00-{number:02}", "consent": "reply-1"})
        for number in range(30)
    ]  # fmt: skip
    for one in anna:
        assert collector.post(one).status == 201
        assert collector.post(answer(customer="boris", comment="Warm enough")).status == 201
    changed = {**anna[0], "rev": 2, "comment": "WORDSOFANNA again"}
    assert collector.post(changed).status == 201
    needles = [b"WORDSOFANNA", "Холодный кофе".encode(), b"+7 900 000-00-"]
    needles += [bytes.fromhex(one["id"].replace("-", "")) for one in anna] + [one["id"].encode() for one in anna]
    assert needles[0] in everything_in(collector.db)

    done = otklik("erase", "--customer", "anna-77", "--yes", "--by", "Vera", "--json")

    assert done.status == 0, done.err
    act = done.json()
    assert act["rows"] == {"response": 30, "comment": 30, "contact": 30, "complaint_case": 12, "case_note": 12}
    assert (act["act"], act["by"], act["rewritten"], act["log_emptied"]) == (1, "Vera", True, True)
    left = everything_in(collector.db)
    assert [needle for needle in needles if needle in left] == []
    assert b"anna-77" not in left
    assert b"Warm enough" in left
    assert counts(collector.db)["response"] == 30
    # The tablet that has not heard our reply sends them all again; so does a page with a correction.
    for one in [*anna, {**anna[1], "rev": 5}]:
        reply = collector.post(one)
        assert (reply.status, reply.json()["status"]) == (200, "known")
    mixed = collector.post([anna[0], answer(comment="New")])
    assert [item["status"] for item in mixed.json()["results"]] == [200, 201]
    assert counts(collector.db)["response"] == 31
    assert b"WORDSOFANNA" not in everything_in(collector.db)


def test_a_collector_goes_on_while_somebody_is_erased(serve: Serve, otklik: Otklik) -> None:
    collector = serve()
    for _number in range(40):
        collector.post([answer(customer="anna", comment="Cold") for _one in range(50)])
    statuses, stop = [], threading.Event()

    def send() -> None:
        while not stop.is_set():
            statuses.append(collector.post(answer(customer="boris", comment="Warm")).status)

    sender = threading.Thread(target=send)
    sender.start()
    done = otklik("erase", "--customer", "anna", "--yes", "--json")
    stop.set()
    sender.join()

    assert done.json()["rows"]["response"] == 2000
    assert set(statuses) == {201}
    assert counts(collector.db)["response"] == len(statuses)


def test_one_response_can_be_erased_by_its_id(serve: Serve, otklik: Otklik) -> None:
    collector = serve()
    first, second = answer(comment="First"), answer(comment="Second")
    collector.post([first, second])

    assert otklik("erase", "--id", first["id"].upper(), "--yes").status == 0

    assert counts(collector.db) == {"response": 1, "comment": 1, "contact": 0, "day_count": 2, "hour_count": 1}
    again = otklik("erase", "--id", first["id"], "--yes")
    assert (again.status, again.out.startswith("Nothing is stored of that")) == (0, True)


def test_days_that_are_too_old_go_whole(store: Store, otklik: Otklik, tmp_path: Path) -> None:
    store.responses.submit([response(1, day=20260301), response(2, day=20260302), response(3, day=20260303)])

    would = otklik("erase", "--before", "2026-03-03", "--dry-run", "--json").json()
    done = otklik("erase", "--before", "2026-03-03", "--yes", "--json").json()

    assert would == {"dry_run": True, "rows": {"response": 2}}
    assert (done["asked"], done["subject"], done["rows"]) == ("before", "2026-03-03", {"response": 2})
    assert counts(tmp_path / "otklik.db") == {
        "response": 1, "comment": 0, "contact": 0, "day_count": 2, "hour_count": 1,
    }  # fmt: skip


def test_nothing_is_erased_that_nobody_has_confirmed(store: Store, otklik: Otklik) -> None:
    store.responses.submit([response(1, person=person_of(store.person_secret(), "anna"))])

    done = otklik("erase", "--customer", "anna")

    assert done.status == 1
    assert "1 response will be erased" in done.err
    assert "--yes" in done.err
    assert store.recount.responses() == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "required"),
        (("--id", "17"), "“17” is no id of a response"),
        (("--customer", "a", "--before", "2026-01-01"), "not allowed with"),
        (("--customer", " "), "the customer's key is empty"),
    ],
)
def test_a_wrong_question_is_told_so(store: Store, otklik: Otklik, words: tuple[str, ...], said: str) -> None:
    done = otklik("erase", *words)
    assert done.status == 2
    assert said in done.err
    assert store.recount.responses() == 0


def test_the_act_says_what_when_who_and_what_remains(store: Store, otklik: Otklik, tmp_path: Path) -> None:
    person = person_of(store.person_secret(), "анна")
    store.responses.submit([response(1, person=person, comment="Cold"), response(2, person=person)])
    assert otklik("backup").status == 0

    words = ("--journey", tmp_path / "journey.toml", "--by", "Вера П.", "--reason", "заявление № 5")
    done = otklik("erase", "--customer", "анна", "--yes", "--act", "act.txt", *words, lang="ru")

    act = (tmp_path / "act.txt").read_text(encoding="utf-8")
    assert done.status == 0, done.err
    assert "Стёрто: 2 ответа, 1 комментарий" in done.out
    for said in (
        "Акт об уничтожении № 1", "Лавка", "«анна»", "заявление № 5", "Вера П.", "UTC", "Europe/Moscow",
        "2 ответа, 1 комментарий", "1 прежняя копия", "backups", "Подпись",
    ):  # fmt: skip
        assert said in act, said
    with open_store(tmp_path / "otklik.db") as later:
        (line,) = later.erasure.all()
    assert line.subject == person.hex()
    assert "анна" not in str(line)
    listed = otklik("erase", "--list")
    assert (listed.status, line.subject in listed.out, "Вера П." in listed.out) == (0, True, True)
    # An act is never written over.
    store.responses.submit([response(3, person=person)])
    assert otklik("erase", "--customer", "анна", "--yes", "--act", "act.txt").status == 1
    assert store.recount.responses() == 1


def test_a_respondent_of_an_import_is_found_by_its_source(otklik: Otklik, small_journey: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "who,score,when,words\n7.0,4,2026-03-02,Fine\n8,1,2026-03-02,Cold\n", encoding="utf-8"
    )
    (tmp_path / "a.toml").write_text(
        '[row]\nanswered_at = { column = "when" }\nrespondent = "who"\nsource = "crm"\ncomment = "words"\n'
        '[[response]]\ncolumn = "score"\ntouchpoint = "till"\nscale = "smiley5"\n',
        encoding="utf-8",
    )
    bring = ("import", "a.csv", "--mapping", "a.toml", "--journey", small_journey)
    assert otklik(*bring).status == 0

    hint = otklik("erase", "--customer", "7", "--yes")
    assert "Nothing is stored" in hint.out
    assert "crm" in hint.err
    shown = otklik("person", "7", "--source", "crm", "--json").json()
    assert [one["comment"] for one in shown["responses"]] == ["Fine"]
    done = otklik("erase", "--customer", "7", "--source", "crm", "--yes", "--json").json()
    assert done["rows"] == {"response": 1, "comment": 1}

    again = otklik(*bring, "--json").json()
    assert (again["stored"], again["known"]) == (0, 2)
    assert counts(tmp_path / "otklik.db")["response"] == 1


def test_words_go_at_their_age_and_the_score_stays(store: Store, otklik: Otklik, tmp_path: Path) -> None:
    old, new = NOW - 40 * DAY_MS, NOW - 5 * DAY_MS
    contact = ("+7 900", "reply-1")
    store.responses.submit(
        [
            response(1, answered_at=old, comment="Old words", contact=contact),
            response(2, answered_at=new, comment="New words", contact=contact),
        ]
    )
    assert otklik("erase", "--expired", "--yes").out.startswith("Nothing is stored of that")
    (tmp_path / "otklik.toml").write_text("keep_comments_days = 30\nkeep_contacts_days = 3\n", encoding="utf-8")

    done = otklik("erase", "--expired", "--yes", "--json").json()

    assert (done["asked"], done["rows"]) == ("expired", {"comment": 1, "contact": 2})
    assert done["subject"] == "comment 30, case_note 30, contact 3"
    left = everything_in(tmp_path / "otklik.db")
    assert b"Old words" not in left
    assert b"New words" in left
    assert counts(tmp_path / "otklik.db")["response"] == 2


def test_a_spreadsheet_may_come_again_after_its_old_words_have_gone(
    otklik: Otklik, small_journey: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("score,when,words\n4,2026-03-02,Fine\n", encoding="utf-8")
    (tmp_path / "a.toml").write_text(
        '[row]\nanswered_at = { column = "when" }\nsource = "crm"\ncomment = "words"\n'
        '[[response]]\ncolumn = "score"\ntouchpoint = "till"\nscale = "smiley5"\n',
        encoding="utf-8",
    )
    (tmp_path / "otklik.toml").write_text("keep_comments_days = 1\n", encoding="utf-8")
    bring = ("import", "a.csv", "--mapping", "a.toml", "--journey", small_journey, "--json")
    assert otklik(*bring).json()["stored"] == 1
    assert otklik(*bring).json()["known"] == 1

    assert otklik("erase", "--expired", "--yes", "--json").json()["rows"] == {"comment": 1}

    again = otklik(*bring)
    assert (again.status, again.json()["known"], again.json()["stored"]) == (0, 1, 0)
    assert counts(tmp_path / "otklik.db")["comment"] == 0


def test_a_running_collector_takes_old_words_away_by_itself(serve: Serve, store: Store, tmp_path: Path) -> None:
    store.responses.submit([response(1, answered_at=NOW - 40 * DAY_MS, comment="Old words")])
    (tmp_path / "otklik.toml").write_text("keep_comments_days = 30\n", encoding="utf-8")

    serve()

    for _attempt in range(100):
        if store.db.table("comment").count == 0:
            break
        time.sleep(0.05)
    assert store.db.table("comment").count == 0
    assert store.recount.responses() == 1


def test_a_person_gets_everything_that_is_stored_about_them(serve: Serve, otklik: Otklik, tmp_path: Path) -> None:
    collector = serve()
    sent = answer(
        customer="anna", comment="Холодный кофе", reasons=["waiting"], place="omsk", segment="host", score=1, lang="ru",
        page="https://shop.example/kofe", contact={"value": "anna@mail.example", "consent": "reply-1"},
    )  # fmt: skip
    collector.post(sent)
    collector.post(answer(customer="boris", comment="Other"))

    told = otklik("person", "anna", "--journey", collector.journey, lang="ru")
    plain = otklik("person", "anna", "--json").json()
    nobody = otklik("person", "clara")
    otklik("person", "anna", "--out", "anna.txt")

    for said in (
        "Холодный кофе", "Касса", "Время ожидания", "anna@mail.example", "reply-1", "https://shop.example/kofe",
        sent["id"], "Asia/Omsk",
    ):  # fmt: skip
        assert said in told.out, said
    assert "Other" not in told.out
    (one,) = plain["responses"]
    assert (one["comment"], one["contact"]["value"], one["score"]) == ("Холодный кофе", "anna@mail.example", 1)
    assert (nobody.status, "Nothing is stored" in nobody.out) == (0, True)
    assert "Холодный кофе" in (tmp_path / "anna.txt").read_text(encoding="utf-8")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_after_any_erasures_the_counts_are_what_the_rows_say(data: st.DataObject, tmp_path: Path) -> None:
    file = tmp_path / "any.db"
    for end in ("", "-wal", "-shm"):
        file.with_name(file.name + end).unlink(missing_ok=True)
    (tmp_path / "j.toml").write_text(SMALL_JOURNEY, encoding="utf-8")
    made = [
        response(
            number,
            scale=data.draw(st.sampled_from(["smiley5", "ces7"])),
            score=data.draw(st.integers(1, 4)),
            place=data.draw(st.sampled_from(["", "centre", "omsk"])),
            segment=data.draw(st.sampled_from(["", "host"])),
            day=data.draw(st.sampled_from([20260301, 20260302])),
            hour=data.draw(st.sampled_from([None, 9])),
            flags=data.draw(st.sampled_from([(), ("burst",)])),
            comment=data.draw(st.sampled_from(["", "Cold"])),
            person=data.draw(st.sampled_from([None, b"anna", b"boris"])),
        )
        for number in range(data.draw(st.integers(0, 12)))
    ]
    with open_store(file, create=True) as store:
        store.series.use(read_journey(tmp_path / "j.toml"))
        store.responses.submit(made)
        left = {one.id: one for one in made}
        for _step in range(data.draw(st.integers(1, 3))):
            kind = data.draw(st.sampled_from(["person", "day", "id"]))
            if kind == "person":
                store.erasure.erase("customer", "-", "-", lambda: store.erasure.of_person(b"anna"))
                left = {id: one for id, one in left.items() if one.person != b"anna"}
            elif kind == "day":
                store.erasure.erase("before", "-", "-", lambda: store.erasure.before(date(2026, 3, 2)))
                left = {id: one for id, one in left.items() if one.day >= 20260302}
            elif made:
                id = data.draw(st.sampled_from(made)).id
                store.erasure.erase("id", "-", "-", lambda id=id: store.erasure.of_id(id))  # type: ignore[misc]
                left.pop(id, None)
            store.responses.submit(made)  # all of them once more: nothing comes back
            assert store.recount.mismatches() == []
            assert set(store.responses.stored([one.id for one in made])) == set(left)
        fresh = store.db.table("day_count").count
        store.recount.repair()
        assert store.db.table("day_count").count == fresh  # no rows of zeros stay behind


def test_a_database_of_the_first_version_is_copied_and_brought_up_to_date(
    tmp_path: Path, journey: Journey, otklik: Otklik
) -> None:
    import sqlite3

    from sqlite_utils import Database

    file = tmp_path / "otklik.db"
    with Database(sqlite3.connect(file)) as db:
        migrations.apply(db, stop_before="m002_erasures")
        db["series"].insert({"touchpoint": "till", "scale": "smiley5", "wording": "w", "version": 1, "question": "{}"})
        row = {
            "id": make_uuid7().bytes, "rev": 1, "series": 1, "score": 3, "place": "", "channel": "web", "segment": "",
            "answered_at": 1, "received_at": 1, "day": 20260302, "hour": 9, "flags": "", "reasons": "[]", "lang": "",
            "page": "", "device": "", "source": "",
        }  # fmt: skip
        db["response"].insert(row)
        db["comment"].insert({"response": row["id"], "text": "Said before"})
        db["day_count"].insert({"dimension": "", "member": "", "day": 20260302, "series": 1, "flagged": 0,
                                **{f"c{score}": int(score == 3) for score in range(11)}})  # fmt: skip
        db["day_count"].insert({"dimension": "channel", "member": "web", "day": 20260302, "series": 1, "flagged": 0,
                                **{f"c{score}": int(score == 3) for score in range(11)}})  # fmt: skip
        db["hour_count"].insert({"day": 20260302, "series": 1, "hour": 9, "flagged": 0, "responses": 1, "unhappy": 0})

    assert otklik("verify").status == 0

    with open_store(file) as store:
        assert store.erasure.count([row["id"]]) == {"response": 1, "comment": 1}
        assert store.recount.mismatches() == []
    (copy,) = tmp_path.glob("otklik.db.before-m002-*")
    with Database(sqlite3.connect(copy)) as before:
        assert not before["erasure"].exists()
        assert [found["text"] for found in before["comment"].rows] == ["Said before"]
    assert otklik("verify").status == 0  # a second opening copies nothing
    assert len(list(tmp_path.glob("otklik.db.before-*"))) == 1
    assert journey
