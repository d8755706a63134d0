"""A build that keeps what did not change writes what a build from nothing writes, byte for byte."""

from __future__ import annotations

import random
import re
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from otklik_site import building, cache, made_files, search, templating, views
from otklik_site.bodies import Bodies
from otklik_site.building import Built, Order, build, check
from otklik_widget.faults import Faults
from otklik_widget.journey_file import read_journey
from otklik_widget.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Company

    from otklik_site.website import Website

TODAY = date(2026, 11, 22)
PROGRAM = """kind: points
name: Leaves
effective: 2026-01-01
unit: {one: leaf, few: leaves, many: leaves}
point_value: 1
earn:
  - what: Purchases
    rate: 5
    per: 100
"""


class Shop:
    """A tea shop whose pages, journey, templates and clock are changed at random, and built both ways."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.content = folder / "content"
        self.random = random.Random(seed)
        self.today = TODAY
        self.settings = Settings(base_url="https://tea.example")
        self.names = 0
        self.log: list[str] = []

    def write(self, path: str, text: str) -> None:
        file = self.content / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")

    def pages(self) -> list[Path]:
        return sorted(file for file in self.content.rglob("*.md") if file.name != "index.md")

    def page(self) -> str:
        """A page with a bit of everything; its links lead to pages that are there now."""
        chosen = self.random
        self.names += 1
        keys = [f"title: Tea {self.names}", f"description: About tea {self.names}."]
        if chosen.random() < 0.3:
            keys.append(f"nav: {chosen.randint(1, 9)}")
        if chosen.random() < 0.5:
            keys += ["kind: article", f"date: 2026-0{chosen.randint(1, 9)}-11"]
        elif chosen.random() < 0.3:
            keys.append(PROGRAM.strip())
        if chosen.random() < 0.2:
            day = self.today + timedelta(days=chosen.randint(-2, 3))
            keys.append(f"{chosen.choice(['publish', 'expire'])}: {day}")
        if chosen.random() < 0.1:
            keys.append("draft: true")
        if chosen.random() < 0.1:
            keys.append(f"moved_from: [/old-{self.names}/]")
        body = [f"Leaf {self.names}.", "", f"## Part {chosen.randint(1, 3)}", "", "Water."]
        for _ in range(chosen.randint(0, 2)):
            if others := self.pages():
                body += ["", f"[more](/{self.address(chosen.choice(others))})"]
        if chosen.random() < 0.3:
            body += ["", "/// ask | checkout", "///"]
        if chosen.random() < 0.2:
            body += ["", "/// changes", "///"]
        programs = [file for file in self.pages() if PROGRAM in file.read_text(encoding="utf-8")]
        if programs and chosen.random() < 0.3:
            body += ["", f"/// offer | /{self.address(chosen.choice(programs))}", "///"]
        return "\n".join(["---", *keys, "---", *body, ""])

    def address(self, file: Path) -> str:
        return file.relative_to(self.content).with_suffix("").as_posix() + "/"

    def place(self) -> str:
        folder = self.random.choice(["", "club/", "club/old/"])
        return f"{self.random.choice(['ru', 'en'])}/{folder}tea-{self.random.randint(1, 12)}.md"

    def edit(self) -> None:
        """One change of any kind."""
        kinds: list[Callable[[], None]] = [
            self.change_page, self.change_page, self.change_words, self.change_words, self.rename, self.delete,
            self.section, self.home, self.journey, self.data, self.clock, self.picture, self.template, self.base,
            self.touch, self.harm_output, self.harm_cache,
        ]  # fmt: skip
        kind = self.random.choice(kinds)
        self.log.append(kind.__name__)
        kind()

    def change_page(self) -> None:
        self.write(self.place(), self.page())

    def change_words(self) -> None:
        if pages := self.pages():
            file = self.random.choice(pages)
            changes = [("Leaf", "Fresh leaf"), ("## Part", "## Chapter"), ("Tea", "Black tea"), ("Water", "Hot water")]
            old, new = self.random.choice(changes)
            file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    def rename(self) -> None:
        if pages := self.pages():
            target = self.content / self.place()
            target.parent.mkdir(parents=True, exist_ok=True)
            self.random.choice(pages).replace(target)

    def delete(self) -> None:
        if pages := self.pages():
            self.random.choice(pages).unlink()

    def section(self) -> None:
        file = self.content / self.random.choice(["ru", "en"]) / "club/index.md"
        if file.exists() and self.random.random() < 0.5:
            file.unlink()
        else:
            self.names += 1
            title = f"title: Club {self.names}\ndescription: Club {self.names}.\nfooter: 1"
            self.write(file.relative_to(self.content).as_posix(), f"---\n{title}\n---\nAll.\n")

    def home(self) -> None:
        self.names += 1
        lang = self.random.choice(["ru", "en"])
        title = f"title: Home {lang} {self.names}\ndescription: Home {lang} {self.names}."
        self.write(f"{lang}/index.md", f"---\n{title}\n---\nWelcome.\n\n## Why\n\nTea.\n")

    def journey(self) -> None:
        file = self.content / "journey.toml"
        self.names += 1
        company, _sign, rest = file.read_text(encoding="utf-8").partition("languages")
        name = f'[company]\nname = "Anna {self.names}"\n'
        file.write_text(name + _sign + rest if company else rest, encoding="utf-8")

    def data(self) -> None:
        self.names += 1
        change = (
            '{"day": "2026-10-01", "touchpoint": null, "place": null, "lasting": false, "effect": null, '
            f'"text": {{"en": "We did {self.names}", "ru": "Сделали {self.names}"}}}}'
        )
        self.write("data/changes.json", f'{{"version": 1, "as_of": "2026-11-01", "changes": [{change}]}}')

    def clock(self) -> None:
        self.today += timedelta(days=self.random.randint(-2, 4))

    def picture(self) -> None:
        self.names += 1
        self.write(self.random.choice(["static/icon.svg", "en/leaf.svg"]), f"<svg id='p{self.names}'/>")

    def template(self) -> None:
        file = templating.TEMPLATES / self.random.choice(["base.html", "page.html", "changes.html"])
        self.names += 1
        file.write_text(f"{file.read_text(encoding='utf-8')}{{# {self.names} #}}<!-- {self.names} -->", "utf-8")

    def base(self) -> None:
        self.names += 1
        self.settings = Settings(base_url=f"https://tea{self.names}.example")

    def touch(self) -> None:
        """A fresh checkout: other times, the same files."""
        for file in self.content.rglob("*"):
            file.touch()

    def harm_output(self) -> None:
        files = sorted(file for file in (self.folder / "public").rglob("*.html"))
        if files:
            file = self.random.choice(files)
            file.write_text("spoilt", encoding="utf-8") if self.random.random() < 0.5 else file.unlink()

    def harm_cache(self) -> None:
        files = sorted(file for file in (self.folder / cache.FOLDER).rglob("*") if file.is_file())
        if files:
            file = self.random.choice(files)
            held = bytearray(file.read_bytes())
            if held:
                held[self.random.randrange(len(held))] ^= 0x55
            file.write_bytes(bytes(held)) if self.random.random() < 0.7 else file.unlink()

    def build(self, out: str, *, fresh: bool = False) -> list[str] | Built:
        try:
            journey, faults = read_journey(self.content / "journey.toml"), ()
        except Faults as refused:
            return [str(fault) for fault in refused.faults]
        order = Order(self.content, journey, self.content / "journey.toml", self.settings, self.today, faults)
        try:
            return build(order, self.folder / out, fresh=fresh)
        except Faults as refused:
            return [str(fault) for fault in refused.faults]

    def check(self) -> bool:
        """Builds both ways and compares; True where the site could be built."""
        kept = self.build("public")
        shutil.rmtree(self.folder / "clean", ignore_errors=True)
        clean = self.build("clean", fresh=True)
        told = f"after {self.log}"
        if isinstance(clean, list) or isinstance(kept, list):
            assert kept == clean, told
            return False
        assert (kept.pages, kept.warnings, kept.due) == (clean.pages, clean.warnings, clean.due), told
        assert published(self.folder / "public") == published(self.folder / "clean"), told
        return True


def published(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def changed_at_random(company: Company, monkeypatch: pytest.MonkeyPatch, seed: int, steps: int) -> None:
    templates = company.folder / "templates"
    shutil.copytree(templating.TEMPLATES, templates)
    monkeypatch.setattr(templating, "TEMPLATES", templates)
    if seed % 3:  # a small site would never have so much that is newer that all is written whole
        monkeypatch.setattr(building, "FEW", seed % 3)
        monkeypatch.setattr(building, "MANY", 4)
    if seed % 2:  # as on a large site: its search knows only headings, so words change a page alone
        monkeypatch.setattr(search, "WHOLE", 0)
    shop = Shop(company.folder, seed)
    shop.data()
    built = 0
    for _step in range(steps):
        for _edit in range(shop.random.randint(1, 3)):
            shop.edit()
        built += shop.check()
    assert built > steps / 5, shop.log


@pytest.mark.parametrize("seed", range(2))
def test_a_build_with_a_cache_writes_what_a_build_without_one_writes(
    company: Company, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    changed_at_random(company, monkeypatch, seed, 8)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 120))
def test_after_any_edits_a_build_with_a_cache_writes_what_a_build_without_one_writes(
    company: Company, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    changed_at_random(company, monkeypatch, seed, 20)


def test_a_new_article_makes_only_itself_and_the_pages_that_list_it(company: Company) -> None:
    day = "kind: article\ndate: 2026-0{}-01"
    company.write("content/en/club/old.md", f"---\ntitle: Old\ndescription: Old leaves.\n{day.format(1)}\n---\nLeaf.\n")
    for number in range(12):
        company.page(f"en/page-{number}.md", f"Page {number}")
    order = Order(
        company.folder / "content", read_journey(company.folder / "content/journey.toml"),
        company.folder / "content/journey.toml", Settings(base_url="https://tea.example"), TODAY,
    )  # fmt: skip
    out = company.folder / "public"
    build(order, out)
    company.write("content/en/club/new.md", f"---\ntitle: New\ndescription: New leaves.\n{day.format(2)}\n---\nLeaf.\n")

    built = build(order, out)

    assert "club/new/" in company.html("en/feed.xml")
    assert built.made < 12, built.made  # itself, its neighbour, home, search: not the twelve others


def test_other_words_on_a_page_of_a_large_site_make_this_page_alone(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "WHOLE", 0)
    shop = Shop(company.folder, 1)
    for name in ("black", "green", "white"):
        link = "[more](black.md#leaves)"
        shop.write(f"en/{name}.md", f"---\ntitle: {name}\ndescription: A {name} tea.\n---\n## Leaves\n\n{link}\n")
    shop.build("public")
    page = company.folder / "content/en/black.md"
    kept = {file.name for file in (company.folder / cache.FOLDER).rglob("*-*") if file.is_file()}

    page.write_text(page.read_text(encoding="utf-8") + "Water.\n", encoding="utf-8")
    built = shop.build("public")

    assert isinstance(built, Built)
    assert (built.made, built.changed) == (1, 1)
    assert "Water." in company.html("en/black/index.html")
    # What is remembered of all pages is not written again for the sake of one.
    assert kept < {file.name for file in (company.folder / cache.FOLDER).rglob("*-*") if file.is_file()}
    assert isinstance(nothing := shop.build("public"), Built)
    assert nothing.made == 0
    page.write_text(page.read_text(encoding="utf-8").replace("Leaves", "Roots"), encoding="utf-8")
    refused = shop.build("public")
    assert isinstance(refused, list)
    assert len(refused) == 3, refused  # the anchor that others link to is gone
    page.write_text(page.read_text(encoding="utf-8").replace("Roots", "Leaves"), encoding="utf-8")
    assert shop.check()


def test_files_for_machines_know_no_page_by_its_words(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only words changed these files are not made again."""
    shop = Shop(company.folder, 1)
    for name in ("black", "green"):
        head = f"title: {name}\ndescription: A {name} tea.\nkind: article\ndate: 2026-02-01\ntags: [tea]"
        shop.write(f"en/{name}.md", f"---\n{head}\nmoved_from: [/{name}/]\n---\n## Leaves\n\nWater.\n")
    read: list[str] = []

    def told(website: Website) -> None:
        monkeypatch.setattr(Bodies, "mended", lambda _bodies, url, _website: read.append(url))
        made_files.made(website)

    order = Order(
        shop.content, read_journey(shop.content / "journey.toml"), shop.content / "journey.toml", shop.settings, TODAY
    )
    check(order, company.folder / "public", told)

    assert not read


def test_what_another_version_kept_is_not_taken_for_ours(company: Company) -> None:
    company.build()
    (kept,) = (company.folder / cache.FOLDER).glob("*/last")
    older = cache.Cache(kept.parent, company.folder / "public").last()
    del older.segments
    held = cache.packed(older)
    kept.write_bytes(cache._seal(held) + held)

    company.write("content/en/index.md", "---\ntitle: Tea\ndescription: Tea leaves.\n---\nNewer.\n")

    company.build()
    assert "Newer." in company.html("en")


def test_another_version_of_otklik_makes_every_page_anew(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    company.build()
    before = re.findall(r"ask\.\w+\.js", company.html("en"))
    monkeypatch.setattr(cache, "made_by", lambda: b"another version")
    monkeypatch.setattr(views.assets, "script_name", lambda: "ask.0123456789.js")
    company.build()
    assert before
    assert re.findall(r"ask\.\w+\.js", company.html("en")) == ["ask.0123456789.js"]
