"""A company in a folder of its own, built by the real command."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from otklik_widget.cli import main

JOURNEY = """
[company]
name = { ru = "Чайная Анны", en = "Anna's Tea" }
languages = ["ru", "en"]
[[stage]]
key = "buy"
name = { ru = "Покупает", en = "Buys" }
[[stage.touchpoint]]
key = "website"
name = { ru = "Сайт", en = "Website" }
ask = ["helpful"]
[[stage.touchpoint]]
key = "checkout"
name = { ru = "Касса", en = "Checkout" }
ask = ["smiley5", "ces7"]
"""
HOME = """---
title: {title}
description: {title}, one sentence.
nav: 1
---
{body}
"""


@dataclass
class Company:
    """A small bilingual company; `run` gives the exit status, and `said` what the last run told people."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    said: str = ""

    def write(self, path: str, text: str) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
        return file

    def page(self, path: str, title: str, body: str = "", **keys: str) -> Path:
        more = "".join(f"{key}: {value}\n" for key, value in keys.items())
        text = f"---\ntitle: {title}\ndescription: About {title}.\n{more}---\n{body}\n"
        return self.write(f"content/{path}", text)

    def run(self, *words: str) -> int:
        status = main([*words, "--lang", "en"])
        out = self.capsys.readouterr()
        self.said = out.out + out.err
        return status

    def build(self) -> str:
        """Builds and returns what was said; a refused build fails the test."""
        status = self.run("build")
        assert status == 0, self.said
        return self.said

    def faults(self) -> list[str]:
        """The faults that a build is refused for, without warnings."""
        assert self.run("build") == 1, self.said
        return [line for line in self.said.splitlines() if not line.startswith("warning:")]

    def html(self, url: str) -> str:
        file = self.folder / "public" / url
        return (file / "index.html" if file.is_dir() else file).read_text(encoding="utf-8")

    def published(self) -> dict[str, bytes]:
        public = self.folder / "public"
        return {file.relative_to(public).as_posix(): file.read_bytes() for file in public.rglob("*") if file.is_file()}


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Company:
    """Anna's tea shop: a journey, and a home page in Russian and English."""
    monkeypatch.chdir(tmp_path)
    made = Company(tmp_path, capsys)
    made.write("content/journey.toml", JOURNEY)
    made.write("content/ru/index.md", HOME.format(title="Чайная", body="Чай."))
    made.write("content/en/index.md", HOME.format(title="Tea", body="Tea."))
    return made
