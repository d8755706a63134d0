"""What each output asked of the website, written down by itself, so that the next build can ask again.

Views get the website through `Notes.site`. Whatever they read of it, a page's title, a list, the answer of a method,
is noted as a question with its answer. An output is made anew when one of its questions is answered otherwise.
"""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from otklik_site.bodies import Bodies
from otklik_site.listing import Listing
from otklik_site.pages import Page
from otklik_widget.faults import Faults
from otklik_widget.journey import Journey
from otklik_widget.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Collection

    from otklik_site.website import Website

# A question is the way to its answer: (from where, how, name, arguments); () is the website itself.
Question = tuple[Any, ...]
SITE: Question = ()
ATTRIBUTE, CALL, KEY = "attribute", "call", "key"
# What is asked further: not the thing itself is noted, but what is read of it.
FURTHER = (Listing,)
PLAIN = (str, bytes, int, float, bool, type(None), dt.date, Decimal)
SIMPLE = frozenset((str, bool, int, type(None)))
NOTHING = ("nothing",)
# Where a page's address is the key to its whole file, and to its text.
WHOLE = ((SITE, ATTRIBUTE, "by_url"), (SITE, ATTRIBUTE, "bodies"))


class Notes:
    """The questions of a build and their answers; `take` tells which were asked since the last time."""

    def __init__(self, website: Website) -> None:
        self.website = website
        self._answers: list[tuple[Question, Any]] = []
        self._numbers: dict[Question, int] = {}
        self._asked: set[int] = set()
        self._pages: dict[str, _Asked] = {}
        self.site = cast("Website", _Asked(self, SITE, website))

    def take(self) -> array[int]:
        """The numbers of the questions asked since the last call."""
        taken = array("I", sorted(self._asked))
        self._asked.clear()
        return taken

    def since(self, number: int) -> list[tuple[Question, Any]]:
        """The questions from a number on, with their answers, in the order of their numbers."""
        return self._answers[number:]

    def again(self, number: int) -> None:
        self._asked.add(number)

    def note(self, question: Question, answer: Any) -> int:
        """Notes a question with its answer, and returns its number."""
        number = self._numbers.get(question)
        if number is None:
            number = self._numbers[question] = len(self._numbers)
            self._answers.append((question, answer))
        self._asked.add(number)
        return number

    def ask(self, question: Question, raw: Any) -> tuple[int | None, Any]:
        """The number of a question, where it has one, and what its asker gets: the raw answer, or one that notes."""
        if isinstance(raw, Bodies):
            return None, _Bodies(self, question, raw)
        if isinstance(raw, Mapping):
            return None, _Mapping(self, question, raw)
        if isinstance(raw, FURTHER):
            return None, _Asked(self, question, raw)
        return self.note(question, plain(raw, self.website)), self.shown(raw)

    def shown(self, raw: Any) -> Any:
        """An answer whose pages note what is read of them."""
        if isinstance(raw, Page):
            found = self._pages.get(raw.url)
            if found is None:
                found = self._pages[raw.url] = _Asked(self, ("page", raw.url), raw)
            return found
        if isinstance(raw, list | tuple):
            return type(raw)(self.shown(item) for item in raw)
        if is_dataclass(raw) and not isinstance(raw, type | Journey | Settings):
            pages = {one.name: value for one in fields(raw) if isinstance(value := getattr(raw, one.name), Page)}
            return replace(raw, **{name: self.shown(page) for name, page in pages.items()}) if pages else raw
        return raw


class _Asked:
    """Stands for the website, a list or a page, and notes what is read of it."""

    def __init__(self, notes: Notes, question: Question, raw: Any) -> None:
        vars(self).update(_notes=notes, _question=question, _raw=raw, _known={})

    def __getattr__(self, name: str) -> Any:
        known = self._known.get(name)
        if known is None:
            raw = getattr(self._raw, name)
            if callable(raw):
                known = None, _Method(self._notes, self._question, raw)
            else:
                known = self._notes.ask((self._question, ATTRIBUTE, name), raw)
            self._known[name] = known
        elif known[0] is not None:
            self._notes.again(known[0])
        return known[1]


class _Method:
    def __init__(self, notes: Notes, of: Question, raw: Callable[..., Any]) -> None:
        self._notes, self._of, self._raw = notes, of, raw
        self._known: dict[tuple[Any, ...], tuple[int | None, Any]] = {}

    def __call__(self, *given: Any) -> Any:
        key = tuple(_plain_argument(one) for one in given)
        known = self._known.get(key)
        if known is None:
            question = (self._of, CALL, self._raw.__name__, key)
            known = self._known[key] = self._notes.ask(question, self._raw(*map(_raw, given)))
        elif known[0] is not None:
            self._notes.again(known[0])
        return known[1]


class _Mapping(Mapping[Any, Any]):
    def __init__(self, notes: Notes, question: Question, raw: Mapping[Any, Any]) -> None:
        self._notes, self._question, self._raw = notes, question, raw

    def __getitem__(self, key: Any) -> Any:
        question = (self._question, KEY, key)
        if key not in self._raw:
            self._notes.note(question, NOTHING)
            raise KeyError(key)
        return self._found(question, key)

    def _found(self, question: Question, key: Any) -> Any:
        raw = self._raw[key]
        if isinstance(raw, Page):
            # Who asks for a page by its address shows it whole: any change of its file counts.
            self._notes.note(question, whole(raw))
            return raw
        return self._notes.ask(question, raw)[1]

    def __iter__(self) -> Iterator[Any]:
        self._notes.note((self._question, ATTRIBUTE, "keys"), tuple(self._raw))
        return iter(self._raw)

    def __len__(self) -> int:
        return sum(1 for _key in self)


class _Bodies(_Mapping):
    """The texts of pages: their links ask the website too."""

    _raw: Bodies

    def _found(self, question: Question, key: str) -> Any:
        self._notes.note(question, self._raw.mark(key))
        return self._raw.mended(key, self._notes.site)


def _raw(value: Any) -> Any:
    return vars(value)["_raw"] if isinstance(value, _Asked) else value


def _plain_argument(value: Any) -> Any:
    raw = _raw(value)
    return ("page", raw.url) if isinstance(raw, Page) else raw


def plain(value: Any, website: Website) -> Any:
    """An answer that can be kept and compared; raises `TypeError` for what cannot."""
    # A hundred thousand answers a build: the usual kinds are told by their class.
    kind = value.__class__
    if kind in SIMPLE:
        return value
    if kind is Page:
        return ("page", value.url)
    if kind is list or kind is tuple:
        return tuple([plain(item, website) for item in value])
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, Path):
        return (str(value), website.digest_of(value))
    if isinstance(value, Journey | Settings):
        return website.company_digest
    if isinstance(value, list | tuple):
        return tuple(plain(item, website) for item in value)
    if isinstance(value, set | frozenset):
        return tuple(sorted(plain(item, website) for item in value))
    if isinstance(value, Mapping):
        return tuple((key, plain(item, website)) for key, item in value.items())
    if is_dataclass(value) and not isinstance(value, type):
        return (kind.__name__, *[plain(getattr(value, name), website) for name in _fields(kind)])
    raise TypeError(f"{type(value).__name__} cannot be an answer: say in asked.plain how to compare it")


@lru_cache(maxsize=100)
def _fields(kind: Any) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))


def whole(page: Page) -> Any:
    """What changes whenever anything of a page does; one that nobody wrote has no file of its own."""
    return repr(page) if page.made else page.digest


class Answers:
    """Answers questions anew; those about pages that stayed the `same` are not asked again."""

    def __init__(self, website: Website, same: Collection[str] = ()) -> None:
        self._website = website
        self._same = website.by_url.keys() & same
        self._found: dict[Question, Any] = {SITE: website}

    def same(self, question: Question, answer: Any) -> bool:
        """Is the question answered now as it was then?"""
        of = question[0]
        if len(of) == 2 and of[1] in self._same:
            return True
        if question[1] == KEY and of in WHOLE and question[2] in self._same:
            return True
        try:
            return bool(self._answer(question) == answer)
        except (LookupError, AttributeError, Faults):
            return False

    def shown_by(self, question: Question) -> str | None:
        """The address of the page of which a question wants the file or the text as a whole, or None."""
        if question[1] != KEY:
            return None
        try:
            found = self._at(question[0])
            value = found[question[2]] if not isinstance(found, Bodies) else self._website.by_url[question[2]]
        except (LookupError, AttributeError, Faults):
            return None
        return value.url if isinstance(value, Page) else None

    def _answer(self, question: Question) -> Any:
        of, how, name = question[:3]
        found = self._at(of)
        if how == CALL:
            return plain(self._value(found, question), self._website)
        if how == KEY:
            if name not in found:
                return NOTHING
            if isinstance(found, Bodies):
                return found.mark(name)
            value = found[name]
            return whole(value) if isinstance(value, Page) else plain(value, self._website)
        if isinstance(found, Mapping):
            return tuple(found)
        return plain(self._value(found, question), self._website)

    def _at(self, question: Question) -> Any:
        if question in self._found:
            return self._found[question]
        if len(question) == 2:
            found: Any = self._website.by_url[question[1]]
        else:
            found = self._value(self._at(question[0]), question)
        self._found[question] = found
        return found

    def _value(self, found: Any, question: Question) -> Any:
        if question[1] == ATTRIBUTE:
            return getattr(found, question[2])
        given = [self._website.by_url[one[1]] if isinstance(one, tuple) else one for one in question[3]]
        return getattr(found, question[2])(*given)
