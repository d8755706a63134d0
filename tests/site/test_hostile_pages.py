"""Pages that somebody made to keep us busy, or to put what cannot be read into feeds and terminals."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from otklik_site import attachments
from otklik_site.enclosed import COMMENT, enclosed, opening, without
from otklik_site.links import ids_in
from otklik_site.reach import leads
from otklik_site.search import headings_in, text_of
from otklik_site.typography import running, tie_html

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Company

    from otklik_site.pages import Page

MANY = 100_000
LEFT_OPEN = (
    "<pre>", "<pre ", "<code>", "<!-- ", "<otklik-ask ", "<table>", "<tr><td>", "<h2>", "<summary>", "<script>", "<a ",
    '<a href="x.pdf">', "<a x ", '<i id="', "<",
)  # fmt: skip
READERS: dict[str, Callable[[str], object]] = {
    "spaces": tie_html,
    "running text": running,
    "anchors": ids_in,
    "words": text_of,
    "headings": headings_in,
    "links": lambda html: leads(PAGE, [html]),
    "files": lambda html: attachments.told(html, lambda _link: 1, "en"),
}
PAGE = cast("Page", SimpleNamespace(lang="en", name="a", url="en/a/", is_index=False))


@pytest.fixture
def deadline() -> Iterator[None]:
    """What needs a second must not be waited for longer than minutes, where it would take days."""

    def end(*_args: object) -> None:
        raise AssertionError("it would never end")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(180)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("deadline")
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_elements_without_an_end_are_read_as_soon_as_any_others(reader: Callable[[str], object]) -> None:
    for begun in LEFT_OPEN:
        reader("<p>5 % — " + begun * MANY + "</p>")


@pytest.mark.usefixtures("deadline")
def test_a_heading_of_spaces_and_many_wrong_links_are_read_at_once(company: Company) -> None:
    company.page("en/spaces.md", "Spaces", "# a" + " " * MANY + "b")
    company.page("en/dead.md", "Dead", "\n".join(f"[a](n{n}.md)" for n in range(500)) + "\n[b](n7.md)")
    faults = [fault for fault in company.faults() if fault.startswith("content/en/dead.md")]
    assert len(faults) == 501
    assert "dead.md:505: the link “n7.md” leads nowhere" in faults[-1]


def test_what_stands_in_an_element_is_found_although_others_are_left_open() -> None:
    begins = opening("pre", "code", COMMENT)
    html = "<code><pre class=a>1</pre><!--<code>--><b>2</b><pres>3</code>4<pre>"
    assert [html[one.start : one.end] for one in enclosed(html, begins)] == [html[: html.index("4")]]
    html = html.replace("</code>", "")
    assert [html[one.inner : one.outer] for one in enclosed(html, begins)] == [" class=a>1", "<code>"]
    assert without(html, begins, "|") == "<code>||<b>2</b><pres>34<pre>"


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ('<a href = "javascript:alert(1)">a</a>', "the link “javascript:alert(1)” begins with “javascript:”"),
        ('<a href= "gone.md">a</a>', "the link “gone.md” leads nowhere"),
        ('<form action="javascript:alert(1)"></form>', '“<form action="javascript:” will not work under a strict'),
        ("<button formaction= ' javascript:x'>a</button>", "javascript:” will not work under a strict"),
        ("<a onclick = 'x()'>a</a>", "“<a onclick =” will not work under a strict"),
    ],
)
def test_links_and_scripts_are_seen_however_they_are_written(company: Company, html: str, said: str) -> None:
    company.page("en/tea.md", "Black tea", html)
    company.run("check")
    assert said in company.said


@pytest.mark.usefixtures("deadline")
def test_a_drawing_whose_size_cannot_be_read_is_shown_without_one(company: Company) -> None:
    drawings = (
        '<svg width="1.2.3" height="4"></svg>',
        f'<svg viewBox="0 0 {"9" * 5000} 1"></svg>',
        '<svg viewBox="0 0 1 1..2"></svg>',
        "<svg " * MANY,
    )
    for number, drawing in enumerate(drawings):
        company.write(f"content/static/{number}.svg", drawing)
    images = "\n\n".join(f"![Tea](/{number}.svg)" for number in range(len(drawings)))
    company.page("en/tea.md", "Black tea", images)
    company.build()
    html = company.html("en/tea/")
    assert html.count("<img") == len(drawings)
    assert " width=" not in html.partition("<img")[2].partition("</main>")[0]
