"""The site's search: an index for each language that browsers read by themselves, words by their stems.

A browser knows no stems. It takes the beginning of a word that stands in the index, if what follows is an ending that
some word of the site has too: that needs no second stemmer, and works for every language that Snowball knows.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import snowballstemmer

from otklik_site.enclosed import enclosed, opening, up_to, without
from otklik_site.formats import locale_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from otklik_site.pages import Page, PageFile
    from otklik_site.website import Website

NAME = "search"
# Above so many pages only titles, descriptions, tags and headings are indexed: whole texts would be megabytes.
WHOLE = 1000
# A larger index is cut by the first letters of its words.
LARGE = 64_000
# How much a word weighs where it stands; in the text it counts each time, up to so often.
TITLE, TAG, HEADING, DESCRIPTION, OFTEN = 8, 6, 3, 3, 3
_WORD = re.compile(r"\w{2,40}")
_UNSEARCHED = opening("otklik-ask", "script", "style", "pre", "template")
_HEADINGS = opening("h2", "h3", "h4", "h5", "h6", "summary")
_TAG = re.compile(r"<[^>]+>")


def url(lang: str) -> str:
    return f"{lang}/{NAME}/"


class Terms(NamedTuple):
    """What a page weighs under each beginning of its words, and the endings that follow them."""

    weights: Mapping[str, int]
    endings: Sequence[str]


def headings_in(html: str) -> str:
    return text_of(" ".join(f"<{html[one.inner : one.outer]}" for one in enclosed(html, _HEADINGS)))


def terms(page: Page, headings: str, html: str = "") -> Terms:
    """The words of a page's title, tags, description and headings, and of its text where that is given."""
    counted: dict[str, int] = defaultdict(int)
    for text, weight in (
        (page.title, TITLE), (page.short_title, TITLE), (" ".join(page.tags), TAG), (headings, HEADING),
        (f"{page.description} {page.summary}", DESCRIPTION),
    ):  # fmt: skip
        for word in dict.fromkeys(words(text)):  # in their order: a set's is another in each process
            counted[word] += weight
    for word, times in Counter(words(text_of(html))).items():
        counted[word] += min(times, OFTEN)
    weights: dict[str, int] = defaultdict(int)
    endings = set()
    for word, weight in counted.items():
        start = beginning(word, page.lang)
        weights[start] += weight
        endings.add(word[len(start) :])
    return Terms(weights, sorted(endings))


def words(text: str) -> list[str]:
    """The words of a text as they are compared: small letters, and ё like е."""
    return _WORD.findall(text.lower().replace("ё", "е"))


def text_of(html: str) -> str:
    tags, rest = up_to(without(html, _UNSEARCHED, " "), ">")
    return unescape(_TAG.sub(" ", tags) + rest).replace("\u00ad", "")


@lru_cache(maxsize=8)
def _stemmer(lang: str) -> Callable[[str], str]:
    name = (locale_of(lang).english_name or "").split(" ")[0].lower()
    if name not in snowballstemmer.algorithms():
        return lambda word: word
    stemmer: Any = snowballstemmer.stemmer(name)
    return cast("Callable[[str], str]", stemmer.stemWord)


@lru_cache(maxsize=100_000)
def beginning(word: str, lang: str) -> str:
    """The part of a word that stays in its other forms: its stem, as far as the word itself is written so."""
    stem = _stemmer(lang)(word)
    length = next((n for n, (one, other) in enumerate(zip(word, stem, strict=False)) if one != other), len(stem))
    if lang == "en" and stem[:length].endswith("i") and length > 3:
        length -= 1  # “loyalties” and “loyalty” begin with “loyalt”
    return word[: max(length, 2)]


def index(pages: Sequence[tuple[Page, Terms]]) -> dict[str, str]:
    """The index's files by their names below the search page: what the pages are, and which words they hold."""
    found: dict[str, list[int]] = defaultdict(list)
    endings: set[str] = set()
    for number, (_page, said) in enumerate(pages):
        endings.update(said.endings)
        for start, weight in said.weights.items():
            found[start] += [number, weight]
    told: dict[str, Any] = {
        "pages": [[page.url, page.title, page.summary or page.description] for page, _said in pages],
        "endings": sorted(endings),
    }
    whole = _json(dict(sorted(found.items())))
    if len(whole) <= LARGE:
        return {"pages.json": _json(told), "words.json": whole}
    letters: dict[str, dict[str, list[int]]] = defaultdict(dict)
    for start in sorted(found):
        letters[start[0]][start] = found[start]
    told["letters"] = "".join(letters)
    parts = {f"words-{ord(letter):x}.json": _json(part) for letter, part in letters.items()}
    return {"pages.json": _json(told), **parts}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def searched(page_files: Iterable[PageFile]) -> set[str]:
    """The languages in which whole texts are searched."""
    counted = Counter(one.lang for one in page_files)
    return {lang for lang, pages in counted.items() if pages <= WHOLE}


def indexed(pages: Iterable[Page]) -> list[Page]:
    """The pages that can be found: those that somebody wrote."""
    return [page for page in pages if not page.made]


def files(website: Website) -> dict[str, str]:
    """All files of all indexes by their addresses."""
    made: dict[str, str] = {}
    for lang in website.languages:
        found = [(page, website.bodies.terms(page.url)) for page in indexed(website.listing(lang).pages)]
        made |= {url(lang) + name: text for name, text in index(found).items()}
    return made
