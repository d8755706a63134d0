"""What customers write about: themes are counted, never guessed, in Russian and English."""

from __future__ import annotations

import time

import pytest
from hostile import naughty
from hypothesis import given
from hypothesis import strategies as st

from otklik_collector.stems import search, stem
from otklik_collector.themes import MOST, Mood, Said, themes

FILLER = ("Всё было хорошо", "Спасибо!", "ok", "😀😀", "Nothing more, thanks")


def said(text: str, times: int = 1, mood: Mood = "unhappy") -> list[Said]:
    return [Said(text, mood)] * times


def words(now: list[Said], before: list[Said] | None = None) -> dict[str, int]:
    return {theme.words: theme.comments for theme in themes(now, before or []).themes}


@pytest.mark.parametrize(
    ("texts", "theme"),
    [
        (["Огромная очередь", "очереди", "стояли в очереди", "Очередью недоволен", "две очереди"], "очереди"),
        (["long queue", "Queues everywhere", "the queue!", "a queue again", "queue, queue, queue"], "queue"),
        (["Долго ждали на кассе", "долго ждали", "ДОЛГО ЖДАЛИ!", "очень долго ждали", "Долго ждали?"], "долго ждали"),
        (["waiting at the till"] * 5, "waiting at the till"),
        (["нет тележек", "Нет тележек", "опять нет тележек", "нет тележек!", "НЕТ ТЕЛЕЖЕК"], "нет тележек"),
        (["терминал не работает"] * 5, "терминал не работает"),
        (["the app doesn’t work"] * 3 + ["app didn't work"] * 2, "app doesn’t work"),
    ],
)
def test_a_theme_is_what_at_least_five_customers_write_of_in_any_form(texts: list[str], theme: str) -> None:
    found = words([Said(text, "unhappy") for text in texts])
    assert found == {theme: 5}
    assert words([Said(text, "unhappy") for text in texts[:4]]) == {}


def test_one_customer_who_repeats_a_word_is_one_customer() -> None:
    assert words([*said("очередь, очередь, очередь и ещё раз очередь", 4), *said("касса", 5)]) == {"касса": 5}


def test_words_that_repeat_the_score_or_say_nothing_make_no_theme() -> None:
    assert words([one for text in FILLER for one in said(text, 20)]) == {}


def test_what_works_and_what_does_not_are_two_themes() -> None:
    found = words([*said("Терминал работает", 6), *said("Сайт не работает", 7)])
    assert found == {"сайт не работает": 7, "терминал работает": 6}


def test_a_word_gives_way_to_the_phrase_it_nearly_always_stands_in() -> None:
    assert words([*said("вежливый кассир", 7), *said("кассир", 3)]) == {"вежливый кассир": 7}
    assert words([*said("вежливый кассир", 5), *said("кассир", 9)]) == {"кассир": 14, "вежливый кассир": 5}


@pytest.mark.parametrize("text", ["Анна Петрова помогла", "Кассир Мария нагрубила", "пишите на ivan@example.com"])
def test_nobody_is_a_theme_by_name(text: str) -> None:
    found = words(said(text, 9))
    assert not any(name in " ".join(found) for name in ("анна", "петрова", "мария", "ivan", "example"))


def test_a_theme_is_compared_with_the_period_before_and_a_rise_by_chance_is_not_named() -> None:
    other = said("парковка", 100)
    now = [*said("долгая доставка", 60), *said("высокие цены", 31), *other]
    before = [*said("долгая доставка", 20), *said("высокие цены", 29), *other]
    found = {theme.words: theme for theme in themes(now, before).themes}
    assert found["долгая доставка"].change.direction == "more"
    assert found["высокие цены"].change.direction == "unclear"
    assert all(theme.change.direction == "none" for theme in themes(now, []).themes)


def test_the_unhappy_and_the_happy_are_compared_with_an_interval() -> None:
    now = [*said("долго ждали", 40, "unhappy"), *said("долго ждали", 3, "happy"), *said("парковка", 60, "unhappy"),
           *said("парковка", 97, "happy"), *said("парковка", 5, "")]  # fmt: skip
    found = themes(now, [])
    waited = next(theme for theme in found.themes if theme.words == "долго ждали")
    assert (found.comments, found.unhappy, found.happy) == (205, 100, 100)
    assert (waited.comments, waited.unhappy, waited.happy) == (43, 40, 3)
    assert waited.contrast.direction == "more"
    assert waited.contrast.low is not None
    assert waited.contrast.high is not None
    assert 0.2 < waited.contrast.low < 0.37 < waited.contrast.high < 0.5


def test_examples_are_the_newest_that_do_not_say_the_same() -> None:
    now = [Said(text) for text in ("Очередь", "очередь ", "Опять очередь", "очередь в кассу", "Очередь!", "x очередь")]
    assert [now[place].text for place in themes(now, []).themes[0].examples] == [
        "Очередь", "Опять очередь", "очередь в кассу",
    ]  # fmt: skip


def test_hostile_words_are_words_and_nothing_more() -> None:
    texts = naughty()
    found = themes([Said(text, "unhappy") for text in texts * 5], [Said(text) for text in texts])
    assert len(found.themes) <= MOST
    assert themes([], []).themes == ()
    assert themes(said("", 9), said("😀", 9)).themes == ()


@given(st.lists(st.text(max_size=60), max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_comments_changes_no_count(texts: list[str], chance: object) -> None:
    now = [Said(text, "happy") for text in texts * 5]
    shuffled = now[:]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    mine, theirs = themes(now, []), themes(shuffled, [])
    assert sorted(theme.comments for theme in mine.themes) == sorted(theme.comments for theme in theirs.themes)


def test_ten_thousand_comments_are_counted_while_somebody_waits() -> None:
    texts = ["Долго ждали на кассе, терминал не работает, а доставка опоздала на час", "The courier was rude and late"]
    now = [Said(f"{texts[number % 2]} {number}", "unhappy") for number in range(10_000)]
    began = time.process_time()
    assert themes(now, []).themes
    # A second is promised; a loaded machine may take three.
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    ("written", "text", "finds"),
    [
        ("очередь", "Стояли в очередях", True),
        ("ОЧЕРЕДЬ касса", "на кассе была очередь", True),
        ("очередь касса", "на кассе никого", False),
        ("queue", "Queues!", True),
        ("еще", "Ещё раз", True),
        ("lying", "he was lying", True),
        ("не", "не работает", True),
        ("42", "дом 42", True),
        ("42", "дом 421", False),
        ("😀", "так себе 😀", True),
        ("😀", "так себе", False),
        ("%", "скидка 5 %", True),
        ('"долго ждали"', "Долго мы ждали", False),
        ("«долго ждали»", "Очень долго ждали", True),
        ('"waiting till"', "waiting at the till", True),
        ('"работает"', "терминал не работает", False),
        ('"не работает"', "терминал не работал", True),
        ('"', "anything", False),
        ("' OR 1=1 --", "1 or 1", True),
        ("%%", "nothing", False),
    ],
)
def test_search_finds_words_in_any_form_and_phrases(written: str, text: str, finds: bool) -> None:
    assert search(written).finds(text) is finds


def test_every_theme_is_found_again_by_searching_for_it() -> None:
    texts = ["Терминал не работает", "долго ждали на кассе", "Long queue at the till", "the app doesn't work",
             "приветливые сотрудники", "цена на молоко выросла"]  # fmt: skip
    now = [Said(text) for text in texts * 5]
    for theme in themes(now, []).themes:
        assert sum(search(f'"{theme.words}"').finds(one.text) for one in now) == theme.comments


def test_a_word_of_two_thousand_letters_has_a_stem() -> None:
    assert len(stem("ы" * 2000)) <= 40
