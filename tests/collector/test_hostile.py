"""Hostile words in every field and through every view: they stay words, on pages, in files, in terminals and logs."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from conftest import SMALL_JOURNEY, Otklik, Serve, answer, clean_environment, response
from flask.testing import FlaskClient
from hostile import FORMULAS, OURS, SCRIPTS, TERMINAL, naughty
from managers import hashed
from werkzeug.test import TestResponse

from otklik_collector.app import create_app
from otklik_collector.door import Door
from otklik_collector.proxies import Proxies
from otklik_collector.store import Store, open_store
from otklik_collector.store.tokens import SCOPES
from otklik_widget.journey import Journey
from otklik_widget.journey_file import read_journey
from otklik_widget.terminal import shown

SECRET = "кот спит на полке"
COMMANDS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
HARMLESS = ["plain", "Plain", "Plain words, nothing else!", "x" * 3000, "7"]
"""A key, a language, neither, something too long, a number: pages may answer each of these in a way of its own."""


class Skeleton(HTMLParser):
    """The elements of a page with the names of their attributes: what words must never change."""

    def __init__(self) -> None:
        super().__init__()
        self.bones: list[object] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.bones.append((tag, *sorted(name for name, _value in attributes)))
        for name, value in attributes:
            assert name != "style", tag
            assert not name.startswith("on"), (tag, name)
            if name in ("href", "src", "action", "formaction"):
                assert not re.match(r"\s*(javascript|data|vbscript):|//", value or "", re.IGNORECASE), (tag, value)

    def handle_endtag(self, tag: str) -> None:
        self.bones.append(f"/{tag}")

    def handle_comment(self, data: str) -> None:
        self.bones.append(("comment", data))

    def unknown_decl(self, data: str) -> None:
        self.bones.append(("declaration", data))


def bones(html: str) -> list[object]:
    found = Skeleton()
    found.feed(html)
    found.close()
    return found.bones


@pytest.fixture
def client(store: Store, journey: Journey) -> FlaskClient:
    """A browser without a browser, signed in as Anna."""
    store.people.add("Anna", hashed(SECRET), "admin", (), time.time())
    door = Door(journey, frozenset(), store.keys.live, store.person_secret())
    app = create_app(
        journey, store.path, door, Proxies(("127.0.0.1",)), lambda response: store.responses.submit([response])
    )
    token = store.tokens.add("all", SCOPES, (), None, time.time())
    found = app.test_client()
    found.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    found.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    guard = re.search(r'name="form" value="(\w+)"', found.get("/console/sign-in").text)
    assert guard
    signed = found.post("/console/sign-in", data={"form": guard.group(1), "name": "Anna", "password": SECRET})
    assert signed.status_code == 303
    return found


API_FIELDS = ("from", "to", "place", "segment", "channel", "touchpoint", "scale", "cursor", "limit", "lang", "period")


API_VIEWS = "api: "


def replies(client: FlaskClient, word: str) -> Iterator[tuple[str, TestResponse]]:
    """Every view that says anything back of what it was asked, with the word in each of its fields."""
    fields = ("scale", "kind", "lang", "place", "key", "channel", "segment", "score", "reasons", "comment", "id", "at")
    everywhere = dict.fromkeys(fields, word)
    yield "question", client.get("/q/till", query_string=everywhere)
    yield "refused", client.post("/q/till", data=everywhere | {"key": word + "x"})
    yield "answer", client.post("/q/till", data=everywhere | {"score": "", "key": ""})
    yield "thanks", client.get("/q/till/thanks", query_string=everywhere | {"id": word or "x"})
    yield "missing", client.get(f"/q/{quote(word, safe='')}x")
    yield "script", client.get("/ask.js", query_string={"point": word + "x", "lang": word, "key": word})
    yield "scale", client.get("/ask.js", query_string={"point": "till", "scale": word + "x", "key": word})
    words = {"per_person": word, "include_flagged": word, "lang": word}
    yield "map", client.get("/console/map", query_string=words)
    for name in ("from", "to", "place", "segment", "channel"):
        yield f"map, {name}", client.get("/console/map", query_string={name: word + "x"})
        yield f"touchpoint, {name}", client.get("/console/touchpoint/till", query_string={name: word + "x"})
    inside = quote(word.replace("/", ""), safe="")
    yield "no touchpoint", client.get(f"/console/touchpoint/{inside}x", query_string={"scale": word})
    yield (
        "misuse",
        client.get("/console/misuse", query_string={"reason": word, "page": word, "done": word, "lang": word}),
    )
    yield "no invitation", client.get(f"/i/{inside}x", query_string=everywhere)
    yield "no invitation, pressed", client.post(f"/i/{inside}x", data=everywhere | {"seen": word})
    yield "invited, thanks", client.get(f"/i/{inside}x/thanks", query_string=everywhere | {"case": word})
    yield "poster", client.get("/console/links/till/poster", query_string={"size": word, "language": word})
    yield "misuse, lost", client.get("/console/misuse", query_string=dict.fromkeys(API_FIELDS, word + "x"))
    yield "people", client.get("/console/people", query_string={"done": word, "lang": word})
    yield "audit", client.get("/console/audit", query_string={"before": word})
    yield "begin", client.get(f"/console/begin/{inside}x")
    guard = re.search(r'name="form" value="(\w+)"', client.get("/console/people").text)
    assert guard
    data = {"form": guard.group(1), "name": word, "role": word, "place": word}
    yield "added", client.post("/console/people", data=data)
    form = {"form": guard.group(1), "id": word, "all": ""}
    stretch = dict.fromkeys(("touchpoint", "device", "since", "until", "reason"), word + "x")
    yield "left out", client.post("/console/misuse/left-out", data=form | stretch)
    yield "counted", client.post("/console/misuse/counted", data=form)
    for address in ("map", "series", "responses", "comments", "exports/responses.csv", "exports/responses.jsonl"):
        yield f"api: {address}", client.get(f"/api/v1/{address}", query_string=dict.fromkeys(API_FIELDS, word + "x"))
        yield f"api: {address}, strange", client.get(f"/api/v1/{address}", query_string={word + "x": word})
    inside = inside.replace("%0A", "")  # an address with a line's end in it is nobody's
    yield "api: nothing", client.get(f"/api/v1/{inside}x")
    yield "api: form", client.get(f"/api/v1/exports/responses.{inside}x")


def test_no_word_in_any_field_changes_the_elements_of_a_page(client: FlaskClient) -> None:
    shapes: dict[str, list[tuple[int, list[object]]]] = {}
    for word in HARMLESS:
        for view, reply in replies(client, word):
            shapes.setdefault(view, []).append((reply.status_code, bones(reply.text)))
    assert {status for shape in shapes.values() for status, _bones in shape} >= {200, 400, 403, 404, 410, 422}
    for word in naughty():
        for view, reply in replies(client, word):
            assert reply.status_code < 500, (view, word)
            assert "Set-Cookie" not in reply.headers, (view, word)
            if view.startswith(API_VIEWS):
                assert reply.mimetype == "application/problem+json", (view, word)
                assert reply.headers["X-Content-Type-Options"] == "nosniff", (view, word)
                assert reply.json["code"], (view, word)
            elif view in ("script", "scale"):
                warned = re.fullmatch(r"console\.warn\((.*)\);", reply.text)
                assert warned, (view, word)
                assert isinstance(json.loads(warned[1]), str), (view, word)
            elif reply.mimetype == "text/html" and word.strip():
                assert (reply.status_code, bones(reply.text)) in shapes[view], (view, word)


HOSTILE_JOURNEY_WORDS = [word for word in (*SCRIPTS, *FORMULAS) if not re.search(r"[\t\u2028]", word)]


def hostile_journey(word: str) -> str:
    """The corner shop, with the word in every name, question and reason."""
    quoted = '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
    text = re.sub(
        r'^((?:name|ru|en) = )(?:\{.*\}|".*")$', rf"\g<1>{_escaped(quoted)}", SMALL_JOURNEY, flags=re.MULTILINE
    )
    return text.replace('ask = ["ces7"]', f'ask = ["ces7"]\nquestion = {quoted}\nrisks = {quoted}\nowner = {quoted}')


def _escaped(replacement: str) -> str:
    return replacement.replace("\\", "\\\\")


@pytest.mark.parametrize("word", HOSTILE_JOURNEY_WORDS)
def test_the_map_of_a_journey_of_hostile_names_is_whole_in_every_form(word: str, tmp_path: Path) -> None:
    forms = {}
    for name, text in (("plain", HARMLESS[0]), ("hostile", word)):
        file = tmp_path / f"{name}.toml"
        file.write_text(hostile_journey(text), encoding="utf-8")
        forms[name] = _drawn(file, tmp_path / f"{name}.db")
    assert word in forms["hostile"]["json"].encode().decode("unicode_escape") or word in forms["hostile"]["text"]
    assert bones(forms["hostile"]["html"]) == bones(forms["plain"]["html"])
    picture, plain = (ET.fromstring(forms[name]["svg"]) for name in ("hostile", "plain"))
    assert [part.tag for part in picture.iter()][:3] == [part.tag for part in plain.iter()][:3]
    assert {part.tag for part in picture.iter()} == {part.tag for part in plain.iter()}
    assert not [key for part in picture.iter() for key in part.attrib if key.startswith("on")]
    for row in csv.reader(io.StringIO(forms["hostile"]["csv"])):
        assert not [cell for cell in row if cell.startswith(("=", "@", "\t", "\r")) or re.match(r"[+-](?!\d)", cell)], (
            row
        )


def _drawn(file: Path, db: Path) -> dict[str, str]:
    from datetime import date

    from otklik_collector.drawing import before, draw
    from otklik_collector.map.output import FORMATS, render
    from otklik_collector.map.problem_map import Filters, Period

    journey = read_journey(file)
    period = Period(date(2026, 3, 1), date(2026, 4, 1))
    with open_store(db, create=True) as store:
        store.series.use(journey)
        store.responses.submit([response(number, score=number % 5) for number in range(60)])
        found = draw(store, journey, period, before(period), Filters(), "en")
        return {form: render(found, journey, form, "en") for form in FORMATS}


def in_a_terminal(*words: object, cwd: Path) -> str:
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "otklik_widget.cli", *map(str, words)]
    environ = {**clean_environment(), "OTKLIK_LANG": "en"}
    with subprocess.Popen(command, cwd=cwd, env=environ, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        said = b""
        try:
            while part := os.read(ours, 65536):
                said += part
        except OSError:  # Linux says so where the other end is closed
            pass
        process.wait(20)
    os.close(ours)
    assert b"Traceback" not in said, said
    return said.decode().replace("\r\n", "\n")


def test_no_word_of_anybody_commands_a_terminal(tmp_path: Path, small_journey: Path, journey: Journey) -> None:
    words = "".join(TERMINAL)
    with open_store(tmp_path / "otklik.db", create=True) as store:
        store.series.use(journey)
        door = Door(journey, frozenset(), store.keys.live, store.person_secret())
        contact = (words, "2026-1")
        store.responses.submit(
            [response(1, comment=words, contact=contact, page=words, person=door.person("4711"), source="")]
        )
        store.keys.add(words, ("https://shop.example",), 30)
        store.people.add(f"Anna{words}", hashed(SECRET), "admin", (), time.time())
        store.webhooks.add(f"https://crm.example/{words}", time.time())
    for command in (
        ("person", "4711"), ("key", "list"), ("user", "list"), ("audit",), ("webhook", "list"),
        ("key", "revoke", words.replace("\0", "")), (words,), ("map", "--place", words),
        ("erase", "--customer", "4711", "--by", words, "--reason", words, "--yes"),
        ("webhook", "add", f"https://{words}/"),
    ):  # fmt: skip
        said = in_a_terminal(*command, "--journey", small_journey, cwd=tmp_path)
        assert said
        assert not COMMANDS.search(said), (command, COMMANDS.findall(said))
        assert "\r" not in said


@pytest.mark.parametrize("word", TERMINAL)
def test_a_control_letter_is_shown_written_out(word: str) -> None:
    assert not COMMANDS.search(shown(word))
    assert shown("Очень долго\n\tждал 😀") == "Очень долго\n\tждал 😀"


def test_what_goes_to_a_file_stays_as_it_was_written(otklik: Otklik, store: Store, journey: Journey) -> None:
    door = Door(journey, frozenset(), store.keys.live, store.person_secret())
    store.responses.submit([response(1, comment="\x1b[2J", person=door.person("4711"))])
    assert "\x1b[2J" in otklik("person", "4711").out


@pytest.mark.parametrize("escape", ["\\u202e", "\\u2066", "\\u001b", "\\ufffe", "\\u0000", "\\u009b"])
def test_a_name_that_would_turn_or_command_the_screen_is_refused_by_line(
    escape: str, tmp_path: Path, otklik: Otklik
) -> None:
    file = tmp_path / "journey.toml"
    file.write_text(SMALL_JOURNEY.replace('en = "Till"', f'en = "Till{escape}"'), encoding="utf-8")
    ran = otklik("map", "--journey", file)
    assert ran.status == 1
    assert f"{file}:19: “name” holds a letter that cannot be shown" in ran.err


FIELDS = ("comment", "page", "segment", "lang", "device", "customer", "place", "channel", "wording", "token", "website",
          "id", "point", "scale", "key")  # fmt: skip


def test_words_in_every_field_of_a_response_are_kept_or_refused_by_name_and_leave_no_trace_in_the_log(
    serve: Serve, otklik: Otklik
) -> None:
    collector = serve()
    taken = 0
    for word in OURS:
        sent = [answer(**{name: word}) for name in FIELDS]
        sent += [answer(reasons=[word]), answer(contact={"value": word, "consent": word}), answer(**{word: 1})]
        reply = collector.post(sent)
        assert reply.status in (201, 422), word
        for field, result in zip([*FIELDS, "reasons", "contact", word], reply.json()["results"], strict=True):
            taken += result["status"] in (200, 201)
            if result["status"] not in (200, 201):
                assert result["status"] in (403, 422), (field, word, result)
                assert result["errors"][0]["rule"], (field, word)
    collector.process.terminate()
    assert collector.process.stderr
    log = collector.process.stderr.read()
    collector.process.wait(20)
    assert not COMMANDS.search(log)
    assert "Traceback" not in log, log
    assert taken > len(OURS) * 3
    checked: Any = otklik("verify", "--json", "--db", collector.db)
    assert checked.status == 0
