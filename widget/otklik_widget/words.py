"""People's words: the gettext catalogues of the three packages, and the language that speaks now."""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("ru", "en")
# The command line speaks one language for the whole process; a request or a page sets its own.
_language: ContextVar[str] = ContextVar("language", default="en")


@lru_cache(maxsize=64)
def _catalogue(folder: Path, language: str) -> gettext.NullTranslations:
    return gettext.translation("otklik", folder, [language], fallback=True)


class Words:
    """The catalogue of one package: `_("text %(n)s", n=1)` and `_.plural("%(n)d case", "%(n)d cases", n)`."""

    def __init__(self, package: str) -> None:
        self._folder = Path(package).resolve().parent / "locale"

    def __call__(self, text: str, **values: object) -> str:
        said = _catalogue(self._folder, _language.get()).gettext(text)
        return said % values if values else said

    def plural(self, one: str, many: str, n: int, **values: object) -> str:
        return self.ngettext(one, many, n) % {"n": n, **values}

    def ngettext(self, one: str, many: str, n: int) -> str:
        """The right one of the language's plural forms, with its values not yet filled in."""
        return _catalogue(self._folder, _language.get()).ngettext(one, many, n)


def language() -> str:
    """The language that speaks now: `ru` or `en`."""
    return _language.get()


def speak(lang: str) -> None:
    """Sets the language of everything said after this call in this context."""
    _language.set(lang if lang in LANGUAGES else "en")


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Sets the language for the length of a block: a request, a page."""
    token = _language.set(lang if lang in LANGUAGES else "en")
    try:
        yield
    finally:
        _language.reset(token)


def language_of(environ: Mapping[str, str] | None = None) -> str:
    """The language asked for by `OTKLIK_LANG`, then `LC_ALL` and `LANG`; English where none is known."""
    environ = os.environ if environ is None else environ
    for name in ("OTKLIK_LANG", "LC_ALL", "LANG"):
        asked = environ.get(name, "").strip().lower()[:2]
        if asked in LANGUAGES:
            return asked
    return "en"


_ = Words(__file__)
