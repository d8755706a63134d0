"""What a newcomer does first: build.py in a bare checkout, and the wheel alone in an empty folder."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path

import pytest
from conftest import TOP, clean_environment


def run(*command: object, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env={**clean_environment(), **environ},
        capture_output=True,
        encoding="utf-8",
        timeout=540,
        check=False,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, made of a copy of what git has, so that nothing generated earlier slips in."""
    source = tmp_path_factory.mktemp("source")
    files = run("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=TOP).stdout.splitlines()
    for name in files:
        if (TOP / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(TOP / name, source / name)
    made = run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", source / "dist", source, cwd=source)
    if "No module named pip" in made.stderr:
        made = run("uv", "build", "--quiet", "--wheel", "-o", source / "dist", source, cwd=source)
    assert made.returncode == 0, made.stderr
    return next((source / "dist").glob("*.whl"))


def test_the_wheel_alone_makes_builds_and_serves_a_company(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "environment"
    uv = shutil.which("uv")
    if uv:
        made = run(uv, "venv", "--quiet", "--python", sys.executable, home, cwd=tmp_path)
        assert made.returncode == 0, made.stderr
        installed = run(uv, "pip", "install", "--quiet", "--python", home / "bin/python", wheel, cwd=tmp_path)
    else:
        run(sys.executable, "-m", "venv", home, cwd=tmp_path)
        installed = run(home / "bin/python", "-m", "pip", "install", "--quiet", wheel, cwd=tmp_path)
    assert installed.returncode == 0, installed.stderr
    otklik = home / "bin/otklik"
    empty = tmp_path / "empty"
    empty.mkdir()

    assert run(otklik, "new", "shop", cwd=empty).returncode == 0
    shop = empty / "shop"
    built = run(otklik, "build", cwd=shop)
    assert built.returncode == 0, built.stderr
    process = subprocess.Popen(
        [otklik, "serve", "--port", "0"], cwd=shop, env=clean_environment(), stderr=subprocess.PIPE, encoding="utf-8"
    )
    try:
        assert process.stderr
        url = re.search(r"http://[\w.]+:\d+", process.stderr.readline())
        assert url
        for path in ("/", "/ru/", "/en/", "/ask.js", "/console/map"):
            assert _get(url.group() + path), path
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        if process.stderr:
            process.stderr.close()

    once = run(otklik, "demo", "--once", "demo", "--today", "2026-03-02", cwd=empty)
    assert once.returncode == 0, once.stderr
    assert {"public", "otklik.db", "map.json", "map.html"} <= {file.name for file in (empty / "demo").iterdir()}


def _get(url: str) -> bytes:
    for _attempt in range(60):
        try:
            with urllib.request.urlopen(url, timeout=10) as found:
                body: bytes = found.read()
                return body
        except OSError:
            time.sleep(0.1)
    raise AssertionError(url)


def test_the_wheel_holds_three_packages_and_all_they_need(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    tops = {name.split("/")[0] for name in names if not name.split("/")[0].endswith(".dist-info")}
    assert tops == {"otklik_site", "otklik_widget", "otklik_collector"}
    for needed in (
        "otklik_widget/built/ask.js",
        "otklik_widget/demo/journey.toml",
        "otklik_widget/demo/samples.toml",
        "otklik_widget/texts/ru.json",
        "otklik_widget/locale/ru/LC_MESSAGES/otklik.mo",
        "otklik_site/locale/ru/LC_MESSAGES/otklik.mo",
        "otklik_collector/locale/ru/LC_MESSAGES/otklik.mo",
        "otklik_collector/templates/question.html",
        "otklik_collector/map/static/map.css",
    ):
        assert needed in names


def test_build_py_without_words_builds_the_site(tmp_path: Path) -> None:
    done = run(
        sys.executable, TOP / "build.py", "--content", TOP / "content", "--out", tmp_path / "public", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "public/ru/index.html").is_file()


@pytest.mark.parametrize(("words", "status"), [(["--help"], 0), (["bild"], 2)])
def test_build_py_explains_itself(words: list[str], status: int, tmp_path: Path) -> None:
    done = run(sys.executable, TOP / "build.py", *words, cwd=tmp_path)
    assert done.returncode == status
    assert "demo" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_the_same_demo_comes_out_of_the_same_day(tmp_path: Path) -> None:
    maps = []
    for folder in ("one", "two"):
        done = run(
            sys.executable, "-m", "otklik_widget.cli", "demo", "--once", tmp_path / folder, "--today", "2026-11-21",
            cwd=tmp_path,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        maps.append((tmp_path / folder / "map.json").read_bytes())
    assert maps[0] == maps[1]
    verified = run(sys.executable, "-m", "otklik_widget.cli", "verify", "--db", "one/otklik.db", cwd=tmp_path)
    assert verified.returncode == 0, verified.stderr


def test_a_demo_never_takes_the_place_of_somebodys_responses(tmp_path: Path) -> None:
    import conftest

    from otklik_collector.store import open_store

    (tmp_path / "journey.toml").write_text(conftest.SMALL_JOURNEY, encoding="utf-8")
    (tmp_path / "t.csv").write_text("day,score\n2026-01-05,3\n", encoding="utf-8")
    rules = '[row]\nanswered_at = { column = "day" }\n'
    rules += '[[response]]\ncolumn = "score"\ntouchpoint = "till"\nscale = "smiley5"\n'
    (tmp_path / "m.toml").write_text(rules, encoding="utf-8")
    otklik = [sys.executable, "-m", "otklik_widget.cli"]
    assert (
        run(*otklik, "import", "t.csv", "--mapping", "m.toml", "--journey", "journey.toml", cwd=tmp_path).returncode
        == 0
    )

    done = run(*otklik, "demo", "--once", tmp_path, cwd=tmp_path)

    assert done.returncode == 1
    assert "otklik.db" in done.stderr
    with open_store(tmp_path / "otklik.db") as store:
        assert store.recount.responses() == 1


def test_ci_runs_nothing_that_hides_a_missing_step() -> None:
    script = (TOP / ".ci/run").read_text(encoding="utf-8")
    assert "python3 build.py test" in script
    assert os.access(TOP / ".ci/run", os.X_OK)
    assert not re.search(r"apt|pip install|\|\| true", script)
