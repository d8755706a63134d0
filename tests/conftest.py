"""What many tests need: the demo's journey, a free-standing command line, and a collector on a real port."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from commands import Commands, Started
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

from otklik_collector.response import Response
from otklik_collector.store import Store, open_store
from otklik_widget.contract import make_uuid7
from otklik_widget.journey import Journey
from otklik_widget.journey_file import read_journey
from otklik_widget.words import speaking

# Some machines tell Python to keep no bytecode: it would compile us, and these tests, anew in each process.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# No example fails because the machine is busy, and one run tries what the next one tries: what it finds is due to the
# change. `build.py test --slow` searches at random.
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", settings.get_profile("search"), derandomize=True)
settings.load_profile("same")

TOP = Path(__file__).resolve().parent.parent
SMALL_JOURNEY = """
[company]
name = { ru = "Лавка", en = "Corner shop" }
languages = ["ru", "en"]
zone = "Europe/Moscow"
segments = ["guest", "host"]
[[place]]
key = "centre"
name = "Centre"
[[place]]
key = "omsk"
name = "Omsk"
zone = "Asia/Omsk"
[[stage]]
key = "buy"
name = { ru = "Покупает", en = "Buys" }
[[stage.touchpoint]]
key = "till"
name = { ru = "Касса", en = "Till" }
ask = ["smiley5", "ces7"]
reasons = ["waiting", "courtesy"]
passes = 1000
[[stage.touchpoint]]
key = "returns"
name = { ru = "Возврат", en = "Returns" }
ask = ["ces7"]
[[stage.touchpoint]]
key = "write"
name = { ru = "Напишите нам", en = "Write to us" }
ask = ["message"]
[[stage.touchpoint]]
key = "whole"
name = { ru = "Магазин в целом", en = "The whole shop" }
ask = ["nps"]
outcome = true
[reason.waiting]
ru = "Время ожидания"
en = "Waiting time"
[reason.courtesy]
ru = "Вежливость"
en = "Courtesy"
"""


@pytest.fixture
def small_journey(tmp_path: Path) -> Path:
    """A file with the journey of a corner shop."""
    file = tmp_path / "journey.toml"
    file.write_text(SMALL_JOURNEY, encoding="utf-8")
    return file


@pytest.fixture
def journey(small_journey: Path) -> Journey:
    return read_journey(small_journey)


@pytest.fixture(scope="session")
def empty_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as this version makes it: to copy it costs a tenth of going through its history again."""
    file = tmp_path_factory.mktemp("empty") / "otklik.db"
    open_store(file, create=True).close()
    return file


@pytest.fixture
def store(tmp_path: Path, journey: Journey, empty_db: Path) -> Iterator[Store]:
    """The database of the corner shop: that of a collector which runs already, or an empty one."""
    if not (tmp_path / "otklik.db").exists():
        shutil.copy(empty_db, tmp_path / "otklik.db")
    with open_store(tmp_path / "otklik.db") as found:
        found.series.use(journey)
        yield found


def response(number: int = 1, **changes: object) -> Response:
    """A response behind the door: a good one at the till, on 2 March 2026 at ten."""
    values: dict[str, object] = {
        "id": make_uuid7(1_772_400_000_000 + number, b"0123456789").bytes, "touchpoint": "till", "scale": "smiley5",
        "score": 3, "answered_at": 1_772_400_000_000, "received_at": 1_772_400_000_000, "day": 20260302, "hour": 10,
    }  # fmt: skip
    return Response(**{**values, **changes})  # type: ignore[arg-type]


@dataclass
class Ran:
    status: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


Otklik = Callable[..., Ran]


@pytest.fixture(scope="session")
def commands() -> Iterator[Commands]:
    found = Commands()
    yield found
    found.close()


@pytest.fixture
def otklik(tmp_path: Path, commands: Commands) -> Otklik:
    """Runs the command `otklik` as a newcomer would, in an empty folder; never a traceback."""

    def run(*words: object, cwd: Path = tmp_path, lang: str = "en", typed: str = "", **environ: str) -> Ran:
        started = commands.start(words, cwd, {**clean_environment(), "OTKLIK_LANG": lang, **environ}, typed)
        with ThreadPoolExecutor(1) as beside:
            said = beside.submit(started.stderr.read)
            out, err = started.stdout.read(), said.result()
        status = started.wait(120)
        started.close()
        assert "Traceback" not in err, err
        return Ran(status, out, err)

    return run


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("OTKLIK_")}


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Every test begins in English, whatever language the one before it spoke."""
    with speaking("en"):
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, talking to nobody but us; one for all tests of a process, since Playwright bears no second loop."""
    path = os.environ.get("OTKLIK_BROWSER") or shutil.which("chromium")
    assert path, "no browser: python3 build.py test finds or installs one; or set OTKLIK_BROWSER to a Chromium"
    still = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=still)
        yield found
        found.close()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


@dataclass
class Collector:
    """A running `otklik serve`."""

    process: Started
    url: str
    db: Path
    journey: Path
    ids: list[str] = field(default_factory=list)

    def ask(self, path: str, body: bytes | str | None = None, method: str | None = None, **headers: str) -> Reply:
        data = body.encode() if isinstance(body, str) else body
        request = urllib.request.Request(self.url + path, data=data, method=method)
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=20) as found:
                return Reply(found.status, _lower(found.headers), found.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return Reply(refused.code, _lower(refused.headers), refused.read())

    def post(self, response: Any, path: str = "/responses", origin: str | None = "own", **headers: str) -> Reply:
        if origin is not None:
            headers["Origin"] = self.url if origin == "own" else origin
        body = response if isinstance(response, bytes | str) else json.dumps(response)
        return self.ask(path, body, **headers)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


Serve = Callable[..., Collector]


@pytest.fixture
def serve(tmp_path: Path, small_journey: Path, commands: Commands, empty_db: Path) -> Iterator[Serve]:
    """Starts collectors; all are stopped at the end and must have stopped well."""
    started: list[Collector] = []

    def start(
        *words: object,
        db: Path | None = None,
        journey: Path | None = None,
        cwd: Path | None = None,
        port: int = 0,
        ready: bool = True,
    ) -> Collector:
        found_db, found_journey = db or tmp_path / "otklik.db", journey or small_journey
        if not db and not found_db.exists():
            shutil.copy(empty_db, found_db)
        serving = ["serve", "--port", port, "--db", found_db, "--journey", found_journey, *words]
        process = commands.start(serving, cwd or tmp_path, {**clean_environment(), "OTKLIK_LANG": "en"})
        line = process.stderr.readline()
        found = re.search(r"http://\S+:\d+", line)
        assert found, line + process.stderr.read()
        collector = Collector(process, found.group(), found_db, found_journey)
        started.append(collector)
        _wait_for(collector, (200,) if ready else (200, 503))
        return collector

    yield start
    for collector in started:
        if collector.process.poll() is None:
            collector.process.terminate()
            assert collector.process.wait(20) == 0
        collector.process.close()


def _wait_for(collector: Collector, statuses: tuple[int, ...]) -> None:
    def answers() -> bool:
        try:
            return collector.ask("/readyz").status in statuses
        except OSError:
            return False

    until(answers)


def until(there: Callable[[], Any], seconds: float = 60, *, what: str = "that") -> Any:
    """What the condition found as soon as it holds: however busy the machine is, nobody waits by the clock."""
    end = time.monotonic() + seconds
    while not (found := there()):
        assert time.monotonic() < end, f"it never came to {what}"
        time.sleep(0.05)
    return found


def answer(point: str = "till", scale: str = "smiley5", score: int | None = 3, **more: Any) -> dict[str, Any]:
    """A response as the widget sends it, with an id of its own."""
    found: dict[str, Any] = {"id": str(make_uuid7()), "point": point, "scale": scale, **more}
    return found if score is None else {**found, "score": score}
