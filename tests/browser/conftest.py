"""A real browser and the demo company: its site, built by the command, and a year of samples."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import TOP, clean_environment


@pytest.fixture(scope="session")
def demo_journey() -> Path:
    return Path(TOP, "content/journey.toml")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo company's site and its year of samples, as `otklik demo` leaves it."""
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "otklik_widget.cli", "demo", "--once", str(folder)]
    subprocess.run(command, env=clean_environment(), check=True, capture_output=True, timeout=120)
    return folder


@pytest.fixture(scope="session")
def public(demo: Path) -> Path:
    """The demo company's site, as `otklik build` writes it."""
    return demo / "public"


@pytest.fixture(scope="session")
def year(demo: Path) -> Path:
    """The database with the demo company's year."""
    return demo / "otklik.db"
