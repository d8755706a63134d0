"""The question as HTML, read the way a browser reads it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from otklik_widget import embed
from otklik_widget.journey import Journey
from otklik_widget.journey_file import read_journey
from otklik_widget.scales import SCALES, option_names

if TYPE_CHECKING:
    from pathlib import Path

JOURNEY = """
[company]
name = "Three Porches"
languages = ["ru", "en"]
[[stage]]
key = "buy"
name = { ru = "Покупает", en = "Buys" }
[[stage.touchpoint]]
key = "checkout"
name = { ru = "Касса", en = "Checkout" }
ask = ["smiley5", "csat5"]
question = { ru = "Как вам «Касса»?", en = 'Was "till" <fast> & good?' }
reasons = ["waiting", "help"]
[[stage.touchpoint]]
key = "page"
name = { ru = "Страница", en = "Page" }
ask = ["helpful", "message"]
[reason.waiting]
ru = "Время ожидания"
en = "Waiting time"
[reason.help]
ru = "Помощь </script><b>"
en = "Help </script>\u2028<b>"
"""
VOID = {"input", "path"}


@dataclass
class Tag:
    name: str
    attributes: dict[str, str | None]
    text: str = ""
    inside: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """The tags of a page in order, each with the text in it; refuses tags that are not closed in turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[Tag] = []
        self.open: list[Tag] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), "an attribute stands twice"
        self.tags.append(Tag(tag, dict(attrs), inside=[outer.name for outer in self.open]))
        if tag not in VOID:
            self.open.append(self.tags[-1])

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop().name == tag

    def handle_data(self, data: str) -> None:
        for tag in self.open:
            tag.text += data

    def all(self, tag_name: str, /, **attributes: str) -> list[Tag]:
        return [
            tag
            for tag in self.tags
            if tag.name == tag_name and all(tag.attributes.get(key) == value for key, value in attributes.items())
        ]

    def fields(self) -> dict[str, str | None]:
        return {str(tag.attributes["name"]): tag.attributes["value"] for tag in self.all("input", type="hidden")}


@pytest.fixture
def journey(tmp_path: Path) -> Journey:
    file = tmp_path / "journey.toml"
    file.write_text(JOURNEY, encoding="utf-8")
    return read_journey(file)


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize("scale", SCALES)
def test_every_score_of_every_scale_can_be_given_without_a_script(journey: Journey, scale: str, lang: str) -> None:
    page = Page(embed.form(journey, "page", scale, lang, action="/q/page"))

    assert [radio.attributes["value"] for radio in page.all("input", type="radio")] == [
        str(score) for score in SCALES[scale].scores
    ]
    said = [label.text.split() for label in page.all("label")]
    assert said == [name.replace(" - ", " ").split() for name in option_names(scale, lang)]
    assert page.all("form")[0].attributes["method"] == "post"
    assert len(page.all("button", type="submit")) == 1
    assert len(page.all("legend")) == len(page.all("fieldset"))


def test_a_message_needs_its_text_and_a_score_needs_none(journey: Journey) -> None:
    message = Page(embed.form(journey, "page", "message", "en", action="/q/page"))
    score = Page(embed.form(journey, "page", "nps", "en", action="/q/page"))

    assert "required" in message.all("textarea")[0].attributes
    assert "required" not in score.all("textarea")[0].attributes
    assert "required" in score.all("input", type="radio")[0].attributes


def test_the_form_carries_what_is_known_and_leaves_out_what_is_not(journey: Journey) -> None:
    bare = Page(embed.form(journey, "page", "helpful", "ru", action="/q/page"))
    whole = Page(
        embed.form(
            journey,
            "page",
            "helpful",
            "ru",
            action="/q/page",
            key="k1",
            id="018f",
            place="vokzal",
            channel="qr",
        )
    )

    assert bare.fields() == {"scale": "helpful", "lang": "ru"}
    assert whole.fields() == {
        "scale": "helpful", "lang": "ru", "key": "k1", "id": "018f", "place": "vokzal", "channel": "qr",
    }  # fmt: skip


def test_people_never_see_the_field_for_robots(journey: Journey) -> None:
    text = embed.form(journey, "page", "helpful", "ru", action="/q/page", values={"website": "spam"})
    (trap,) = Page(text).all("input", name="website")

    assert '<div class="o-website" hidden><input type="text" name="website"' in text
    assert trap.attributes["tabindex"] == "-1"
    assert "value" not in trap.attributes


def test_a_refused_form_comes_back_as_it_was_with_its_faults(journey: Journey) -> None:
    page = Page(
        embed.form(
            journey, "checkout", "smiley5", "en", action="/q/checkout",
            values={"score": "3", "reasons": ["help"], "comment": "\nTwo tills </textarea>\nwere shut"},
            faults={"score": "Choose <one>", "reasons": "Unknown", "comment": "Too long", "key": "Key gone"},
        )
    )  # fmt: skip

    checked = [tag.attributes["value"] for tag in page.all("input") if "checked" in tag.attributes]
    assert checked == ["3", "help"]
    # A browser drops the first line break of a textarea; the parser here does not.
    assert page.all("textarea")[0].text == "\n\nTwo tills </textarea>\nwere shut"
    texts = {tag.attributes["id"]: tag.text for tag in page.all("p", **{"class": "o-fault"})}
    assert set(texts.values()) == {"Choose <one>", "Unknown", "Too long", "Key gone"}
    for tag, text in [
        (page.all("fieldset")[0], "Choose <one>"),
        (page.all("input", type="checkbox")[0], "Unknown"),
        (page.all("textarea")[0], "Too long"),
    ]:
        described = str(tag.attributes["aria-describedby"]).split()
        assert text in [texts.get(name) for name in described]


def test_a_reason_is_shown_in_the_readers_language(journey: Journey) -> None:
    page = Page(embed.form(journey, "checkout", "smiley5", "ru", action="/q/checkout"))

    labels = [label.text.strip() for label in page.all("label", **{"class": "o-reason"})]
    assert labels == ["Время ожидания", "Помощь </script><b>"]
    assert page.all("legend")[0].text == "Как вам «Касса»?"


@pytest.mark.parametrize(
    ("scale", "asked"),
    [("helpful", "What should we improve?"), ("nps", "What influenced your rating most?")],
)
def test_the_open_question_suits_the_scale(journey: Journey, scale: str, asked: str) -> None:
    assert asked in embed.form(journey, "page", scale, "en", action="/q/page")


def test_the_element_holds_its_texts_and_the_plain_form(journey: Journey) -> None:
    page = Page(
        embed.element(
            journey,
            "checkout",
            "smiley5",
            "en",
            collector="https://ask.shop.example",
            key="k1",
            place="vokzal",
        )
    )
    (ask,) = page.all("otklik-ask")

    assert ask.attributes["question"] == 'Was "till" <fast> & good?'
    assert json.loads(str(ask.attributes["reasons"])) == {
        "waiting": "Waiting time",
        "help": "Help </script>\u2028<b>",
    }
    assert ask.attributes["wording"] == journey.wording("checkout", "smiley5")
    assert (ask.attributes["key"], ask.attributes["place"]) == ("k1", "vokzal")
    (plain,) = page.all("form")
    assert plain.attributes["action"] == "https://ask.shop.example/q/checkout"
    assert "otklik-ask" in plain.inside
    assert page.fields() == {"scale": "smiley5", "lang": "en", "key": "k1", "place": "vokzal"}


def test_an_element_on_the_collectors_own_origin_says_nothing_it_need_not(journey: Journey) -> None:
    (ask,) = Page(embed.element(journey, "page", "helpful", "ru")).all("otklik-ask")

    assert set(ask.attributes) == {"point", "scale", "lang", "question", "wording"}


def test_nothing_in_a_form_needs_an_exception_from_a_strict_policy(journey: Journey) -> None:
    page = Page(embed.element(journey, "checkout", "smiley5", "en"))

    assert not page.all("script")
    assert not page.all("style")
    assert not [name for tag in page.tags for name in tag.attributes if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("score", range(5))
def test_no_two_faces_look_the_same(score: int) -> None:
    faces = [embed.face("smiley5", other) for other in range(5)]

    assert faces.count(faces[score]) == 1


def test_an_unknown_point_or_scale_is_not_guessed(journey: Journey) -> None:
    with pytest.raises(KeyError):
        embed.form(journey, "till", "nps", "en", action="/q/till")
    with pytest.raises(KeyError):
        embed.configured_script(journey, point="page", scale="npss")
