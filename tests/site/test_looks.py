"""A company's own looks: its colours and its logo on every page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Company

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 32"><path d="M0 0h64v32z" fill="{}"/></svg>'


def brand(company: Company) -> None:
    journey = (company.folder / "content/journey.toml").read_text(encoding="utf-8")
    own = '[company]\nlogo = "sign.svg"\ncolours = { main = "#1f5d4c", accent = "#a1421f" }\n'
    company.write("content/journey.toml", journey.replace("[company]\n", own, 1))


def test_a_companys_colours_are_in_its_style_sheet_and_paper_stays_black(company: Company) -> None:
    company.build()
    plain = re.findall(r"site\.\w+\.css", company.html("ru"))
    company.write("content/sign.svg", LOGO.format("#1f5d4c"))
    brand(company)

    company.build()

    (name,) = set(re.findall(r"site\.\w+\.css", company.html("ru")))
    assert name not in plain
    assert not set(plain) & set(company.published())
    style = company.html(name)
    assert "--panel:#1f5d4c" in style.replace(" ", "")
    assert style.index("@media screen") > style.index("@media print")


def test_the_logo_stands_in_the_header_and_a_new_one_comes_to_every_page(company: Company) -> None:
    brand(company)
    names = set()
    for colour in ("#1f5d4c", "#a1421f"):
        company.write("content/sign.svg", LOGO.format(colour))
        company.build()
        (name,) = re.findall(r'<img class="logo" src="\.\./(company\.\w+\.svg)" alt="" width="64" height="32">',
                             company.html("ru"))  # fmt: skip
        assert colour in company.html(name)
        assert [path for path in company.published() if path.startswith("company.")] == [name]
        names.add(name)
    assert len(names) == 2


def test_a_menu_of_many_pages_opens_at_a_press_and_one_of_few_stands_in_the_header(company: Company) -> None:
    for number in range(1, 16):  # with the home page they are sixteen
        company.page(f"ru/tea-{number}.md", f"Чай {number}", nav=str(number))
    company.build()
    assert 'class="sections"' in company.html("ru")
    company.page("ru/tea-16.md", "Чай 16", nav="16")
    company.build()
    assert 'class="sections many"' in company.html("ru")


def test_a_theme_replaces_a_template_and_may_extend_ours(company: Company) -> None:
    company.page("en/tea.md", "Tea leaves", "Half-green.")
    own = "{% extends 'otklik/page.html' %}\n{% block after %}<p>Our own.</p>{% endblock %}"
    company.write("content/theme/page.html", own)
    company.write("content/theme/more.css", ".lead { color: #a1421f }")
    company.build()
    html = company.html("en/tea")
    assert "Half-green." in html
    assert "<p>Our own.</p>" in html
    (name,) = set(re.findall(r"site\.\w+\.css", html))
    assert "color:#a1421f" in company.html(name)

    company.write("content/theme/site.css", "h1 { color: red }")
    (company.folder / "content/theme/page.html").unlink()
    company.build()
    assert "Our own" not in company.html("en/tea")
    (name,) = set(re.findall(r"site\.\w+\.css", company.html("en/tea")))
    assert len(company.html(name)) < 100


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("pages.html", "x", "content/theme/pages.html: a theme has no file “pages.html”. Did you mean “page.html”?"),
        ("page.html", "\n{% if %}", "content/theme/page.html:2: this template cannot be read"),
        ("page.html", "\n{{ nobody }}", "content/theme/page.html:2: this template fails: 'nobody' is undefined"),
        ("logo.svg", "<svg/>", "a theme has no file “logo.svg”"),
    ],
)
def test_what_is_wrong_with_a_theme_is_named(company: Company, name: str, text: str, says: str) -> None:
    company.page("en/tea.md", "Tea leaves")
    company.write(f"content/theme/{name}", text)
    faults = company.faults()
    assert len(faults) == 1
    assert says in faults[0]
    assert not (company.folder / "public").exists()
