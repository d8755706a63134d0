"""Tables from data files, and texts that pages share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Company

TOML = """heads = { name = { ru = "Чай", en = "Tea" }, price = { ru = "Цена", en = "Price" } }
[[tea]]
name = { ru = "Улун", en = "Oolong" }
price = 450
[[tea]]
name = { ru = "Пуэр", en = "Pu-erh" }
price = 900
"""
YAML = "- {name: Oolong, price: 450}\n- {name: Pu-erh, fresh: true}\n"


def cells(html: str) -> list[list[str]]:
    return [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", html)]


@pytest.mark.parametrize(
    ("name", "text", "argument", "shown"),
    [
        ("t.csv", "Tea,Price\nOolong,450\n", "t.csv", [["Tea", "Price"], ["Oolong", "450"]]),
        ("t.csv", "\ufeffTea;Price\r\n\"Pu;erh\";900 ₽\r\n", "t.csv", [["Tea", "Price"], ["Pu;erh", "900\xa0₽"]]),
        ("t.csv", "Tea,Use by,Price\nA,B,C\n", "t.csv columns=price,use-by", [["Price", "Use by"], ["C", "B"]]),
        ("en/t.csv", "Tea\nOolong\n", "t.csv", [["Tea"], ["Oolong"]]),
        ("t.toml", TOML, "t.toml", [["Tea", "Price"], ["Oolong", "450"], ["Pu-erh", "900"]]),
        ("t.toml", TOML, "t.toml columns=name", [["Tea"], ["Oolong"], ["Pu-erh"]]),
        ("t.yaml", YAML, "t.yaml", [["name", "price", "fresh"], ["Oolong", "450", ""], ["Pu-erh", "", "yes"]]),
        ("t.csv", "A\n<b>&\n", "t.csv", [["A"], ["&lt;b&gt;&amp;"]]),
    ],
)  # fmt: skip
def test_a_table_comes_from_a_file(
    company: Company, name: str, text: str, argument: str, shown: list[list[str]]
) -> None:
    company.write(f"content/data/{name}", text)
    company.page("en/tea.md", "Tea leaves", f"/// table | {argument}\n///")
    company.build()
    assert cells(company.html("en/tea")) == shown


def test_several_columns_of_words_are_cards_on_a_phone(company: Company) -> None:
    company.write("content/data/t.csv", "Shop,Way,Here\nHill,Bus,Bread\n")
    company.write("content/data/n.csv", "Shop,Way,Price\nHill,Bus,9\n")
    company.page("en/tea.md", "Tea leaves", "/// table | t.csv\n///\n\n/// table | n.csv\n///")
    company.build()
    html = company.html("en/tea")
    assert '<div class="table stack"' in html
    assert '<td data-head="Way">Bus</td><td data-head="Here">Bread</td>' in html
    assert html.count("data-head") == 2


def test_each_language_reads_its_own_words_and_numbers_stand_to_the_right(company: Company) -> None:
    company.write("content/data/t.toml", TOML)
    company.page("ru/tea.md", "Чай разный", "/// table | t.toml\n///")
    company.build()
    html = company.html("ru/tea")
    assert cells(html)[:2] == [["Чай", "Цена"], ["Улун", "450"]]
    assert '<td class="right">450</td>' in html


# Ten lists of ten of the list before: written out it would be 20 GB.
BOMB = "- a: &l0 [x]\n" + "".join(f"- a: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]\n" for n in range(1, 10))
AGAIN = "- &r {a: 1}\n" + "- *r\n" * 2000
MERGED = "- &l0 {a: 1}\n" + "".join(f"- &l{n} {{<<: [{', '.join([f'*l{n - 1}'] * 4)}]}}\n" for n in range(1, 20))


@pytest.mark.parametrize(
    ("name", "text", "argument", "says"),
    [
        ("t.csv", "A,B\n1,2\n3\n", "t.csv", "content/data/t.csv:3: this row has 1 cells, but the first one has 2"),
        ("t.csv", 'A\n"x\n', "t.csv", "content/data/t.csv:2: this is no CSV"),
        ("t.csv", "A\n", "t.csv", "content/data/t.csv: this table has no rows"),
        ("t.csv", "", "t.csv", "content/data/t.csv: this table has no rows"),
        ("t.csv", "Price\n1\n", "t.csv columns=prise", "the table has no column “prise”. Did you mean “price”?"),
        ("prices.csv", "A\n1\n", "prises.csv", "Did you mean “prices.csv”?"),
        ("t.csv", "A\n1\n", "../journey.toml", "there is no file “../journey.toml”"),
        ("t.xlsx", "A", "t.xlsx", "“t.xlsx” is no table"),
        ("t.toml", "a = 1\n", "t.toml", "content/data/t.toml: this is no list of rows"),
        ("t.toml", "a = \n", "t.toml", "content/data/t.toml:1: this is no TOML"),
        ("t.yaml", "- {a: 1\n", "t.yaml", "content/data/t.yaml:"),
        ("t.yaml", "just words\n", "t.yaml", "content/data/t.yaml: this is no list of rows"),
        ("t.yaml", BOMB, "t.yaml", "t.yaml:6: with all that it names again (*name) this file holds too many values"),
        ("t.yaml", MERGED, "t.yaml", "content/data/t.yaml:9: with all that it names again (*name) this file holds too"),
        ("t.yaml", AGAIN, "t.yaml", "t.yaml: this table has 2001 rows; a page can hold"),
        ("t.yaml", "- {a: [1]}\n", "t.yaml", "a cell of this table holds a list"),
        ("t.yaml", f"- {'[' * 60}{']' * 60}\n", "t.yaml", "t.yaml:1: too many lists stand inside one another"),
        ("t.yaml", "- {a: !!int ''}\n", "t.yaml", "content/data/t.yaml: this is no list of rows"),
        ("t.yaml", "- {a: !!bool x}\n", "t.yaml", "content/data/t.yaml: this is no list of rows"),
        ("t.yaml", "- {a: !!timestamp x}\n", "t.yaml", "content/data/t.yaml: this is no list of rows"),
        ("t.yaml", f"- {{a: 0x{'F' * 6000}}}\n", "t.yaml", "content/en/tea.md:5: a number is too long"),
        ("t.toml", f"[[row]]\na = 0x{'F' * 6000}\n", "t.toml", "content/en/tea.md:5: a number is too long"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_table_is_named(company: Company, name: str, text: str, argument: str, says: str) -> None:
    company.write(f"content/data/{name}", text)
    company.page("en/tea.md", "Tea leaves", f"/// table | {argument}\n///")
    (fault,) = company.faults()
    assert says in fault


def test_pages_share_a_snippet_and_a_change_of_it_comes_to_all(company: Company) -> None:
    for text in ("Open **8 to 22**.", "Open **9 to 21**, [how to come](/en/)."):
        company.write("content/snippets/en/hours.md", f"{text}\n\n/// note\nAlso on Sundays.\n///\n")
        for name in ("one", "two"):
            company.page(f"en/{name}.md", name.title(), "/// snippet | hours\n///")
        assert "warning: content/snippets" not in company.build()
        hours = re.search(r"\*\*(.*?)\*\*", text)
        assert hours
        for name in ("one", "two"):
            html = company.html(f"en/{name}")
            assert f"<strong>{hours[1]}</strong>" in html
            assert "Also on Sundays." in html
    assert '<a href="../../en/">how to come</a>' in company.html("en/one")


@pytest.mark.parametrize(
    ("text", "argument", "says"),
    [
        ("Hours.", "hour", "there is no snippet content/snippets/en/hour.md. Did you mean “hours”?"),
        ("Hours.", "../../ru/index", "there is no snippet"),
        ("/// note\nopen", "hours", "content/snippets/en/hours.md:1: “/// note” is never closed"),
        ("\n/// ask | checkout\n///", "hours", "hours.md:2: “/// ask” cannot stand in a snippet; put it into the page"),
        ("# Hours", "hours", "content/snippets/en/hours.md:1: the title is the page's only first heading"),
    ],
)
def test_what_is_wrong_with_a_snippet_is_named(company: Company, text: str, argument: str, says: str) -> None:
    company.write("content/snippets/en/hours.md", text)
    company.page("en/tea.md", "Tea leaves", f"/// snippet | {argument}\n///")
    (fault,) = company.faults()
    assert says in fault
