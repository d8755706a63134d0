"""Words of comments by their stems, Russian and English side by side: “queues” is “queue”, «очередью» is «очередь».

Snowball's rules, so no dictionary: “went” is not “go”, and now and then two words share a stem.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from otklik_collector.stop_words import DENIALS, LINKS, STOP

Kind = Literal["word", "denial", "link", "stop"]
NOT = "не"
"""Stands for every word that denies, in both languages."""
LONGEST = 40
"""Letters of a word: what is longer is no word of a language, and costs as much as its length."""
KNOWN = 20_000
"""Different words whose stems are remembered: some megabytes, and more than a shop's customers use in a month."""
WORDS_OF_ONE = 150
"""Words of one comment that make themes: nobody's long letter may weigh more time than a hundred short ones."""
LONGEST_PHRASE = 3

_PIECE = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*|[^\w\s’'-]|\d+|\n")
_TERM = re.compile(r"\w+(?:[-’']\w+)*")
_ASKED = re.compile(r'"([^"]*)"|“([^”]*)”|«([^»]*)»|([^\s"“«]+)')
_CYRILLIC = re.compile("[а-яё]")
_of_thread = threading.local()


class Word(NamedTuple):
    """A word of a phrase with the place where it stands in its text."""

    stem: str
    start: int
    end: int


def plain(text: str) -> str:
    """The text with each letter written in one way; places of words are places in this."""
    return unicodedata.normalize("NFC", text)


@lru_cache(maxsize=KNOWN)
def stem(word: str) -> str:
    """What the forms of a word have in common."""
    small = _small(word[:LONGEST])
    if not hasattr(_of_thread, "russian"):
        # Some megabytes, needed by those who read comments only; a stemmer keeps its word, so each thread has its own.
        import snowballstemmer

        _of_thread.russian, _of_thread.english = map(snowballstemmer.stemmer, ("russian", "english"))
    stemmer = _of_thread.russian if _CYRILLIC.search(small) else _of_thread.english
    return str(stemmer.stemWord(small))


class Senses(dict[str, tuple[Kind, str]]):
    """What each word does in a phrase, and its stem; once it holds `KNOWN` words, a new one makes no theme.

    One for each reading: in hostile comments no word comes twice, and each new stem costs 30 microseconds.
    """

    def __missing__(self, written: str) -> tuple[Kind, str]:
        if len(self) >= KNOWN:
            return "stop", ""
        found = self[written] = _sense(written)
        return found


def _sense(written: str) -> tuple[Kind, str]:
    if len(written) > LONGEST or not written[0].isalpha():
        return "stop", ""
    small = _small(written)
    if small in DENIALS:
        return "denial", NOT
    if small in LINKS:
        return "link", ""
    if small in _STOP or len(small) < 2:
        return "stop", ""
    return "word", stem(written)


_STOP = frozenset(word.replace("ё", "е") for word in STOP)


def _small(text: str) -> str:
    return text.lower().replace("ё", "е").replace("’", "'")


def runs(text: str, senses: Senses) -> Iterator[list[Word]]:
    """The words of a plain text that stand together: cut at signs, numbers and words that make no theme."""
    run: list[Word] = []
    words = 0
    for piece in _PIECE.finditer(text):
        kind, found = senses[piece.group()]
        if kind in ("word", "denial"):
            run.append(Word(found, piece.start(), piece.end()))
            words += 1
            if words >= WORDS_OF_ONE:
                break
        elif kind == "stop" and run:
            yield run
            run = []
    if run:
        yield run


def is_phrase(run: tuple[str, ...], start: int, end: int) -> bool:
    """Do the stems from `start` to `end` make a phrase? It may begin with a denial, and must not hide one before it."""
    return run[end - 1] != NOT and (start == 0 or run[start - 1] != NOT)


class Term(NamedTuple):
    """A word to look for: its stem, and the first letters of the words that can have it."""

    stem: str
    begins: frozenset[str]


@dataclass(frozen=True)
class Search:
    """Words and “phrases”, all of which a text must have, in any form; `signs`, where nothing asked for is a word."""

    terms: tuple[Term, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    signs: str = ""

    def finds(self, text: str) -> bool:
        """Does the text have them all?"""
        text = plain(text)
        if self.signs not in text:
            return False
        words = _TERM.findall(_small(text))
        if not all(any(word[:2] in term.begins and stem(word) == term.stem for word in words) for term in self.terms):
            return False
        if not self.phrases:
            return True
        stems = [tuple(word.stem for word in run) for run in runs(text, Senses())]
        return all(any(_stands(phrase, run) for run in stems) for phrase in self.phrases)


def search(written: str) -> Search:
    """What somebody typed: words, and phrases in quotation marks; a phrase without any word of weight is words."""
    terms: list[Term] = []
    phrases: list[tuple[str, ...]] = []
    for asked in _ASKED.finditer(plain(written)):
        *quoted, bare = asked.groups(default="")
        inside = "".join(quoted)
        run = [word for found in runs(inside, Senses()) for word in found][:LONGEST_PHRASE]
        words = _TERM.findall(_small(inside or bare))
        if run and run[-1].stem != NOT:
            phrases.append(tuple(word.stem for word in run))
            words = [_small(inside[word.start : word.end]) for word in run if word.stem != NOT]
        for word in words:
            found = stem(word)
            terms.append(Term(found, frozenset({word[:2], found[:2]})))
    return Search(tuple(terms), tuple(phrases), "" if terms else plain(written).strip())


def _stands(phrase: tuple[str, ...], run: tuple[str, ...]) -> bool:
    size = len(phrase)
    return any(
        run[start : start + size] == phrase and is_phrase(run, start, start + size)
        for start in range(len(run) - size + 1)
    )
