"""A company's own looks: its colours and its logo on every page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

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
