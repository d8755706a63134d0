"""What front matter may say: every key of every kind of page, with its type and meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otklik_site.key import Key
from otklik_site.program_keys import PROGRAM
from otklik_site.program_keys import PROGRAMS as PROGRAMS
from otklik_site.words import _, later

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PAGES = ("page", "article", "news", "offer", "section", "contacts", "legal")
KINDS = (*PAGES, *PROGRAMS)
ORDERS = ("newest", "title", "nav")


def _common(name: str, value: str, meaning: str, needed_in: tuple[str, ...] = (), choices: tuple[str, ...] = ()) -> Key:
    return Key(name, value, meaning, KINDS, needed_in, (), choices)


COMMON = (
    _common("title", "text", later("the page's heading and its name in search results"), needed_in=KINDS),
    _common("description", "text", later("one or two sentences for search results and previews"), needed_in=KINDS),
    _common("kind", "choice", later("what the page is; decides its design and its keys"), choices=KINDS),
    _common(
        "nav",
        "whole number",
        later("place in the navigation, smaller first; without it the page is not there"),
    ),
    _common("nav_title", "text", later("a shorter title for the navigation and breadcrumbs")),
    _common(
        "footer",
        "whole number",
        later("place in the footer's list, smaller first; without it the page is not there"),
    ),
    _common("date", "date", later("when it was published")),
    _common("updated", "date", later("when it was last changed")),
    _common("publish", "date", later("the first day on which the page is on the site")),
    _common("expire", "date", later("the last day on which the page is on the site")),
    _common("tags", "list of texts", later("what the page is about; each tag gets a page that lists its pages")),
    _common("draft", "flag", later("true: the page is left out of the site")),
    _common("slug", "text", later("the last part of the address, instead of the file's name")),
    _common("moved_from", "list of texts", later("the page's old addresses, from which visitors are led here")),
    _common("touchpoint", "key", later("the touchpoint of the journey that this page is")),
    _common("helpful", "key or false", later("the touchpoint asked “was this page helpful?”; false: do not ask")),
    _common("summary", "text", later("one sentence below the title")),
    _common("image", "text", later("the picture beside a shared link, named as in a link; else the site's share.png")),
    _common("image_alt", "text", later("what that picture shows, for who cannot see it")),
)
# Keys of single kinds of page that are no programs.
OWN = (
    Key("per_page", "whole number", later("so many pages stand in one part of the list; 20 without it"), ("section",)),
    Key(
        "order",
        "choice",
        later("the order of the list: newest first, by title, or as in the navigation"),
        ("section",),
        choices=ORDERS,
    ),
    Key("phone", "phone", later("the hotline's number, as people read it"), ("contacts",), needed_in=("contacts",)),
    Key("phone_hours", "text", later("when somebody answers"), ("contacts",)),
    Key("email", "email", later("the address for letters"), ("contacts",)),
)
KEYS: Mapping[str, Key] = {key.name: key for key in (*COMMON, *OWN, *PROGRAM)}


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
        "share above zero": _("a share above 0, up to 100 (per cent)"),
        "whole number": _("a whole number"),
        "date": _("a date like 2026-03-01"),
        "flag": _("true or false"),
        "key": _("a key of the journey"),
        "key or false": _("a key of the journey, or false"),
        "phone": _("a telephone number like 8 800 000-00-00"),
        "email": _("an e-mail address"),
        "currency": _("a currency code like RUB or EUR"),
        "choice": _("one of the words listed"),
        "list of texts": _("a list of texts"),
        "list of keys": _("a list of keys of the journey"),
        "forms": _("forms of a word, like {one: point, many: points}"),
        "table": _("keys of its own with values"),
        "list": _("a list, each item with keys of its own"),
    }
