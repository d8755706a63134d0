"""Every mistake in a page is named with its file, its line, and what to do."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Company

TOP = "---\ntitle: Bonus\ndescription: About bonus.\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Just text.", ":1: the page must begin with front matter"),
        ("", ":1: the page must begin with front matter"),
        ("---\ntitle: Bonus\n", ":1: the front matter has no end"),
        ("---\ntite: Bonus\n---\n", ":2: unknown key “tite”. Did you mean “title”?"),
        ("---\ntitle: Bonus\n---\n", ":1: “description” is missing: one or two sentences"),
        ("---\ntitle: Bonus\ndescription:\n---\n", ":3: “description” is empty"),
        ("---\ntitle: Bonus\ndescription: ''\n---\n", ":3: “description” is empty"),
        ("---\ntitle: Keys: points\ndescription: x\n---\n", ":2: a text that holds a colon must stand in quotes"),
        ("---\ntitle: Bonus\n\tdescription: x\n---\n", ":3: "),
        ("---\n- title\n---\n", ":2: the front matter must be lines like"),
        ("---\n---\n", ":1: “title” is missing"),
        ('---\ntitle: "Bo\\anus"\ndescription: x\n---\n', ":2: an invisible control character (0x07) stands"),
        (TOP + 'tags:\n  - "\\uFFFE"\n---\n', ":5: an invisible control character (0xFFFE) stands in this line"),
        (TOP + "title: Again\n---\n", ":4: “title” stands here twice, first on line 2"),
        ('---\ntitle: "Bonus\ndescription: x\n---\n', ":2: a quotation mark opens here and is never closed"),
        ('---\ntitle: "Bonus" points\ndescription: x\n---\n', ":2: text goes on after the closing quotation mark"),
        ("---\ntitle: [Bonus\ndescription: x\n---\n", ":2: a bracket opens here and is never closed"),
        ("---\ntitle: *Bonus*\ndescription: x\n---\n", ":2: a text that begins with a special sign"),
        ("---\ntitle: %Bonus\ndescription: x\n---\n", ":2: a text that begins with a special sign"),
        ("---\ntitle: Bonus\n  description: x\n---\n", ":3: this line is indented"),
        ("---\ntitle=Bonus\ndescription: x\n---\n", ":2: this line has no colon"),
        ("---\ntitle: Bonus\n\tdescription: x\n---\n", ":3: this line begins with a tab"),
        (TOP + "summary: " + "[" * 30_000 + "\n---\n", ":4: too many lists stand inside one another"),
        (TOP + "---\n" + "\n".join("    " * n + "- x" for n in range(400)),
         ":5: too many lists or quotations stand inside one another"),
        (TOP + "---\nTea\n\x01\n", ":6: an invisible control character (0x01) stands in this line"),
        (TOP + "nav: first\n---\n", ":4: “nav” is “first”, but must be a whole number"),
        (TOP + "nav: 1.5\n---\n", ":4: “nav” is “1.5”, but must be a whole number"),
        (TOP + "date: 1 March 2026\n---\n", ":4: “date” is “1 March 2026”, but must be a date like 2026-03-01"),
        (TOP + "date: 2026-02-30\n---\n", ":4: “date” is “2026-02-30”, but must be a date"),
        (TOP + "draft: maybe\n---\n", ":4: “draft” is “maybe”, but must be true or false"),
        (TOP + "summary: [a, b]\n---\n", ":4: “summary” is several values, but must be a text"),
        (TOP + "kind: pionts\n---\n", ":4: “kind” is “pionts”, but must be one of"),
        (TOP + "kind: club\nname: Club\neffective: 2026-03-01\nwho: All\nbenefits: [Tea]\n"
         "meetings:\n  - {what: Tea, note: Bring your own, two at most}\n---\n",
         ":10: between { and } a text with a comma must stand in quotes: “… , two at most”"),
        (TOP + "point_value: 1\n---\n", ":4: “point_value” belongs to pages of kind points, tiers"),
        (TOP + "slug: Мой бонус\n---\n",
         ":4: “slug” may hold small Latin letters, digits and hyphens, for example “moy-bonus”"),
        (TOP + "touchpoint: chekout\n---\n",
         ":4: the journey has no touchpoint “chekout”. Did you mean “checkout”?"),
        (TOP + "helpful: checkout\n---\n",
         ":4: “checkout” does not ask the scale “helpful”. These do: website."),
        (TOP + "---\n\n# Bonus\n", ":6: the title is the page's only first heading"),
        (TOP + "---\nBonus\n=====\n", ":5: the title is the page's only first heading"),
        (TOP + "---\n## One\n\n#### Two\n", ":7: this heading is ####, but after ## comes ### at most"),
        (TOP + "---\n### One\n", ":5: this heading is ###, but after # comes ## at most"),
        (TOP + "---\n[x](nowhere.md)\n", ":5: the link “nowhere.md” leads nowhere"),
        (TOP + "---\n\n[x](indx.md)\n", "Did you mean “index.md”?"),
        (TOP + "---\n[x](/ru/bonsu/)\n", "Did you mean “ru/bonus/”?"),
        (TOP + "---\n[x](/ru/bonus)\n", ":5: the link “/ru/bonus” leads nowhere"),
        (TOP + "---\n[x](#nowhere)\n", ":5: the link “#nowhere” leads to a place that the page does not have"),
        (TOP + "---\n[x](index.md#nowhere)\n", ":5: the link “index.md#nowhere” leads to a place"),
        (TOP + "---\n[x]()\n", ":5: the link “” leads nowhere"),
        (TOP + "---\n[x](javascript:alert(1))\n",
         ":5: the link “javascript:alert(1)” begins with “javascript:”"),
        (TOP + '---\n<a href="nowhere.md">x</a>\n', ":5: the link “nowhere.md” leads nowhere"),
        (TOP + "---\n![](index.md)\n", ":5: the image “index.md” is a page"),
        (TOP + "---\n![Tea](tea.png)\n", ":5: the link “tea.png” leads nowhere"),
        (TOP + "---\n## One {#a}\n\n## Two {#a}\n", ":7: the anchor “a” stands on this page twice"),
        (TOP + "---\n/// ask | checkuot\n///\n",
         ":5: the journey has no touchpoint “checkuot”. Did you mean “checkout”?"),
        (TOP + "---\n/// ask | checkout scale=ces5\n///\n",
         ":5: “checkout” does not ask the scale “ces5”; it asks smiley5, ces7."),
        (TOP + "---\n/// ask | checkout scael=ces7\n///\n",
         ":5: unknown setting “scael” of “ask”. Did you mean “scale”?"),
        (TOP + "---\n/// ask | checkout ces7\n///\n", ":5: “ces7” is no setting"),
        (TOP + "---\n/// ask | checkout place=moon\n///\n", ":5: the journey has no place “moon”"),
        (TOP + "---\n/// ask\n///\n", ":5: “/// ask” needs an argument"),
        (TOP + "---\n/// ask | checkout\n///\n\n/// ask | checkout scale=smiley5\n///\n",
         ":8: this page already asks “checkout”"),
        (TOP + '---\n<a href=nowhere.md>x</a>\n', ":5: the link “nowhere.md” leads nowhere"),
        (TOP + "---\n[x](http://)\n", ":5: “http://” is no address"),
        (TOP + "---\n// note\nTea\n//\n", ":5: a directive begins and ends with three slashes: /// note"),
        (TOP + "---\n/// ask checkout\n///\n", ":5: the argument of “/// ask” stands after a bar: /// ask | …"),
        (TOP + "---\n/// aks | checkout\n///\n", ":5: unknown directive “/// aks”. Did you mean “ask”?"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(company: Company, text: str, said: str) -> None:
    company.write("content/ru/bonus.md", text)

    faults = "\n".join(company.faults())

    assert f"content/ru/bonus.md{said}" in faults if said.startswith(":") else said in faults


def test_an_image_needs_a_text_for_those_who_do_not_see_it(company: Company) -> None:
    company.write("content/ru/tea.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    company.page("ru/bonus.md", "Бонусы", "Вот:\n\n![](tea.svg)")

    assert company.faults() == [
        "content/ru/bonus.md:7: the image “tea.svg” has no alt text: say in its brackets what it shows [alt-missing]"
    ]


def test_a_link_that_leads_nowhere_is_never_sent_to_a_page_in_another_language(company: Company) -> None:
    company.page("ru/contacts.md", "Контакты")
    company.page("en/write-us.md", "Contacts")
    company.page("en/b.md", "B", "[x](contacts.md) [y](write-as.md)")

    gone, misspelt = (fault for fault in company.faults() if "leads nowhere" in fault)

    assert gone.endswith("there is no file content/en/contacts.md. [link-dead]")
    assert misspelt.endswith("Did you mean “write-us.md”? [link-dead]")


def test_all_faults_of_all_pages_and_of_the_journey_come_at_once(company: Company) -> None:
    company.write("content/journey.toml", "[company]\nnmae = 'Anna'\n")
    company.page("ru/a.md", "A", "[x](nowhere.md)")
    company.page("en/b.md", "B", colour="red")

    faults = "\n".join(company.faults())

    assert "content/journey.toml:2: unknown key “nmae”" in faults
    assert "content/ru/a.md:5: the link “nowhere.md” leads nowhere" in faults
    assert "content/en/b.md:4: unknown key “colour”" in faults


def test_a_link_to_a_page_with_a_fault_is_no_second_fault(company: Company) -> None:
    company.page("ru/a.md", "A", "[x](b.md) [y](b.md#z)")
    company.page("ru/b.md", "B", kind="contacts")

    (fault,) = company.faults()
    assert "“phone” is missing" in fault


def test_a_missing_journey_is_one_fault_among_those_of_the_pages(company: Company) -> None:
    (company.folder / "content/journey.toml").unlink()
    company.page("ru/a.md", "A", "[x](nowhere.md)")

    faults = company.faults()

    assert faults[0] == "content/journey.toml: there is no such file"
    assert "content/ru/a.md:5:" in faults[1]


def test_two_pages_with_one_address_or_one_title_are_told(company: Company) -> None:
    company.page("ru/чай.md", "Чай")
    company.page("ru/chay.md", "чай")

    faults = "\n".join(company.faults())

    assert "this page has the address /ru/chay/, and so has content/ru/chay.md" in faults
    assert "content/ru/чай.md:2: the title “Чай” is also that of content/ru/chay.md" in faults


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("ru/чай.MD", "a page's file must end in .md"),
        ("ru/tea.markdown", "a page's file must end in .md"),
        ("ru/bonus", "the site has a folder with this file's address, /ru/bonus/; rename the file"),
        ("static/ru", "the site has a folder with this file's address, /ru/; rename the file"),
        ("ru/50%.png", "a file's name may not hold ? # % or a backslash"),
    ],
)
def test_a_file_that_the_site_cannot_hold_is_a_fault(company: Company, path: str, said: str) -> None:
    company.page("ru/bonus.md", "Бонусы")
    company.write(f"content/{path}", "Tea")

    assert f"content/{path}: {said}" in company.faults()[0]


def test_a_link_to_a_page_that_is_gone_is_a_fault_and_a_linked_folder_a_warning(company: Company) -> None:
    (company.folder / "content/ru/loop").symlink_to(company.folder / "content")
    assert "content/ru/loop: a linked folder is not read" in company.build()

    (company.folder / "content/ru/tea.md").symlink_to("nowhere.md")
    assert company.faults() == ["content/ru/tea.md: this is a link to a file or folder that does not exist [file-gone]"]


@pytest.mark.parametrize("path", ["tea.md", "pages/tea.md", "RU/tea.md"])
def test_pages_outside_the_languages_folders_are_told(company: Company, path: str) -> None:
    company.page(path, "Чай улун")

    place = path.split("/")[0]
    assert f"content/{place}: pages are read from the folders of the languages (ru, en)" in company.build()


def test_links_and_footnotes_by_a_name_that_leads_nowhere_are_told(company: Company) -> None:
    body = "[tea][oolong] and[^1] [good][here] `[code][is]`[^2]\n\n[here]: index.md\n\n[^2]: Two."
    company.page("en/tea.md", "Oolong", body)

    said = company.build()
    assert "content/en/tea.md:5: “[tea][oolong]” stays as it is" in said
    assert "content/en/tea.md:5: “[^1]” stays as it is" in said
    assert said.count("stays as it is") == 2


def test_long_and_cyrillic_names_of_files_are_no_trouble(company: Company) -> None:
    company.page(f"ru/{'ж' * 125}.md", "Длинное имя")
    company.page(f"en/{'a' * 250}.md", "A long name")
    company.page("ru/о нас.md/Наш чай.md", "Наш чай", "[домой](<../index.md>)")

    company.build()
    assert "Наш чай" in company.html("ru/o-nas-md/nash-chay")


def test_a_language_without_a_home_page_is_a_fault(company: Company) -> None:
    (company.folder / "content/en/index.md").unlink()

    assert company.faults() == [
        "content/en/index.md: the language “en” has no home page; write it into this file [home-missing]"
    ]


def test_a_page_that_is_not_utf8_is_told_with_its_line(company: Company) -> None:
    page = company.folder / "content/ru/old.md"
    page.write_bytes((TOP + "---\nЧай").encode("cp1251"))

    assert "content/ru/old.md:5: not UTF-8 text" in company.faults()[0]


def test_a_page_saved_by_notepad_is_read(company: Company) -> None:
    page = company.folder / "content/ru/old.md"
    page.write_bytes(("\ufeff" + TOP + "---\nЧай").replace("\n", "\r\n").encode())

    company.build()
    assert "<p>Чай</p>" in company.html("ru/old")


def test_texts_are_taken_as_they_are_written(company: Company) -> None:
    company.page("en/no.md", "No", summary="2017-05-01")

    company.build()
    assert "<h1>No</h1>" in company.html("en/no")
    assert '<p class="lead">2017-05-01</p>' in company.html("en/no")


def test_a_file_that_would_hide_one_of_ours_is_a_fault(company: Company) -> None:
    company.write("content/static/404.html", "mine")

    assert company.faults() == [
        "content/static/404.html: Otklik itself writes a file with this address; rename this one [address-taken]"
    ]


def test_pages_of_a_language_that_the_company_does_not_speak_are_told(company: Company) -> None:
    company.page("de/index.md", "Tee")

    assert "“de” is none of the company's languages (ru, en)" in company.build()
    assert not (company.folder / "public/de").exists()


def test_faults_speak_russian(company: Company) -> None:
    company.page("ru/bonus.md", "Бонусы", colour="red", tuchpoint="x")

    company.run("check")
    english = company.said
    from otklik_widget.cli import main

    assert main(["check", "--lang", "ru"]) == 1
    russian = company.capsys.readouterr().err
    assert "unknown key “tuchpoint”" in english
    assert "content/ru/bonus.md:5: неизвестный ключ «tuchpoint»" in russian


@pytest.mark.parametrize(
    "text", ['title: "Чай', "title: [Чай", "title: *Чай*", "title=Чай\nnav: 1", "\tnav: 1", "date: 1 марта", "nav: x"]
)
def test_no_fault_is_said_half_in_english(company: Company, text: str) -> None:
    company.write("content/ru/tea.md", f"---\n{text}\ndescription: x\n---\n")
    from otklik_widget.cli import main

    assert main(["check", "--lang", "ru"]) == 1
    said = company.capsys.readouterr().err
    for word in ("found", "expected", "cannot", "must", "“"):
        assert word not in said, said


def test_hundreds_of_faulty_pages_give_one_report_and_the_last_good_site_stays(company: Company) -> None:
    company.build()
    before = company.published()
    for number in range(200):
        wrong = ("[gone](gone.md)", "/// note\nOpen.", "# Second title", "")[number % 4]
        company.page(f"en/part/{number}.md", f"Tea {number}", wrong, **({} if wrong else {"tite": "Tea"}))

    faults = company.faults()

    assert len(faults) == 201
    assert faults[-1] == "200 faults in 200 files"
    assert all(re.match(r"content/en/part/\d+\.md:\d+: ", fault) for fault in faults[:-1])
    assert company.published() == before


@pytest.mark.parametrize(("language", "name"), [("ru", "чай" * 28), ("en", "t" * 250)])
def test_a_page_with_a_very_long_name_has_a_short_address(company: Company, language: str, name: str) -> None:
    company.page(f"{language}/{name}.md", "Long")
    company.build()

    start = f"{language}/{'chay' if language == 'ru' else 'tttt'}"
    (page,) = [path for path in company.published() if path.startswith(start)]
    assert len(page.split("/")[1]) <= 100


def test_a_link_out_of_the_folder_publishes_nothing_from_there(company: Company, tmp_path: Path) -> None:
    secret = tmp_path.parent / "secret.txt"
    secret.write_text("Anna's own", encoding="utf-8")
    (company.folder / "content/en/secret.txt").symlink_to(secret)

    assert "leads out of the content folder" in company.faults()[0]


@pytest.mark.parametrize(
    ("path", "directive"),
    [
        ("data/prices.csv", "/// table | prices.csv\n///"),
        ("data/linked/prices.csv", "/// table | linked/prices.csv\n///"),
        ("snippets/en/prices.md", "/// snippet | prices\n///"),
        ("theme/more.css", "Text."),
    ],
)
def test_a_file_from_elsewhere_that_a_link_brings_in_is_not_published(
    company: Company, tmp_path: Path, path: str, directive: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    link = company.folder / "content" / path
    (outside / link.name).write_text("name\nAnna's salary\n", encoding="utf-8")
    if "linked" in path:
        link = link.parent
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(outside if "linked" in path else outside / link.name)
    company.page("en/prices.md", "Prices", directive)
    fault = company.faults()[0]
    assert f"content/{path}: this link leads out of the content folder; copy the file here instead" in fault


def test_check_names_faults_and_warnings_for_a_program(company: Company) -> None:
    company.page("en/bonus.md", "Bonus")

    assert company.run("check", "--json") == 0
    found = json.loads(company.said)
    assert (found["pages"], found["faults"]) == (3, [])
    where = {"where": "content/en/bonus.md", "line": None}
    assert where | {"text": "this page is missing in: ru", "code": "translation-missing"} in found["warnings"]

    company.page("en/gift.md", "Gift", "[no](nowhere.md)")
    assert company.run("check", "--json") == 1
    [fault] = json.loads(company.said)["faults"]
    assert (fault["where"], fault["line"]) == ("content/en/gift.md", 5)
    assert "nowhere.md" in fault["text"]


def test_two_pages_with_one_description_are_a_fault(company: Company) -> None:
    company.write("content/en/one.md", "---\ntitle: One\ndescription: Tea.\n---\n")
    company.write("content/en/two.md", "---\ntitle: Two\ndescription: tea.\n---\n")

    assert "content/en/two.md:3: the description is also that of content/en/one.md" in company.faults()[0]


LONG = "ж" * 300


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ({"en/a.md": "moved_from: [/en/b/]", "en/b.md": "moved_from: [/en/a/]"},
         ["a.md:4: the page content/en/b.md has the address “/en/b/” now, so nobody can be led away from it",
          "b.md:4: the page content/en/a.md has the address “/en/a/” now, so nobody can be led away from it"]),
        ({"en/a.md": "moved_from: [/en/a/]"}, ["a.md:4: “/en/a/” is the page's own address"]),
        ({"en/a.md": f"moved_from: [/en/{LONG}/]"}, ["a.md:4: “/en/жжж"]),
        ({"en/a.md": f"slug: {'a' * 300}"}, ["a.md:4: “slug” may hold small Latin letters"]),
        ({"en/a.md": f"---\n[x]({LONG}.md) ![y]({LONG}.png)"}, ["a.md:5: the link “жжж", "a.md:5: the link “жжж"]),
        ({"en/a.md": f"---\n/// snippet | {LONG}\n///\n\n/// table | {LONG}.csv\n///"},
         ["a.md:5: there is no snippet content/snippets/en/жжж", "a.md:8: there is no file “жжж"]),
        ({"en/чай.md": "kind: contacts", "en/chay.md": "nav: 2"},
         ["чай.md:2: the title “T” is also that", "чай.md:1: “phone” is missing", "чай.md: this page has the address"]),
    ],
)  # fmt: skip
def test_addresses_and_names_that_cannot_be_are_told(company: Company, pages: dict[str, str], said: list[str]) -> None:
    company.write("content/snippets/en/hours.md", "Daily.")
    company.write("content/data/prices.csv", "tea\n1\n")
    for path, text in pages.items():
        end = "" if text.startswith("---") else "\n---\n"
        company.write(f"content/{path}", f"---\ntitle: T\ndescription: D {path}\n{text}{end}")

    faults = company.faults()
    for one in said:
        assert any(one in fault for fault in faults), faults


def test_a_page_that_is_its_own_pair_and_a_pipe_are_told(company: Company) -> None:
    company.page("en/tea.md", "Oolong")
    (company.folder / "content/ru/tea.md").symlink_to("../en/tea.md")
    os.mkfifo(company.folder / "content/en/pipe.md")

    said = company.build()
    assert "content/en/tea.md: this page is word for word that of content/ru/tea.md; translate it" in said
    assert "content/en/pipe.md: this is neither a file nor a folder, so it is left out [left-out]" in said


@pytest.mark.slow
def test_a_thousand_faulty_pages_give_one_report_and_the_last_good_site_stays(company: Company) -> None:
    company.build()
    before = company.published()
    for number in range(1000):
        wrong = ("[gone](gone.md)", "/// note\nOpen.", "# Second title", "")[number % 4]
        company.page(f"en/part/{number}.md", f"Tea {number}", wrong, **({} if wrong else {"tite": "Tea"}))

    faults = company.faults()

    assert len(faults) == 1001
    assert faults[-1] == "1000 faults in 1000 files"
    assert company.published() == before
    assert company.run("build", "--lenient") == 0
    assert "directive 250" in company.said
