"""Text goes out packed to who can unpack it, and never where its length could tell a secret."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import flask
import pytest
from conftest import Collector, Otklik, Serve

from otklik_collector.console.gate import form_guard, is_form_guard
from otklik_collector.packing import Packed, PagePacker, accepts


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("br;q=1.0, GZIP;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.00", False),
        ("gzip;q=0.001", True),
        ("identity", False),
        ("br", False),
        ("xgzip", False),
        ("", False),
        (None, False),
    ],
)
def test_only_who_takes_gzip_gets_it(header: str | None, taken: bool) -> None:
    assert accepts(header) is taken


@pytest.fixture
def site(tmp_path: Path) -> Path:
    site = tmp_path / "public"
    site.mkdir()
    (site / "index.html").write_text("<!doctype html><title>Лавка</title>" + "<p>pan</p>" * 500, encoding="utf-8")
    (site / "small.css").write_text("p{color:red}", encoding="utf-8")
    (site / "photo.webp").write_bytes(b"picture " * 1000)
    (site / "huge.json").write_text("[" + "1," * 600_000 + "1]", encoding="utf-8")
    return site


def test_pages_of_the_site_are_packed_and_unpack_to_what_they_were(serve: Serve, site: Path) -> None:
    collector = serve("--site", site)
    page = (site / "index.html").read_bytes()

    plain = collector.ask("/")
    packed = collector.ask("/", Accept_Encoding="gzip")

    assert plain.body == page
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == page
    assert len(packed.body) * 5 < len(page)
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    assert plain.headers["etag"] != packed.headers["etag"]
    for reply, accepted in ((plain, "identity"), (packed, "gzip")):
        again = collector.ask("/", Accept_Encoding=accepted, If_None_Match=f'W/"x", W/{reply.headers["etag"]}')
        assert (again.status, again.body) == (304, b"")
        assert again.headers["vary"] == "Accept-Encoding"
    assert collector.ask("/", Accept_Encoding="gzip", If_None_Match=plain.headers["etag"]).status == 200
    head = collector.ask("/", method="HEAD", Accept_Encoding="gzip")
    assert (head.status, head.body, head.headers["content-encoding"]) == (200, b"", "gzip")
    for path in ("/small.css", "/photo.webp", "/huge.json"):
        reply = collector.ask(path, Accept_Encoding="gzip")
        assert "content-encoding" not in reply.headers, path
        assert "vary" not in reply.headers, path
        assert reply.body == (site / path[1:]).read_bytes()


def test_a_page_that_was_built_anew_is_packed_anew(serve: Serve, site: Path) -> None:
    collector = serve("--site", site)
    collector.ask("/", Accept_Encoding="gzip")

    (site / "index.html").write_text("<!doctype html><title>New</title>" + "<p>pot</p>" * 500, encoding="utf-8")
    os.utime(site / "index.html", (2_000_000_000, 2_000_000_000))

    assert b"New" in gzip.decompress(collector.ask("/", Accept_Encoding="gzip").body)


def test_questions_scripts_and_styles_are_packed(serve: Serve) -> None:
    collector = serve()
    for path in ("/q/till", "/q/question.css", "/ask.js?point=till", "/console/map.css", "/console/map"):
        plain, packed = collector.ask(path), collector.ask(path, Accept_Encoding="gzip")

        assert packed.headers["content-encoding"] == "gzip", path
        assert packed.headers["content-length"] == str(len(packed.body))
        assert "Accept-Encoding" in plain.headers["vary"]
        assert len(packed.body) < len(plain.body)
        if "map" in path or "css" in path:
            assert gzip.decompress(packed.body) == plain.body, path
        if "etag" in packed.headers:
            again = collector.ask(path, Accept_Encoding="gzip", If_None_Match=packed.headers["etag"])
            assert (again.status, again.body) == (304, b""), path


def test_pages_with_names_and_sign_in_are_never_packed(serve: Serve, otklik: Otklik) -> None:
    collector = serve()
    _signed_in(collector, otklik)
    for path in ("/console/sign-in", "/console/people", "/console/account", "/console/audit", "/console/nowhere"):
        reply = collector.ask(path, Accept_Encoding="gzip")
        assert "content-encoding" not in reply.headers, path


def _signed_in(collector: Collector, otklik: Otklik) -> None:
    environ = {"OTKLIK_DB": str(collector.db)}
    otklik("user", "add", "Anna", "--role", "admin", "--password-stdin", **environ)


def test_the_guard_of_a_form_is_written_differently_each_time_and_still_known() -> None:
    one, other = form_guard("a session"), form_guard("a session")

    assert one != other
    assert is_form_guard("a session", one)
    assert is_form_guard("a session", other)
    for wrong in ("", "zz", one[:-2], one + "00", "0" * len(one), form_guard("another session"), "ё"):
        assert not is_form_guard("a session", wrong), wrong


@pytest.mark.parametrize(
    "spoil",
    [
        lambda reply: setattr(reply, "status_code", 304),
        lambda reply: reply.headers.set("Content-Encoding", "br"),
        lambda reply: setattr(reply, "mimetype", "image/webp"),
        lambda reply: setattr(reply, "response", (part for part in [b"a" * 5000])),
        lambda reply: setattr(reply, "direct_passthrough", True),
    ],
)
def test_what_is_packed_flowing_or_empty_stays_as_it_is(spoil: Callable[[flask.Response], object]) -> None:
    app = flask.Flask("shop")
    with app.test_request_context("/", headers={"Accept-Encoding": "gzip"}):
        reply = flask.Response("word " * 1000)
        spoil(reply)
        before = dict(reply.headers)

        assert dict(PagePacker()(reply).headers) == before


def test_the_least_used_leaves_when_there_is_no_more_room() -> None:
    packed = Packed(most=120)
    contents = {name: os.urandom(30) for name in "abc"}
    for name in "ab":
        packed.put(name, contents[name])
    assert packed.get("a")

    packed.put("c", contents["c"])

    assert packed.get("b") is None
    assert [gzip.decompress(packed.get(name) or b"") for name in "ac"] == [contents["a"], contents["c"]]
