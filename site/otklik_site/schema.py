"""What front matter may say: every key of every kind of page, with its type and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from otklik_site.words import _, later

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PAGES = ("page", "article")
PROGRAMS = ("points", "tiers")
KINDS = (*PAGES, *PROGRAMS)


@dataclass(frozen=True)
class Key:
    """A key: `value` names its type (see `types`), `needed_in` the kinds that cannot do without it."""

    name: str
    value: str
    meaning: str
    kinds: tuple[str, ...] = KINDS
    needed_in: tuple[str, ...] = ()
    parts: tuple[Key, ...] = ()
    choices: tuple[str, ...] = ()

    def says(self) -> str:
        """What the key means, in the language that speaks now."""
        return _(self.meaning)


def _of_program(
    name: str, value: str, meaning: str, needed_in: tuple[str, ...] = (), parts: tuple[Key, ...] = (),
    choices: tuple[str, ...] = (),
) -> Key:  # fmt: skip
    return Key(name, value, meaning, PROGRAMS, needed_in, parts, choices)


def _part(name: str, value: str, meaning: str, *, needed: bool = False) -> Key:
    return Key(name, value, meaning, PROGRAMS, PROGRAMS if needed else ())


COMMON = (
    Key("title", "text", later("the page's heading and its name in search results"), needed_in=KINDS),
    Key("description", "text", later("one or two sentences for search results and previews"), needed_in=KINDS),
    Key("kind", "choice", later("what the page is; decides its design and its keys"), choices=KINDS),
    Key(
        "nav",
        "whole number",
        later("place in the navigation, smaller first; without it the page is not there"),
    ),
    Key("nav_title", "text", later("a shorter title for the navigation and breadcrumbs")),
    Key(
        "footer",
        "whole number",
        later("place in the footer's list, smaller first; without it the page is not there"),
    ),
    Key("date", "date", later("when it was published")),
    Key("updated", "date", later("when it was last changed")),
    Key("draft", "flag", later("true: the page is left out of the site")),
    Key("slug", "text", later("the last part of the address, instead of the file's name")),
    Key("touchpoint", "key", later("the touchpoint of the journey that this page is")),
    Key("helpful", "key or false", later("the touchpoint asked “was this page helpful?”; false: do not ask")),
    Key("summary", "text", later("one sentence below the title")),
)
EARN = (
    _part("what", "text", later("what the points are given for"), needed=True),
    _part("rate", "number", later("how many points are given")),
    _part("per", "number or text", later("for what sum of money the rate is given, or for what else")),
    _part("note", "text", later("a limit or a remark")),
)
SPEND = (
    _part("what", "text", later("what points may pay for"), needed=True),
    _part("max_share", "share", later("at most this share of the sum, in per cent")),
    _part("min", "number", later("from how many points on")),
    _part("except", "text", later("what is excluded")),
)
TIERS = (
    _part("name", "text", later("the tier's name"), needed=True),
    _part("from", "number", later("from what sum of purchases on")),
    _part("multiplier", "number above zero", later("points are multiplied by this")),
    _part("benefits", "list of texts", later("what its members get"), needed=True),
)
FAQ = (
    _part("q", "text", later("the question"), needed=True),
    _part("a", "text", later("the answer, in Markdown"), needed=True),
)
UNIT = tuple(
    _part(form, "text", later("a form of the unit's name, as the language counts"))
    for form in ("zero", "one", "two", "few", "many", "other")
)
PROGRAM = (
    _of_program("name", "text", later("the program's name"), PROGRAMS),
    _of_program("effective", "date", later("from which day these terms hold"), PROGRAMS),
    _of_program("version", "text", later("the version of the terms")),
    _of_program("currency", "currency", later("the currency's code; RUB where nothing is said")),
    _of_program(
        "unit",
        "forms",
        later("what points are called, in the forms the language counts with"),
        ("points",),
        UNIT,
    ),
    _of_program("point_value", "number above zero", later("how much money one point is worth"), ("points",)),
    _of_program("earn", "list", later("the ways to earn points"), (), EARN),
    _of_program("spend", "list", later("the ways to spend points"), (), SPEND),
    _of_program("expiry", "text", later("when points or tiers expire, in Markdown")),
    _of_program("tiers", "list", later("the tiers, lowest first"), ("tiers",), TIERS),
    _of_program("join", "text", later("how to join, in one sentence of Markdown")),
    _of_program("faq", "list", later("questions and answers"), (), FAQ),
    _of_program(
        "goal",
        "choice",
        later("for your own use: keep customers or grow them"),
        (),
        (),
        ("retain", "develop"),
    ),
    _of_program("audience", "text", later("for your own use: whom the program is for")),
    _of_program("review_on", "date", later("for your own use: the build warns from this day on")),
    _of_program("touchpoints", "list of keys", later("the touchpoints of the journey that the program lives in")),
)
KEYS: Mapping[str, Key] = {key.name: key for key in (*COMMON, *PROGRAM)}


def keys_of(kind: str) -> dict[str, Key]:
    """The keys that a page of this kind may have."""
    return {name: key for name, key in KEYS.items() if kind in key.kinds}


def all_keys() -> Iterator[tuple[str, Key]]:
    """Every key with its path, those inside lists too: ("title", …), ("earn", …), ("earn.what", …)."""
    for name, key in KEYS.items():
        yield name, key
        for part in key.parts:
            yield f"{name}.{part.name}", part


def types() -> dict[str, str]:
    """What each type of value means, in the language that speaks now."""
    return {
        "text": _("a text"),
        "number": _("a number, zero or more"),
        "number above zero": _("a number above zero"),
        "number or text": _("a sum of money, or a text"),
        "share": _("a share from 0 to 100 (per cent)"),
        "whole number": _("a whole number"),
        "date": _("a date like 2026-03-01"),
        "flag": _("true or false"),
        "key": _("a key of the journey"),
        "key or false": _("a key of the journey, or false"),
        "currency": _("a currency code like RUB or EUR"),
        "choice": _("one of the words listed"),
        "list of texts": _("a list of texts"),
        "list of keys": _("a list of keys of the journey"),
        "forms": _("forms of a word, like {one: point, many: points}"),
        "list": _("a list, each item with keys of its own"),
    }
