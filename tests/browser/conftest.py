"""A real browser and the demo company: its site, built by the command, and a year of samples."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import TOP, clean_environment
from playwright.sync_api import Browser, sync_playwright

STILL = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium with nothing but itself to talk to; the tests that need one say so when there is none."""
    path = os.environ.get("OTKLIK_BROWSER") or shutil.which("chromium")
    if not path:
        pytest.skip("no browser: set OTKLIK_BROWSER to a Chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=STILL)
        yield found
        found.close()


@pytest.fixture(scope="session")
def demo_journey() -> Path:
    return Path(TOP, "content/journey.toml")


@pytest.fixture(scope="session")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo company's site as `otklik build` writes it."""
    folder = tmp_path_factory.mktemp("site") / "public"
    _command("build", "--content", TOP / "content", "--out", folder)
    return folder


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demo company's year of samples, as `otklik demo` leaves it."""
    folder = tmp_path_factory.mktemp("year")
    _command("demo", "--once", folder)
    return folder / "otklik.db"


def _command(*words: object) -> None:
    command = [sys.executable, "-m", "otklik_widget.cli", *map(str, words)]
    subprocess.run(command, env=clean_environment(), check=True, capture_output=True, timeout=120)
