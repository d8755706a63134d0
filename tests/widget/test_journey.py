"""The journey says what stands in its file, and names everything that is wrong with it at once."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path

import pytest

from otklik_widget.assets import demo_content
from otklik_widget.faults import Faults
from otklik_widget.journey import Journey
from otklik_widget.journey_file import parse_hours, read_journey
from otklik_widget.scales import SCALES
from otklik_widget.words import speaking

WHOLE = """\
[company]
name = { ru = "Лавка на углу", en = "Corner Shop" }
languages = ["ru", "en"]
zone = "Europe/Moscow"
goal = 12.5
segments = ["member", "guest", "member"]
sample = true

[[place]]
key = "main"
name = "Main Street"
[[place]]
key = "omsk"
name = { ru = " Омск ", en = "Omsk" }
zone = "Asia/Omsk"
region = "siberia"
hours = "Mo-Fr 09:00-20:00; Sa 10:00-18:00"
lead = "Вера"

[[stage]]
key = "choose"
name = { ru = "Выбирает", en = "Chooses" }
[[stage.touchpoint]]
key = "rules"
name = { ru = "Правила", en = "Rules" }

[[stage]]
key = "buy"
name = { ru = "Покупает", en = "Buys" }
[[stage.touchpoint]]
key = "checkout"
name = { ru = "Касса", en = "Checkout" }
ask = ["smiley5", "ces7", "csat5"]
question = { smiley5 = "Как касса?", ces7 = { ru = "Легко?", en = "Easy?" } }
reasons = ["waiting", "courtesy", "waiting"]
passes = 12000
impact = "high"
goal = 8
risks = { ru = "Очередь", en = "A queue" }
owner = "shop"
hours = "Mo-Su 08:00-22:00"
zone = "Asia/Yekaterinburg"
places = ["main"]
[[stage.touchpoint]]
key = "whole"
name = { ru = "Лавка в целом", en = "The whole shop" }
ask = ["nps"]
outcome = true

[reason.waiting]
ru = "Ожидание"
en = "Waiting"
[reason]
courtesy = "Вежливость / Courtesy"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "journey.toml"


def read(file: Path, text: str) -> Journey:
    file.write_text(text, encoding="utf-8")
    return read_journey(file)


def faults(file: Path, text: str) -> list[str]:
    """What is wrong with a text, each fault as "line: sentence"."""
    with pytest.raises(Faults) as found:
        read(file, text)
    return [str(fault).removeprefix(f"{file}:").strip() for fault in found.value.faults]


def test_the_company_is_read_whole(file: Path) -> None:
    company = read(file, WHOLE).company

    assert dict(company.name) == {"ru": "Лавка на углу", "en": "Corner Shop"}
    assert company.languages == ("ru", "en")
    assert (company.zone, company.goal, company.sample) == ("Europe/Moscow", 12.5, True)
    assert company.segments == ("member", "guest")


def test_places_are_read_whole_in_their_order(file: Path) -> None:
    main, omsk = read(file, WHOLE).places

    assert dict(main.name) == {"ru": "Main Street", "en": "Main Street"}
    assert (main.zone, main.region, main.hours, main.lead) == (None, None, None, None)
    assert omsk.name.say("ru") == "Омск"
    assert (omsk.key, omsk.zone, omsk.region, omsk.lead) == ("omsk", "Asia/Omsk", "siberia", "Вера")
    assert omsk.hours
    assert omsk.hours.days == {**dict.fromkeys(range(5), (540, 1200)), 5: (600, 1080)}


def test_touchpoints_are_read_whole_in_the_order_of_the_way(file: Path) -> None:
    journey = read(file, WHOLE)
    checkout = journey.touchpoints["checkout"]

    assert list(journey.touchpoints) == ["rules", "checkout", "whole"]
    assert [stage.name.say("en") for stage in journey.stages] == ["Chooses", "Buys"]
    assert (checkout.stage, checkout.ask, checkout.main) == ("buy", ("smiley5", "ces7", "csat5"), "smiley5")
    assert (checkout.reasons, checkout.places) == (("waiting", "courtesy"), ("main",))
    assert (checkout.passes, checkout.impact, checkout.goal) == (12000, "high", 8)
    assert (checkout.owner, checkout.zone, checkout.outcome) == ("shop", "Asia/Yekaterinburg", False)
    assert checkout.risks
    assert checkout.risks.say("en") == "A queue"
    assert checkout.hours
    assert checkout.hours.written == "Mo-Su 08:00-22:00"
    assert journey.outcome is journey.touchpoints["whole"]
    assert {key: reason.say("ru") for key, reason in journey.reasons.items()} == {
        "waiting": "Ожидание",
        "courtesy": "Вежливость / Courtesy",
    }


def test_what_is_left_out_has_its_usual_value(file: Path) -> None:
    smallest = "[company]\nname='Shop'\n[[stage]]\nkey='s'\nname='S'\n[[stage.touchpoint]]\nkey='t'\nname='T'"
    journey = read(file, smallest)
    touchpoint = journey.touchpoints["t"]

    assert (journey.company.languages, journey.company.zone, journey.company.goal) == (("en",), "UTC", 10)
    assert (journey.company.segments, journey.company.sample) == ((), False)
    assert (journey.places, journey.reasons, journey.outcome, journey.warnings) == ((), {}, None, ())
    assert (touchpoint.ask, touchpoint.impact, touchpoint.goal) == (("smiley5",), "usual", 10)
    assert (touchpoint.passes, touchpoint.risks, touchpoint.hours, touchpoint.places) == (None, None, None, ())


def test_without_a_list_the_languages_are_those_of_the_name(file: Path) -> None:
    assert read(file, WHOLE.replace('languages = ["ru", "en"]\n', "")).company.languages == ("ru", "en")


@pytest.mark.parametrize(
    ("scale", "lang", "asked"),
    [
        ("smiley5", "ru", "Как касса?"), ("smiley5", "en", "Как касса?"), ("ces7", "ru", "Легко?"),
        ("ces7", "en", "Easy?"), ("csat5", "ru", "Оцените: Касса"), ("csat5", "en", "Please rate: Checkout"),
    ],
)  # fmt: skip
def test_a_touchpoint_asks_in_its_own_words_or_in_the_scales(file: Path, scale: str, lang: str, asked: str) -> None:
    assert read(file, WHOLE).touchpoints["checkout"].question(scale, lang) == asked


def test_one_question_is_that_of_the_first_scale(file: Path) -> None:
    text = WHOLE.replace('question = { smiley5 = "Как касса?",', 'question = { ru = "Как касса?", en = "And?" } #')
    checkout = read(file, text).touchpoints["checkout"]

    assert checkout.question("smiley5", "en") == "And?"
    assert checkout.question("ces7", "en") == "How easy was it to get this done?"


def test_another_question_in_any_language_is_another_wording(file: Path) -> None:
    before = read(file, WHOLE)
    after = read(file, WHOLE.replace("Easy?", "Was it easy?"))

    assert before.wording("checkout", "ces7") != after.wording("checkout", "ces7")
    assert before.wording("checkout", "smiley5") == after.wording("checkout", "smiley5")
    assert len(before.wording("checkout", "ces7")) == 8


@pytest.mark.parametrize(
    ("touchpoint", "place", "zone"),
    [
        ("rules", None, "Europe/Moscow"), ("rules", "main", "Europe/Moscow"), ("rules", "omsk", "Asia/Omsk"),
        ("checkout", None, "Asia/Yekaterinburg"), ("checkout", "main", "Asia/Yekaterinburg"),
        ("checkout", "omsk", "Asia/Omsk"), ("closed-long-ago", "closed", "Europe/Moscow"),
    ],
)  # fmt: skip
def test_the_place_has_the_first_word_about_the_time(file: Path, touchpoint: str, place: str, zone: str) -> None:
    assert read(file, WHOLE).zone(touchpoint, place).key == zone


@pytest.mark.parametrize(
    ("hours", "weekday", "clock", "open_"),
    [
        ("Mo-Fr 08:00-22:00", 0, "08:00", True), ("Mo-Fr 08:00-22:00", 4, "21:59", True),
        ("Mo-Fr 08:00-22:00", 4, "22:00", False), ("Mo-Fr 08:00-22:00", 5, "12:00", False),
        ("Sa 10:00-18:00", 5, "10:00", True), ("Sa 10:00-18:00", 6, "10:00", False),
        ("Sa-Mo 10:00-18:00", 0, "12:00", True), ("Sa-Mo 10:00-18:00", 1, "12:00", False),
        ("Fr 20:00-02:00", 5, "01:59", True), ("Fr 20:00-02:00", 5, "02:00", False),
        ("Fr 20:00-02:00", 4, "01:00", False), ("Su 20:00-02:00", 0, "01:00", True),
        ("Mo-Su 00:00-24:00", 3, "23:59", True), ("Mo-Su 08:00-22:00; Su 10:00-18:00", 6, "09:00", False),
    ],
)  # fmt: skip
def test_opening_hours_know_when_it_is_open(hours: str, weekday: int, clock: str, open_: bool) -> None:
    found = parse_hours(hours)

    assert found
    assert found.open_at(weekday, time.fromisoformat(clock)) is open_


@pytest.mark.parametrize(
    "hours",
    ["8-22", "Mo-Fr", "Mo-Fr 8:00-22:00", "Пн-Пт 08:00-22:00", "mo 08:00-22:00", "Mo 25:00-26:00", "Mo 08:60-22:00",
     "Mo 24:00-24:00", "Mo 08:00–22:00", "Mo-Fr 08:00-22:00,", "Xx 08:00-22:00", "Mo-Xx 08:00-22:00", ";"],
)  # fmt: skip
def test_what_is_no_opening_hours_is_refused(file: Path, hours: str) -> None:
    assert parse_hours(hours) is None
    assert faults(file, WHOLE.replace("Mo-Su 08:00-22:00", hours)) == [
        f"41: “{hours}” are no opening hours like “Mo-Fr 08:00-22:00; Sa 10:00-18:00”"
    ]


KNOWN_SCALES = ", ".join(SCALES)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("goal = 8\n", "gaol = 8\n", ["38: unknown key “gaol”. Did you mean “goal”?"]),
        ("reasons =", "reason =", ["35: unknown key “reason”. Did you mean “reasons”?"]),
        ("[[place]]\nkey = \"main\"", "[[plase]]\nkey = \"main\"",
         ["9: unknown key “plase”. Did you mean “place”?",
          "43: “main” in “places” is not known; add it as a [[place]]."]),
        ("sample = true", "zzz = 1",
         ["7: unknown key “zzz”. Known keys: colours, goal, languages, logo, name, sample, segments, zone."]),
        ('ask = ["nps"]', 'ask = ["npss"]',
         [f"47: unknown scale “npss” in “ask”; known: {KNOWN_SCALES}. Did you mean “nps”?",
          '48: the outcome is told by its NPS: let its “ask” begin with "nps"']),
        ('ask = ["nps"]', 'ask = []',
         ['47: “ask” is empty; name at least one scale, like ["smiley5"]',
          '48: the outcome is told by its NPS: let its “ask” begin with "nps"']),
        ('ask = ["nps"]', 'ask = "nps"',
         ['47: “ask” must be a list of texts, like ["one", "two"]',
          '48: the outcome is told by its NPS: let its “ask” begin with "nps"']),
        ('ask = ["nps"]', 'ask = ["nps", "nps"]', ["47: the scale “nps” stands twice in “ask”"]),
        ('ask = ["nps"]\n', "", ['47: the outcome is told by its NPS: let its “ask” begin with "nps"']),
        ('"csat5"]', '"csat5"]\noutcome = true', [
            '34: the outcome is told by its NPS: let its “ask” begin with "nps"',
            "49: only one touchpoint may be the outcome"]),
        ("outcome = true", "outcome = 1", ["48: “outcome” must be true or false"]),
        ('["waiting", "courtesy", "waiting"]', '["wating"]',
         ["35: “wating” in “reasons” is not known; add it to the table [reason]. Did you mean “waiting”?"]),
        ('places = ["main"]', 'places = ["mian"]',
         ["43: “mian” in “places” is not known; add it as a [[place]]. Did you mean “main”?"]),
        ('key = "whole"', 'key = "rules"', ["45: the key “rules” is already used on line 24; keys are unique"]),
        ('key = "buy"', 'key = "choose"', ["28: the key “choose” is already used on line 21; keys are unique"]),
        ('key = "omsk"', 'key = "main"', ["13: the key “main” is already used on line 10; keys are unique"]),
        ('key = "whole"', 'key = "Whole shop"',
         ["45: the key “Whole shop” may hold only small Latin letters, digits and, after the first, hyphens; "
          "64 at most"]),
        ('key = "whole"', "key = 7", ["45: “key” must be a text in quotes"]),
        ('key = "whole"\n', "", ["44: “key” is missing here"]),
        ('key = "rules"\nname = { ru = "Правила", en = "Rules" }', "", ["23: “key” is missing here",
                                                                      "23: “name” is missing here"]),
        ('"member", "guest"', '"Member", "guest"',
         ["6: the key “Member” may hold only small Latin letters, digits and, after the first, hyphens; 64 at most"]),
        ("[reason.waiting]", "[reason.wait_ing]",
         ["35: “waiting” in “reasons” is not known; add it to the table [reason]. Did you mean “wait_ing”?",
          "35: “waiting” in “reasons” is not known; add it to the table [reason]. Did you mean “wait_ing”?",
          "50: the key “wait_ing” may hold only small Latin letters, digits and, after the first, hyphens; "
          "64 at most"]),
        ('{ ru = "Касса", en = "Checkout" }', '{ ru = "Касса" }', ["32: “name” has no text in “en”"]),
        ('{ ru = "Касса", en = "Checkout" }', '{ ru = "Касса", en = " " }', ["32: “name” has no text in “en”"]),
        ('{ ru = "Касса", en = "Checkout" }', '""', ["32: “name” must be a text or { ru = \"…\", en = \"…\" }"]),
        ('{ ru = "Касса", en = "Checkout" }', "7", ["32: “name” must be a text or { ru = \"…\", en = \"…\" }"]),
        ('en = "Waiting"', 'eng = "Waiting"',
         ["50: “waiting” has no text in “en”",
          "52: “waiting” speaks “eng”, but the company's languages are ru, en. Did you mean “en”?"]),
        ('{ ru = "Легко?", en = "Easy?" }', '{ ru = "Легко?" }', ["34: “ces7” has no text in “en”"]),
        ("ces7 = { ru", "ces5 = { ru", ["34: “question” words the scale “ces5”, which “ask” does not ask"]),
        ('zone = "Europe/Moscow"', 'zone = "europe/moskow"',
         ["4: “europe/moskow” is not a time zone like “Europe/Moscow”. Did you mean “Europe/Moscow”?"]),
        ('"Asia/Omsk"', '"Asia/Omks"',
         ["15: “Asia/Omks” is not a time zone like “Europe/Moscow”. Did you mean “Asia/Omsk”?"]),
        ('"Asia/Omsk"', '"MSK+3"', ["15: “MSK+3” is not a time zone like “Europe/Moscow”."]),
        ("goal = 12.5", "goal = 101", ["5: “goal” is 101, but must be a number from 0 to 100"]),
        ("goal = 12.5", "goal = nan", ["5: “goal” is nan, but must be a number from 0 to 100"]),
        ("goal = 12.5", 'goal = "12"', ["5: “goal” is “12”, but must be a number from 0 to 100"]),
        ("goal = 12.5", "goal = true", ["5: “goal” is true, but must be a number from 0 to 100"]),
        ("goal = 12.5", "goal = 0x" + "f" * 5000,
         ["5: “goal” is a very long number, but must be a number from 0 to 100"]),
        ("passes = 12000", "passes = 12.5",
         ["36: “passes” is 12.5, but must be a whole number from 0 to 1000000000000"]),
        ("passes = 12000", "passes = -1",
         ["36: “passes” is -1, but must be a whole number from 0 to 1000000000000"]),
        ('impact = "high"', 'impact = "hihg"',
         ["37: “impact” is “hihg”, but must be one of low, usual, high. Did you mean “high”?"]),
        ('languages = ["ru", "en"]', 'languages = ["ru", "en", "Russian"]',
         ["3: “Russian” is not a language code like “ru” or “en”"]),
        ("sample = true", 'sample = "yes"', ["7: “sample” must be true or false"]),
        ("segments = [", "segments = [1, ", ['6: “segments” must be a list of texts, like ["one", "two"]']),
        ('region = "siberia"', "region = 2026-11-21", ["16: “region” must be a text in quotes"]),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_the_way_out(file: Path, right: str, wrong: str, said: list[str]) -> None:
    assert WHOLE.count(right) >= 1
    assert faults(file, WHOLE.replace(right, wrong, 1)) == said


def test_all_mistakes_are_named_at_once_in_the_order_of_the_lines(file: Path) -> None:
    text = WHOLE.replace("goal = 12.5", "gaol = 12").replace('"Asia/Omsk"', '"Asia/Omks"').replace("nps", "npss")

    assert [fault.partition(":")[0] for fault in faults(file, text)] == ["5", "15", "47", "48"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ["the table [company] with “name” is missing",
              "the journey has no touchpoint; add a [[stage]] with a [[stage.touchpoint]]"]),
        ("[company]", ["the journey has no touchpoint; add a [[stage]] with a [[stage.touchpoint]]",
                       "1: “name” is missing here"]),
        ("[company]\nname = 'Shop'\n[[stage]]\nkey = 'buy'\nname = 'Buys'\n",
         ["the journey has no touchpoint; add a [[stage]] with a [[stage.touchpoint]]"]),
        ("company = 1\nstage = 'buy'\nplace = { key = 'a' }\nreason = []\n",
         ["the journey has no touchpoint; add a [[stage]] with a [[stage.touchpoint]]",
          "1: “company” must be a table", "2: “stage” must be written as [[stage]]",
          "3: “place” must be written as [[place]]", "4: “reason” must be a table"]),
    ],
)  # fmt: skip
def test_a_journey_that_leads_nowhere_says_what_is_missing(file: Path, text: str, said: list[str]) -> None:
    assert faults(file, text) == said


def test_tables_within_one_line_have_their_lines_too(file: Path) -> None:
    text = """\
company = { name = "Shop", zoen = "UTC" }
stage = [
  { key = "buy", name = "Buys", touchpoint = [
    { key = "till", name = "Till" },
    { key = "till", name = "Till again" },
  ] },
]
"""
    assert faults(file, text) == [
        "1: unknown key “zoen”. Did you mean “zone”?",
        "5: the key “till” is already used on line 4; keys are unique",
    ]


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("reasons =", "reason =", "35: неизвестный ключ «reason». Может быть, «reasons»?"),
        ("goal = 12.5", 'goal = "двенадцать"',
         "5: ключ «goal»: записано «двенадцать», а нужно число от 0 до 100"),
        ('zone = "Europe/Moscow"', 'zone = "europe/moskow"',
         "4: «europe/moskow» – не часовой пояс вида «Europe/Moscow». Может быть, «Europe/Moscow»?"),
        ('places = ["main"]', 'places = ["mian"]',
         "43: «mian» в «places» – такого нет; добавьте магазин [[place]]. Может быть, «main»?"),
        ("passes = 12000", "passes = true",
         "36: ключ «passes»: записано true, а нужно целое число от 0 до 1000000000000"),
    ],
)  # fmt: skip
def test_a_russian_reader_is_told_in_russian(file: Path, right: str, wrong: str, said: str) -> None:
    with speaking("ru"):
        assert faults(file, WHOLE.replace(right, wrong, 1)) == [said]


def test_a_word_that_blockers_hide_is_a_warning_and_no_fault(file: Path) -> None:
    warnings = read(file, WHOLE.replace('key = "rules"', 'key = "track-order"')).warnings

    assert [str(warning) for warning in warnings] == [
        f"{file}:24: ad blockers may hide the address of “track-order”; choose another word"
    ]


def test_the_demo_company_has_no_fault() -> None:
    journey = read_journey(demo_content() / "journey.toml")

    assert journey.outcome
    assert journey.company.sample
    assert journey.warnings == ()


CONTACT = """
[company]
name = "Three Porches"
languages = ["ru", "en"]
[[stage]]
key = "buy"
name = "Buys"
[[stage.touchpoint]]
key = "till"
name = "Till"
[contact]
agree = { ru = "Согласен", en = "I agree" }
link = "/consent"
"""


def test_a_consent_has_a_version_that_changes_with_its_words(tmp_path: Path) -> None:
    file = tmp_path / "journey.toml"
    versions = set()
    by_language = '{ ru = "/ru/consent", en = "/en/consent" }'
    for text in (
        CONTACT,
        CONTACT.replace("I agree", "I consent"),
        CONTACT.replace('"/consent"', '"/terms"'),
        CONTACT.replace('"/consent"', by_language),
    ):
        file.write_text(text, encoding="utf-8")
        contact = read_journey(file).contact
        assert contact
        versions.add(contact.version)

    assert len(versions) == 4


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('agree = { ru = "Согласен", en = "I agree" }\n', "", "“agree” is missing"),
        (', en = "I agree"', "", "“agree”"),
        ('"/consent"', '"javascript:x"', "“link” must begin with https:// or with /"),
        ("link", "links", "Did you mean “link”?"),
    ],
)
def test_a_consent_that_nobody_could_give_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = tmp_path / "journey.toml"
    file.write_text(CONTACT.replace(old, new), encoding="utf-8")

    with pytest.raises(Faults, match=re.escape(said)):
        read_journey(file)


@pytest.mark.parametrize(
    ("asked", "place", "found"),
    [
        ("rules", "", "talk"),
        ("", "", "talk"),
        ("till", "", "till"),
        ("till", "omsk", "talk"),
        ("rules", "mars", "talk"),
    ],
)
def test_a_customer_writes_about_what_was_asked_if_that_takes_messages(
    file: Path, asked: str, place: str, found: str
) -> None:
    file.write_text(
        """
[company]
name = "Shop"
[[place]]
key = "main"
name = "Main"
[[place]]
key = "omsk"
name = "Omsk"
[[stage]]
key = "buy"
name = "Buys"
touchpoint = [
    { key = "rules", name = "Rules" },
    { key = "till", name = "Till", ask = ["nps", "message"], places = ["main"] },
    { key = "talk", name = "Write to us", ask = ["message"] },
]
""",
        encoding="utf-8",
    )
    assert read_journey(file).message_at(asked, place) == found
