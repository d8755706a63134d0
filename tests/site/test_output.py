"""The published folder: what Otklik may write, and what it never touches."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Company


def test_a_folder_with_somebody_elses_files_is_refused(company: Company) -> None:
    company.write("public/holiday.jpg", "Anna in Sochi")

    assert company.faults() == [
        "public: this folder is not empty and was not made by Otklik; choose another with --out, or empty it"
    ]
    assert list(company.published()) == ["holiday.jpg"]


def test_files_that_are_not_ours_stay(company: Company) -> None:
    company.build()
    company.write("public/CNAME", "tea.example")
    company.write("public/.well-known/security.txt", "Contact: anna@tea.example")

    company.build()

    assert company.html("CNAME") == "tea.example"
    assert company.html(".well-known/security.txt") == "Contact: anna@tea.example"


def test_a_page_never_overwrites_a_file_that_is_not_ours(company: Company) -> None:
    company.build()
    company.write("public/ru/tea/index.html", "Anna's own page")
    company.page("ru/tea.md", "Чай улун")
    before = company.published()

    assert "public/ru/tea/index.html: this file is not Otklik's" in company.faults()[0]
    assert company.published() == before


def test_a_page_that_is_gone_from_the_content_is_gone_from_the_site(company: Company) -> None:
    page = company.page("ru/club/tea.md", "Чай улун")
    company.build()
    assert (company.folder / "public/ru/club/tea/index.html").is_file()
    page.unlink()

    company.build()

    assert not (company.folder / "public/ru/club").exists()


@pytest.mark.parametrize(
    "marker",
    ["", "not json", '{"version": 1}', '{"version": 1, "files": ["../content/ru/index.md"]}',
     '{"version": 1, "files": ["/etc/hosts"]}', '{"version": 1, "files": [7]}', '{"version": 9, "files": []}'],
)  # fmt: skip
def test_a_damaged_list_of_files_deletes_nothing(company: Company, marker: str) -> None:
    company.write("public/.otklik", marker)

    assert "this list of written files is damaged" in company.faults()[0]
    assert (company.folder / "content/ru/index.md").is_file()


@pytest.mark.parametrize("out", ["content", "content/public", "content/ru"])
def test_the_site_is_not_written_into_the_content(company: Company, out: str) -> None:
    assert company.run("build", "--out", out) == 1
    assert "cannot be written into the content's own folder" in company.said


def test_a_folder_that_cannot_be_written_is_named(company: Company) -> None:
    company.build()
    company.page("ru/tea.md", "Чай улун")
    (company.folder / "public/ru/tea").symlink_to("/proc/self")

    assert "public/ru/tea: the site needs a folder here, but this is something else" in company.faults()[0]
    assert company.run("build", "--out", "/proc/site") == 1
    assert "/proc: nothing can be written here (" in company.said


def test_a_file_cannot_be_the_output_folder(company: Company) -> None:
    company.write("public", "a letter")

    assert company.faults() == ["public: this is a file; the site needs a folder"]


def test_the_list_of_files_is_exactly_what_was_written(company: Company) -> None:
    company.build()

    listed = json.loads(company.html(".otklik"))["files"]
    assert sorted({*listed, ".otklik"}) == sorted(company.published())


@pytest.mark.parametrize("path", ["shop/letter.txt", "shop/.hidden"])
def test_new_refuses_a_folder_that_holds_anything(company: Company, path: str) -> None:
    company.write(path, "Dear Anna")

    assert company.run("new", "shop") == 1
    assert "shop: this folder is not empty" in company.said
    assert [item.name for item in (company.folder / "shop").iterdir()] == [path.removeprefix("shop/")]


def test_new_takes_an_empty_folder(company: Company) -> None:
    (company.folder / "shop").mkdir()

    assert company.run("new", "shop") == 0
    assert (company.folder / "shop/content/journey.toml").is_file()


def test_a_new_site_and_one_made_anew_file_by_file_are_the_same(company: Company) -> None:
    company.write("content/static/docs/rules.txt", "Tea is hot")
    company.build()
    moved = company.published()
    for file in moved:
        if file != ".otklik":
            (company.folder / "public" / file).write_text("changed by somebody", encoding="utf-8")

    assert company.run("build", "--no-cache") == 0

    assert company.published() == moved


def test_what_a_killed_build_left_is_gone_a_day_later(company: Company) -> None:
    old, new = (company.folder / f".public-{name}-otklik" for name in ("old", "new"))
    for left in (old, new):
        (left / "ru").mkdir(parents=True)
    os.utime(old, (0, 0))
    company.build()
    assert not old.exists()
    assert new.exists()
