"""What each check weighs: by its code, in the settings, with --lenient."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from otklik_site.codes import CODES, Severities, is_fatal
from otklik_widget.cli import main
from otklik_widget.settings import Check, Settings

if TYPE_CHECKING:
    from conftest import Company

TOP = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_manual_lists_every_code_with_its_weight(lang: str) -> None:
    always = {"en": "always", "ru": "всегда"}[lang]
    text = (TOP / f"docs/{lang}/checks.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([a-z-]+)` \| [^|]+ \| (.+) \|$", text, re.MULTILINE)

    assert listed == [
        (name, f"`{code.severity}`{f', {always}' if code.always else ''}") for name, code in CODES.items()
    ]


def test_every_fault_that_the_site_can_tell_has_a_code_of_the_list() -> None:
    written = "\n".join(file.read_text(encoding="utf-8") for file in (TOP / "site/otklik_site").glob("*.py"))

    for name in CODES:
        assert f'"{name}"' in written.replace(f'"{name}": _', "") or name in ("title-missing", "description-missing")
    for name in re.findall(r'(?:Fault|fault)\([^()]*(?:\([^()]*\))?[^()]*, "([a-z]+(?:-[a-z]+)*)"\)', written):
        assert name in CODES


def test_a_code_nobody_knows_stops_a_build() -> None:
    assert Severities(lenient=True).weigh("") == "error"
    assert is_fatal("")


def test_settings_weigh_more_than_lenient() -> None:
    settings = Settings(checks=(Check("orphan", "error", "", None), Check("link-dead", "off", "", None)))
    severities = Severities.of(settings, lenient=True)

    assert [severities.weigh(code) for code in ("orphan", "link-dead", "title-twice")] == ["error", "off", "warning"]


def test_a_page_that_nothing_leads_to_is_told_and_can_stop_a_build(company: Company) -> None:
    company.page("en/alone.md", "Alone", "[other](other.md) [me](alone.md)")
    company.page("en/other.md", "Other", "[me](other.md#x){#x}")

    assert re.findall(r"content/(\S+): no text, list or navigation leads to this page", company.build()) == [
        "en/alone.md"
    ]
    company.write("otklik.toml", '[checks]\norphan = "error"\ntranslation-missing = "off"\n')
    (fault,) = company.faults()
    assert fault.startswith("content/en/alone.md: no text, list or navigation leads to this page")
    assert fault.endswith("[orphan]")
    assert "missing in" not in company.said

    company.page("en/index.md", "Tea", "/// list | folder=leaves\n///")
    company.page("en/leaves/green.md", "Green", "[alone](/en/alone/)")
    company.build()


def test_a_page_that_asks_nothing_is_told_unless_it_is_of_the_law(company: Company) -> None:
    company.page("en/tea.md", "Tea leaves", helpful="false")
    company.page("en/asks.md", "Asks", "/// ask | checkout\n///", helpful="false")
    company.page("en/terms.md", "Terms", helpful="false", kind="legal", effective="2026-01-01", version="1")

    assert re.findall(r"content/(\S+):4: this page asks its readers nothing", company.build()) == ["en/tea.md"]


def test_a_check_that_does_not_exist_or_cannot_be_turned_down_is_named_with_its_line(company: Company) -> None:
    company.write("otklik.toml", '[checks]\norfan = "error"\naddress-twice = "off"\n')
    assert [line.partition(": ")[::2] for line in company.faults()] == [
        (str(company.folder / "otklik.toml") + ":2", "there is no check “orfan”. Did you mean “orphan”?"),
        (
            str(company.folder / "otklik.toml") + ":3",
            "“address-twice” always stops a build: two pages have one address",
        ),
    ]

    company.write("otklik.toml", '[checks]\norphan = "loud"\nfill-in = 1\n')
    first, second = company.faults()
    assert first.endswith("otklik.toml:2: “orphan” must be one of: error, warning, off")
    assert second.endswith("otklik.toml:3: “fill-in” must be one of: error, warning, off")


def test_checks_can_be_weighed_in_the_environment(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    company.page("en/alone.md", "Alone")
    monkeypatch.setenv("OTKLIK_CHECKS", "orphan=error, base-url = off")

    assert company.run("check") == 1
    assert "[orphan]" in company.said
    assert "base_url" not in company.said


def test_a_consent_outside_the_published_folder_is_told(company: Company) -> None:
    agree = 'agree = { ru = "Согласен, чтобы мне ответили", en = "I agree to be answered" }'
    journey = (company.folder / "content/journey.toml").read_text(encoding="utf-8")
    company.write("content/journey.toml", f'{journey}\n[contact]\n{agree}\nlink = "/agree/"\n')
    company.write("otklik.toml", 'base_url = "https://tea.example/shop"\n')
    assert "but the site is published in /shop/; write “/shop/agree/”" in company.build()

    company.write("otklik.toml", 'base_url = "https://tea.example"\n')
    assert "[consent-link]" not in company.build()


def test_what_is_let_pass_leaves_no_ruin_on_the_page(company: Company) -> None:
    company.write("otklik.toml", "".join(["[checks]\n", *(f'{one} = "warning"\n' for one in (
        "link-dead", "anchor-dead", "image-missing", "image-broken", "link-scheme", "heading-order", "value",
    ))]))  # fmt: skip
    company.write("content/en/fake.png", "no picture")
    body = "#### Deep\n\n[gone](gone.md) [there](index.md#gone) ![Leaves](no.png) ![Fake](fake.png) [x](javascript:y)"
    company.page("en/tea.md", "Oolong", body, nav="soon")

    said = company.build()
    html = company.html("en/tea")
    assert "<a>gone</a>" in html
    assert '<a href="../../en/">there</a> Leaves <img' in html
    assert "<a>x</a>" in html
    for code in ("link-dead", "anchor-dead", "image-missing", "image-broken", "link-scheme", "heading-order", "value"):
        assert f"[{code}]" in said


def test_a_warning_is_told_again_by_a_build_that_makes_nothing_anew(company: Company) -> None:
    company.write("otklik.toml", '[checks]\nlink-dead = "warning"\n')
    company.page("en/tea.md", "Oolong", "[gone](gone.md) [also](gone.md) [Green](green.md)")
    company.page("en/green.md", "Green", "[Oolong](tea.md)")
    first = [line for line in company.build().splitlines() if line.startswith("warning")]

    company.page("en/green.md", "Green", "[Oolong](tea.md), changed.")
    assert [line for line in company.build().splitlines() if line.startswith("warning")] == first
    assert [line for line in company.build().splitlines() if line.startswith("warning")] == first

    company.page("en/tea.md", "Oolong", "[gone](gone.md), other words. [Green](green.md)")
    mended = [line for line in company.build().splitlines() if line.startswith("warning")]
    assert len([line for line in mended if "[link-dead]" in line]) == 1
    company.page("en/tea.md", "Oolong", "No words lead away but [Green](green.md)")
    assert "[link-dead]" not in company.build()
    company.page("en/tea.md", "Oolong", "[gone](gone.md) again. [Green](green.md)")
    assert "[link-dead]" in company.build()

    company.write("otklik.toml", '[checks]\nlink-dead = "error"\n')
    assert "[link-dead]" in company.faults()[0]


def test_front_matter_and_text_are_checked_whatever_is_wrong_with_the_other(company: Company) -> None:
    company.page("en/tea.md", "Oolong", "[gone](gone.md)\n\n/// note\n", colour="red", nav="x")
    company.page("en/call.md", "Call", "[gone](gone.md)\n\n### Deep", kind="contacts")
    company.write("content/en/bad.md", '---\ntitle: "Bad\n---\n[gone](gone.md)\n')

    found = [re.sub(r"^content/en/([a-z.]+:\d+): .*\[([a-z-]+)\]$", r"\1 \2", fault) for fault in company.faults()]
    assert "--lenient" not in company.said
    assert found == [
        "bad.md:2 front-matter", "bad.md:4 link-dead",
        "call.md:1 key-missing", "call.md:6 link-dead", "call.md:8 heading-order",
        "tea.md:4 key-unknown", "tea.md:5 value", "tea.md:7 link-dead", "tea.md:9 directive",
    ]  # fmt: skip


def test_json_names_the_code_of_each_fault(company: Company) -> None:
    company.page("en/tea.md", "Oolong", "[gone](gone.md)")

    assert main(["check", "--json", "--lang", "en"]) == 1
    found = json.loads(company.capsys.readouterr().out)
    assert [fault["code"] for fault in found["faults"]] == ["link-dead"]


def test_many_warnings_are_counted_by_their_codes(company: Company) -> None:
    for number in range(25):
        company.page(f"en/{number}.md", f"Tea {number}")

    assert company.build().splitlines()[-2] == "51 warnings: orphan 25, translation-missing 25, base-url 1"
