"""The scales are those of the method: their scores, which of them are unhappy, and their words."""

from __future__ import annotations

import pytest

from otklik_widget.scales import SCALES, option_names, question, texts

# Sections 1.1 and 1.2 of the measuring method: scores, good end, unhappy, neutral, happy, headline number.
TABLE = {
    "nps": (range(11), "high", range(7), range(7, 9), range(9, 11), "nps"),
    "ces7": (range(1, 8), "high", range(1, 4), range(4, 5), range(5, 8), "mean"),
    "ces5": (range(1, 6), "high", range(1, 3), range(3, 4), range(4, 6), "mean"),
    "ces1": (range(1, 6), "low", range(4, 6), range(3, 4), range(1, 3), "mean"),
    "smiley3": (range(3), "high", range(1), range(1, 2), range(2, 3), "index"),
    "smiley4": (range(4), "high", range(2), range(0), range(2, 4), "index"),
    "smiley5": (range(5), "high", range(2), range(2, 3), range(3, 5), "index"),
    "csat5": (range(1, 6), "high", range(1, 3), range(3, 4), range(4, 6), "mean"),
    "helpful": (range(2), "high", range(1), range(0), range(1, 2), "share"),
    "expect3": (range(3), "high", range(1), range(1, 2), range(2, 3), "mean"),
    "message": (range(0), "high", range(0), range(0), range(0), None),
}


def test_there_are_the_scales_of_the_method_and_no_others() -> None:
    assert list(SCALES) == list(TABLE)


@pytest.mark.parametrize("key", TABLE)
def test_each_score_is_unhappy_neutral_or_happy_as_the_method_says(key: str) -> None:
    scores, good, unhappy, neutral, happy, kind = TABLE[key]
    scale = SCALES[key]

    assert list(scale.scores) == list(scores)
    assert (scale.good, scale.kind) == (good, kind)
    assert [score for score in scores if scale.classify(score) == "unhappy"] == list(unhappy)
    assert [score for score in scores if scale.classify(score) == "neutral"] == list(neutral)
    assert [score for score in scores if scale.classify(score) == "happy"] == list(happy)


@pytest.mark.parametrize("key", [key for key in TABLE if key != "message"])
def test_worse_scores_are_never_happier(key: str) -> None:
    scale = SCALES[key]
    classes = ["unhappy", "neutral", "happy"]
    ranks = [classes.index(scale.classify(score)) for score in scale.worst_first]

    assert ranks == sorted(ranks)
    assert sorted(scale.worst_first) == list(scale.scores)
    assert (ranks[0], ranks[-1]) == (0, 2)


@pytest.mark.parametrize("key", TABLE)
@pytest.mark.parametrize("score", [-1, 11, 7.5, 1.0, True, False, "1", "10 ", None, float("nan"), [1]])
def test_what_is_not_on_the_scale_is_refused_and_never_moved_onto_it(key: str, score: object) -> None:
    assert not SCALES[key].has(score)
    with pytest.raises(ValueError, match="is not on"):
        SCALES[key].classify(score)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", TABLE)
def test_the_scores_beyond_both_ends_are_refused(key: str) -> None:
    scale = SCALES[key]

    assert not scale.has(scale.low - 1)
    assert not scale.has(scale.high + 1)
    assert all(scale.has(score) for score in scale.scores)


def test_faces_are_the_smileys() -> None:
    assert [key for key, scale in SCALES.items() if scale.faces] == ["smiley3", "smiley4", "smiley5"]


@pytest.mark.parametrize(
    ("key", "lang", "asked"),
    [
        ("nps", "en", "How likely are you to recommend us to a friend or family member?"),
        ("nps", "ru", "Насколько вероятно, что вы порекомендуете нас друзьям или знакомым?"),
        ("ces7", "en", "How easy was it to get this done?"),
        ("ces7", "ru", "Легко ли вам было решить свой вопрос?"),
        ("ces5", "en", "How easy was it?"),
        ("ces5", "ru", "Насколько легко это было?"),
        ("ces1", "en", "How much effort did it take to get this done?"),
        ("ces1", "ru", "Сколько усилий вам пришлось приложить, чтобы решить вопрос?"),
        ("smiley3", "en", "How did it go?"),
        ("smiley3", "ru", "Как всё прошло?"),
        ("smiley5", "en", "How did we serve you today?"),
        ("smiley5", "ru", "Как вас сегодня обслужили?"),
        ("csat5", "en", "Please rate: Till"),
        ("csat5", "ru", "Оцените: Till"),
        ("helpful", "en", "Was this page helpful?"),
        ("helpful", "ru", "Была ли страница полезна?"),
        ("expect3", "en", "Compared with what you expected, it was"),
        ("expect3", "ru", "По сравнению с вашими ожиданиями"),
        ("message", "en", "Complain, praise or suggest"),
        ("message", "ru", "Пожаловаться, похвалить, предложить"),
    ],
)
def test_each_scale_asks_in_the_words_of_the_method(key: str, lang: str, asked: str) -> None:
    assert question(key, lang, "Till") == asked


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize("key", TABLE)
def test_every_score_has_a_name_of_its_own(key: str, lang: str) -> None:
    names = option_names(key, lang)

    assert len(names) == len(SCALES[key].scores)
    assert len(set(names)) == len(names)
    assert all(name.strip() for name in names)


@pytest.mark.parametrize(
    ("key", "lang", "worst", "best"),
    [
        ("smiley5", "ru", "Очень плохо", "Отлично"), ("smiley4", "en", "Very bad", "Excellent"),
        ("smiley3", "ru", "Плохо", "Хорошо"), ("helpful", "en", "No", "Yes"), ("expect3", "ru", "Хуже", "Лучше"),
        ("nps", "ru", "0 - Точно не порекомендую", "10 - Обязательно порекомендую"),
        ("ces7", "en", "1 - Very difficult", "7 - Very easy"), ("ces1", "ru", "5 - Очень много", "1 - Очень мало"),
    ],
)  # fmt: skip
def test_the_ends_of_a_scale_are_called_what_they_are(key: str, lang: str, worst: str, best: str) -> None:
    names = dict(zip(SCALES[key].scores, option_names(key, lang), strict=True))
    scores = SCALES[key].worst_first

    assert (names[scores[0]], names[scores[-1]]) == (worst, best)


def test_a_language_without_words_gets_the_english_ones() -> None:
    assert texts("de") == texts("en")


def test_both_languages_have_the_same_texts() -> None:
    def keys(value: object) -> object:
        if isinstance(value, dict):
            return {key: keys(inner) for key, inner in value.items()}
        return len(value) if isinstance(value, list) else None

    assert keys(texts("ru")) == keys(texts("en"))
