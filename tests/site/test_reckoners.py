"""The calculators of `/// calculator`: the script reckons what Python does, and a page without it has examples."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page

from otklik_site import reckoners
from otklik_site.reckoner import Number, Sum, plain, said
from otklik_site.typography import tie
from otklik_widget.cli import main
from otklik_widget.words import speaking

if TYPE_CHECKING:
    from conftest import Company

SUMS: Mapping[str, Sum] = {one.key: one for sums in reckoners.CALCULATORS.values() for one in sums()}
PAGE = """---
title: {title}
description: {title}, all of them.
nav: 1
---
"""
Draw = random.Random
WHOLE = "Here a whole number from {} to 1,000,000,000 is needed."


def counts(draw: Draw, many: int = 3) -> list[int]:
    """Counts as shops have them: some nought, some small, some of a chain."""
    return [draw.randint(0, draw.choice((0, 3, 20, 400, 10**6))) for _ in range(many)]


def money(draw: Draw, most: int = 10**12) -> float:
    return draw.choice((0, round(draw.uniform(0, most), 2), draw.randint(0, 10**5)))


def kept(draw: Draw) -> list[Number]:
    start, stayed, new = sorted(counts(draw))[::-1]
    return [start + 1, stayed + new, new]


def revenue(draw: Draw) -> list[Number]:
    whole = money(draw) + 1
    lost = draw.uniform(0, whole)
    return [whole, money(draw), round(draw.uniform(0, whole - lost) * 0.99, 2), round(lost * 0.99, 2)]


def repeat(draw: Draw) -> list[Number]:
    customers = draw.randint(1, 10**6)
    again = draw.randint(0, customers)
    return [customers, again, customers + again + (draw.randint(0, 10**6) if again else 0), money(draw)]


def shares(draw: Draw) -> list[Number]:
    everybody = counts(draw, 2)
    return [draw.randint(0, everybody[0]), everybody[0], draw.randint(0, everybody[1]), everybody[1], points(draw, 100)]


def points(draw: Draw, most: int) -> float:
    return draw.choice((draw.randint(1, most), round(draw.uniform(1, most), 1)))


def rule(draw: Draw) -> list[Number]:
    said = [draw.choice((5, 0, draw.randint(0, 100), round(draw.uniform(0, 100), 1))) for _ in range(2)]
    return [*said, draw.choice((6, 40, 0.1, round(draw.uniform(0.1, 1000), 1))), *counts(draw, 2), money(draw, 10**6)]


DRAWN: Mapping[str, Callable[[Draw], list[Number]]] = {
    "kept": kept,
    "revenue": revenue,
    "repeat": repeat,
    "nps": lambda draw: [*counts(draw), points(draw, 50)],
    "members-nps": lambda draw: [*counts(draw, 6), points(draw, 100)],
    "members-share": shares,
    "detractor": rule,
}
# Types each row into the sum's fields and reads what is told.
RECKON = """([key, rows]) => {
  const form = document.querySelector(`#sum-${key}`), all = (what) => [...form.querySelectorAll(what)];
  return rows.map((row) => {
    all("input").forEach((input, place) => { input.value = row[place]; });
    form.dispatchEvent(new Event("input"));
    return {
      told: all("dd").map((one) => one.textContent),
      sentence: all("dl + p:not([hidden])").map((one) => one.textContent).join(),
      wrong: all(".wrong").map((one) => one.textContent),
      invalid: all("input").map((one) => one.getAttribute("aria-invalid")),
    };
  });
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with every calculator in each language."""
    folder = tmp_path_factory.mktemp("sums")
    journey = '[company]\nname = "Tea"\nlanguages = ["ru", "en"]\n[[stage]]\nkey = "buy"\nname = "Buys"\n'
    for lang in ("ru", "en"):
        text = PAGE.format(title="Sums") + "".join(
            f"/// calculator | {name}\n///\n\n" for name in reckoners.CALCULATORS
        )
        (folder / f"content/{lang}").mkdir(parents=True)
        (folder / f"content/{lang}/index.md").write_text(text, encoding="utf-8")
    journey += '[[stage.touchpoint]]\nkey = "website"\nname = "Website"\n'
    (folder / "content/journey.toml").write_text(journey, encoding="utf-8")
    assert main(["build", "--content", str(folder / "content"), "--out", str(folder / "public"), "--lang", "en"]) == 0
    return folder / "public"


@pytest.fixture(scope="module", params=["ru", "en"])
def page(request: pytest.FixtureRequest, site: Path, browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        opened = context.new_page()
        opened.goto((site / f"{request.param}/index.html").as_uri())
        yield opened


def lang_of(page: Page) -> str:
    return str(page.evaluate("document.documentElement.lang"))


def typed(page: Page, key: str, rows: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(RECKON, [key, rows])
    return found


def agree(page: Page, key: str, many: int) -> None:
    lang = lang_of(page)
    with speaking(lang):
        one = next(one for sums in reckoners.CALCULATORS.values() for one in sums() if one.key == key)
        drawn = random.Random(f"{key} {many}")
        rows = [*one.examples, *(DRAWN[key](drawn) for _ in range(many))]
        told = typed(page, key, [[plain(value, lang) for value in row] for row in rows])
        for row, shown in zip(rows, told, strict=True):
            found = one.reckon(*row)
            assert shown["wrong"] == [""] * len(row), row
            assert shown["told"] == [said(found[item.name], item.form, lang) for item in one.told], row
            assert shown["sentence"] == tie(one.sentences.get(str(found.get("sentence")), "")), row


@pytest.mark.parametrize("key", DRAWN)
def test_the_script_reckons_and_writes_as_python_does(page: Page, key: str) -> None:
    agree(page, key, 100)


@pytest.mark.slow
@pytest.mark.parametrize("key", DRAWN)
def test_the_script_agrees_with_python_over_thousands_of_inputs(page: Page, key: str) -> None:
    agree(page, key, 5000)


def test_every_sum_is_drawn_here() -> None:
    assert set(DRAWN) == set(SUMS)


@pytest.mark.parametrize(
    ("key", "row", "place", "says"),
    [
        ("kept", ["", "220", "40"], 0, WHOLE.format("1")),
        ("kept", ["many", "220", "40"], 0, WHOLE.format("1")),
        ("kept", ["0x10", "220", "40"], 0, WHOLE.format("1")),
        ("kept", ["1e3", "220", "40"], 0, WHOLE.format("1")),
        ("kept", ["200.5", "220", "40"], 0, WHOLE.format("1")),
        ("kept", ["0", "0", "0"], 0, WHOLE.format("1")),
        ("kept", ["200", "−5", "0"], 1, WHOLE.format("0")),
        ("kept", ["100", "30", "40"], 2, "There cannot be more new customers than customers at the end."),
        ("kept", ["100", "150", "40"], 1, "Without the new ones more are left than there were at the start. "
         "Who went and came back is not new."),
        ("revenue", ["10", "0", "2", "9"], 3, "More was lost than there was at the start."),
        ("repeat", ["10", "11", "20", "5"], 1, "More came again than bought at all."),
        ("repeat", ["10", "5", "14", "5"], 2, "Too few: everybody bought once, and some twice or more often."),
        ("repeat", ["10", "0", "14", "5"], 2, "Too many: nobody came again, so each customer has one."),
        ("nps", ["20", "14", "6", "51"], 3, "Here a number from 1 to 50 is needed."),
        ("members-share", ["11", "10", "1", "10", "5"], 0, "More than all of them."),
        ("members-share", ["1", "10", "11", "10", "5"], 2, "More than all of them."),
        ("detractor", ["5", "5", "0", "1", "1", "1"], 2, "Here a number from 0.1 to 1,000 is needed."),
    ],
)  # fmt: skip
def test_bad_input_is_named_at_its_field_and_nothing_is_told(
    page: Page, key: str, row: list[str], place: int, says: str
) -> None:
    lang = lang_of(page)
    (found,) = typed(page, key, [row])

    assert [at for at, text in enumerate(found["wrong"]) if text] == [place]
    assert found["invalid"][place] == "true"
    assert set(found["told"]) == {"–"}
    assert found["sentence"] == ""
    if lang == "en":
        assert found["wrong"][place] == says
    else:
        assert re.search("[а-яё]", found["wrong"][place]), "it is not in Russian"


@pytest.mark.parametrize(
    ("lang", "written", "told"),
    [
        ("ru", "2 640,5", "2 640,5"),
        ("ru", "2\xa0640,50", "2 640,5"),
        ("ru", "2640.5", "2 640,5"),
        ("ru", "−1", "–"),
        ("ru", "1,000,5", "–"),
        ("en", "2,640.5", "2,640.5"),
        ("en", "2,640", "2,640"),
        ("en", "2640,5", "2,640.5"),
        ("en", " .5 ", "0.5"),
        ("en", "1.000.000", "–"),
    ],
)
def test_numbers_are_taken_as_people_write_them(page: Page, lang: str, written: str, told: str) -> None:
    if lang_of(page) == lang:
        (found,) = typed(page, "repeat", [["1", "0", "1", written]])
        assert found["told"][3].replace("\xa0", " ") == told


def test_what_came_out_is_announced_once_when_the_typing_stops(site: Path, browser: Browser) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.clock.install()
        page.goto((site / "en/index.html").as_uri())
        form = page.locator("#sum-kept")
        said = form.get_by_role("status")  # an <output>: a polite live region by itself
        for text in ("400", "80"):
            form.locator("input").first.fill(text)
        assert said.text_content() == ""
        page.clock.run_for(1000)
        assert said.text_content() == (
            "Customers at the end: Without the new ones more are left than there were at the start. "
            "Who went and came back is not new."
        )
        form.locator("input").first.fill("200")
        page.clock.run_for(1000)
        assert said.text_content() == "Retention (CRR): 90%. Churn: 10%."


def test_without_scripts_the_examples_stay_and_no_field_asks(site: Path, browser: Browser) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto((site / "en/index.html").as_uri())
        assert not page.locator("input:visible").count()
        table = page.get_by_role("table", name="Customers kept Worked examples")
        assert table.get_by_role("row", name="Retention (CRR)").inner_text().split("\t")[1:] == ["90%", "78%", "92.5%"]


def test_the_detractors_price_is_never_told_without_its_range() -> None:
    (one,) = reckoners.CALCULATORS["detractor"]()
    found = one.reckon(5, 5, 6, 20, 60, 3000)
    assert [said(found[name], "rate", "en") for name in ("each", "range", "lost")] == [
        "4.2",
        "0.6 to 5.0",
        "12.5 to 60.0",
    ]
    assert "source unknown" in one.note


def test_fewer_than_five_answers_tell_no_score_and_fewer_than_thirty_no_difference() -> None:
    (nps,) = reckoners.CALCULATORS["nps"]()
    assert nps.reckon(4, 0, 0, 10)["sentence"] == "few"
    assert {nps.reckon(4, 0, 0, 10)[name] for name in ("nps", "range", "needed", "change")} == {None}
    assert nps.reckon(5, 0, 0, 10)["sentence"] == "early"
    _both, share = reckoners.CALCULATORS["members"]()
    assert share.reckon(29, 29, 0, 100, 5)["sentence"] == "early"
    assert share.reckon(30, 30, 0, 100, 5)["sentence"] == "higher"
    assert share.reckon(4, 4, 0, 100, 5)["first"] is None


def test_a_misspelt_calculator_is_named(company: Company) -> None:
    company.page("en/tea.md", "Tea leaves", "/// calculator | retenton\n///")
    (fault,) = company.faults()
    assert "content/en/tea.md:5: there is no calculator “retenton”. Did you mean “retention”?" in fault


def test_only_pages_that_reckon_load_the_script(company: Company) -> None:
    company.page("en/tea.md", "Tea leaves", "/// calculator | nps\n///")
    company.build()
    assert "reckoner." in company.html("en/tea")
    assert "reckoner." not in company.html("en")
    (script,) = company.folder.glob("public/reckoner.*.js")
    assert script.stat().st_size < 6_000
