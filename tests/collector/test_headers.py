"""Every reply says how it may be used: all addresses there are, and all ways a request can be refused."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from conftest import Collector, Reply, Serve, answer
from managers import SECRET, hashed

from otklik_collector.app import create_app
from otklik_collector.door import Door
from otklik_collector.proxies import Proxies
from otklik_collector.store import Store, open_store
from otklik_widget.journey import Journey

STRANGE = (
    "/", "/ru", "/ru/", "/style.0123456789.css", "/none", "/console/none", "/q/none", "/.git/config",
    "/ru/../../otklik.db", "/%2e%2e/otklik.db", "//evil.example",
)  # fmt: skip
REFERRERS = ("strict-origin-when-cross-origin", "same-origin", "no-referrer")


@pytest.fixture
def collector(serve: Serve, tmp_path: Path) -> Collector:
    """It has a site beside it and somebody who may sign in."""
    (tmp_path / "public/ru").mkdir(parents=True)
    for name in ("index.html", "ru/index.html", "style.0123456789.css"):
        (tmp_path / "public" / name).write_text("<!doctype html><title>x</title>", encoding="utf-8")
    with open_store(tmp_path / "otklik.db", create=True) as store:
        store.people.add("Anna", hashed(SECRET), "admin", (), time.time())
    return serve()


def addresses(journey: Journey, store: Store) -> list[tuple[str, str]]:
    """Every method of every route, with words in the place of what varies."""
    door = Door(journey, frozenset(), store.keys.live, store.person_secret())
    app = create_app(journey, store.path, door, Proxies(), lambda _response: None)
    found = []
    for rule in app.url_map.iter_rules():
        path = re.sub(
            r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", lambda part: "till" if part[1] == "touchpoint" else "1", rule.rule
        )
        found += [(method, path) for method in sorted(rule.methods or ())]
    return found


def test_every_reply_is_guarded(collector: Collector, journey: Journey, store: Store) -> None:
    asked = addresses(journey, store)
    assert len(asked) > 40
    assert ("GET", "/console/people") in asked
    asked += [(method, path) for _method, path in asked for method in ("PUT", "DELETE", "TRACE", "PROPFIND")][::5]
    asked += [("GET", path) for path in STRANGE]
    asked += [(method, path) for method in ("POST", "PUT") for path in ("/", "/ru/", "/none", "/console/none")]
    replies = [(*one, collector.ask(one[1], b"" if one[0] == "POST" else None, one[0])) for one in asked]
    for method, path, reply in replies:
        assert_guarded(f"{method} {path}", reply, console=path.startswith("/console"))
    assert {reply.status for _method, _path, reply in replies} >= {200, 303, 308, 403, 404, 405}


def test_every_refusal_of_a_response_is_guarded(collector: Collector) -> None:
    replies = [
        collector.post(answer()), collector.post([answer()]), collector.post(b""), collector.post(b"{"),
        collector.post([]), collector.post({}), collector.post(answer(), origin=None),
        collector.post(answer(), origin="https://evil.example"),
        collector.post(b"x" * 70_000), collector.post(answer(comment="x" * 9_000)), collector.ask("/responses"),
        collector.ask("/responses", method="OPTIONS"), collector.ask("/responses", b"{}", Content_Encoding="gzip"),
        collector.post({"point": "till", "scale": "smiley5"}, "/shown"), collector.post(b"{", "/shown"),
    ]  # fmt: skip
    assert {reply.status for reply in replies} == {201, 204, 400, 403, 405, 413, 415, 422}
    for number, reply in enumerate(replies):
        assert reply.headers["x-content-type-options"] == "nosniff", number
        assert reply.headers["access-control-allow-origin"] == "*", number
        assert "access-control-allow-credentials" not in reply.headers
        assert "set-cookie" not in reply.headers


def assert_guarded(asked: str, reply: Reply, *, console: bool) -> None:
    headers = reply.headers
    assert reply.status < 500, asked
    assert headers["x-content-type-options"] == "nosniff", asked
    if not asked.endswith((" /responses", " /shown")):
        assert headers["referrer-policy"] in REFERRERS, asked
    assert headers.get("server") == "granian", "no version of anything is told"
    assert "x-powered-by" not in headers, asked
    ours = console or "/q/" in asked or asked.split(" ")[1] in ("/healthz", "/readyz")
    if ours and headers.get("content-type", "").startswith("text/html"):
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy, asked
        assert "unsafe" not in policy, asked
        assert "base-uri 'none'" in policy, asked
        assert "form-action 'self'" in policy, asked
    if console:
        assert "frame-ancestors 'none'" in headers["content-security-policy"], asked
        assert headers["x-frame-options"] == "DENY", asked
        assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin", asked
        assert headers["cache-control"] in ("no-store", "public, max-age=300"), asked
    else:
        assert "set-cookie" not in headers, asked
