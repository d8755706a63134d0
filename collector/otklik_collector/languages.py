"""What languages call themselves."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError

from otklik_widget import scales
from otklik_widget.journey import Company


def own_name(lang: str, company: Company) -> str:
    """A language's name in itself: from its texts, the company's or ours, else from the world's list of them."""
    if lang in company.texts or scales.speaks(lang):
        return str(company.said(lang)["language"])
    try:
        name = Locale.parse(lang, sep="-").get_display_name() or lang
    except (UnknownLocaleError, ValueError):
        return lang
    return name[:1].upper() + name[1:]
