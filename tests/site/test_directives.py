"""Directives: pymdownx.blocks is silent about mistakes, so every one is found before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from otklik_site.directives import scan

if TYPE_CHECKING:
    from conftest import Company


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/// note\nTea.\n///", []),
        ("/// note | Mind\nTea.\n///\n\n/// faq | Why?\nSo.\n///", []),
        ("//// note\n/// faq | Why?\nSo.\n///\n////", []),
        ("```\n/// aks\n```", []),
        ("~~~~\n/// note\n~~~\n///\n~~~~", []),
        ("<!--\n/// note\n-->", []),
        ("https://tea.example and // more", []),
        ("/// note\nTea.", [(10, "is never closed")]),
        ("Tea.\n\n///", [(12, "none is open")]),
        ("/// note\nTea.\n////", [(12, "none is open"), (10, "is never closed")]),
        ("/// nota\nTea.\n///", [(10, "unknown directive “/// nota”. Did you mean “note”?")]),
        ("/// faq\nTea.\n///", [(10, "needs an argument, like “/// faq | …?”")]),
        ("/// faq | Why?\n///", [(10, "is empty")]),
        ("/// note\n///", [(10, "is empty")]),
        ("/// cta | join\n[Join](join.md)\n///", [(10, "takes no argument")]),
        ("/// ask | checkout\nTea.\n///", [(10, "holds no text")]),
        ("/// ask | checkout\n    scale: ces7\n///",
         [(11, "settings stand after the bar"), (10, "holds no text")]),
        ("/// note\n/// faq | Why?\nSo.\n///\n///",
         [(11, "stands inside “/// note” of line 10"), (14, "none is open")]),
        ("- Tea\n\n    /// note\n    Hot.\n    ///",
         [(12, "must begin its line"), (14, "must begin its line")]),
        ("> /// note\n> Tea.\n> ///", [(10, "must begin its line"), (12, "must begin its line")]),
        ("//// note\n/// faq | Why?\nSo.\n////", [(11, "is never closed")]),
    ],
)  # fmt: skip
def test_a_directive_that_would_swallow_the_page_or_stay_as_text_is_a_fault(
    text: str, found: list[tuple[int, str]]
) -> None:
    faults = scan(text, 10, "bonus.md").faults

    assert [fault.line for fault in faults] == sorted(line for line, _said in found)
    for line, said in found:
        assert any(fault.line == line and said in fault.text for fault in faults), faults


def test_headings_in_code_are_no_headings() -> None:
    text = "## One\n\n```sh\n# a comment\n```\n\nTwo\n---\n\n- a\n- b\n\n| a |\n|---|\n"

    assert scan(text, 1, "bonus.md").headings == [(2, 1), (2, 7)]


def test_directives_become_what_they_say(company: Company) -> None:
    body = (
        "/// note | Mind the *kettle*\nIt is **hot**.\n///\n\n"
        "//// faq | Is it hot?\nYes.\n\n/// note\nVery.\n///\n////\n\n"
        "/// cta\n[Home](index.md)\n///\n\nLast."
    )
    company.page("en/tea.md", "Oolong", body)
    company.build()

    html = company.html("en/tea")
    assert '<p class="note-title">Mind the <em>kettle</em></p>\n<p>It is <strong>hot</strong>.</p>' in html
    assert "<details>\n<summary>Is it hot?</summary>\n<p>Yes.</p>" in html
    assert '<div class="cta">\n<p><a href="../../en/">Home</a></p>\n</div>\n<p>Last.</p>' in html
    assert "///" not in html
