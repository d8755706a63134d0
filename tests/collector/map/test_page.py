"""What a manager reads on Monday morning."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest

from otklik_collector.map.page import render_html, stylesheet
from otklik_collector.map.picture import broken, render_svg
from otklik_collector.map.problem_map import Filters, problem_map
from otklik_collector.map.series import ProblemMap, SeriesCounts
from otklik_widget.journey import Journey

from .conftest import APRIL, MAY, counted


class Reader(HTMLParser):
    """The words of a page, its tags with their attributes, and what is left open."""

    VOID = frozenset({"meta", "link", "input", "br"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        self.text = " ".join(" ".join(self.words).replace("\N{NO-BREAK SPACE}", " ").split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)


def page(
    journey: Journey,
    series: list[SeriesCounts],
    lang: str = "en",
    filters: Filters | None = None,
    *,
    standalone: bool = True,
    repeated: float | None = None,
) -> Reader:
    found = problem_map(journey, series, MAY, APRIL, filters or Filters(), lang, repeated)
    reader = Reader(render_html(found, journey, lang, standalone=standalone, base="https://ask.example"))
    assert reader.open == []
    return reader


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "en",
            [
                "Anna's shop: problem map", "This is an invented sample company", "NPS +30 +14 … +44; 100 responses",
                "Till : detractors a month: about 450 (136 to 781). 10,000 visitors pass, unhappy are",
                "15 of 100 unhappy", "surely a problem", "3 of 30 responses", "in charge: Boris",
            ],
        ),
        (
            "ru",
            [
                "Лавка Анны: карта проблем", "вымышленная компания-пример", "NPS +30 +14 … +44; 100 ответов",
                "Касса : критиков в месяц около 450 (от 136 до 781). Посетителей 10 000, недовольны 15 из 100",
                "Недовольны 15 из 100", "точно проблема", "3 из 30 ответов", "отвечает: Boris",
            ],
        ),
    ],
)  # fmt: skip
def test_the_page_says_it_in_the_managers_language(
    journey: Journey, may: list[SeriesCounts], lang: str, said: list[str]
) -> None:
    shown = page(journey, may, lang)

    for words in said:
        assert words in shown.text
    assert ("html", {"lang": lang}) in shown.tags


def test_no_score_is_shown_below_five_responses(journey: Journey) -> None:
    shown = page(journey, [counted("returns", "ces1", {5: 4}), counted("page", "helpful", {1: 50})]).text

    assert "4 of 30 responses" in shown
    assert "100 of 100 unhappy" not in shown
    assert "5.00 of 5" not in shown


def test_a_page_that_stands_alone_asks_nothing_of_any_server(journey: Journey, may: list[SeriesCounts]) -> None:
    shown = page(journey, may)

    named = {tag for tag, _attributes in shown.tags}
    assert not named & {"script", "link", "img", "form", "iframe"}
    assert "style" in named
    assert not re.search(r"url\((?!#)|@import", stylesheet())


@pytest.mark.parametrize("standalone", [True, False])
def test_the_page_needs_no_script_and_no_style_of_an_element(
    journey: Journey, may: list[SeriesCounts], standalone: bool
) -> None:
    shown = page(journey, may, standalone=standalone)

    for tag, attributes in shown.tags:
        assert tag != "script"
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)


def test_in_the_console_names_lead_on_with_the_same_filters(journey: Journey, may: list[SeriesCounts]) -> None:
    shown = page(journey, may, "ru", Filters(place="sadovaya", channel="web"), standalone=False)

    assert ("link", {"rel": "stylesheet", "href": "/console/map.css"}) in shown.tags
    assert "магазин: Садовая, 12; канал: сайт" in shown.text
    assert any(a["href"].startswith("/console/touchpoint/till?") for tag, a in shown.tags if tag == "a")
    assert "a" not in {tag for tag, _attributes in page(journey, may, "ru").tags}


def test_the_table_repeats_every_number_with_its_head_cells(journey: Journey, may: list[SeriesCounts]) -> None:
    shown = page(journey, may)

    scopes = [a.get("scope") for tag, a in shown.tags if tag == "th"]
    assert scopes.count("col") == 11
    assert scopes.count("row") == 5
    assert "caption" in {tag for tag, _attributes in shown.tags}
    for words in ("15.0 (11.8 to 18.8)", "76 of 100 (72 to 79)", "450 (136 to 781)", "+5.0 (+0.4 to +9.6)"):
        assert words in shown.text


def test_before_there_is_data_the_page_shows_what_may_go_wrong(journey: Journey) -> None:
    shown = page(journey, [])

    assert "three steps" in shown.text
    assert "Prices are out of date." in shown.text
    assert '<script async src="https://ask.example/ask.js?point=page"></script>' in shown.text
    assert "All numbers" not in shown.text


def test_a_filter_that_finds_nothing_is_not_a_new_company(journey: Journey) -> None:
    shown = page(journey, [], filters=Filters(segment="guest"))

    assert "three steps" not in shown.text
    assert "0 of 30 responses" in shown.text


@pytest.mark.parametrize(("share", "warned"), [(0.04, False), (0.05, False), (0.06, True), (None, False)])
def test_people_who_answer_often_are_told_about(
    journey: Journey, may: list[SeriesCounts], share: float | None, warned: bool
) -> None:
    assert ("repeat a person" in page(journey, may, repeated=share).text) is warned


def test_channels_and_suspected_misuse_are_named(journey: Journey, may: list[SeriesCounts]) -> None:
    shown = page(journey, may).text

    assert "(website 200)" in shown
    assert "flagged as suspected misuse and left out: Till." in shown  # 60 of 460
    assert "left out: 60 responses" in shown


def test_a_retired_touchpoint_is_listed_apart(journey: Journey, may: list[SeriesCounts]) -> None:
    shown = page(journey, [*may, counted("kiosk-3", "csat5", {1: 3, 5: 57})]).text

    assert "No longer in the journey kiosk-3 (rating, 1–5): 60 responses; unhappy of 100: 5.0 (1.7 to 13.7)" in shown


def test_a_touchpoint_within_its_goal_says_why_it_is_on_the_list(journey: Journey) -> None:
    shown = page(journey, [counted("till", "smiley5", {0: 30, 4: 970})]).text

    assert "That is within the goal of 8 of 100: there are many of them because many pass." in shown


def test_a_name_cannot_bring_its_own_tags(journey: Journey, may: list[SeriesCounts]) -> None:
    shown = page(journey, [*may, counted("<b>x</b>", "csat5", {1: 30})])

    assert "<b>x</b>" in shown.text


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_the_picture_is_a_whole_svg_with_its_words(journey: Journey, may: list[SeriesCounts], lang: str) -> None:
    drawn = ET.fromstring(render_svg(problem_map(journey, may, MAY, APRIL, Filters(), lang), journey, lang))
    namespace = "{http://www.w3.org/2000/svg}"

    title, desc = (drawn.findtext(namespace + name) for name in ("title", "desc"))
    assert title is not None
    assert desc is not None
    assert ("Anna's shop" if lang == "en" else "Лавка Анны") in title
    assert "15" in desc
    assert not any("href" in name for element in drawn.iter() for name in element.attrib)


def test_a_long_name_is_broken_and_cut_in_the_picture() -> None:
    assert broken("Till", 200) == ("Till",)
    assert broken("Self-service till at the far end of the hall beside the lift", 170) == (
        "Self-service till at",
        "the far end of the…",
    )


def test_the_page_is_small_and_always_the_same(journey: Journey, may: list[SeriesCounts]) -> None:
    found = problem_map(journey, may, MAY, APRIL, Filters(), "ru")
    once, again = (render_html(found, journey, "ru", standalone=True) for _time in range(2))

    assert once == again
    assert len(once.encode()) < 50_000


def test_a_page_looks_for_each_touchpoint_once_however_many_there_are(
    journey: Journey, may: list[SeriesCounts], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    find = ProblemMap.find
    monkeypatch.setattr(ProblemMap, "find", lambda found, key, scale: (looked.append(key), find(found, key, scale))[1])

    found = problem_map(journey, may, MAY, APRIL, Filters(), "en")
    looked.clear()
    render_html(found, journey, "en", standalone=True, base="https://ask.example")

    assert looked
    assert max(looked.count(key) for key in looked) <= 2, "its card, and its sentence in the list of what to fix"
