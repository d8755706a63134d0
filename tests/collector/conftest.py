"""A console on a real port, with people in it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from jinja2 import FileSystemBytecodeCache
from letters import Office, free_port
from managers import Clock, Console
from werkzeug.serving import make_server

from otklik_collector.app import create_app
from otklik_collector.door import Door
from otklik_collector.proxies import Proxies
from otklik_collector.store import open_store
from otklik_widget.journey import Journey


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates that one test has compiled need not be compiled by the next."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def console(tmp_path: Path, journey: Journey, empty_db: Path, compiled: FileSystemBytecodeCache) -> Iterator[Console]:
    db = shutil.copy(empty_db, tmp_path / "console.db")
    clock = Clock()
    with open_store(db) as store:
        store.series.use(journey)
        door = Door(journey, frozenset(), store.keys.live, store.person_secret(), devices=store.devices.all)
        proxies = Proxies(("127.0.0.1",))
        app = create_app(journey, db, door, proxies, lambda response: store.responses.submit([response]), clock=clock)
        app.jinja_env.bytecode_cache = compiled
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield Console(f"http://127.0.0.1:{server.port}", db, clock)
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def shop(console: Console) -> Console:
    """A console with Anna, who governs the company, and Boris, who sees the shop in the centre."""
    console.let_in("Anna")
    console.let_in("Boris", "viewer", "centre")
    return console


@pytest.fixture
def office() -> Iterator[Office]:
    found = Office()
    found.port = free_port()
    controller = Controller(found, hostname="127.0.0.1", port=found.port)
    controller.start()
    yield found
    controller.stop()
