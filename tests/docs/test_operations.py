"""What the manual tells operators to install is right, and the same in both languages."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import TOP

from otklik_widget.settings import find_settings


def blocks(lang: str) -> list[str]:
    return re.findall(
        r"```(?:toml)?\n(.*?)```", (TOP / "docs" / lang / "operations.md").read_text(encoding="utf-8"), re.S
    )


def test_recipes_are_the_same_in_both_languages() -> None:
    assert blocks("en") == blocks("ru")


def test_the_settings_of_the_service_are_settings(tmp_path: Path) -> None:
    (written,) = (block for block in blocks("en") if block.startswith("# otklik.toml"))
    (tmp_path / "otklik.toml").write_text(written, encoding="utf-8")

    found = find_settings(tmp_path, {})

    assert not found.faults
    assert found.settings.log == "json"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not on this machine")
def test_systemd_takes_the_units_and_finds_the_service_well_shut(tmp_path: Path) -> None:
    names = ("otklik.service", "otklik-backup.service", "otklik-backup.timer")
    units = [block for block in blocks("en") if block.startswith("[Unit]")]
    assert len(units) == len(names)
    for name, unit in zip(names, units, strict=True):
        (tmp_path / name).write_text(
            unit.replace("/opt/otklik/bin/otklik", shutil.which("true") or ""), encoding="utf-8"
        )

    verified = _analyze("verify", *(tmp_path / name for name in names))
    secure = _analyze("security", "--offline=true", "--threshold=20", tmp_path / names[0])

    assert (verified.returncode, verified.stderr) == (0, "")
    assert secure.returncode == 0, secure.stdout + secure.stderr


def _analyze(*words: object) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", "--no-pager", *map(str, words)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False)
