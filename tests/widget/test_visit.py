"""Why does my question not show? Pages of a real server, a real collector, and one mistake each."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest
from benchmarks.faults import Shop
from conftest import Otklik, clean_environment

from otklik_widget import assets
from otklik_widget.visit import policy
from otklik_widget.visit.embeds import read
from otklik_widget.visit.judging import Visit, visit

KEYED = "&key=KEY"


class Pages(ThreadingHTTPServer):
    """Somebody's site: what it serves by path, with headers of its own, and where its collector is."""

    daemon_threads = True
    found: dict[str, tuple[int, str, dict[str, str]]]
    collector: str
    key: str

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def look(self, body: str, **headers: str) -> Visit:
        """What is found on a page; ASK stands for the collector's address and KEY for a good key."""
        self.put("/page", body, **headers)
        return visit(self.origin + "/page")

    def put(self, path: str, body: str, status: int = 200, **headers: str) -> None:
        body = body.replace("ASK", self.collector).replace("KEY", self.key)
        self.found[path] = (status, body, {name.replace("_", "-"): value for name, value in headers.items()})


class Page(BaseHTTPRequestHandler):
    server: Pages

    def do_GET(self) -> None:
        status, body, headers = self.server.found.get(self.path, (404, "", {}))
        self.send_response(status)
        for name, value in ({"Content-Type": "text/html"} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *words: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    folder = tmp_path_factory.mktemp("visit")
    server = Pages(("127.0.0.1", 0), Page)
    shop = Shop(folder)
    shop.start()
    made = subprocess.run(
        [sys.executable, "-m", "otklik_widget.cli", "key", "add", "partner", "--origin", server.origin, "--rate", "0"],
        cwd=folder, env=clean_environment(), capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    server.found, server.collector = {}, f"http://127.0.0.1:{shop.port}"
    server.key = made.stdout.split()[-1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
    assert shop.found().stored == 0, "looking stores nothing"
    shop.stop()


def script(query: str = "point=till", more: str = "") -> str:
    return f'<script async src="ASK/ask.js?{query}{KEYED}" {more}></script>'


def codes(found: Visit) -> set[str]:
    return {reason.code for reason in found.reasons}


def serious(found: Visit) -> set[str]:
    return {reason.code for reason in found.reasons if reason.serious}


@pytest.mark.parametrize(
    "body",
    [
        script(),
        script("point=till&kind=nps"),
        '<otklik-ask point="till" scale="nps" key="KEY"></otklik-ask><script src="ASK/ask.js"></script>',
        '<base href="ASK/"><script src="ask.js?point=till&amp;key=KEY"></script>',
        f"<script>(function(d){{var s=d.createElement('script');s.src='ASK/ask.js?point=till{KEYED}'}})()</script>",
    ],
)
def test_a_page_whose_question_shows_is_told_so(pages: Pages, body: str) -> None:
    found = pages.look(f"<!doctype html><title>Shop</title>{body}")

    assert found.reasons == []
    assert found.shows
    assert [question.point for question in found.questions] == ["till"]


SELF = "default-src 'self'"
ASKED = '<otklik-ask point="till" {}></otklik-ask><script src="ASK/ask.js?key=KEY"></script>'


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<p>Nothing here</p>", "no-embed"),
        ("<script>(function(w,d,s,l,i){})(window,document,'script','dataLayer','GTM-AB12CD')</script>", "tag-manager"),
        (f"<!-- {script()} -->", "commented-out"),
        (f"<template>{script()}</template>", "inert"),
        ('<otklik-ask point="till"></otklik-ask>', "no-script"),
        (script(more='type="module"'), "module"),
        (script(more='type="text/plain"'), "script-type"),
        ('<script src="ASK/ask.js" data-point="till"></script>', "data-attributes"),
        ('<script src="http://127.0.0.1:9/ask.js?point=till"></script>', "script-unreachable"),
        ('<script src="/old/ask.js?point=till"></script>', "script-status"),
        ('<script src="/page/ask.js?point=till"></script>', "script-mime"),
        ('<script src="/other/ask.js?point=till"></script>', "not-the-widget"),
        ('<script src="ASK/ask.js?point=tlil&key=KEY"></script>', "unknown-point"),
        (script("point=till&scale=npss"), "unknown-scale"),
        ('<script src="ASK/ask.js?point=till"></script>', "key-missing"),
        ('<script src="ASK/ask.js?point=till&key=nobody"></script>', "key-refused"),
        (script("point=till&place=moon"), "unknown-place"),
        (script(more='integrity="sha256-AAAA" crossorigin'), "integrity"),
        (ASKED.format('scale="npss"'), "unknown-scale"),
        (ASKED.format("reasons=\"{'waiting': 'Waiting'}\""), "bad-reasons"),
        (ASKED.format('contact="yes"'), "bad-contact"),
        (ASKED.format('collector="http://127.0.0.1:9"'), "collector-down"),
        (ASKED.format('collector="ask.example.com"'), "bad-collector"),
        (ASKED.replace('point="till"', 'data-point="till"'), "no-point"),
        (script("point=till&url=/cart"), "url"),
        (script("point=till&url=["), "bad-url"),
        (script("point=till&share=2"), "bad-share"),
    ],
)
def test_each_mistake_is_named(pages: Pages, body: str, code: str) -> None:
    pages.put("/page/ask.js?point=till", "<p>Welcome</p>")
    pages.put("/other/ask.js?point=till", "alert(1)", Content_Type="text/javascript")
    found = pages.look(f"<!doctype html><title>Shop</title>{body}")

    assert code in serious(found), codes(found)
    assert not found.shows


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ("script-src 'self'", "script-policy"),
        ("default-src 'none'; script-src ASK", "connect-policy"),
        ("script-src 'strict-dynamic' 'nonce-abc'", "script-policy"),
        ("sandbox allow-forms", "sandbox"),
        ("sandbox allow-scripts", "sandbox"),
        ("script-src ASK; connect-src ASK; form-action 'self'", "form-policy"),
    ],
)
def test_a_policy_that_forbids_something_is_named_with_what_to_add(pages: Pages, rules: str, code: str) -> None:
    found = pages.look(script(), Content_Security_Policy=rules.replace("ASK", pages.collector))

    assert codes(found) == {code}
    assert found.shows == (code == "form-policy")


def test_a_policy_that_allows_the_collector_is_fine(pages: Pages) -> None:
    rules = f"default-src 'none'; script-src {pages.collector}; connect-src {pages.collector}"

    assert pages.look(script(), Content_Security_Policy=rules).reasons == []
    meta = f'<meta http-equiv="Content-Security-Policy" content="{SELF}">'
    assert codes(pages.look(meta + script())) == {"script-policy", "connect-policy"}


@pytest.mark.parametrize(
    ("query", "code"),
    [("share=0.25", "share"), ("when=scroll 2", "when"), ("view=corner", "again")],
)
def test_what_hides_a_card_from_some_is_only_noted(pages: Pages, query: str, code: str) -> None:
    found = pages.look(script(f"point=till&{query}"))

    assert code in codes(found)
    assert found.shows


def test_the_right_integrity_is_fine_and_a_changing_script_is_warned_of(pages: Pages) -> None:
    digest = base64.b64encode(hashlib.sha384(assets.script().encode()).digest()).decode()
    element = '<otklik-ask point="till" key="KEY"></otklik-ask>'
    tag = f'<script src="ASK/{assets.script_name()}" integrity="sha384-{digest}" {{}}></script>'

    assert pages.look(element + tag.format("crossorigin")).reasons == []
    assert serious(pages.look(element + tag.format(""))) == {"integrity-crossorigin"}
    changing = tag.replace(assets.script_name(), "ask.js").format("crossorigin")
    assert codes(pages.look(element + changing)) == {"integrity-later"}


def test_names_that_blockers_hide_are_noted(pages: Pages) -> None:
    pages.put("/metrics/ask.js", "otklik-ask", Content_Type="text/javascript")
    found = pages.look('<otklik-ask point="till" collector="ASK" key="KEY"></otklik-ask><script src="/metrics/ask.js">')

    assert codes(found) == {"hidden-name"}


def test_something_that_is_no_collector_is_told_from_one_that_is_down(pages: Pages) -> None:
    pages.put("/responses", "<title>Shop</title>", status=404)
    element = '<otklik-ask point="till" collector="/"></otklik-ask>'.replace('"/"', f'"{pages.origin}"')

    assert serious(pages.look(element + '<script src="ASK/ask.js"></script>')) == {"not-the-collector"}
    pages.put("/responses", "", status=502)
    assert serious(pages.look(element + '<script src="ASK/ask.js"></script>')) == {"collector-down"}


@pytest.mark.parametrize(("status", "code"), [(404, "page-status"), (500, "page-status")])
def test_a_page_that_is_not_there_is_told_first(pages: Pages, status: int, code: str) -> None:
    pages.put("/gone", "", status=status)

    assert serious(visit(pages.origin + "/gone")) == {code}
    assert serious(visit("http://127.0.0.1:9/")) == {"page-unreachable"}
    assert "nothing listens there" in str(visit("http://127.0.0.1:9/").reasons)
    assert "no host of this name" in str(visit("http://nobody.invalid/").reasons)


def test_redirects_are_followed_but_not_for_ever_and_not_anywhere(pages: Pages) -> None:
    pages.put("/round", "", status=302, Location="/round")
    pages.put("/file", "", status=302, Location="file:///etc/passwd")
    pages.put("/moved", "", status=301, Location="/page")
    pages.look(script())

    assert visit(pages.origin + "/moved").shows
    for path in ("/round", "/file"):
        assert serious(visit(pages.origin + path)) == {"page-unreachable"}


def test_a_flood_is_cut_off(pages: Pages) -> None:
    assert serious(pages.look("x" * (5 << 20))) == {"page-unreachable"}


def test_the_command_says_why_and_its_status_too(pages: Pages, otklik: Otklik) -> None:
    pages.look(script("point=till&share=0.5"))
    good = otklik("check", pages.origin + "/page#otklik")
    assert (good.status, good.err) == (0, "")
    assert "question: till" in good.out
    assert "note: only 0.5 of all page views are asked" in good.out

    pages.look('<script src="ASK/ask.js?point=till"></script>')
    bad = otklik("check", pages.origin + "/page", "--json")
    assert bad.status == 1
    told = bad.json()
    assert (told["shows"], told["questions"]) == (
        False, [{"point": "till", "scale": None, "how": "script", "card": False}],
    )  # fmt: skip
    assert [reason["code"] for reason in told["reasons"]] == ["key-missing"]
    russian = otklik("check", pages.origin + "/page", lang="ru")
    assert "ошибка: этому сайту нужен ключ" in russian.out

    assert otklik("check", "shop.example").status == 2


@pytest.mark.parametrize(
    ("source", "address", "allowed"),
    [
        ("*", "https://ask.example.com/ask.js", True),
        ("https:", "https://ask.example.com/ask.js", True),
        ("https:", "http://ask.example.com/ask.js", False),
        ("ask.example.com", "https://ask.example.com/ask.js", True),
        ("ask.example.com", "http://ask.example.com/ask.js", False),
        ("*.example.com", "https://ask.example.com/ask.js", True),
        ("*.example.com", "https://example.com/ask.js", False),
        ("https://ask.example.com:8443", "https://ask.example.com/ask.js", False),
        ("https://ask.example.com:*", "https://ask.example.com:8443/ask.js", True),
        ("https://ask.example.com/ask.js", "https://ask.example.com/ask.js?point=till", True),
        ("https://ask.example.com/js/", "https://ask.example.com/ask.js", False),
        ("'self'", "https://shop.example/ask.js", True),
        ("'self'", "https://ask.example.com/ask.js", False),
        ("'none'", "https://shop.example/ask.js", False),
        ("", "https://shop.example/ask.js", False),
    ],
)
def test_a_source_of_a_policy_allows_what_it_allows_in_browsers(source: str, address: str, allowed: bool) -> None:
    found = policy.refusal(policy.parsed(f"script-src {source}"), policy.SCRIPT, address, "https://shop.example/")

    assert (found is None) == allowed


def test_a_script_is_found_wherever_a_page_hides_it() -> None:
    page = read(
        "<script src='//cdn.example/ask.0123456789.js' async></script>\n<noscript><script src=/ask.js></script>"
        "</noscript><script>load(\"https://ask.example/ask.js?point=till\")</script><script src='/task.js'></script>",
        "https://shop.example/a/b",
    )

    assert [(tag.attributes["src"], tag.line, tag.inside) for tag in page.scripts] == [
        ("https://cdn.example/ask.0123456789.js", 1, ""),
        ("https://shop.example/ask.js", 2, "noscript"),
    ]
    assert page.written == ["https://ask.example/ask.js?point=till"]
    assert json.dumps(page.managers) == "[]"
    assert Path(page.page).name == "b"


@pytest.mark.parametrize(
    "body",
    [
        '<script src="http://[x/ask.js"></script>',
        '<base href="http://[x"><script src="ask.js"></script>',
        '<script>load("http://[x/ask.js")</script>',
        '<script src="/away/ask.js"></script>',
        '<script src="/warns/ask.js?point=till"></script>',
        *(
            f'<script src="ASK/ask.js"></script><otklik-ask point="till" collector="/{n}/"></otklik-ask>'
            for n in range(3)
        ),
    ],
)
def test_a_hostile_page_is_judged_without_breaking(pages: Pages, body: str) -> None:
    pages.put("/away/ask.js", "", 302, Location="http://[x")
    pages.put("/warns/ask.js?point=till", 'console.warn("\\q") // otklik', Content_Type="text/javascript")
    for number, errors in enumerate(("null", "[1]", '{"a": 1}')):
        pages.put(f"/{number}/responses", f'{{"code": "x", "errors": {errors}}}', 422)
    assert not pages.look(body.replace('collector="', f'collector="{pages.origin}')).shows


def test_a_page_that_is_made_to_be_read_for_ever_is_read_at_once(pages: Pages) -> None:
    started = time.monotonic()
    found = pages.look(f"{script()}<!-- {'<!--' * 200_000}")
    assert found.shows
    assert time.monotonic() - started < 10  # it took hours


def test_a_pattern_that_is_made_to_be_tried_for_ever_is_given_up(pages: Pages) -> None:
    query = "point=till&when=time+1&url=" + quote("(.|.)*(.|.)*(.|.)*!")
    assert "endless-url" in serious(pages.look(script(query)))


def test_a_page_cannot_write_a_line_of_the_report(pages: Pages, otklik: Otklik) -> None:
    pages.put("/page", f'{script("")}<otklik-ask point="till&#10;  It shows" scale="x&#10;  It shows"></otklik-ask>')
    said = otklik("check", f"{pages.origin}/page").out
    assert not [line for line in said.splitlines() if line.strip().startswith("It shows")]
