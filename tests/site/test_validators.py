"""What others' judges say of every page that we build: the demo company, the manual and each ready journey."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import TOP

from otklik_site.starter import JOURNEYS
from otklik_widget.cli import main

pytestmark = pytest.mark.slow

JUDGES = ("html-validate@10.17.0", "vnu-jar@26.9.27")
RULES = {
    "root": True,
    "extends": ["html-validate:recommended"],
    "rules": {
        "doctype-style": ["error", {"style": "lowercase"}],
        # Boxes of one group share their name in every form of the web.
        "form-dup-name": ["error", {"shared": ["radio", "checkbox", "submit"]}],
        # Any id without a space is one; footnotes have theirs from Python-Markdown.
        "valid-id": ["error", {"relaxed": True}],
        "aria-label-misuse": ["error", {"allowAnyNamable": True}],
        # The style sheet keeps numbers in one line; with such spaces and dashes they could not be copied everywhere.
        "tel-non-breaking": "off",
        # A calculator reckons while one types, and sends nothing anywhere.
        "wcag/h32": "off",
    },
}


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every site there is, each in a folder of its own."""
    folder = tmp_path_factory.mktemp("sites")
    for name, content in (("demo", TOP / "content"), ("manual", TOP / "docs")):
        build(content, folder / "built" / name)
    for journey in ("", *JOURNEYS):
        words = ["--journey", journey] if journey else []
        company = folder / f"new-{journey}"
        assert main(["new", str(company), *words, "--lang", "en"]) == 0
        build(company / "content", folder / "built" / company.name)
    return folder / "built"


def build(content: Path, public: Path) -> None:
    words = ["--content", str(content), "--out", str(public), "--base-url", "https://shop.example", "--lang", "en"]
    assert main(["build", *words]) == 0


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the judges, fetched from npm."""
    if not shutil.which("npm"):
        pytest.skip("no Node: the validators come from npm")
    folder = tmp_path_factory.mktemp("judges")
    command = ["npm", "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit", *JUDGES]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if ran.returncode:
        pytest.skip(f"npm cannot fetch the validators: {ran.stderr.strip()}")
    return folder / "node_modules"


def test_html_validate_finds_nothing(sites: Path, packages: Path, tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.html"
    faulty.write_text("<!doctype html><title>Tea</title><foo>", encoding="utf-8")
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps(RULES), encoding="utf-8")
    said = tmp_path / "said.json"  # a pipe would lose what Node has not written when it ends
    words = ["--config", str(rules), "--formatter", f"json={said}", "--ext", "html", str(sites), str(faulty)]
    subprocess.run([str(packages / ".bin/html-validate"), *words], capture_output=True, check=False)
    pages = json.loads(said.read_text(encoding="utf-8"))
    assert str(faulty) in [page["filePath"] for page in pages]  # it has looked
    wrong = [
        f"{page['filePath']}:{fault['line']}: {fault['ruleId']}: {fault['message']}"
        for page in pages
        if page["filePath"] != str(faulty)
        for fault in page["messages"]
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("kind", ["html", "css", "svg"])
def test_the_w3cs_validator_finds_nothing(sites: Path, packages: Path, kind: str) -> None:
    if not shutil.which("java"):
        pytest.skip("no Java: the validator of the W3C needs it")
    # It looks at a folder's HTML only; of other kinds it wants to be given each file.
    files = [str(file) for file in sites.rglob(f"*.{kind}")] if kind != "html" else ["--skip-non-html", str(sites)]
    jar = ["java", "-Xss2m", "-jar", str(packages / "vnu-jar/build/dist/vnu.jar"), "--format", "gnu", "--stdout"]
    words = [] if kind == "html" else [f"--{kind}"]
    ran = subprocess.run([*jar, *words, *files], capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.returncode) == ("", 0), ran.stdout + ran.stderr
