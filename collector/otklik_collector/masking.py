"""Hides people in what customers write: names, phones, mail addresses, handles and long numbers, Russian and English.

It works by patterns and lists, so it finds most and not all: a rare surname without a first name stays. Where nobody
may be recognised, show no comments. Masks rather a word too many than one too few.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from otklik_collector.first_names import ALWAYS, PERHAPS

Kind = Literal["name", "phone", "mail", "handle", "number"]
HIDDEN = "•••"
"""What stands for somebody: the same in all languages, and for a short name as for a long one."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


class Span(NamedTuple):
    """A place in a text, from `start` up to but not including `end`, and what stands there."""

    start: int
    end: int
    kind: Kind


def masked(text: str, by: str = HIDDEN) -> str:
    """The text with `by` for everybody and every way to reach them."""
    parts, after = [], 0
    for span in found(text):
        parts += [text[after : span.start], by]
        after = span.end
    return "".join([*parts, text[after:]])


def found(text: str) -> list[Span]:
    """Who and what is to be hidden, in order; spans never overlap."""
    spans: list[Span] = []
    for kind, pattern in _PATTERNS:
        spans += [Span(*match.span(), kind) for match in pattern.finditer(text)]
    spans += [Span(*match.span(), _digits_kind(match.group())) for match in _DIGITS.finditer(text) if _many(match)]
    spans += _names(text)
    return _apart(sorted(spans))


def _apart(spans: list[Span]) -> list[Span]:
    apart: list[Span] = []
    for span in spans:
        if apart and span.start < apart[-1].end:
            apart[-1] = apart[-1]._replace(end=max(span.end, apart[-1].end))
        else:
            apart.append(span)
    return apart


_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    # Spelt around the sign too: people hide from robots, not from us.
    ("mail", re.compile(r"[\w.+%-]{1,64}\s?(?:@|\(at\)|\[at\]|\(собака\))\s?[\w-]{1,63}(?:\.[\w-]{2,63}){1,5}")),
    (
        "handle",
        re.compile(r"(?:https?://)?(?:t\.me|wa\.me|vk\.com|vk\.ru|ok\.ru|instagram\.com|facebook\.com)/[\w.+/-]+"),
    ),
    ("handle", re.compile(r"(?<![\w@.])@[A-Za-z]\w{3,31}")),
)
# A phone, a card, an order: digits with what stands between them. Dates and hours have other signs between or are few.
_DIGITS = re.compile(r"(?<![\w.,:/-])\+?\(?\d(?:[\s\u00a0()\-–.]{0,3}\d){5,24}(?![\w:/])")
_DATE = re.compile(r"(?:\d{4}[-.]\d{1,2}[-.]\d{1,2}|\d{1,2}[-.]\d{1,2}[-.]\d{4})")
_MONEY = re.compile(r"\s?(?:₽|руб|р\.|тыс|млн|\$|€|£|usd|eur|rub|тг|₸)", re.IGNORECASE)
_SHORT_PHONE = re.compile(r"\d{2}-\d{2}-\d{2}|\d{3}-\d{3}")


def _many(match: re.Match[str]) -> bool:
    """Enough digits to reach somebody, and neither a date nor a sum of money."""
    written = match.group()
    if _DATE.fullmatch(written.strip()):
        return False
    digits = sum(letter.isdigit() for letter in written)
    if not written.startswith("+") and digits < 10 and _MONEY.match(match.string, match.end()):
        return False
    return digits >= 7 or bool(_SHORT_PHONE.fullmatch(written))


def _digits_kind(written: str) -> Kind:
    digits = sum(letter.isdigit() for letter in written)
    return "phone" if digits <= 12 else "number"


# --- names: word by word ------------------------------------------------------------------------------------------
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_PATRONYMIC = re.compile(
    r"[а-яё]{2,}(?:(?:о|е|ё|ь)вич|[лмтнс]ьич|фомич|кузьмич|ильич|лукич)(?:а|у|ем|ом|е)?"
    r"|[а-яё]{2,}(?:(?:о|е)вн|иничн|[лтмн]ьичн)(?:а|ы)"
)
# “ежедневной”, “уровне” end so too: these cases need a capital.
_PATRONYMIC_WITH_CAPITAL = re.compile(
    r"(?!Деревн|Уровн|Духовн|Церковн|Основн|Любовн|\w+дневн|Дневн)"
    r"[А-ЯЁ][а-яё]+(?:(?:о|е)вн|ичн)(?:е|у|ой|ою)"
)
_SURNAME = re.compile(
    r"[а-яё]{2,}(?:(?:ов|ев|ёв)(?:а|у|ым|е|ой|ых|ы)?|(?:швили|дзе|енко|чук|щук|янц?))|[а-яё]{3,}(?:ян)(?:а|у|ом|е)?"
)
_NO_SURNAME = _words("""
    ростов ростова ростове ростову саратов саратова саратове псков пскова пскове тамбов тамбова тамбове азов азове
    киров кирова кирове чехов чехове серпухов серпухове харьков львов кишинёв кишинев киев киева киеве могилёв
    островов покров покрова кремлёв королёв королёве королев королеве жуков балашов вязьма ереван еревана
    хлев рукав улов остров острова столов часов
    """)
_CALLED = _words("""
    зовут зовёт звали имени фамилия фамилии господин господина г-н г-жа госпожа продавец продавца продавцу кассир
    кассира кассиру кассирша консультант консультанта консультанту менеджер менеджера менеджеру администратор
    администратора администратору курьер курьера курьеру оператор оператора оператору сотрудник сотрудница сотрудника
    сотрудницу сотруднице девушка девушке официант официантка бариста мастер мастера мастеру доктор доктора врач
    директор директора товаровед охранник водитель
    mr mrs ms miss mister dr cashier waiter waitress manager barista courier driver assistant colleague clerk agent
    operator consultant named
    """)
"""Words after which a capital letter begins a name."""
_PHRASES = re.compile(
    r"(?:\bmy name(?:['’]s| is)|\bi am|\bi['’]m|\bregards,?|\bsincerely,?|\byours,?|\bthis is|\bmy name:"
    r"|\bс уважением,?|\bменя зовут|\bзвать меня|\bпокупател\w+|\bклиент(?:ка)?:?)\s*$",
    re.IGNORECASE,
)
_INITIALS = re.compile(
    r"\b[А-ЯЁA-Z]\.\s?(?:[А-ЯЁA-Z]\.\s?)?[А-ЯЁA-Z][а-яёa-z]{2,}(?:-[А-ЯЁA-Z][а-яёa-z]+)?"
    r"|\b[А-ЯЁA-Z][а-яёa-z]{2,}(?:-[А-ЯЁA-Z][а-яёa-z]+)?\s[А-ЯЁA-Z]\.(?:\s?[А-ЯЁA-Z]\.)?(?!\s?[А-ЯЁA-Z])"
)
_NOT_INITIALS = re.compile(r"(?:St|No|Co|Inc|Ltd|ул|пр|им|пос|гор)\.", re.IGNORECASE)
# Words that begin with a capital after a phrase or role and are nobody.
_NOBODY = _words("the a an i we you it not very so не я он она мы вы это все так очень был была")


def _names(text: str) -> list[Span]:
    words = list(_WORD.finditer(text))
    spans = [
        Span(*match.span(), "name") for match in _INITIALS.finditer(text) if not _NOT_INITIALS.match(match.group())
    ]
    for place, word in enumerate(words):
        if _is_name(text, words, place):
            end = word.end()
            # What follows with a capital belongs to the name: a patronymic, a surname.
            for more in words[place + 1 : place + 3]:
                if text[end : more.start()] != " " or not more.group()[0].isupper() or more.group().isupper():
                    break
                end = more.end()
            spans.append(Span(word.start(), end, "name"))
    return spans


def _is_name(text: str, words: list[re.Match[str]], place: int) -> bool:
    written = words[place].group()
    small = written.lower().replace("’", "'").removesuffix("'s")
    if small in ALWAYS or any(part in ALWAYS for part in small.split("-") if len(part) > 3 and "-" in small):
        return True
    if _PATRONYMIC.fullmatch(small) or _PATRONYMIC_WITH_CAPITAL.fullmatch(written):
        return True
    if not written[0].isupper() or (len(written) > 1 and written.isupper()):
        return False
    start = words[place].start()
    inside = not _begins_sentence(text, start)
    if small in PERHAPS:
        return inside or _capital_follows(text, words, place)
    if inside and _SURNAME.fullmatch(small) and len(small) > 4 and small not in _NO_SURNAME:
        return True
    if small in _NOBODY:
        return False
    before = words[place - 1] if place else None
    if (
        before
        and before.group().lower() in _CALLED
        and text[before.end() : start] in (" ", ". ", ": ", ", ", " - ", " – ")
    ):
        return True
    return bool(_PHRASES.search(text[max(0, start - 40) : start]))


def _capital_follows(text: str, words: list[re.Match[str]], place: int) -> bool:
    if place + 1 >= len(words):
        return False
    more = words[place + 1]
    between = text[words[place].end() : more.start()]
    return between == " " and more.group()[0].isupper() and not more.group().isupper()


def _begins_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \t\u00a0\"'«“„(–—-")
    return not before or before[-1] in ".!?…\n;:"
