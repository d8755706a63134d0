"""What customers write about: words and phrases that come back, counted; plain values in and out, no summaries.

A theme is one to three stems that stand together in a sentence and come in at least five comments. Stems join the forms
of a word; words that only repeat the score ("good", "awful") or join others make no theme; a word that is denied counts
with its denial alone. A theme within a longer one that nearly always stands there gives way to it. No name is a theme.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from otklik_collector.map.shares import Pair, ShareChange, share_changes
from otklik_collector.masking import found as hidden
from otklik_collector.stems import LONGEST_PHRASE, NOT, Senses, Word, is_phrase, plain, runs
from otklik_widget.intervals import SHOWN

Mood = Literal["unhappy", "neutral", "happy", ""]
Key = tuple[str, ...]
Runs = list[Key]

MOST = 15
"""Themes told: a list that somebody reads."""
WITHIN = 0.6
"""From this part of its comments on a theme says less than the longer one it stands in."""
LOOKED_AT = 12
"""Comments of a theme in which its usual form is looked for, and whether it is somebody's name."""
EXAMPLES = 3


class Said(NamedTuple):
    """What somebody wrote, and how they answered beside it; a message has no mood."""

    text: str
    mood: Mood = ""


@dataclass(frozen=True)
class Theme:
    """`words` in their most usual form; `comments` that have it, `share` of all, 0..1, and its change since before.

    `contrast`: its share among the unhappy less that among the happy. `examples`: places in the list of comments.
    """

    words: str
    comments: int
    share: float
    unhappy: int
    happy: int
    change: ShareChange
    contrast: ShareChange
    examples: tuple[int, ...]


@dataclass(frozen=True)
class Themes:
    """Of so many comments, `unhappy` and `happy` of them, and so many in the period before."""

    comments: int
    unhappy: int
    happy: int
    before: int
    themes: tuple[Theme, ...]


def themes(now: Sequence[Said], before: Sequence[Said]) -> Themes:
    """The themes of a period, the most frequent first; `now` and `before` with the newest comment first.

    Which ones are told follows from both periods together, and their changes are judged together: choosing the loudest
    of this period alone would make chance look like a rise.
    """
    senses = Senses()
    stems, past = _stems(now, senses), _stems(before, senses)
    where = _lasting(stems)
    earlier = _count(past, where.keys())
    busiest = sorted(where, key=lambda key: (-len(where[key]) - earlier[key], key))
    told: dict[Key, str] = {}
    for key in busiest:
        if len(told) == MOST:
            break
        if words := _usual_form(key, [now[place].text for place in where[key][:LOOKED_AT]]):
            told[key] = words
    moods = Counter(one.mood for one in now)
    of_mood = {key: Counter(now[place].mood for place in where[key]) for key in told}
    changes = share_changes([Pair(len(where[key]), len(now), earlier[key], len(before)) for key in told])
    contrasts = share_changes(
        [
            Pair(of_mood[key]["unhappy"], moods["unhappy"], of_mood[key]["happy"], moods["happy"])
            for key in told
        ]
    )  # fmt: skip
    found = [
        Theme(
            words, len(where[key]), len(where[key]) / len(now), of_mood[key]["unhappy"], of_mood[key]["happy"],
            change, contrast, _examples(now, where[key]),
        )
        for (key, words), change, contrast in zip(told.items(), changes, contrasts, strict=True)
    ]  # fmt: skip
    found.sort(key=lambda theme: (-theme.comments, theme.words))
    return Themes(len(now), moods["unhappy"], moods["happy"], len(before), tuple(found))


def _stems(said: Iterable[Said], senses: Senses) -> list[Runs]:
    return [[tuple([word.stem for word in run]) for run in runs(plain(one.text), senses)] for one in said]


def _lasting(stems: Sequence[Runs]) -> dict[Key, list[int]]:
    """The comments of each theme, in their order, without those that say less than a longer one."""
    found: dict[Key, list[int]] = {}
    shorter: dict[Key, list[int]] = {}
    for size in range(1, LONGEST_PHRASE + 1):
        # A phrase is only as frequent as its parts: what is rare is never joined to anything.
        places = _places(stems, size, shorter)
        shorter = {key: its for key, its in places.items() if len(its) >= SHOWN}
        found |= {key: its for key, its in shorter.items() if key[-1] != NOT}
    covered = {
        part
        for key, its in found.items()
        for start in range(len(key))
        for end in range(start + 1, len(key) + 1)
        if (part := key[start:end]) != key and part in found and len(its) >= WITHIN * len(found[part])
    }
    return {key: its for key, its in found.items() if key not in covered}


def _places(stems: Sequence[Runs], size: int, shorter: dict[Key, list[int]]) -> dict[Key, list[int]]:
    """For each run of so many stems, whose parts are in `shorter`, the comments that have it."""
    found: dict[Key, list[int]] = {}
    for place, comment in enumerate(stems):
        for run in comment:
            for start in range(len(run) - size + 1):
                key = run[start : start + size]
                if size > 1 and (key[:-1] not in shorter or (key[1:] not in shorter and key[0] != NOT)):
                    continue
                if start and run[start - 1] == NOT:
                    continue
                its = found.setdefault(key, [])
                if not its or its[-1] != place:
                    its.append(place)
    return found


def _count(stems: Iterable[Runs], wanted: Iterable[Key]) -> Counter[Key]:
    """In how many comments each of the wanted themes stands."""
    known, found = frozenset(wanted), Counter[Key]()
    for comment in stems:
        have: set[Key] = set()
        for run in comment:
            for start in range(len(run)):
                for end in range(start + 1, min(start + LONGEST_PHRASE, len(run)) + 1):
                    if run[start:end] in known and is_phrase(run, start, end):
                        have.add(run[start:end])
        found.update(have)
    return found


def _usual_form(key: Key, texts: Sequence[str]) -> str:
    """How the theme is written most often; empty where it is somebody's name or a way to reach them."""
    forms: Counter[str] = Counter()
    people = 0
    for written in texts:
        text = plain(written)
        spans = hidden(text)
        for first, last in _found(key, text):
            forms[" ".join(text[first.start : last.end].lower().split())] += 1
            people += any(span.start < last.end and first.start < span.end for span in spans)
            break
    if not forms or 2 * people >= forms.total():
        return ""
    return min(forms, key=lambda form: (-forms[form], len(form), form))


def _found(key: Key, text: str) -> Iterable[tuple[Word, Word]]:
    """The first and last word of each place where a theme stands."""
    for run in runs(text, Senses()):
        stems = tuple(word.stem for word in run)
        for start in range(len(run) - len(key) + 1):
            end = start + len(key)
            if stems[start:end] == key and is_phrase(stems, start, end):
                yield run[start], run[end - 1]


def _examples(now: Sequence[Said], places: Iterable[int]) -> tuple[int, ...]:
    """The newest comments of a theme that do not say the same."""
    found: dict[str, int] = {}
    for place in places:
        found.setdefault(" ".join(now[place].text.lower().split()), place)
        if len(found) == EXAMPLES:
            break
    return tuple(found.values())
