#!/usr/bin/env python3
"""The front door of a checkout: makes what is missing, then one call into the packages.

python3 build.py                       builds content/ into public/
python3 build.py demo [--once DIR]     the demo company: its site, a year of samples, its problem map
python3 build.py test [--slow] [...]   all tests; further words go to pytest
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

TOP = Path(__file__).resolve().parent
VENV = TOP / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
DEBIAN_BROWSER = ("chromium", "fonts-liberation", "fonts-noto-color-emoji", "fonts-dejavu-core")


def main(words: list[str]) -> int:
    if words and words[0] in ("-h", "--help"):
        print(__doc__)
        return 0
    command = words[0] if words and not words[0].startswith("-") else "build"
    rest = words[1:] if words and words[0] == command else words
    if command not in ("build", "demo", "test"):
        print(f"build.py: no command “{command}”; there are build, demo and test (see --help)", file=sys.stderr)
        return 2
    make_environment(tests=command == "test")
    if command == "test":
        return test(rest)
    return call([str(BIN / "otklik"), command, *rest])


def test(words: list[str]) -> int:
    environ = {"OTKLIK_BROWSER": find_browser()}
    if "--slow" in words:
        words = ["--hypothesis-profile", "search", *(word for word in words if word != "--slow")]
    else:
        words = ["-m", "not slow", *words]
    several = [] if any(word.startswith(("-n", "--pdb", "-s")) for word in words) else ["-n", "3", "--dist", "loadfile"]
    return call([str(PYTHON), "-m", "pytest", *several, *words], environ)


def call(command: list[str], environ: dict[str, str] | None = None) -> int:
    """Runs a command in the reader's own folder and returns its exit status; an interrupted one is 130."""
    try:
        return subprocess.call(command, env={**os.environ, **(environ or {})})
    except KeyboardInterrupt:
        return 130


def make_environment(tests: bool) -> None:
    """Makes .venv and installs what is missing; does nothing where the last run left everything in place."""
    stamp = VENV / "installed"
    wanted = fingerprint()
    before = stamp.read_text().split() if stamp.exists() and PYTHON.exists() else []
    if before[:1] == [wanted] and (not tests or "tests" in before):
        return
    stamp.unlink(missing_ok=True)
    uv = shutil.which("uv")
    if not PYTHON.exists():
        make_venv(uv)
    groups = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    packages = ["--editable", str(TOP), *(groups["dev"] if tests or "tests" in before else [])]
    print("build.py: installing packages into .venv …", file=sys.stderr, flush=True)
    if uv:
        run([uv, "pip", "install", "--quiet", "--python", str(PYTHON), *packages])
    else:
        run([str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages])
    stamp.write_text(f"{wanted}{' tests' if tests or 'tests' in before else ''}\n")


def make_venv(uv: str | None) -> None:
    if uv:
        run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)])
        return
    try:
        import ensurepip  # noqa: F401 - Debian ships Python without it
        import venv
    except ImportError:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        fail(f"this Python has no ensurepip; type: sudo apt-get install -y python{version}-venv")
    venv.create(VENV, with_pip=True, clear=True)


def fingerprint() -> str:
    """Changes when an installation would: with the packages asked for and the sources of generated files."""
    digest = hashlib.sha256(sys.version.encode())
    sources = [TOP / "pyproject.toml", TOP / "widget/build_hook.py", TOP / "widget/otklik_widget/generate.py"]
    sources += sorted((TOP / "widget/otklik_widget").glob("*.js"))
    sources += sorted((TOP / "widget/otklik_widget/texts").glob("*.json"))
    sources += sorted(TOP.glob("*/otklik_*/locale/*/LC_MESSAGES/*.po"))
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()


def find_browser() -> str:
    """The Chromium that the tests drive: named, Playwright's own, the system's, or installed now; or a clear end."""
    browser = os.environ.get("OTKLIK_BROWSER") or installed_browser()
    if browser:
        return browser
    print("build.py: the tests need a Chromium; installing one …", file=sys.stderr, flush=True)
    subprocess.call([str(PYTHON), "-m", "playwright", "install", "chromium"], stderr=subprocess.DEVNULL)
    if not installed_browser() and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        subprocess.call(["apt-get", "update", "-qq"])
        subprocess.call(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *DEBIAN_BROWSER])
    browser = installed_browser()
    if not browser:
        fail(
            "no Chromium for the browser tests. Type one of:\n"
            f"  {PYTHON} -m playwright install --with-deps chromium\n"
            f"  sudo apt-get install -y --no-install-recommends {' '.join(DEBIAN_BROWSER)}\n"
            "or name one: OTKLIK_BROWSER=/path/to/chrome python3 build.py test"
        )
    return browser


def installed_browser() -> str | None:
    ask = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    answer = subprocess.run([str(PYTHON), "-c", ask], capture_output=True, text=True, check=False)
    own = answer.stdout.strip()
    if own and Path(own).exists():
        return own
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


def run(command: list[str]) -> None:
    if subprocess.call(command) != 0:
        fail(f"this step failed: {' '.join(command)}")


def fail(text: str) -> None:
    print(f"build.py: {text}", file=sys.stderr)
    raise SystemExit(1)


if __name__ == "__main__":
    if sys.version_info < (3, 11):
        sys.exit("build.py: Python 3.11 or newer is needed; this is " + sys.version.split()[0])
    sys.exit(main(sys.argv[1:]))
