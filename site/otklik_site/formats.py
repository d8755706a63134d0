"""Numbers, money, dates and counted words as each language writes them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from decimal import Decimal


@lru_cache(maxsize=64)
def locale_of(lang: str) -> Locale:
    """The language's habits; English ones where Babel does not know the language."""
    try:
        return Locale.parse(lang, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@lru_cache(maxsize=64)
def own_name(lang: str) -> str:
    """What a language calls itself, with a capital letter: `Русский`."""
    name = locale_of(lang).get_display_name(lang.replace("-", "_")) or lang
    return name[:1].upper() + name[1:]


@lru_cache(maxsize=64)
def territory(lang: str) -> str:
    """The language with its most likely country, as Open Graph wants it: `ru_RU`."""
    likely = get_global("likely_subtags").get(lang.replace("-", "_"), lang).split("_")
    return f"{likely[0]}_{likely[-1]}" if len(likely) > 1 else lang


def number(value: Decimal | int, lang: str) -> str:
    return format_decimal(value, format="#,##0.##", locale=locale_of(lang))


def fixed(value: Decimal, digits: int, lang: str) -> str:
    """A number with just so many digits after the point."""
    return format_decimal(value, format=f"#,##0.{'0' * digits}", locale=locale_of(lang))


@lru_cache(maxsize=4096)
def day(value: date, lang: str) -> str:
    return format_date(value, "long", locale=locale_of(lang))


def per_cent(value: Decimal, lang: str) -> str:
    """30 as `30 %` or `30%`."""
    pattern = locale_of(lang).percent_formats[None].pattern.replace("##0", "##0.##")
    return format_percent(value / 100, format=pattern, locale=locale_of(lang))


def money(value: Decimal, currency: str, lang: str, others: Sequence[str] = ()) -> str:
    """A sum without empty kopecks; `others`: languages that may know a sign where this one has a code."""
    locale = locale_of(lang)
    pattern = locale.currency_formats["standard"].pattern
    pattern = pattern.replace("0.00", "0" if value == int(value) else "0.00")
    said = format_currency(value, currency, format=pattern, locale=locale, currency_digits=False)
    sign = get_currency_symbol(currency, locale)
    if sign == currency:
        known = (get_currency_symbol(currency, locale_of(other)) for other in others)
        better = next((found for found in known if found != currency), currency)
        if better != currency:
            said = said.replace(f"{currency}\N{NO-BREAK SPACE}", better).replace(currency, better)
    return said


def counted(value: Decimal, forms: Mapping[str, str], lang: str) -> str:
    """`5 баллов`: a number with the right form of its unit."""
    if value == value.to_integral_value():
        value = value.to_integral_value()  # 60.0 is a fraction to the rules of plurals: 60 балла
    form = locale_of(lang).plural_form(value)
    # Fractions are “other” in Russian and read like “few”: 1,5 балла.
    word = forms.get(form) or forms.get("few" if form == "other" else "many") or forms.get("many") or forms.get("other")
    return f"{number(value, lang)}\N{NO-BREAK SPACE}{word or next(iter(forms.values()))}"
