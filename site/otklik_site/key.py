"""A key of the front matter: its type, its meaning, and the kinds of page that have it or need it."""

from __future__ import annotations

from dataclasses import dataclass

from otklik_site.words import _


@dataclass(frozen=True)
class Key:
    """A key: `value` names its type (see `schema.types`), `needed_in` the kinds that cannot do without it."""

    name: str
    value: str
    meaning: str
    kinds: tuple[str, ...]
    needed_in: tuple[str, ...] = ()
    parts: tuple[Key, ...] = ()
    choices: tuple[str, ...] = ()

    def says(self) -> str:
        """What the key means, in the language that speaks now."""
        return _(self.meaning)
