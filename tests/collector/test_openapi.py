"""The OpenAPI document tells the truth: every public address is in it, and every example in it works."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jsonschema
import pytest
from conftest import TOP, Collector, Reply, Serve, answer

from otklik_collector.api.openapi import description
from otklik_collector.app import create_app
from otklik_collector.door import Door
from otklik_collector.invitations import Invitation
from otklik_collector.proxies import Proxies
from otklik_collector.store import open_store
from otklik_collector.store.pairing import hash_of_code
from otklik_collector.store.subscriptions import Subscription
from otklik_collector.store.tokens import SCOPES
from otklik_collector.store.unguessable import hash_of
from otklik_widget import assets
from otklik_widget.contract import CHANNELS, FIELDS
from otklik_widget.journey import Journey
from otklik_widget.scales import SCALES

METHODS = ("get", "post", "options")


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in description()["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, {**item[method], "parameters": [
                    resolved(one) for one in (*item.get("parameters", ()), *item[method].get("parameters", ()))
                ]}  # fmt: skip


def resolved(found: Any) -> Any:
    while isinstance(found, dict) and "$ref" in found:
        whole: Any = description()
        for name in found["$ref"].removeprefix("#/").split("/"):
            whole = whole[name]
        found = whole
    return found


def check(value: Any, schema: dict[str, Any]) -> None:
    whole = {**schema, "components": description()["components"]}
    jsonschema.validate(value, whole, format_checker=jsonschema.FormatChecker())


def test_every_public_address_is_in_it(journey: Journey, tmp_path: Path) -> None:
    """Whoever adds an address tells of it in api/openapi.yaml; only the console, for people alone, is left out."""
    app = create_app(journey, tmp_path / "x.db", Door(journey, frozenset(), dict, b""), Proxies(), lambda _one: None)
    there = {
        re.sub(r"<(?:[^:>]*:)?(\w+)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if not rule.rule.startswith("/console") and rule.endpoint != "api.nothing"
    }
    # These are answered before Flask sees them.
    there |= {"/responses", "/shown", "/healthz", "/readyz"}
    assert {path for path, _method, _operation in operations()} == there


def test_it_lists_what_the_code_knows() -> None:
    schemas = description()["components"]["schemas"]
    assert schemas["Scale"]["enum"] == list(SCALES)
    assert schemas["Channel"]["enum"] == list(CHANNELS)
    assert set(schemas["NewResponse"]["properties"]) == set(FIELDS)
    needed = {re.search(r"needs the scope (\S+?)\.?$", one["summary"]) for _p, _m, one in operations()}
    assert {found[1] for found in needed if found} | {"read:contacts"} == set(SCOPES)


def test_every_operation_has_a_name_of_its_own_and_tells_its_refusals() -> None:
    names = [one["operationId"] for _path, _method, one in operations()]
    assert len(names) == len(set(names))
    for path, _method, one in operations():
        if "security" in one:
            assert {"200", "400", "401", "403", "429", "503"} <= set(one["responses"]), path


def example(path: str, name: str) -> str:
    (found,) = (one["example"] for one in description()["paths"][path]["parameters"] if one.get("name") == name)
    return str(found)


@pytest.fixture
def demo(serve: Serve, tmp_path: Path) -> Collector:
    """A collector of the demo company: a token that may read all, a customer who waits, a person who gets letters."""
    collector = serve("--content", TOP / "content", journey=TOP / "content/journey.toml")
    collector.post(answer("letters", "message", None, comment="Nobody called back"))
    with open_store(tmp_path / "otklik.db") as store:
        now, token = time.time(), example("/c/{token}", "token")
        store.db.conn.execute("UPDATE complaint_case SET token = ?", (token,))
        anna = store.people.add("Anna", "", "admin", (), now)
        store.subscriptions.put(Subscription(anna.id, "anna@shop.example", "en"), now, anna.name)
        store.db.conn.execute("UPDATE subscription SET token = ?", (example("/mail/{kind}/{token}", "token"),))
        store.handed.make_link(anna, "The week", "", "en", int((now + 60) * 1000), now)
        store.db.conn.execute("UPDATE read_link SET hash = ?", (hash_of(example("/v/{token}", "token")),))
        store.devices.add("exit-1", "By the lift", "sadovaya", ("checkout",), anna.name)
        store.devices.add("exit-2", "By the door", "sadovaya", ("checkout",), anna.name)
        store.db.conn.execute("UPDATE device SET key_hash = ? WHERE device = 'exit-1'", (hash_of("kiosk-of-the-exit"),))
        store.pairing.make(["exit-2"], anna.name, now)
        store.db.conn.execute("UPDATE device_code SET hash = ?", (hash_of_code("ABCD-EFGH"),))
        store.db.conn.execute("UPDATE secret SET value = zeroblob(32) WHERE name = 'invitation'")
        invited = Invitation(touchpoint="checkout", scale="smiley5", expires_at=2**52)
        store.invitations.tokens([invited], short=True, who=anna.name, now=now)
        store.db.conn.execute("UPDATE invitation SET hash = ?", (hash_of(example("/i/{token}", "token")),))
        collector.ids = [store.tokens.add("all", SCOPES, (), None, time.time())]
    return collector


def call(demo: Collector, path: str, method: str, operation: dict[str, Any], body: Any = None) -> Reply:
    values = {one["name"]: one["example"] for one in operation["parameters"] if "example" in one}
    where = {one["name"]: one["in"] for one in operation["parameters"]}
    asked = {name: value for name, value in values.items() if where[name] == "query"}
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", str(value).replace("KIOSK_APP", assets.kiosk_app()))
    headers = {name: str(value) for name, value in values.items() if where[name] == "header"}
    if "Origin" in headers:
        headers["Origin"] = demo.url
    if "security" in operation:
        headers["Authorization"] = f"Bearer {demo.ids[0]}"
    data = body
    if body is not None and "application/x-www-form-urlencoded" in operation["requestBody"]["content"]:
        data = urlencode(body)
    elif body is not None:
        data = json.dumps(body)
        headers["Content-Type"] = "application/json"
    return demo.ask(f"{path}?{urlencode(asked)}" if asked else path, data, method.upper(), **headers)


def test_every_example_is_valid_and_works(demo: Collector) -> None:
    called = 0
    for path, method, operation in operations():
        bodies: list[Any] = [None]
        if "requestBody" in operation:
            (content,) = operation["requestBody"]["content"].values()
            bodies = [example["value"] for example in content["examples"].values()]
            for body in bodies:
                check(body, content["schema"])
        for body in bodies:
            reply = call(demo, path, method, operation, body)
            told = f"{method} {path}: {reply.status} {reply.body[:200]!r}"
            assert str(reply.status) in operation["responses"], told
            assert reply.status < 400, told
            content = resolved(operation["responses"][str(reply.status)]).get("content", {})
            kind = reply.headers.get("content-type", "").partition(";")[0]
            assert (kind in content) if content else not reply.body, told
            if kind == "application/json":
                check(reply.json(), content[kind]["schema"])
            called += 1
    assert called >= len(list(operations()))


def test_the_examples_of_replies_are_valid() -> None:
    seen = 0
    for _path, _method, operation in operations():
        for reply in operation["responses"].values():
            for content in resolved(reply).get("content", {}).values():
                for example in content.get("examples", {}).values():
                    check(example["value"], content["schema"])
                    seen += 1
    assert seen


def test_refusals_are_as_the_document_says(demo: Collector) -> None:
    problem = description()["components"]["schemas"]["Problem"]
    for path, method, operation in operations():
        if "security" not in operation:
            continue
        address = path.replace("{form}", "csv")
        for query, status in (("?nonsense=1", 400), ("", 401)):
            token = {"Authorization": f"Bearer {demo.ids[0]}"} if status == 400 else {}
            reply = demo.ask(address + query, None, method.upper(), **token)
            assert reply.status == status, path
            check(reply.json(), problem)


def test_anybody_may_read_it(demo: Collector) -> None:
    reply = demo.ask("/api/v1/openapi.json")
    assert reply.status == 200
    assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.json()["openapi"] == "3.1.0"
    assert reply.json()["paths"].keys() == description()["paths"].keys()
