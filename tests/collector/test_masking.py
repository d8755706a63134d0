"""Comments are shown without the people in them: names, phones and addresses, in Russian and English."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otklik_collector.masking import HIDDEN, found, masked


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Меня зовут Анна, перезвоните", "Меня зовут •••, перезвоните"),
        ("спасибо анне с кассы", "спасибо ••• с кассы"),
        ("Кассир Ольга Петровна Сидорова помогла", "Кассир ••• помогла"),
        ("Продавец Гюльчатай нагрубила", "Продавец ••• нагрубила"),
        ("Спасибо Ивану Петровичу!", "Спасибо •••!"),
        ("Иванова А.П. хамит", "••• хамит"),
        ("Звонила А. П. Кузнецова", "Звонила •••"),
        ("Позвал Смирнова, тот не пришёл", "Позвал •••, тот не пришёл"),
        ("Отдала Роману сдачу", "Отдала ••• сдачу"),
        ("С уважением, Пелагея", "С уважением, •••"),
        ("Передала Марии Кузьминичне, потом Ахметовне", "Передала •••, потом •••"),
        ("Николаевна всегда вежлива", "••• всегда вежлива"),
        ("Анна-Мария помогла", "••• помогла"),
        ("My name is Ngozi Adeyemi and I waited", "My name is ••• and I waited"),
        ("Sarah at the till was lovely", "••• at the till was lovely"),
        ("thanks john!", "thanks •••!"),
        ("Mr. Thistlewood never came back", "Mr. ••• never came back"),
        ("I asked Mark about it", "I asked ••• about it"),
        ("Sarah's till was slow", "••• till was slow"),
    ],
)
def test_names_are_hidden(said: str, shown: str) -> None:
    assert masked(said) == shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("звоните +7 (916) 123-45-67 вечером", "звоните ••• вечером"),
        ("8 916 123 45 67", "•••"),
        ("8-916-1234567.", "•••."),
        ("тел.: 22-33-44", "тел.: •••"),
        ("call +44 20 7946 0958", "call •••"),
        ("card 4276 3800 1234 5678", "card •••"),
        ("anna.p@shop.example, жду", "•••, жду"),
        ("anna (собака) почта.рф", "•••"),
        ("пишите @anna_p или t.me/anna_p", "пишите ••• или •••"),
    ],
)
def test_ways_to_reach_somebody_are_hidden(said: str, shown: str) -> None:
    assert masked(said) == shown


@pytest.mark.parametrize(
    "said",
    [
        "Ждал 40 минут, очередь из 12 человек",
        "Был 21.11.2026 в 18:30, чек на 2 500 руб",
        "Открыто 10:00-22:00, а закрыли в 21:40",
        "Заплатил 1 250 000 руб. и жду",
        "Надежда на возврат умерла",
        "Вера в магазин пропала",
        "Приехал из Ростова, а вы закрыты",
        "I will mark it in may",
        "Will it rain? Hope not",
        "Order 12345 was late on 2026-11-21",
        "Самая лучшая касса, ОЧЕНЬ быстро",
        "Ежедневной акции нет, на уровне пола молоко «Домик в деревне»",
        "Good price, 50% off",
        "",
    ],
)
def test_what_is_nobody_stays(said: str) -> None:
    assert masked(said) == said


@given(st.text(max_size=300))
def test_any_text_can_be_masked_and_a_masked_one_holds_nobody_more(text: str) -> None:
    spans = found(text)

    assert all(0 <= one.start < one.end <= len(text) for one in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    assert masked(text).count(HIDDEN) >= len(spans)


def test_the_longest_comment_is_masked_at_once() -> None:
    for piece in ("1-", "a.", "@a", "А. ", "Анна ", "(((", "+7 ", "имени ", "а-а"):
        masked((piece * 2000)[:2000])


@pytest.mark.parametrize(
    "text",
    [
        "Долго ждали, хотя людей немного",
        "Купил бы в любой другой день",
        "С марта по май нет скидок, а марка сыра другая",
        "В рыбе одни кости, жене не понравилось",
        "Розы завяли на следующий день",
    ],
)
def test_common_words_that_sound_like_short_names_stay(text: str) -> None:
    assert masked(text) == text


def test_the_same_names_with_a_capital_inside_a_sentence_are_hidden() -> None:
    assert masked("Кассир Люба и продавец Костя помогли") == f"Кассир {HIDDEN} и продавец {HIDDEN} помогли"
