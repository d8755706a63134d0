"""Jinja2 as the whole site uses it: the same words and filters in whole pages and in parts of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined

from otklik_site import formats
from otklik_site.words import _

if TYPE_CHECKING:
    from jinja2 import BaseLoader

TEMPLATES = Path(__file__).resolve().parent / "templates"


THEME = "theme"


def loader(content: Path | None = None) -> BaseLoader:
    """Where templates are looked for: a theme's own first. Ours are also found below `otklik/`, to be extended."""
    ours = FileSystemLoader(TEMPLATES)
    own = [FileSystemLoader(content / THEME)] if content else []
    return ChoiceLoader([*own, ours, PrefixLoader({"otklik": ours})])


def environment(content: Path | None = None) -> Environment:
    """An environment of our own, for parts of pages and for checks."""
    made = Environment(loader=loader(content), autoescape=True)
    dress(made)
    return made


def dress(environment: Environment) -> None:
    """Gives an environment what our templates speak of; a name that nobody gave is a fault, not an empty place."""
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.globals.update(_=_, day=formats.day, own_name=formats.own_name, territory=formats.territory)


class Fragments:
    """Parts of pages, rendered while their Markdown is."""

    def __init__(self, content: Path | None = None) -> None:
        self._environment = environment(content)

    def render(self, template: str, **values: Any) -> str:
        return self._environment.get_template(template).render(**values).strip()
