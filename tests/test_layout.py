"""The house keeps its walls: who may import whom, and what stands at the top."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
PACKAGES = {
    "otklik_site": TOP / "site/otklik_site",
    "otklik_widget": TOP / "widget/otklik_widget",
    "otklik_collector": TOP / "collector/otklik_collector",
}
MAY_IMPORT = {
    "otklik_site": {"otklik_site", "otklik_widget"},
    "otklik_widget": {"otklik_widget"},
    "otklik_collector": {"otklik_collector", "otklik_widget"},
}
# Runs while a wheel is made, never when Otklik runs.
BUILD_TIME = TOP / "widget/otklik_widget/generate.py"


def imports(file: Path) -> set[str]:
    """The top-level names a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("package", PACKAGES)
def test_site_and_collector_never_meet(package: str) -> None:
    for file in PACKAGES[package].rglob("*.py"):
        ours = {name for name in imports(file) if name.startswith("otklik_")}
        assert ours <= MAY_IMPORT[package], file


def test_the_widget_needs_only_the_standard_library() -> None:
    for file in PACKAGES["otklik_widget"].rglob("*.py"):
        if file != BUILD_TIME:
            strangers = {name for name in imports(file) if name not in sys.stdlib_module_names}
            assert strangers <= {"otklik_widget"}, file


def test_the_top_folders_are_no_packages() -> None:
    for folder in ("site", "widget", "collector", "content"):
        assert not (TOP / folder / "__init__.py").exists()
